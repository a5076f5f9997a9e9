"""What takes long is made before the transaction: meanwhile others write."""

from typing import Any

import httpx
import pytest

from canary.decoys.seeding import Prepared, prepare
from canary.lines.register import Checked, check_lines
from canary.tables import Channel
from tests.integration.api.running import Running, made, refused, shown
from webhooks.api import lines, seedings

ROW = {"row": 1, "number": "+14155550123", "carrier": "twilio"}
KEYED = {"Idempotency-Key": "k1"}


def hear(running: Running) -> None:
    """Record a contact, which on the embedded database needs the only writer."""
    running.stage.post("+14155550123", "hello", "+14155550199", Channel.MESSAGE)


def test_a_contact_is_recorded_while_decoys_are_made(
    running: Running, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dataset, _ = running.stage.firm("Acme")

    def prepare_and_hear(*given: Any) -> Prepared:  # noqa: ANN401  whatever is passed on
        prepared = prepare(*given)
        hear(running)
        return prepared

    monkeypatch.setattr(seedings, "prepare", prepare_and_hear)
    body = {"dataset": dataset.id, "count": 5}
    made(operator.post("/v1/seedings", json=body, headers=KEYED))
    assert running.stage.posted == 1
    made(operator.post("/v1/seedings", json=body, headers=KEYED))
    assert running.stage.posted == 1  # the answer was known, and nothing was made again


def test_a_contact_is_recorded_while_lines_are_sealed(
    running: Running, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_and_hear(*given: Any) -> Checked:  # noqa: ANN401  whatever is passed on
        checked = check_lines(*given)
        hear(running)
        return checked

    monkeypatch.setattr(lines, "check_lines", check_and_hear)
    for _ in range(2):
        answer = shown(operator.post("/v1/lines", json={"rows": [ROW]}, headers=KEYED))
        assert answer == {"imported": 1, "refused": []}
    assert running.stage.posted == 1


def test_a_key_of_another_request_is_refused_before_anything_is_made(
    running: Running, operator: httpx.Client
) -> None:
    _, dataset, _ = running.stage.firm("Acme")
    shown(operator.post("/v1/lines", json={"rows": [ROW]}, headers=KEYED))
    for route, body in (
        ("/v1/lines", {"rows": []}),
        ("/v1/seedings", {"dataset": dataset.id, "count": 1}),
    ):
        refused(operator.post(route, json=body, headers=KEYED), 422, "idempotency_mismatch")


def test_a_planting_in_another_century_is_refused_with_words(
    running: Running, operator: httpx.Client
) -> None:
    _, dataset, _ = running.stage.firm("Acme")
    for planted_at, reason in (("2126-01-01", "in the future"), ("1926-01-01", "in the past")):
        body = {"dataset": dataset.id, "count": 1, "planted_at": f"{planted_at}T00:00:00Z"}
        problem = refused(operator.post("/v1/seedings", json=body), 422, "bad_input")
        assert reason in problem["detail"]
