"""Gathering the facts: from the database to the part of the world that bears on one copy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from canary.attribution import model
from canary.attribution.fleet import Fleet
from canary.attribution.naming import best_naming, spellings
from canary.attribution.wording import fingerprints
from canary.contacts.record import BODY_PLACE
from canary.decoys.seeding import open_persona
from canary.lines.register import LINE_NUMBER
from canary.tables import ORIGIN, Contact, Copy, Dataset, Decoy, Line, Sender, Weight
from canary.vault import Vault


@dataclass(frozen=True, slots=True)
class _Reach:
    """Statements that bound what is read; they nest as subqueries, so no list is too long."""

    lines: sa.Select[Any]
    copies: sa.Select[Any]


def gather(session: Session, vault: Vault, copy_id: str, fleet: Fleet) -> model.World:
    """Read what bears on a copy.

    That is its lines and the other lines of their blocks, the contacts on them, what the same
    callers and texts did elsewhere, and the copies whose decoys those reached. Contacts from the
    firm's own senders and those the firm called benign are left out.
    """
    reach = _reach(copy_id)
    personas: dict[str, dict[str, Any]] = {}
    exposures: list[model.Exposure] = []
    holders: dict[str, list[str]] = {}
    touched = sa.or_(col(Decoy.copy_id).in_(reach.copies), col(Decoy.line_id).in_(reach.lines))
    for (decoy,) in session.execute(sa.select(Decoy).where(touched)):
        personas[decoy.id] = open_persona(vault, decoy)
        holders.setdefault(decoy.line_id, []).append(decoy.id)
        exposures.append(
            model.Exposure(
                decoy.id, decoy.copy_id, decoy.line_id, decoy.planted_at, decoy.retired_at
            )
        )
    copies = _copies(session, {exposure.copy for exposure in exposures} | {copy_id})
    shut = _own_senders(session, exposures)
    rows = [
        row
        for row in _contacts(session, reach, copy_id)
        if (row.line_id, row.caller_index) not in shut
    ]
    held_by = {
        line: {decoy: personas[decoy] for decoy in decoys} for line, decoys in holders.items()
    }
    contacts = _weighable(vault, rows, held_by)
    lines = _lines(session, vault, reach, {contact.line for contact in contacts} | set(holders))
    contacts.sort(key=lambda contact: (contact.at, contact.id))
    return model.World(
        copies, lines, exposures, contacts, max(fleet.line_count, len(lines)), fleet.prior
    )


def _reach(copy_id: str) -> _Reach:
    mine = sa.select(col(Decoy.line_id)).where(col(Decoy.copy_id) == copy_id)
    here = col(Contact.line_id).in_(mine)
    callers = sa.select(col(Contact.caller_index)).where(
        here, col(Contact.caller_index).is_not(None), col(Contact.shared_caller).is_(False)
    )
    texts = sa.select(col(Contact.content_index)).where(
        here, col(Contact.content_index).is_not(None)
    )
    elsewhere = sa.select(col(Contact.line_id)).where(
        col(Contact.line_id).is_not(None),
        sa.or_(col(Contact.caller_index).in_(callers), col(Contact.content_index).in_(texts)),
    )
    blocks = sa.select(col(Line.block_index)).where(col(Line.id).in_(mine))
    near = sa.select(col(Line.id)).where(col(Line.block_index).in_(blocks))
    copies = sa.select(col(Decoy.copy_id)).where(
        sa.or_(col(Decoy.line_id).in_(elsewhere), col(Decoy.line_id).in_(mine))
    )
    around = sa.union(mine, elsewhere, near).subquery()
    return _Reach(lines=sa.select(around.c.line_id), copies=copies)


def _contacts(session: Session, reach: _Reach, copy_id: str) -> Iterable[Contact]:
    benign = sa.select(col(Weight.contact_id)).where(
        col(Weight.copy_id) == copy_id, col(Weight.benign).is_(True)
    )
    theirs = sa.select(col(Decoy.line_id)).where(col(Decoy.copy_id).in_(reach.copies))
    statement = sa.select(Contact).where(
        sa.or_(col(Contact.line_id).in_(reach.lines), col(Contact.line_id).in_(theirs)),
        col(Contact.id).not_in(benign),
    )
    return session.execute(statement).scalars().all()


def _weighable(
    vault: Vault,
    rows: Sequence[Contact],
    held_by: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> list[model.Contact]:
    """Return the contacts with what their words tell, given the personas that held each line."""
    bodies = {row.id: vault.open(BODY_PLACE, row.id, row.body) for row in rows if row.body}
    names = {
        line: frozenset().union(*map(spellings, personas.values()))
        for line, personas in held_by.items()
    }
    wordings = fingerprints(
        bodies, {row.id: names.get(str(row.line_id), frozenset()) for row in rows}
    )
    weighable = []
    for row in rows:
        line = str(row.line_id)
        found, named = best_naming(bodies.get(row.id), held_by.get(line, {}))
        weighable.append(
            model.Contact(
                id=row.id,
                at=row.at,
                line=line,
                caller=row.caller_index.hex() if row.caller_index else None,
                shared_caller=row.shared_caller,
                fingerprint=wordings.get(row.id),
                names=found,
                named_decoy=named,
            )
        )
    return weighable


def _copies(session: Session, ids: set[str]) -> dict[str, model.Copy]:
    origin = aliased(Copy)
    statement = (
        sa.select(Copy, col(Dataset.firm_id), col(origin.id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
        .join(
            origin,
            sa.and_(
                col(origin.dataset_id) == col(Copy.dataset_id), col(origin.recipient) == ORIGIN
            ),
        )
        .where(col(Copy.id).in_(sorted(ids)))
    )
    return {
        copy.id: model.Copy(
            copy.id, firm, copy.created_at, None if origin_id == copy.id else origin_id
        )
        for copy, firm, origin_id in session.execute(statement)
    }


def _own_senders(
    session: Session, exposures: Iterable[model.Exposure]
) -> set[tuple[str | None, bytes | None]]:
    """Return (line, caller) pairs that are a firm writing to its own clients."""
    by_copy: dict[str, set[str]] = {}
    for exposure in exposures:
        by_copy.setdefault(exposure.copy, set()).add(exposure.line)
    statement = (
        sa.select(col(Copy.id), col(Sender.number_index))
        .join(Sender, col(Sender.dataset_id) == col(Copy.dataset_id))
        .where(col(Copy.id).in_(sorted(by_copy)))
    )
    return {(line, number) for copy, number in session.execute(statement) for line in by_copy[copy]}


def _lines(
    session: Session, vault: Vault, reach: _Reach, wanted: set[str]
) -> dict[str, model.Line]:
    lines: dict[str, model.Line] = {}
    rows = session.execute(sa.select(Line).where(col(Line.id).in_(reach.lines))).scalars().all()
    missing = sorted(wanted - {row.id for row in rows})
    more = [
        row
        for start in range(0, len(missing), 500)
        for row in session.execute(
            sa.select(Line).where(col(Line.id).in_(missing[start : start + 500]))
        ).scalars()
    ]
    for row in [*rows, *more]:
        number = vault.open(LINE_NUMBER, row.id, row.number)
        lines[row.id] = model.Line(
            id=row.id,
            block=row.block_index.hex(),
            position=int(number.lstrip("+")),
            heard_from=row.acquired_at,
            heard_until=row.released_at,
        )
    return lines
