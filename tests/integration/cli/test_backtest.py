"""A history replayed by the command: predictions of its schema, and clear errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Program


def contacts() -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{i}",
            "at": f"2025-06-{10 + i}T12:00:00Z",
            "line": f"l{i}",
            "channel": "sms",
            "sender": "+12025550199",
            "campaign": "offer",
            "names": "full",
            "named_decoy": f"d{i}",
        }
        for i in range(6)
    ]


def history() -> dict[str, Any]:
    lines = [
        {
            "id": f"l{i}",
            "number": f"+1{201 + i}5550100",
            "acquired_at": "2025-01-01T00:00:00Z",
            "planted_from": None,
            "released_at": None,
            "role": "decoy",
        }
        for i in range(40)
    ]
    decoys = [
        {
            "id": f"d{i}",
            "dataset": "bank",
            "line": f"l{i}",
            "edition": 0,
            "first_name": "Anna",
            "last_name": "Abel",
            "planted_at": "2025-02-01T00:00:00Z",
            "retired_at": None,
        }
        for i in range(20)
    ]
    return {
        "schema": "canary-scenario/1",
        "now": "2025-12-01T00:00:00Z",
        "started_at": "2025-01-01T00:00:00Z",
        "firms": [{"id": "f", "name": "F"}],
        "datasets": [
            {
                "id": "bank",
                "firm": "f",
                "created_at": "2025-02-01T00:00:00Z",
                "copy_of": None,
                "recipient": None,
                "authorized_senders": [],
            }
        ],
        "lines": lines,
        "decoys": decoys,
        "contacts": contacts(),
    }


def test_the_leak_of_a_history_is_found(bare: Program, tmp_path: Path) -> None:
    told, out = tmp_path / "history.json", tmp_path / "predictions.json"
    told.write_text(json.dumps(history()))
    shown = bare.json("backtest", str(told), "--out", str(out))
    assert shown == {"out": str(out), "datasets": 1, "alarmed": 1, "contacts": 6}
    found = json.loads(out.read_text())
    assert found["schema"] == "canary-predictions/1"
    assert found["datasets"][0]["p_leak"] > 0.99
    assert set(found["contacts"]) == {f"c{i}" for i in range(6)}


@pytest.mark.parametrize("text", ["number,carrier", "[]", '{"schema": "other"}', None])
def test_what_is_no_scenario_is_refused_and_nothing_is_written(
    bare: Program, tmp_path: Path, text: str | None
) -> None:
    told, out = tmp_path / "history.json", tmp_path / "predictions.json"
    if text is not None:
        told.write_text(text)
    assert bare("backtest", str(told), "--out", str(out)).exit_code == 2
    assert not out.exists()
