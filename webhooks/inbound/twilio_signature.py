"""Twilio's request signature, checked by our own few lines because it is the hottest path there is.

https://www.twilio.com/docs/usage/security#validating-requests: base64 of HMAC-SHA1 under the
account's auth token over the URL followed by the sorted form parameters, keys and values run
together. A test compares this with twilio's own validator on the published vectors and on
generated requests, so that the two cannot drift apart unnoticed. Pure: no I/O.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, urlsplit

ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
DEFAULT_PORTS = {"https": 443, "http": 80}


def algorithm_of(settings: str | None) -> str:
    """Return the algorithm named in ``X-Twilio-Webhooks-Signature-Settings``, SHA-1 if none is."""
    for part in (settings or "").split(","):
        name, separator, value = part.partition("=")
        if separator and name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def is_signed_form(
    token: bytes,
    url: str,
    pairs: Sequence[tuple[str, str]],
    signature: str,
    algorithm: str = "HMAC_SHA1",
) -> bool:
    """Tell whether a form post to ``url`` carries the signature of the holder of ``token``.

    Args:
        token: the account's auth token.
        url: the public URL that Twilio called, with its query and without its fragment.
        pairs: the form's decoded pairs; repeats and order do not count.
        signature: the ``X-Twilio-Signature`` header.
        algorithm: ``HMAC_SHA1`` or ``HMAC_SHA256``; any other is refused.
    """
    return _is_signed(
        token, url, "".join(k + v for k, v in sorted(set(pairs))), signature, algorithm
    )


def is_signed_body(
    token: bytes, url: str, body: bytes, signature: str, algorithm: str = "HMAC_SHA1"
) -> bool:
    """Tell the same of a post that is no form: the URL's ``bodySHA256`` vouches for its body."""
    claimed = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    same = hmac.compare_digest(claimed.encode(), hashlib.sha256(body).hexdigest().encode())
    return same and _is_signed(token, url, "", signature, algorithm)


def _is_signed(token: bytes, url: str, params: str, signature: str, algorithm: str) -> bool:
    digest = ALGORITHMS.get(algorithm)
    given = signature.encode("utf-8", "surrogateescape")
    if digest is None:
        return False
    for spelling in url_spellings(url):
        text = (spelling + params).encode("utf-8", "surrogatepass")
        if hmac.compare_digest(base64.b64encode(hmac.digest(token, text, digest)), given):
            return True
    return False


@lru_cache(maxsize=64)
def url_spellings(url: str) -> tuple[str, ...]:
    """Return the URL without and with its port: Twilio signs either."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host if host.endswith("]") else host.rpartition(":")[0] or host
    if _port(parts) is None:
        port = DEFAULT_PORTS.get(parts.scheme, 80)
        return url, _with_host(url, parts.netloc, f"{parts.netloc}:{port}")
    return _with_host(url, parts.netloc, parts.netloc.removesuffix(host) + bare), url


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:  # not a number, or out of range: leave the URL as it is
        return None


def _with_host(url: str, netloc: str, other: str) -> str:
    return url.replace(f"//{netloc}", f"//{other}", 1)
