"""What can be told of an endpoint's URL without a look-up, and what a failure is called."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import httpx
import pytest
from ssrfguard import BlockedURLError

from canary.alerts.endpoints import check_form
from canary.errors import BadInput
from canary.settings import Settings
from tests.world import NOON
from webhooks.outbound.destination import Answer, Destination, open_destination, retry_after_s, why


@contextmanager
def _destination(*, allow_private: bool = False) -> Iterator[Destination]:
    destination = Destination(allow_private=allow_private)
    try:
        yield destination
    finally:
        asyncio.run(destination.close())


@pytest.mark.parametrize(
    "url",
    [
        "https://alerts.example.com/canary",
        "HTTPS://alerts.example.com",
        "https://alerts.example.com:8443/a?token=1",
        "https://例子.example/canary",
        "https://93.184.215.14/canary",
    ],
)
def test_a_public_https_url_is_taken(url: str) -> None:
    with _destination() as destination:
        destination.check(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://alerts.example.com/", "starts with https://"),
        ("ftp://alerts.example.com/", "starts with https://"),
        ("alerts.example.com", "starts with https://"),
        ("https://", "names no host"),
        ("https:///canary", "names no host"),
        ("https://user:password@alerts.example.com/", "a user or a password"),
        ("https://@alerts.example.com/", "a user or a password"),
        ("https://alerts.example.com@127.0.0.1/", "a user or a password"),
        ("https://alerts.example.com/#here", "fragment"),
        ("https://alerts.example.com:0/", "port 0"),
        ("https://alerts.example.com:65536/", "cannot be read"),
        ("https://alerts.example.com:x/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://alerts.example.com\\@127.0.0.1/", "backslash"),
        ("https://alerts.example.com/a b", "spaces"),
        ("https://alerts.example.com/\n", "spaces"),
        ("https://alerts.example.com/" + "a" * 2000, "2000 characters"),
    ],
)
def test_a_url_that_is_no_endpoints_is_refused_in_words(url: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        check_form(url)
    assert "password@" not in refused.value.says


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://ⓁⓄⒸⒶⓁⒽⓄⓈⓉ/",
        "https://①②⑦.0.0.1/",
        "https://a.localhost/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://alerts.example.com:22/",
        "https://alerts.example.com:80/",
    ],
)
def test_a_url_that_leads_inside_is_refused_when_it_is_added(url: str) -> None:
    with _destination() as destination, pytest.raises(BadInput):
        destination.check(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://localhost/", "https://[::1]:443/", "http://10.0.0.1/"]
)
def test_the_development_setting_opens_http_and_private_addresses(url: str) -> None:
    with _destination(allow_private=True) as destination:
        destination.check(url)


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/", "ftp://127.0.0.1/", "http://u@127.0.0.1/", "http://0.0.0.0"],
)
def test_the_development_setting_does_not_open_everything(url: str) -> None:
    with _destination(allow_private=True) as destination, pytest.raises(BadInput):
        destination.check(url)


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (503, "120", 120.0),
        (429, " 7 ", 7.0),
        (429, "9" * 30, 7 * 24 * 3600.0),
        (503, "Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        (503, "Sun, 01 Mar 2026 12:01:00 -0000", 60.0),
        (503, "Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        (503, "soon", None),
        (503, "-5", None),
        (503, "٣", None),
        (503, "", None),
        (500, "120", None),
        (200, "120", None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(
    status: int, header: str, expected: float | None
) -> None:
    assert retry_after_s(Answer(status, b"", header), NOON) == expected


def _certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "long")
    error.verify_message = "self-signed certificate"
    return error


def _chained(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "No answer in time."),
        (httpx.ConnectTimeout("t"), "No answer in time."),
        (BlockedURLError("https://u:secret@h", "r"), "Refused: the URL leads to an address"),
        (_chained(httpx.ConnectError("c"), socket.gaierror(-2, "n")), "The name was not found."),
        (_chained(httpx.ConnectError("c"), ssl.SSLError(1, "x")), "The TLS handshake failed."),
        (
            _chained(httpx.ConnectError("c"), _certificate_error()),
            "The TLS certificate is not valid: self-signed certificate.",
        ),
        (httpx.ConnectError("https://secret"), "The connection could not be made."),
        (_chained(httpx.ReadError("r"), ConnectionResetError()), "The connection broke."),
        (httpx.RemoteProtocolError("p"), "The answer was not HTTP that we understand."),
        (httpx.InvalidURL("https://secret"), "The URL cannot be used."),
        (ConnectionRefusedError(111, "r"), "The connection could not be made."),
        (RuntimeError("secret"), "It could not be sent: RuntimeError."),
    ],
)
def test_a_failure_has_a_few_words_and_no_secret(error: Exception, words: str) -> None:
    assert why(error).startswith(words)
    assert "secret" not in why(error)


def test_a_cause_that_leads_back_to_itself_ends() -> None:
    first, second = ValueError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert why(first) == "It could not be sent: ValueError."


def test_the_bound_of_retry_after_is_a_week() -> None:
    far = Answer(503, b"", "Sun, 01 Mar 2099 12:00:00 GMT")
    assert retry_after_s(far, NOON) == timedelta(days=7).total_seconds()


@pytest.mark.parametrize("allowed", [False, True])
def test_the_settings_decide_whether_private_addresses_are_open(*, allowed: bool) -> None:
    destination = open_destination(Settings(allow_private_endpoints=allowed))
    try:
        with nullcontext() if allowed else pytest.raises(BadInput):
            destination.check("http://127.0.0.1:8080/")
    finally:
        asyncio.run(destination.close())
