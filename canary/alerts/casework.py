"""Casework: claim a due copy, weigh the facts, and write the leak with its alert in one go."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from canary.alerts.kinds import AlertType
from canary.alerts.outbox import write_alert
from canary.attribution.facts import gather
from canary.attribution.fleet import Fleet
from canary.attribution.posterior import attribute
from canary.clock import Clock
from canary.database import Database, claim
from canary.firms.access import IN_PROCESS
from canary.leaks.cases import follow
from canary.leaks.steps import Step
from canary.leaks.views import find_leak, leak_item
from canary.tables import Copy, Leak, rows_of
from canary.vault import Vault

LEASE_S = 30.0
"""After a crash a copy falls back to others that late; a slower worker is not cut off by it."""
REST = 4.0
"""A copy that was weighed rests this many times as long as that took, whatever comes in."""
MOST_REST_S = 60.0
FAILED_REST_S = 60.0
TOLD_AS = {
    Step.SUSPECTED: AlertType.LEAK_SUSPECTED,
    Step.OPENED: AlertType.LEAK_OPENED,
    Step.UPDATED: AlertType.LEAK_UPDATED,
    Step.CLOSED: AlertType.LEAK_CLOSED,
}

_copy = rows_of(Copy)


class _LostClaim(Exception):
    """Another worker holds the copy by now; what this one found is thrown away."""


@dataclass(frozen=True, slots=True)
class DueCopy:
    """A copy claimed for attribution; ``seq`` tells whether it became due again meanwhile."""

    id: str
    seq: int


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether any copy waits for attribution."""
    return session.execute(_due(now).limit(1)).first() is not None


def claim_copies(session: Session, now: datetime, claimant: str, limit: int) -> list[DueCopy]:
    """Claim up to ``limit`` copies whose attribution is due, those due longest first."""
    due = _due(now).order_by(_copy.c.due_at).limit(limit)
    rows = claim(session, _copy, due, now=now, lease_s=LEASE_S, claimant=claimant)
    return [DueCopy(row.id, row.due_seq) for row in rows]


def _due(now: datetime) -> sa.Select[tuple[str]]:
    free = sa.or_(_copy.c.claimed_until.is_(None), _copy.c.claimed_until <= now)
    rested = sa.or_(_copy.c.rests_until.is_(None), _copy.c.rests_until <= now)
    return sa.select(_copy.c.id).where(_copy.c.due_at <= now, free, rested)


def weigh(  # noqa: PLR0913  what a worker holds
    database: Database,
    vault: Vault,
    clock: Clock,
    due: DueCopy,
    claimant: str,
    *,
    fleet: Fleet,
    url: str,
) -> Step | None:
    """Recompute one claimed copy from the stored facts and write what follows from it.

    The leak, its weights, the alert and its deliveries are one transaction, fenced by the claim:
    a worker that lost the copy to another writes nothing.

    Returns:
        The step that was told, None when there was none.
    """
    started = time.monotonic()
    with database.read() as session:
        world = gather(session, vault, due.id, fleet)
    found = attribute(world, due.id, clock.now())
    rest_s = min(REST * (time.monotonic() - started), MOST_REST_S)
    try:
        with database.write() as session:
            followed = follow(session, found, clock.now())
            if followed is not None:
                tell(session, *followed, clock.now(), url)
            # Last, so that the intake, which marks this row too, waits as briefly as can be.
            _finish(session, due, claimant, clock.now() + timedelta(seconds=rest_s))
    except _LostClaim:
        return None
    return None if followed is None else followed[1]


def tell(session: Session, leak: Leak, step: Step, now: datetime, url: str) -> None:
    """Write the alert of a leak's step; ``url`` is where people reach the console."""
    case = find_leak(session, IN_PROCESS, leak.id)
    content = {**leak_item(case), "url": f"{url}/console/leaks/{leak.id}"}
    write_alert(session, now, case.firm.id, TOLD_AS[step], content, leak_id=leak.id)


def put_off(database: Database, due: DueCopy, claimant: str, now: datetime) -> None:
    """Let a copy that could not be weighed rest, so that it holds up no other."""
    with database.write() as session:
        session.execute(
            sa.update(_copy)
            .where(_copy.c.id == due.id, _copy.c.claimed_by == claimant)
            .values(
                claimed_until=None,
                claimed_by=None,
                rests_until=now + timedelta(seconds=FAILED_REST_S),
            )
        )


def _finish(session: Session, due: DueCopy, claimant: str, rested_at: datetime) -> None:
    again = sa.case((_copy.c.due_seq == due.seq, None), else_=_copy.c.due_at)
    finished = session.execute(
        sa.update(_copy)
        .where(_copy.c.id == due.id, _copy.c.claimed_by == claimant)
        .values(claimed_until=None, claimed_by=None, due_at=again, rests_until=rested_at)
        .returning(_copy.c.id)
    )
    if finished.one_or_none() is None:
        raise _LostClaim
