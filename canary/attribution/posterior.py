"""The question and its answer: did this copy leak, when, and which contacts come from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import exp, expm1, log

import numpy as np

from canary.attribution.assumptions import DEFAULT, Assumptions
from canary.attribution.bursts import raised
from canary.attribution.campaigns import Campaign
from canary.attribution.cells import Floats
from canary.attribution.dates import interval, spread
from canary.attribution.days import to_days
from canary.attribution.grid import TINY, Joint
from canary.attribution.model import Attribution, Contact, World
from canary.attribution.reasons import Findings, tell
from canary.attribution.replay import Replay
from canary.attribution.suspect import Suspect
from canary.attribution.verdict import Verdict, judge
from canary.errors import NotFound

SURE = 0.99


def attribute(
    world: World, copy_id: str, now: datetime, assumed: Assumptions = DEFAULT
) -> Attribution:
    """Weigh every contact known at ``now`` and say whether, and when, the copy leaked.

    Args:
        world: all there is, or the part that touches the copy.
        copy_id: the copy asked about.
        now: the instant of the question; later contacts are left out.
        assumed: the model's constants.

    Returns:
        The weighed answer. Its probability is that of a leak which is in use; the leak date is None
        when no decoy has been planted.

    Raises:
        NotFound: the world does not know the copy.
    """
    if copy_id not in world.copies:
        raise NotFound(says=f"no copy {copy_id} in this world")
    replay = Replay(world, to_days(now), assumed)
    replay.fold_all(sorted((c for c in world.contacts if c.at <= now), key=lambda c: c.at))
    return answer(replay, copy_id, now)


def answer(replay: Replay, copy_id: str, now: datetime) -> Attribution:
    """Return the answer for one copy from the contacts folded so far.

    Args:
        replay: with every contact up to ``now`` folded in.
        copy_id: the copy asked about.
        now: the instant of the question, not after the replay's end.
    """
    at = to_days(now)
    if copy_id not in replay.exposures or replay.suspect(copy_id).grid.start >= at:
        return Attribution(copy_id, 0.0, 0.0, None, {}, {}, 0, 0, tell_nothing())
    verdict = judge(replay, copy_id, at)
    suspect, joint = verdict.suspect, verdict.joint
    contacts = [
        contact
        for contact in replay.world.contacts
        if contact.id in replay.campaign_of and contact.line in suspect.cells.spans
    ]
    campaign_of = {contact.id: replay.campaign_of[contact.id] for contact in contacts}
    caused = suspect.caused(joint, verdict.messages)
    probabilities = contact_probabilities(verdict, caused, contacts, campaign_of)
    latest = first_caused(verdict, caused, at)
    found = Findings(
        probability=verdict.probability,
        leaked_at=interval(spread(suspect.grid, joint, at), latest),
        contacts=contacts,
        contact_probability=probabilities,
        campaign_of=campaign_of,
        decoys_contacted=contacted(suspect, contacts),
        decoys_exposed=len({e.decoy for e in suspect.exposures if e.planted_at <= now}),
        twins=verdict.twins,
    )
    return Attribution(
        copy=copy_id,
        probability=verdict.probability,
        log_bayes_factor=log_bayes_factor(suspect, joint, at),
        leaked_at=found.leaked_at,
        contact_probability=probabilities,
        campaign_of={contact: campaign.key for contact, campaign in campaign_of.items()},
        decoys_contacted=found.decoys_contacted,
        decoys_exposed=found.decoys_exposed,
        reasons=tell(found),
    )


def tell_nothing() -> tuple[str, ...]:
    """Return the one reason of a copy without decoys."""
    return ("No decoy of this copy has been planted.",)


def log_bayes_factor(suspect: Suspect, joint: Joint, now: float) -> float:
    """Return the natural log of the evidence for a leak, in use or not yet, against none."""
    age = max(now - suspect.grid.start, TINY)
    prior_none = exp(-suspect.grid.hazard * age)
    prior_leak = -expm1(-suspect.grid.hazard * age)
    posterior = max(joint.leaked + joint.unseen, TINY) / max(joint.none, TINY)
    return log(posterior) - log(prior_leak / prior_none)


def first_caused(verdict: Verdict, caused: Mapping[int, Floats], now: float) -> float:
    """Return when the first campaign began that the leak, if any, surely caused (days)."""
    sure = SURE * verdict.joint.leaked
    begun = (verdict.messages[n].at for n, mass in caused.items() if float(mass.sum()) >= sure)
    return min(begun, default=now)


def contact_probabilities(
    verdict: Verdict,
    caused: Mapping[int, Floats],
    contacts: Sequence[Contact],
    campaign_of: Mapping[str, Campaign],
) -> dict[str, float]:
    """Return for each contact the probability that this copy's leak caused it.

    That is the probability that the leak caused its campaign while a decoy on the contact's line
    stood in the leaked list.
    """
    suspect, joint = verdict.suspect, verdict.joint
    scale = verdict.probability / max(joint.leaked, TINY)
    up_to = {number: [0.0, *np.cumsum(mass).tolist()] for number, mass in caused.items()}
    alone = {c.number for c in campaign_of.values() if len(c.touches) == 1}
    lone = {number: m for number, m in verdict.messages.items() if number in alone}
    factors = raised(caused, lone, suspect.grid.by_onset_and_cell(joint).sum(axis=0))
    probabilities = {}
    for contact in contacts:
        number = campaign_of[contact.id].number
        mass = up_to.get(number, [])
        spans = suspect.cells.spans[contact.line] if mass else []
        share = sum(mass[stop] - mass[start] for start, stop in spans)
        likely = share * scale * factors.get(number, 1.0)
        probabilities[contact.id] = min(max(likely, 0.0), verdict.probability)
    return probabilities


def contacted(suspect: Suspect, contacts: Sequence[Contact]) -> int:
    """Return how many decoys of the copy were contacted on their line after they were planted."""
    last: dict[str, datetime] = {}
    for contact in contacts:
        last[contact.line] = max(contact.at, last.get(contact.line, contact.at))
    return len(
        {e.decoy for e in suspect.exposures if e.line in last and e.planted_at <= last[e.line]}
    )
