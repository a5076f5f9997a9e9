"""Where alerts may go, and the guarded client that goes there and nowhere else.

A firm chooses its endpoint's URL, so the URL is hostile: it may lead to our own network, at once
or after a change of its name's addresses. The client resolves a name once, refuses it when any of
its addresses is not public, and connects to the address it looked at.
"""

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_network
from urllib.parse import urlsplit

import httpx
from ssrfguard import Policy, Resolver, SSRFGuardError
from ssrfguard.httpx import AsyncClient

from canary.alerts.deliveries import ANSWER_BYTES
from canary.alerts.endpoints import check_form
from canary.errors import BadInput
from canary.settings import Settings

TOTAL_S = 20.0
"""What one attempt may take, from the look-up of the name to the end of the answer."""
KEPT_ALIVE = 64
KEPT_ALIVE_S = 60.0
PUBLIC_PORTS = frozenset({443, *range(1024, 65536)})
"""Below 1024 only HTTPS's own: the other services there are never a receiver of alerts."""
EVERY_PORT = frozenset(range(1, 65536))
PRIVATE_NETWORKS = (
    ip_network("127.0.0.0/8"),
    ip_network("10.0.0.0/8"),
    ip_network("172.16.0.0/12"),
    ip_network("192.168.0.0/16"),
    ip_network("::1/128"),
    ip_network("fc00::/7"),
)
"""What the development setting opens; link-local, with the clouds' metadata, stays closed."""
RETRY_LATER = frozenset({429, 503})
MOST_RETRY_AFTER_S = 7 * 24 * 3600.0

_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
_LOCAL_NAME = re.compile(r"(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)\.?$")

_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (SSRFGuardError, "Refused: the URL leads to an address that alerts may not go to."),
    (socket.gaierror, "The name was not found."),
    (ssl.SSLError, "The TLS handshake failed."),
    (TimeoutError, "No answer in time."),
    (httpx.TimeoutException, "No answer in time."),
    (httpx.ConnectError, "The connection could not be made."),
    (httpx.NetworkError, "The connection broke."),
    (httpx.ProtocolError, "The answer was not HTTP that we understand."),
    (httpx.InvalidURL, "The URL cannot be used."),
    (OSError, "The connection could not be made."),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; the body is cut."""

    status_code: int
    body: bytes
    retry_after: str = ""
    """The header, as it came."""


class Destination:
    """The one way out for alerts."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        total_s: float = TOTAL_S,
        resolver: Resolver | None = None,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Open a pool of connections.

        Args:
            allow_private: development only: http, and loopback and private addresses too.
            total_s: what one attempt may take in all.
            resolver: in place of ``socket.getaddrinfo``.
            trusted: whose certificates count, in place of the public authorities'.
        """
        self.total_s = total_s
        self._allow_private = allow_private
        self._policy = policy_of(allow_private=allow_private)
        self._client = AsyncClient(
            policy=self._policy,
            resolver=resolver,
            verify=trusted or httpx.create_ssl_context(),
            trust_env=False,  # neither a proxy nor a netrc between us and the receiver
            follow_redirects=False,
            timeout=total_s,
            limits=httpx.Limits(
                max_connections=None,  # how many attempts are under way is the courier's to say
                max_keepalive_connections=KEPT_ALIVE,
                keepalive_expiry=KEPT_ALIVE_S,
            ),
            # One receiver's cookie must not reach another: none is kept.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def check(self, url: str) -> None:
        """Do nothing when alerts may go to the URL, as far as can be told without looking it up.

        Raises:
            BadInput: they may not.
        """
        check_form(url, allow_http=self._allow_private)
        host = (urlsplit(url).hostname or "").lower()
        if not self._allow_private and _is_local_name(host):
            raise BadInput(
                says=f"{host} is not the public name of a receiver.",
                fix="Give a URL that is reached from the public internet.",
            )
        try:
            self._policy.check_url(url)
        except SSRFGuardError:
            raise BadInput(
                says="The endpoint's URL leads to an address or port that alerts may not go to.",
                fix="Give a public https URL on port 443, or on one from 1024.",
            ) from None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Post once and return the answer, of which no more than 2 KiB is read.

        A receiver that has sent its status has answered, even if the rest of it never comes.

        Raises:
            Exception: it did not answer; ``why`` says it in words.
        """
        sent = {**headers, "accept": "*/*", "accept-encoding": "identity"}
        started = asyncio.get_running_loop().time()
        async with asyncio.timeout(self.total_s):
            request = self._client.build_request("POST", url, content=body, headers=sent)
            response = await self._client.send(request, stream=True)
        try:
            left_s = self.total_s - (asyncio.get_running_loop().time() - started)
            answer = await _first_bytes(response, left_s)
        finally:
            await response.aclose()
        return Answer(response.status_code, answer, response.headers.get("retry-after", ""))

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def open_destination(settings: Settings) -> Destination:
    """Return the way out that the settings allow."""
    return Destination(allow_private=settings.allow_private_endpoints)


def policy_of(*, allow_private: bool) -> Policy:
    """Return what may be reached."""
    if allow_private:
        return Policy(allowed_ports=EVERY_PORT, allowed_networks=PRIVATE_NETWORKS)
    return Policy(allowed_schemes=frozenset({"https"}), allowed_ports=PUBLIC_PORTS)


def why(error: BaseException) -> str:
    """Return in a few words why an attempt had no answer: no address, no secret, no traceback."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The TLS certificate is not valid: {cause.verify_message.rstrip('.')}."
    for kind, words in _FAILURES:
        if any(isinstance(cause, kind) for cause in _causes(error)):
            return words
    return f"It could not be sent: {type(error).__name__}."


def retry_after_s(answer: Answer, now: datetime) -> float | None:
    """Return how long the receiver asks us to wait, None when it does not or not readably."""
    asked = answer.retry_after.strip()
    if answer.status_code not in RETRY_LATER or not asked:
        return None
    if asked.isascii() and asked.isdigit():
        return min(float(asked[:12]), MOST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(wait_s, 0.0), MOST_RETRY_AFTER_S)


async def _first_bytes(response: httpx.Response, left_s: float) -> bytes:
    # The raw bytes: unpacking what a stranger has compressed could fill the memory.
    answer = bytearray()
    try:
        async with asyncio.timeout(left_s):
            async for chunk in response.aiter_raw():
                answer += chunk[: ANSWER_BYTES - len(answer)]
                if len(answer) >= ANSWER_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # the status is what counts
    return bytes(answer)


def _is_local_name(host: str) -> bool:
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        return False  # a literal address, or something written like one: the policy decides
    return "." not in host.rstrip(".") or bool(
        _ENDS_IN_NUMBER.search(host) or _LOCAL_NAME.search(host)
    )


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain
