"""Endpoints: where a firm wants to be told, and the secret that signs what it is told."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.alerts.kinds import AlertFormat, AlertType, parse_events, parse_format
from canary.alerts.outbox import write_alert
from canary.clock import new_id, rfc3339
from canary.errors import BadInput, NotFound
from canary.paging import Ask, Page, page
from canary.tables import Endpoint, Firm
from canary.vault import Vault

SECRET_MARK = "whsec_"  # noqa: S105  how Standard Webhooks marks a secret; not one
SECRET_BYTES = 32
URL_LENGTH = 2000
ROTATION = timedelta(hours=24)
"""How long after a rotation the secret before it signs as well."""
URL_PLACE = "endpoint.url"
SECRET_PLACE = "endpoint.secret"  # noqa: S105  a place in the vault, not a secret


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What an endpoint is added with; no events means all of them."""

    url: str = field(repr=False)
    events: tuple[str, ...] = ()
    format: str = AlertFormat.STANDARD


def check_form(url: str, *, allow_http: bool = False) -> None:
    """Do nothing when the URL is written as an endpoint's may be; where it leads is not looked at.

    Raises:
        BadInput: it is not https, names no host, carries a user or a fragment, or its port is
            none.
    """
    parts = _split(url)
    schemes = ("https", "http") if allow_http else ("https",)
    if parts.scheme not in schemes:
        raise BadInput(
            says=f"An endpoint's URL starts with {' or '.join(f'{s}://' for s in schemes)}.",
            fix="Give an https URL, such as https://alerts.example.com/canary.",
        )
    if not parts.hostname:
        raise BadInput(says="The endpoint's URL names no host.", fix="Give the whole URL.")
    if "@" in parts.netloc:
        raise BadInput(
            says="The endpoint's URL carries a user or a password.",
            fix="Leave it out: alerts are signed; put a token into the path if you need one.",
        )
    if parts.fragment:
        raise BadInput(
            says="The endpoint's URL has a fragment, which is never sent.", fix="Leave out the #."
        )


def add_endpoint(
    session: Session,
    vault: Vault,
    at: datetime,
    firm_id: str,
    request: NewEndpoint,
    check: Callable[[str], None] = check_form,
) -> tuple[Endpoint, str]:
    """Add an endpoint and return it with its secret, which is shown this once.

    Args:
        session: a writing session.
        vault: seals the URL and the secret.
        at: the present instant.
        firm_id: whose endpoint it is.
        request: what was asked for.
        check: refuses a URL that may not be told anything; whoever sends passes its own rules.

    Raises:
        BadInput: the URL, an event or the format cannot be used.
        NotFound: there is no such firm.
    """
    check(request.url)
    events, form = parse_events(request.events), parse_format(request.format)
    if session.get(Firm, firm_id) is None:
        raise NotFound(says=f"There is no firm {firm_id}.", fix="See `canary firm list`.")
    row, secret = new_id("ep", at), _new_secret()
    endpoint = Endpoint(
        id=row,
        firm_id=firm_id,
        url=vault.seal(URL_PLACE, row, request.url),
        secret=vault.seal(SECRET_PLACE, row, secret),
        events=events,
        format=form.value,
        created_at=at,
    )
    session.add(endpoint)
    session.flush()
    return endpoint, secret


def find_endpoint(session: Session, firm_id: str | None, endpoint_id: str) -> Endpoint:
    """Return an endpoint of the firm, or of any firm when none is given.

    Raises:
        NotFound: there is none, or it is another firm's.
    """
    endpoint = session.get(Endpoint, endpoint_id)
    if endpoint is None or firm_id not in {None, endpoint.firm_id}:
        raise NotFound(
            says=f"There is no endpoint {endpoint_id!r}.", fix="See `canary endpoint list`."
        )
    return endpoint


def list_endpoints(session: Session, firm_id: str | None, ask: Ask) -> Page:
    """Return a page of the firm's endpoints, or of every firm's: rows of (Endpoint,)."""
    statement = sa.select(Endpoint)
    if firm_id is not None:
        statement = statement.where(col(Endpoint.firm_id) == firm_id)
    return page(session, statement, col(Endpoint.id), ask)


def disable_endpoint(
    session: Session, at: datetime, endpoint: Endpoint, reason: str = "It was asked for."
) -> None:
    """Send nothing more to the endpoint, and tell the firm's other endpoints so.

    Its deliveries are kept as they are. Disabling what is disabled does nothing.
    """
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at = at
    session.add(endpoint)
    session.flush()
    told = {"endpoint": endpoint.id, "reason": reason, "disabled_at": rfc3339(at)}
    write_alert(session, at, endpoint.firm_id, AlertType.ENDPOINT_DISABLED, told)


def enable_endpoint(session: Session, endpoint: Endpoint) -> None:
    """Send to the endpoint again: its pending deliveries and every alert from now on."""
    endpoint.disabled_at = None
    session.add(endpoint)
    session.flush()


def rotate_secret(session: Session, vault: Vault, at: datetime, endpoint: Endpoint) -> str:
    """Give the endpoint a new secret and return it; the one before signs too for 24 hours."""
    before = secrets_of(vault, endpoint, at)[0]
    secret = _new_secret()
    ring = f"{secret} {before} {(at + ROTATION).timestamp():.0f}"
    endpoint.secret = vault.seal(SECRET_PLACE, endpoint.id, ring)
    session.add(endpoint)
    session.flush()
    return secret


def url_of(vault: Vault, endpoint: Endpoint) -> str:
    """Return the endpoint's URL, opened.

    Raises:
        BadKey: it does not open.
    """
    return vault.open(URL_PLACE, endpoint.id, endpoint.url)


def secrets_of(vault: Vault, endpoint: Endpoint, at: datetime) -> tuple[str, ...]:
    """Return the secrets that sign at that instant, the newest first.

    Raises:
        BadKey: they do not open.
    """
    # Sealed is "SECRET", or after a rotation "SECRET BEFORE UNTIL", until in seconds since 1970.
    secret, *rest = vault.open(SECRET_PLACE, endpoint.id, endpoint.secret).split()
    if rest and at.timestamp() < float(rest[1]):
        return (secret, rest[0])
    return (secret,)


def _new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _split(url: str) -> SplitResult:
    fix = "Give one URL, such as https://alerts.example.com/canary."
    if len(url) > URL_LENGTH or not url.isprintable() or any(c.isspace() for c in url):
        raise BadInput(
            says=f"The endpoint's URL has spaces or more than {URL_LENGTH} characters.", fix=fix
        )
    if "\\" in url:
        raise BadInput(says="The endpoint's URL has a backslash.", fix=fix)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput(says="The endpoint's URL cannot be read.", fix=fix) from None
    if port == 0:
        raise BadInput(says="The endpoint's URL names port 0.", fix=fix)
    return parts
