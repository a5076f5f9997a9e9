"""Contacts as shown."""

from typing import Self

from pydantic import Field

from canary.contacts.queries import ShownContact
from canary.tables import Channel
from webhooks.api.schemas.shapes import Instant, Shown


class ContactShown(Shown):
    """One inbound message or call in the clear.

    ``decoy`` and ``copy`` are the line's holder at that time; ``probability`` says how probably
    that copy's leak caused it, and ``campaign`` which operation it belongs to. Before it is
    ``weighed`` the probability is 0 and says nothing.
    """

    id: str
    at: Instant
    recorded_at: Instant
    channel: Channel
    carrier: str
    line: str | None
    number: str
    decoy: str | None
    copy_: str | None = Field(alias="copy")
    caller: str | None
    body: str | None
    verification: str | None
    call_status: str | None
    duration_s: int | None
    probability: float
    weighed: bool
    campaign: str | None

    @classmethod
    def of(cls, contact: ShownContact) -> Self:
        """Show a contact."""
        row = contact.row
        return cls(
            id=row.id,
            at=row.at,
            recorded_at=row.recorded_at,
            channel=row.channel,
            carrier=row.carrier,
            line=row.line_id,
            number=contact.number,
            decoy=contact.decoy,
            copy_=contact.copy,
            caller=contact.caller,
            body=contact.body,
            verification=row.verification,
            call_status=row.call_status,
            duration_s=row.duration_s,
            probability=contact.probability,
            weighed=contact.weighed,
            campaign=contact.campaign,
        )
