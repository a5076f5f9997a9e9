"""``/v1/keys``: the keys that were issued, and the end of one."""

from fastapi import Response

from canary.firms.access import Right, list_keys, revoke_key
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.firms import KeyListed
from webhooks.api.schemas.shapes import Listed

router = area("keys")


@router.get("", dependencies=[needs(Right.OPERATE)])
def listed(read: Reads, ask: Asked) -> Listed[KeyListed]:
    """List the keys, revoked ones too, newest first; none is shown whole."""
    found = list_keys(read.session, ask)
    return Listed(items=[KeyListed.of(row) for (row,) in found.rows], next=found.next)


@router.post("/{key}/revoke", response_model=KeyListed, dependencies=[needs(Right.OPERATE)])
def revoke(key: str, write: Writes) -> Response:
    """End a key, named by its id or its prefix: from now on it opens nothing."""
    return write.once(lambda: KeyListed.of(revoke_key(write.session, key, write.now)))
