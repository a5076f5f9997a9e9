"""Firms are strangers to each other: a thing of another firm does not exist."""

from typing import Any

import httpx
import sqlalchemy as sa

from canary.tables import ApiKey
from tests.integration.api.conftest import Seen
from tests.integration.api.routes import Called, bodies, every_route
from tests.integration.api.running import Running, refused, shown

OPERATORS = {
    "POST /v1/firms",
    "POST /v1/firms/{firm}/keys",
    "POST /v1/lines",
    "GET /v1/lines",
    "GET /v1/lines/counts",
    "POST /v1/lines/{line}/release",
    "GET /v1/keys",
    "POST /v1/keys/{key}/revoke",
}
READERS_MAY_NOT = OPERATORS | {
    "POST /v1/datasets",
    "POST /v1/copies",
    "POST /v1/seedings",
    "POST /v1/seedings/{seeding}/retire",
    "POST /v1/endpoints",
    "GET /v1/endpoints",
    "POST /v1/endpoints/{endpoint}/test",
    "POST /v1/endpoints/{endpoint}/disable",
    "POST /v1/endpoints/{endpoint}/enable",
    "POST /v1/endpoints/{endpoint}/rotate",
    "POST /v1/endpoints/{endpoint}/recover",
    "GET /v1/deliveries",
    "POST /v1/deliveries/{delivery}/replay",
}


def walked(running: Running, seen: Seen) -> list[tuple[Called, dict[str, Any] | None]]:
    document = shown(running.client(None).get("/openapi.json"))
    with_body = bodies(seen)
    routes = every_route(document, seen)
    assert with_body.keys() <= {route.name for route in routes}
    return [(route, with_body.get(route.name)) for route in routes]


def ids_of(seen: Seen) -> set[str]:
    return {
        seen.firm,
        seen.name,
        seen.dataset,
        seen.copy,
        seen.seeding,
        seen.decoy,
        seen.line,
        seen.number,
        seen.persona,
        seen.contact,
        seen.leak,
        seen.endpoint,
        seen.delivery,
    }


def snapshot(client: httpx.Client) -> dict[str, Any]:
    return {
        path: shown(client.get(path, params={"limit": 1000}))
        for path in (
            "/v1/firms",
            "/v1/datasets",
            "/v1/copies",
            "/v1/seedings",
            "/v1/decoys",
            "/v1/contacts",
            "/v1/leaks",
            "/v1/endpoints",
            "/v1/deliveries",
        )
    }


def test_no_route_shows_or_changes_anything_of_another_firm(
    running: Running, acme: Seen, rival: Seen
) -> None:
    secrets = ids_of(acme) - {acme.number}
    before = snapshot(acme.client)
    assert rival.firm
    for route, body in walked(running, acme):
        answer = rival.client.request(route.method, route.path, json=body)
        if route.name in OPERATORS:
            refused(answer, 403, "not_allowed")
        elif "{" in route.template or (body is not None and route.name != "POST /v1/trace"):
            refused(answer, 404, "not_found")
        else:
            assert answer.status_code == 200, route.name
            told = [one for one in secrets if one in answer.text]
            assert told == [], route.name
    assert snapshot(acme.client) == before


def test_no_filter_shows_anything_of_another_firm(acme: Seen, rival: Seen) -> None:
    for path, query in (
        ("/v1/copies", {"dataset": acme.dataset}),
        ("/v1/seedings", {"dataset": acme.dataset}),
        ("/v1/decoys", {"seeding": acme.seeding}),
        ("/v1/contacts", {"copy": acme.copy}),
        ("/v1/contacts", {"decoy": acme.decoy}),
        ("/v1/contacts", {"line": acme.line}),
        ("/v1/contacts", {"line": acme.number}),
        ("/v1/leaks", {"firm": acme.firm}),
        ("/v1/leaks", {"firm": acme.name}),
    ):
        refused(rival.client.get(path, params=query), 404, "not_found")
    theirs = rival.client.get("/v1/deliveries", params={"endpoint": acme.endpoint})
    assert shown(theirs)["items"] == []
    for asked in (acme.number, acme.persona, f"Dear {acme.persona}, a loan from {acme.name}"):
        found = shown(rival.client.post("/v1/trace", json={"query": asked}))
        assert not any(found[part] for part in found if part != "query"), asked


def test_a_thing_of_another_firm_and_a_thing_that_is_not_there_read_the_same(
    acme: Seen, rival: Seen
) -> None:
    for path in ("seedings", "decoys", "leaks"):
        theirs = getattr(acme, path.removesuffix("s"))
        one = rival.client.get(f"/v1/{path}/{theirs}").json()
        none = rival.client.get(f"/v1/{path}/{'x' * len(theirs)}").json()
        assert one["detail"].replace(theirs, "") == none["detail"].replace("x" * len(theirs), "")
        assert {**one, "detail": ""} == {**none, "detail": ""}


def test_every_route_needs_a_key_before_it_says_anything(running: Running, acme: Seen) -> None:
    strangers = {
        "none": running.client(None),
        "unknown": running.client("canary_000000000000_unknown"),
        "malformed": running.client("canary"),
    }
    for route, _ in walked(running, acme):
        for kind, stranger in strangers.items():
            answer = stranger.request(route.method, route.path, content=b"{not json")
            refused(answer, 401, "not_authenticated")
            assert answer.headers["www-authenticate"] == "Bearer", (route.name, kind)


def test_every_route_needs_its_right_before_the_body_is_judged(
    running: Running, acme: Seen
) -> None:
    reader = running.investigator()
    for route, _ in walked(running, acme):
        body: dict[str, Any] | None = {"wrong": 1} if route.method == "POST" else None
        for client, forbidden in ((acme.client, OPERATORS), (reader, READERS_MAY_NOT)):
            if route.name in forbidden:
                answer = client.request(route.method, route.path, json=body)
                refused(answer, 403, "not_allowed")


def test_a_revoked_key_is_no_key(running: Running, acme: Seen) -> None:
    with running.world.database.write() as session:
        session.execute(sa.update(ApiKey).values(revoked_at=running.world.clock.now()))
    refused(acme.client.get("/v1/firms"), 401, "not_authenticated")
