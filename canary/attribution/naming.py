"""Whom a message's words name: the decoy's persona, part of its name, or nobody we know."""

import re
import unicodedata
from collections.abc import Mapping

from canary.attribution.model import Naming

CHINESE_TITLES = ("先生", "女士", "小姐", "太太", "老师", "同学", "家长", "总")
TITLES = r"(?:mr|mrs|ms|miss|mister|madam|dr|prof|professor|sir)"
MIN_GIVEN_NAME = 3
"""Shorter given names are words too often to count when they stand alone."""


def naming(text: str | None, persona: Mapping[str, str]) -> Naming:
    """Tell how ``text`` names the persona (keys ``name``, ``given_name``, ``family_name``).

    Returns:
        FULL for the whole name in either order, PART for a given name or a titled family name,
        NONE otherwise. Case, width and spacing do not count.
    """
    if not text:
        return Naming.NONE
    given, family = _folded(persona["given_name"]), _folded(persona["family_name"])
    words = _folded(text)
    if _is_chinese(family):
        return _chinese(words.replace(" ", ""), given, family)
    return _spaced(words, given, family)


def _chinese(words: str, given: str, family: str) -> Naming:
    if family + given in words:
        return Naming.FULL
    titled = any(family + title in words for title in CHINESE_TITLES)
    return Naming.PART if titled else Naming.NONE


def _spaced(words: str, given: str, family: str) -> Naming:
    first, last = re.escape(given), re.escape(family)
    full = rf"\b{first}\s+(?:\w+\.?\s+)?{last}\b|\b{last}\s*,\s*{first}\b|\b{last}\s+{first}\b"
    if re.search(full, words):
        return Naming.FULL
    titled = rf"\b{TITLES}\.?\s+{last}\b"
    alone = rf"\b{first}\b" if len(given) >= MIN_GIVEN_NAME else titled
    return Naming.PART if re.search(rf"{titled}|{alone}", words) else Naming.NONE


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_chinese(name: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in name)
