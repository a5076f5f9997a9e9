"""The command: plays the story in a temporary home, or in one that is kept."""

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from canary.clock import chance
from canary.errors import BadInput
from cli.options import Json, command
from cli.output import Document, note, say, show

SEED = "six firms and a thief"
"""Makes the noise the same each time; the decoys and keys are new."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "demo", "canary demo", "canary demo --keep ./demo-home")(demo)


def demo(
    *,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the home in this new directory.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play the whole story on the embedded database in a temporary home.

    Several firms, half a year of noise and a storm, a stolen copy that is put to use; over real
    HTTP, with posts signed as Twilio signs them. Ends with 0 only if the right copy, and no other,
    was found, and the alert's signature verified.
    """
    from cli.demo.stage import stage_in  # noqa: PLC0415
    from cli.demo.story import play  # noqa: PLC0415
    from cli.demo.verdict import require_found  # noqa: PLC0415

    temporary = tempfile.TemporaryDirectory() if keep is None else nullcontext(str(_new(keep)))
    with temporary as home, stage_in(Path(home)) as stage:
        outcome = play(stage, chance(SEED), note)
    show(outcome, lambda told: _view(told, keep), as_json=as_json)
    require_found(outcome)


def _new(keep: Path) -> Path:
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise BadInput(says=f"{keep} is not an empty directory.", fix="Name a new one.")
    keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    return keep.resolve()


def _view(told: Document, keep: Path | None) -> None:
    leaked, found, alert = told["leaked"], told["found"], told["alert"]
    between = found["leaked_at"] or {"lo": "?", "hi": "?"}
    say(
        "",
        f"stolen   {leaked['firm']} / {leaked['dataset']}, {leaked['leaked_at'][:10]}",
        f"found    {found['firm']} / {found['dataset']}, between {between['lo'][:10]} and "
        f"{between['hi'][:10]}, probability {found['probability'] or 0:.4f}",
        *(f"         {reason}" for reason in told["reasons"]),
        f"told     after {alert['latency_ms']} ms, signature "
        f"{'verified' if alert['verified'] else 'NOT verified'}",
        f"quiet    firms alarmed without cause: {told['quiet_firms_alarmed']}",
    )
    if keep is not None:
        say("", f"Look around: CANARY_HOME={keep} canary leak show {told['leak']}")
