"""``/v1/contacts``: what reached our lines."""

from typing import Annotated

from fastapi import Depends

from canary.contacts.queries import Wanted, list_contacts
from canary.firms.access import Right
from webhooks.api.deps import Asked, Reads, needs
from webhooks.api.routing import area
from webhooks.api.schemas.contacts import ContactShown
from webhooks.api.schemas.shapes import Instant, Listed

router = area("contacts")


def _wanted(
    since: Instant | None = None,
    line: str | None = None,
    decoy: str | None = None,
    copy: str | None = None,
) -> Wanted:
    return Wanted(since, line, decoy, copy)


@router.get("", dependencies=[needs(Right.READ)])
def listed(
    read: Reads, ask: Asked, wanted: Annotated[Wanted, Depends(_wanted)]
) -> Listed[ContactShown]:
    """List the contacts that the key sees, newest first; every filter that is given must hold."""
    rows, following = list_contacts(read.session, read.world.vault, read.who, wanted, ask)
    return Listed(items=[ContactShown.of(row) for row in rows], next=following)
