"""Whether a campaign works down the list from its top: then its tail is silent, not absent."""

from collections.abc import Sequence
from math import exp

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Cells, Floats
from canary.attribution.suspect import Message, Suspect

FEW = 4  # touches below which their order says nothing
BOUND = 20.0
LIKELY = 0.5
PAUSE = 5.0  # days without a contact that end one pass over the list
PASS = 6  # contacts that make a pass
LONG = 8  # touches from which a campaign's own order is judged by itself


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


def passes(suspect: Suspect, now: float, campaigns: Sequence[Campaign]) -> dict[int, Message]:
    """Return new messages for short campaigns that together work down the list from its top.

    Callers that change with every contact hide the order from each campaign; all the contacts that
    the leak probably caused, in time order, show it. What lies beyond the newest seeding that a
    pass has reached is then censored: lists that go on beyond it are as likely as if they ended
    there, but for the touched share of their length.
    """
    joint = suspect.joint(now)
    if joint.leaked < LIKELY:
        return {}
    short = [c for c in campaigns if len(c.touches) < LONG and c.number in suspect.messages]
    caused = suspect.caused(joint, {c.number: suspect.messages[c.number] for c in short})
    likely = [c for c in short if float(caused[c.number].sum()) >= LIKELY]
    found: dict[int, Message] = {}
    for group in _split(sorted(likely, key=lambda c: c.first_at)):
        found.update(_censored(suspect, group))
    return found


def _split(campaigns: Sequence[Campaign]) -> list[list[Campaign]]:
    groups: list[list[Campaign]] = []
    for campaign in campaigns:
        if groups and campaign.first_at - groups[-1][-1].first_at <= PAUSE:
            groups[-1].append(campaign)
        else:
            groups.append([campaign])
    return groups


def _censored(suspect: Suspect, campaigns: Sequence[Campaign]) -> dict[int, Message]:
    cells, copy = suspect.cells, suspect.copy
    touches = sorted(
        (touch.at, touch.line)
        for campaign in campaigns
        for index, touch in enumerate(campaign.touches)
        if index in campaign.covers[copy]
    )
    ordered = suspect.assumed.ordered_prior * exp(
        log_order_ratio([cells.position[line] for _, line in touches])
    )
    share = ordered / (1.0 + ordered)
    if len(touches) < PASS or share < LIKELY:
        return {}
    newest = max(int(cells.membership(line).argmax()) for _, line in touches)
    return {campaign.number: _beyond(suspect, campaign, newest, share) for campaign in campaigns}


def _beyond(suspect: Suspect, campaign: Campaign, newest: int, share: float) -> Message:
    """Return the campaign's message with the cells beyond ``newest`` as if not yet reached."""
    cells, message = suspect.cells, suspect.messages[campaign.number]
    lines = [campaign.touches[index].line for index in campaign.covers[suspect.copy]]
    held = np.all([cells.membership(line) for line in lines], axis=0)
    held[:newest] = False
    held[cells.before(campaign.first_at) :] = False
    ratio = cells.sizes[newest] / np.maximum(cells.leading[newest], 1.0)
    odds: Floats = message.odds.copy()
    odds[held] *= 1.0 - share
    odds[held] += share * message.odds[newest] * ratio[held] ** len(lines)
    return Message(message.at, odds, message.peak)
