"""The service for uvicorn: the socket, and the app as each of its processes makes it."""

import errno
import logging
import os
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Self

from canary.errors import BadInput, CanaryError, CannotReach
from canary.settings import Settings, read_settings
from cli.working import ENDS_WITH_INPUT

if TYPE_CHECKING:
    from starlette.types import ASGIApp

BACKLOG = 2048
GRACE_S = 20
WORKER_ENDS_S = 10
AGAIN_AFTER_S = 1.0

_log = logging.getLogger(__name__)


def make_app() -> "ASGIApp":
    """Return the app on what the environment's settings name, in this process."""
    from webhooks.app import create_app  # noqa: PLC0415
    from webhooks.world import open_world  # noqa: PLC0415

    return create_app(open_world(read_settings()), worker=False)


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
    except (socket.gaierror, UnicodeError):
        raise _no_address(host) from None
    except OSError as wrong:
        if wrong.errno == errno.EADDRNOTAVAIL:
            raise _no_address(host) from None
        why = os.strerror(wrong.errno) if wrong.errno else str(wrong)
        raise CanaryError(
            says=f"Cannot listen on {host}:{port}: {why}.", fix="Take another --port."
        ) from None


def _no_address(host: str) -> BadInput:
    return BadInput(
        says=f"{host!r} is no address of this machine.",
        fix="Give --host one of its addresses: 127.0.0.1, or 0.0.0.0 for all of them.",
    )


class WorkerBeside:
    """A worker in a process of its own, as long as the block lasts and whoever kills it.

    Weighing evidence takes the interpreter for itself for tens of milliseconds; in the service's
    own process every contact that came in meanwhile would wait. Its input is a pipe that closes
    when this process ends, however it ends.
    """

    def __init__(self) -> None:
        """Start nothing before the block is entered."""
        self._ending = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def __enter__(self) -> Self:
        """Start the worker."""
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the worker finish what it does, and end it if that takes too long."""
        self._ending.set()
        if self._running is not None and self._running.stdin is not None:
            self._running.stdin.close()
        self._keeper.join(WORKER_ENDS_S)
        if self._running is not None:
            self._running.kill()

    def _keep(self) -> None:
        while not self._ending.is_set():
            self._running = subprocess.Popen(
                [sys.executable, "-m", "cli", "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env={"OPENBLAS_NUM_THREADS": "1", **os.environ, ENDS_WITH_INPUT: "1"},
            )
            if self._ending.is_set() and self._running.stdin is not None:
                self._running.stdin.close()
            status = self._running.wait()
            if not self._ending.wait(AGAIN_AFTER_S):
                _log.warning("the worker ended with status %s and is started again", status)


def serve_on(sock: socket.socket, workers: int, *, with_worker: bool) -> None:
    """Serve until the process is told to end.

    Raises:
        CannotReach: a process of the service did not start.
    """
    with WorkerBeside() if with_worker else nullcontext():
        _serve_on(sock, workers)


def _serve_on(sock: socket.socket, workers: int) -> None:
    import uvicorn  # noqa: PLC0415
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    config = uvicorn.Config(
        "cli.serving:make_app",
        factory=True,
        workers=workers,
        loop="auto",  # uvloop where there is one
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        proxy_headers=False,  # who says where a request came from is never believed
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
