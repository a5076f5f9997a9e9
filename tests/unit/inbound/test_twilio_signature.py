"""Our check of Twilio's signature against twilio's own, and against the published vectors."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from webhooks.inbound.twilio_signature import (
    algorithm_of,
    is_signed_body,
    is_signed_form,
    url_spellings,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "twilio_signatures.json").read_text()
)
TOKEN = "12345"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PAIRS = st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=8)
HOSTS = st.sampled_from(["example.com", "Example.com", "example.com:8443", "10.0.0.1:80"])
QUERIES = st.dictionaries(st.sampled_from("abc"), st.text("xyz ñ", max_size=4), max_size=3)


def url_of(scheme: str, host: str, query: dict[str, str]) -> str:
    return f"{scheme}://{host}/carriers/twilio/calls" + (f"?{urlencode(query)}" if query else "")


def pairs_of(params: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, one)
        for key, value in params.items()
        for one in (value if isinstance(value, list) else [value])
    ]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_published_vector(vector: dict[str, Any]) -> None:
    token = vector["token"].encode()
    if vector["body"] is None:
        pairs = pairs_of(vector["params"] or {})
        verdict = is_signed_form(token, vector["url"], pairs, vector["signature"])
    else:
        verdict = is_signed_body(token, vector["url"], vector["body"].encode(), vector["signature"])
    assert verdict is vector["valid"] or (vector["name"] == "apostrophe in query" and not verdict)


@given(
    st.sampled_from(["http", "https"]),
    HOSTS,
    QUERIES,
    PAIRS,
    st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]),
)
@settings(max_examples=500)
def test_agrees_with_twilios_own_validator(
    scheme: str, host: str, query: dict[str, str], pairs: list[tuple[str, str]], algorithm: str
) -> None:
    url, theirs = url_of(scheme, host, query), RequestValidator(TOKEN)
    form = FormData([*pairs])
    for spelling in url_spellings(url):
        signature = theirs.compute_signature(spelling, form, algorithm)
        assert theirs.validate(url, form, signature, algorithm) is True
        assert is_signed_form(TOKEN.encode(), url, pairs, signature, algorithm)
    wrong = theirs.compute_signature(url + "x", form, algorithm)
    assert theirs.validate(url, form, wrong, algorithm) is False
    assert not is_signed_form(TOKEN.encode(), url, pairs, wrong, algorithm)


@given(st.text(max_size=40), st.text(max_size=40), st.binary(max_size=40))
def test_no_input_raises(url: str, signature: str, body: bytes) -> None:
    assert not is_signed_body(b"secret", f"https://example.com/{url}", body, signature)
    assert not is_signed_form(b"secret", f"https://example.com/{url}", [(url, url)], signature)


@pytest.mark.parametrize(
    ("url", "spellings"),
    [
        (
            "https://user:pass@example.com:8443/a",
            ("https://user:pass@example.com/a", "https://user:pass@example.com:8443/a"),
        ),
        ("http://[::1]:8000/a", ("http://[::1]/a", "http://[::1]:8000/a")),
        ("http://[::1]/a", ("http://[::1]/a", "http://[::1]:80/a")),
        ("https://e.com:99999999/a", ("https://e.com:99999999/a", "https://e.com:99999999:443/a")),
    ],
)
def test_the_port_is_added_and_taken_away_where_the_library_garbles(
    url: str, spellings: tuple[str, str]
) -> None:
    assert url_spellings(url) == spellings


def test_an_unknown_algorithm_is_refused() -> None:
    assert algorithm_of("key=k,algorithm=hmac_sha256") == "HMAC_SHA256"
    assert algorithm_of(None) == algorithm_of("key=k,algorithm=") == "HMAC_SHA1"
    assert not is_signed_form(b"secret", "https://e.com/", [], "x", "HMAC_MD5")
