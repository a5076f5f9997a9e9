"""Real receivers of alerts: HTTP servers on the loopback that answer as they are told."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook
from typing_extensions import override


@dataclass
class Reply:
    """What the receiver answers; ``after`` is waited for first, ``drip`` never ends the body."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    after: threading.Event | None = None
    drip: bool = False


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: tuple[str, int]

    @property
    def alert_id(self) -> str:
        """The stable id."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:  # noqa: ANN401  JSON
        """Return the body, verified by the official library."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver(ThreadingHTTPServer):
    """Answers with its replies in turn, the last one for ever, and keeps what it received."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *replies: Reply, trusted: ssl.SSLContext | None = None) -> None:
        """Listen on a free port of the loopback."""
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.scheme = "http"
        if trusted is not None:
            self.scheme = "https"
            self.socket = trusted.wrap_socket(self.socket, server_side=True)
        self.replies = list(replies) or [Reply()]
        self.received: list[Received] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/alerts"

    def take(self, received: Received) -> Reply:
        """Keep what came and return what is answered."""
        with self._lock:
            self.received.append(received)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that break off are what is tested."""


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.take(Received(self.path, headers, body, self.client_address))
        if reply.after is not None:
            reply.after.wait(30)
        with suppress(OSError):
            self._answer(reply)

    def do_GET(self) -> None:
        self.server.take(Received(self.path, {}, b"", self.client_address))
        self._answer(Reply())

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = 10_000_000 if reply.drip else len(reply.body)
        self.send_header("content-length", str(length))
        self.end_headers()
        self.wfile.write(reply.body)
        while reply.drip and not self.server.closing.wait(0.05):
            self.wfile.write(b".")

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiver(*replies: Reply, trusted: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver until the block ends; what hangs is let go then."""
    server = Receiver(*replies, trusted=trusted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        for reply in server.replies:
            if reply.after is not None:
                reply.after.set()
        server.shutdown()
        thread.join()
        server.server_close()
