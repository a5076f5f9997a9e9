"""The demonstration's stage: the real service on loopback, and the firm that receives alerts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from typing_extensions import override

from canary.clock import ShiftedClock, chance
from canary.database import open_database
from canary.errors import CanaryError, CannotReach
from canary.firms.access import issue_key
from canary.schema import upgrade
from canary.settings import Settings
from canary.tables import Scope
from canary.vault import create_key_file

if TYPE_CHECKING:
    import httpx

    from cli.client import Client
    from webhooks.world import World

START_S = 20.0


class DemoSettings(Settings):
    """Settings that nothing outside the demonstration has a say in."""

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the environment out, and what it names."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class Received:
    """One alert as it came in: the raw body, its headers, and when."""

    body: bytes
    headers: dict[str, str]
    at: datetime


@dataclass(slots=True)
class Inbox:
    """The firm's own endpoint: keeps what it gets and wakes who waits for it."""

    url: str = ""
    alerts: list[Received] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Stage:
    """The running service, its moved clock, and the operator's way in."""

    url: str
    token: str
    clock: ShiftedClock
    client: "Client"
    http: "httpx.Client"
    inbox: Inbox

    def go_to(self, days_ago: float) -> None:
        """Set the service's clock that many days before now."""
        self.clock.offset = timedelta(days=-days_ago)


@contextmanager
def stage_in(home: Path) -> Iterator[Stage]:
    """Serve a new home on loopback until the block ends.

    Raises:
        CanaryError: the home is not empty, or the service does not start.
    """
    import httpx  # noqa: PLC0415

    from cli.client import Client  # noqa: PLC0415

    clock = ShiftedClock()
    with _listening() as (sock, url), _receiving() as inbox:
        world, key, token = _open(home, url, clock)
        with _serving(world, sock), httpx.Client(timeout=60, trust_env=False) as http:

            def send(request: httpx.Request) -> httpx.Response:
                request.headers["Authorization"] = f"Bearer {key}"
                return http.send(request)

            client = Client(url, send)
            client.ready()
            yield Stage(url, token, clock, client, http, inbox)


def _open(home: Path, url: str, clock: ShiftedClock) -> tuple["World", str, str]:
    from webhooks.world import open_world  # noqa: PLC0415

    token = chance().randbytes(16).hex()
    settings = DemoSettings(
        home=home,
        database_url=f"sqlite:///{home / 'canary.db'}",
        public_url=url,
        master_key_file=home / "master.key",
        twilio_auth_token=token,
        twilio_webhook_url="",
        allow_private_endpoints=True,
        email_domain="clients.example",
    )
    if not create_key_file(settings.key_file):
        raise CanaryError(says=f"There is a home in {home} already.", fix="Keep it elsewhere.")
    database = open_database(settings.database)
    upgrade(database)
    with database.write() as session:
        key = issue_key(session, Scope.OPERATOR, None, clock.now())
    database.close()
    return open_world(settings, clock), key, token


@contextmanager
def _listening() -> Iterator[tuple[socket.socket, str]]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock, f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextmanager
def _serving(world: "World", sock: socket.socket) -> Iterator[None]:
    import uvicorn  # noqa: PLC0415

    from webhooks.app import create_app  # noqa: PLC0415

    config = uvicorn.Config(create_app(world), log_level="warning", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    waited_until = time.monotonic() + START_S
    while not server.started and thread.is_alive() and time.monotonic() < waited_until:
        time.sleep(0.02)
    if not server.started:
        raise CannotReach(says="The service did not start.", fix="The log above says why.")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(START_S)
        world.database.close()


@contextmanager
def _receiving() -> Iterator[Inbox]:
    inbox = Inbox()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            inbox.alerts.append(Received(body, dict(self.headers.items()), datetime.now(UTC)))
            inbox.came.set()
            self.send_response(204)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    inbox.url = f"http://127.0.0.1:{server.server_port}/alerts"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
