"""When the copy leaked: the posterior of the date spread inside its cells, and an interval."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from canary.attribution.cells import Floats
from canary.attribution.days import to_instant
from canary.attribution.grid import TINY, Grid, Joint, joint_delay
from canary.attribution.model import Interval

LEVEL = 0.95
KNOT = 3.0  # days between the points at which the date's distribution is computed
TAIL = 0.9975


@dataclass(frozen=True, slots=True)
class Dates:
    """The distribution of the leak's date: cumulative probability at each knot (days)."""

    knots: Floats
    cumulative: Floats
    cells: Floats

    def quantile(self, share: float) -> float:
        """Return the first knot (days) by which ``share`` of the probability has passed."""
        return float(self.knots[int(np.searchsorted(self.cumulative, share))])


def spread(grid: Grid, joint: Joint, now: float) -> Dates:
    """Spread each cell's mass inside the cell by the delay's prior.

    Args:
        grid: the copy's grid.
        joint: its posterior at ``now``; its leak mass must not be zero.
        now: days.
    """
    edges = np.minimum(grid.cells.edges, now)
    edges = edges[: grid.cells.before(now) + 1]
    pieces = [
        np.linspace(a, b, max(2, int(np.ceil((b - a) / KNOT)) + 1))[1:]
        for a, b in pairwise(edges.tolist())
    ]
    knots = np.concatenate([edges[:1], *pieces])
    cell = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    rows = grid.onsets_before(now)
    onset = (grid.onsets[:rows, None], grid.onsets[1 : rows + 1, None])
    inside = joint_delay(onset, (knots[:-1], knots[1:]), grid.assumed.delays)
    whole = np.add.reduceat(inside, np.searchsorted(cell, np.arange(len(pieces))), axis=1)
    mass = grid.by_onset_and_cell(joint)[:rows, : len(pieces)]
    density = (mass / np.maximum(whole, TINY))[:, cell]
    cumulative = np.concatenate([[0.0], np.cumsum((density * inside).sum(axis=0))])
    return Dates(knots, cumulative / max(cumulative[-1], TINY), edges)


def shortest(dates: Dates) -> tuple[float, float]:
    """Return the shortest span of knots (days) that holds the level, widened to whole cells.

    Inside a cell only the delay's prior tells dates apart; the interval does not lean on it.
    """
    knots, cumulative = dates.knots, dates.cumulative
    ends = np.searchsorted(cumulative, np.minimum(cumulative + LEVEL, 1.0 - 1e-9))
    fits = np.flatnonzero((cumulative + LEVEL <= 1.0 + 1e-9) & (ends < len(knots)))
    best = int(fits[np.argmin(knots[ends[fits]] - knots[fits])])
    low, high = float(knots[best]), float(knots[ends[best]])
    left = dates.cells[max(int(np.searchsorted(dates.cells, low + 1e-9, "right")) - 1, 0)]
    right = dates.cells[min(int(np.searchsorted(dates.cells, high - 1e-9)), len(dates.cells) - 1)]
    return float(left), max(high, min(float(right), dates.quantile(TAIL)))


def interval(dates: Dates, latest: float) -> Interval:
    """Return the date's median with the interval that holds it with 95% probability.

    Args:
        dates: the distribution of the date.
        latest: days; when the leak was surely in use, which ends the interval.
    """
    low, high = shortest(dates)
    high = max(min(high, latest), low)
    best = min(max(dates.quantile(0.5), low), high)
    return Interval(best=to_instant(best), lo=to_instant(low), hi=to_instant(high))
