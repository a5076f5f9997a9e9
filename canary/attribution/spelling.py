"""How a persona may be written: its names in both orders and in pinyin, and what only it holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Any

from canary.attribution.lettering import is_solid, name_words, plain
from canary.attribution.titles import (
    COMPOUND_SURNAMES,
    NAMES_THAT_ARE_WORDS,
    SYLLABLES_THAT_ARE_WORDS,
)

_READINGS = 6
"""How many readings of a name in pinyin are kept, the usual first."""
_SHORTEST_JOINED = 8
"""Shorter full names written as one word are too often another word."""
_SHORTEST_REFERENCE = 6
"""A shorter value with digits may stand in anybody's message."""
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d{4}\D\d\d?\D\d\d?\D")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_RUN = re.compile(r"[a-z0-9-]*\d[a-z0-9-]*")
_NOT_ALNUM = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """The forms of one person's name.

    ``full`` are whole names in spaced words; ``guarded`` are those that could be ordinary words.
    ``given`` and ``family`` are in spaced words too, the usual form first. ``solid_given`` and
    ``solid_family`` are the name in letters written without spaces, empty when it has none.
    """

    full: tuple[str, ...]
    guarded: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    solid_given: str = ""
    solid_family: str = ""

    @property
    def solid(self) -> str:
        """The full name as it is written without spaces."""
        return self.solid_family + self.solid_given

    @property
    def is_exact(self) -> bool:
        """Whether only the letters as they stand count: pinyin has no room for typing errors."""
        return bool(self.solid)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one persona: its own name, a pupil's, and what only its record holds."""

    people: tuple[Spelling, ...]
    email: str
    references: tuple[str, ...]


def known_of(persona: Mapping[str, Any]) -> Known:
    """Return what texts are compared with; keys that are missing are taken as empty."""
    attributes: Mapping[str, Any] = persona.get("attributes") or {}
    return _known(
        str(persona.get("given_name", "")),
        str(persona.get("family_name", "")),
        str(persona.get("email", "")),
        str(attributes.get("pupil", "")),
        tuple(map(str, attributes.values())),
    )


@lru_cache(maxsize=65_536)
def _known(given: str, family: str, email: str, pupil: str, values: tuple[str, ...]) -> Known:
    people = [(given, family)]
    if pupil:
        people.append(_divided(pupil, family))
    address = plain(email).casefold()
    return Known(
        people=tuple(_spelling(*one) for one in people if any(one)),
        email=address,
        references=tuple(_references(address.partition("@")[0], values)),
    )


def _divided(name: str, likely_family: str) -> tuple[str, str]:
    """Return the given and family name of a full name."""
    if not is_solid(name):
        given, _, family = name.rpartition(" ")
        return given, family
    compound = name[:2] in COMPOUND_SURNAMES or name[:2] == likely_family
    size = 2 if compound else 1
    return name[size:], name[:size]


def _spelling(given: str, family: str) -> Spelling:
    if is_solid(given + family):
        return _solid_spelling("".join(given.split()), "".join(family.split()))
    first, last = " ".join(name_words(given)), " ".join(name_words(family))
    full = _orders(first, last) if first and last else ()
    wordlike = first in NAMES_THAT_ARE_WORDS
    return Spelling(
        full=() if wordlike else full,
        guarded=full if wordlike else (),
        given=(first,) if first else (),
        family=(last,) if last else (),
    )


def _orders(first: str, last: str) -> tuple[str, ...]:
    apart = (f"{first} {last}", f"{last} {first}", f"{last} , {first}")
    joined = (first + last, last + first)
    return (*apart, *(name for name in joined if len(name) >= _SHORTEST_JOINED))


def _solid_spelling(given: str, family: str) -> Spelling:
    """Return a name with its pinyin: syllables joined or apart, in either order."""
    families, givens = _readings(family), _readings(given)
    full: list[str] = []
    guarded: list[str] = []
    for last, first in product(families, givens):
        words = {*last, *first}
        forms = {
            form
            for surname in ("".join(last), " ".join(last))
            for name in ("".join(first), " ".join(first))
            for form in _orders(name, surname)
        }
        forms -= SYLLABLES_THAT_ARE_WORDS
        (guarded if words <= SYLLABLES_THAT_ARE_WORDS else full).extend(sorted(forms))
    return Spelling(
        full=tuple(dict.fromkeys(full)),
        guarded=tuple(dict.fromkeys(guarded)),
        given=_both_ways(givens),
        family=_both_ways(families),
        solid_given=given.casefold(),
        solid_family=family.casefold(),
    )


def _both_ways(readings: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for one in readings for form in ("".join(one), " ".join(one))))


@lru_cache(maxsize=16_384)
def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the syllables of a Chinese name in the ways it is read; nothing for other letters."""
    from pypinyin import Style, pinyin  # noqa: PLC0415  slow to import

    sounds = pinyin(name, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    if not name or len(sounds) != len(name):
        return ()
    spelt = [[form for sound in one for form in _umlauts(sound)] for one in sounds]
    return tuple(islice(product(*spelt), _READINGS))


def _umlauts(sound: str) -> tuple[str, ...]:
    """Return the ways to write a syllable: 吕 is lv on keyboards, lu without dots, or lyu."""
    if "v" not in sound:
        return (sound,)
    return sound, sound.replace("v", "u"), sound.replace("v", "yu")


def _references(local_part: str, values: Iterable[str]) -> Iterable[str]:
    """Return, without signs and spaces, what hardly another record holds."""
    if any(letter.isdigit() for letter in local_part):
        values = (*values, local_part)
    for value in values:
        folded = plain(value).casefold()
        reference = alphanumeric(folded)
        if len(reference) >= _SHORTEST_REFERENCE and (value == local_part or _is_unusual(folded)):
            yield reference


def _is_unusual(value: str) -> bool:
    """Tell whether a value has a number in it that is no date, year, price range or weight."""
    undated = _GROUPED.sub("", _DATE.sub(" ", value))
    return any(_is_distinctive(run) for run in _RUN.findall(undated))


def _is_distinctive(run: str) -> bool:
    """Tell a reference from a usual number: many digits that are not rounded, or with letters."""
    digits = "".join(letter for letter in run if letter.isdigit()).rstrip("0")
    letters = sum(letter.isalpha() for letter in run)
    return len(digits) > 4 or (len(digits) == 4 and letters > 1)  # noqa: PLR2004  4 is a year


def alphanumeric(folded: str) -> str:
    """Return only the letters and digits of a folded text."""
    return _NOT_ALNUM.sub("", folded)
