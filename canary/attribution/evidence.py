"""How much better a leak explains a campaign than noise does, in each cell of a copy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Bools, Cells, Floats
from canary.attribution.order import leading_share


@dataclass(frozen=True, slots=True)
class Trail:
    """A campaign's touches as arrays, one entry each.

    ``stray`` is the chance that a leak's campaign comes to the line without having it on its list,
    ``noise`` the chance (for the first touch the rate a day) that noise does, ``content`` the log
    ratio of the words.
    """

    stray: Floats
    noise: Floats
    content: Floats

    @classmethod
    def of(cls, campaign: Campaign, assumed: Assumptions) -> "Trail":
        """Take the arrays from a campaign."""
        noise = np.array([touch.chance for touch in campaign.touches])
        stray = assumed.stray * noise
        stray[0] = assumed.stray * campaign.line_chance
        noise[0] = campaign.noise_rate
        content = np.array([touch.content for touch in campaign.touches])
        return cls(stray, noise, content)


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
    chance = (1.0 - stray) * listed / left + trail.stray[:, None]
    content = np.where(on_list, trail.content[:, None], np.minimum(trail.content, 0.0)[:, None])
    return np.asarray((np.log(chance / trail.noise[:, None]) + content).sum(axis=0))


def log_odds_leading(trail: Trail, on_list: Bools, cells: Cells, stray: float) -> Floats:
    """Return log Q per cell of a campaign that uses the list from its top and has not reached all.

    What it has not reached is censored, not absent: for each seeding f that it may have reached,
    the touches are uniform on the decoys planted by f; f is as likely as its share of the list.
    """
    first = np.where(on_list.any(axis=1), on_list.argmax(axis=1), cells.count)
    reached = (first[None, :] <= np.arange(cells.count)[:, None]).astype(np.float64)
    listed = on_list.astype(np.float64)
    missed = np.log(trail.stray) + np.minimum(trail.content, 0.0)
    gain = trail.content - missed
    count = np.minimum(reached @ listed, cells.leading)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, cells.leading.max() + 1.0)))])
    drawn = logs[cells.leading.astype(int)] - logs[(cells.leading - count).astype(int)]
    log_q = reached @ (listed * gain[:, None]) + count * np.log1p(-stray) - drawn
    with np.errstate(divide="ignore"):
        log_q += np.log(cells.reach)
    peak = log_q.max(axis=0)
    safe = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):
        summed = safe + np.log(np.exp(log_q - safe).sum(axis=0))
    return np.asarray(summed + (missed - np.log(trail.noise)).sum())


def log_odds_alone(
    campaign: Campaign, trail: Trail, cells: Cells, copy: str, assumed: Assumptions
) -> Floats:
    """Return log Q per cell when this copy alone may explain the campaign."""
    on_list = inside(campaign, cells, copy)
    share = leading_share(campaign, cells, copy, assumed)
    whole = log_odds(trail, on_list, cells.sizes, assumed.stray)
    leading = log_odds_leading(trail, on_list, cells, assumed.stray)
    return np.asarray(np.logaddexp(np.log1p(-share) + whole, np.log(share) + leading))


def capped(
    log_q: Floats, campaign: Campaign, cells: Cells, assumed: Assumptions
) -> tuple[Floats, float]:
    """Return Q and the peak of log Q; Q is scaled down as a whole to the cap on one campaign.

    Scaling keeps the contrasts between cells. Cells that begin after the campaign are left out.
    """
    begun = cells.before(campaign.first_at)
    odds = np.zeros(cells.count)
    peak = float(log_q[:begun].max(initial=-np.inf))
    odds[:begun] = np.exp(log_q[:begun] - max(0.0, peak - assumed.log_cap))
    return odds, peak


def lone_odds(
    campaigns: Sequence[Campaign], cells: Cells, copy: str, assumed: Assumptions
) -> Floats:
    """Return Q of campaigns with one touch each, all at once: (campaigns, cells).

    A lone anonymous contact has a much lower cap: noise on a whole copy is never taken to be rarer
    than one contact in so many days.
    """
    touches = [campaign.touches[0] for campaign in campaigns]
    on_list = cells.memberships([touch.line for touch in touches])
    on_list &= np.array([copy in campaign.covers for campaign in campaigns])[:, None]
    first = np.where(on_list.any(axis=1), on_list.argmax(axis=1), 0)
    noise = np.array([campaign.noise_rate for campaign in campaigns])[:, None]
    stray = assumed.stray * np.array([campaign.line_chance for campaign in campaigns])[:, None]
    content = np.array([touch.content for touch in touches])[:, None]
    share = assumed.leading_prior
    whole = (1.0 - share) / np.maximum(cells.sizes, 1.0) + share * cells.leading_chance[first]
    chance = np.where(on_list, (1.0 - assumed.stray) * whole, 0.0) + stray
    odds = chance / noise * np.exp(np.where(on_list, content, np.minimum(content, 0.0)))
    begun = np.searchsorted(cells.edges[:-1], [touch.at for touch in touches])
    odds[np.arange(cells.count) >= begun[:, None]] = 0.0
    caps = np.exp(np.where(content > 0.0, assumed.log_cap, assumed.lone_cap))
    return np.asarray(odds / np.maximum(odds.max(axis=1, keepdims=True) / caps, 1.0))
