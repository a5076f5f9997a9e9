"""The outbox: an alert and its deliveries in one transaction."""

import json
from datetime import timedelta, timezone

import pytest

from canary.alerts import outbox
from canary.alerts.endpoints import disable_endpoint, find_endpoint
from canary.alerts.kinds import AlertType
from canary.alerts.outbox import body_of, write_alert
from canary.database import Database
from canary.errors import Conflict
from canary.tables import DeliveryStatus
from canary.vault import Vault
from tests.integration.alerts.world import (
    CONTENT,
    URL,
    add,
    add_firm,
    alerts_of,
    records,
    tell,
    the_record,
)
from tests.world import NOON, FrozenClock


def test_each_enabled_endpoint_whose_filter_takes_it_gets_a_delivery_due_now(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    ours, theirs = add_firm(database, "Anhe"), add_firm(database, "Bohai")
    every, _ = add(database, vault, ours)
    chosen, _ = add(database, vault, ours, URL, "leak.opened", "leak.closed")
    add(database, vault, ours, URL, "line.lost")
    disabled, _ = add(database, vault, ours, URL)
    add(database, vault, theirs)
    with database.write() as session:
        disable_endpoint(session, NOON, find_endpoint(session, ours, disabled))
    tell(database, ours, clock)
    told = [r for r in records(database) if r.alert_type == "leak.opened"]
    assert {record.delivery.endpoint_id for record in told} == {every, chosen}
    for record in told:
        assert record.delivery.id.startswith("dlv_")
        assert record.delivery.status is DeliveryStatus.PENDING
        assert record.delivery.due_at == NOON
        assert record.attempts == ()


def test_an_alert_of_a_firm_without_endpoints_is_kept(
    database: Database, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    (alert_id,) = tell(database, firm_id, clock)
    (alert,) = alerts_of(database, AlertType.LEAK_OPENED)
    assert alert.id == alert_id
    assert alert_id.startswith("alert_")
    assert records(database) == []


def test_what_is_rolled_back_tells_nobody(database: Database, vault: Vault) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    with database.write() as session:
        write_alert(session, NOON, firm_id, AlertType.LEAK_OPENED, CONTENT)
        session.rollback()
    assert records(database) == []
    assert alerts_of(database, AlertType.LEAK_OPENED) == []


def test_a_test_goes_to_exactly_its_endpoint_whatever_the_filter(
    database: Database, vault: Vault
) -> None:
    firm_id = add_firm(database)
    tested, _ = add(database, vault, firm_id, URL, "line.lost")
    add(database, vault, firm_id)
    with database.write() as session:
        alert = outbox.test_endpoint(session, NOON, find_endpoint(session, firm_id, tested))
    record = the_record(database)
    assert record.alert_type == "endpoint.test"
    assert (record.delivery.endpoint_id, record.delivery.alert_id) == (tested, alert.id)


def test_a_disabled_endpoint_cannot_be_tested(database: Database, vault: Vault) -> None:
    endpoint_id, _ = add(database, vault, add_firm(database))
    with database.write() as session:
        endpoint = find_endpoint(session, None, endpoint_id)
        disable_endpoint(session, NOON, endpoint)
        with pytest.raises(Conflict, match="disabled"):
            outbox.test_endpoint(session, NOON, endpoint)


def test_the_body_is_type_timestamp_and_data_byte_for_byte_the_same(database: Database) -> None:
    firm_id = add_firm(database)
    elsewhere = (NOON + timedelta(milliseconds=5)).astimezone(timezone(timedelta(hours=8)))
    with database.write() as session:
        written = write_alert(session, elsewhere, firm_id, AlertType.LEAK_OPENED, CONTENT)
        before = body_of(written)
    (alert,) = alerts_of(database, AlertType.LEAK_OPENED)
    assert body_of(alert) == before
    assert json.loads(before) == {
        "type": "leak.opened",
        "timestamp": "2026-03-01T12:00:00.005000Z",
        "data": CONTENT,
    }
