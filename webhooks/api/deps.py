"""What a route may ask for: who asks, a session to read or to write in, and a page.

Who asks is settled before anything else is looked at, the body and the route's own parameters
included, so that nobody learns anything without a key.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive
from typing_extensions import override

from canary.firms.access import IN_PROCESS, Principal, Right, authenticate
from canary.paging import MAX_PAGE, Ask
from webhooks.api import once
from webhooks.world import World

_PRINCIPAL = "canary.principal"
MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request; five thousand rows of an import are under one million."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the application's routes work with, kept in the application's state."""

    world: World
    check_url: Callable[[str], None]
    """Refuses an endpoint's URL that may not be told anything."""
    in_process_key: str | None = field(default=None, repr=False)


def stage_of(request: Request) -> Stage:
    """Return what the application that got this request works with."""
    stage: Stage = request.app.state.stage
    return stage


def principal_of(request: Request) -> Principal:
    """Return who shows the key in ``Authorization: Bearer``.

    Raises:
        NotAuthenticated: there is no key, or it is unknown or revoked.
    """
    stage = stage_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    presented = key.strip() if scheme.lower() == "bearer" else ""
    ours = stage.in_process_key
    if ours and compare_digest(ours.encode(), presented.encode()):
        return IN_PROCESS
    with stage.world.database.read() as session:
        return authenticate(session, presented)


class KeyedRoute(APIRoute):
    """A route that looks at the key before it reads the body."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_if_known(request: Request) -> Response:
            request.scope[_PRINCIPAL] = await run_in_threadpool(principal_of, request)
            response = await answer(Request(request.scope, _bounded(request.receive)))
            response.headers["Cache-Control"] = "no-store"  # keys and decoys are for nobody else
            return response

        return answer_if_known


def _bounded(receive: Receive) -> Receive:
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
        return message

    return receive_some


def needs(right: Right) -> Any:  # noqa: ANN401  FastAPI's Depends is typed so
    """Return the dependency that lets nobody through without ``right``."""

    def require(request: Request) -> None:
        _who(request).require(right)

    require.__name__ = f"needs_{right}"
    return Depends(require)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading session and on whose behalf it reads."""

    world: World
    session: Session
    who: Principal


@dataclass(frozen=True, slots=True)
class Writing:
    """A writing session, on whose behalf it writes, at what time, and the promise to do it once."""

    world: World
    session: Session
    who: Principal
    now: datetime
    check_url: Callable[[str], None]
    wish: once.Wish | None

    def once(self, make: Callable[[], BaseModel], status: int = 200) -> Response:
        """Answer with what ``make`` returns; the same idempotency key gets the same answer."""
        return once.answer(self.session, self.world.vault, self.wish, make, (status, self.now))


def _who(request: Request) -> Principal:
    who: Principal = request.scope[_PRINCIPAL]
    return who


def _open_reading(request: Request) -> Iterator[Reading]:
    world = stage_of(request).world
    with world.database.read() as session:
        yield Reading(world, session, _who(request))


async def _wish(request: Request) -> once.Wish | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    asked = f"{request.method} {request.scope['path']}\n".encode() + _canonical(
        await request.body()
    )
    return once.Wish(once.parse_key(key), _who(request).key_id, hashlib.sha256(asked).digest())


def _canonical(body: bytes) -> bytes:
    """Return JSON written one way, so that spacing and the order of keys make no other request."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body


def _open_writing(
    request: Request, wish: Annotated[once.Wish | None, Depends(_wish)]
) -> Iterator[Writing]:
    stage = stage_of(request)
    world = stage.world
    with world.database.write() as session:
        now = world.clock.now()
        yield Writing(world, session, _who(request), now, stage.check_url, wish)


def _asked_page(
    after: Annotated[
        str | None, Query(max_length=64, description="`next` of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Ask:
    return Ask(after, limit)


# With scope="function" the session is committed or rolled back before the answer is sent.
Reads = Annotated[Reading, Depends(_open_reading, scope="function")]
Writes = Annotated[Writing, Depends(_open_writing, scope="function")]
Asked = Annotated[Ask, Depends(_asked_page)]
