"""What follows from an attempt, and how deliveries are listed, replayed and recovered."""

from datetime import datetime, timedelta

import pytest

from canary.alerts.deliveries import ANSWER_BYTES, list_deliveries, replay
from canary.alerts.endpoints import disable_endpoint, enable_endpoint, find_endpoint
from canary.alerts.health import PATIENCE
from canary.alerts.kinds import AlertType
from canary.alerts.outbox import test_endpoint as write_test
from canary.alerts.recovery import recover
from canary.alerts.schedule import ATTEMPTS, GAPS, JITTER
from canary.database import Database
from canary.errors import Conflict, NotFound
from canary.paging import Ask
from canary.tables import Delivery, DeliveryStatus
from canary.vault import Vault
from tests.integration.alerts.world import (
    URL,
    add,
    add_firm,
    alerts_of,
    finish,
    records,
    take,
    tell,
    the_delivery,
    the_endpoint,
    the_record,
)
from tests.world import NOON, FrozenClock


@pytest.fixture
def firm(database: Database) -> str:
    """A firm without endpoints."""
    return add_firm(database)


@pytest.fixture
def endpoint(database: Database, vault: Vault, firm: str) -> str:
    """The firm's endpoint, which takes everything."""
    return add(database, vault, firm)[0]


def _fail_out(database: Database, vault: Vault, clock: FrozenClock) -> Delivery:
    """Fail the only delivery as often as its schedule tries, moving the clock along."""
    for number in range(1, ATTEMPTS + 1):
        (parcel,) = take(database, vault, clock, f"c{number}")
        assert parcel.number == number
        assert finish(database, clock, parcel, status_code=500, answer=b"down")
        due_at = the_record(database).delivery.due_at
        if due_at is not None:
            clock.set(due_at)
    return the_record(database).delivery


def _set_enabled(database: Database, endpoint_id: str, at: datetime, *, enabled: bool) -> None:
    with database.write() as session:
        found = find_endpoint(session, None, endpoint_id)
        if enabled:
            enable_endpoint(session, found)
        else:
            disable_endpoint(session, at, found)


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_2xx_is_delivered(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, status: int
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    later = clock.advance(seconds=2)
    assert finish(database, clock, parcel, status_code=status, answer=b"thanks")
    record = the_record(database)
    (attempt,) = record.attempts
    assert record.delivery.status is DeliveryStatus.DELIVERED
    assert record.delivery.delivered_at == later
    assert record.delivery.due_at is None
    assert record.delivery.claimed_by is None
    assert (attempt.number, attempt.status_code, attempt.answer) == (1, status, "thanks")
    assert (attempt.duration_ms, attempt.error) == (12, None)
    assert attempt.id.startswith("att_")


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    "came",
    [{"status_code": 500}, {"status_code": 302}, {"status_code": 199}, {"error": "No answer."}],
    ids=["500", "302", "199", "none"],
)
def test_anything_else_is_tried_again_a_gap_later(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, came: dict[str, int | str]
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    assert finish(database, clock, parcel, **came)
    delivery = the_record(database).delivery
    assert delivery.status is DeliveryStatus.PENDING
    assert delivery.due_at is not None
    assert GAPS[0] * (1 - JITTER) <= delivery.due_at - NOON <= GAPS[0] * (1 + JITTER)
    assert take(database, vault, clock, "b") == []


@pytest.mark.usefixtures("endpoint")
def test_retry_after_moves_the_next_attempt_within_its_step(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    assert finish(database, clock, parcel, status_code=503, retry_after_s=86_400.0)
    assert the_record(database).delivery.due_at == NOON + GAPS[0] * (1 + JITTER)


@pytest.mark.usefixtures("endpoint")
def test_after_ten_attempts_over_about_75_hours_it_has_failed(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    (alert_id,) = tell(database, firm, clock)
    delivery = _fail_out(database, vault, clock)
    assert delivery.status is DeliveryStatus.FAILED
    assert (delivery.attempts, delivery.due_at, delivery.alert_id) == (10, None, alert_id)
    assert timedelta(hours=60) < clock.now() - NOON < timedelta(hours=91)
    assert [a.number for a in the_record(database).attempts] == list(range(1, 11))
    assert take(database, vault, clock, "z") == []


@pytest.mark.usefixtures("endpoint")
def test_an_answer_is_cut_and_cleaned(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    answer = b"\x00a\xff" + "漏".encode() * ANSWER_BYTES
    assert finish(database, clock, parcel, error="b\x00" + "x" * 600, answer=answer)
    (attempt,) = the_record(database).attempts
    assert attempt.answer is not None
    assert attempt.answer.startswith("a\ufffd漏")
    assert len(attempt.answer) < ANSWER_BYTES / 3 + 3
    assert attempt.error == "b" + "x" * 499


def test_410_disables_the_endpoint_and_the_delivery_stays_recoverable(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, endpoint: str
) -> None:
    other, _ = add(database, vault, firm, URL, "endpoint.disabled")
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    assert finish(database, clock, parcel, status_code=410)
    assert the_endpoint(database, endpoint).disabled_at == NOON
    (alert,) = alerts_of(database, AlertType.ENDPOINT_DISABLED)
    assert alert.content["reason"] == "It answered 410 Gone."
    assert {r.delivery.endpoint_id for r in records(database)} == {endpoint, other}
    clock.advance(days=30)
    assert [p.endpoint_id for p in take(database, vault, clock, "b")] == [other]
    with pytest.raises(Conflict, match="disabled"), database.write() as session:
        replay(session, firm, parcel.delivery_id, clock.now())
    _set_enabled(database, endpoint, clock.now(), enabled=True)
    with database.write() as session:
        replay(session, firm, parcel.delivery_id, clock.now())
    (again,) = take(database, vault, clock, "c")
    assert (again.delivery_id, again.alert_id) == (parcel.delivery_id, parcel.alert_id)


@pytest.mark.usefixtures("endpoint")
def test_a_replay_is_due_at_once_under_the_same_id_and_starts_its_schedule_again(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    (alert_id,) = tell(database, firm, clock)
    delivery = _fail_out(database, vault, clock)
    with database.write() as session:
        replay(session, firm, delivery.id, clock.advance(seconds=1))
    (parcel,) = take(database, vault, clock, "again")
    assert (parcel.alert_id, parcel.number) == (alert_id, 1)
    assert finish(database, clock, parcel, status_code=200)
    record = the_record(database)
    assert record.delivery.status is DeliveryStatus.DELIVERED
    assert [attempt.number for attempt in record.attempts] == [*range(1, 11), 1]


@pytest.mark.usefixtures("endpoint")
def test_a_replay_of_what_was_delivered_sends_it_again(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    assert finish(database, clock, parcel, status_code=200)
    with database.write() as session:
        replay(session, None, parcel.delivery_id, clock.now())
    assert the_record(database).delivery.delivered_at is None
    assert len(take(database, vault, clock, "b")) == 1


@pytest.mark.usefixtures("endpoint")
def test_a_replay_of_what_is_under_way_does_not_send_it_twice(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    with database.write() as session:
        replay(session, firm, parcel.delivery_id, clock.now())
    assert take(database, vault, clock, "b") == []
    assert finish(database, clock, parcel, status_code=200)
    assert take(database, vault, clock, "c") == []


@pytest.mark.usefixtures("endpoint")
def test_another_firms_delivery_is_not_found(
    database: Database, vault: Vault, clock: FrozenClock, firm: str
) -> None:
    stranger = add_firm(database, "Bohai")
    tell(database, firm, clock)
    (parcel,) = take(database, vault, clock)
    for firm_id, delivery_id in ((stranger, parcel.delivery_id), (firm, "dlv_none")):
        with pytest.raises(NotFound), database.write() as session:
            replay(session, firm_id, delivery_id, NOON)
    with database.read() as session:
        assert list_deliveries(session, stranger).rows == ()
        assert len(list_deliveries(session, firm).rows) == 1


def test_deliveries_are_listed_newest_first_by_cursor_endpoint_and_status(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, endpoint: str
) -> None:
    other, _ = add(database, vault, firm)
    for _ in range(3):
        tell(database, firm, clock)
        clock.advance(seconds=1)
    for parcel in take(database, vault, clock):
        if parcel.endpoint_id == endpoint:
            assert finish(database, clock, parcel, status_code=200)
    with database.read() as session:
        first = list_deliveries(session, firm, ask=Ask(limit=4))
        rest = list_deliveries(session, firm, ask=Ask(after=first.next, limit=4))
        delivered = list_deliveries(session, firm, status=DeliveryStatus.DELIVERED)
        others = list_deliveries(session, firm, other)
        none = list_deliveries(session, firm, other, DeliveryStatus.DELIVERED)
    shown = [record.delivery.id for record in (*first.rows, *rest.rows)]
    assert shown == sorted(set(shown), reverse=True)
    assert (len(first.rows), len(rest.rows), rest.next) == (4, 2, None)
    assert {r.delivery.endpoint_id for r in delivered.rows} == {endpoint}
    assert all(len(record.attempts) == 1 for record in delivered.rows)
    assert {r.delivery.endpoint_id for r in others.rows} == {other}
    assert none.rows == ()


def test_recovery_sends_what_failed_and_what_was_told_meanwhile_but_not_what_arrived(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, endpoint: str
) -> None:
    tell(database, firm, clock)
    since = clock.advance(seconds=1)
    arrived, failed = tell(database, firm, clock, 2)
    for parcel in take(database, vault, clock):
        status = 200 if parcel.alert_id == arrived else 500
        assert finish(database, clock, parcel, status_code=status)
    _set_enabled(database, endpoint, clock.now(), enabled=False)
    (missed,) = tell(database, firm, clock)
    with pytest.raises(Conflict), database.write() as session:
        recover(session, firm, endpoint, since, clock.now())
    _set_enabled(database, endpoint, clock.now(), enabled=True)
    other, _ = add(database, vault, firm, URL, "line.lost")
    with database.write() as session:
        write_test(session, clock.now(), find_endpoint(session, firm, other))
        recovered = recover(session, firm, endpoint, since, clock.now())
    told = {p.alert_id for p in take(database, vault, clock, "b") if p.endpoint_id == endpoint}
    (disabled,) = alerts_of(database, AlertType.ENDPOINT_DISABLED)
    assert told == {failed, missed, disabled.id}
    assert recovered == 3
    with pytest.raises(NotFound), database.write() as session:
        recover(session, "firm_other", endpoint, since, clock.now())


def test_an_endpoint_that_fails_for_five_days_is_disabled_and_may_try_again_when_enabled(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, endpoint: str
) -> None:
    def fail_one() -> None:
        tell(database, firm, clock)
        parcels = take(database, vault, clock, f"c{clock.now().timestamp()}")
        assert finish(database, clock, parcels[-1], error="No answer in time.")

    fail_one()
    clock.set(NOON + PATIENCE - timedelta(hours=1))
    fail_one()
    assert the_endpoint(database, endpoint).disabled_at is None
    clock.advance(hours=1)
    fail_one()
    assert the_endpoint(database, endpoint).disabled_at == clock.now()
    (alert,) = alerts_of(database, AlertType.ENDPOINT_DISABLED)
    assert alert.content["reason"] == "Nothing has arrived there for five days."
    clock.advance(days=1)
    _set_enabled(database, endpoint, clock.now(), enabled=True)
    fail_one()
    assert the_endpoint(database, endpoint).disabled_at is None
    clock.advance(days=5)
    fail_one()
    assert the_endpoint(database, endpoint).disabled_at == clock.now()


def test_a_success_in_between_starts_the_five_days_again(
    database: Database, vault: Vault, clock: FrozenClock, firm: str, endpoint: str
) -> None:
    def come_on(day: int, status: int) -> str:
        clock.set(NOON + timedelta(days=day))
        (alert_id,) = tell(database, firm, clock)
        parcels = {p.alert_id: p for p in take(database, vault, clock, f"day {day}")}
        assert finish(database, clock, parcels[alert_id], status_code=status)
        return parcels[alert_id].delivery_id

    come_on(0, 500)
    come_on(3, 200)
    failed = come_on(6, 500)
    assert the_endpoint(database, endpoint).disabled_at is None
    assert the_delivery(database, failed).attempts == 1
