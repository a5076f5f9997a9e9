"""Answers of every kind, and none at all, from real receivers: what each becomes."""

import threading
from typing import Any

import pytest

from canary.alerts.deliveries import ANSWER_BYTES
from canary.alerts.endpoints import find_endpoint
from canary.database import Database
from canary.tables import DeliveryStatus
from canary.vault import Vault
from tests.integration.alerts.receivers import Reply, receiver
from tests.integration.alerts.world import (
    add,
    add_firm,
    courier,
    deliver,
    records,
    run,
    tell,
    tell_one,
    the_endpoint,
    the_record,
)
from tests.world import NOON, FrozenClock
from webhooks.outbound.destination import Destination


def test_a_target_that_never_answers_is_a_timeout_on_its_own_deadline(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        way_out = Destination(allow_private=True, total_s=0.3)
        async with courier(database, vault, clock, way_out) as carrying:
            await deliver(carrying)

    with receiver(Reply(after=threading.Event())) as target:
        tell_one(database, vault, clock, target)
        run(story())
    (attempt,) = the_record(database).attempts
    assert (attempt.status_code, attempt.error) == (None, "No answer in time.")
    assert 300 <= attempt.duration_ms < 1500


def test_a_stalled_look_up_ends_at_the_deadline_too(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    let_go = threading.Event()

    def stalled(*_asked: object) -> list[Any]:
        let_go.wait(10)
        return []

    async def story() -> None:
        way_out = Destination(allow_private=True, total_s=0.3, resolver=stalled)
        async with courier(database, vault, clock, way_out) as carrying:
            await deliver(carrying)
            let_go.set()

    firm_id = add_firm(database)
    add(database, vault, firm_id, "https://stalled.example/")
    tell(database, firm_id, clock)
    run(story())
    (attempt,) = the_record(database).attempts
    assert attempt.error == "No answer in time."
    assert attempt.duration_ms < 1500


def test_a_body_that_never_ends_is_cut_and_one_that_drips_ends_at_the_deadline(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        way_out = Destination(allow_private=True, total_s=0.6)
        async with courier(database, vault, clock, way_out) as carrying:
            await deliver(carrying)

    with receiver(Reply(body=b"x" * 100_000, drip=True), Reply(500, b"slow", drip=True)) as target:
        firm_id = add_firm(database)
        add(database, vault, firm_id, target.url)
        tell(database, firm_id, clock, 2)
        run(story())
    attempts = {a.status_code: a for record in records(database) for a in record.attempts}
    assert attempts[200].answer == "x" * ANSWER_BYTES
    slow = attempts[500]
    assert slow.answer is not None
    assert slow.answer.startswith("slow.")
    assert slow.duration_ms < 2000


def test_410_from_the_target_disables_the_endpoint(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            assert await deliver(carrying) == 1
            clock.advance(days=1)
            assert await deliver(carrying) == 0

    with receiver(Reply(410, b"gone")) as target:
        tell_one(database, vault, clock, target)
        run(story())
    record = the_record(database)
    assert the_endpoint(database, record.delivery.endpoint_id).disabled_at == NOON
    assert record.delivery.status is DeliveryStatus.PENDING
    assert len(target.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(
    database: Database, vault: Vault, clock: FrozenClock, status: int
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    with receiver() as inside:
        with receiver(Reply(status, headers={"location": inside.url})) as target:
            tell_one(database, vault, clock, target)
            run(story())
        assert inside.received == []
    (attempt,) = the_record(database).attempts
    assert attempt.status_code == status
    assert attempt.error == "A redirect, which is not followed."
    assert the_record(database).delivery.status is DeliveryStatus.PENDING


def test_retry_after_is_heard(database: Database, vault: Vault, clock: FrozenClock) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    with receiver(Reply(503, headers={"retry-after": "3600"})) as target:
        tell_one(database, vault, clock, target)
        run(story())
    due_at = the_record(database).delivery.due_at
    assert due_at is not None
    assert (due_at - NOON).total_seconds() == 6.0


def test_connections_are_kept_alive_and_no_cookie_comes_back(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            for _ in range(3):
                tell(database, firm_id, clock)
                await deliver(carrying)

    with receiver(Reply(headers={"set-cookie": "who=firm; Path=/"})) as target:
        firm_id = add_firm(database)
        add(database, vault, firm_id, target.url)
        run(story())
    assert len(target.received) == 3
    assert len({received.connection for received in target.received}) == 1
    assert not any("cookie" in received.headers for received in target.received)


def test_a_target_that_is_not_there_is_an_attempt_in_words(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    with receiver() as target:
        tell_one(database, vault, clock, target)
    run(story())
    (attempt,) = the_record(database).attempts
    assert (attempt.status_code, attempt.answer) == (None, None)
    assert attempt.error == "The connection could not be made."


def test_an_endpoint_that_does_not_open_is_an_attempt_in_words(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    async def story() -> None:
        async with courier(database, vault, clock) as carrying:
            await deliver(carrying)

    firm_id = add_firm(database)
    endpoint_id, _ = add(database, vault, firm_id)
    with database.write() as session:
        find_endpoint(session, None, endpoint_id).secret = b"\x01\x02" + bytes(40)
    tell(database, firm_id, clock)
    run(story())
    (attempt,) = the_record(database).attempts
    assert attempt.error is not None
    assert "endpoint.secret" in attempt.error
