"""Keeping cases: an attribution becomes a leak, its changes, and the weight of each contact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from canary.attribution.fleet import CAUSED
from canary.attribution.model import Attribution
from canary.clock import new_id
from canary.contacts.queries import SURELY_CAUSED
from canary.leaks.steps import Step, Told, next_step, width_s
from canary.tables import Contact, Leak, LeakChange, LeakStatus, Weight, rows_of

LIVE = (LeakStatus.SUSPECTED, LeakStatus.OPEN, LeakStatus.CONFIRMED)
STATUS_AFTER = {
    Step.SUSPECTED: LeakStatus.SUSPECTED,
    Step.OPENED: LeakStatus.OPEN,
    Step.CLOSED: LeakStatus.CLOSED,
}
NOTICEABLE = 0.005
"""A contact's probability is stored anew when it moved by more than this."""


def follow(session: Session, found: Attribution, now: datetime) -> tuple[Leak, Step] | None:
    """Bring the copy's leak in line with its attribution.

    Stores the weights that moved, and opens, updates or closes the leak.

    Returns:
        The leak and the step that is to be told, None when there is nothing to tell.
    """
    _store_weights(session, found)
    leak = live_leak(session, found.copy)
    told = None if leak is None else Told(leak.status, leak.told_width_s, leak.told_decoys)
    step = next_step(told, found)
    if leak is None:
        if step is None:
            return None
        leak = _new_leak(found, now)
    _describe(session, leak, found)
    session.add(leak)
    session.flush()
    if step is None:
        return None
    leak.status = STATUS_AFTER.get(step, leak.status)
    if step is Step.OPENED:
        leak.opened_at = now
    leak.told_width_s = width_s(leak.leaked_lo, leak.leaked_hi)
    leak.told_decoys = leak.decoys_contacted
    add_change(session, leak, step.value, now)
    return leak, step


def live_leak(session: Session, copy_id: str) -> Leak | None:
    """Return the copy's leak that is still a case, locked, None when there is none."""
    wanted = select(Leak).where(Leak.copy_id == copy_id, col(Leak.status).in_(LIVE))
    newest = wanted.order_by(col(Leak.id).desc()).limit(1)
    return session.exec(newest.with_for_update().execution_options(populate_existing=True)).first()


def add_change(
    session: Session, leak: Leak, kind: str, now: datetime, actor: str | None = None
) -> LeakChange:
    """Add a step to the leak's timeline."""
    change = LeakChange(
        id=new_id("change", now),
        leak_id=leak.id,
        at=now,
        kind=kind,
        probability=leak.probability,
        actor=actor,
    )
    session.add(change)
    return change


def _new_leak(found: Attribution, now: datetime) -> Leak:
    return Leak(
        id=new_id("leak", now),
        copy_id=found.copy,
        status=LeakStatus.SUSPECTED,
        probability=found.probability,
        log_bayes_factor=found.log_bayes_factor,
        suspected_at=now,
        contacts=0,
        decoys_contacted=0,
        decoys_exposed=0,
        reasons=[],
    )


def _describe(session: Session, leak: Leak, found: Attribution) -> None:
    caused = [one for one, sure in found.contact_probability.items() if sure >= CAUSED]
    leak.probability = found.probability
    leak.log_bayes_factor = found.log_bayes_factor
    leak.contacts = len(caused)
    leak.decoys_contacted = found.decoys_contacted
    leak.decoys_exposed = found.decoys_exposed
    leak.reasons = list(found.reasons)
    leak.first_contact_at = _first_contact_at(session, found.copy, CAUSED)
    if found.leaked_at is not None:
        # A list was taken before it was used: what surely came of it bounds the date.
        latest = _first_contact_at(session, found.copy, SURELY_CAUSED) or found.leaked_at.hi
        leak.leaked_best = min(found.leaked_at.best, latest)
        leak.leaked_lo = min(found.leaked_at.lo, latest)
        leak.leaked_hi = min(found.leaked_at.hi, latest)


def _first_contact_at(session: Session, copy_id: str, sure: float) -> datetime | None:
    """Return when the first contact came that the copy's leak caused so surely."""
    first = (
        sa.select(Contact)
        .join(Weight, col(Weight.contact_id) == col(Contact.id))
        .where(
            col(Weight.copy_id) == copy_id,
            col(Weight.probability) >= sure,
            col(Weight.benign).is_(False),
        )
        .order_by(col(Contact.at))
        .limit(1)
    )
    contact = session.execute(first).scalar_one_or_none()
    return None if contact is None else contact.at


def _store_weights(session: Session, found: Attribution) -> None:
    """Store what moved; what is not weighed any more, and was not called benign, weighs nothing."""
    stored = {
        row.contact_id: row
        for row in session.execute(
            sa.select(
                col(Weight.contact_id),
                col(Weight.probability),
                col(Weight.campaign),
                col(Weight.benign),
            ).where(col(Weight.copy_id) == found.copy)
        )
    }
    weighed = {
        one: (sure, found.campaign_of.get(one)) for one, sure in found.contact_probability.items()
    }
    gone = {
        one: (0.0, None) for one, row in stored.items() if one not in weighed and not row.benign
    }
    moved = [
        {
            "copy_id": found.copy,
            "contact_id": one,
            "probability": sure,
            "campaign": campaign,
            "benign": False,
        }
        for one, (sure, campaign) in {**weighed, **gone}.items()
        if _moved(stored.get(one), sure, campaign)
    ]
    if moved:
        _upsert(session, moved)


def _moved(before: Any, sure: float, campaign: str | None) -> bool:  # noqa: ANN401  a row
    return (
        before is None or abs(before.probability - sure) > NOTICEABLE or before.campaign != campaign
    )


def _upsert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    dialect = session.get_bind().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(rows_of(Weight))
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["copy_id", "contact_id"],
            set_={
                "probability": insert.excluded.probability,
                "campaign": insert.excluded.campaign,
            },
        ),
        rows,
    )
