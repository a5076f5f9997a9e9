"""The courier against real receivers: signed, on schedule, and nobody waits for a stranger."""

import asyncio
import json
import threading
import time
from datetime import datetime

import pytest
from sqlmodel import Session

from canary.alerts import deliveries
from canary.alerts.deliveries import LEASE_S
from canary.alerts.endpoints import find_endpoint, rotate_secret
from canary.clock import Chance
from canary.database import Database
from canary.errors import BadInput
from canary.tables import DeliveryStatus
from canary.vault import Vault
from tests.integration.alerts.receivers import Reply, receiver
from tests.integration.alerts.world import (
    CONTENT,
    add,
    add_firm,
    courier,
    deliver,
    records,
    run,
    take,
    tell,
    tell_one,
    the_record,
    until,
)
from tests.world import NOON, FrozenClock
from webhooks.outbound import courier as couriers
from webhooks.outbound.destination import Destination


def test_an_alert_arrives_signed(database: Database, vault: Vault, clock: FrozenClock) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            assert await deliver(carrying) == 1
            assert await deliver(carrying) == 0

    with receiver(Reply(202, b"thanks")) as target:
        secret = tell_one(database, vault, clock, target)
        run(story())
    record = the_record(database)
    (received,) = target.received
    assert received.verified(secret) == {
        "type": "leak.opened",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": CONTENT,
    }
    assert received.alert_id == record.delivery.alert_id
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"] == "canary-records"
    assert record.delivery.status is DeliveryStatus.DELIVERED
    (attempt,) = record.attempts
    assert (attempt.status_code, attempt.answer, attempt.error) == (202, "thanks", None)
    assert attempt.at == NOON


def test_a_failing_target_is_tried_on_schedule_under_the_same_id_with_the_same_body(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            for _ in range(9):
                assert await deliver(carrying) == 1
                assert await deliver(carrying) == 0
                due_at = the_record(database).delivery.due_at
                assert due_at is not None
                clock.set(due_at)
            assert await deliver(carrying) == 1

    with receiver(*[Reply(500, b"down")] * 9, Reply()) as target:
        secret = tell_one(database, vault, clock, target)
        run(story())
    assert len({received.alert_id for received in target.received}) == 1
    assert len({received.body for received in target.received}) == 1
    assert all(received.verified(secret) for received in target.received)
    record = the_record(database)
    assert [attempt.status_code for attempt in record.attempts] == [500] * 9 + [200]
    assert record.delivery.status is DeliveryStatus.DELIVERED


def test_a_hanging_target_does_not_delay_another_firms(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            started = time.monotonic()
            assert await carrying.deliver_due() == 5
            await until(lambda: len(quiet.received) == 1 and carrying.under_way == 4)
            assert time.monotonic() - started < 2
            tell(database, quiet_firm, clock)
            await carrying.deliver_due()
            await until(lambda: len(quiet.received) == 2 and carrying.under_way == 4)
            assert await carrying.deliver_due() == 0

    with receiver(Reply(after=threading.Event())) as hanging, receiver() as quiet:
        firm_id = add_firm(database, "Hanging")
        add(database, vault, firm_id, hanging.url)
        tell(database, firm_id, clock, 60)
        quiet_firm = add_firm(database, "Quiet")
        add(database, vault, quiet_firm, quiet.url)
        tell(database, quiet_firm, clock)
        run(story())
    statuses = [record.delivery.status for record in records(database)]
    assert statuses.count(DeliveryStatus.DELIVERED) == 2


def test_after_a_rotation_the_target_may_verify_with_either_secret(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    with receiver() as target:
        first = tell_one(database, vault, clock, target)
        endpoint_id = the_record(database).delivery.endpoint_id
        with database.write() as session:
            endpoint = find_endpoint(session, None, endpoint_id)
            second = rotate_secret(session, vault, clock.now(), endpoint)
        run(story())
    (received,) = target.received
    assert received.verified(first) == received.verified(second) == json.loads(received.body)


def test_what_was_under_way_at_the_close_comes_back_after_the_lease(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            assert await carrying.deliver_due() == 1
            await until(lambda: len(target.received) == 1)

    with receiver(Reply(after=threading.Event()), Reply()) as target:
        tell_one(database, vault, clock, target)
        run(story())
        target.replies[0] = Reply()
        assert the_record(database).attempts == ()
        clock.advance(seconds=LEASE_S)
        run(_deliver_one(database, vault, clock))
    assert len({received.alert_id for received in target.received}) == 1
    assert the_record(database).delivery.status is DeliveryStatus.DELIVERED


async def _deliver_one(database: Database, vault: Vault, clock: FrozenClock) -> None:
    async with courier(database, vault, clock) as carrying:
        assert await deliver(carrying) == 1


def test_an_answer_after_the_claim_was_lost_changes_nothing(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    late = Reply(after=threading.Event())

    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await carrying.deliver_due()
            await until(lambda: len(target.received) == 1)
            clock.advance(seconds=LEASE_S)
            (parcel,) = take(database, vault, clock, "another")
            assert late.after is not None
            late.after.set()
            await carrying.settled()
            assert the_record(database).delivery.claimed_by == parcel.claimant

    with receiver(late) as target:
        tell_one(database, vault, clock, target)
        run(story())
    assert the_record(database).attempts == ()


def test_attempts_that_end_at_different_times_are_all_settled(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            assert await carrying.deliver_due() == 2
            await until(lambda: carrying.under_way == 1)
            await until(lambda: len(slow.received) == 1)
            assert later.after is not None
            later.after.set()
            await carrying.settled()

    later = Reply(after=threading.Event())
    with receiver() as quick, receiver(later) as slow:
        firm_id = add_firm(database)
        add(database, vault, firm_id, quick.url)
        add(database, vault, firm_id, slow.url)
        tell(database, firm_id, clock)
        run(story())
    assert all(r.delivery.status is DeliveryStatus.DELIVERED for r in records(database))


def test_two_couriers_send_everything_once(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with (
            courier(database, vault, clock) as first,
            courier(database, vault, clock) as second,
        ):
            for _ in range(30):
                started = await asyncio.gather(deliver(first), deliver(second))
                if not any(started) and len(target.received) == 40:
                    break

    with receiver() as target:
        firm_id = add_firm(database)
        for _ in range(2):
            add(database, vault, firm_id, target.url)
        tell(database, firm_id, clock, 20)
        run(story())
    assert [a.error for r in records(database) for a in r.attempts] == [None] * 40
    assert len(target.received) == 40
    assert all(r.delivery.status is DeliveryStatus.DELIVERED for r in records(database))


def test_a_full_courier_claims_nothing(
    database: Database, vault: Vault, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "CAPACITY", 1)

    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            assert await carrying.deliver_due() == 1
            assert await carrying.deliver_due() == 0
            assert carrying.under_way == 1

    with receiver(Reply(after=threading.Event())) as target:
        firm_id = add_firm(database)
        add(database, vault, firm_id, target.url)
        tell(database, firm_id, clock, 2)
        run(story())


def test_one_settlement_that_cannot_be_stored_leaves_the_others_alone(
    database: Database,
    vault: Vault,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    def settle(
        session: Session, outcome: deliveries.Outcome, now: datetime, chance: Chance
    ) -> bool:
        settled = deliveries.settle(session, outcome, now, chance)
        if outcome.parcel.endpoint_id == unlucky:
            find_endpoint(session, None, unlucky).firm_id = "firm_none"
        return settled

    monkeypatch.setattr(couriers, "settle", settle)
    with receiver() as target:
        firm_id = add_firm(database)
        add(database, vault, firm_id, target.url)
        unlucky, secret = add(database, vault, firm_id, target.url)
        tell(database, firm_id, clock)
        run(story())
    statuses = {r.delivery.endpoint_id: r.delivery.status for r in records(database)}
    assert statuses.pop(unlucky) is DeliveryStatus.PENDING
    assert list(statuses.values()) == [DeliveryStatus.DELIVERED]
    assert "was not settled: IntegrityError" in caplog.text
    assert secret not in caplog.text


def test_the_development_setting_is_off_by_default(vault: Vault, sqlite_database: Database) -> None:
    """A literal loopback address in a stored endpoint is refused by the client itself."""
    clock = FrozenClock()

    async def story() -> None:
        async with courier(sqlite_database, vault, clock, way_out) as carrying:
            with pytest.raises(BadInput):
                way_out.check(target.url)
            await deliver(carrying)

    with receiver() as target:
        way_out = Destination()
        tell_one(sqlite_database, vault, clock, target)
        run(story())
    assert target.received == []
    (attempt,) = the_record(sqlite_database).attempts
    assert attempt.error is not None
    assert attempt.error.startswith("Refused")
