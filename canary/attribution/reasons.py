"""Why: sentences that a firm understands, the weightiest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canary.attribution.campaigns import Campaign
from canary.attribution.model import Contact, Interval, Naming

LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Findings:
    """What the reasons are told from."""

    probability: float
    leaked_at: Interval | None
    contacts: Sequence[Contact]
    contact_probability: Mapping[str, float]
    campaign_of: Mapping[str, Campaign]
    decoys_contacted: int
    decoys_exposed: int
    twins: tuple[str, ...] = ()


def tell(found: Findings) -> tuple[str, ...]:
    """Return the reasons for the answer, the weightiest first."""
    if not found.contacts:
        return ("No contact has reached a decoy of this copy.",)
    sentences = [*_naming(found), *_campaigns(found), *_breadth(found), *_muted(found)]
    if found.twins:
        others = " and ".join(found.twins)
        same = f"The contacts do not tell this copy from {others}: one of them leaked."
        sentences.insert(0, same)
    if found.leaked_at is not None and found.probability >= LIKELY:
        low, high = (f"{at:%Y-%m-%d}" for at in (found.leaked_at.lo, found.leaked_at.hi))
        sentences.append(f"The list that was used was taken between {low} and {high}.")
    return tuple(sentences)


def _likely(found: Findings) -> list[Contact]:
    return [c for c in found.contacts if found.contact_probability[c.id] >= LIKELY]


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _naming(found: Findings) -> list[str]:
    likely = _likely(found)
    full = sum(c.names is Naming.FULL for c in likely)
    part = sum(c.names is Naming.PART for c in likely)
    sentences = []
    if full:
        which = _count(full, "contact names", "contacts name")
        sentences.append(f"{which} a decoy in full, which only a holder of the records could do.")
    if part:
        which = _count(part, "contact names", "contacts name")
        sentences.append(f"{which} a decoy by first name or surname.")
    return sentences


def _campaigns(found: Findings) -> list[str]:
    likely = {found.campaign_of[c.id].number: found.campaign_of[c.id] for c in _likely(found)}
    wide = sorted((c for c in likely.values() if len(c.touches) > 1), key=lambda c: -len(c.touches))
    lines = {contact.line for contact in found.contacts}
    sentences = []
    for campaign in wide[:3]:
        ours = sum(touch.line in lines for touch in campaign.touches)
        others = len(campaign.touches) - ours
        elsewhere = _count(others, "other line", "other lines") if others else "no other line"
        sentences.append(
            f"One caller or text reached {_count(ours, 'decoy', 'decoys')} of this copy "
            f"and {elsewhere}."
        )
    return sentences


def _breadth(found: Findings) -> list[str]:
    share = f"{found.decoys_contacted} of {found.decoys_exposed} decoys were contacted"
    if found.probability >= LIKELY:
        return [f"{share}, more than noise on these lines explains."]
    return [f"{share}, which noise on these lines explains."]


def _muted(found: Findings) -> list[str]:
    muted = sum(found.campaign_of[c.id].silenced for c in found.contacts)
    if not muted:
        return []
    which = _count(muted, "contact came", "contacts came")
    return [f"{which} in a storm that reached other firms' lines too, and carry no weight."]
