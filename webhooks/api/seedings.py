"""``/v1/seedings``: dated batches of decoys."""

from fastapi import Response

from canary.decoys.personas import Mailboxes
from canary.decoys.seeding import (
    Means,
    find_seeding,
    issue,
    list_seedings,
    prepare,
    retire_seeding,
)
from canary.decoys.seeding import NewSeeding as Wanted
from canary.firms.access import Right
from webhooks.api import once
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.seedings import NewSeeding, RetiredShown, SeedingListed, SeedingShown
from webhooks.api.schemas.shapes import Listed

router = area("seedings")


@router.post("", status_code=201, response_model=SeedingShown, dependencies=[needs(Right.HOLD)])
def add(new: NewSeeding, write: Writes) -> Response:
    """Issue unique decoys for a copy, each on a leased line, or none at all."""
    world = write.world
    wanted = Wanted(new.dataset, new.count, new.copy_, new.planted_at)
    with world.database.read() as session:  # what takes seconds holds no writer up
        known = once.known_answer(session, world.vault, write.wish)
        if known is not None:
            return known
        means = Means(world.vault, world.chance, Mailboxes.parse(world.settings.email_domain))
        prepared = prepare(session, means, write.who, wanted, write.now)
    return write.once(lambda: SeedingShown.whole(issue(write.session, prepared)), 201)


@router.get("", dependencies=[needs(Right.READ)])
def listed(read: Reads, ask: Asked, dataset: str | None = None) -> Listed[SeedingListed]:
    """List the seedings that the key sees, optionally of one dataset."""
    found = list_seedings(read.session, read.who, dataset, ask)
    return Listed(items=[SeedingListed.of(*row) for row in found.rows], next=found.next)


@router.get("/{seeding}", dependencies=[needs(Right.READ)])
def one(seeding: str, read: Reads) -> SeedingShown:
    """Show a seeding with its decoys."""
    return SeedingShown.whole(find_seeding(read.session, read.world.vault, read.who, seeding))


@router.post("/{seeding}/retire", response_model=RetiredShown, dependencies=[needs(Right.HOLD)])
def retire(seeding: str, write: Writes) -> Response:
    """Retire a seeding's decoys; their lines listen on and rest before others may hold them."""
    days = write.world.settings.cooling_days
    return write.once(
        lambda: RetiredShown(
            retired=retire_seeding(write.session, write.who, seeding, write.now, days)
        )
    )
