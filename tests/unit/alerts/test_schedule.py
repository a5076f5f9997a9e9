"""The schedule of retries."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canary.alerts.schedule import ATTEMPTS, GAPS, JITTER, next_attempt_at
from canary.clock import chance
from tests.world import NOON


def test_there_are_ten_attempts_over_about_75_hours() -> None:
    assert ATTEMPTS == 10
    assert timedelta(hours=74) < sum(GAPS, timedelta()) < timedelta(hours=77)


def test_gaps_only_grow() -> None:
    assert list(GAPS) == sorted(GAPS)


def test_a_delivery_that_was_not_tried_is_due_now() -> None:
    assert next_attempt_at(0, NOON, chance(1)) == NOON


@pytest.mark.parametrize("made", [ATTEMPTS, ATTEMPTS + 1, 1000])
def test_after_the_tenth_attempt_there_is_none(made: int) -> None:
    assert next_attempt_at(made, NOON, chance(1)) is None
    assert next_attempt_at(made, NOON, chance(1), 60.0) is None


@given(made=st.integers(1, ATTEMPTS - 1), seed=st.integers())
def test_each_gap_stays_within_its_jitter(made: int, seed: int) -> None:
    due = next_attempt_at(made, NOON, chance(seed))
    assert due is not None
    gap = GAPS[made - 1]
    assert gap * (1 - JITTER) <= due - NOON <= gap * (1 + JITTER)


def test_two_deliveries_do_not_retry_in_step() -> None:
    draws = chance(7)
    assert len({next_attempt_at(4, NOON, draws) for _ in range(20)}) == 20


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert next_attempt_at(3, NOON, chance(7)) == next_attempt_at(3, NOON, chance(7))


@pytest.mark.parametrize(
    ("asked_s", "waited_s"), [(0, 240), (240, 240), (290, 290), (360, 360), (86400, 360)]
)
def test_retry_after_is_honoured_within_the_bounds_of_the_step(
    asked_s: float, waited_s: float
) -> None:
    due = next_attempt_at(2, NOON, chance(1), asked_s)
    assert due == NOON + timedelta(seconds=waited_s)
