"""Recovery: what an endpoint has missed since a time is sent after all."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.alerts.deliveries import restart
from canary.alerts.endpoints import find_endpoint
from canary.alerts.kinds import AlertType, takes
from canary.alerts.outbox import add_delivery, require_enabled
from canary.tables import Alert, Delivery, DeliveryStatus, Endpoint


def recover(
    session: Session, firm_id: str | None, endpoint_id: str, since: datetime, now: datetime
) -> int:
    """Make due at once what has not arrived of the firm's alerts since a time; return how many.

    That is what failed, what still waits, and what was told while the endpoint was disabled or
    was not there. What has arrived is not sent again.

    Raises:
        NotFound: there is no such endpoint, or it is another firm's.
        Conflict: the endpoint is disabled.
    """
    endpoint = find_endpoint(session, firm_id, endpoint_id)
    require_enabled(endpoint)
    late = _not_arrived(session, endpoint, since)
    for delivery in late:
        restart(delivery, now)
        session.add(delivery)
    missed = [alert for alert in _never_sent(session, endpoint, since) if _is_for(alert, endpoint)]
    for alert in missed:
        add_delivery(session, alert, endpoint, now)
    session.flush()
    return len(late) + len(missed)


def _is_for(alert: Alert, endpoint: Endpoint) -> bool:
    # A test of another endpoint is nobody else's.
    return alert.type != AlertType.ENDPOINT_TEST and takes(endpoint.events, alert.type)


def _not_arrived(session: Session, endpoint: Endpoint, since: datetime) -> list[Delivery]:
    statement = (
        select(Delivery)
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .where(
            Delivery.endpoint_id == endpoint.id,
            Delivery.status != DeliveryStatus.DELIVERED,
            Alert.created_at >= since,
        )
        .order_by(col(Delivery.id))
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))


def _never_sent(session: Session, endpoint: Endpoint, since: datetime) -> list[Alert]:
    sent = (
        sa.select(col(Delivery.id))
        .where(col(Delivery.alert_id) == col(Alert.id), col(Delivery.endpoint_id) == endpoint.id)
        .exists()
    )
    statement = (
        select(Alert)
        .where(Alert.firm_id == endpoint.firm_id, Alert.created_at >= since, ~sent)
        .order_by(col(Alert.id))
    )
    return list(session.exec(statement))
