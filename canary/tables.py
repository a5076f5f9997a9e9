"""The tables, the same on SQLite and PostgreSQL. Never used as request or response models.

Columns ending in ``_index`` are blind indexes; columns of sealed bytes say so. No relationships:
foreign keys by name, explicit joins.
"""

import enum
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import NAMING, UTCDateTime, ValueEnum

SQLModel.metadata.naming_convention = NAMING
metadata = SQLModel.metadata

ORIGIN = "origin"
"""The recipient of the firm's own copy of a dataset."""


class Scope(enum.StrEnum):
    """What an API key may do."""

    OPERATOR = "operator"
    FIRM = "firm"
    INVESTIGATOR = "investigator"


class LineState(enum.StrEnum):
    """Where a line is in its life; ``ready`` is quarantine or cooling that has run out."""

    QUARANTINE = "quarantine"
    READY = "ready"
    LEASED = "leased"
    COOLING = "cooling"
    CONTROL = "control"
    LOST = "lost"
    RELEASED = "released"


class Channel(enum.StrEnum):
    """How a contact came."""

    MESSAGE = "message"
    CALL = "call"


class LeakStatus(enum.StrEnum):
    """What is held of a leak."""

    SUSPECTED = "suspected"
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class DeliveryStatus(enum.StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


def _key() -> Any:  # noqa: ANN401  SQLModel's Field is typed so
    return Field(primary_key=True, max_length=64)


def _ref(target: str, *, index: bool = True, nullable: bool = False) -> Any:  # noqa: ANN401
    return Field(
        default=None if nullable else ...,
        foreign_key=target,
        index=index,
        nullable=nullable,
        max_length=64,
    )


class Firm(SQLModel, table=True):
    """Who holds data."""

    id: str = _key()
    name: str = Field(max_length=200, unique=True)
    sector: str = Field(max_length=32)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ApiKey(SQLModel, table=True):
    """A key to the API: a public prefix to find it by and the SHA-256 of the whole."""

    __tablename__: ClassVar[Any] = "api_key"

    id: str = _key()
    prefix: str = Field(max_length=16, unique=True)
    digest: bytes
    scope: Scope = Field(sa_type=ValueEnum(Scope))
    firm_id: str | None = _ref("firm.id", nullable=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Dataset(SQLModel, table=True):
    """A named body of client records that a firm holds."""

    __table_args__ = (sa.UniqueConstraint("firm_id", "name"),)

    id: str = _key()
    firm_id: str = _ref("firm.id")
    name: str = Field(max_length=200)
    locale: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Sender(SQLModel, table=True):
    """One of the firm's own numbers, whose contacts are never evidence."""

    __table_args__ = (sa.UniqueConstraint("dataset_id", "number_index"),)

    id: str = _key()
    dataset_id: str = _ref("dataset.id")
    number_index: bytes
    number: bytes
    """Sealed."""


class Copy(SQLModel, table=True):
    """One recipient's release of a dataset, and whether its attribution is due."""

    __table_args__ = (
        sa.UniqueConstraint("dataset_id", "recipient"),
        sa.Index("ix_copy_due", "due_at", sqlite_where=sa.text("due_at IS NOT NULL")),
    )

    id: str = _key()
    dataset_id: str = _ref("dataset.id")
    recipient: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_seq: int = Field(default=0)
    rests_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)


class Line(SQLModel, table=True):
    """A phone number we own."""

    __table_args__ = (sa.Index("ix_line_free", "state", "region", "number_index"),)

    id: str = _key()
    number_index: bytes = Field(unique=True)
    number: bytes
    """Sealed."""
    block_index: bytes = Field(index=True)
    """Blind index of the number without its last two digits."""
    region: str = Field(max_length=8)
    carrier: str = Field(max_length=32)
    carrier_ref: str | None = Field(default=None, max_length=100)
    state: LineState = Field(sa_type=ValueEnum(LineState))
    acquired_at: datetime = Field(sa_type=UTCDateTime)
    ready_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Seeding(SQLModel, table=True):
    """One dated batch of decoys for one copy."""

    id: str = _key()
    copy_id: str = _ref("copy.id")
    planted_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    decoys: int


class Decoy(SQLModel, table=True):
    """The record nobody owns, as long as it stands in its copy."""

    __table_args__ = (sa.UniqueConstraint("email_index"),)

    id: str = _key()
    seeding_id: str = _ref("seeding.id")
    copy_id: str = _ref("copy.id")
    line_id: str = _ref("line.id")
    persona: bytes
    """Sealed JSON."""
    name_index: bytes = Field(index=True)
    email_index: bytes
    planted_at: datetime = Field(sa_type=UTCDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Lease(SQLModel, table=True):
    """The interval in which a decoy holds a line; only one lease of a line is open."""

    __table_args__ = (
        sa.Index(
            "uq_lease_open_line",
            "line_id",
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        ),
    )

    id: str = _key()
    line_id: str = _ref("line.id")
    decoy_id: str = _ref("decoy.id")
    copy_id: str = _ref("copy.id")
    leased_at: datetime = Field(sa_type=UTCDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Contact(SQLModel, table=True):
    """One inbound message or call. Without a line it came to a number that is not ours."""

    __table_args__ = (
        sa.UniqueConstraint("carrier", "external_id"),
        sa.Index("ix_contact_line_id_at", "line_id", "at"),
        sa.Index("ix_contact_caller_index", "caller_index", "at"),
        sa.Index("ix_contact_content_index", "content_index"),
    )

    id: str = _key()
    carrier: str = Field(max_length=32)
    external_id: str = Field(max_length=128)
    channel: Channel = Field(sa_type=ValueEnum(Channel))
    line_id: str | None = _ref("line.id", nullable=True, index=False)
    at: datetime = Field(sa_type=UTCDateTime)
    recorded_at: datetime = Field(sa_type=UTCDateTime)
    caller: bytes | None = None
    """Sealed."""
    caller_index: bytes | None = None
    shared_caller: bool = False
    body: bytes | None = None
    """Sealed."""
    content_index: bytes | None = None
    verification: str | None = Field(default=None, max_length=64)
    call_status: str | None = Field(default=None, max_length=32)
    call_status_seq: int = -1
    duration_s: int | None = None


class Weight(SQLModel, table=True):
    """How probably one copy's leak caused a contact; ``benign`` when the firm said it did not."""

    copy_id: str = Field(foreign_key="copy.id", primary_key=True, max_length=64)
    contact_id: str = Field(foreign_key="contact.id", primary_key=True, max_length=64, index=True)
    probability: float
    campaign: str | None = Field(default=None, max_length=64)
    benign: bool = False


class Leak(SQLModel, table=True):
    """The case opened for a copy."""

    id: str = _key()
    copy_id: str = _ref("copy.id")
    status: LeakStatus = Field(sa_type=ValueEnum(LeakStatus))
    probability: float
    log_bayes_factor: float
    leaked_best: datetime | None = Field(default=None, sa_type=UTCDateTime)
    leaked_lo: datetime | None = Field(default=None, sa_type=UTCDateTime)
    leaked_hi: datetime | None = Field(default=None, sa_type=UTCDateTime)
    first_contact_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    suspected_at: datetime = Field(sa_type=UTCDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    told_width_s: float | None = None
    """Width of the date interval in the last alert, in seconds."""
    told_decoys: int = 0
    """Decoys contacted as of the last alert."""
    contacts: int
    decoys_contacted: int
    decoys_exposed: int
    reasons: list[str] = Field(sa_type=sa.JSON)


class LeakChange(SQLModel, table=True):
    """One step of a leak's timeline."""

    __tablename__: ClassVar[Any] = "leak_change"

    id: str = _key()
    leak_id: str = _ref("leak.id")
    at: datetime = Field(sa_type=UTCDateTime)
    kind: str = Field(max_length=32)
    probability: float
    words: bytes | None = None
    """Sealed: what a person wrote."""
    actor: str | None = Field(default=None, max_length=64)


class Endpoint(SQLModel, table=True):
    """Where a firm wants to be told."""

    id: str = _key()
    firm_id: str = _ref("firm.id")
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

    id: str = _key()
    firm_id: str = _ref("firm.id")
    leak_id: str | None = _ref("leak.id", nullable=True)
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

    id: str = _key()
    alert_id: str = _ref("alert.id", index=False)
    endpoint_id: str = _ref("endpoint.id", index=False)
    status: DeliveryStatus = Field(sa_type=ValueEnum(DeliveryStatus))
    attempts: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)


class Attempt(SQLModel, table=True):
    """One HTTP try of a delivery."""

    id: str = _key()
    delivery_id: str = _ref("delivery.id")
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


def rows_of(table: type[SQLModel]) -> sa.Table:
    """Return the Core table behind a model, for statements on many rows."""
    found: sa.Table = table.__table__  # type: ignore[attr-defined]
    return found
