"""Weighted words, drawn with the chance that is passed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from canary.clock import Chance


@dataclass(frozen=True, slots=True)
class Words:
    """Words to draw from; ``cumulative`` holds running weights, None draws evenly."""

    choices: tuple[str, ...]
    cumulative: tuple[float, ...] | None = None

    @classmethod
    def of(cls, words: Iterable[str] | Mapping[str, float]) -> "Words":
        """Return the words, weighted when each comes with a weight."""
        if isinstance(words, Mapping):
            return cls(tuple(words), tuple(accumulate(words.values())))
        return cls(tuple(words))

    def draw(self, chance: Chance) -> str:
        """Return one word."""
        return chance.choices(self.choices, cum_weights=self.cumulative)[0]
