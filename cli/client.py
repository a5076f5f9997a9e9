"""The API as commands call it: one synchronous door, over HTTP or in this process."""

import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlsplit

import typer

from canary.errors import (
    BadInput,
    CanaryError,
    CannotReach,
    Conflict,
    NotAllowed,
    NotAuthenticated,
    NotEnoughLines,
    NotFound,
)
from cli.output import Document, note

if TYPE_CHECKING:
    import httpx

    from canary.settings import Settings

CONNECT_TIMEOUT_S = 10
ANSWER_TIMEOUT_S = 300
"""Ten thousand personas take a while."""
MAX_PAGE = 500
_DOCUMENT = "/openapi.json"

_BY_CODE = {
    kind.code: kind
    for kind in (BadInput, Conflict, NotAllowed, NotAuthenticated, NotEnoughLines, NotFound)
}
_BY_STATUS: dict[int, type[CanaryError]] = {
    400: BadInput,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadInput,
    415: BadInput,
    422: BadInput,
    502: CannotReach,
    503: CannotReach,
    504: CannotReach,
}


class NoAnswer(CannotReach):
    """The request went out and no answer came: it may have been done."""

    code: ClassVar[str] = "no_answer"


@dataclass(frozen=True, slots=True)
class Target:
    """Which service is meant, as the command line says; the environment fills in the rest."""

    url: str | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Which part of a list is wanted: up to ``limit`` after a cursor; None for all of it."""

    after: str | None
    limit: int | None


class Client:
    """Calls the API's routes under ``/v1`` and turns its problems into our errors."""

    def __init__(self, base: str, send: "Callable[[httpx.Request], httpx.Response]") -> None:
        """Send requests for ``base`` through ``send``."""
        self._base = base.rstrip("/")
        self._send = send

    def get(self, path: str, **query: str | int | None) -> Document:
        """Read a document; query parameters that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", f"v1/{path}", query=given)

    def post(
        self, path: str, body: Mapping[str, object] | None = None, *, key: str | None = None
    ) -> Document:
        """Post a document, without the fields that are None, under an idempotency key."""
        given = {name: value for name, value in (body or {}).items() if value is not None}
        return self._call("POST", f"v1/{path}", body=given, key=key or new_key())

    def pages(self, path: str, ask: Ask, **query: str | None) -> Document:
        """Read a list, page after page, until there is as much of it as was asked for."""
        found: list[Document] = []
        cursor = ask.after
        while True:
            left = MAX_PAGE if ask.limit is None else ask.limit - len(found)
            page = self.get(path, after=cursor, limit=min(left, MAX_PAGE), **query)
            found += page["items"]
            cursor = page["next"]
            if cursor is None or len(found) == ask.limit:
                return {"items": found, "next": cursor}

    def ready(self) -> None:
        """Do nothing when the service can do its work.

        Raises:
            CanaryError: what it says is wrong.
        """
        self._call("GET", "readyz")

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        key: str | None = None,
    ) -> Document:
        import httpx  # noqa: PLC0415  slow to import, and not needed for help

        headers = {"Idempotency-Key": key} if key else {}
        request = httpx.Request(
            method, f"{self._base}/{path}", params=query, json=body, headers=headers
        )
        return _answer(self._send(request), self._base)


def new_key() -> str:
    """Return an idempotency key that was never used."""
    return secrets.token_hex(16)


def route(*parts: str) -> str:
    """Return a path whose parts may be any text."""
    return "/".join(quote(part, safe="") for part in parts)


@contextmanager
def connect(ctx: typer.Context) -> Iterator[Client]:
    """Open the API that the command line and the environment name.

    Raises:
        BadInput: the URL or the key file cannot be used.
        CannotReach: nothing answers there.
    """
    target = ctx.find_object(Target) or Target()
    url = target.url or os.environ.get("CANARY_URL", "")
    key = _key_in(target.key_file) if target.key_file else os.environ.get("CANARY_API_KEY", "")
    if url and key:  # nothing more to look up: do without the settings, which are slow to import
        yield from _remote(url, key)
        return
    from canary.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    if url or settings.url:
        yield from _remote(url or settings.url, key or settings.api_key.get_secret_value())
    else:
        yield from _in_process(settings)


def _remote(url: str, key: str) -> Iterator[Client]:
    import httpx  # noqa: PLC0415

    base = _service_url(url)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    with httpx.Client(timeout=timeout) as http:

        def send(request: httpx.Request) -> httpx.Response:
            request.headers.update(headers)
            try:
                return http.send(request)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as gone:
                raise CannotReach(
                    says=f"Cannot reach {base}: {gone}.",
                    fix="Check --url or CANARY_URL, and that `canary serve` runs there.",
                ) from None
            except httpx.HTTPError as gone:
                raise NoAnswer(
                    says=f"{base} did not answer: {gone or type(gone).__name__}.",
                    fix="Look whether it was done before you try again.",
                ) from None

        yield Client(base, send)


def _in_process(settings: "Settings") -> Iterator[Client]:
    from cli.embedded import embedded  # noqa: PLC0415  the whole service: seconds

    with embedded(settings) as (base, send):
        yield Client(base, send)


def _service_url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(
            says=f"{url!r} is not the URL of a service.",
            fix="Write it as https://canary.example.com in --url or CANARY_URL.",
        )
    if parts.scheme == "http" and not _is_here(parts.hostname):
        note(f"warning: the key and all answers go unencrypted to {parts.netloc}; use https.")
    return url.strip().rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _key_in(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            says=f"The key file {path} cannot be read.", fix="Give a file with one API key."
        ) from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise BadInput(says=f"Others may read the key file {path}.", fix=f"Run `chmod 600 {path}`.")
    if not key or not key.isascii() or any(one.isspace() for one in key):
        raise BadInput(says=f"{path} does not hold one API key.", fix="Write only the key into it.")
    return key


def _answer(response: "httpx.Response", base: str) -> Document:
    try:
        document = response.json()
    except ValueError:
        document = None
    if response.is_success and isinstance(document, dict):
        return document
    if not isinstance(document, dict) or "code" not in document:
        raise CannotReach(
            says=f"What answers at {base} is not this service: HTTP {response.status_code}.",
            fix="Check --url or CANARY_URL, and proxies on the way.",
        )
    raise _error(response.status_code, document)


def _error(status: int, problem: Mapping[str, Any]) -> CanaryError:
    kind = _BY_CODE.get(problem["code"]) or _BY_STATUS.get(status, CanaryError)
    says = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
    fix = str(problem.get("fix") or "")
    if _DOCUMENT in fix:  # what helps a program is no help at a terminal
        fix = "Check what you named: the lists, such as `canary leaks`, show ids."
    return kind(says=says, fix=fix)
