"""How much better a leak explains a campaign than noise does, in each cell of a copy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Bools, Cells, Floats


@dataclass(frozen=True, slots=True)
class Trail:
    """A campaign's touches as arrays, one entry each.

    ``stray`` is the chance that a leak's campaign comes to the line without having it on its list,
    ``noise`` the chance (for the first touch the rate a day) that noise does, ``content`` the log
    ratio of the words.
    """

    at: float
    stray: Floats
    noise: Floats
    content: Floats

    @classmethod
    def of(cls, campaign: Campaign) -> "Trail":
        """Take the arrays from a campaign."""
        noise = np.array([touch.chance for touch in campaign.touches])
        stray = noise.copy()
        stray[0] = campaign.line_chance
        noise[0] = campaign.noise_rate
        content = np.array([touch.content for touch in campaign.touches])
        return cls(campaign.first_at, stray, noise, content)


def inside(campaign: Campaign, cells: Cells, copy: str) -> Bools:
    """Return for each touch and cell whether the touched decoy stood in the copy."""
    mask = np.zeros((len(campaign.touches), cells.count), dtype=np.bool_)
    for index in campaign.covers.get(copy, ()):
        mask[index] = cells.membership(campaign.touches[index].line)
    return mask


def log_odds(trail: Trail, on_list: Bools, sizes: Floats, stray: float) -> Floats:
    """Return log Q per cell: the touches' chances on a list, over their chances under noise.

    Args:
        trail: the campaign's touches.
        on_list: whether each touch is on the list in each cell, (touches, cells).
        sizes: how many decoys the list holds in each cell, (cells,).
        stray: the chance that a leak's campaign leaves its list.

    Each touch is uniform without replacement on the list: touch j has the chance
    1 / (n - touches on the list before j).
    """
    listed = on_list.astype(np.float64)
    left = np.maximum(sizes - np.cumsum(listed, axis=0) + listed, 1.0)
    chance = (1.0 - stray) * listed / left + stray * trail.stray[:, None]
    content = np.where(on_list, trail.content[:, None], np.minimum(trail.content, 0.0)[:, None])
    return np.asarray((np.log(chance / trail.noise[:, None]) + content).sum(axis=0))


def capped(log_q: Floats, campaign: Campaign, assumed: Assumptions) -> Floats:
    """Return Q from log Q, scaled down as a whole so that no campaign weighs more than the cap.

    Scaling keeps the contrasts between cells. A lone anonymous contact has a much lower cap: noise
    on a whole copy is never taken to be rarer than that.
    """
    if not len(log_q):
        return log_q
    cap = assumed.lone_cap if campaign.anonymous else assumed.log_cap
    return np.asarray(np.exp(log_q - max(0.0, float(log_q.max()) - cap)))


def older_lists(odds: Floats, stale: float) -> Floats:
    """Mix in the chance that a campaign uses only an older part of the leaked list."""
    if not len(odds):
        return odds
    running = np.cumsum(odds) / np.arange(1, len(odds) + 1)
    return (1.0 - stale) * odds + stale * running


def lone_odds(
    campaigns: Sequence[Campaign], cells: Cells, copy: str, assumed: Assumptions
) -> Floats:
    """Return Q of campaigns with one touch each, all at once: (campaigns, cells)."""
    on_list = np.array([cells.membership(campaign.touches[0].line) for campaign in campaigns])
    covered = np.array([copy in campaign.covers for campaign in campaigns])
    on_list &= covered[:, None]
    rates = np.array([[c.noise_rate, c.line_chance, c.touches[0].content] for c in campaigns])
    noise, line_chance, content = rates[:, 0, None], rates[:, 1, None], rates[:, 2, None]
    chance = (1.0 - assumed.stray) * on_list / np.maximum(cells.sizes, 1.0)
    chance = chance + assumed.stray * line_chance
    log_q = np.log(chance / noise) + np.where(on_list, content, np.minimum(content, 0.0))
    begun = np.array([cells.before(campaign.first_at) for campaign in campaigns])
    log_q[np.arange(cells.count) >= begun[:, None]] = -np.inf
    caps = np.where(content > 0.0, assumed.log_cap, assumed.lone_cap)
    excess = np.maximum(log_q.max(axis=1, keepdims=True) - caps, 0.0)
    odds = np.exp(log_q - np.where(np.isfinite(excess), excess, 0.0))
    running = np.cumsum(odds, axis=1) / np.arange(1, cells.count + 1)
    mixed = (1.0 - assumed.stale) * odds + assumed.stale * running
    mixed[np.arange(cells.count) >= begun[:, None]] = 0.0
    return np.asarray(mixed)
