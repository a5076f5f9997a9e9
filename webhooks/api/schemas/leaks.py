"""Leaks as shown, and what people say of them."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from canary.contacts.queries import ShownContact
from canary.leaks.verdicts import MAX_WORDS
from canary.leaks.views import Case, Moment, leak_item
from canary.tables import LeakStatus
from webhooks.api.schemas.contacts import ContactShown
from webhooks.api.schemas.shapes import Given, Instant, Shown, Text

Words = Annotated[Text, StringConstraints(min_length=1, max_length=MAX_WORDS)]


class Reason(Given):
    """Why it is no leak."""

    reason: Words


class Note(Given):
    """Something to write down beside a leak."""

    text: Words


class Named(Shown):
    """A thing by id and name."""

    id: str
    name: str


class Released(Shown):
    """A copy by id and recipient."""

    id: str
    recipient: str


class Dated(Shown):
    """An instant that is only known to lie between two others."""

    best: Instant
    lo: Instant
    hi: Instant


class LeakListed(Shown):
    """The case opened for a copy."""

    id: str
    firm: Named
    dataset: Named
    copy_: Released = Field(alias="copy")
    status: LeakStatus
    probability: float
    leaked_at: Dated | None
    first_contact_at: Instant | None
    opened_at: Instant | None
    contacts: int
    decoys_contacted: int
    decoys_exposed: int
    reasons: list[str]

    @classmethod
    def of(cls, case: Case) -> Self:
        """Show a case, as alerts do."""
        return cls.model_validate(leak_item(case))


class MomentShown(Shown):
    """One step of a leak's timeline; ``actor`` is the key of who took it."""

    at: Instant
    kind: str
    probability: float
    words: str | None
    actor: str | None

    @classmethod
    def of(cls, moment: Moment) -> Self:
        """Show a step."""
        return cls(
            at=moment.at,
            kind=moment.kind,
            probability=moment.probability,
            words=moment.words,
            actor=moment.actor,
        )


class LeakShown(Shown):
    """A leak with its timeline and the contacts that speak for it, the likeliest first."""

    id: str
    firm: Named
    dataset: Named
    copy_: Released = Field(alias="copy")
    status: LeakStatus
    probability: float
    leaked_at: Dated | None
    first_contact_at: Instant | None
    opened_at: Instant | None
    decoys_contacted: int
    decoys_exposed: int
    reasons: list[str]
    timeline: list[MomentShown]
    contacts: list[ContactShown]

    @classmethod
    def whole(cls, case: Case, moments: Sequence[Moment], contacts: Sequence[ShownContact]) -> Self:
        """Show a case with all that is known of it."""
        known = {
            "timeline": [MomentShown.of(moment) for moment in moments],
            "contacts": [ContactShown.of(contact) for contact in contacts],
        }
        return cls.model_validate({**leak_item(case), **known})
