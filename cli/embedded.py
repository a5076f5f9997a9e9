"""The service inside this process, on the home's own database, for commands without a URL."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canary.settings import Settings
from webhooks.app import create_app
from webhooks.world import open_world

BASE = "http://in-process"


@contextmanager
def embedded(
    settings: Settings,
) -> Iterator[tuple[str, Callable[[httpx.Request], httpx.Response]]]:
    """Start the app without a worker and yield its base URL and how to send to it.

    The app gets a key that exists only in this process: whoever may read the home is the operator.
    """
    key = secrets.token_urlsafe(32)
    world = open_world(settings)
    app = create_app(world, worker=False, in_process_key=key)
    with closing(world.database), asyncio.Runner() as runner:
        lifespan = _Lifespan(app)
        runner.run(lifespan.start())
        transport = httpx.ASGITransport(app)

        def send(request: httpx.Request) -> httpx.Response:
            request.headers["Authorization"] = f"Bearer {key}"
            return runner.run(_sent(transport, request))

        try:
            yield BASE, send
        finally:
            runner.run(lifespan.stop())


class _Lifespan:
    """The app's lifespan: one task that is told to start and, at the end, to stop."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._told = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._task = asyncio.create_task(_run(self._app, scope, self._receive, self._send))
        started = asyncio.create_task(self._started.wait())
        await asyncio.wait({self._task, started}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            started.cancel()
            self._task.result()

    async def stop(self) -> None:
        self._stopped.set()
        if self._task is not None:
            await self._task

    async def _receive(self) -> Message:
        self._told += 1
        if self._told == 1:
            return {"type": "lifespan.startup"}
        await self._stopped.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._started.set()


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def _sent(transport: httpx.ASGITransport, request: httpx.Request) -> httpx.Response:
    response = await transport.handle_async_request(request)
    await response.aread()
    return response
