"""The service for uvicorn: the socket, and the app as each of its processes makes it."""

import os
import socket
from typing import TYPE_CHECKING

from canary.errors import BadInput, CanaryError, CannotReach
from canary.settings import Settings, read_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

NO_WORKER = "CANARY_SERVE_NO_WORKER"
"""Tells the processes that uvicorn starts what the command line said."""
BACKLOG = 2048
GRACE_S = 20


def make_app() -> "ASGIApp":
    """Return the app on what the environment's settings name, in this process."""
    from webhooks.app import create_app  # noqa: PLC0415
    from webhooks.world import open_world  # noqa: PLC0415

    return create_app(open_world(read_settings()), worker=not os.environ.get(NO_WORKER))


def require_servable(settings: Settings, workers: int) -> None:
    """Do nothing when the service can be started with that many processes.

    Raises:
        BadInput: several processes were asked for on the embedded database.
        CanaryError: the key or the database cannot be used.
    """
    from webhooks.world import open_world  # noqa: PLC0415

    world = open_world(settings)
    single = world.database.is_sqlite
    world.database.close()
    if workers > 1 and single:
        raise BadInput(
            says="The embedded database has one writer: several processes would only wait for it.",
            fix="Serve with --workers 1, or set CANARY_DATABASE_URL to a PostgreSQL.",
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        BadInput: there is no such address here.
        CanaryError: the port is taken or may not be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise BadInput(says=f"{host!r} is no address of this machine.", fix="See --host.") from None
    except OSError as wrong:
        raise CanaryError(
            says=f"Cannot listen on {host}:{port}: {wrong.strerror}.", fix="Take another --port."
        ) from None


def serve_on(sock: socket.socket, workers: int, *, with_worker: bool) -> None:
    """Serve until the process is told to end.

    Raises:
        CannotReach: a process of the service did not start.
    """
    import uvicorn  # noqa: PLC0415
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    if not with_worker:
        os.environ[NO_WORKER] = "1"
    config = uvicorn.Config(
        "cli.serving:make_app",
        factory=True,
        workers=workers,
        loop="auto",  # uvloop where there is one
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = uvicorn.Server(config)
    if workers > 1:
        Multiprocess(config, sockets=[sock]).run()
        return
    server.run(sockets=[sock])
    if not server.started:
        raise CannotReach(says="The service did not start.", fix="The log above says why.")
