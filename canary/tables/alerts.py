"""What is told, where, and how far it has come; and answers that are given again."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import UTCDateTime, ValueEnum
from canary.tables.kinds import DeliveryStatus
from canary.tables.shape import key, ref


class Endpoint(SQLModel, table=True):
    """Where a firm wants to be told."""

    id: str = key()
    firm_id: str = ref("firm.id")
    url: bytes
    """Sealed: it may carry a secret."""
    secret: bytes
    """Sealed."""
    events: list[str] = Field(sa_type=sa.JSON)
    format: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UTCDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Alert(SQLModel, table=True):
    """What is told: thin, without a text, a caller or a persona."""

    id: str = key()
    firm_id: str = ref("firm.id")
    leak_id: str | None = ref("leak.id", nullable=True)
    type: str = Field(max_length=32)
    created_at: datetime = Field(sa_type=UTCDateTime)
    content: dict[str, Any] = Field(sa_type=sa.JSON)


class Delivery(SQLModel, table=True):
    """One alert to one endpoint, until it is delivered or its schedule ends."""

    __table_args__ = (
        sa.UniqueConstraint("alert_id", "endpoint_id"),
        sa.Index("ix_delivery_due", "due_at"),
        sa.Index("ix_delivery_endpoint_due", "endpoint_id", "due_at"),
    )

    id: str = key()
    alert_id: str = ref("alert.id", index=False)
    endpoint_id: str = ref("endpoint.id", index=False)
    status: DeliveryStatus = Field(sa_type=ValueEnum(DeliveryStatus))
    attempts: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)


class Attempt(SQLModel, table=True):
    """One HTTP try of a delivery."""

    id: str = key()
    delivery_id: str = ref("delivery.id")
    number: int
    at: datetime = Field(sa_type=UTCDateTime)
    duration_ms: int
    status_code: int | None = None
    error: str | None = Field(default=None, max_length=500)
    answer: str | None = None
    """The first 2 KiB of the response."""


class Replay(SQLModel, table=True):
    """What a creating request answered, so that the same key gets the same answer."""

    key: bytes = Field(primary_key=True)
    """Blind index of the principal and its idempotency key."""
    request: bytes
    """Digest of the route and body that the key was first used with."""
    status: int
    answer: bytes
    """Sealed JSON."""
    created_at: datetime = Field(sa_type=UTCDateTime)
