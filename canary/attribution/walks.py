"""Where a caller who has no list goes next: any line, the same block, or a number nearby."""

from canary.attribution.assumptions import Assumptions
from canary.attribution.noise import Neighbourhood

NEAR = 1000  # numbers that a caller in sequence may skip


class Walk:
    """The lines one campaign has reached, and which way of walking they fit.

    Somebody who dials numbers anywhere finds another of our lines at all with the chance
    N / (N + plenty): the fewer lines we own, the less chance explains that two of them were met.
    """

    def __init__(self, line: str, neighbourhood: Neighbourhood, assumed: Assumptions) -> None:
        """Start at the campaign's first line."""
        self._around = neighbourhood
        self._assumed = assumed
        self._weights = assumed.walks
        self._low = self._high = neighbourhood.rank[line]
        self._first = self._last = neighbourhood.position[line]
        self._blocks = {neighbourhood.block[line]: 1}
        self._count = 1

    def step(self, line: str, lines: float) -> float:
        """Go on to the line; return how probable that was among ``lines`` lines in all."""
        block, rank = self._around.block[line], self._around.rank[line]
        same = self._blocks.get(block, 0)
        left_in_block = max(1, len(self._around.members[block]) - same)
        reach = self._assumed.reach
        position = self._around.position[line]
        near = (
            self._low - reach <= rank <= self._high + reach
            and self._first - NEAR <= position <= self._last + NEAR
        )
        span = max(self._high - self._low + 2 * reach + 1 - self._count, 1)
        anywhere = 1.0 / (lines + self._assumed.plenty)
        ways = (anywhere, same / self._count / left_in_block, near / span)
        arbitrary = self._assumed.arbitrary
        chances = [(1.0 - arbitrary) * way + arbitrary * anywhere for way in ways]
        joint = [w * chance for w, chance in zip(self._weights, chances, strict=True)]
        total = sum(joint)
        self._weights = (joint[0] / total, joint[1] / total, joint[2] / total)
        self._first, self._last = min(self._first, position), max(self._last, position)
        self._low, self._high = min(self._low, rank), max(self._high, rank)
        self._blocks[block] = same + 1
        self._count += 1
        return total
