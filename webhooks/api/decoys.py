"""``/v1/decoys``: the records nobody owns, in the clear."""

from canary.decoys.seeding import find_decoy, list_decoys
from canary.firms.access import Right
from webhooks.api.deps import Asked, Reads, needs
from webhooks.api.routing import area
from webhooks.api.schemas.seedings import DecoyShown
from webhooks.api.schemas.shapes import Listed

router = area("decoys")


@router.get("", dependencies=[needs(Right.READ)])
def listed(read: Reads, ask: Asked, seeding: str | None = None) -> Listed[DecoyShown]:
    """List the decoys that the key sees, optionally of one seeding."""
    rows, following = list_decoys(read.session, read.world.vault, read.who, seeding, ask)
    return Listed(items=[DecoyShown.of(row) for row in rows], next=following)


@router.get("/{decoy}", dependencies=[needs(Right.READ)])
def one(decoy: str, read: Reads) -> DecoyShown:
    """Show one decoy."""
    return DecoyShown.of(find_decoy(read.session, read.world.vault, read.who, decoy))
