"""What all tables have in common: keys, references, and the names of constraints."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from canary.database import NAMING

SQLModel.metadata.naming_convention = NAMING
metadata = SQLModel.metadata


def key() -> Any:  # noqa: ANN401  SQLModel's Field is typed so
    """Return the field of a primary key."""
    return Field(primary_key=True, max_length=64)


def ref(target: str, *, index: bool = True, nullable: bool = False) -> Any:  # noqa: ANN401
    """Return the field of a reference to another table's key, given as ``table.column``."""
    return Field(
        default=None if nullable else ...,
        foreign_key=target,
        index=index,
        nullable=nullable,
        max_length=64,
    )


def rows_of(table: type[SQLModel]) -> sa.Table:
    """Return the Core table behind a model, for statements on many rows."""
    found: sa.Table = table.__table__  # type: ignore[attr-defined]
    return found
