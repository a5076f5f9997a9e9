"""``/v1/firms``: who holds data, and their keys."""

from fastapi import Response

from canary.firms.access import Right, issue_key
from canary.firms.registry import add_firm, find_firm, list_firms
from canary.tables import Scope
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.firms import FirmShown, KeyShown, NewFirm, NewKey
from webhooks.api.schemas.shapes import Listed

router = area("firms")


@router.post("", status_code=201, response_model=FirmShown, dependencies=[needs(Right.OPERATE)])
def add(new: NewFirm, write: Writes) -> Response:
    """Register a firm."""
    return write.once(
        lambda: FirmShown.of(add_firm(write.session, new.name, new.sector, write.now)), 201
    )


@router.get("", dependencies=[needs(Right.READ)])
def listed(read: Reads, ask: Asked) -> Listed[FirmShown]:
    """List the firms that the key sees."""
    found = list_firms(read.session, read.who, ask)
    return Listed(items=[FirmShown.of(row) for (row,) in found.rows], next=found.next)


@router.post(
    "/{firm}/keys",
    status_code=201,
    response_model=KeyShown,
    dependencies=[needs(Right.OPERATE)],
)
def issue(firm: str, new: NewKey, write: Writes) -> Response:
    """Issue a key: of the firm, or an investigator's, who reads across firms."""

    def make() -> KeyShown:
        holder = find_firm(write.session, write.who, firm)
        key = issue_key(write.session, Scope(new.scope.value), holder.id, write.now)
        return KeyShown(api_key=key)

    return write.once(make, 201)
