"""Everything that goes wrong is a problem with a code and a fix, and never a traceback."""

import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from canary.tables import Firm, rows_of
from tests.integration.api.conftest import Seen
from tests.integration.api.running import Running, made, refused

JSON = {"content-type": "application/json"}


def test_what_is_not_json_is_refused(operator: httpx.Client) -> None:
    answer = operator.post("/v1/firms", content=b'{"name": ', headers=JSON)
    problem = refused(answer, 422, "bad_input")
    assert problem["errors"] == [{"detail": "This is not JSON.", "pointer": "#"}]


def test_what_cannot_be_decoded_is_refused(operator: httpx.Client) -> None:
    for body in (b"\xff\xfe", b"[" * 100_000):
        answer = operator.post("/v1/firms", content=body, headers=JSON)
        assert answer.status_code in {400, 422}
        refused(answer, answer.status_code, "bad_input")


def test_json_that_is_no_request_is_refused(operator: httpx.Client) -> None:
    for body in ("null", "[]", '"x"', "7", "{}"):
        refused(operator.post("/v1/firms", content=body, headers=JSON), 422, "bad_input")


def test_a_body_of_another_media_type_is_refused(operator: httpx.Client) -> None:
    body = json.dumps({"name": "Acme", "sector": "finance"})
    answer = operator.post("/v1/firms", content=body, headers={"content-type": "text/plain"})
    refused(answer, 422, "bad_input")


def test_each_wrong_field_is_named_and_what_was_sent_is_not_repeated(
    operator: httpx.Client,
) -> None:
    secret = "+14155550123"
    answer = operator.post("/v1/firms", json={"name": [secret], "sector": secret, "extra": secret})
    problem = refused(answer, 422, "bad_input")
    assert [one["pointer"] for one in problem["errors"]] == ["#/name", "#/sector", "#/extra"]
    assert problem["detail"].startswith("name is not text. sector is not one of: finance, ")
    assert "#" not in problem["detail"]
    assert secret not in answer.text


def test_a_name_that_cannot_be_stored_is_refused(operator: httpx.Client) -> None:
    for name in ("", "   ", "x" * 201, "a\u0000b", "a\nb", "\ud800"):
        body = json.dumps({"name": name, "sector": "finance"})
        answer = operator.post("/v1/firms", content=body, headers=JSON)
        refused(answer, 422, "bad_input")


def test_an_id_that_is_no_id_is_answered(operator: httpx.Client) -> None:
    routes = (
        "/v1/seedings/",
        "/v1/decoys/",
        "/v1/leaks/",
        "/v1/copies?dataset=",
        "/v1/contacts?line=",
        "/v1/contacts?copy=",
        "/v1/leaks?firm=",
        "/v1/deliveries?endpoint=",
        "/v1/firms?after=",
    )
    parts = ("%00", "a%00b", "x" * 3000, "%F0%9F%90%A4", "..%2F..", "%FF")
    for path in (f"{route}{part}" for route in routes for part in parts):
        answer = operator.get(path)
        assert answer.status_code in {200, 404, 422}, path
        if answer.status_code != 200:
            refused(answer, answer.status_code, answer.json()["code"])


def test_an_unknown_route_and_a_wrong_method_are_problems(operator: httpx.Client) -> None:
    refused(operator.get("/v1/nothing"), 404, "not_found")
    refused(operator.get("/v1/firms/"), 404, "not_found")
    answer = operator.delete("/v1/firms")
    refused(answer, 405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST"}


def test_a_body_that_is_too_large_is_refused(operator: httpx.Client) -> None:
    body = b'{"rows": [' + b" " * (8 * 1024 * 1024) + b"]}"
    refused(operator.post("/v1/lines", content=body, headers=JSON), 413, "too_large")


def test_a_limit_that_is_none_is_refused(operator: httpx.Client) -> None:
    for limit in ("0", "1001", "-1", "x", "1e3", "9" * 30):
        problem = refused(operator.get("/v1/firms", params={"limit": limit}), 422, "bad_input")
        assert problem["errors"][0]["parameter"] == "limit"


def test_a_key_that_is_not_shown_as_bearer_is_not_seen(running: Running) -> None:
    client = running.operator()
    key = client.headers["authorization"].removeprefix("Bearer ")
    for header in (f"Basic {key}", key, "Bearer", ""):
        shown_as = {"Authorization": header}
        refused(client.get("/v1/firms", headers=shown_as), 401, "not_authenticated")
    assert client.get("/v1/firms", headers={"Authorization": f"bearer  {key}"}).status_code == 200


def test_a_database_that_fails_is_a_503(running: Running, operator: httpx.Client) -> None:
    with running.world.database.write_connection() as connection:
        connection.execute(sa.text("ALTER TABLE seeding RENAME TO gone"))
    answer = operator.get("/v1/seedings")
    if running.world.database.is_sqlite:
        refused(answer, 503, "cannot_reach")
    else:  # PostgreSQL tells a missing table from a server that is gone
        refused(answer, 500, "failed")
        assert "Traceback" not in answer.text


def test_an_error_nobody_foresaw_is_a_500_that_says_nothing(
    running: Running, operator: httpx.Client
) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    with running.world.database.write_connection() as connection:
        connection.execute(sa.update(rows_of(Firm)).values(sector="piracy"))
    answer = operator.get("/v1/firms")
    problem = refused(answer, 500, "failed")
    assert "piracy" not in answer.text
    assert problem["fix"]


def test_a_field_sealed_with_another_key_is_a_problem(
    running: Running, operator: httpx.Client, acme: Seen
) -> None:
    with running.world.database.write_connection() as connection:
        connection.execute(sa.text("UPDATE decoy SET persona = line.number FROM line"))
    refused(operator.get(f"/v1/decoys/{acme.decoy}"), 500, "bad_key")


def test_ids_of_a_million_characters_do_not_reach_the_log_of_the_answer(
    operator: httpx.Client,
) -> None:
    asked: dict[str, Any] = {"dataset": "x" * 1_000_000, "recipient": "x"}
    answer = operator.post("/v1/copies", json=asked)
    refused(answer, 422, "bad_input")
    assert len(answer.text) < 1000


@pytest.mark.parametrize(
    ("route", "body", "says"),
    [
        ("firms", {"name": "", "sector": "other"}, "name is empty."),
        ("firms", {"sector": "other"}, "name is missing."),
        ("firms", {"name": "x" * 201, "sector": "other"}, "name is longer than 200 characters."),
        ("firms", [], "The body is not a JSON object."),
        ("seedings", {"dataset": "d", "count": 0}, "count is less than 1."),
        ("seedings", {"dataset": "d", "count": "x"}, "count is not a whole number."),
        (
            "seedings",
            {"dataset": "d", "count": 1, "planted_at": "soon"},
            "planted_at is not an RFC 3339 time, such as 2026-03-01T12:00:00Z.",
        ),
        (
            "datasets",
            {"firm": "f", "name": "d", "senders": ["12345"]},
            "sender '12345' is not E.164. Write it as +COUNTRYNUMBER, such as +14155550123.",
        ),
        (
            "firms",
            {"name": "x", "sector": "other", **dict.fromkeys("abcdef", 1)},
            " And 1 more.",
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_a_sentence(
    operator: httpx.Client, route: str, body: object, says: str
) -> None:
    problem = refused(operator.post(f"/v1/{route}", json=body), 422, "bad_input")
    assert problem["detail"].endswith(says)
    assert "/openapi.json" not in problem["fix"]
