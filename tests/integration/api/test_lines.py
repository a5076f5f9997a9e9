"""Lines: imported, counted, listed, released."""

import httpx

from tests.integration.api.conftest import Seen
from tests.integration.api.running import Running, made, refused, shown


def test_good_rows_are_imported_and_bad_ones_refused_one_by_one(operator: httpx.Client) -> None:
    rows = [
        {"row": 1, "number": "+14155550123", "carrier": "twilio", "carrier_ref": "PN1"},
        {"row": 2, "number": "12345", "carrier": "twilio"},
        {"row": 3, "number": 14155550124, "carrier": "twilio"},
        {"row": 4, "number": "+14155550123", "carrier": "twilio"},
        {"row": 5, "number": "+14155550125", "carrier": "pigeon"},
        {"row": 6, "number": None, "carrier": "twilio"},
        {"row": 7, "number": "+14155550126", "carrier": "twilio", "acquired_at": "yesterday"},
        {"row": 8, "number": "+8613800138000", "carrier": "Twilio", "acquired_at": "2026-01-01"},
        {"row": 9, "number": "+14155550127", "carrier": "twilio", "carrier_ref": "x" * 101},
        {"row": 10, "number": "+14155550128", "carrier": "twilio", "carrier_ref": "a\u0000b"},
        {
            "row": 11,
            "number": "+14155550129",
            "carrier": "twilio",
            "acquired_at": "0001-01-01T00:00:00+14:00",
        },
    ]
    answer = shown(operator.post("/v1/lines", json={"quarantine_days": 30, "rows": rows}))
    assert answer["imported"] == 2
    assert [one["row"] for one in answer["refused"]] == [2, 3, 4, 5, 6, 7, 9, 10, 11]
    assert answer["refused"][0] == {"row": 2, "number": "12345", "reason": "not E.164"}
    assert answer["refused"][2]["reason"] == "duplicate"
    again = shown(operator.post("/v1/lines", json={"rows": rows[:1]}))
    assert again == {
        "imported": 0,
        "refused": [{"row": 1, "number": "+14155550123", "reason": "owned"}],
    }


def test_lines_are_listed_by_their_state_as_of_now(
    running: Running, operator: httpx.Client
) -> None:
    rows = [{"row": 1, "number": "+14155550123", "carrier": "twilio", "carrier_ref": "PN1"}]
    shown(operator.post("/v1/lines", json={"quarantine_days": 10, "rows": rows}))
    waiting = shown(operator.get("/v1/lines", params={"state": "quarantine"}))["items"]
    assert waiting == [
        {
            "id": waiting[0]["id"],
            "number": "+14155550123",
            "carrier": "twilio",
            "carrier_ref": "PN1",
            "region": "US",
            "state": "quarantine",
            "acquired_at": "2026-03-01T12:00:00Z",
            "ready_at": "2026-03-11T12:00:00Z",
        }
    ]
    running.stage.clock.advance(days=11)
    assert shown(operator.get("/v1/lines", params={"state": "quarantine"}))["items"] == []
    ready = shown(operator.get("/v1/lines", params={"state": "ready", "limit": 100}))["items"]
    assert len(ready) == 41


def test_every_state_is_counted(acme: Seen, operator: httpx.Client) -> None:
    assert acme.seeding
    counts = shown(operator.get("/v1/lines/counts"))
    assert counts == {
        "quarantine": 0,
        "ready": 34,
        "leased": 6,
        "cooling": 0,
        "control": 0,
        "lost": 0,
        "released": 0,
    }


def test_a_line_is_released_unless_a_decoy_holds_it(acme: Seen, operator: httpx.Client) -> None:
    ready = shown(operator.get("/v1/lines", params={"state": "ready"}))["items"][0]
    released = shown(operator.post(f"/v1/lines/{ready['id']}/release"))
    assert (released["number"], released["state"]) == (ready["number"], "released")
    refused(operator.post(f"/v1/lines/{ready['id']}/release"), 409, "conflict")
    refused(operator.post(f"/v1/lines/{acme.line}/release"), 409, "conflict")
    refused(operator.post("/v1/lines/line_none/release"), 404, "not_found")


def test_more_than_five_thousand_rows_are_refused_as_a_request(operator: httpx.Client) -> None:
    rows = [{"row": row, "number": "", "carrier": ""} for row in range(5001)]
    problem = refused(operator.post("/v1/lines", json={"rows": rows}), 422, "bad_input")
    assert problem["errors"][0]["pointer"] == "#/rows"


def test_five_thousand_rows_are_imported_in_one_request(operator: httpx.Client) -> None:
    rows = [
        {"row": row, "number": f"+1312555{row:04d}", "carrier": "twilio"} for row in range(5000)
    ]
    answer = made(operator.post("/v1/lines", json={"rows": rows}), 200)
    assert answer == {"imported": 5000, "refused": []}
