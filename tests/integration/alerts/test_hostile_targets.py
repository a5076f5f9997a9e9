"""Targets that lead inside: none of them is reached, whatever was stored and however it is written.

Each goes through the client itself, past the check made when an endpoint is added, against a
listener that counts every connection.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.alerts.receivers import Reply, receiver
from webhooks.outbound.destination import Destination, why

PUBLIC = "93.184.215.14"
Answers = Iterable[tuple[int, int, int, str, tuple[str, int]]]


class Listener:
    """Counts the connections made to a port of the loopback."""

    def __init__(self) -> None:
        """Listen."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.02)
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def close(self) -> None:
        """Count what has come and listen no longer."""
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _count(self) -> None:
        while True:
            try:
                self._socket.accept()[0].close()
                self.connections += 1
            except TimeoutError:
                if self._closing.is_set():
                    return


class Names:
    """Answers look-ups with the next of its answers, the last one for ever, and counts them."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        """Give each look-up one tuple of addresses."""
        self._answers = list(answers)
        self.asked = 0

    def __call__(self, _host: str, port: int, *_rest: object) -> Answers:
        """Stand in for ``socket.getaddrinfo``."""
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in answer
        ]


@contextmanager
def _listener() -> Iterator[Listener]:
    listener = Listener()
    try:
        yield listener
    finally:
        listener.close()


async def _posts(destination: Destination, url: str, times: int = 1) -> list[str]:
    failures = []
    for _ in range(times):
        try:
            await destination.post(url, {}, b"{}")
        except Exception as failed:  # noqa: BLE001  whatever it is, it is shown in words
            failures.append(why(failed))
    await destination.close()
    return failures


def _failures(destination: Destination, url: str, times: int = 1) -> list[str]:
    return asyncio.run(_posts(destination, url, times))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "0.0.0.0",  # noqa: S104  a target, not a place to listen
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "localhost",
        "LOCALHOST.",
        "①②⑦.0.0.1",
        "user:password@127.0.0.1",
        "alerts.example.com@127.0.0.1",
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_target_written_to_lead_inside_is_not_reached(host: str, scheme: str) -> None:
    with _listener() as listener:
        url = f"{scheme}://{host}:{listener.port}/"
        (failure,) = _failures(Destination(total_s=3), url)
    assert listener.connections == 0
    assert failure.startswith(("Refused", "The name was not found", "The URL cannot be used"))


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.0.0.5",),
        ("169.254.169.254",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("fd00:ec2::254",),
        (PUBLIC, "127.0.0.1"),
        ("127.0.0.1", PUBLIC),
    ],
    ids="|".join,
)
def test_a_name_with_any_address_inside_is_not_reached(addresses: tuple[str, ...]) -> None:
    names = Names(addresses)
    with _listener() as listener:
        url = f"https://alerts.example.com:{listener.port}/"
        failures = _failures(Destination(total_s=3, resolver=names), url)
    assert listener.connections == 0
    assert failures == ["Refused: the URL leads to an address that alerts may not go to."]


def test_a_name_that_moves_inside_after_it_was_looked_at_is_not_reached() -> None:
    names = Names((PUBLIC,), ("127.0.0.1",))
    with _listener() as listener:
        url = f"https://alerts.example.com:{listener.port}/"
        failures = _failures(Destination(total_s=3, resolver=names), url, times=2)
    assert names.asked == 2  # once an attempt: nothing is looked up behind the guard's back
    assert listener.connections == 0
    assert not failures[0].startswith("Refused")
    assert failures[1].startswith("Refused")


def test_the_development_setting_reaches_the_loopback_but_not_the_metadata() -> None:
    with receiver() as target:
        assert _failures(Destination(allow_private=True), target.url) == []
        assert len(target.received) == 1
    names = Names(("169.254.169.254",))
    (failure,) = _failures(Destination(allow_private=True, resolver=names), "http://a.example/")
    assert failure.startswith("Refused")


def test_a_redirect_inside_is_not_followed() -> None:
    with _listener() as listener:
        inside = f"http://127.0.0.1:{listener.port}/"
        with receiver(Reply(302, headers={"location": inside})) as target:
            assert _failures(Destination(allow_private=True), target.url) == []
        assert len(target.received) == 1
    assert listener.connections == 0


def test_a_redirect_to_nonsense_fails_in_words() -> None:
    with receiver(Reply(302, headers={"location": "https://alerts.example.com:abc/"})) as target:
        (failure,) = _failures(Destination(allow_private=True), target.url)
    assert failure == "The answer was not HTTP that we understand."


def test_no_proxy_of_the_environment_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listener() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with receiver() as target:
            assert _failures(Destination(allow_private=True), target.url) == []
            assert len(target.received) == 1
    assert proxy.connections == 0


def _certificate(place: Path) -> Path:
    """Make a certificate for 127.0.0.1 that signs itself; return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = place / "receiver.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    file = _certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    vouched = ssl.create_default_context(cafile=str(file))
    with receiver(trusted=serving) as target:
        (failure,) = _failures(Destination(allow_private=True, total_s=3), target.url)
        assert failure == "The TLS certificate is not valid: self-signed certificate."
        assert target.received == []
        assert _failures(Destination(allow_private=True, trusted=vouched), target.url) == []
        assert len(target.received) == 1
        assert target.url.startswith("https://127.0.0.1")
        elsewhere = target.url.replace("127.0.0.1", "localhost")
        other = Destination(allow_private=True, trusted=vouched)
        assert _failures(other, elsewhere)[0].startswith("The TLS certificate is not valid")
