"""Time and chance as parameters."""

from datetime import UTC, datetime, timedelta

from canary.clock import ShiftedClock, SystemClock, chance, new_id
from tests.world import NOON, FrozenClock


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_shifted_clock_runs_at_its_offset_and_can_be_moved() -> None:
    clock = ShiftedClock(timedelta(days=-30))
    assert abs(clock.now() - SystemClock().now() + timedelta(days=30)) < timedelta(seconds=5)
    clock.offset = timedelta(days=1)
    assert clock.now() > SystemClock().now() + timedelta(hours=23)
    assert clock.now().tzinfo is UTC


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = FrozenClock()
    assert clock.now() == clock.now() == NOON
    assert clock.advance(days=1, seconds=1) == NOON + timedelta(days=1, seconds=1) == clock.now()
    clock.set(NOON)
    assert clock.now() == NOON


def test_chance_is_the_same_for_the_same_seed() -> None:
    assert [chance(7).random() for _ in range(3)] == [chance(7).random() for _ in range(3)]
    assert chance("a").random() != chance("b").random()


def test_chance_without_a_seed_is_the_systems() -> None:
    assert chance().random() != chance().random()


def test_an_id_names_its_kind_and_is_never_given_twice() -> None:
    ids = {new_id("leak", NOON) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(made.startswith("leak_") and len(made) == len("leak_") + 32 for made in ids)


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id("leak", NOON + timedelta(milliseconds=step)) for step in range(100)]
    assert ids == sorted(ids)
