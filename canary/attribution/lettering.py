"""Texts made comparable: case, width, accents, spacing and invisible signs do not count."""

import re
import unicodedata

CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
"""Letters that are written without spaces, as inside a character class."""
LONGEST = 2_000
"""How many characters of a text are read; no message carries more."""

_CJK_RUN = re.compile(f"[{CJK}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile("['\u2019\u02bc`](?:[sS](?!\\w))?")
_INNER = re.compile(r"(?<=\w)[.\-\u2010-\u2015_\u00b7](?=\w)|_")
_SHORTENED = re.compile(r"(?<!\w)(\w|mrs?|ms|dr|prof|mx)\.(?=\s|$)", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w\s,]+")


def plain(text: str) -> str:
    """Return ``text`` in usual widths, without accents and invisible signs; case is kept."""
    text = text[:LONGEST]
    if text.isascii():
        return text
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", visible))
    return unicodedata.normalize("NFC", bare)


def spaced(text: str) -> str:
    """Return the words of a plain text, each with one space on either side.

    A comma is a word, any other sign is the word ``|``; hyphens and dots inside words divide them,
    apostrophes vanish. What is written without spaces is one word up to the next sign.
    """
    words = _CJK_RUN.sub(r" \g<0> ", _POSSESSIVE.sub("", text))
    words = _SHORTENED.sub(r"\1 ", _INNER.sub(" ", words))
    words = _SIGNS.sub(" | ", words.replace(",", " , "))
    return f" {' '.join(words.split())} "


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name as they stand in the words of a text."""
    return tuple(spaced(plain(name).casefold()).split())


def is_solid(name: str) -> bool:
    """Tell whether a name is in letters that are written without spaces."""
    return _CJK_RUN.search(name) is not None
