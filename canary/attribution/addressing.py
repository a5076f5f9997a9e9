"""Whom a text speaks to, as far as its greetings and titles tell; read once for all personas."""

import re
from dataclasses import dataclass
from functools import lru_cache

from canary.attribution.lettering import CJK, plain, spaced
from canary.attribution.spelling import alphanumeric
from canary.attribution.titles import (
    AFTER_NAME,
    AFTER_ZONG,
    BEFORE_NAME,
    COMPOUND_SURNAMES,
    GENERIC,
    GENERIC_SOLID,
    GREETINGS,
    NAMES_THAT_ARE_WORDS,
    SOLID_GREETINGS,
    SOLID_GREETINGS_AFTER,
    SOLID_TITLES,
    SURNAMES,
    TITLES,
    TITLES_AFTER,
    VAGUE_TITLES,
    known_names,
)

_NAME_WORDS = 4
"""How many words a name may have, or letters in Chinese."""
_ONE = f"[{CJK}]"
_SPACED_LETTER = re.compile(rf"[^\W\d_{CJK}]")
_EMAIL = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_TITLE = re.compile(rf"({'|'.join(SOLID_TITLES)})(?<!总(?=[{AFTER_ZONG}]))")
_HELLO_AFTER = re.compile("|".join(SOLID_GREETINGS_AFTER))
_HELLO = re.compile(rf"(?:尊敬的|亲爱的|您好|你好|嗨|喂|哈喽|\bhi|\bhello)[\s,!|]*({_ONE}+)")
_OPENING = re.compile(
    rf"\W*(?:[\[\u3010\u300c(][^\]\u3011\u300d)]*[\]\u3011\u300d)])?\W*"
    rf"(?:(?:尊敬的|亲爱的|您好|你好|请问您?是|hi|hello|嗨|喂)\W*)?"
    rf"(?:({_ONE}{{1,3}}?)\s?({'|'.join(SOLID_TITLES)})|({_ONE}{{2,4}}?)\s?"
    rf"({'|'.join(SOLID_GREETINGS_AFTER)}))"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read for names.

    ``shown`` and ``words`` are its spaced words, the latter in lower case and followed by the same
    without single letters, so that initials do not count. ``lines`` is the folded text with single
    spaces, ``solid`` the same without any. ``titled`` and ``greeted`` hold what may be a name
    beside a title or a greeting; ``alone`` those that a greeting ends with. ``addressee`` is who
    the text clearly speaks to, None when it speaks to anybody. ``has_latin`` says whether a word
    may be in Latin letters, or others that are written with spaces.
    """

    shown: str
    words: str
    lines: str
    solid: str
    alphanumeric: str
    has_latin: bool
    emails: frozenset[str]
    titled: frozenset[str]
    greeted: frozenset[str]
    alone: frozenset[str]
    addressee: tuple[str, ...] | None


@lru_cache(maxsize=2_048)
def read(text: str) -> Reading:
    """Read a text."""
    visible = plain(text)
    lines = " ".join(visible.casefold().split())
    emails = frozenset(_EMAIL.findall(lines)) if "@" in lines else frozenset()
    shown = spaced(_EMAIL.sub(" | ", visible) if emails else visible)
    words = shown.casefold().split()
    calls = _Calls()
    calls.hear(words)
    if not lines.isascii():
        calls.hear_solid(lines)
    return Reading(
        shown=shown,
        words=_with_and_without_initials(words),
        lines=lines,
        solid=lines.replace(" ", ""),
        alphanumeric=alphanumeric(_EMAIL.sub(" ", lines)),
        has_latin=_SPACED_LETTER.search(shown) is not None,
        emails=emails,
        titled=frozenset(calls.titled),
        greeted=frozenset(calls.greeted),
        alone=frozenset(calls.alone),
        addressee=_opening(lines) or _addressee(words, shown.split()),
    )


def _with_and_without_initials(words: list[str]) -> str:
    long = [word for word in words if len(word) > 1 or not word.isalpha()]
    whole = f" {' '.join(words)} "
    return whole if len(long) == len(words) else f"{whole}| {' '.join(long)} "


class _Calls:
    """What stands beside titles and greetings."""

    def __init__(self) -> None:
        self.titled: set[str] = set()
        self.greeted: set[str] = set()
        self.alone: set[str] = set()

    def hear(self, words: list[str]) -> None:
        """Note the names in spaced words."""
        for place, word in enumerate(words):
            if word in TITLES:
                self.titled.update(_following(words, place + 1))
            if word in TITLES_AFTER or word.startswith(SOLID_TITLES):
                self.titled.update(_preceding(words, place))
            if word.startswith(SOLID_GREETINGS_AFTER):
                self.greeted.update(_preceding(words, place))
                self.alone.update(_preceding(words, place))
            if word in GREETINGS or word.endswith(SOLID_GREETINGS):
                self._greet(words, place + 1)

    def _greet(self, words: list[str], start: int) -> None:
        comma = words[start : start + 1] == [","]
        start = _after_title(words, start + comma)
        names = _following(words, start)
        self.greeted.update(names)
        ends = [name for size, name in enumerate(names, 1) if _is_end(words, start + size)]
        if not comma:
            self.alone.update(ends)

    def hear_solid(self, lines: str) -> None:
        """Note the names in letters written without spaces."""
        for found in _TITLE.finditer(lines):
            self.titled.update(_names_before(lines, found.start()))
        for found in _HELLO_AFTER.finditer(lines):
            self.greeted.update(_names_before(lines, found.start()))
        for found in _HELLO.finditer(lines):
            run = found[1]
            self.greeted.update(
                run[:size]
                for size in range(1, min(_NAME_WORDS, len(run)) + 1)
                if ends_well(run[size:])
            )


def _following(words: list[str], start: int) -> list[str]:
    """Return what may be the name that begins there: one word, two words, and so on."""
    names: list[str] = []
    for word in words[start : start + _NAME_WORDS]:
        if not (word.isalpha() and word < "\u3000"):
            break
        names.append(f"{names[-1]} {word}" if names else word)
    return names


def _preceding(words: list[str], end: int) -> list[str]:
    """Return what may be the name that ends there."""
    names: list[str] = []
    for word in reversed(words[max(0, end - _NAME_WORDS) : end]):
        if not (word.isalpha() and word < "\u3000"):
            break
        names.append(f"{word} {names[-1]}" if names else word)
    return names


def _after_title(words: list[str], start: int) -> int:
    return start + (words[start : start + 1] != [] and words[start] in TITLES)


def _is_end(words: list[str], place: int) -> bool:
    return place >= len(words) or not words[place][0].isalnum() or words[place] > "\u3000"


def _names_before(lines: str, end: int) -> list[str]:
    before = lines[:end].rstrip(" ")
    sizes = range(1, min(_NAME_WORDS, len(before)) + 1)
    return [before[-size:] for size in sizes if begins_well(before[:-size])]


def begins_well(left: str) -> bool:
    """Tell whether a name written without spaces may begin after ``left``."""
    return not left or not is_letter(left[-1]) or left[-1] in BEFORE_NAME


def ends_well(right: str) -> bool:
    """Tell whether a name written without spaces may end before ``right``."""
    return not right or not is_letter(right[0]) or right.startswith(AFTER_NAME)


def is_letter(letter: str) -> bool:
    """Tell whether it is one of the letters that are written without spaces."""
    return re.match(_ONE, letter) is not None


def _opening(lines: str) -> tuple[str, ...] | None:
    """Return whom a text opens with, written without spaces: 张先生您好, 张建国您好."""
    found = _OPENING.match(lines) if not lines.isascii() else None
    if found is None:
        return None
    name = found[1] or found[3]
    family = name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
    known = family in COMPOUND_SURNAMES or family in SURNAMES
    return (name,) if known and name not in GENERIC_SOLID and len(name) <= len(family) + 2 else None


def _addressee(words: list[str], shown: list[str]) -> tuple[str, ...] | None:
    """Return the words of the name that a text greets first or opens with a title and."""
    for place, word in enumerate(words):
        if word in GREETINGS or word.endswith(SOLID_GREETINGS):
            comma = words[place + 1 : place + 2] == [","]
            return _person(words, shown, place + 1 + comma, certain=not comma)
        if word in TITLES and place == 0:
            return _person(words, shown, place, certain=False)
    return None


def _person(
    words: list[str], shown: list[str], start: int, *, certain: bool
) -> tuple[str, ...] | None:
    """Return the name that begins there when it can be nothing else."""
    first = _after_title(words, start)
    names = _following(words, first)
    if not names or names[0] in GENERIC or len(names[0]) == 1:
        return None
    last = next((size for size in range(1, len(names) + 1) if _is_end(words, first + size)), 1)
    name = tuple(names[last - 1].split())
    if first > start and words[start] not in VAGUE_TITLES:
        return name
    if names[0] in NAMES_THAT_ARE_WORDS:
        return name if certain and _is_end(words, first + 1) else None
    if names[0] in known_names():
        return name
    return name if certain and _is_called(words, shown, first) else None


def _is_called(words: list[str], shown: list[str], first: int) -> bool:
    """Tell whether one or two words with capitals stand there and nothing more."""
    size = 1 if _is_end(words, first + 1) else 2
    called = shown[first : first + size]
    generic = not GENERIC.isdisjoint(words[first : first + size])
    return _is_end(words, first + size) and not generic and all(one.istitle() for one in called)
