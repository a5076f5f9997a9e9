"""Instants as numbers of days, the unit of the whole model."""

from datetime import UTC, datetime, timedelta

DAY_S = 86400.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_days(at: datetime) -> float:
    """Return days since 1970 of an aware instant."""
    return at.timestamp() / DAY_S


def to_instant(days: float) -> datetime:
    """Return the instant, in UTC, that lies so many days after 1970."""
    return EPOCH + timedelta(days=days)
