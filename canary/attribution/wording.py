"""Which messages say the same: near-duplicates of one template, whoever they are written to."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from canary.attribution.lettering import is_solid, plain, spaced
from canary.attribution.titles import SOLID_TITLES

SHORTEST = 12
"""With fewer letters besides names, numbers and links, texts are the same only to the letter."""
SAME = 0.75
"""The share of common shingles from which two templates are one.

One word changed in a message of usual length leaves 0.75 to 0.9, other messages share under 0.4.
"""
SHINGLE, SOLID_SHINGLE = 3, 2
"""Letters in a shingle, and where words have one or two characters."""
BANDS, ROWS = 16, 4
"""Templates that agree on the rows of a band are compared: 99.8% of those at ``SAME``."""
DOUBT = 0.2
"""How far below ``SAME`` an estimate may be for the shingles to be counted: four deviations."""
_LEADERS = 20
"""How many unlike templates of one band a further one is compared with."""

_NAME, _LINK, _NUMBER = "N", "L", "D"
"""What stands for them in a template, where all else is in lower case."""
_URL = re.compile(
    r"(?:https?://|www\.)[!-~]+"
    r"|[a-z0-9_%+.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?<![a-z0-9])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[!-~]*)?",
)
_DIGITS = re.compile(r"\d(?:[\d.,:/*x-]*\d)?")
_PUNCTUATION = re.compile(r" [,|](?= )")
_MASKS = re.compile("[NLD ]")
_AROUND_MASKS = re.compile(" ?([NLD]) ?")
_TITLED = f"(?={'|'.join(SOLID_TITLES)})"

_Shingles = NDArray[np.uint64]


def fingerprints(texts: Mapping[str, str], names: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return an opaque key for each contact's text, the same for the same wording.

    Args:
        texts: What each contact says, by contact id.
        names: How the personas that held the contact's line may be written, by contact id.

    Returns:
        Keys by contact id; a text without letters or digits has none. Names, numbers and links do
        not count, nor does a small part of the words. A key is derived from the first template of
        its group, in alphabetical order, so that it stays while that one does.
    """
    keys: dict[str, str] = {}
    by_template: dict[str, list[str]] = {}
    for contact, text in texts.items():
        template = _template(text, frozenset(names.get(contact, ())))
        if len(_MASKS.sub("", template)) >= SHORTEST:
            by_template.setdefault(template, []).append(contact)
        elif exact := _without_signs(spaced(plain(text).casefold())):
            keys[contact] = _digest(f"exactly {exact}")
    templates = sorted(by_template)
    for template, first in zip(templates, _groups(templates), strict=True):
        key = _digest(templates[first])
        keys.update(dict.fromkeys(by_template[template], key))
    return keys


def _digest(template: str) -> str:
    return hashlib.sha256(template.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=16_384)
def _template(text: str, names: frozenset[str]) -> str:
    """Return the words of a text with names, links and numbers masked."""
    folded = plain(text).casefold()
    words = spaced(_DIGITS.sub(f" {_NUMBER} ", _URL.sub(f" {_LINK} ", folded)))
    for name in sorted(names, key=len, reverse=True):
        if name in words:
            words = _masked(words, name)
    return _AROUND_MASKS.sub(r"\1", _without_signs(words))


def _masked(words: str, name: str) -> str:
    if not is_solid(name):
        return words.replace(f" {name} ", f" {_NAME} ")
    if len(name) > 1:
        return words.replace(name, _NAME)
    return re.sub(name + _TITLED, _NAME, words)


def _without_signs(words: str) -> str:
    return _PUNCTUATION.sub("", words).strip(" ,|")


def _groups(templates: Sequence[str]) -> list[int]:
    """Return for each template the place of the first one that is near it, or near one near it."""
    firsts = list(range(len(templates)))
    if len(templates) < 2:  # noqa: PLR2004  nothing to compare
        return firsts
    near = _Nearness(templates)
    for candidates in near.candidates():
        leaders: list[int] = []
        for one in candidates:
            mine = _first(firsts, one)
            like = (o for o in leaders if _first(firsts, o) == mine or near.are_same(one, o))
            leader = next(like, None)
            if leader is not None:
                low, high = sorted((mine, _first(firsts, leader)))
                firsts[high] = low
            elif len(leaders) < _LEADERS:
                leaders.append(one)
    return [_first(firsts, place) for place in range(len(templates))]


def _first(firsts: list[int], place: int) -> int:
    while firsts[place] != place:
        firsts[place] = firsts[firsts[place]]
        place = firsts[place]
    return place


class _Nearness:
    """Tells which of many templates are near each other, without comparing all."""

    def __init__(self, templates: Sequence[str]) -> None:
        self._shingles = _shingles(templates)
        self._signatures = _signatures(self._shingles)

    def candidates(self) -> Iterator[list[int]]:
        """Return, in ascending order, templates that agree on one band."""
        for band in range(BANDS):
            rows = np.ascontiguousarray(self._signatures[:, band * ROWS : (band + 1) * ROWS])
            alike: dict[bytes, list[int]] = {}
            for place, row in enumerate(rows.view(f"V{rows.itemsize * ROWS}").ravel().tolist()):
                alike.setdefault(row, []).append(place)
            yield from (places for places in alike.values() if len(places) > 1)

    def are_same(self, one: int, other: int) -> bool:
        """Tell whether two templates share enough: estimated first, then counted."""
        agreed = np.count_nonzero(self._signatures[one] == self._signatures[other])
        if agreed < (SAME - DOUBT) * BANDS * ROWS:
            return False
        mine, theirs = self._shingles[one], self._shingles[other]
        shared = len(np.intersect1d(mine, theirs, assume_unique=True))
        return shared >= SAME * (len(mine) + len(theirs) - shared)


def _shingles(templates: Sequence[str]) -> list[_Shingles]:
    """Return the distinct hashes of each template's shingles."""
    joined = "".join(templates).encode("utf-32-le", "surrogatepass")
    letters = np.frombuffer(joined, dtype="<u4").astype(np.uint64)
    runs = {size: _runs(letters, size) for size in (SHINGLE, SOLID_SHINGLE)}
    ends = accumulate(map(len, templates))
    return [_of_one(template, end, runs) for template, end in zip(templates, ends, strict=True)]


def _of_one(template: str, end: int, runs: Mapping[int, _Shingles]) -> _Shingles:
    size = SOLID_SHINGLE if is_solid(template) else SHINGLE
    return np.unique(runs[size][end - len(template) : end - size + 1])


def _runs(letters: _Shingles, size: int) -> _Shingles:
    """Return the hash of the ``size`` letters that begin at each place."""
    count = len(letters) - size + 1
    runs = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        runs = _mixed(runs + letters[place : place + count])
    return runs


def _signatures(shingles: Sequence[_Shingles]) -> NDArray[np.uint32]:
    """Return the MinHash of each template: the least of its shingles in many random orders."""
    every = np.concatenate(shingles).astype(np.uint32)
    starts = np.cumsum([0, *map(len, shingles[:-1])])
    orders = _mixed(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64)).astype(np.uint32)
    pairs = zip(orders[::2], orders[1::2] | np.uint32(1), strict=True)
    least = [np.minimum.reduceat((every ^ flip) * factor, starts) for flip, factor in pairs]
    return np.stack(least, axis=1)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers that look random but are the same for the same numbers: SplitMix64."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
