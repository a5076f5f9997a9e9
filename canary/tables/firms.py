"""Firms, their keys, their datasets and the copies of these."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import UTCDateTime, ValueEnum
from canary.tables.kinds import Scope
from canary.tables.shape import key, ref

ORIGIN = "origin"
"""The recipient of the firm's own copy of a dataset."""


class Firm(SQLModel, table=True):
    """Who holds data."""

    id: str = key()
    name: str = Field(max_length=200, unique=True)
    sector: str = Field(max_length=32)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ApiKey(SQLModel, table=True):
    """A key to the API: a public prefix to find it by and the SHA-256 of the whole."""

    __tablename__: ClassVar[Any] = "api_key"

    id: str = key()
    prefix: str = Field(max_length=16, unique=True)
    digest: bytes
    scope: Scope = Field(sa_type=ValueEnum(Scope))
    firm_id: str | None = ref("firm.id", nullable=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Dataset(SQLModel, table=True):
    """A named body of client records that a firm holds."""

    __table_args__ = (sa.UniqueConstraint("firm_id", "name"),)

    id: str = key()
    firm_id: str = ref("firm.id")
    name: str = Field(max_length=200)
    locale: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Sender(SQLModel, table=True):
    """A number, short code or name that the firm itself sends from: never evidence."""

    __table_args__ = (sa.UniqueConstraint("dataset_id", "number_index"),)

    id: str = key()
    dataset_id: str = ref("dataset.id")
    number_index: bytes
    number: bytes
    """Sealed."""


class Copy(SQLModel, table=True):
    """One recipient's release of a dataset, and whether its attribution is due."""

    __table_args__ = (
        sa.UniqueConstraint("dataset_id", "recipient"),
        sa.Index("ix_copy_due", "due_at", sqlite_where=sa.text("due_at IS NOT NULL")),
    )

    id: str = key()
    dataset_id: str = ref("dataset.id")
    recipient: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    due_seq: int = Field(default=0)
    """Counts how often it became due, and ``stirred`` how often only for what a relative heard."""
    stirred: int = Field(default=0)
    settled: int = Field(default=0)
    """How often it had become due for what it heard itself, when it was last weighed."""
    rests_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)
