"""Endpoints and deliveries."""

import httpx

from canary.clock import rfc3339
from canary.tables import Attempt
from tests.integration.api.conftest import Seen
from tests.integration.api.running import Running, made, refused, shown

URL = "https://alerts.example.com/canary"


def test_an_endpoint_shows_its_secret_once(running: Running) -> None:
    firm, _, _ = running.stage.firm("Acme")
    client = running.firm(firm.id)
    asked = {"firm": "Acme", "url": URL, "events": ["leak.opened"]}
    added = made(client.post("/v1/endpoints", json=asked))
    assert added.keys() == {"id", "secret"}
    assert added["secret"].startswith("whsec_")
    assert shown(client.get("/v1/endpoints"))["items"] == [
        {
            "id": added["id"],
            "firm": firm.id,
            "url": URL,
            "events": ["leak.opened"],
            "format": "standard",
            "created_at": "2026-03-01T12:00:00Z",
            "disabled_at": None,
        }
    ]


WRONG: tuple[dict[str, object], ...] = (
    {"url": "http://alerts.example.com/"},
    {"url": "https://127.0.0.1/"},
    {"url": "https://localhost/"},
    {"url": "https://user:secret@alerts.example.com/"},
    {"url": "not a URL"},
    {"url": ""},
    {"events": ["leak.imagined"]},
    {"format": "telegram"},
    {"secret": "mine"},
)


def test_an_endpoint_that_cannot_be_told_is_refused(running: Running) -> None:
    firm, _, _ = running.stage.firm("Acme")
    client = running.firm(firm.id)
    for wrong in WRONG:
        asked = client.post("/v1/endpoints", json={"firm": "Acme", "url": URL, **wrong})
        refused(asked, 422, "bad_input")
    assert shown(client.get("/v1/endpoints"))["items"] == []


def test_an_endpoint_is_tested_disabled_and_enabled(acme: Seen) -> None:
    route = f"/v1/endpoints/{acme.endpoint}"
    tested = shown(acme.client.post(f"{route}/test"))
    newest = shown(acme.client.get("/v1/deliveries", params={"endpoint": acme.endpoint}))
    assert tested["alert"] in {one["alert"] for one in newest["items"]}
    assert "endpoint.test" in {one["type"] for one in newest["items"]}
    assert shown(acme.client.post(f"{route}/disable"))["disabled_at"]
    refused(acme.client.post(f"{route}/test"), 409, "conflict")
    assert shown(acme.client.post(f"{route}/enable"))["disabled_at"] is None


def test_a_rotated_endpoint_gets_another_secret(acme: Seen) -> None:
    before = shown(acme.client.post(f"/v1/endpoints/{acme.endpoint}/rotate"))
    after = shown(acme.client.post(f"/v1/endpoints/{acme.endpoint}/rotate"))
    assert before["id"] == after["id"] == acme.endpoint
    assert before["secret"] != after["secret"]


def test_what_a_new_endpoint_missed_is_recovered(acme: Seen) -> None:
    late = made(acme.client.post("/v1/endpoints", json={"firm": acme.firm, "url": URL}))
    route = f"/v1/endpoints/{late['id']}/recover"
    recovered = shown(acme.client.post(route, json={"since": "2026-03-01T00:00:00Z"}))
    assert recovered == {"endpoint": late["id"], "recovered": 1}
    refused(acme.client.post(route, json={}), 422, "bad_input")


def test_deliveries_are_filtered_and_replayed(acme: Seen) -> None:
    def found(**query: str) -> list[str]:
        listed = shown(acme.client.get("/v1/deliveries", params=query))["items"]
        return [one["id"] for one in listed]

    assert found(status="pending", endpoint=acme.endpoint) == [acme.delivery]
    assert found(status="failed") == found(endpoint="ep_none") == []
    replayed = shown(acme.client.post(f"/v1/deliveries/{acme.delivery}/replay"))
    assert (replayed["id"], replayed["status"]) == (acme.delivery, "pending")
    refused(acme.client.post("/v1/deliveries/dlv_none/replay"), 404, "not_found")


def test_a_delivery_shows_its_attempts(acme: Seen, running: Running) -> None:
    tried = Attempt(
        id="att_1",
        delivery_id=acme.delivery,
        number=1,
        at=running.stage.clock.now(),
        duration_ms=12,
        status_code=500,
        answer="Sorry.",
    )
    with running.world.database.write() as session:
        session.add(tried)
    listed = shown(acme.client.get("/v1/deliveries"))["items"][0]
    assert (listed["id"], listed["type"]) == (acme.delivery, "leak.opened")
    assert listed["attempts"] == [
        {
            "number": 1,
            "at": rfc3339(running.stage.clock.now()),
            "duration_ms": 12,
            "status_code": 500,
            "error": None,
            "answer": "Sorry.",
        }
    ]


def test_an_investigator_sees_no_endpoint(acme: Seen, running: Running) -> None:
    reader: httpx.Client = running.investigator()
    assert acme.endpoint
    refused(reader.get("/v1/endpoints"), 403, "not_allowed")
    refused(reader.get("/v1/deliveries"), 403, "not_allowed")
