"""What reaches our lines."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import UTCDateTime, ValueEnum
from canary.tables.kinds import Channel
from canary.tables.shape import key, ref


class Contact(SQLModel, table=True):
    """One inbound message or call. Without a line it came to a number that is not ours."""

    __table_args__ = (
        sa.UniqueConstraint("carrier", "external_id"),
        sa.Index("ix_contact_line_id_at", "line_id", "at"),
        sa.Index("ix_contact_caller_index", "caller_index", "at"),
        sa.Index("ix_contact_content_index", "content_index"),
    )

    id: str = key()
    carrier: str = Field(max_length=32)
    external_id: str = Field(max_length=128)
    channel: Channel = Field(sa_type=ValueEnum(Channel))
    line_id: str | None = ref("line.id", nullable=True, index=False)
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


class Recording(SQLModel, table=True):
    """What was recorded of a call, fetched from its carrier once."""

    __table_args__ = (
        sa.UniqueConstraint("carrier", "external_id"),
        sa.Index("ix_recording_due", "due_at"),
    )

    id: str = key()
    carrier: str = Field(max_length=32)
    external_id: str = Field(max_length=128)
    call_id: str = Field(max_length=128, index=True)
    """The carrier's id of the call, whose contact may come later."""
    status: str = Field(max_length=32)
    created_at: datetime = Field(sa_type=UTCDateTime)
    duration_s: int | None = None
    url: bytes | None = None
    """Sealed."""
    media_type: str | None = Field(default=None, max_length=100)
    media: bytes | None = None
    """Sealed."""
    transcript: bytes | None = None
    """Sealed."""
    fetched_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    attempts: int = Field(default=0)
    failure: str | None = Field(default=None, max_length=500)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)


class Nonce(SQLModel, table=True):
    """A number that a carrier uses once, kept for as long as its request would be accepted."""

    digest: bytes = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
