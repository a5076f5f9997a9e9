"""Cells: the spans between a copy's seeding boundaries, in which the leaked list is the same.

A leak taken at any instant of one cell holds the same decoys, so the date of the leak is unknown
only by cell (and inside it by the prior), and the cost does not grow with the number of decoys.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canary.attribution.assumptions import Assumptions
from canary.attribution.days import to_days
from canary.attribution.model import Exposure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

FOREVER = 1e9
NOWHERE = [(0, 0)]


def _record_order(entry: tuple[float, Exposure]) -> tuple[float, str]:
    return entry[0], entry[1].decoy


def merge_close(cuts: Floats, gap: float) -> Floats:
    """Return the sorted cuts without those that follow the last kept one by ``gap`` or less."""
    kept: list[float] = []
    for cut in cuts.tolist():
        if not kept or cut - kept[-1] > gap:
            kept.append(cut)
    return np.array(kept)


def boundaries(cuts: Floats, assumed: Assumptions) -> Floats:
    """Return the cells' left edges: close cuts are merged until no more than the limit remain."""
    gap = assumed.cell_gap
    edges = merge_close(cuts, gap)
    while len(edges) > assumed.cell_limit:
        gap *= 1.5
        edges = merge_close(cuts, gap)
    return edges


class Cells:
    """The cells of one copy and the decoys that stood in each.

    ``edges`` has one entry more than there are cells (days; the last lies beyond any date) and
    ``sizes`` counts the decoys of each cell. ``leading[f, e]`` counts those that stood in cell e
    and were planted by cell f, the leading part of the list; ``reach[f, e]`` is the chance that a
    list used from its top is left in that seeding, and ``leading_chance[f, e]`` the chance that a
    touch of such a use is a given decoy of seeding f.
    """

    def __init__(self, exposures: Sequence[Exposure], assumed: Assumptions) -> None:
        """Cut the copy's life at its exposures' boundaries; there must be one at least."""
        planted = np.array([to_days(e.planted_at) for e in exposures])
        retired = np.array(
            [FOREVER if e.retired_at is None else to_days(e.retired_at) for e in exposures]
        )
        cuts = np.unique(np.concatenate([planted, retired[retired < FOREVER]]))
        lefts = boundaries(cuts, assumed)
        self.edges: Floats = np.append(lefts, FOREVER)
        self.count = len(lefts)
        first = np.searchsorted(lefts, planted, "right") - 1
        last = np.where(retired < FOREVER, np.searchsorted(lefts, retired, "right") - 1, self.count)
        steps = np.zeros(self.count + 1)
        np.add.at(steps, first, 1.0)
        np.add.at(steps, last, -1.0)
        self.sizes: Floats = np.cumsum(steps)[:-1]
        self.spans: dict[str, list[tuple[int, int]]] = {}
        for exposure, start, stop in zip(exposures, first.tolist(), last.tolist(), strict=True):
            self.spans.setdefault(exposure.line, []).append((start, stop))
        order = sorted(zip(planted.tolist(), exposures, strict=True), key=_record_order)
        self.position = {exposure.line: rank for rank, (_, exposure) in enumerate(order)}
        self._lay_leading(first, last)

    def _lay_leading(self, first: Counts, last: Counts) -> None:
        table = np.zeros((self.count + 1, self.count + 1))
        np.add.at(table, (first, last), 1.0)
        later = np.cumsum(table[:, ::-1], axis=1)[:, ::-1]
        added = np.triu(later[:-1, 1:])
        self.leading: Floats = np.cumsum(added, axis=0)
        self.reach: Floats = added / np.maximum(self.sizes, 1.0)
        each = self.reach / np.maximum(self.leading, 1.0)
        self.leading_chance: Floats = np.cumsum(each[::-1], axis=0)[::-1]

    def membership(self, line: str) -> Bools:
        """Return for each cell whether a decoy on that line stood in the copy."""
        mask = np.zeros(self.count, dtype=np.bool_)
        for start, stop in self.spans.get(line, ()):
            mask[start:stop] = True
        return mask

    def memberships(self, lines: Sequence[str]) -> Bools:
        """Return the membership of each of the lines, all at once: (lines, cells)."""
        spans = [self.spans.get(line, NOWHERE) for line in lines]
        ends = np.array([span[0] for span in spans])
        cell = np.arange(self.count)
        mask = (ends[:, :1] <= cell) & (cell < ends[:, 1:])
        for row, span in enumerate(spans):
            if len(span) > 1:
                mask[row] = self.membership(lines[row])
        return mask

    def before(self, at: float) -> int:
        """Return how many cells begin before ``at`` (days)."""
        return int(np.searchsorted(self.edges[:-1], at))
