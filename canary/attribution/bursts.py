"""Lone contacts in the bursts in which a leaked list is used.

The model's rate of a leak is smooth, but lists are used in bursts of hours. A caller that changes
with every contact leaves lone contacts; the others of the same day tell how fast they came.
"""

from collections.abc import Mapping

import numpy as np

from canary.attribution.cells import Floats
from canary.attribution.grid import TINY
from canary.attribution.suspect import Message

HALF = 0.5  # days to each side of a contact


def raised(
    caused: Mapping[int, Floats], lone: Mapping[int, Message], by_cell: Floats
) -> dict[int, float]:
    """Return by which factor each lone campaign's probability of being leak-caused is raised.

    With k the other lone campaigns within half a day that the leak is expected to have caused, the
    leak's rate there is k a day at least, and a campaign's odds k Q.

    Args:
        caused: per campaign and cell the posterior mass in which the leak caused it.
        lone: the messages of the campaigns with one touch.
        by_cell: the posterior mass of the leak in each cell.
    """
    numbers = sorted((n for n in lone if n in caused), key=lambda n: lone[n].at)
    leaked = max(float(by_cell.sum()), TINY)
    if not numbers:
        return {}
    at = np.array([lone[n].at for n in numbers])
    share = np.array([float(caused[n].sum()) for n in numbers]) / leaked
    up_to = np.concatenate([[0.0], np.cumsum(share)])
    first, last = np.searchsorted(at, at - HALF), np.searchsorted(at, at + HALF, "right")
    others = np.maximum(up_to[last] - up_to[first] - share, 0.0)
    odds = others * (np.array([lone[n].odds for n in numbers]) @ (by_cell / leaked))
    factor = np.maximum(odds / (1.0 + odds) / np.maximum(share, TINY), 1.0)
    return dict(zip(numbers, factor.tolist(), strict=True))
