"""Leaks as they are shown, in lists, in alerts and one by one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.clock import rfc3339
from canary.errors import NotFound
from canary.firms.access import Principal
from canary.firms.registry import find_firm
from canary.paging import Ask, page
from canary.tables import Copy, Dataset, Firm, Leak, LeakChange, LeakStatus
from canary.vault import Vault

WORDS_PLACE = "leak_change.words"
SHOWN = (
    LeakStatus.SUSPECTED,
    LeakStatus.OPEN,
    LeakStatus.CONFIRMED,
    LeakStatus.DISMISSED,
)
"""What a list shows unless it is asked for closed suspicions."""


@dataclass(frozen=True, slots=True)
class Case:
    """A leak with the names around it."""

    leak: Leak
    firm: Firm
    dataset: Dataset
    copy: Copy


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a leak's timeline; ``words`` are what a person wrote."""

    at: datetime
    kind: str
    probability: float
    words: str | None
    actor: str | None


def leak_item(case: Case) -> dict[str, Any]:
    """Return the leak as lists and alerts show it: no text, no caller, no persona."""
    leak = case.leak
    leaked_at = None
    if leak.leaked_best is not None:
        leaked_at = {
            "best": rfc3339(leak.leaked_best),
            "lo": rfc3339(leak.leaked_lo),
            "hi": rfc3339(leak.leaked_hi),
        }
    return {
        "id": leak.id,
        "firm": {"id": case.firm.id, "name": case.firm.name},
        "dataset": {"id": case.dataset.id, "name": case.dataset.name},
        "copy": {"id": case.copy.id, "recipient": case.copy.recipient},
        "status": leak.status.value,
        "probability": leak.probability,
        "leaked_at": leaked_at,
        "first_contact_at": rfc3339(leak.first_contact_at),
        "opened_at": rfc3339(leak.opened_at),
        "contacts": leak.contacts,
        "decoys_contacted": leak.decoys_contacted,
        "decoys_exposed": leak.decoys_exposed,
        "reasons": list(leak.reasons),
    }


def list_leaks(
    session: Session, who: Principal, firm: str | None, status: LeakStatus | None, ask: Ask
) -> tuple[list[Case], str | None]:
    """Return a page of the leaks that ``who`` sees and the cursor of the next page.

    ``firm`` is an id or a name. Closed suspicions are shown only when asked for.

    Raises:
        NotFound: ``who`` sees no such firm.
    """
    statement = cases_seen(who)
    if firm is not None:
        statement = statement.where(col(Firm.id) == find_firm(session, who, firm).id)
    shown = SHOWN if status is None else (status,)
    found = page(session, statement.where(col(Leak.status).in_(shown)), col(Leak.id), ask)
    return [Case(*row) for row in found.rows], found.next


def find_leak(session: Session, who: Principal, leak_id: str) -> Case:
    """Return one leak with the names around it.

    Raises:
        NotFound: there is none that ``who`` sees.
    """
    row = session.execute(cases_seen(who).where(col(Leak.id) == leak_id)).one_or_none()
    if row is None:
        raise NotFound(says=f"There is no leak {leak_id!r}.", fix="See `canary leaks`.")
    return Case(*row)


def timeline(session: Session, vault: Vault, leak: Leak) -> list[Moment]:
    """Return the leak's steps, oldest first, with what people wrote in the clear."""
    rows = session.exec(
        select(LeakChange)
        .where(LeakChange.leak_id == leak.id)
        .order_by(col(LeakChange.at), col(LeakChange.id))
    )
    return [
        Moment(
            row.at,
            row.kind,
            row.probability,
            vault.open(WORDS_PLACE, row.id, row.words) if row.words else None,
            row.actor,
        )
        for row in rows
    ]


def cases_seen(who: Principal) -> Any:  # noqa: ANN401
    """Return the statement of all leaks that ``who`` sees, rows for :class:`Case`."""
    statement = (
        sa.select(Leak, Firm, Dataset, Copy)
        .join(Copy, col(Copy.id) == col(Leak.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
        .join(Firm, col(Firm.id) == col(Dataset.firm_id))
    )
    return statement if who.sees_firm is None else statement.where(col(Firm.id) == who.sees_firm)
