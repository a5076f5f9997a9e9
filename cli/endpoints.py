"""Endpoints, where firms are told of leaks, and the deliveries to them."""

from typing import Annotated, Literal

import typer

from canary.alerts.kinds import AlertType
from cli.client import Ask, connect, route
from cli.options import PAGE, After, Everything, Json, Limit, command, group
from cli.output import (
    Column,
    Document,
    at,
    fields,
    listing,
    of,
    picked,
    say,
    shortened,
    show,
    tell_of_more,
)

Status = Literal["pending", "delivered", "failed"]

endpoint = group("Where firms are told of leaks.", "canary endpoint list")
delivery = group("What was sent to endpoints, and what came of it.", "canary delivery list")

Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(endpoint, name="endpoint")
    app.add_typer(delivery, name="delivery")


@command(
    endpoint,
    "add",
    "canary endpoint add 'Harbour Bank' https://example.com/alerts",
    "canary endpoint add Harbour https://example.com/in --events leak.opened",
)
def add_endpoint(
    ctx: typer.Context,
    firm: Annotated[str, typer.Argument(metavar="FIRM", help="The firm's id or name.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where alerts are posted to; https.")],
    *,
    events: Annotated[
        str | None,
        typer.Option(metavar="A,B", help=f"Only these of: {', '.join(AlertType)}; all of them."),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="How alerts are written; standard."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add an endpoint. Its secret is shown this once."""
    chosen = [name.strip() for name in events.split(",") if name.strip()] if events else None
    asked = {"firm": firm, "url": url, "events": chosen, "format": shape}
    with connect(ctx) as api:
        added = api.post("endpoints", asked)
    show(picked(added, "id", "secret"), _view_added, as_json=as_json)


@command(endpoint, "list", "canary endpoint list")
def list_endpoints(
    ctx: typer.Context,
    *,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the endpoints, newest first."""
    with connect(ctx) as api:
        page = api.pages("endpoints", Ask(after, None if everything else limit))
    columns = [
        Column("endpoint, of firm", lambda row: f"{row['id']}\n{row['firm']}", whole=True),
        Column("url", of("url")),
        Column("disabled (UTC)", at("disabled_at"), whole=True),
    ]
    show(
        page,
        listing(columns, "Nobody is told of leaks yet: canary endpoint add FIRM URL"),
        as_json=as_json,
    )


@command(endpoint, "test", "canary endpoint test ep_019aa2f3c1d0")
def send_test(ctx: typer.Context, wanted: Endpoint, *, as_json: Json = False) -> None:
    """Send a test alert to an endpoint."""
    _act(ctx, wanted, "test", as_json=as_json)


@command(endpoint, "disable", "canary endpoint disable ep_019aa2f3c1d0")
def disable(ctx: typer.Context, wanted: Endpoint, *, as_json: Json = False) -> None:
    """Send nothing more to an endpoint; its alerts are kept."""
    _act(ctx, wanted, "disable", as_json=as_json)


@command(endpoint, "enable", "canary endpoint enable ep_019aa2f3c1d0")
def enable(ctx: typer.Context, wanted: Endpoint, *, as_json: Json = False) -> None:
    """Send to an endpoint again."""
    _act(ctx, wanted, "enable", as_json=as_json)


@command(endpoint, "rotate", "canary endpoint rotate ep_019aa2f3c1d0")
def rotate(ctx: typer.Context, wanted: Endpoint, *, as_json: Json = False) -> None:
    """Give an endpoint a new secret, shown this once; the old one signs as well for 24 hours."""
    with connect(ctx) as api:
        rotated = api.post(route("endpoints", wanted, "rotate"))
    show(picked(rotated, "id", "secret"), _view_added, as_json=as_json)


@command(delivery, "list", "canary delivery list --status failed")
def list_deliveries(  # noqa: PLR0913  options of one command
    ctx: typer.Context,
    *,
    to: Annotated[
        str | None, typer.Option("--endpoint", metavar="ENDPOINT", help="Only to this endpoint.")
    ] = None,
    status: Annotated[Status | None, typer.Option(help="Only in this status.")] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the deliveries, newest first, with their attempts."""
    ask = Ask(after, None if everything else limit)
    with connect(ctx) as api:
        page = api.pages("deliveries", ask, endpoint=to, status=status)
    show(page, _view_deliveries, as_json=as_json)


@command(delivery, "replay", "canary delivery replay dlv_019aa2f3c1d0")
def replay(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    *,
    as_json: Json = False,
) -> None:
    """Send an alert to its endpoint once more."""
    with connect(ctx) as api:
        done = api.post(route("deliveries", wanted, "replay"))
    show(done, fields, as_json=as_json)


@command(
    delivery, "recover", "canary delivery recover ep_019aa2f3c1d0 --since 2026-11-01T00:00:00Z"
)
def recover(
    ctx: typer.Context,
    wanted: Endpoint,
    since: Annotated[str, typer.Option(metavar="T", help="From this RFC 3339 time on.")],
    *,
    as_json: Json = False,
) -> None:
    """Send after all what an endpoint has missed since a time."""
    with connect(ctx) as api:
        done = api.post(route("endpoints", wanted, "recover"), {"since": since})
    show(done, fields, as_json=as_json)


def _act(ctx: typer.Context, wanted: str, verb: str, *, as_json: bool) -> None:
    with connect(ctx) as api:
        done = api.post(route("endpoints", wanted, verb))
    show(done, fields, as_json=as_json)


def _view_deliveries(page: Document) -> None:
    for row in page["items"]:
        tries = len(row["attempts"])
        due = f"next try {at('due_at')(row)} UTC" if row["due_at"] else "no try is due"
        say(
            f"{row['id']}  {row['type']}  {row['status']}",
            f"  to {row['endpoint']}",
            f"  {tries} {'try' if tries == 1 else 'tries'}{_last(row['attempts'])}; {due}",
        )
    if not page["items"]:
        say("There are no such deliveries.")
    tell_of_more(page)


def _last(attempts: list[Document]) -> str:
    """Return what came of the last try: the answer's status, or why there was none."""
    if not attempts:
        return ""
    last = attempts[-1]
    code = last["status_code"]
    return f", the last: {f'HTTP {code}' if code else shortened(last['error'] or '', 20)}"


def _view_added(added: Document) -> None:
    fields(added)
    say(
        "Keep the secret: it is not shown again. The receiver checks the signature with it.",
        f"Try it: canary endpoint test {added['id']}",
    )
