"""Names of a locale, from Faker's word lists, and how they are written in Latin letters.

Faker and pypinyin take a quarter of a second each to import, so they are imported where they are
first needed and not by every command.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from canary.clock import Chance
from canary.decoys.wordlists.chinese_names import Gender, draw_given
from canary.decoys.wordlists.words import Words
from canary.errors import BadInput

GENDERS: tuple[Gender, ...] = ("female", "male")
CHINESE = "zh_CN"

_FAMILY_FIRST = {"zh": "", "ko": "", "ja": " ", "hu": " ", "vi": " "}
"""Languages that put the family name first, and what stands between it and the given name."""
_SURNAME_READINGS = {
    "仇": "qiu",
    "区": "ou",
    "单": "shan",
    "尉": "wei",
    "曾": "zeng",
    "朴": "piao",
    "查": "zha",
    "盖": "ge",
    "翟": "zhai",
    "解": "xie",
}
"""Characters read otherwise as a surname than as a word."""
_LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ə": "e",
    }
)
_Listed = Collection[str] | Mapping[str, float]
_LETTERS = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class NameBook:
    """The names of a locale, by gender."""

    locale: str
    given: Mapping[Gender, Words]
    family: Mapping[Gender, Words]

    @property
    def family_first(self) -> bool:
        """Whether the family name is written before the given name."""
        return self.locale[:2] in _FAMILY_FIRST

    @property
    def inflects_family(self) -> bool:
        """Whether women and men bear different forms of a family name."""
        return self.family["female"] != self.family["male"]

    def draw_given(self, gender: Gender, birth_year: int, chance: Chance) -> str:
        """Return a given name of that gender."""
        if self.locale == CHINESE:
            return draw_given(gender, birth_year, self.given[gender], chance)
        return self.given[gender].draw(chance)

    def draw_family(self, gender: Gender, chance: Chance) -> str:
        """Return a family name, in the form that the gender takes where there are two."""
        return self.family[gender].draw(chance)

    def full_name(self, family: str, given: str) -> str:
        """Return both names as the locale writes them."""
        gap = _FAMILY_FIRST.get(self.locale[:2])
        return f"{given} {family}" if gap is None else f"{family}{gap}{given}"

    def latin_family(self, family: str) -> tuple[str, ...]:
        """Return a family name in the letters a to z, a part for each word; empty without any."""
        if self.locale.startswith("zh"):
            reading = _SURNAME_READINGS.get(family)
            return (reading,) if reading else _pinyin(family)
        return _plain(family)

    def latin_given(self, given: str) -> tuple[str, ...]:
        """Return a given name in the letters a to z, a part for each word; empty without any."""
        return _pinyin(given) if self.locale.startswith("zh") else _plain(given)


@cache
def name_book(locale: str) -> NameBook:
    """Return the names of a locale.

    Raises:
        BadInput: Faker has no names by gender for that locale.
    """
    from faker.providers import person  # noqa: PLC0415  slow to import

    known = {module.name for module in iter_modules(person.__path__)}
    book = _read(locale) if locale in known else None
    if book is None:
        supported = ", ".join(sorted(name for name in known if _read(name)))
        raise BadInput(
            says=f"no names are known for the locale {locale!r}", fix=f"use one of: {supported}"
        )
    return book


def _read(locale: str) -> NameBook | None:
    """Return the names in Faker's lists for a locale, None where a list is missing."""
    from faker.providers.person import Provider as Base  # noqa: PLC0415  slow to import

    provider = import_module(f"faker.providers.person.{locale}").Provider

    def listed(kind: str) -> _Listed | None:
        """Return the locale's own list: Faker's base has one of its own, the Does."""
        found: _Listed | None = getattr(provider, kind, None)
        return None if found is getattr(Base, kind, None) else found

    either = listed("last_names")
    given = {gender: listed(f"first_names_{gender}") for gender in GENDERS}
    family = {gender: listed(f"last_names_{gender}") or either for gender in GENDERS}
    if not (all(given.values()) and all(family.values())):
        return None
    longest = 1 if locale == CHINESE else None
    return NameBook(
        locale,
        {gender: _words(given[gender], longest) for gender in GENDERS},
        {gender: _words(family[gender]) for gender in GENDERS},
    )


def _words(listed: _Listed | None, longest: int | None = None) -> Words:
    """Return Faker's list as words, without those longer than ``longest`` characters."""
    if isinstance(listed, Mapping):
        return Words.of(listed)
    return Words.of(word.strip() for word in listed or () if len(word) <= (longest or len(word)))


@cache
def _pinyin(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  slow to import

    return tuple(lazy_pinyin(word))


@cache
def _plain(word: str) -> tuple[str, ...]:
    """Return the words without accents; empty when the script is not Latin."""
    lowered = unicodedata.normalize("NFKD", word.lower().translate(_LATIN))
    bare = "".join(sign for sign in lowered if not unicodedata.combining(sign))
    return tuple(_LETTERS.findall(bare.replace("'", ""))) if bare.isascii() else ()
