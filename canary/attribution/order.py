"""Whether a campaign works down the list from its top: then its tail is silent, not absent."""

from math import exp

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Cells

FEW = 4  # touches below which their order says nothing
BOUND = 20.0


def rank_correlation(positions: list[int]) -> float:
    """Return Spearman's correlation of the positions with the order in which they are given."""
    ranks = np.argsort(np.argsort(positions)).astype(np.float64)
    turns = np.arange(len(positions), dtype=np.float64)
    difference = float(((ranks - turns) ** 2).sum())
    count = len(positions)
    return 1.0 - 6.0 * difference / (count * (count * count - 1.0))


def log_order_ratio(positions: list[int]) -> float:
    """Return the log likelihood ratio of the touches' order: down the list against any order.

    Under any order the correlation r is about normal with variance 1 / (n - 1); down the list it
    lies close to one.
    """
    if len(positions) < FEW:
        return 0.0
    r = rank_correlation(positions)
    count = len(positions)
    ratio = max(r, 0.0) ** 2 * (count - 1) / 2 - count * (1.0 - r) ** 2
    return max(-BOUND, min(BOUND, ratio))


def leading_share(campaign: Campaign, cells: Cells, copy: str, assumed: Assumptions) -> float:
    """Return the probability that the campaign uses a leading part of the list only."""
    touched = [campaign.touches[index].line for index in campaign.covers.get(copy, ())]
    ordered = assumed.ordered_prior * exp(log_order_ratio([cells.position[c] for c in touched]))
    shuffled = assumed.leading_prior
    return (shuffled + ordered) / (1.0 - assumed.ordered_prior + ordered)
