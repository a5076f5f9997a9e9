"""Lines and the decoys that stand on them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import UTCDateTime, ValueEnum
from canary.tables.kinds import LineState
from canary.tables.shape import key, ref


class Line(SQLModel, table=True):
    """A phone number we own."""

    __table_args__ = (
        sa.Index("ix_line_free", "state", "region", "number_index"),
        sa.Index("ix_line_beat_due", "beat_due_at"),
        sa.Index("ix_line_reconcile_due", "reconcile_due_at"),
    )

    id: str = key()
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
    beat_due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the next heartbeat to it is to be sent."""
    beats_missed: int = Field(default=0)
    reconcile_due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reconciled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Up to when the carrier's own list of contacts was compared with ours."""
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)


class Beat(SQLModel, table=True):
    """A heartbeat: one of our lines writes to another, which proves the whole way in."""

    id: str = key()
    line_id: str = ref("line.id")
    sender_line_id: str = ref("line.id")
    word_index: bytes = Field(unique=True)
    """Blind index of the whole text, by which it is told from a contact."""
    sent_at: datetime = Field(sa_type=UTCDateTime)
    arrived_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it was counted, as arrived or as missed."""
    failure: str | None = Field(default=None, max_length=500)


class Seeding(SQLModel, table=True):
    """One dated batch of decoys for one copy."""

    id: str = key()
    copy_id: str = ref("copy.id")
    planted_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    decoys: int


class Decoy(SQLModel, table=True):
    """The record nobody owns, as long as it stands in its copy."""

    __table_args__ = (sa.UniqueConstraint("email_index"),)

    id: str = key()
    seeding_id: str = ref("seeding.id")
    copy_id: str = ref("copy.id")
    line_id: str = ref("line.id")
    persona: bytes
    """Sealed JSON."""
    name_index: bytes = Field(index=True)
    email_index: bytes
    planted_at: datetime = Field(sa_type=UTCDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Lease(SQLModel, table=True):
    """The interval in which a decoy holds a line; a firm has only one open lease of a line."""

    __table_args__ = (
        sa.Index(
            "uq_lease_open_line_firm",
            "line_id",
            "firm_id",
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        ),
    )

    id: str = key()
    line_id: str = ref("line.id")
    decoy_id: str = ref("decoy.id")
    copy_id: str = ref("copy.id")
    firm_id: str = ref("firm.id", index=False)
    leased_at: datetime = Field(sa_type=UTCDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Exposure(SQLModel, table=True):
    """A decoy of another recipient's that a copy holds too, and from when to when."""

    copy_id: str = Field(foreign_key="copy.id", primary_key=True, max_length=64)
    decoy_id: str = Field(foreign_key="decoy.id", primary_key=True, max_length=64, index=True)
    planted_at: datetime = Field(sa_type=UTCDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
