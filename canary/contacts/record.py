"""Recording contacts: a batch at a time, each exactly once, and what they concern made due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from canary.clock import new_id
from canary.contacts.callers import caller_of, content_key, is_shared
from canary.firms.registry import NUMBER
from canary.tables import Channel, Contact, Copy, Lease, Line, LineState, rows_of
from canary.vault import Vault

CONTENT = "content"
"""The kind of blind index under which messages of the same text are found."""
CALLER_PLACE = "contact.caller"
BODY_PLACE = "contact.body"

_contact, _line, _lease, _copy = rows_of(Contact), rows_of(Line), rows_of(Lease), rows_of(Copy)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call has come: the carrier's sequence number decides which report is newest."""

    status: str
    sequence: int
    duration_s: int | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or call as a carrier reported it, verified and well formed."""

    carrier: str
    external_id: str
    channel: Channel
    number: str
    at: datetime
    caller: str | None = None
    body: str | None = None
    verification: str | None = None
    progress: Progress | None = None


def record_batch(
    connection: Connection, vault: Vault, batch: Sequence[Inbound], now: datetime
) -> int:
    """Insert what is new of ``batch`` and make the copies that it may concern due.

    A second post of the same (carrier, external id) records nothing, except that a call's newer
    progress replaces the older. Contacts of numbers that are not ours keep no text and no caller.

    Returns:
        How many of the batch were for numbers that are not ours.
    """
    indexes = [vault.index(NUMBER, one.number) for one in batch]
    lines = _our_lines(connection, set(indexes))
    rows = [
        _row(vault, one, lines.get(index), now) for one, index in zip(batch, indexes, strict=True)
    ]
    # Always in the same order, so that two writers cannot wait for each other.
    rows.sort(key=lambda row: (row["carrier"], row["external_id"]))
    plain = [row for row in rows if row["call_status_seq"] < 0]
    reports = [row for row in rows if row["call_status_seq"] >= 0]
    if plain:
        connection.execute(_insert(connection).on_conflict_do_nothing(), plain)
    for report in reports:
        connection.execute(_with_progress(connection), report)
    if lines:
        make_due(connection, sorted(lines.values()), now)
    return sum(row["line_id"] is None for row in rows)


def make_due(connection: Connection, line_ids: Sequence[str], now: datetime) -> None:
    """Make every copy whose decoys ever held one of the lines due for attribution."""
    holders = sa.select(_lease.c.copy_id).where(_lease.c.line_id.in_(line_ids))
    wanted = sa.select(_copy.c.id).where(_copy.c.id.in_(holders)).order_by(_copy.c.id)
    copies = connection.execute(wanted.with_for_update()).scalars().all()
    if copies:
        connection.execute(
            sa.update(_copy)
            .where(_copy.c.id.in_(copies))
            .values(due_at=now, due_seq=_copy.c.due_seq + 1)
        )


def _our_lines(connection: Connection, indexes: set[bytes]) -> dict[bytes, str]:
    statement = sa.select(_line.c.number_index, _line.c.id).where(
        _line.c.number_index.in_(sorted(indexes)), _line.c.state != LineState.RELEASED
    )
    return {row.number_index: row.id for row in connection.execute(statement)}


def _row(vault: Vault, one: Inbound, line_id: str | None, now: datetime) -> dict[str, Any]:
    contact_id = new_id("contact", now)
    caller = caller_of(one.caller) if line_id else None
    body = one.body if line_id else None
    progress = one.progress or Progress("", -1)
    return {
        "id": contact_id,
        "carrier": one.carrier,
        "external_id": one.external_id,
        "channel": one.channel,
        "line_id": line_id,
        "at": one.at,
        "recorded_at": now,
        "caller": caller and vault.seal(CALLER_PLACE, contact_id, caller),
        "caller_index": caller and vault.index(NUMBER, caller),
        "shared_caller": is_shared(caller),
        "body": body and vault.seal(BODY_PLACE, contact_id, body),
        "content_index": body and vault.index(CONTENT, content_key(body)),
        "verification": one.verification,
        "call_status": progress.status or None,
        "call_status_seq": progress.sequence,
        "duration_s": progress.duration_s,
    }


def _insert(connection: Connection) -> Any:  # noqa: ANN401  two dialects' inserts, one shape
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(_contact)


def _with_progress(connection: Connection) -> Any:  # noqa: ANN401
    insert = _insert(connection)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["carrier", "external_id"],
        set_={
            "call_status": new.call_status,
            "call_status_seq": new.call_status_seq,
            "duration_s": sa.func.coalesce(new.duration_s, _contact.c.duration_s),
        },
        where=new.call_status_seq > _contact.c.call_status_seq,
    )
