"""What attribution holds of a copy."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import UTCDateTime, ValueEnum
from canary.tables.kinds import LeakStatus
from canary.tables.shape import key, ref


class Weight(SQLModel, table=True):
    """How probably one copy's leak caused a contact; ``benign`` when the firm said it did not."""

    copy_id: str = Field(foreign_key="copy.id", primary_key=True, max_length=64)
    contact_id: str = Field(foreign_key="contact.id", primary_key=True, max_length=64, index=True)
    probability: float
    campaign: str | None = Field(default=None, max_length=64)
    benign: bool = False


class Leak(SQLModel, table=True):
    """The case opened for a copy."""

    id: str = key()
    copy_id: str = ref("copy.id")
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

    id: str = key()
    leak_id: str = ref("leak.id")
    at: datetime = Field(sa_type=UTCDateTime)
    kind: str = Field(max_length=32)
    probability: float
    words: bytes | None = None
    """Sealed: what a person wrote."""
    actor: str | None = Field(default=None, max_length=64)
