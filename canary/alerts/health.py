"""Whether an endpoint has failed for so long that it is of no use to go on."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.alerts.kinds import AlertType
from canary.tables import Alert, Attempt, Delivery, Endpoint

PATIENCE = timedelta(days=5)
"""An endpoint where everything has failed for so long is disabled."""


def has_failed_too_long(session: Session, endpoint: Endpoint, now: datetime) -> bool:
    """Tell whether nothing has arrived since a first failure that is five days old or older.

    Failures before the endpoint was last disabled do not count: it was mended since.
    """
    ours = sa.select(col(Delivery.id)).where(col(Delivery.endpoint_id) == endpoint.id)
    arrived = sa.select(sa.func.max(col(Attempt.at))).where(
        col(Attempt.delivery_id).in_(ours), col(Attempt.status_code).between(200, 299)
    )
    mended = [session.execute(arrived).scalar(), _last_disabled_at(session, endpoint)]
    failed = sa.select(sa.func.min(col(Attempt.at))).where(
        col(Attempt.delivery_id).in_(ours),
        *(col(Attempt.at) > at for at in mended if at is not None),
    )
    first: datetime | None = session.execute(failed).scalar()
    return first is not None and now - first >= PATIENCE


def _last_disabled_at(session: Session, endpoint: Endpoint) -> datetime | None:
    statement = (
        sa.select(Alert)
        .where(
            col(Alert.firm_id) == endpoint.firm_id,
            col(Alert.type) == AlertType.ENDPOINT_DISABLED.value,
        )
        .order_by(col(Alert.id).desc())
    )
    told = session.execute(statement).scalars()
    times = (alert.created_at for alert in told if alert.content.get("endpoint") == endpoint.id)
    return next(times, None)
