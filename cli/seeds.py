"""Seedings: decoys issued, listed, written to files and retired."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.client import Ask, NoAnswer, connect, new_key, route
from cli.decoy_files import Form, print_records, require_writable, write_file
from cli.options import PAGE, After, Everything, Json, Limit, command, group
from cli.output import (
    Column,
    Document,
    at,
    listing,
    note,
    of,
    picked,
    print_json,
    say,
    show,
    table,
)

MAX_COUNT = 10_000
MOST_SHOWN = 20

seeding = group("Dated batches of decoys.", "canary seeding list")

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the decoys as client records to FILE.csv or FILE.jsonl, mode 0600.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file when there is one.")]
Shape = Annotated[
    Literal["table", "csv", "jsonl"], typer.Option("--format", help="How to print the decoys.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(
        app,
        "seed",
        "canary seed clients --count 50 --out decoys.csv",
        "canary seed clients --count 20 --copy 'Print shop' --json",
    )(seed)
    app.add_typer(seeding, name="seeding")
    command(app, "retire", "canary retire seed_019aa2f3c1d0")(retire)


def seed(  # noqa: PLR0913  options of one command
    ctx: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="The dataset's id or name.")],
    *,
    count: Annotated[int, typer.Option(min=1, max=MAX_COUNT, metavar="N", help="How many decoys.")],
    copy: Annotated[
        str | None,
        typer.Option(metavar="COPY", help="The copy's id or recipient; the firm's own copy."),
    ] = None,
    planted_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When they enter the copy, RFC 3339; now."),
    ] = None,
    out: Out = None,
    force: Force = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key", metavar="K", help="The same key issues once and answers the same."
        ),
    ] = None,
    shape: Shape = "table",
    as_json: Json = False,
) -> None:
    """Issue decoys for one copy, each on a line of its own.

    Either all of them are issued or none. The file of --out holds client records without any id of
    ours, each value exactly as it is: it is made for import into a database, so a spreadsheet may
    show a value that begins with + or = as something else.
    """
    if out:
        require_writable(out, force=force)
    key = key or new_key()
    asked = {"dataset": dataset, "count": count, "copy": copy, "planted_at": planted_at}
    with connect(ctx) as api:
        try:
            issued = api.post("seedings", asked, key=key)
        except NoAnswer as unknown:
            unknown.fix = f"Run it again with --idempotency-key {key}: nothing is issued twice."
            raise
    _deliver(issued, out, shape, force=force, as_json=as_json)


@command(
    seeding,
    "show",
    "canary seeding show seed_019aa2f3c1d0",
    "canary seeding show seed_019aa2f3c1d0 --out decoys.csv --force",
)
def show_seeding(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="SEEDING", help="The seeding's id.")],
    *,
    out: Out = None,
    force: Force = False,
    shape: Shape = "table",
    as_json: Json = False,
) -> None:
    """Show a seeding's decoys, or write them to a file again."""
    if out:
        require_writable(out, force=force)
    with connect(ctx) as api:
        found = api.get(route("seedings", wanted))
    _deliver(found, out, shape, force=force, as_json=as_json)


@command(seeding, "list", "canary seeding list", "canary seeding list --dataset clients --all")
def list_seedings(
    ctx: typer.Context,
    *,
    dataset: Annotated[
        str | None, typer.Option(metavar="DATASET", help="Only of this dataset.")
    ] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the seedings, newest first, without their decoys."""
    with connect(ctx) as api:
        page = api.pages("seedings", Ask(after, None if everything else limit), dataset=dataset)
    columns = [
        Column("seeding, of copy", lambda row: f"{row['id']}\n{row['copy']}", whole=True),
        Column("decoys", of("count"), right=True),
        Column("retired", _retired),
        Column("planted at (UTC)", at("planted_at"), whole=True),
    ]
    empty = "There are no seedings yet: canary seed DATASET --count N --out FILE.csv"
    show(page, listing(columns, empty), as_json=as_json)


def retire(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="SEEDING", help="The seeding's id.")],
    *,
    as_json: Json = False,
) -> None:
    """Retire the decoys of a seeding.

    They are out of the copy; their lines listen on and rest before other decoys may hold them.
    """
    with connect(ctx) as api:
        retired = api.post(route("seedings", wanted, "retire"))
    show(retired, lambda done: _view_retired(wanted, done["retired"]), as_json=as_json)


def _retired(row: Document) -> str:
    if row["retired"] == 0:
        return "none"
    return "all" if row["retired"] == row["count"] else "some"


def _view_retired(seeding: str, count: int) -> None:
    if count == 0:
        say(f"Nothing changed: every decoy of {seeding} was retired before.")
        return
    decoys = "1 decoy" if count == 1 else f"{count:,} decoys"
    say(
        f"Retired {decoys} of {seeding}. Take their records out of the copy.",
        "Their lines listen on, and rest before other decoys may hold them.",
    )


def _deliver(
    issued: Document,
    out: Path | None,
    shape: Literal["table"] | Form,
    *,
    force: bool,
    as_json: bool,
) -> None:
    if as_json:  # first: whatever happens to the file, the ids are known
        print_json(picked(issued, "id", "dataset", "copy", "planted_at", "decoys"))
    if out:
        write_file(out, issued, force=force)
    if as_json:
        return
    if shape != "table":
        print_records(shape, issued["decoys"])
        return
    say(f"Seeding {issued['id']}, planted {at('planted_at')(issued)} UTC.")
    if out:
        say(f"Wrote {len(issued['decoys']):,} records to {out}.")
        return
    _view_decoys(issued)


def _view_decoys(issued: Document) -> None:
    columns = [
        Column("number", of("number"), whole=True),
        Column("name", of("name")),
        Column("email", of("email")),
    ]
    table(columns, issued["decoys"][:MOST_SHOWN], "It has no decoys.")
    left = len(issued["decoys"]) - MOST_SHOWN
    if left > 0:
        note(f"{left:,} more: canary seeding show {issued['id']} --out FILE.csv")
