"""From a contact to a leak: what the worker makes of stored facts, on both databases."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from canary.database import Database
from canary.decoys.seeding import retire_seeding
from canary.firms.access import IN_PROCESS
from canary.leaks.steps import Step
from canary.leaks.views import list_leaks
from canary.paging import Ask
from canary.tables import Alert, Copy, Leak, Weight
from canary.vault import Vault
from tests.story import Stage
from tests.world import FrozenClock


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FrozenClock) -> Stage:
    """A stage with one hundred and twenty lines."""
    stage = Stage(database, vault, clock)
    stage.lines(120)
    return stage


def leaks(stage: Stage) -> list[Leak]:
    with stage.database.read() as session:
        return [case.leak for case in list_leaks(session, IN_PROCESS, None, None, Ask())[0]]


def test_one_anonymous_call_opens_nothing(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Quiet Bank")
    seeding = stage.seed(dataset, 10)
    stage.clock.advance(days=30)
    stage.call(seeding.decoys[0], None)
    assert stage.work() == [None]
    assert leaks(stage) == []


def test_a_caller_who_names_the_personas_of_two_decoys_opens_a_leak(stage: Stage) -> None:
    _, dataset, copy = stage.firm("Leaky Bank")
    _, other, _ = stage.firm("Quiet Bank")
    seeding = stage.seed(dataset, 10)
    stage.seed(other, 10)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:2]:
        stage.text(decoy, f"Dear {decoy.persona['name']}, a loan for you", "+14155550999")
        stage.clock.advance(hours=3)
    assert stage.work() == [Step.OPENED]
    found = leaks(stage)
    assert [leak.copy_id for leak in found] == [copy.id]
    assert found[0].probability >= 0.99
    assert found[0].decoys_contacted == 2
    assert found[0].contacts == 2


def test_several_decoys_of_one_copy_called_by_one_caller_open_a_leak(stage: Stage) -> None:
    _, dataset, copy = stage.firm("Leaky Bank")
    seeding = stage.seed(dataset, 12)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:6]:
        stage.call(decoy, "+14155550999")
        stage.clock.advance(hours=5)
    stage.work()
    assert [leak.copy_id for leak in leaks(stage)] == [copy.id]


def test_the_firms_own_sender_is_never_evidence(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Polite Bank", senders=["+18005550100"])
    seeding = stage.seed(dataset, 10)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys:
        stage.text(decoy, f"Dear {decoy.persona['name']}, your statement", "+18005550100")
    stage.work()
    assert leaks(stage) == []


def test_contacts_after_a_line_was_leased_again_point_at_who_the_words_name(stage: Stage) -> None:
    _, first, copy = stage.firm("Former Bank")
    _, second, _ = stage.firm("Later Bank")
    old = stage.seed(first, 120)
    stage.clock.advance(days=60)
    with stage.database.write() as session:
        retire_seeding(session, IN_PROCESS, old.row.id, stage.clock.now(), 30)
    stage.clock.advance(days=31)
    stage.seed(second, 120)
    stage.clock.advance(days=10)
    for decoy in old.decoys[:3]:
        stage.text(decoy, f"Hello {decoy.persona['name']}!", "+14155550999")
        stage.clock.advance(hours=2)
    stage.work()
    assert [leak.copy_id for leak in leaks(stage)] == [copy.id]


def test_work_done_twice_tells_nothing_twice(stage: Stage) -> None:
    _, dataset, copy = stage.firm("Leaky Bank")
    seeding = stage.seed(dataset, 10)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}", "+14155550999")
    assert stage.work() == [Step.OPENED]
    with stage.database.write() as session:
        session.execute(
            sa.update(Copy).where(col(Copy.id) == copy.id).values(due_at=stage.clock.now())
        )
    assert stage.work() == [None]
    with stage.database.read() as session:
        assert len(session.exec(select(Alert)).all()) == 1
        assert len(session.exec(select(Weight)).all()) == 3
