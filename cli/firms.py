"""Firms, their keys, datasets and copies."""

from typing import Annotated, Literal

import typer

from canary.sectors import Sector
from cli.client import Ask, connect, route
from cli.options import PAGE, After, Everything, Json, Limit, command, group
from cli.output import Column, at, fields, listing, of, picked, say, show

firm = group("Firms that hold client records, and their API keys.", "canary firm list")
dataset = group("Named bodies of client records that a firm holds.", "canary dataset list")
copy = group("Releases of a dataset, one for each recipient.", "canary copy list")

Firm = Annotated[str, typer.Argument(metavar="FIRM", help="The firm's id or name.")]
Dataset = Annotated[str, typer.Argument(metavar="DATASET", help="The dataset's id or name.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(firm, name="firm")
    app.add_typer(dataset, name="dataset")
    app.add_typer(copy, name="copy")


@command(firm, "add", "canary firm add 'Harbour Bank' --sector finance")
def add_firm(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The firm's name.")],
    *,
    sector: Annotated[Sector, typer.Option(help="What it does: decides its decoys' attributes.")],
    as_json: Json = False,
) -> None:
    """Register a firm."""
    with connect(ctx) as api:
        added = api.post("firms", {"name": name, "sector": sector.value})
    show(picked(added, "id", "name", "sector"), fields, as_json=as_json)


@command(firm, "list", "canary firm list", "canary firm list --all --json")
def list_firms(
    ctx: typer.Context,
    *,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the firms, newest first."""
    with connect(ctx) as api:
        page = api.pages("firms", Ask(after, None if everything else limit))
    columns = [
        Column("firm", of("id"), whole=True),
        Column("name", of("name")),
        Column("sector", of("sector")),
    ]
    empty = "There are no firms yet: canary firm add NAME --sector SECTOR"
    show(page, listing(columns, empty), as_json=as_json)


@command(
    firm,
    "key",
    "canary firm key 'Harbour Bank'",
    "canary firm key 'Harbour Bank' --scope investigator --json",
)
def issue_key(
    ctx: typer.Context,
    firm_wanted: Firm,
    *,
    scope: Annotated[
        Literal["firm", "investigator"],
        typer.Option(help="What the key sees: this firm alone, or every firm's leaks."),
    ] = "firm",
    as_json: Json = False,
) -> None:
    """Issue an API key. It is shown this once."""
    with connect(ctx) as api:
        issued = api.post(route("firms", firm_wanted, "keys"), {"scope": scope})
    show(
        picked(issued, "api_key"),
        lambda key: say(str(key["api_key"]), "Keep it: it is not shown again."),
        as_json=as_json,
    )


@command(firm, "keys", "canary firm keys", "canary firm keys --all --json")
def list_keys(
    ctx: typer.Context,
    *,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the API keys, newest first; a key reads canary_PREFIX_SECRET."""
    with connect(ctx) as api:
        page = api.pages("keys", Ask(after, None if everything else limit))
    columns = [
        Column("prefix", of("prefix"), whole=True),
        Column("scope", of("scope")),
        Column("firm", of("firm")),
        Column("issued (UTC)", at("created_at"), whole=True),
        Column("revoked (UTC)", lambda row: at("revoked_at")(row) or "-"),
    ]
    show(page, listing(columns, "There are no keys yet: canary firm key FIRM"), as_json=as_json)


@command(firm, "revoke", "canary firm revoke 9f86d081884c")
def revoke_key(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="KEY", help="The key's id or prefix.")],
    *,
    as_json: Json = False,
) -> None:
    """Revoke an API key: from now on it opens nothing."""
    with connect(ctx) as api:
        revoked = api.post(route("keys", wanted, "revoke"))
    show(
        revoked,
        lambda key: say(f"The {key['scope']} key {key['prefix']} is revoked."),
        as_json=as_json,
    )


@command(
    dataset,
    "add",
    "canary dataset add 'Harbour Bank' clients",
    "canary dataset add Harbour clients --locale zh_CN --sender +14155550100",
)
def add_dataset(
    ctx: typer.Context,
    firm_wanted: Firm,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")],
    *,
    locale: Annotated[
        str | None,
        typer.Option(metavar="LOCALE", help="Language and country of its clients; en_US."),
    ] = None,
    sender: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER", help="A number the firm itself writes or calls from; repeatable."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Register a dataset. Contacts from its senders are never evidence."""
    asked = {"firm": firm_wanted, "name": name, "locale": locale, "senders": sender or None}
    with connect(ctx) as api:
        added = api.post("datasets", asked)
    show(picked(added, "id", "firm", "name", "locale"), fields, as_json=as_json)


@command(dataset, "list", "canary dataset list")
def list_datasets(
    ctx: typer.Context,
    *,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the datasets, newest first."""
    with connect(ctx) as api:
        page = api.pages("datasets", Ask(after, None if everything else limit))
    columns = [
        Column("dataset, of firm", lambda row: f"{row['id']}\n{row['firm']}", whole=True),
        Column("name", of("name")),
        Column("locale", of("locale")),
    ]
    empty = "There are no datasets yet: canary dataset add FIRM NAME"
    show(page, listing(columns, empty), as_json=as_json)


@command(copy, "add", "canary copy add clients 'Print shop'")
def add_copy(
    ctx: typer.Context,
    dataset_wanted: Dataset,
    recipient: Annotated[
        str, typer.Argument(metavar="RECIPIENT", help="Who receives this release.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Register one recipient's release of a dataset."""
    with connect(ctx) as api:
        added = api.post("copies", {"dataset": dataset_wanted, "recipient": recipient})
    show(picked(added, "id", "dataset", "recipient"), fields, as_json=as_json)


@command(copy, "list", "canary copy list", "canary copy list --dataset clients")
def list_copies(
    ctx: typer.Context,
    *,
    of_dataset: Annotated[
        str | None, typer.Option("--dataset", metavar="DATASET", help="Only of this dataset.")
    ] = None,
    limit: Limit = PAGE,
    after: After = None,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """List the copies, newest first; the recipient `origin` is the firm itself."""
    with connect(ctx) as api:
        page = api.pages("copies", Ask(after, None if everything else limit), dataset=of_dataset)
    columns = [
        Column("copy, of dataset", lambda row: f"{row['id']}\n{row['dataset']}", whole=True),
        Column("recipient", of("recipient")),
    ]
    show(page, listing(columns, "There are no copies: add a dataset first."), as_json=as_json)
