"""Callers as carriers name them: whom a caller identifies, and whom it does not."""

import re
import unicodedata

_NUMBER = re.compile(r"\+?[0-9]{7,15}\Z")
WITHHELD = frozenset(
    {
        "",
        "anonymous",
        "restricted",
        "unavailable",
        "unknown",
        "blocked",
        "private",
        "+266696687",  # ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE
        "+7378742833",  # spelt on a keypad: this is how Twilio passes a
        "+2562533",  # withheld caller on
        "+8656696",
        "+86282452253",
    }
)


def caller_of(raw: str | None) -> str | None:
    """Return the caller as written, without spaces, or None when it was withheld."""
    text = "".join((raw or "").split())
    return None if text.lower() in WITHHELD else text


def is_shared(caller: str | None) -> bool:
    """Tell whether many parties may use this caller: short codes and alphanumeric senders."""
    return caller is not None and _NUMBER.match(caller) is None


def content_key(body: str) -> str:
    """Return the text that makes two messages the same: case, spacing and width do not count."""
    folded = unicodedata.normalize("NFKC", body).casefold()
    return " ".join(folded.split())
