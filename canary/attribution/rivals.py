"""Campaigns that several copies may explain: merged lists, shared lines and nested copies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Bools, Floats
from canary.attribution.evidence import Trail, inside, log_odds, log_odds_alone
from canary.attribution.grid import TINY, Joint
from canary.attribution.suspect import Message, Suspect

SELDOM = 120.0  # days between the campaigns that a leaked list is used for at the least


@dataclass(frozen=True, slots=True)
class Cavity:
    """What a rival copy offers when it explains a campaign, judged without that campaign.

    ``rate`` is the campaigns a day that its leak is expected to send then (a list that was taken
    is used now and then, whatever its other campaigns say of the onset), ``leaked`` the chance
    that it leaked with a list that holds the touched decoys, ``size`` that list's mean length,
    ``covered`` which touches it holds.
    """

    rate: float
    leaked: float
    size: float
    covered: Bools


def without(suspect: Suspect, joint: Joint, campaign: int) -> Joint:
    """Return the posterior as it was before one campaign was heard."""
    message = suspect.messages.get(campaign)
    if message is None:
        return joint
    mass = joint.mass.copy()
    ratio = suspect.grid.ratio(message.at, message.odds)[..., : mass.shape[-1]]
    mass[..., : ratio.shape[-1]] /= 1.0 + ratio
    norm = float(mass.sum()) + joint.unseen + joint.none
    return Joint(mass / norm, joint.unseen / norm, joint.none / norm)


def cavity(suspect: Suspect, campaign: Campaign, now: float) -> Cavity:
    """Return what the copy offers for a campaign, from everything known at ``now`` but it."""
    grid, cells = suspect.grid, suspect.cells
    at = campaign.first_at
    joint = without(suspect, suspect.joint(now), campaign.number)
    on_list = inside(campaign, cells, suspect.copy)
    covered: Bools = np.asarray(on_list.any(axis=1), dtype=np.bool_)
    fits = np.where(on_list[covered], 1.0, suspect.assumed.stray).prod(axis=0)
    begun = np.arange(cells.count) < cells.before(at)
    cell = grid.cell[: joint.mass.shape[-1]]
    mass = joint.mass * (fits * begun)[cell]
    shares = grid.intensity(np.array([at]))[0][:, grid.onset[: len(cell)]]
    rate = float(((mass * grid.sizes[:, None, None]).sum(axis=0) * shares).sum())
    by_cell = np.bincount(cell, weights=mass.sum(axis=(0, 1)), minlength=cells.count)
    by_cell = by_cell + joint.unseen * fits * begun / max(int(begun.sum()), 1)
    leaked = float(by_cell.sum())
    size = float((by_cell * cells.sizes).sum()) / max(leaked, TINY)
    return Cavity(max(rate, leaked / SELDOM), leaked, max(size, 1.0), covered)


def log_odds_among(
    campaign: Campaign, suspect: Suspect, rivals: Sequence[Cavity], assumed: Assumptions
) -> Floats:
    """Return log Q of a campaign for a copy when other copies may explain it, alone or merged.

    The rivals are added one by one, the best first, to nested sets Z: the campaign used the copy's
    list merged with those of Z (each mixed in with the chance ``mixing`` if it leaked), against
    noise or the lists of Z without this copy.
    """
    trail = Trail.of(campaign, assumed)
    cells = suspect.cells
    on_list = inside(campaign, cells, suspect.copy)
    nothing = np.zeros((len(campaign.touches), 1), dtype=np.bool_)
    union = np.zeros(len(campaign.touches), dtype=np.bool_)
    explained = log_odds_alone(campaign, trail, cells, suspect.copy, assumed)
    otherwise, size, together, apart = 0.0, 0.0, 1.0, 0.0
    for rival in sorted(rivals, key=lambda z: -float(z.covered.sum()) - z.leaked):
        mixed = assumed.mixing * rival.leaked
        apart = max(rival.rate * together, apart * mixed)
        together *= mixed
        union = union | rival.covered
        size += rival.size
        both = log_odds(trail, on_list | union[:, None], cells.sizes + size, assumed.stray)
        theirs = log_odds(trail, nothing | union[:, None], np.array([size]), assumed.stray)
        explained = np.logaddexp(explained, both + np.log(max(together, TINY)))
        otherwise = float(np.logaddexp(otherwise, theirs[0] + np.log(max(apart, TINY))))
    return np.asarray(explained - otherwise)


def explained_by(suspect: Suspect, joint: Joint, numbers: Sequence[int]) -> dict[int, float]:
    """Return the odds that the copy's leak caused each campaign, judged without that campaign."""
    heard = {n: suspect.messages[n] for n in numbers if n in suspect.messages}
    caused = suspect.caused(joint, heard)
    shares = {number: min(float(mass.sum()), 1.0 - 1e-12) for number, mass in caused.items()}
    return {number: share / (1.0 - share) for number, share in shares.items()}


def discounted(message: Message, odds: float) -> Message:
    """Return the message of a campaign which something else explains with these odds."""
    return Message(message.at, message.odds / (1.0 + odds), message.peak)


def on_one_scale(
    messages: Mapping[str, Mapping[int, Message]], cap: float
) -> dict[str, dict[int, Message]]:
    """Scale each campaign's capped odds alike in all copies, so that copies can be compared."""
    peaks: dict[int, float] = {}
    for heard in messages.values():
        for number, message in heard.items():
            peaks[number] = max(message.peak, peaks.get(number, cap))
    return {
        copy: {
            number: Message(
                m.at,
                m.odds * np.exp(m.peak - peaks[number] + cap - min(m.peak, cap)),
                m.peak,
            )
            for number, m in heard.items()
        }
        for copy, heard in messages.items()
    }
