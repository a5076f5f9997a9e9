"""The register of lines: import, list, release."""

import enum
from collections.abc import Iterable, Mapping, Sequence
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
    """Who brings a line's contacts: those that have a route in this version."""

    TWILIO = "twilio"


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


@dataclass(frozen=True, slots=True)
class Checked:
    """An import that was parsed and sealed, and only has to be written."""

    rows: Sequence[tuple[NewLine, dict[str, Any]]]
    """As given and as stored, in the order of the index."""
    refused: Sequence[Refused]


def check_lines(
    vault: Vault, rows: Iterable[NewLine], quarantine_days: int, now: datetime
) -> Checked:
    """Parse and seal every row that can be used and refuse the others one by one.

    A line waits in quarantine for ``quarantine_days`` from the day we acquired it.
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
    # All imports write in one order, so that two at once cannot wait for each other.
    return Checked([fresh[index] for index in sorted(fresh)], refused)


def store_lines(session: Session, checked: Checked) -> tuple[int, list[Refused]]:
    """Write a checked import; a number that was released before is ours again.

    Returns:
        How many were imported, and the refused rows in their order.
    """
    stored = _store(session, [values for _, values in checked.rows])
    owned = [
        Refused(row.row, row.number, "owned")
        for row, values in checked.rows
        if values["number_index"] not in stored
    ]
    return len(stored), sorted([*checked.refused, *owned], key=lambda one: one.row)


def import_lines(
    session: Session, vault: Vault, rows: Iterable[NewLine], quarantine_days: int, now: datetime
) -> tuple[int, list[Refused]]:
    """Check and store in one session, which holds other writers up meanwhile: for few rows.

    Returns:
        How many were imported, and the refused rows in their order.
    """
    return store_lines(session, check_lines(vault, rows, quarantine_days, now))


def _values(vault: Vault, row: NewLine, quarantine_days: int, now: datetime) -> dict[str, Any]:
    number = Number.parse(row.number)
    carrier = row.carrier.strip().lower()
    if carrier not in list(Carrier):
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
        "carrier": carrier,
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
    session.execute(insert.on_conflict_do_nothing(index_elements=["number_index"]), rows)
    ours = sa.select(table.c.number_index).where(table.c.id.in_([row["id"] for row in rows]))
    stored = set(session.execute(ours).scalars())
    known = {row["number_index"]: row for row in rows if row["number_index"] not in stored}
    return stored | _revive(session, known)


def _revive(session: Session, known: Mapping[bytes, dict[str, Any]]) -> set[bytes]:
    """Make released numbers ours again; the number stays sealed for the row that it has."""
    released = (
        select(Line)
        .where(col(Line.number_index).in_(list(known)), Line.state == LineState.RELEASED)
        .order_by(col(Line.number_index))
        .with_for_update(key_share=True)
    )
    lines = session.exec(released).all() if known else []
    for line in lines:
        for name in ("carrier", "carrier_ref", "acquired_at", "ready_at"):
            setattr(line, name, known[line.number_index][name])
        line.state, line.released_at = LineState.QUARANTINE, None
    session.flush()
    return {line.number_index for line in lines}


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
    line = session.get(Line, line_id, with_for_update={"key_share": True})
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
