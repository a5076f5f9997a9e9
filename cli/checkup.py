"""``canary doctor``: what is configured, what is missing, and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from canary.errors import CanaryError, CannotReach, NotAllowed
from cli.client import Client, Target, connect
from cli.options import Json, command
from cli.output import Document, say, show

if TYPE_CHECKING:
    from canary.settings import Settings

HOME_EMAILS = "clients.example"
FAILED = 1
SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; what is needed and not so makes the command fail."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    needed: bool = False
    exit_code: int = FAILED


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "doctor", "canary doctor", "canary doctor --json")(doctor)


def doctor(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Tell what is configured and what is missing.

    Ends with exit code 1 when something fails that nothing works without, and with 5 when the
    service that was named does not answer.
    """
    checks = list(_examine(ctx))
    shown = [{"name": c.name, "ok": c.ok, "detail": c.detail, "fix": c.fix} for c in checks]
    failing = {c.name: c.exit_code for c in checks if c.needed and not c.ok}
    show({"checks": shown}, lambda found: _view(found, set(failing)), as_json=as_json)
    if failing:
        raise typer.Exit(max(failing.values()))


def _examine(ctx: typer.Context) -> Iterator[Check]:
    from canary.settings import read_settings  # noqa: PLC0415

    try:
        settings = read_settings()
    except CanaryError as wrong:
        yield Check("settings", ok=False, detail=wrong.says, fix=wrong.fix, needed=True)
        return
    target = ctx.find_object(Target) or Target()
    url = target.url or settings.url
    basis = [_remote_check(ctx, url)] if url else list(_basis(settings))
    yield from basis
    if not url:
        yield from _configured(settings)
    if all(check.ok for check in basis if check.needed):
        yield from _in_use(ctx)


def _remote_check(ctx: typer.Context, url: str) -> Check:
    def ask() -> str:
        with connect(ctx) as api:
            api.ready()
            api.get("firms", limit=1)
        return f"{url} is ready and takes the key"

    return _tried(SERVICE, ask)


def _basis(settings: "Settings") -> Iterator[Check]:
    from canary.vault import open_vault  # noqa: PLC0415

    yield _tried("home", lambda: _home(settings))
    yield _tried(
        "master key",
        lambda: f"{settings.key_file}, {len(open_vault(settings.key_file).key_ids)} in the ring",
    )
    yield _tried("database", lambda: _database(settings))


def _home(settings: "Settings") -> str:
    home = settings.home
    if not home.is_dir():
        raise CanaryError(says=f"{home} is not there.", fix="Run `canary init`.")
    if home.stat().st_mode & 0o077:
        raise CanaryError(says=f"Others may look into {home}.", fix=f"Run `chmod 700 {home}`.")
    return str(home)


def _database(settings: "Settings") -> str:
    from canary.database import open_database, sqlite_file  # noqa: PLC0415
    from webhooks.world import require_current  # noqa: PLC0415

    database = open_database(settings.database)
    try:
        file = sqlite_file(database)
        if file is not None and not file.exists():  # looking must not make one
            raise CanaryError(says=f"There is no database at {file}.", fix="Run `canary init`.")
        require_current(database)
        where = database.engine.url.render_as_string(hide_password=True)
    finally:
        database.close()
    return f"{where}, schema current"


def _configured(settings: "Settings") -> Iterator[Check]:
    public = settings.public_url
    secure = public.lower().startswith("https://")
    yield Check(
        "public url",
        ok=secure,
        detail=public if secure else f"{public} is not https: carriers and people cannot trust it",
        fix="" if secure else "Set CANARY_PUBLIC_URL to the https URL that carriers call.",
    )
    twilio = bool(settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value())
    yield Check(
        "twilio",
        ok=twilio,
        detail="account and token are set" if twilio else "no token: Twilio has no route",
        fix="" if twilio else "Set CANARY_TWILIO_ACCOUNT_SID and CANARY_TWILIO_AUTH_TOKEN.",
    )
    own = settings.email_domain != HOME_EMAILS
    yield Check(
        "email domain",
        ok=own,
        detail=settings.email_domain if own else f"{HOME_EMAILS}: nobody's, and the same for all",
        fix="" if own else "Set CANARY_EMAIL_DOMAIN to domains or mailboxes that you own.",
    )
    if settings.allow_private_endpoints:
        yield Check(
            "private endpoints",
            ok=False,
            detail="alerts may go to http and to private addresses: for development only",
            fix="Unset CANARY_ALLOW_PRIVATE_ENDPOINTS.",
        )


def _in_use(ctx: typer.Context) -> Iterator[Check]:
    try:
        with connect(ctx) as api:
            yield from [_tried(name, ask(api)) for name, ask in _USES]
    except CanaryError as wrong:
        yield Check("in use", ok=False, detail=wrong.says, fix=wrong.fix, needed=True)


def _lines(api: Client) -> str:
    counts = api.get("lines/counts")
    states = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    if not counts.get("ready"):
        raise CanaryError(
            says=f"No line is ready: {states or 'there are none'}.",
            fix="Import lines (`canary line import`), or wait until their quarantine ends.",
        )
    return states


def _endpoints(api: Client) -> str:
    found = api.get("endpoints", limit=500)["items"]
    disabled = sum(one["disabled_at"] is not None for one in found)
    if len(found) == disabled:
        raise CanaryError(
            says=f"Nobody is told of leaks: {disabled} endpoints are disabled, none is enabled.",
            fix="Add one (`canary endpoint add`), or enable one (`canary endpoint enable`).",
        )
    return f"{len(found) - disabled} enabled, {disabled} disabled"


def _deliveries(api: Client) -> str:
    failed = api.get("deliveries", status="failed", limit=1)["items"]
    if failed:
        raise CanaryError(
            says="Alerts were given up on.",
            fix="See `canary delivery list --status failed`, then `canary delivery replay`.",
        )
    return "no alert was given up on"


_USES: tuple[tuple[str, Callable[[Client], Callable[[], str]]], ...] = (
    ("lines", lambda api: lambda: _lines(api)),
    ("endpoints", lambda api: lambda: _endpoints(api)),
    ("deliveries", lambda api: lambda: _deliveries(api)),
)
_NEEDED = frozenset({SERVICE, "home", "master key", "database"})


def _tried(name: str, look: Callable[[], str]) -> Check:
    needed = name in _NEEDED
    try:
        return Check(name, ok=True, detail=look(), needed=needed)
    except NotAllowed:
        return Check(name, ok=True, detail="not for this key to see")
    except CanaryError as wrong:
        gone = name == SERVICE and isinstance(wrong, CannotReach)
        code = wrong.exit_code if gone else FAILED
        return Check(
            name, ok=False, detail=wrong.says, fix=wrong.fix, needed=needed, exit_code=code
        )


def _view(found: Document, failing: set[str]) -> None:
    width = max(len(check["name"]) for check in found["checks"])
    for check in found["checks"]:
        sign = "ok" if check["ok"] else "FAILS" if check["name"] in failing else "to do"
        say(f"{sign:5}  {check['name'].ljust(width)}  {check['detail']}")
        if check["fix"]:
            say(f"{'':5}  {'':{width}}  -> {check['fix']}")
