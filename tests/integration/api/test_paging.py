"""Long lists, page by page."""

import httpx
import pytest

from tests.integration.api.conftest import Seen
from tests.integration.api.running import Running, made, refused, shown

LISTS = (
    "firms",
    "datasets",
    "copies",
    "lines",
    "seedings",
    "decoys",
    "contacts",
    "leaks",
    "endpoints",
    "deliveries",
    "keys",
)


@pytest.fixture
def full(running: Running, acme: Seen, rival: Seen) -> httpx.Client:
    """An operator's client on a service with two firms and several of everything."""
    client = running.operator()
    for seen in (acme, rival):
        for url in ("https://one.example.com/", "https://two.example.com/"):
            added = made(client.post("/v1/endpoints", json={"firm": seen.firm, "url": url}))
            shown(client.post(f"/v1/endpoints/{added['id']}/test"))
        made(client.post("/v1/seedings", json={"dataset": seen.dataset, "count": 2}))
    return client


def pages(client: httpx.Client, path: str, limit: int) -> list[list[str]]:
    found: list[list[str]] = []
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"limit": limit} | ({"after": cursor} if cursor else {})
        page = shown(client.get(path, params=query))
        assert page.keys() == {"items", "next"}
        found.append([one["id"] for one in page["items"]])
        cursor = page["next"]
        if cursor is None:
            return found


def test_every_list_is_the_same_in_pages_of_any_size(full: httpx.Client) -> None:
    for name in LISTS:
        whole = pages(full, f"/v1/{name}", 1000)
        assert len(whole) == 1
        assert len(whole[0]) == len(set(whole[0])) >= 2, name
        for limit in (2, 7, len(whole[0])):
            cut = pages(full, f"/v1/{name}", limit)
            assert [one for page in cut for one in page] == whole[0], (name, limit)
            assert all(len(page) == limit for page in cut[:-1])


def test_what_is_added_while_paging_moves_nothing(running: Running, full: httpx.Client) -> None:
    first = shown(full.get("/v1/firms", params={"limit": 1}))
    running.stage.clock.advance(seconds=1)
    made(full.post("/v1/firms", json={"name": "Newest", "sector": "other"}))
    second = shown(full.get("/v1/firms", params={"limit": 1, "after": first["next"]}))
    assert second["items"][0]["name"] != "Newest"
    assert {first["items"][0]["name"], second["items"][0]["name"]} == {"Acme Bank", "Rival of Acme"}


def test_a_page_of_an_empty_list_is_empty(operator: httpx.Client) -> None:
    for name in LISTS:
        if name not in {"lines", "keys"}:
            assert shown(operator.get(f"/v1/{name}")) == {"items": [], "next": None}


@pytest.mark.parametrize(
    "after", ["yesterday", "firm_0", "", "firm_" + "g" * 32, "firm_" + "0" * 33]
)
def test_a_cursor_that_is_none_is_refused(operator: httpx.Client, after: str) -> None:
    asked = operator.get("/v1/firms", params={"after": after})
    assert "next" in refused(asked, 422, "bad_input")["fix"]
