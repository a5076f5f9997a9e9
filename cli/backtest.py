"""Backtest: a history with known contacts, replayed through the attribution the service runs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from canary.errors import BadInput
from cli.options import Json, command
from cli.output import fields, progress, show

if TYPE_CHECKING:
    from canary.attribution.model import Contact

STEP = 100


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "backtest", "canary backtest history.json --out predictions.json")(backtest)


def backtest(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO.json", help="A canary-scenario/1 document.")
    ],
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE.json", help="Where the canary-predictions/1 go.")
    ],
    as_json: Json = False,
) -> None:
    """Replay a history in the order of its contacts and write what would have been found."""
    from canary.attribution.scenario import predict, read_scenario  # noqa: PLC0415

    history = read_scenario(_document(scenario))
    found = predict(history, passing=_passing)
    out.write_text(json.dumps(found, indent=1) + "\n")
    alarmed = [one for one in found["datasets"] if one["first_alarm_at"] is not None]
    told = {
        "out": str(out),
        "datasets": len(found["datasets"]),
        "alarmed": len(alarmed),
        "contacts": len(history.world.contacts),
    }
    show(told, fields, as_json=as_json)


def _passing(contacts: "Sequence[Contact]") -> "Iterator[Contact]":
    steps = (contacts[start : start + STEP] for start in range(0, len(contacts), STEP))
    for step in progress(steps, len(contacts), "contacts"):
        yield from step


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BadInput(
            says=f"{path} cannot be read as JSON.", fix="Give a canary-scenario/1 document."
        ) from None
    if not isinstance(document, dict):
        raise BadInput(says=f"{path} is no scenario.", fix="Give a canary-scenario/1 document.")
    return document
