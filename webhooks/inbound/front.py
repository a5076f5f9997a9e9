"""The carriers' front: a small ASGI app before the rest, because most of the traffic is theirs.

It reads the body, has the carrier's module verify and parse it, waits for the intake and answers.
Nothing touches the database before the signature was checked.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from canary.contacts.record import Inbound
from canary.errors import CanaryError, CannotReach

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Record = Callable[[Inbound], Awaitable[None]]

MAX_BODY = 256 * 1024
TELL_EVERY_S = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """One request of a carrier; header names are lower case, the query is raw."""

    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the carrier is told; ``content_type`` is left out when there is no body."""

    status: int
    body: bytes = b""
    content_type: bytes = b"text/plain; charset=utf-8"


class Route(Protocol):
    """One URL of one carrier."""

    @property
    def method(self) -> str:
        """The HTTP method that is served."""

    def read(self, post: Post) -> tuple[Sequence[Inbound], Answer]:
        """Verify and parse, without I/O: contacts to record, and the answer once they are.

        Raises:
            CanaryError: with the status to answer, 403 or 400; nothing is recorded.
        """


@dataclass
class Refusals:
    """How many posts were refused; the log tells of them at most once a minute."""

    count: int = 0
    untold: int = 0
    told_at_s: float = -TELL_EVERY_S

    def add(self, path: str, says: str) -> None:
        """Count one more. ``says`` holds nothing of what was posted."""
        self.count += 1
        self.untold += 1
        now_s = time.monotonic()
        if now_s - self.told_at_s >= TELL_EVERY_S:
            _log.warning("%s posts refused, the last at %s: %s", self.untold, path, says)
            self.untold, self.told_at_s = 0, now_s


@dataclass(frozen=True, slots=True)
class CarrierFront:
    """Serves the carriers' routes and hands every other request on to ``rest``."""

    rest: ASGIApp
    routes: Mapping[str, Route]
    record: Record
    refusals: Refusals = field(default_factory=Refusals)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        route = self.routes.get(scope["path"]) if scope["type"] == "http" else None
        if route is None or scope["method"] != route.method:
            await self.rest(scope, receive, send)
            return
        answer = await self._answer(route, scope, receive)
        headers = [(b"content-length", b"%d" % len(answer.body))]
        if answer.body:
            headers.append((b"content-type", answer.content_type))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, route: Route, scope: Scope, receive: Receive) -> Answer:
        body = await _body(receive)
        if body is None:
            return Answer(400, b"The body is larger than 256 KiB or was cut off.")
        post = Post(scope["query_string"], dict(scope["headers"]), body)
        try:
            contacts, answer = route.read(post)
            for contact in contacts:
                await self.record(contact)
        except CannotReach as later:
            self.refusals.add(scope["path"], later.says)
            return Answer(later.status, later.says.encode())
        except CanaryError as wrong:
            self.refusals.add(scope["path"], f"{wrong.says} {wrong.fix}".strip())
            return Answer(wrong.status, wrong.says.encode())
        return answer


async def _body(receive: Receive) -> bytes | None:
    first = await receive()
    body: bytes = first.get("body", b"")
    if first["type"] == "http.request" and not first.get("more_body"):
        return body if len(body) <= MAX_BODY else None
    parts, size, message = [body], len(body), first
    while message["type"] == "http.request" and message.get("more_body") and size <= MAX_BODY:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
    whole = message["type"] == "http.request" and size <= MAX_BODY
    return b"".join(parts) if whole else None
