"""Pages of long lists, newest first, by cursor: the id of the last thing shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from canary.errors import BadInput

MAX_PAGE = 1000
_ID = re.compile(r"[a-z]+_[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Ask:
    """Which page is wanted: up to ``limit`` rows older than ``after``."""

    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the cursor of the next page, None at the end."""

    rows: Sequence[Any]
    next: str | None


def page(session: Session, statement: sa.Select[Any], key: Any, ask: Ask) -> Page:  # noqa: ANN401
    """Run ``statement`` for one page, ordered by ``key`` descending; ids are ordered by time.

    Raises:
        BadInput: the limit is not between 1 and 1000, or ``after`` is no cursor.
    """
    if not 1 <= ask.limit <= MAX_PAGE:
        raise BadInput(
            says=f"limit {ask.limit} is not between 1 and {MAX_PAGE}.",
            fix="Ask for smaller pages and follow `next`.",
        )
    if ask.after is not None:
        if not _ID.match(ask.after):
            raise BadInput(
                says="`after` is not a cursor.", fix="Give `next` of the page before, unchanged."
            )
        statement = statement.where(key < ask.after)
    rows = session.execute(statement.order_by(key.desc()).limit(ask.limit + 1)).all()
    shown = rows[: ask.limit]
    more = len(rows) > ask.limit
    return Page(shown, _key_of(shown[-1], key) if more else None)


def _key_of(row: sa.Row[Any], key: Any) -> str:  # noqa: ANN401
    first = row[0]
    return first if isinstance(first, str) else str(getattr(first, key.key))
