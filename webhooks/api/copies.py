"""``/v1/copies``: recipients' releases of datasets."""

from fastapi import Response

from canary.firms.access import Right
from canary.firms.registry import add_copy, list_copies
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.firms import CopyShown, NewCopy
from webhooks.api.schemas.shapes import Listed

router = area("copies")


@router.post("", status_code=201, response_model=CopyShown, dependencies=[needs(Right.HOLD)])
def add(new: NewCopy, write: Writes) -> Response:
    """Register one recipient's release of a dataset."""
    return write.once(
        lambda: CopyShown.of(
            add_copy(write.session, write.who, new.dataset, new.recipient, write.now)
        ),
        201,
    )


@router.get("", dependencies=[needs(Right.READ)])
def listed(read: Reads, ask: Asked, dataset: str | None = None) -> Listed[CopyShown]:
    """List the copies that the key sees, optionally of one dataset."""
    found = list_copies(read.session, read.who, dataset, ask)
    return Listed(items=[CopyShown.of(row) for (row,) in found.rows], next=found.next)
