"""The investigator's one question: what is known of this number, name or text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.contacts.callers import caller_of, content_key
from canary.contacts.queries import ShownContact, contacts_seen, shown
from canary.contacts.record import CONTENT
from canary.decoys.seeding import NAME, ShownDecoy, decoys_seen, name_key, shown_decoy
from canary.errors import BadInput
from canary.firms.access import Principal
from canary.firms.registry import NUMBER
from canary.leaks.views import Case, cases_seen
from canary.tables import Contact, Copy, Dataset, Decoy, Leak, Lease, Line
from canary.vault import Vault

MOST = 200
"""Rows of a kind in one answer."""
MAX_QUERY = 4000
_NUMBER_SIGNS = re.compile(r"[\s().-]")


@dataclass(frozen=True, slots=True)
class Campaign:
    """Contacts judged to be one operation, among those the answer shows."""

    id: str
    contacts: int
    lines: int


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known: nothing that the asking key may not see."""

    query: str
    decoys: Sequence[ShownDecoy]
    leases: Sequence[Lease]
    contacts: Sequence[ShownContact]
    campaigns: Sequence[Campaign]
    leaks: Sequence[Case]


def trace(session: Session, vault: Vault, who: Principal, query: str) -> Traced:
    """Answer for a phone number (ours or a caller's), a persona's name or a message's text.

    Raises:
        BadInput: the query is empty or too long.
    """
    text = query.strip()
    if not text or len(text) > MAX_QUERY:
        raise BadInput(
            says=f"The query is empty or longer than {MAX_QUERY} characters.",
            fix="Give a phone number, a name, or the text of a message.",
        )
    numbers = [vault.index(NUMBER, one) for one in _as_numbers(text)]
    named = vault.index(NAME, name_key(text))
    lines = sa.select(col(Line.id)).where(col(Line.number_index).in_(numbers))
    decoys = _decoys(
        session,
        vault,
        who,
        sa.or_(col(Decoy.name_index) == named, col(Decoy.line_id).in_(lines)),
    )
    reached = sa.or_(
        col(Contact.caller_index).in_(numbers),
        col(Contact.content_index) == vault.index(CONTENT, content_key(text)),
        col(Contact.line_id).in_(lines),
        col(Contact.line_id).in_([one.row.line_id for one in decoys]),
    )
    contacts = _contacts(session, vault, who, reached)
    leases = _leases(session, who, [one.row.id for one in decoys], lines)
    copies = {one.row.copy_id for one in decoys} | {one.copy for one in contacts if one.copy}
    return Traced(
        text, decoys, leases, contacts, _campaigns(contacts), _leaks(session, who, copies)
    )


def _as_numbers(text: str) -> set[str]:
    """Return the ways a caller or line may have been written down."""
    bare = _NUMBER_SIGNS.sub("", text)
    written = {caller_of(text), bare, f"+{bare}" if bare.isdecimal() else bare}
    return {one for one in written if one}


def _decoys(session: Session, vault: Vault, who: Principal, where: Any) -> list[ShownDecoy]:  # noqa: ANN401
    statement = decoys_seen(who).where(where).order_by(col(Decoy.id).desc()).limit(MOST)
    return [shown_decoy(vault, *row) for row in session.execute(statement)]


def _contacts(session: Session, vault: Vault, who: Principal, where: Any) -> list[ShownContact]:  # noqa: ANN401
    statement = contacts_seen(who).where(where).order_by(col(Contact.id).desc()).limit(MOST)
    return [shown(vault, *row) for row in session.execute(statement)]


def _leases(session: Session, who: Principal, decoys: Sequence[str], lines: Any) -> list[Lease]:  # noqa: ANN401
    statement = (
        sa.select(Lease)
        .join(Copy, col(Copy.id) == col(Lease.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
        .where(sa.or_(col(Lease.decoy_id).in_(decoys), col(Lease.line_id).in_(lines)))
        .order_by(col(Lease.id).desc())
        .limit(MOST)
    )
    if who.sees_firm is not None:
        statement = statement.where(col(Dataset.firm_id) == who.sees_firm)
    return list(session.execute(statement).scalars())


def _campaigns(contacts: Sequence[ShownContact]) -> list[Campaign]:
    lines: dict[str, list[str]] = {}
    for contact in contacts:
        if contact.campaign:
            lines.setdefault(contact.campaign, []).append(contact.number)
    return [Campaign(name, len(hit), len(set(hit))) for name, hit in lines.items()]


def _leaks(session: Session, who: Principal, copies: set[str]) -> list[Case]:
    statement = cases_seen(who).where(col(Leak.copy_id).in_(sorted(copies)))
    rows = session.execute(statement.order_by(col(Leak.id).desc()).limit(MOST))
    return [Case(*row) for row in rows]
