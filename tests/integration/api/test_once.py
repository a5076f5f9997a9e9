"""The same idempotency key, the same answer, also when two ask at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import sqlalchemy as sa
from sqlmodel import select

from canary.tables import Replay
from tests.integration.api.conftest import Seen
from tests.integration.api.routes import bodies, every_route
from tests.integration.api.running import Running, made, refused, shown
from webhooks.api.once import KEPT, forget_answers

ACME = {"name": "Acme", "sector": "finance"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_the_same_key_and_request_get_the_same_answer_and_create_once(
    operator: httpx.Client,
) -> None:
    first = operator.post("/v1/firms", json=ACME, headers=keyed("k1"))
    second = operator.post("/v1/firms", json=ACME, headers=keyed("k1"))
    assert made(first) == made(second)
    assert first.content == second.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(shown(operator.get("/v1/firms"))["items"]) == 1


def test_spacing_and_the_order_of_keys_make_no_other_request(operator: httpx.Client) -> None:
    headers = {**keyed("k1"), "content-type": "application/json"}
    first = operator.post("/v1/firms", content=b'{"name":"A","sector":"other"}', headers=headers)
    second = operator.post(
        "/v1/firms", content=b'{ "sector": "other",\n "name": "A" }', headers=headers
    )
    assert made(first) == made(second)


def test_the_same_key_with_another_request_is_refused(operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json=ACME, headers=keyed("k1")))
    others: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/v1/firms", {"name": "Other", "sector": "finance"}),
        ("/v1/firms", {"name": "Acme", "sector": "medical"}),
        ("/v1/datasets", {"firm": "Acme", "name": "clients"}),
        ("/v1/firms/Acme/keys", {"scope": "firm"}),
    )
    for route, body in others:
        answer = operator.post(route, json=body, headers=keyed("k1"))
        refused(answer, 422, "idempotency_mismatch")
    assert len(shown(operator.get("/v1/firms"))["items"]) == 1


def test_two_principals_do_not_share_keys(running: Running, acme: Seen, rival: Seen) -> None:
    for seen in (acme, rival):
        body = {"firm": seen.firm, "name": "more"}
        dataset = made(seen.client.post("/v1/datasets", json=body, headers=keyed("k1")))
        assert dataset["firm"] == seen.firm
    assert running.stage.posted == 6


def test_what_failed_is_tried_anew_under_the_same_key(
    running: Running, operator: httpx.Client
) -> None:
    firm, dataset, _ = running.stage.firm("Acme")
    body = {"dataset": dataset.id, "count": 41}
    assert firm.id
    for _ in range(2):
        answer = operator.post("/v1/seedings", json=body, headers=keyed("k1"))
        refused(answer, 409, "not_enough_lines")
    running.stage.lines(1)
    made(operator.post("/v1/seedings", json=body, headers=keyed("k1")))


def test_the_stored_answer_is_sealed(running: Running, operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json=ACME, headers=keyed("k1")))
    issued = made(operator.post("/v1/firms/Acme/keys", json={}, headers=keyed("k2")))
    with running.world.database.read() as session:
        kept = session.exec(select(Replay)).all()
    assert len(kept) == 2
    for one in kept:
        assert issued["api_key"].encode() not in one.answer
        assert b"k2" not in one.key
    again = operator.post("/v1/firms/Acme/keys", json={}, headers=keyed("k2"))
    assert made(again) == issued


def test_answers_are_forgotten_after_a_week(running: Running, operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json=ACME, headers=keyed("k1")))
    clock = running.stage.clock
    for age, left in ((KEPT, 1), (KEPT * 1.01, 0)):
        with running.world.database.write() as session:
            forget_answers(session, clock.now() + age)
            kept = session.execute(sa.select(sa.func.count()).select_from(Replay)).scalar_one()
        assert kept == left


def test_a_key_that_is_none_is_refused(operator: httpx.Client) -> None:
    for key in ("", "x" * 256, "\xe9", "a\tb"):
        headers = {b"Idempotency-Key": key.encode("latin-1")}
        refused(operator.post("/v1/firms", json=ACME, headers=headers), 422, "bad_input")


def test_of_many_requests_at_once_one_creates_and_all_get_its_answer(
    running: Running, operator: httpx.Client
) -> None:
    made(operator.post("/v1/firms", json=ACME))
    made(operator.post("/v1/datasets", json={"firm": "Acme", "name": "clients"}))
    body = {"dataset": "clients", "count": 5}
    at_once = 8
    start = Barrier(at_once)

    def ask(_: int) -> httpx.Response:
        start.wait()
        return operator.post("/v1/seedings", json=body, headers=keyed("k1"))

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(ask, range(at_once)))
    assert {made(answer)["id"] for answer in answers} == {made(answers[0])["id"]}
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer for answer in answers if "idempotent-replayed" in answer.headers]
    assert len(replayed) == at_once - 1
    assert len(shown(operator.get("/v1/seedings"))["items"]) == 1
    assert len(shown(operator.get("/v1/decoys"))["items"]) == 5
    with running.world.database.read() as session:
        assert len(session.exec(select(Replay)).all()) == 1


def test_of_two_requests_at_once_without_a_key_the_second_is_a_conflict(
    operator: httpx.Client,
) -> None:
    start = Barrier(4)

    def ask(_: int) -> httpx.Response:
        start.wait()
        return operator.post("/v1/firms", json=ACME)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    for answer in answers:
        if answer.status_code != 201:
            refused(answer, 409, "conflict")


def test_every_post_that_writes_answers_twice_the_same(running: Running, acme: Seen) -> None:
    operator = running.operator()
    document = shown(operator.get("/openapi.json"))
    free = shown(operator.get("/v1/lines", params={"state": "ready"}))["items"][0]["id"]
    with_body = bodies(acme)
    # What undoes the others comes last.
    last = ("/retire", "/dismiss", "/disable")
    routes = [route for route in every_route(document, acme) if route.method == "POST"]
    for route in sorted(routes, key=lambda one: (one.path.endswith(last), one.path)):
        if route.template == "/v1/trace":
            continue
        path = route.path.replace(acme.line, free)
        first, second = (
            operator.post(path, json=with_body.get(route.name), headers=keyed(route.name))
            for _ in range(2)
        )
        assert first.status_code in {200, 201}, (route.name, first.text)
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second.headers["idempotent-replayed"] == "true", route.name
