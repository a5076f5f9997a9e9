"""Whom a message's words name: the decoy's persona, part of its name, somebody else, nobody."""

from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz.distance import OSA

from canary.attribution.addressing import Reading, begins_well, ends_well, read
from canary.attribution.model import Naming
from canary.attribution.spelling import Known, Spelling, known_of
from canary.attribution.titles import (
    COMPOUND_SURNAMES,
    NAMES_THAT_ARE_WORDS,
    NICKNAMES,
    SYLLABLES_THAT_ARE_WORDS,
    known_names,
)

SHORTEST_BARE = 4
"""Shorter given names are words too often to count without a greeting or a title."""
SHORTEST_BARE_PINYIN = 6
SHORTEST_MISSPELT = 6
"""Shorter names are one typing error away from too many others: Mary, Gary, Marc."""
ERRORS = 1
"""Letters wrong, missing, doubled or swapped in each of the two names."""
_ALIKE = 3
"""Given names that share so many first letters may be one name: Chris, Christopher."""


def naming(text: str | None, persona: Mapping[str, Any]) -> Naming:
    """Tell how ``text`` names the persona, whose keys are as in :class:`decoys.personas.Persona`.

    Returns:
        FULL for the whole name or something that only its record holds; PART for a given name, or
        a family name with a title; OTHER when the text speaks to somebody else; else NONE.
    """
    return best_naming(text, {"": persona})[0]


def best_naming(
    text: str | None, personas: Mapping[str, Mapping[str, Any]]
) -> tuple[Naming, str | None]:
    """Tell which of the personas that held a line ``text`` names best, by decoy id.

    OTHER means that it speaks to somebody who is none of them; then no decoy is named.
    """
    if not text or not personas:
        return Naming.NONE, None
    reading = read(text)
    known = {decoy: known_of(persona) for decoy, persona in personas.items()}
    for decoy, one in known.items():
        if _names_fully(reading, one):
            return Naming.FULL, decoy
    for decoy, one in known.items():
        if any(_names_partly(reading, person) for person in one.people):
            return Naming.PART, decoy
    if reading.addressee and not any(_may_be(reading.addressee, one) for one in known.values()):
        return Naming.OTHER, None
    return Naming.NONE, None


def spellings(persona: Mapping[str, Any]) -> frozenset[str]:
    """Return the ways in which texts may write the persona's names, in spaced words."""
    return frozenset(
        form
        for person in known_of(persona).people
        for form in (
            *(person.full + person.guarded + person.given + person.family),
            *(person.solid, person.solid_given, person.solid_family),
        )
        if form
    )


def _names_fully(reading: Reading, one: Known) -> bool:
    if one.email in reading.emails:
        return True
    if any(_stands_in(reference, reading.alphanumeric) for reference in one.references):
        return True
    return any(_names_person(reading, person) for person in one.people)


def _stands_in(reference: str, text: str) -> bool:
    """Tell whether a reference is in a text and its digits do not go on there."""
    start = text.find(reference)
    if start < 0:
        return False
    before, after = text[max(0, start - 1) : start], text[start + len(reference) :][:1]
    return not (
        (reference[0].isdigit() and before.isdigit())
        or (reference[-1].isdigit() and after.isdigit())
    )


def _names_person(reading: Reading, person: Spelling) -> bool:
    if not (person.given or person.solid_given) or not (person.family or person.solid_family):
        return False
    if person.solid and _is_whole(reading, person):
        return True
    if not reading.has_latin:
        return False
    if any(f" {form} " in reading.words for form in person.full):
        return True
    return any(_is_meant(reading, form) for form in person.guarded) or (
        not person.is_exact and _is_misspelt(reading, person, strict=True)
    )


def _is_meant(reading: Reading, form: str) -> bool:
    """Tell whether a name of ordinary words is meant: with capitals, or greeted."""
    if f" {form} " not in reading.words:
        return False
    return form in reading.greeted or f" {form.title()} " in reading.shown


def _is_whole(reading: Reading, person: Spelling) -> bool:
    """Tell whether the name stands there in Chinese.

    Three characters hardly meet by chance. Two do, across words, as 金明 in 资金明细: they need a
    visible beginning and end.
    """
    if len(person.solid_given) > 1:
        return any(
            left[-1:] + person.solid_family[:1] not in COMPOUND_SURNAMES
            for left, _ in _around(reading.solid, person.solid)
        )
    apart = f"{person.solid_family} {person.solid_given}"
    return any(
        begins_well(left) and ends_well(right)
        for name in (person.solid, apart)
        for left, right in _around(reading.lines, name)
    )


def _around(text: str, name: str) -> Iterator[tuple[str, str]]:
    start = text.find(name)
    while start >= 0:
        yield text[:start], text[start + len(name) :]
        start = text.find(name, start + 1)


def _is_misspelt(reading: Reading, person: Spelling, *, strict: bool) -> bool:
    """Tell whether both names stand there but for typing errors; strict: none a known name."""
    if max(len(person.given[0]), len(person.family[0])) < SHORTEST_MISSPELT:
        return False
    first, last = person.given[0].split(), person.family[0].split()
    words = reading.words.split()
    return any(
        _is_near(there, name, strict=strict) and _is_near(then, other, strict=strict)
        for name, other in ((first, last), (last, first))
        for there, then in _windows(words, name, other)
    )


def _windows(
    words: list[str], name: list[str], other: list[str]
) -> Iterator[tuple[list[str], list[str]]]:
    """Return the places where words that begin alike are as many as in both names."""
    initial, then = name[0][0], other[0][0]
    first, both = len(name), len(name) + len(other)
    for start in range(len(words) - both + 1):
        if words[start][0] == initial and words[start + first][0] == then:
            yield words[start : start + first], words[start + first : start + both]


def _is_near(written: list[str], name: list[str], *, strict: bool) -> bool:
    if written == name:
        return True
    there, meant = " ".join(written), " ".join(name)
    if min(len(there), len(meant)) < SHORTEST_MISSPELT:
        return False
    near = OSA.distance(there, meant, score_cutoff=ERRORS) <= ERRORS
    return near and not (strict and there in known_names())


def _names_partly(reading: Reading, person: Spelling) -> bool:
    if person.solid and _is_called_in_chinese(reading, person):
        return True
    if not reading.has_latin:
        return False
    if not reading.titled.isdisjoint((*person.given, *person.family)):
        return True
    if any(_is_called(reading, given, person) for given in person.given):
        return True
    both = not person.is_exact and person.given and person.family
    # It may be another known name, but so near: Jonathon for Jonathan.
    return bool(both) and _is_misspelt(reading, person, strict=False)


def _is_called(reading: Reading, given: str, person: Spelling) -> bool:
    """Tell whether a given name is greeted, or stands in running text and is no ordinary word."""
    if given in NAMES_THAT_ARE_WORDS or given in SYLLABLES_THAT_ARE_WORDS:
        return given in reading.alone
    return given in reading.greeted or _is_bare(reading, given, person)


def _is_called_in_chinese(reading: Reading, person: Spelling) -> bool:
    if person.solid_given and person.solid in reading.lines:
        return True  # a name of two characters whose beginning or end is not seen
    if not reading.titled.isdisjoint((person.solid_family, person.solid_given)):
        return True
    given = person.solid_given
    if len(given) == 1:
        return False
    opens = reading.lines.startswith(given) and not reading.lines[len(given) :][:1].isalnum()
    return given in reading.greeted or (bool(given) and opens)


def _is_bare(reading: Reading, given: str, person: Spelling) -> bool:
    shortest = SHORTEST_BARE_PINYIN if person.is_exact else SHORTEST_BARE
    enough = len(given) >= shortest and (not person.is_exact or len(person.solid_given) > 1)
    return enough and f" {given} " in reading.words


def _may_be(addressee: tuple[str, ...], one: Known) -> bool:
    """Tell whether the one spoken to may be the persona, by a short or misspelt name."""
    return any(_is_kin(word, person) for word in addressee for person in one.people)


def _is_kin(word: str, person: Spelling) -> bool:
    if person.solid and word[0] >= "\u3000":
        return _shares_name(word, person)
    names = [part for name in (*person.given, *person.family) for part in name.split()]
    return any(_is_short_for(word, name) for name in names)


def _shares_name(word: str, person: Spelling) -> bool:
    """Tell whether a Chinese name is of the same family and not of another given name."""
    rest = word.removeprefix(person.solid_family)
    same_family = rest != word
    return word == person.solid_given or (
        same_family and (not rest or not set(rest).isdisjoint(person.solid_given))
    )


def _is_short_for(word: str, name: str) -> bool:
    meant = NICKNAMES.get(word, word)
    alike = meant[:_ALIKE] == name[:_ALIKE] and len(word) >= _ALIKE
    near = min(len(word), len(name)) > _ALIKE and OSA.distance(word, name, score_cutoff=1) <= 1
    return word == name or alike or near
