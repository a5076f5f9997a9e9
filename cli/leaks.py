"""Leaks and what people say of them, contacts, and the investigator's question."""

from typing import Annotated, Literal

import typer

from cli.client import Ask, connect, route
from cli.options import PAGE, After, Everything, Json, Limit, command, group
from cli.output import show
from cli.views import (
    view_contacts,
    view_leak,
    view_leaks,
    view_outline,
    view_traced,
)

Status = Literal["suspected", "open", "confirmed", "dismissed", "closed"]

leak = group(
    "What is known of one leak, and what people say of it.",
    "canary leak show leak_019aa2f3c1d0",
)

Leak = Annotated[str, typer.Argument(metavar="ID", help="The leak's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(app, "leaks", "canary leaks", "canary leaks --firm 'Harbour Bank' --status open")(
        list_leaks
    )
    app.add_typer(leak, name="leak")
    command(app, "contacts", "canary contacts --since 2026-03-01T00:00:00Z")(list_contacts)
    command(app, "trace", "canary trace +14155550123", "canary trace 'Your parcel is held' --json")(
        trace
    )


def list_leaks(  # noqa: PLR0913  options of one command
    ctx: typer.Context,
    *,
    firm: Annotated[
        str | None, typer.Option(metavar="FIRM", help="Only this firm's, by id or name.")
    ] = None,
    status: Annotated[
        Status | None,
        typer.Option(help="Only in this status; closed suspicions are shown only when asked for."),
    ] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the leaks, newest first."""
    ask = Ask(after, None if everything else limit)
    with connect(ctx) as api:
        page = api.pages("leaks", ask, firm=firm, status=status)
    show(page, view_leaks, as_json=as_json)


@command(leak, "show", "canary leak show leak_019aa2f3c1d0")
def show_leak(ctx: typer.Context, wanted: Leak, *, as_json: Json = False) -> None:
    """Show a leak with its reasons, its timeline and its contacts."""
    with connect(ctx) as api:
        found = api.get(route("leaks", wanted))
    show(found, view_leak, as_json=as_json)


@command(leak, "confirm", "canary leak confirm leak_019aa2f3c1d0")
def confirm(ctx: typer.Context, wanted: Leak, *, as_json: Json = False) -> None:
    """Say that the leak is real."""
    with connect(ctx) as api:
        judged = api.post(route("leaks", wanted, "confirm"))
    show(judged, view_outline, as_json=as_json)


@command(
    leak,
    "dismiss",
    "canary leak dismiss leak_019aa2f3c1d0 --reason 'our own survey'",
)
def dismiss(
    ctx: typer.Context,
    wanted: Leak,
    *,
    reason: Annotated[str, typer.Option(metavar="WORDS", help="Why it is no leak.")],
    as_json: Json = False,
) -> None:
    """Say that it is no leak: its contacts weigh nothing from now on."""
    with connect(ctx) as api:
        judged = api.post(route("leaks", wanted, "dismiss"), {"reason": reason})
    show(judged, view_outline, as_json=as_json)


@command(
    leak,
    "note",
    "canary leak note leak_019aa2f3c1d0 'asked the print shop'",
)
def add_note(
    ctx: typer.Context,
    wanted: Leak,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to write down.")],
    *,
    as_json: Json = False,
) -> None:
    """Write something down in a leak's timeline."""
    with connect(ctx) as api:
        noted = api.post(route("leaks", wanted, "note"), {"text": text})
    show(noted, view_outline, as_json=as_json)


def list_contacts(  # noqa: PLR0913  options of one command
    ctx: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from then on, RFC 3339.")
    ] = None,
    line: Annotated[
        str | None, typer.Option(metavar="LINE", help="Only on this line, by id or number.")
    ] = None,
    decoy: Annotated[str | None, typer.Option(metavar="DECOY", help="Only to this decoy.")] = None,
    copy: Annotated[
        str | None, typer.Option(metavar="COPY", help="Only to decoys of this copy, by id.")
    ] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the contacts, newest first.

    Each with its probability of being caused by the leak of a copy.
    """
    ask = Ask(after, None if everything else limit)
    with connect(ctx) as api:
        page = api.pages("contacts", ask, since=since, line=line, decoy=decoy, copy=copy)
    show(page, view_contacts, as_json=as_json)


def trace(
    ctx: typer.Context,
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="A number of ours or a caller's, a name, or a text."),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Tell what is known of a number, a name or a text.

    A phone number of ours or a caller's, a persona's name, or the text of a message.
    """
    with connect(ctx) as api:
        found = api.post("trace", {"query": text})
    show(found, view_traced, as_json=as_json)
