"""From a contact to a leak: what the worker makes of stored facts, on both databases."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from canary.alerts.casework import claim_copies, is_any_due, weigh
from canary.attribution.fleet import measure_fleet
from canary.clock import chance
from canary.contacts.queries import contacts_of_copy
from canary.database import Database
from canary.decoys.seeding import retire_seeding
from canary.errors import BadInput, Conflict
from canary.firms.access import IN_PROCESS
from canary.leaks.steps import Step
from canary.leaks.verdicts import confirm, dismiss
from canary.leaks.views import list_leaks
from canary.paging import Ask
from canary.settings import Settings
from canary.tables import Alert, Copy, Decoy, Leak, LeakStatus, Weight
from canary.vault import Vault
from tests.story import Stage
from tests.world import FrozenClock
from webhooks.worker import Worker
from webhooks.world import World


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


def test_the_list_of_a_leak_keeps_to_the_time_its_copy_held_the_line(stage: Stage) -> None:
    _, first, copy = stage.firm("Former Bank")
    _, second, _ = stage.firm("Later Bank")
    old = stage.seed(first, 120)
    stage.clock.advance(days=30)
    for decoy in old.decoys[:3]:
        stage.text(decoy, f"Hello {decoy.persona['name']}!", "+14155550999")
        stage.clock.advance(hours=2)
    stage.work()
    with stage.database.write() as session:
        retire_seeding(session, IN_PROCESS, old.row.id, stage.clock.now(), 0)
    new = stage.seed(second, 120)
    stage.clock.advance(days=10)
    for decoy in new.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}, private", "+14155550888")
    stage.work()
    with stage.database.read() as session:
        shown = contacts_of_copy(session, stage.vault, copy.id, 100)
    assert {one.caller for one in shown} == {"+14155550999"}


def test_a_copy_that_cannot_be_weighed_holds_up_no_other(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    _, broken, broken_copy = stage.firm("Broken Bank")
    _, sound, sound_copy = stage.firm("Sound Bank")
    damaged, seeding = stage.seed(broken, 5), stage.seed(sound, 5)
    stage.clock.advance(days=40)
    with stage.database.write() as session:
        session.execute(
            sa.update(Decoy)
            .where(col(Decoy.copy_id) == broken_copy.id)
            .values(persona=b"\x01\x01not sealed by anybody")
        )
    stage.call(damaged.decoys[0], "+14155550111")
    for decoy in seeding.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}", "+14155550999")
    world = World(Settings(), stage.database, stage.vault, stage.clock, chance(1))
    worker = Worker(world)
    worker._weigh_some()
    assert [leak.copy_id for leak in leaks(stage)] == [sound_copy.id]
    assert f"{broken_copy.id} could not be weighed and rests: BadKey" in caplog.text
    assert worker._weigh_some() == 0  # it rests
    stage.clock.advance(seconds=120)
    assert worker._weigh_some() == 1


def test_what_came_while_a_copy_was_weighed_is_weighed_after_its_rest(stage: Stage) -> None:
    _, dataset, copy = stage.firm("Bank")
    seeding = stage.seed(dataset, 3)
    stage.clock.advance(days=40)
    stage.call(seeding.decoys[0], "+14155550111")
    with stage.database.write() as session:
        (due,) = claim_copies(session, stage.clock.now(), "tester", 1)
    stage.call(seeding.decoys[1], "+14155550222")
    with stage.database.read() as session:
        fleet = measure_fleet(session, stage.clock.now())
    weigh(stage.database, stage.vault, stage.clock, due, "tester", fleet=fleet, url="https://e.com")
    with stage.database.read() as session:
        row = session.get_one(Copy, copy.id)
        assert row.due_at is not None
        assert row.rests_until is not None
        assert row.rests_until > stage.clock.now()
        assert not is_any_due(session, stage.clock.now())
        assert is_any_due(session, row.rests_until)


def test_a_worker_that_lost_its_claim_writes_nothing(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Bank")
    seeding = stage.seed(dataset, 5)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}", "+14155550999")
    with stage.database.write() as session:
        (due,) = claim_copies(session, stage.clock.now(), "slow", 1)
    assert stage.work() == [Step.OPENED]  # its claim ran out a minute later
    with stage.database.read() as session:
        fleet = measure_fleet(session, stage.clock.now())
    lost = weigh(
        stage.database, stage.vault, stage.clock, due, "slow", fleet=fleet, url="https://e.com"
    )
    assert lost is None
    assert len(leaks(stage)) == 1


def test_after_a_dismissal_only_new_evidence_opens_a_new_leak(stage: Stage) -> None:
    _, dataset, copy = stage.firm("Bank")
    seeding = stage.seed(dataset, 10)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}, hello", "+14155550999")
    stage.work()
    with stage.database.write() as session:
        (before,) = leaks(stage)
        dismiss(session, stage.vault, IN_PROCESS, before.id, "our partner", stage.clock.now())
    stage.clock.advance(days=20)
    later = stage.clock.now()
    for decoy in seeding.decoys[5:8]:
        stage.text(decoy, f"{decoy.persona['name']}: a cheap loan", "+14155550777")
    stage.work()
    after = leaks(stage)[0]
    assert after.id != before.id
    assert (after.status, after.first_contact_at, after.contacts) == (LeakStatus.OPEN, later, 3)
    with stage.database.read() as session:
        shown = contacts_of_copy(session, stage.vault, copy.id, 100)
        everything = contacts_of_copy(session, stage.vault, copy.id, 100, dismissed=True)
    assert {one.caller for one in shown} == {"+14155550777"}
    assert {one.caller for one in everything} == {"+14155550777", "+14155550999"}


def test_a_verdict_is_given_once(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Bank")
    seeding = stage.seed(dataset, 5)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}", "+14155550999")
    stage.work()
    (leak,) = leaks(stage)
    with stage.database.write() as session:
        confirm(session, IN_PROCESS, leak.id, stage.clock.now())
    with stage.database.write() as session, pytest.raises(Conflict, match="confirmed already"):
        confirm(session, IN_PROCESS, leak.id, stage.clock.now())
    with stage.database.write() as session, pytest.raises(BadInput):
        dismiss(session, stage.vault, IN_PROCESS, leak.id, " ", stage.clock.now())
    with stage.database.write() as session:
        dismiss(session, stage.vault, IN_PROCESS, leak.id, "a test", stage.clock.now())
    with stage.database.write() as session, pytest.raises(Conflict, match="dismissed already"):
        confirm(session, IN_PROCESS, leak.id, stage.clock.now())
