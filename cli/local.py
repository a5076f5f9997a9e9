"""Commands of the machine that holds the home: init, migrate, serve, worker, keys."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from canary.errors import BadInput, BadKey, CanaryError
from cli.options import Json, command, group
from cli.output import Document, fields, note, say, show

if TYPE_CHECKING:
    from canary.database import Database
    from canary.settings import Settings

keys = group(
    "The master key, which seals what is secret, and the operator's API keys.",
    "canary keys rotate",
)

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(app, "init", "canary init")(init)
    command(app, "migrate", "canary migrate")(migrate)
    command(app, "serve", "canary serve", "canary serve --host 0.0.0.0 --port 8000 --workers 4")(
        serve
    )
    command(app, "worker", "canary worker")(work)
    app.add_typer(keys, name="keys")


def init(*, as_json: Json = False) -> None:
    """Make the home with its keys and database.

    The operator's API key is shown this once. Run again it changes nothing, except that it brings
    the database to the current schema.
    """
    from canary.database import open_database  # noqa: PLC0415
    from canary.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    _make_home(settings.home)
    database = open_database(settings.database)
    try:
        _make_private(database)
        key = _prepare(settings, database)
    finally:
        database.close()
    show({"home": str(settings.home), "api_key": key}, _view_init, as_json=as_json)


def migrate(*, as_json: Json = False) -> None:
    """Bring the database to the current schema."""
    from canary.database import open_database  # noqa: PLC0415
    from canary.schema import current_revision, upgrade  # noqa: PLC0415
    from canary.settings import read_settings  # noqa: PLC0415

    database = open_database(read_settings().database)
    try:
        before = current_revision(database)
        upgrade(database)
        after = current_revision(database)
    finally:
        database.close()
    done = {"revision": after, "upgraded": before != after}
    show(done, fields, as_json=as_json)


def serve(
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Processes; more than one needs PostgreSQL.")
    ] = 1,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only take requests: canary worker does the rest.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve the API and carriers' webhooks, with a worker."""
    from canary.settings import read_settings  # noqa: PLC0415
    from cli.serving import listen, require_servable, serve_on  # noqa: PLC0415

    require_servable(read_settings(), workers)
    sock = listen(host, port)
    started: Document = {
        "url": f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}",
        "workers": workers,
        "worker": not no_worker,
    }
    show(started, lambda it: say(f"Serving on {it['url']}"), as_json=as_json)
    serve_on(sock, workers, with_worker=not no_worker)


def work(*, as_json: Json = False) -> None:
    """Run a worker alone.

    It weighs contacts and delivers alerts; any number of workers may run on PostgreSQL.
    """
    from canary.settings import read_settings  # noqa: PLC0415
    from cli.working import run_worker  # noqa: PLC0415

    run_worker(
        read_settings(),
        lambda: show({"worker": True}, lambda _: say("Working."), as_json=as_json),
    )


@command(keys, "rotate", "canary keys rotate")
def rotate(*, as_json: Json = False) -> None:
    """Add a new master key that seals from now on; the older ones still open.

    Restart the service and its workers at once: until then they cannot open what the new key
    sealed.
    """
    from canary.settings import read_settings  # noqa: PLC0415
    from canary.vault import rotate_key_file  # noqa: PLC0415

    settings = read_settings()
    newest = rotate_key_file(settings.key_file)
    note("Restart the service and its workers now, and back up the key file.")
    show({"key": newest, "key_file": str(settings.key_file)}, fields, as_json=as_json)


@command(keys, "operator", "canary keys operator", "canary keys operator --json")
def issue_operator_key(*, as_json: Json = False) -> None:
    """Issue a new API key of the operator's, shown this once.

    Whoever holds the home may do so; `canary firm revoke` ends a key that was lost.
    """
    from canary.clock import SystemClock  # noqa: PLC0415
    from canary.firms.access import issue_key  # noqa: PLC0415
    from canary.settings import read_settings  # noqa: PLC0415
    from canary.tables import Scope  # noqa: PLC0415
    from webhooks.world import open_world  # noqa: PLC0415

    world = open_world(read_settings())
    try:
        with world.database.write() as session:
            key = issue_key(session, Scope.OPERATOR, None, SystemClock().now())
    finally:
        world.database.close()
    show(
        {"api_key": key},
        lambda made: say(str(made["api_key"]), "Keep it: it is not shown again."),
        as_json=as_json,
    )


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=PRIVATE_DIRECTORY, parents=True)
    except FileExistsError:
        if not home.is_dir():
            raise BadInput(says=f"{home} is not a directory.", fix="Set CANARY_HOME.") from None
        if home.stat().st_mode & 0o077:
            note(f"Others may look into {home}: run `chmod 700 {home}`.")
    except OSError as wrong:
        raise _unwritable(home, wrong.strerror or type(wrong).__name__) from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise _unwritable(home, "it may not be written to")


def _unwritable(home: Path, why: str) -> CanaryError:
    return CanaryError(
        says=f"The home {home} cannot be made or used: {why}.",
        fix="Set CANARY_HOME to a directory that you may write to.",
    )


def _make_private(database: "Database") -> None:
    from canary.database import sqlite_file  # noqa: PLC0415

    file = sqlite_file(database)
    if file is not None and file.parent.is_dir():
        file.touch(PRIVATE_FILE)  # SQLite gives what lies beside it the same mode


def _prepare(settings: "Settings", database: "Database") -> str | None:
    """Make schema and master key; return the operator's API key when there was none.

    Raises:
        BadKey: the database was made with a master key that is not here.
    """
    from sqlmodel import col, select  # noqa: PLC0415

    from canary.clock import SystemClock  # noqa: PLC0415
    from canary.firms.access import issue_key  # noqa: PLC0415
    from canary.schema import upgrade  # noqa: PLC0415
    from canary.tables import ApiKey, Scope  # noqa: PLC0415
    from canary.vault import create_key_file, open_vault  # noqa: PLC0415

    upgrade(database)
    usable = select(ApiKey).where(ApiKey.scope == Scope.OPERATOR, col(ApiKey.revoked_at).is_(None))
    with database.write() as session:
        in_use = session.exec(select(ApiKey).limit(1)).first() is not None
        if in_use and not settings.key_file.exists():
            raise BadKey(
                says=f"The database is in use, and its master key is not at {settings.key_file}.",
                fix="Restore the key file, or copy it from the machine where the home was made; "
                "without it nothing in the database opens.",
            )
        create_key_file(settings.key_file)
        open_vault(settings.key_file)
        if session.exec(usable).first() is not None:
            return None
        return issue_key(session, Scope.OPERATOR, None, SystemClock().now())


def _view_init(made: Document) -> None:
    say(f"The home is {made['home']}.")
    if made["api_key"] is None:
        say("It was there before; the operator's key was shown when it was made.")
    else:
        say(
            f"The operator's API key: {made['api_key']}",
            "Keep it: it is not shown again. Back up the key file, apart from the database.",
        )
    say("See what is still missing: canary doctor")
