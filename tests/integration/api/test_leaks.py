"""Contacts, leaks and the investigator's one question."""

import httpx

from tests.integration.api.conftest import Seen
from tests.integration.api.running import Running, refused, shown


def test_contacts_are_listed_in_the_clear_with_their_weight(acme: Seen) -> None:
    listed = shown(acme.client.get("/v1/contacts"))["items"]
    assert len(listed) == 3
    contact = shown(acme.client.get("/v1/contacts", params={"decoy": acme.decoy}))["items"][0]
    assert contact["line"] == acme.line
    assert contact["number"] == acme.number
    assert contact["copy"] == acme.copy
    assert contact["caller"] == "+14155551009"
    assert contact["body"] == f"Dear {acme.persona}, a loan from Acme Bank"
    assert contact["probability"] > 0.5
    assert contact["campaign"]
    assert contact["channel"] == "message"
    assert contact["at"] == contact["recorded_at"] == "2026-04-10T12:00:00Z"


def test_every_filter_of_contacts_holds(acme: Seen) -> None:
    def found(**query: str) -> int:
        return len(shown(acme.client.get("/v1/contacts", params=query))["items"])

    assert found(line=acme.line) == found(decoy=acme.decoy) == 1
    assert found(copy=acme.copy) == 3
    assert found(since="2026-04-10T13:00:00Z") == 2
    assert found(since="2026-04-10T23:00:00+08:00") == 2
    assert found(since="2026-04-10T13:00:00Z", decoy=acme.decoy) == 0
    refused(acme.client.get("/v1/contacts", params={"copy": "copy_none"}), 404, "not_found")
    asked = acme.client.get("/v1/contacts", params={"since": "yesterday"})
    assert refused(asked, 422, "bad_input")["errors"][0]["parameter"] == "since"


def test_a_leak_is_listed_with_the_names_around_it(acme: Seen) -> None:
    leak = shown(acme.client.get("/v1/leaks"))["items"][0]
    assert leak["id"] == acme.leak
    assert leak["firm"] == {"id": acme.firm, "name": acme.name}
    assert leak["dataset"] == {"id": acme.dataset, "name": f"{acme.name} clients"}
    assert leak["copy"] == {"id": acme.copy, "recipient": "origin"}
    assert leak["status"] == "open"
    assert leak["probability"] >= 0.99
    assert leak["leaked_at"].keys() == {"best", "lo", "hi"}
    assert (leak["contacts"], leak["decoys_contacted"], leak["decoys_exposed"]) == (3, 3, 6)
    assert leak["first_contact_at"] == "2026-04-10T12:00:00Z"
    assert leak["reasons"]


def test_a_leak_shows_its_timeline_and_its_contacts(acme: Seen) -> None:
    leak = shown(acme.client.get(f"/v1/leaks/{acme.leak}"))
    assert [step["kind"] for step in leak["timeline"]] == ["opened"]
    assert {one["copy"] for one in leak["contacts"]} == {acme.copy}
    assert acme.contact in {one["id"] for one in leak["contacts"]}
    refused(acme.client.get("/v1/leaks/leak_none"), 404, "not_found")


def test_leaks_are_filtered_by_firm_and_status(acme: Seen, running: Running) -> None:
    reader = running.investigator()
    for query, expected in (
        ({"firm": acme.name}, 1),
        ({"firm": acme.firm, "status": "open"}, 1),
        ({"status": "confirmed"}, 0),
    ):
        assert len(shown(reader.get("/v1/leaks", params=query))["items"]) == expected, query
    refused(reader.get("/v1/leaks", params={"firm": "nobody"}), 404, "not_found")
    refused(reader.get("/v1/leaks", params={"status": "ajar"}), 422, "bad_input")


def test_a_leak_is_noted_confirmed_and_then_dismissed_with_a_reason(
    acme: Seen, running: Running
) -> None:
    judge = running.investigator()
    route = f"/v1/leaks/{acme.leak}"
    running.stage.clock.advance(hours=1)
    assert shown(judge.post(f"{route}/note", json={"text": "Ask the vendor."}))["id"] == acme.leak
    running.stage.clock.advance(hours=1)
    assert shown(judge.post(f"{route}/confirm"))["status"] == "confirmed"
    refused(judge.post(f"{route}/confirm"), 409, "conflict")
    running.stage.clock.advance(hours=1)
    reason = {"reason": "It was our own survey."}
    assert shown(acme.client.post(f"{route}/dismiss", json=reason))["status"] == "dismissed"
    refused(judge.post(f"{route}/confirm"), 409, "conflict")
    steps = shown(judge.get(route))["timeline"]
    assert [(step["kind"], step["words"]) for step in steps] == [
        ("opened", None),
        ("note", "Ask the vendor."),
        ("confirmed", None),
        ("dismissed", "It was our own survey."),
    ]
    assert steps[1]["actor"] != steps[3]["actor"]


def test_a_leak_is_not_dismissed_without_a_reason(acme: Seen) -> None:
    for said in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 4001}):
        refused(acme.client.post(f"/v1/leaks/{acme.leak}/dismiss", json=said), 422, "bad_input")
    assert shown(acme.client.get(f"/v1/leaks/{acme.leak}"))["status"] == "open"


def test_a_number_a_name_a_caller_and_a_text_are_traced(acme: Seen, running: Running) -> None:
    reader = running.investigator()

    def traced(query: str) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = shown(
            reader.post("/v1/trace", json={"query": query})
        )
        return found

    by_number = traced(acme.number)
    assert [one["id"] for one in by_number["decoys"]] == [acme.decoy]
    assert [one["decoy"] for one in by_number["leases"]] == [acme.decoy]
    assert [one["id"] for one in by_number["leaks"]] == [acme.leak]
    by_name = traced(acme.persona.upper())
    assert [one["id"] for one in by_name["decoys"]] == [acme.decoy]
    assert len(by_name["contacts"]) == 1
    by_caller = traced("+1 (415) 555-1009")
    assert len(by_caller["contacts"]) == 3
    assert by_caller["campaigns"]
    by_text = traced(f"dear {acme.persona},  a loan from ACME bank")
    assert len(by_text["contacts"]) == 1
    nothing = traced("nobody at all")
    assert {name for name, found in nothing.items() if found} == {"query"}


def test_an_empty_question_is_refused(operator: httpx.Client) -> None:
    for query in ("", "   ", "x" * 4001):
        refused(operator.post("/v1/trace", json={"query": query}), 422, "bad_input")
