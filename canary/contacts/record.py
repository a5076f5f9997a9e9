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

# Built once: composing statements costs more than running them.
_copies = _copy.c.id.in_(sa.bindparam("copies", expanding=True))
FIND_LINES = (
    sa.select(_line.c.number_index, _line.c.id, _lease.c.copy_id)
    .outerjoin(_lease, _lease.c.line_id == _line.c.id)
    .where(
        _line.c.number_index.in_(sa.bindparam("indexes", expanding=True)),
        _line.c.state != LineState.RELEASED,
    )
)
LOCK_COPIES = (
    sa.select(_copy.c.id)
    .where(_copies)
    .order_by(_copy.c.id)
    .with_for_update(
        key_share=True  # who only refers to a copy does not make contacts wait
    )
)
MAKE_DUE = (
    sa.update(_copy)
    .where(_copies)
    .values(due_at=sa.bindparam("now", type_=_copy.c.due_at.type), due_seq=_copy.c.due_seq + 1)
)
# Without column types: the rows hold what the drivers take, as converting twice costs a third.
_bare = sa.table(_contact.name, *(sa.column(column.name) for column in _contact.columns))
INSERT_ON_POSTGRESQL = postgresql.insert(_bare).on_conflict_do_nothing()
INSERT_ON_SQLITE = sqlite.insert(_bare).on_conflict_do_nothing()


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
    lines, copies = _our_lines(connection, indexes)
    kind = _contact.c.at.type.dialect_impl(connection.dialect)
    instant = kind.bind_processor(connection.dialect) or _as_it_is
    rows = [
        _row(vault, one, lines.get(index), now, instant)
        for one, index in zip(batch, indexes, strict=True)
    ]
    # Always in the same order, so that two writers cannot wait for each other.
    rows.sort(key=lambda row: (row["carrier"], row["external_id"]))
    plain = [row for row in rows if row["call_status_seq"] < 0]
    postgres = connection.dialect.name == "postgresql"
    if plain:
        connection.execute(INSERT_ON_POSTGRESQL if postgres else INSERT_ON_SQLITE, plain)
    for row in rows:
        if row["call_status_seq"] >= 0:
            connection.execute(_with_progress(connection), row)
    make_due(connection, copies, now)
    return sum(row["line_id"] is None for row in rows)


def make_due(connection: Connection, copy_ids: Sequence[str], now: datetime) -> None:
    """Make copies due for attribution, locking them in the same order everywhere."""
    if not copy_ids:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK_COPIES, {"copies": copy_ids})
    connection.execute(MAKE_DUE, {"copies": copy_ids, "now": now})


def _our_lines(
    connection: Connection, indexes: Sequence[bytes]
) -> tuple[dict[bytes, str], list[str]]:
    """Return our lines by their blind index, and the copies whose decoys ever held one."""
    found = connection.execute(FIND_LINES, {"indexes": sorted(set(indexes))}).all()
    lines = {index: line_id for index, line_id, _ in found}
    return lines, sorted({copy_id for _, _, copy_id in found if copy_id is not None})


def _row(
    vault: Vault,
    one: Inbound,
    line_id: str | None,
    now: datetime,
    instant: Any,  # noqa: ANN401
) -> dict[str, Any]:
    contact_id = new_id("contact", now)
    caller = caller_of(one.caller) if line_id else None
    body = one.body if line_id else None
    progress = one.progress or Progress("", -1)
    return {
        "id": contact_id,
        "carrier": one.carrier,
        "external_id": one.external_id,
        "channel": one.channel.value,
        "line_id": line_id,
        "at": instant(one.at),
        "recorded_at": instant(now),
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


def _as_it_is(at: datetime) -> datetime:
    return at


def _with_progress(connection: Connection) -> Any:  # noqa: ANN401  two dialects, one shape
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(_bare)
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
