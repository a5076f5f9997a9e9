"""Contacts as they are shown: opened from the vault, with what attribution made of them.

A firm sees a contact when one of its decoys was the line's last holder at that time, so that a
line leased to another firm later tells nothing about either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from canary.contacts.record import BODY_PLACE, CALLER_PLACE
from canary.errors import NotFound
from canary.firms.access import Principal
from canary.firms.registry import NUMBER
from canary.lines.register import LINE_NUMBER
from canary.paging import Ask, page
from canary.tables import Contact, Copy, Dataset, Decoy, Lease, Line, Weight
from canary.vault import Vault

SURELY_CAUSED = 0.9
"""From this probability on a contact is shown to the firm whose leak caused it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts: all filters that are given must hold; ``line`` is an id or a number."""

    since: datetime | None = None
    line: str | None = None
    decoy: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True)
class ShownContact:
    """A contact in the clear, with its line's holder then and the weight of that copy's leak."""

    row: Contact
    number: str
    decoy: str | None
    copy: str | None
    caller: str | None
    body: str | None
    probability: float
    campaign: str | None
    weighed: bool
    """False while no attribution has looked at it; then the probability says nothing."""


def list_contacts(
    session: Session, vault: Vault, who: Principal, wanted: Wanted, ask: Ask
) -> tuple[list[ShownContact], str | None]:
    """Return a page of contacts, newest first, and the cursor of the next page.

    Raises:
        NotFound: ``who`` sees no such line, decoy or copy.
    """
    _require_seen(session, who, wanted)
    line = None if wanted.line is None else _line_id(session, vault, who, wanted.line)
    statement = contacts_seen(who)
    for given, column in (
        (line, col(Contact.line_id)),
        (wanted.decoy, col(Lease.decoy_id)),
        (wanted.copy, col(Lease.copy_id)),
    ):
        if given is not None:
            statement = statement.where(column == given)
    if wanted.since is not None:
        statement = statement.where(col(Contact.at) >= wanted.since)
    found = page(session, statement, col(Contact.id), ask)
    return [shown(vault, *row) for row in found.rows], found.next


def contacts_seen(who: Principal) -> Any:  # noqa: ANN401
    """Return the statement of all contacts that ``who`` sees, one row each, for :func:`shown`."""
    statement = (
        sa.select(
            Contact,
            col(Line.number),
            col(Lease.decoy_id),
            col(Lease.copy_id),
            col(Weight.probability),
            col(Weight.campaign),
        )
        .join(Line, col(Line.id) == col(Contact.line_id))
        .outerjoin(Lease, _held_then())
        .outerjoin(
            Weight,
            sa.and_(
                col(Weight.contact_id) == col(Contact.id),
                col(Weight.copy_id) == col(Lease.copy_id),
            ),
        )
    )
    if who.sees_firm is None:
        return statement
    return (
        statement.join(Copy, col(Copy.id) == col(Lease.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
        .where(col(Dataset.firm_id) == who.sees_firm)
    )


def contacts_of_copy(
    session: Session, vault: Vault, copy_id: str, limit: int, *, dismissed: bool = False
) -> Sequence[ShownContact]:
    """Return the contacts weighed for a copy, the likeliest of its leak first.

    Those that came while one of the copy's decoys held the line, and later ones only when the
    copy's leak caused them: what else came to a line before or after is its other holders'.
    ``dismissed`` asks for those that were called benign as well.
    """
    standing = (
        sa.select(sa.func.max(col(Decoy.id)))
        .where(
            col(Decoy.line_id) == col(Contact.line_id),
            col(Decoy.copy_id) == copy_id,
            col(Decoy.planted_at) <= col(Contact.at),
        )
        .correlate(Contact)
        .scalar_subquery()
    )
    statement: Any = (
        sa.select(
            Contact,
            col(Line.number),
            standing,
            col(Weight.copy_id),
            col(Weight.probability),
            col(Weight.campaign),
        )
        .join(Weight, col(Weight.contact_id) == col(Contact.id))
        .join(Line, col(Line.id) == col(Contact.line_id))
        .outerjoin(Lease, _held_then())
        .where(
            col(Weight.copy_id) == copy_id,
            sa.or_(col(Lease.copy_id) == copy_id, col(Weight.probability) >= SURELY_CAUSED),
        )
        .order_by(col(Weight.probability).desc(), col(Contact.at), col(Contact.id))
        .limit(limit)
    )
    if not dismissed:
        statement = statement.where(col(Weight.benign).is_(False))
    return [shown(vault, *row) for row in session.execute(statement).all()]


def shown(  # noqa: PLR0913, PLR0917  one argument for each column of the statement
    vault: Vault,
    row: Contact,
    number: bytes,
    decoy: str | None,
    copy: str | None,
    probability: float | None,
    campaign: str | None,
) -> ShownContact:
    """Open one row of :func:`contacts_seen`."""
    return ShownContact(
        row=row,
        number=vault.open(LINE_NUMBER, str(row.line_id), number),
        decoy=decoy,
        copy=copy,
        caller=vault.open(CALLER_PLACE, row.id, row.caller) if row.caller else None,
        body=vault.open(BODY_PLACE, row.id, row.body) if row.body else None,
        probability=probability or 0.0,
        campaign=campaign,
        weighed=probability is not None,
    )


def _held_then() -> Any:  # noqa: ANN401
    """Return the condition that joins a contact to its line's last lease begun by then."""
    last = aliased(Lease)
    newest = (
        sa.select(col(last.id))
        .where(col(last.line_id) == col(Contact.line_id), col(last.leased_at) <= col(Contact.at))
        .order_by(col(last.leased_at).desc(), col(last.id).desc())
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    return col(Lease.id) == newest


def _require_seen(session: Session, who: Principal, wanted: Wanted) -> None:
    firm_of_copy = sa.select(col(Dataset.firm_id)).join(
        Copy, col(Copy.dataset_id) == col(Dataset.id)
    )
    firm_of_decoy = firm_of_copy.join(Decoy, col(Decoy.copy_id) == col(Copy.id))
    asked = (
        ("copy", wanted.copy, firm_of_copy.where(col(Copy.id) == wanted.copy), "copy list"),
        (
            "decoy",
            wanted.decoy,
            firm_of_decoy.where(col(Decoy.id) == wanted.decoy),
            "seeding show SEEDING --json",
        ),
    )
    for kind, given, statement, shows in asked:
        if given is None:
            continue
        firm = session.execute(statement).scalar_one_or_none()
        if firm is None or not who.sees(firm):
            raise NotFound(says=f"There is no {kind} {given!r}.", fix=f"See `canary {shows}`.")


def _line_id(session: Session, vault: Vault, who: Principal, given: str) -> str:
    """Return the id of a line given by id or number, if ``who`` may see its contacts."""
    number = col(Line.number_index) == vault.index(NUMBER, given.strip())
    statement = sa.select(col(Line.id)).where(sa.or_(col(Line.id) == given, number))
    if who.sees_firm is not None:
        statement = (
            statement.join(Lease, col(Lease.line_id) == col(Line.id))
            .join(Copy, col(Copy.id) == col(Lease.copy_id))
            .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
            .where(col(Dataset.firm_id) == who.sees_firm)
        )
    found: str | None = session.execute(statement.limit(1)).scalar()
    if found is None:
        raise NotFound(
            says=f"There is no line {given!r}.",
            fix="Give a line's id or its number in E.164; `canary contacts` shows the numbers.",
        )
    return found
