"""The group-commit writer: durable before anyone is answered, in few transactions, on both."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from canary.contacts import intake as intake_module
from canary.contacts.intake import Intake
from canary.contacts.record import Inbound
from canary.database import Database, open_database
from canary.errors import CannotReach
from canary.tables import Channel, Contact
from canary.vault import Vault
from tests.story import Stage
from tests.world import FrozenClock


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FrozenClock) -> Stage:
    stage = Stage(database, vault, clock)
    stage.lines(5)
    return stage


def message(sid: str, number: str = "+14155550100") -> Inbound:
    at = FrozenClock().now()
    return Inbound("twilio", sid, Channel.MESSAGE, number, at, "+14155550199", "hello")


def sids(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(Contact.external_id)).all())


def run(stage: Stage, *batch: Inbound) -> tuple[list[BaseException | None], Intake]:
    async def all_at_once() -> tuple[list[BaseException | None], Intake]:
        intake = Intake(stage.database, stage.vault, stage.clock, lambda: None)
        results = await asyncio.gather(
            *(intake.record(one) for one in batch), return_exceptions=True
        )
        await intake.close()
        return results, intake

    return asyncio.run(all_at_once())


def test_handlers_that_wait_together_share_one_transaction(stage: Stage) -> None:
    batch = [message(f"SM{i}") for i in range(100)]
    results, intake = run(stage, *batch)
    assert results == [None] * 100
    assert len(sids(stage.database)) == 100
    assert intake.counts.batches == 1
    assert intake.counts.unknown_numbers == 100


def test_a_batch_has_a_limit_and_the_rest_follows(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "MAX_BATCH", 30)
    results, intake = run(stage, *(message(f"SM{i}") for i in range(100)))
    assert results == [None] * 100
    assert intake.counts.batches == 4


def test_one_row_that_cannot_be_stored_does_not_fail_the_others(stage: Stage) -> None:
    poisoned = replace(message("SM2"), at=FrozenClock().now().replace(tzinfo=None))
    results, _ = run(stage, message("SM1"), poisoned, message("SM3"))
    assert [type(result) for result in results] == [type(None), CannotReach, type(None)]
    assert sids(stage.database) == ["SM1", "SM3"]


def test_a_database_that_is_gone_fails_all_and_tells_no_secret(stage: Stage) -> None:
    gone = replace(stage, database=open_database("sqlite:////nowhere/canary.db"))
    results, _ = run(gone, message("SM1"), message("SM2"))
    assert [str(result) for result in results] == [
        "The contact was not stored: the database is not available."
    ] * 2


def test_too_many_waiting_are_told_to_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "MAX_WAITING", 2)
    results, _ = run(stage, *(message(f"SM{i}") for i in range(3)))
    assert [type(result) for result in results] == [type(None), type(None), CannotReach]


def test_a_handler_that_gave_up_does_not_lose_the_contact(stage: Stage) -> None:
    async def give_up() -> None:
        intake = Intake(stage.database, stage.vault, stage.clock, lambda: None)
        task = asyncio.create_task(intake.record(message("SM1")))
        await asyncio.sleep(0)
        task.cancel()
        await intake.close()

    asyncio.run(give_up())
    assert sids(stage.database) == ["SM1"]


def test_the_same_contact_twice_in_one_batch_is_stored_once(stage: Stage) -> None:
    results, _ = run(stage, message("SM1"), message("SM1"))
    assert results == [None, None]
    assert sids(stage.database) == ["SM1"]


def test_the_worker_is_woken_after_the_commit(stage: Stage) -> None:
    seen: list[list[str]] = []

    async def one() -> None:
        intake = Intake(
            stage.database, stage.vault, stage.clock, lambda: seen.append(sids(stage.database))
        )
        await intake.record(message("SM1"))
        await intake.close()

    asyncio.run(one())
    assert seen == [["SM1"]]


def test_times_are_stored_as_every_other_time_so_that_they_compare(stage: Stage) -> None:
    run(stage, message("SM1"))
    later = FrozenClock().advance(seconds=0.5)
    with stage.database.read() as session:
        before = sa.select(sa.func.count()).select_from(Contact)
        assert session.execute(before.where(col(Contact.at) == FrozenClock().now())).scalar() == 1
        assert session.execute(before.where(col(Contact.recorded_at) < later)).scalar() == 1


def test_only_the_copies_concerned_become_due(stage: Stage) -> None:
    _, concerned, copy = stage.firm("Bank")
    stage.firm("Other")
    decoy = stage.seed(concerned, 1).decoys[0]
    run(stage, message("SM1", decoy.number))
    with stage.database.read() as session:
        due = session.execute(sa.text("SELECT id, due_seq FROM copy WHERE due_at IS NOT NULL"))
        assert [tuple(row) for row in due] == [(copy.id, 1)]
