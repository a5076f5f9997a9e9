"""Seedings and decoys."""

import httpx
import pytest

from tests.integration.api.running import Running, made, refused, shown

FIELDS = {
    "id",
    "seeding",
    "copy",
    "line",
    "number",
    "name",
    "given_name",
    "family_name",
    "email",
    "gender",
    "birth_date",
    "address",
    "city",
    "region",
    "postcode",
    "attributes",
    "planted_at",
    "retired_at",
}


@pytest.fixture
def firm(running: Running) -> httpx.Client:
    """A client of a firm with one dataset, `clients`."""
    firm, _, _ = running.stage.firm("Acme")
    client = running.firm(firm.id)
    made(client.post("/v1/datasets", json={"firm": "Acme", "name": "clients"}))
    return client


def test_a_seeding_issues_unique_decoys_on_lines_of_ours(firm: httpx.Client) -> None:
    seeding = made(firm.post("/v1/seedings", json={"dataset": "clients", "count": 20}))
    assert seeding["id"].startswith("seed_")
    assert seeding["planted_at"] == "2026-03-01T12:00:00Z"
    decoys = seeding["decoys"]
    assert len(decoys) == seeding["count"] == 20
    for field in ("id", "number", "name", "email", "line"):
        assert len({decoy[field] for decoy in decoys}) == 20, field
    assert all(decoy.keys() == FIELDS for decoy in decoys)
    assert all(decoy["email"].endswith("@clients.example") for decoy in decoys)
    assert decoys[0]["attributes"].keys() == {"account", "risk_grade", "product"}


def test_a_seeding_is_shown_as_it_was_issued(firm: httpx.Client) -> None:
    seeding = made(firm.post("/v1/seedings", json={"dataset": "clients", "count": 3}))
    again = shown(firm.get(f"/v1/seedings/{seeding['id']}"))
    by_id = {decoy["id"]: decoy for decoy in seeding["decoys"]}
    assert {decoy["id"]: decoy for decoy in again["decoys"]} == by_id
    assert {**again, "decoys": []} == {**seeding, "decoys": []}
    listed = shown(firm.get("/v1/seedings", params={"dataset": "clients"}))["items"]
    assert listed == [{name: seeding[name] for name in seeding if name != "decoys"}]


def test_decoys_are_listed_and_shown_one_by_one(firm: httpx.Client) -> None:
    seeding = made(firm.post("/v1/seedings", json={"dataset": "clients", "count": 3}))
    listed = shown(firm.get("/v1/decoys", params={"seeding": seeding["id"]}))["items"]
    assert {one["id"] for one in listed} == {one["id"] for one in seeding["decoys"]}
    assert shown(firm.get(f"/v1/decoys/{listed[0]['id']}")) == listed[0]
    refused(firm.get("/v1/decoys/decoy_none"), 404, "not_found")
    refused(firm.get("/v1/decoys", params={"seeding": "seed_none"}), 404, "not_found")


def test_a_recipients_copy_is_seeded_by_its_recipient_and_dated_in_utc(
    firm: httpx.Client,
) -> None:
    copy = made(firm.post("/v1/copies", json={"dataset": "clients", "recipient": "vendor"}))
    asked = {
        "dataset": "clients",
        "copy": "vendor",
        "count": 1,
        "planted_at": "2026-02-01T08:00:00+08:00",
    }
    seeding = made(firm.post("/v1/seedings", json=asked))
    assert seeding["copy"] == copy["id"]
    assert seeding["planted_at"] == "2026-02-01T00:00:00Z"
    assert seeding["decoys"][0]["planted_at"] == "2026-02-01T00:00:00Z"


def test_a_time_without_an_offset_or_no_time_at_all_is_refused(firm: httpx.Client) -> None:
    for planted_at in ("2026-02-01T08:00:00", 5, "soon", "0001-01-01T00:00+14:00"):
        asked = {"dataset": "clients", "count": 1, "planted_at": planted_at}
        problem = refused(firm.post("/v1/seedings", json=asked), 422, "bad_input")
        assert problem["errors"][0]["pointer"] == "#/planted_at"


def test_a_count_that_is_none_is_refused(firm: httpx.Client) -> None:
    for count in (0, -1, 10_001, "3", 1.5, True, None):
        asked = {"dataset": "clients", "count": count}
        refused(firm.post("/v1/seedings", json=asked), 422, "bad_input")


def test_too_few_lines_issue_nothing_and_say_how_many_are_missing(firm: httpx.Client) -> None:
    asked = {"dataset": "clients", "count": 42}
    problem = refused(firm.post("/v1/seedings", json=asked), 409, "not_enough_lines")
    assert "2 are missing" in problem["detail"]
    assert shown(firm.get("/v1/decoys"))["items"] == []
    made(firm.post("/v1/seedings", json={"dataset": "clients", "count": 40}))


def test_a_retired_seeding_frees_its_lines_after_they_have_cooled(
    running: Running, firm: httpx.Client
) -> None:
    seeding = made(firm.post("/v1/seedings", json={"dataset": "clients", "count": 40}))
    assert shown(firm.post(f"/v1/seedings/{seeding['id']}/retire")) == {"retired": 40}
    assert shown(firm.post(f"/v1/seedings/{seeding['id']}/retire")) == {"retired": 0}
    decoy = shown(firm.get(f"/v1/decoys/{seeding['decoys'][0]['id']}"))
    assert decoy["retired_at"] == "2026-03-01T12:00:00Z"
    asked = {"dataset": "clients", "count": 40}
    refused(firm.post("/v1/seedings", json=asked), 409, "not_enough_lines")
    running.stage.clock.advance(days=running.world.settings.cooling_days)
    made(firm.post("/v1/seedings", json=asked))
