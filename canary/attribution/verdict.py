"""The last word on one copy: judged alone, then among the other copies that may explain as much."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from canary.attribution.campaigns import Campaign
from canary.attribution.evidence import capped
from canary.attribution.grid import TINY, Joint
from canary.attribution.order import passes
from canary.attribution.replay import Replay
from canary.attribution.rivals import (
    cavity,
    discounted,
    explained_by,
    log_odds_among,
    on_one_scale,
)
from canary.attribution.suspect import Message, Suspect

SEVERAL = 3  # touches from which a campaign may use merged lists
MOST = 0.6  # share of its touches that the merged lists must hold
ALIKE = 9.0  # copies whose odds differ by less than that factor are not told apart
NOTABLE = 0.05  # odds of a leak below which a copy explains nothing that another would


@dataclass(frozen=True, slots=True)
class Verdict:
    """A copy's posterior once every rival has been heard.

    ``joint`` is the posterior if no other copy of the firm holds the same decoys; ``probability``
    allows for those; ``messages`` are the campaigns' odds that were used; ``twins`` the copies of
    the same firm that explain the contacts about as well.
    """

    suspect: Suspect
    joint: Joint
    probability: float
    messages: dict[int, Message]
    twins: tuple[str, ...] = ()


def judge(replay: Replay, copy: str, now: float) -> Verdict:
    """Return the verdict at ``now`` (days) on a copy that has decoys."""
    suspect = replay.suspect(copy)
    messages = among_firms(replay, suspect, now)
    family = relatives(replay, copy)
    if not family:
        joint = suspect.joint_of(now, messages)
        return Verdict(suspect, joint, joint.leaked, messages)
    heard = {copy: messages}
    for other in family:
        heard[other] = among_firms(replay, replay.suspect(other), now)
    return _in_family(replay, suspect, on_one_scale(heard, replay.assumed.log_cap), now)


def relatives(replay: Replay, copy: str) -> list[str]:
    """Return the firm's other copies that hold decoys of this one which were contacted."""
    firm = replay.world.copies[copy].firm
    return sorted(
        {
            other
            for campaign in replay.touching(copy)
            for other in campaign.covers
            if other != copy and replay.world.copies[other].firm == firm
        }
    )


def among_firms(replay: Replay, suspect: Suspect, now: float) -> dict[int, Message]:
    """Return the copy's messages, other firms' copies allowed for."""
    touching = replay.touching(suspect.copy)
    messages = suspect.messages | passes(suspect, now, touching)
    firm = replay.world.copies[suspect.copy].firm
    shared: dict[str, list[int]] = {}
    for campaign in touching:
        rivals = [
            other
            for other in replay.best_covers(campaign)
            if replay.world.copies[other].firm != firm
        ]
        if rivals and may_be_merged(campaign, suspect.copy, rivals):
            messages[campaign.number] = _among(replay, suspect, campaign, rivals, now)
        else:
            for other in rivals:
                shared.setdefault(other, []).append(campaign.number)
    odds: dict[int, float] = {}
    for other, numbers in shared.items():
        rival = replay.suspect(other)
        if rival.log_odds_bound() > log(NOTABLE):
            for number, extra in explained_by(rival, rival.joint(now), numbers).items():
                odds[number] = odds.get(number, 0.0) + extra
    messages.update(
        {n: discounted(messages[n], extra) for n, extra in odds.items() if n in messages}
    )
    return messages


def may_be_merged(campaign: Campaign, copy: str, rivals: Sequence[str]) -> bool:
    """Tell whether the copy and its rivals together hold most of the touched decoys."""
    covers, touches = campaign.covers, len(campaign.touches)
    if touches < SEVERAL or len(covers[copy]) == 1:
        return False
    held = set(covers[copy]).union(*(covers[rival] for rival in rivals))
    return len(held) >= MOST * touches


def _among(
    replay: Replay, suspect: Suspect, campaign: Campaign, rivals: list[str], now: float
) -> Message:
    cavities = [cavity(replay.suspect(other), campaign, now) for other in rivals]
    log_q = log_odds_among(campaign, suspect, cavities, replay.assumed)
    odds, peak = capped(log_q, campaign, suspect.cells, replay.assumed)
    return Message(campaign.first_at, odds, peak)


def _in_family(
    replay: Replay, suspect: Suspect, heard: dict[str, dict[int, Message]], now: float
) -> Verdict:
    """Judge copies that share decoys: one of them leaked, or this one and the likeliest other.

    Copies whose odds are alike cannot be told apart; the most specific of them answers for all.
    """
    joints = {
        copy: replay.suspect(copy).joint_of(now, messages) for copy, messages in heard.items()
    }
    odds = {copy: joint.leaked / max(1.0 - joint.leaked, TINY) for copy, joint in joints.items()}
    mine = odds[suspect.copy]
    best = max((copy for copy in odds if copy != suspect.copy), key=lambda copy: odds[copy])
    pair = 0.0
    if min(mine, odds[best]) > NOTABLE:
        pair = odds[best] * _odds_beside(replay, suspect, heard, best, now)
    alike = [copy for copy in odds if mine > 1.0 and mine / ALIKE < odds[copy] < mine * ALIKE]
    share = mine
    if alike and suspect.copy == most_specific(replay, alike):
        share = sum(odds[copy] for copy in alike)
    probability = (share + pair) / (1.0 + sum(odds.values()) + pair)
    twins = tuple(copy for copy in alike if copy != suspect.copy)
    return Verdict(suspect, joints[suspect.copy], probability, heard[suspect.copy], twins)


def most_specific(replay: Replay, copies: Sequence[str]) -> str:
    """Return the copy with the fewest decoys; among equals an origin, which accuses nobody."""

    def breadth(copy: str) -> tuple[int, bool, str]:
        return len(replay.exposures[copy]), replay.world.copies[copy].origin is not None, copy

    return min(copies, key=breadth)


def _odds_beside(
    replay: Replay, suspect: Suspect, heard: dict[str, dict[int, Message]], other: str, now: float
) -> float:
    """Return the copy's odds given that the other copy leaked and explains what it can."""
    rival = replay.suspect(other)
    given = rival.joint_of(now, heard[other])
    given = Joint(given.mass / max(given.leaked, TINY), 0.0, 0.0)
    caused = rival.caused(given, heard[other])
    shares = {number: min(float(mass.sum()), 1.0 - 1e-12) for number, mass in caused.items()}
    messages = {
        number: discounted(message, shares.get(number, 0.0) / (1.0 - shares.get(number, 0.0)))
        for number, message in heard[suspect.copy].items()
    }
    joint = suspect.joint_of(now, messages)
    return joint.leaked / max(1.0 - joint.leaked, TINY)
