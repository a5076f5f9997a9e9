"""What reaches our lines without any leak: how often each line is contacted, and when it surges."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import exp

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.days import to_days
from canary.attribution.model import Line, NoisePrior

REACH = 15  # numbers to each side that make a line's near neighbourhood
WINDOWS = (0.25, 2.0)  # days over which a neighbourhood's contacts are counted
FEW = 4  # below that many contacts a neighbourhood's rate is shrunk towards its mean
ENOUGH = 20  # lines, and contacts on them, below which the prior is not fitted

Firms = frozenset[str]
NOBODY: Firms = frozenset()


def fit_prior(counts_and_days: Iterable[tuple[float, float]]) -> NoisePrior:
    """Fit the Gamma prior of the lines' rates by moments.

    Args:
        counts_and_days: for each line (decoys', quarantined and control lines alike) how many
            noise campaigns reached it and for how many days it was heard.

    Returns:
        The fitted prior, or the built-in one when fewer than 20 lines or contacts are given. With
        N ~ Poisson(rate x days), the rate's squared coefficient of variation is estimated by
        sum((N - m d)^2 - m d) / sum((m d)^2), m the pooled rate (moments of the negative binomial).
    """
    pairs = np.array([pair for pair in counts_and_days if pair[1] > 0.0]).reshape(-1, 2)
    counts, days = pairs[:, 0], pairs[:, 1]
    if len(pairs) < ENOUGH or counts.sum() < ENOUGH:
        return NoisePrior()
    mean = counts.sum() / days.sum()
    expected = mean * days
    spread = ((counts - expected) ** 2 - expected).sum() / (expected**2).sum()
    shape = float(np.clip(1.0 / max(spread, 1e-3), 0.1, 50.0))
    return NoisePrior(shape=shape, rate=float(shape / mean))


class Neighbourhood:
    """Which lines lie around each other, and whose decoys stand on them."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        """Order the lines by their numbers."""
        order = sorted(lines, key=lambda line: lines[line].position)
        self.order = order
        self.rank = {line: rank for rank, line in enumerate(order)}
        self.position = {line: lines[line].position for line in order}
        self.block = {line: lines[line].block for line in order}
        self.members: dict[str, list[str]] = {}
        for line in order:
            self.members.setdefault(self.block[line], []).append(line)
        self._firms: dict[str, Firms] = {}
        self._planted: dict[str, dict[str, float]] = {}
        self._around: dict[str, tuple[tuple[int, float], tuple[int, float]]] = {}

    def own(self, line: str, firm: str, planted: float) -> None:
        """Note that a decoy of the firm stands on the line from ``planted`` (days)."""
        known = self._planted.setdefault(line, {})
        known[firm] = min(planted, known.get(firm, planted))

    def firms(self, line: str) -> Firms:
        """Return the firms whose decoys ever stand on the line."""
        firms = self._firms.get(line)
        if firms is None:
            firms = self._firms[line] = frozenset(self._planted.get(line, ()))
        return firms

    def firms_at(self, line: str, at: float) -> Firms:
        """Return the firms whose decoys had been planted on the line by ``at`` (days)."""
        planted = self._planted.get(line)
        if planted is None:
            return NOBODY
        if all(since <= at for since in planted.values()):
            return self.firms(line)
        return frozenset(firm for firm, since in planted.items() if since <= at)

    def around(self, line: str) -> tuple[tuple[int, float], tuple[int, float]]:
        """Return size and own share of the line's block, and of its nearest numbers."""
        known = self._around.get(line)
        if known is None:
            rank = self.rank[line]
            near = self.order[max(0, rank - REACH) : rank + REACH + 1]
            block = self.members[self.block[line]]
            known = (self._own_share(line, block), self._own_share(line, near))
            self._around[line] = known
        return known

    def _own_share(self, line: str, lines: Sequence[str]) -> tuple[int, float]:
        firms = self.firms(line)
        own = sum(not firms.isdisjoint(self._planted.get(other, ())) for other in lines)
        return len(lines), own / len(lines)


class Recent:
    """The last contacts in one neighbourhood: (day, rank, firms, campaign), oldest first."""

    __slots__ = ("contacts",)

    def __init__(self) -> None:
        """Start with no contact."""
        self.contacts: deque[tuple[float, int, Firms, int]] = deque()

    def forget_before(self, at: float) -> None:
        """Drop what is older than ``at`` (days)."""
        contacts = self.contacts
        while contacts and contacts[0][0] < at:
            contacts.popleft()


class Noise:
    """The rate of unsolicited campaigns on each line, learnt from the contacts in time order."""

    def __init__(
        self,
        lines: Mapping[str, Line],
        neighbourhood: Neighbourhood,
        prior: NoisePrior,
        assumed: Assumptions,
    ) -> None:
        """Start from the prior, with no contact counted."""
        self.prior = prior
        self.assumed = assumed
        self.neighbourhood = neighbourhood
        self.heard_from = {key: to_days(line.heard_from) for key, line in lines.items()}
        self._since = sorted(self.heard_from.values())
        self._counts: dict[str, float] = {}
        self._excited: dict[str, tuple[float, float]] = {}
        self._blocks: dict[str, Recent] = {}
        self._nears: dict[int, Recent] = {}

    def live_share(self, at: float) -> float:
        """Return which share of the lines was heard by ``at`` (days)."""
        return max(bisect_left(self._since, at), 1) / len(self._since)

    def counts(self, now: float) -> list[tuple[float, float]]:
        """Return for each line its noise campaigns and the days it was heard, for the prior."""
        return [
            (self._counts.get(line, 0.0), now - since)
            for line, since in self.heard_from.items()
            if since < now - 1.0
        ]

    def rate(self, line: str, at: float) -> tuple[float, float]:
        """Return the line's noise rate at ``at`` (campaigns a day) and the surge around it."""
        prior = self.prior
        heard = max(at - self.heard_from[line], 0.0)
        quiet = (prior.shape + self._counts.get(line, 0.0)) / (prior.rate + heard)
        surge = self._surge(line, at)
        rate = quiet * max(surge, 1.0)
        last, level = self._excited.get(line, (at, 0.0))
        decay = self.assumed.excitation_decay
        return rate + self.assumed.excitation * decay * level * exp(-decay * (at - last)), surge

    def record(self, line: str, at: float, weight: float, campaign: int) -> None:
        """Count a campaign's first contact on a line, as noise with probability ``weight``."""
        self._counts[line] = self._counts.get(line, 0.0) + weight
        last, level = self._excited.get(line, (at, 0.0))
        faded = level * exp(-self.assumed.excitation_decay * (at - last))
        self._excited[line] = (at, faded + 1.0)
        around = self.neighbourhood
        rank = around.rank[line]
        entry = (at, rank, around.firms_at(line, at), campaign)
        self._blocks.setdefault(around.block[line], Recent()).contacts.append(entry)
        self._nears.setdefault(rank // (REACH + 1), Recent()).contacts.append(entry)

    def around(self, line: str, since: float) -> list[tuple[int, bool]]:
        """Return the campaigns that reached the block or the near numbers since then (days).

        Each comes with whether it was near; one that reached several lines is there several times.
        """
        rank = self.neighbourhood.rank[line]
        block = self._blocks.get(self.neighbourhood.block[line], Recent()).contacts
        found = [(c, abs(r - rank) <= REACH) for at, r, _, c in block if at > since]
        return found + [(c, True) for at, _, _, c in self._near(rank) if at > since]

    def _near(self, rank: int) -> list[tuple[float, int, Firms, int]]:
        bucket = rank // (REACH + 1)
        return [
            entry
            for key in (bucket - 1, bucket, bucket + 1)
            if key in self._nears
            for entry in self._nears[key].contacts
            if abs(entry[1] - rank) <= REACH
        ]

    def _surge(self, line: str, at: float) -> float:
        """Return how much busier than usual the numbers around the line are.

        Lines of other firms and control lines count fully; those of the line's own firms only as
        far as the neighbourhood is made of them: a contiguous block cannot tell a storm from a
        leak.
        """
        around = self.neighbourhood
        rank = around.rank[line]
        for bucket in range(rank // (REACH + 1) - 1, rank // (REACH + 1) + 2):
            if bucket in self._nears:
                self._nears[bucket].forget_before(at - WINDOWS[1])
        block = self._blocks.get(around.block[line])
        if block is None:
            block = Recent()
        block.forget_before(at - WINDOWS[1])
        near = self._near(rank)
        if not near and not block.contacts:
            return 1.0
        (block_size, block_own), (near_size, near_own) = around.around(line)
        return max(
            1.0,
            self._busy(block.contacts, line, at, (block_size, block_own)),
            self._busy(near, line, at, (near_size, near_own)),
        )

    def _busy(
        self,
        contacts: Iterable[tuple[float, int, Firms, int]],
        line: str,
        at: float,
        around: tuple[int, float],
    ) -> float:
        size, own_share = around
        firms = self.neighbourhood.firms(line)
        mean = self.prior.shape / self.prior.rate
        busiest = 1.0
        weights = [
            (when, 1.0 if firms.isdisjoint(owners) else own_share)
            for when, _, owners, _ in contacts
        ]
        for window in WINDOWS:
            count = sum(weight for when, weight in weights if when > at - window)
            usual = size * mean * window
            few = count < FEW
            busiest = max(busiest, (2 + count) / (2 + usual) if few else count / (0.5 + usual))
        return busiest
