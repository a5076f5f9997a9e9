"""A running service: the real app behind a real server on loopback, and clients with keys."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from canary.firms.access import issue_key
from canary.tables import Scope
from tests.story import Stage
from webhooks.world import World

Document = Any
"""Whatever JSON an answer holds."""
PROBLEM = "application/problem+json"


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()  # slow to make, and nothing here needs more than one


class Running:
    """One running service with its world, and a stage to set facts in it."""

    def __init__(self, base: str, world: World, stage: Stage) -> None:
        """Talk to the service at ``base``."""
        self.base = base
        self.world = world
        self.stage = stage
        self._clients: list[httpx.Client] = []

    def key(self, scope: Scope, firm_id: str | None = None) -> str:
        """Issue a key."""
        with self.world.database.write() as session:
            return issue_key(session, scope, firm_id, self.world.clock.now())

    def client(self, key: str | None) -> httpx.Client:
        """Return a client that shows ``key``."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=self.base, headers=headers, timeout=60, verify=_trusted())
        self._clients.append(client)
        return client

    def operator(self) -> httpx.Client:
        """Return a client of the operator."""
        return self.client(self.key(Scope.OPERATOR))

    def firm(self, firm_id: str) -> httpx.Client:
        """Return a client of a firm."""
        return self.client(self.key(Scope.FIRM, firm_id))

    def investigator(self) -> httpx.Client:
        """Return a client of an investigator."""
        return self.client(self.key(Scope.INVESTIGATOR))

    def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            client.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve ``app`` on a free port of loopback and yield its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def made(response: httpx.Response, status: int = 201) -> Document:
    """Return the answer to a request that went well."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def shown(response: httpx.Response) -> Document:
    """Return the answer to a request that reads."""
    return made(response, 200)


def refused(response: httpx.Response, status: int, code: str) -> Document:
    """Return the problem that a request was answered with."""
    assert response.headers["content-type"] == PROBLEM, response.text
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert problem["status"] == status
    assert problem["type"] == f"urn:canary:problem:{code}"
    assert {"title", "detail", "fix"} <= problem.keys()
    return problem
