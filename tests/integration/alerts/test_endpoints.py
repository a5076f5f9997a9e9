"""Endpoints: added, listed, rotated, disabled and enabled, each seen by its own firm only."""

import base64

import pytest
import sqlalchemy as sa

from canary.alerts.endpoints import (
    NewEndpoint,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
    secrets_of,
    url_of,
)
from canary.alerts.kinds import AlertType
from canary.database import Database
from canary.errors import BadInput, BadKey, NotFound
from canary.paging import Ask
from canary.vault import Vault
from tests.integration.alerts.world import URL, add, add_firm, alerts_of, records, the_endpoint
from tests.world import NOON, FrozenClock


def test_the_secret_is_32_random_bytes_and_shown_once(database: Database, vault: Vault) -> None:
    firm_id = add_firm(database)
    endpoint_id, secret = add(database, vault, firm_id)
    assert endpoint_id.startswith("ep_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert add(database, vault, firm_id)[1] != secret


def test_url_and_secret_lie_sealed_in_the_database(database: Database, vault: Vault) -> None:
    endpoint_id, secret = add(database, vault, add_firm(database))
    with database.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT url, secret FROM endpoint")).one()
    for sealed in (bytes(row.url), bytes(row.secret)):
        assert b"alerts.example" not in sealed
        assert secret.encode() not in sealed
    endpoint = the_endpoint(database, endpoint_id)
    assert url_of(vault, endpoint) == URL
    assert secrets_of(vault, endpoint, NOON) == (secret,)


def test_a_url_moved_to_another_endpoint_does_not_open(database: Database, vault: Vault) -> None:
    firm_id = add_firm(database)
    first, second = (the_endpoint(database, add(database, vault, firm_id)[0]) for _ in "12")
    second.url = first.url
    with pytest.raises(BadKey):
        url_of(vault, second)


def test_https_is_asked_for_when_nobody_says_otherwise(database: Database, vault: Vault) -> None:
    firm_id = add_firm(database)
    with pytest.raises(BadInput, match="https://"), database.write() as session:
        add_endpoint(session, vault, NOON, firm_id, NewEndpoint("http://alerts.example.com/"))


@pytest.mark.parametrize(
    "request_",
    [NewEndpoint(URL, ("leak.begun",)), NewEndpoint(URL, (), "slack")],
    ids=["event", "format"],
)
def test_an_unknown_event_or_format_is_refused(
    database: Database, vault: Vault, request_: NewEndpoint
) -> None:
    firm_id = add_firm(database)
    with pytest.raises(BadInput), database.write() as session:
        add_endpoint(session, vault, NOON, firm_id, request_)
    with database.read() as session:
        assert list_endpoints(session, None, Ask()).rows == []


def test_an_endpoint_of_no_firm_is_not_found(database: Database, vault: Vault) -> None:
    with pytest.raises(NotFound), database.write() as session:
        add_endpoint(session, vault, NOON, "firm_none", NewEndpoint(URL))


def test_another_firms_endpoint_is_not_found(database: Database, vault: Vault) -> None:
    ours, theirs = add_firm(database, "Anhe"), add_firm(database, "Bohai")
    endpoint_id, _ = add(database, vault, ours)
    with database.read() as session:
        assert find_endpoint(session, ours, endpoint_id).id == endpoint_id
        assert find_endpoint(session, None, endpoint_id).id == endpoint_id
        with pytest.raises(NotFound) as refused:
            find_endpoint(session, theirs, endpoint_id)
        with pytest.raises(NotFound) as absent:
            find_endpoint(session, theirs, "ep_none")
    assert refused.value.says.replace(endpoint_id, "ep_none") == absent.value.says


def test_a_firm_lists_its_own_endpoints_newest_first(database: Database, vault: Vault) -> None:
    ours, theirs = add_firm(database, "Anhe"), add_firm(database, "Bohai")
    mine = {add(database, vault, ours)[0] for _ in range(3)}
    add(database, vault, theirs)
    with database.read() as session:
        first = list_endpoints(session, ours, Ask(limit=2))
        rest = list_endpoints(session, ours, Ask(after=first.next, limit=2))
        everyone = list_endpoints(session, None, Ask())
    shown = [row[0].id for row in (*first.rows, *rest.rows)]
    assert set(shown) == mine
    assert shown == sorted(shown, reverse=True)
    assert rest.next is None
    assert len(everyone.rows) == 4


def test_disabling_tells_the_firms_other_endpoints_once(database: Database, vault: Vault) -> None:
    firm_id = add_firm(database)
    gone, other = add(database, vault, firm_id)[0], add(database, vault, firm_id)[0]
    add(database, vault, firm_id, URL, "leak.opened")
    for _ in range(2):
        with database.write() as session:
            disable_endpoint(session, NOON, find_endpoint(session, firm_id, gone))
    (alert,) = alerts_of(database, AlertType.ENDPOINT_DISABLED)
    assert alert.content == {
        "endpoint": gone,
        "reason": "It was asked for.",
        "disabled_at": "2026-03-01T12:00:00Z",
    }
    assert [record.delivery.endpoint_id for record in records(database)] == [other]
    assert the_endpoint(database, gone).disabled_at == NOON


def test_an_enabled_endpoint_is_as_before(database: Database, vault: Vault) -> None:
    endpoint_id, _ = add(database, vault, add_firm(database))
    with database.write() as session:
        disable_endpoint(session, NOON, find_endpoint(session, None, endpoint_id))
    with database.write() as session:
        enable_endpoint(session, find_endpoint(session, None, endpoint_id))
    assert the_endpoint(database, endpoint_id).disabled_at is None


def test_after_a_rotation_both_secrets_sign_for_a_day(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    endpoint_id, first = add(database, vault, add_firm(database))
    with database.write() as session:
        endpoint = find_endpoint(session, None, endpoint_id)
        second = rotate_secret(session, vault, clock.now(), endpoint)
    rotated = the_endpoint(database, endpoint_id)
    assert secrets_of(vault, rotated, clock.advance(hours=23.9)) == (second, first)
    assert secrets_of(vault, rotated, clock.advance(hours=0.1)) == (second,)
    with database.write() as session:
        third = rotate_secret(
            session, vault, clock.now(), find_endpoint(session, None, endpoint_id)
        )
    assert secrets_of(vault, the_endpoint(database, endpoint_id), clock.now()) == (third, second)
