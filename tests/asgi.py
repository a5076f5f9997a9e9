"""Speaking ASGI by hand, for requests that no well-behaved HTTP client would send."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message


def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "POST",
    query: bytes = b"",
    headers: Mapping[str, str | bytes] | None = None,
    body: bytes = b"",
) -> tuple[int, bytes]:
    """Send one request and return the answer's status and body."""
    sent: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [
            (name.lower().encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in (headers or {}).items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]  # a coroutine in fact
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
