"""The outbox: an alert and its deliveries are written in the transaction of what they tell."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canary.alerts.kinds import AlertType, takes
from canary.clock import new_id, rfc3339
from canary.errors import Conflict
from canary.tables import Alert, Delivery, DeliveryStatus, Endpoint


def write_alert(
    session: Session,
    at: datetime,
    firm_id: str,
    kind: AlertType,
    content: dict[str, Any],
    *,
    leak_id: str | None = None,
) -> Alert:
    """Write an alert, and a delivery due now for each enabled endpoint of the firm that takes it.

    Args:
        session: the transaction that changes what the alert tells.
        at: the present instant; the alert's ``timestamp``.
        firm_id: who is told.
        kind: the alert's ``type``.
        content: the alert's ``data``; never a text, a caller or a persona.
        leak_id: the leak it is about, if it is about one.
    """
    alert = _add_alert(session, at, firm_id, kind, content, leak_id)
    for endpoint in _enabled(session, firm_id):
        if takes(endpoint.events, kind):
            add_delivery(session, alert, endpoint, at)
    session.flush()
    return alert


def test_endpoint(session: Session, at: datetime, endpoint: Endpoint) -> Alert:
    """Write an ``endpoint.test`` alert to exactly this endpoint, whatever its filter.

    Raises:
        Conflict: the endpoint is disabled.
    """
    require_enabled(endpoint)
    content = {"endpoint": endpoint.id}
    alert = _add_alert(session, at, endpoint.firm_id, AlertType.ENDPOINT_TEST, content, None)
    add_delivery(session, alert, endpoint, at)
    session.flush()
    return alert


def add_delivery(session: Session, alert: Alert, endpoint: Endpoint, at: datetime) -> Delivery:
    """Write a delivery of the alert to the endpoint, due now."""
    delivery = Delivery(
        id=new_id("dlv", at),
        alert_id=alert.id,
        endpoint_id=endpoint.id,
        status=DeliveryStatus.PENDING,
        created_at=at,
        due_at=at,
    )
    session.add(delivery)
    return delivery


def require_enabled(endpoint: Endpoint) -> None:
    """Do nothing when alerts go to the endpoint.

    Raises:
        Conflict: it is disabled.
    """
    if endpoint.disabled_at is not None:
        raise Conflict(
            says=f"The endpoint {endpoint.id} is disabled.",
            fix=f"Mend it, then run `canary endpoint enable {endpoint.id}`.",
        )


def body_of(alert: Alert) -> bytes:
    """Return the body that every attempt of every delivery of the alert sends, byte for byte."""
    told = {"type": alert.type, "timestamp": rfc3339(alert.created_at), "data": alert.content}
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _add_alert(
    session: Session,
    at: datetime,
    firm_id: str,
    kind: AlertType,
    content: dict[str, Any],
    leak_id: str | None,
) -> Alert:
    alert = Alert(
        id=new_id("alert", at),
        firm_id=firm_id,
        leak_id=leak_id,
        type=kind.value,
        created_at=at,
        content=content,
    )
    session.add(alert)
    session.flush()
    return alert


def _enabled(session: Session, firm_id: str) -> list[Endpoint]:
    statement = (
        select(Endpoint)
        .where(Endpoint.firm_id == firm_id, col(Endpoint.disabled_at).is_(None))
        .order_by(col(Endpoint.id))
    )
    return list(session.exec(statement).all())
