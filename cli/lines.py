"""Lines: the phone numbers we own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from canary.errors import CanaryError
from cli.client import Ask, Client, connect, route
from cli.line_files import LineFile, Row, check_line_file
from cli.options import PAGE, After, Everything, Json, Limit, command, group
from cli.output import Column, Document, fields, listing, note, of, progress, say, show, table

CHUNK = 2000
MOST_SHOWN = 20
MAX_QUARANTINE_DAYS = 3650
OWNED = "owned"
DUPLICATE = "duplicate"

State = Literal["quarantine", "ready", "leased", "cooling", "control", "lost", "released"]

line = group("Phone numbers we own, from import to release.", "canary line list")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(line, name="line")


@command(line, "import", "canary line import lines.csv --quarantine-days 30")
def import_lines(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Columns as above, UTF-8, with a header.")
    ],
    *,
    quarantine_days: Annotated[
        int,
        typer.Option(
            min=0,
            max=MAX_QUARANTINE_DAYS,
            metavar="DAYS",
            help="How long a line listens, from acquired_at on, before a decoy may hold it.",
        ),
    ] = 30,
    as_json: Json = False,
) -> None:
    """Import lines from a CSV file.

    Columns: number, in E.164 such as +14155550123; carrier: twilio, telnyx, android-sms-gateway,
    huawei or kannel; carrier_ref, the carrier's own id of the number, and acquired_at, RFC 3339,
    may be left out. Rows that cannot be used are refused one by one with the reason; the others
    are imported. A number that is ours already is refused as owned.
    """
    found = check_line_file(file)
    for name in found.ignored:
        note(f"The column {name!r} is not used.")
    with connect(ctx) as api:
        done = _import(api, found, quarantine_days)
    show(done, _view_import, as_json=as_json)


@command(line, "list", "canary line list --state ready", "canary line list --all --json")
def list_lines(
    ctx: typer.Context,
    *,
    state: Annotated[State | None, typer.Option(help="Only lines in this state.")] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the lines, newest first."""
    with connect(ctx) as api:
        page = api.pages("lines", Ask(after, None if everything else limit), state=state)
    columns = [
        Column("line", of("id"), whole=True),
        Column("number", of("number")),
        Column("state", of("state")),
        Column("ready at", lambda row: str(row.get("ready_at") or "")[:10]),
    ]
    some = f"There are no lines in the state {state}: see canary line list"
    empty = some if state else "There are no lines yet: canary line import FILE.csv"
    show(page, listing(columns, empty), as_json=as_json)


@command(line, "release", "canary line release line_019aa2f3c1d0")
def release_line(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="LINE", help="The line's id.")],
    *,
    as_json: Json = False,
) -> None:
    """Give a line back: it is ours no longer and hears nothing more."""
    with connect(ctx) as api:
        released = api.post(route("lines", wanted, "release"))
    show(released, fields, as_json=as_json)


def _import(api: Client, found: LineFile, quarantine_days: int) -> Document:
    imported, refused = 0, []
    known: set[str] = set()
    for chunk in progress(found.chunks(CHUNK), found.rows, "Importing"):
        fresh, unsent = _without(known, chunk)
        refused += unsent
        if not fresh:
            continue
        try:
            answer = api.post("lines", {"quarantine_days": quarantine_days, "rows": fresh})
        except CanaryError as stopped:
            stopped.fix += (
                f" {imported} lines were imported before; run it again for the others:"
                " those will be refused as owned."
            )
            raise
        imported += answer["imported"]
        refused += answer["refused"]
        unusable = {one["row"] for one in answer["refused"] if one["reason"] != OWNED}
        known |= {str(row["number"]) for row in fresh if row["row"] not in unusable}
    return {"imported": imported, "refused": sorted(refused, key=lambda one: int(one["row"]))}


def _without(known: set[str], chunk: list[Row]) -> tuple[list[Row], list[Document]]:
    """Split off the rows that cannot be sent, or whose numbers came in an earlier chunk."""
    fresh: list[Row] = []
    unsent: list[Document] = []
    for row in chunk:
        reason = row.get("reason") or (DUPLICATE if row["number"] in known else None)
        if reason is None:
            fresh.append(row)
        else:
            unsent.append({"row": row["row"], "number": row["number"], "reason": reason})
    return fresh, unsent


def _view_import(done: Document) -> None:
    refused = done["refused"]
    say(f"Imported {done['imported']:,}, refused {len(refused):,}.")
    if not refused:
        say("See them: canary line list")
        return
    columns = [
        Column("data row", of("row"), right=True),
        Column("number", of("number")),
        Column("reason", of("reason")),
    ]
    table(columns, refused[:MOST_SHOWN], "")
    say("Data row 1 is the first row after the header.")
    if len(refused) > MOST_SHOWN:
        note(f"{len(refused) - MOST_SHOWN:,} more were refused: --json names all of them.")
