"""Campaigns: contacts judged to be one operation, by the same content or the same caller."""

from dataclasses import dataclass, field

from canary.attribution.assumptions import Assumptions
from canary.attribution.model import Contact


@dataclass(slots=True)
class Touch:
    """A campaign's first contact on one line.

    ``chance`` is the probability that a caller without a list comes to this line next; ``content``
    is the log ratio of the words; ``only`` the copies that hold the named decoy, None when none is
    named.
    """

    line: str
    at: float
    chance: float
    content: float
    only: frozenset[str] | None


@dataclass(slots=True)
class Campaign:
    """One operation: its first contact on each line, and the ids of all its contacts by line."""

    number: int
    key: str
    last_at: float
    touches: list[Touch] = field(default_factory=list)
    contacts: list[tuple[str, str]] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)
    covers: dict[str, list[int]] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    noise_rate: float = 0.0
    line_chance: float = 0.0
    muted: bool = False

    @property
    def first_at(self) -> float:
        """When it began, days."""
        return self.touches[0].at

    @property
    def anonymous(self) -> bool:
        """Whether it is a lone contact whose words name nobody of ours."""
        return len(self.touches) == 1 and self.touches[0].content <= 0.0

    @property
    def silenced(self) -> bool:
        """Whether it carries no evidence: a lone anonymous contact in a storm."""
        return self.muted and self.anonymous


class Grouping:
    """Assigns each contact, in time order, to its campaign."""

    def __init__(self, assumed: Assumptions) -> None:
        """Start with no campaign."""
        self._silence = assumed.silence
        self.campaigns: list[Campaign] = []
        self._by_key: dict[str, Campaign] = {}
        self._met: dict[tuple[str, str], Campaign] = {}

    def join(self, contact: Contact, at: float) -> tuple[Campaign, bool]:
        """Return the contact's campaign, and whether it is the campaign's first on that line.

        The same content decides first, then the same caller unless many share it. A caller or a
        text that comes back to a line belongs to the campaign that it came with first.
        """
        keys = self._keys(contact)
        for key in keys:
            met = self._met.get((key, contact.line))
            if met is not None:
                met.contacts.append((contact.id, contact.line))
                return met, False
        campaign = self._find(keys, at) or self._open(contact, at)
        campaign.last_at = at
        campaign.contacts.append((contact.id, contact.line))
        fresh = contact.line not in campaign.lines
        campaign.lines.add(contact.line)
        for key in keys:
            self._met[key, contact.line] = campaign
            known = self._by_key.get(key)
            if known is None or at - known.last_at > self._silence:
                self._by_key[key] = campaign
        return campaign, fresh

    def _keys(self, contact: Contact) -> list[str]:
        keys = [] if contact.fingerprint is None else [f"text:{contact.fingerprint}"]
        if contact.caller is not None and not contact.shared_caller:
            keys.append(f"caller:{contact.caller}")
        return keys

    def _find(self, keys: list[str], at: float) -> Campaign | None:
        for key in keys:
            campaign = self._by_key.get(key)
            if campaign is not None and at - campaign.last_at <= self._silence:
                return campaign
        return None

    def _open(self, contact: Contact, at: float) -> Campaign:
        campaign = Campaign(number=len(self.campaigns), key=f"campaign:{contact.id}", last_at=at)
        self.campaigns.append(campaign)
        return campaign
