"""Endpoints and deliveries, and what the doctor says of them."""

import sqlite3

import pytest

from canary.alerts.kinds import AlertType
from tests.integration.cli.conftest import Program


@pytest.fixture
def endpoint(clients: Program) -> str:
    words = ["endpoint", "add", "Harbour Bank", "https://example.com/in"]
    added = clients.json(*words, "--events", "leak.opened, leak.closed", "--format", "standard")
    identity: str = added["id"]
    return identity


def test_events_are_kept_in_their_order(clients: Program, endpoint: str) -> None:
    (listed,) = clients.json("endpoint", "list")["items"]
    assert listed["events"] == ["leak.opened", "leak.closed"]
    assert "leak.opened, leak.closed" in clients("endpoint", "disable", endpoint).stdout


def test_a_secret_is_shown_once_with_what_to_do_next(clients: Program) -> None:
    shown = clients("endpoint", "add", "Harbour Bank", "https://example.com/in").stdout
    assert "whsec_" in shown
    assert "canary endpoint test ep_" in shown
    assert "whsec_" not in clients("endpoint", "list").stdout


def test_a_test_alert_becomes_a_delivery(clients: Program, endpoint: str) -> None:
    told = clients.json("endpoint", "test", endpoint)
    (delivery,) = clients.json("delivery", "list", "--status", "pending")["items"]
    assert (delivery["alert"], delivery["type"]) == (told["alert"], "endpoint.test")
    assert delivery["attempts"] == []
    assert clients.json("delivery", "replay", delivery["id"])["id"] == delivery["id"]
    shown = clients("delivery", "list").stdout
    assert delivery["id"] in shown
    assert "0 tries; next try 2" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert clients.json("delivery", "list", "--status", "failed")["items"] == []


def test_the_doctor_tells_of_alerts_that_were_given_up_on(clients: Program, endpoint: str) -> None:
    clients.json("endpoint", "test", endpoint)
    connection = sqlite3.connect(clients.home / "canary.db")
    with connection:
        connection.execute("UPDATE delivery SET status = 'failed', due_at = NULL")
    connection.close()
    checks = {check["name"]: check for check in clients.json("doctor")["checks"]}
    assert checks["endpoints"]["ok"]
    assert not checks["deliveries"]["ok"]
    assert "canary delivery replay" in checks["deliveries"]["fix"]


def test_the_doctor_counts_disabled_endpoints(clients: Program, endpoint: str) -> None:
    clients.json("endpoint", "disable", endpoint)
    checks = {check["name"]: check for check in clients.json("doctor")["checks"]}
    assert "1 endpoints are disabled" in checks["endpoints"]["detail"]


def test_a_rotated_secret_is_another(clients: Program) -> None:
    added = clients.json("endpoint", "add", "Harbour Bank", "https://example.com/in")
    rotated = clients.json("endpoint", "rotate", added["id"])
    assert (list(rotated), rotated["id"]) == (["id", "secret"], added["id"])
    assert rotated["secret"] != added["secret"]


def test_nothing_missed_is_nothing_recovered(clients: Program, endpoint: str) -> None:
    recovered = clients.json("delivery", "recover", endpoint, "--since", "2026-01-01T00:00:00Z")
    assert recovered == {"endpoint": endpoint, "recovered": 0}


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [(503, None, "HTTP 503"), (None, "no route to the host at all", "no route to the")],
)
def test_a_delivery_tells_what_came_of_its_last_try(
    clients: Program, endpoint: str, status: int | None, error: str | None, told: str
) -> None:
    clients.json("endpoint", "test", endpoint)
    (delivery,) = clients.json("delivery", "list")["items"]
    connection = sqlite3.connect(clients.home / "canary.db")
    with connection:
        connection.execute(
            "INSERT INTO attempt (id, delivery_id, number, at, duration_ms, status_code, error)"
            " SELECT 'att_1', id, 1, created_at, 5, ?, ? FROM delivery",
            (status, error),
        )
    connection.close()
    assert delivery["attempts"] == []
    shown = clients("delivery", "list").stdout
    assert f"1 try, the last: {told}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_help_lists_the_types_of_alert(clients: Program) -> None:
    shown = clients("endpoint", "add", "--help").stdout
    assert all(kind in shown for kind in AlertType)
