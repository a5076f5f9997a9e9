"""The register of lines: import, list, release."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from canary.clock import new_id
from canary.errors import BadInput, Conflict, NotFound
from canary.firms.registry import NUMBER
from canary.lines.numbers import Number
from canary.paging import Ask, Page, page
from canary.tables import Line, LineState, rows_of
from canary.vault import Vault

BLOCK = "block"
"""The kind of blind index under which a number's neighbourhood is found."""
LINE_NUMBER = "line.number"
MAX_REF = 100
WAITING = (LineState.QUARANTINE, LineState.COOLING)


class Carrier(enum.StrEnum):
    """Who brings a line's contacts."""

    TWILIO = "twilio"
    TELNYX = "telnyx"
    ANDROID = "android-sms-gateway"
    HUAWEI = "huawei"
    KANNEL = "kannel"


@dataclass(frozen=True, slots=True)
class NewLine:
    """One row of an import, as given; ``row`` is its number in the file, from 1."""

    row: int
    number: str
    carrier: str
    carrier_ref: str | None = None
    acquired_at: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not imported, and why."""

    row: int
    number: str
    reason: str


def import_lines(
    session: Session, vault: Vault, rows: Iterable[NewLine], quarantine_days: int, now: datetime
) -> tuple[int, list[Refused]]:
    """Import every row that can be used and refuse the others one by one.

    A line waits in quarantine for ``quarantine_days`` from the day we acquired it. A number that
    was released before is ours again.

    Returns:
        How many were imported, and the refused rows in their order.
    """
    refused: list[Refused] = []
    fresh: dict[bytes, tuple[NewLine, dict[str, Any]]] = {}
    for row in rows:
        try:
            values = _values(vault, row, quarantine_days, now)
        except BadInput as wrong:
            refused.append(Refused(row.row, row.number, wrong.says))
            continue
        if values["number_index"] in fresh:
            refused.append(Refused(row.row, row.number, "duplicate"))
        else:
            fresh[values["number_index"]] = (row, values)
    stored = _store(session, [values for _, values in fresh.values()])
    refused += [
        Refused(row.row, row.number, "owned")
        for key, (row, _) in fresh.items()
        if key not in stored
    ]
    return len(stored), sorted(refused, key=lambda one: one.row)


def _values(vault: Vault, row: NewLine, quarantine_days: int, now: datetime) -> dict[str, Any]:
    number = Number.parse(row.number)
    if row.carrier not in list(Carrier):
        raise BadInput(says=f"unknown carrier, use one of: {', '.join(Carrier)}")
    reference = row.carrier_ref or ""
    if len(reference) > MAX_REF or not reference.isprintable():
        raise BadInput(says=f"carrier_ref is not printable or longer than {MAX_REF} characters")
    acquired_at = _instant(row.acquired_at, now)
    line_id = new_id("line", now)
    return {
        "id": line_id,
        "number_index": vault.index(NUMBER, number.e164),
        "number": vault.seal(LINE_NUMBER, line_id, number.e164),
        "block_index": vault.index(BLOCK, number.block),
        "region": number.region,
        "carrier": row.carrier,
        "carrier_ref": reference or None,
        "state": LineState.QUARANTINE,
        "acquired_at": acquired_at,
        "ready_at": acquired_at + timedelta(days=quarantine_days),
    }


def _instant(text: str | None, now: datetime) -> datetime:
    if not text:
        return now
    try:
        parsed = datetime.fromisoformat(text)
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
        instant = aware.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day have no instant everywhere
        raise BadInput(says="acquired_at is not an RFC 3339 time") from None
    if instant > now:
        raise BadInput(says="acquired_at is in the future")
    return instant


def _store(session: Session, rows: Sequence[dict[str, Any]]) -> set[bytes]:
    """Insert what is new and revive what was released; return the indexes that are ours anew."""
    if not rows:
        return set()
    table = rows_of(Line)
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    renewed = ("id", "number", "carrier", "carrier_ref", "acquired_at", "ready_at")
    statement = insert.on_conflict_do_nothing(index_elements=["number_index"])
    stored = set(session.execute(statement.returning(table.c.number_index), rows).scalars().all())
    known = [row for row in rows if row["number_index"] not in stored]
    for row in known:
        line = session.exec(select(Line).where(Line.number_index == row["number_index"])).one()
        if line.state is LineState.RELEASED:
            _revive(session, line, {name: row[name] for name in renewed if name != "id"})
            stored.add(row["number_index"])
    return stored


def _revive(session: Session, line: Line, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name != "number":  # sealed for the row it already has
            setattr(line, name, value)
    line.state = LineState.QUARANTINE
    line.released_at = None
    session.add(line)


def state_at(line: Line, now: datetime) -> LineState:
    """Return the line's state as of now: a wait that has run out is ``ready``."""
    over = line.state in WAITING and line.ready_at is not None and line.ready_at <= now
    return LineState.READY if over else line.state


def list_lines(session: Session, state: LineState | None, now: datetime, ask: Ask) -> Page:
    """Return a page of lines, rows of (Line,), optionally only those in ``state`` as of now."""
    statement = sa.select(Line)
    waited = sa.and_(col(Line.state).in_(WAITING), col(Line.ready_at) <= now)
    if state is LineState.READY:
        statement = statement.where(waited)
    elif state is not None:
        statement = statement.where(col(Line.state) == state, sa.not_(waited))
    return page(session, statement, col(Line.id), ask)


def count_lines(session: Session, now: datetime) -> dict[LineState, int]:
    """Return how many lines are in each state as of now."""
    waited = sa.and_(col(Line.state).in_(WAITING), col(Line.ready_at) <= now)
    shown = sa.case((waited, LineState.READY.value), else_=sa.cast(col(Line.state), sa.String))
    counted = session.execute(sa.select(shown, sa.func.count()).group_by(shown)).all()
    return {LineState(state): count for state, count in counted}


def release_line(session: Session, line_id: str, now: datetime) -> Line:
    """Give a line back: it is ours no longer and hears nothing more.

    Raises:
        NotFound: there is no such line.
        Conflict: a decoy holds it, or it was released before.
    """
    line = session.get(Line, line_id, with_for_update=True)
    if line is None:
        raise NotFound(says=f"There is no line {line_id!r}.", fix="See `canary line list`.")
    if line.state is LineState.LEASED:
        raise Conflict(
            says="A decoy holds this line.", fix="Retire its seeding first: `canary retire`."
        )
    if line.state is LineState.RELEASED:
        raise Conflict(says="This line was released before.", fix="Import it again to own it.")
    line.state, line.released_at = LineState.RELEASED, now
    session.add(line)
    return line
