"""The investigator's one question, and the answer."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from canary.leaks.trace import MAX_QUERY, Campaign, Traced
from canary.tables import Lease
from webhooks.api.schemas.contacts import ContactShown
from webhooks.api.schemas.leaks import LeakListed
from webhooks.api.schemas.seedings import DecoyShown
from webhooks.api.schemas.shapes import Given, Instant, Shown, Text


class Question(Given):
    """A phone number, a persona's name, or a message's text."""

    query: Annotated[Text, StringConstraints(min_length=1, max_length=MAX_QUERY)]


class LeaseShown(Shown):
    """The interval in which a decoy held a line."""

    id: str
    line: str
    decoy: str
    copy_: str = Field(alias="copy")
    leased_at: Instant
    released_at: Instant | None

    @classmethod
    def of(cls, row: Lease) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            line=row.line_id,
            decoy=row.decoy_id,
            copy_=row.copy_id,
            leased_at=row.leased_at,
            released_at=row.released_at,
        )


class CampaignShown(Shown):
    """Contacts judged to be one operation, among those of this answer."""

    id: str
    contacts: int
    lines: int

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        """Show a campaign."""
        return cls(id=campaign.id, contacts=campaign.contacts, lines=campaign.lines)


class TraceShown(Shown):
    """What is known of it: nothing that the key may not see."""

    query: str
    decoys: list[DecoyShown]
    leases: list[LeaseShown]
    contacts: list[ContactShown]
    campaigns: list[CampaignShown]
    leaks: list[LeakListed]

    @classmethod
    def of(cls, traced: Traced) -> Self:
        """Show what was found."""
        return cls(
            query=traced.query,
            decoys=[DecoyShown.of(one) for one in traced.decoys],
            leases=[LeaseShown.of(one) for one in traced.leases],
            contacts=[ContactShown.of(one) for one in traced.contacts],
            campaigns=[CampaignShown.of(one) for one in traced.campaigns],
            leaks=[LeakListed.of(one) for one in traced.leaks],
        )
