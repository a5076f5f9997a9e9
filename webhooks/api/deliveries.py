"""``/v1/deliveries``: what was told to whom, and what came of it."""

from fastapi import Response

from canary.alerts.deliveries import list_deliveries, replay
from canary.firms.access import Right
from canary.tables import DeliveryStatus
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.endpoints import DeliveryOutline, DeliveryShown
from webhooks.api.schemas.shapes import Listed

router = area("deliveries")


@router.get("", dependencies=[needs(Right.HOLD)])
def listed(
    read: Reads, ask: Asked, endpoint: str | None = None, status: DeliveryStatus | None = None
) -> Listed[DeliveryShown]:
    """List the deliveries that the key sees, with their attempts."""
    found = list_deliveries(read.session, read.who.sees_firm, endpoint, status, ask)
    return Listed(items=[DeliveryShown.whole(row) for row in found.rows], next=found.next)


@router.post("/{delivery}/replay", response_model=DeliveryOutline, dependencies=[needs(Right.HOLD)])
def replayed(delivery: str, write: Writes) -> Response:
    """Make a delivery due at once, under the same `webhook-id`."""
    return write.once(
        lambda: DeliveryOutline.of(replay(write.session, write.who.sees_firm, delivery, write.now))
    )
