"""Leases: a decoy holds a line alone, and the line rests before another may hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.errors import NotEnoughLines
from canary.lines.register import LINE_NUMBER, WAITING
from canary.tables import Lease, Line, LineState
from canary.vault import Vault


@dataclass(frozen=True, slots=True)
class Taken:
    """A line taken for a decoy, with its number in the clear."""

    line_id: str
    number: str


def take_lines(
    session: Session, vault: Vault, count: int, region: str, now: datetime
) -> list[Taken]:
    """Take ``count`` ready lines, those of ``region`` first, in no order of their numbers.

    Raises:
        NotEnoughLines: fewer are ready; nothing was taken, and the error says how many miss.
    """
    taken: list[tuple[str, bytes]] = []
    for same_region in (True, False):
        for state in WAITING:
            taken += _ready(session, state, (region, same_region), count - len(taken), now)
    _require(len(taken), count)
    ids = [line_id for line_id, _ in taken]
    for start in range(0, count, 500):
        chosen = col(Line.id).in_(ids[start : start + 500])
        session.execute(sa.update(Line).where(chosen).values(state=LineState.LEASED, ready_at=None))
    return [Taken(row, vault.open(LINE_NUMBER, row, number)) for row, number in taken]


def require_lines(session: Session, count: int, now: datetime) -> None:
    """Do nothing when ``count`` lines are ready; none is taken, and others may be faster.

    Raises:
        NotEnoughLines: fewer are ready; the error says how many miss.
    """
    waited = sa.and_(col(Line.state).in_(WAITING), col(Line.ready_at) <= now)
    ready = session.execute(sa.select(sa.func.count()).select_from(Line).where(waited))
    _require(ready.scalar_one(), count)


def _require(ready: int, count: int) -> None:
    if ready < count:
        raise NotEnoughLines(
            says=f"{ready} lines are ready and {count} are needed: {count - ready} are missing.",
            fix="Import or buy lines (`canary line import`), or wait until their quarantine ends "
            "(`canary line list --state quarantine`).",
        )


def _ready(
    session: Session, state: LineState, where: tuple[str, bool], limit: int, now: datetime
) -> Sequence[tuple[str, bytes]]:
    region, same_region = where
    here = col(Line.region) == region if same_region else col(Line.region) != region
    statement = (
        sa.select(col(Line.id), col(Line.number))
        .where(col(Line.state) == state, here, col(Line.ready_at) <= now)
        .order_by(col(Line.number_index))  # keyed, hence as good as shuffled
        .limit(max(limit, 0))
        # The key stays, so that a contact on such a line is recorded without waiting for us.
        .with_for_update(skip_locked=True, key_share=True)
    )
    return [(line_id, number) for line_id, number in session.execute(statement).all()]


def end_leases(
    session: Session, decoy_ids: Sequence[str], now: datetime, cooling_days: int
) -> None:
    """End the leases of retired decoys; their lines listen on for ``cooling_days``."""
    for start in range(0, len(decoy_ids), 500):
        held = sa.and_(
            col(Lease.decoy_id).in_(decoy_ids[start : start + 500]),
            col(Lease.released_at).is_(None),
        )
        lines = sa.select(col(Lease.line_id)).where(held)
        session.execute(
            sa.update(Line)
            .where(col(Line.id).in_(lines))
            .values(state=LineState.COOLING, ready_at=now + timedelta(days=cooling_days))
        )
        session.execute(sa.update(Lease).where(held).values(released_at=now))
