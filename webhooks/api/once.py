"""The same idempotency key, the same answer: what was created is not created again.

The answer is stored, sealed, in the transaction that created. The key is taken first, in the same
transaction, so that of two requests at once the second waits for the first and then finds its
answer; when the first fails, nothing of it remains and the second goes ahead. What takes long is
prepared before the transaction, after a look whether the answer is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import sqlalchemy as sa
from fastapi import Response
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from canary.errors import BadInput
from canary.tables import Replay, rows_of
from canary.vault import Vault

KEY = "idempotency"
"""The kind of blind index under which answers are found."""
ANSWER_PLACE = "replay.answer"
KEPT = timedelta(days=7)
MAX_KEY = 255
_PENDING = 0


class IdempotencyMismatch(BadInput):
    """The key was used before, with another request."""

    code: ClassVar[str] = "idempotency_mismatch"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request to be done once: its key, whose it is, and a digest of its route and body."""

    key: str
    key_id: str
    digest: bytes


def parse_key(given: str) -> str:
    """Return the idempotency key.

    Raises:
        BadInput: it is empty, too long or not plain text.
    """
    if not (given.isascii() and given.isprintable() and 1 <= len(given) <= MAX_KEY):
        raise BadInput(
            says=f"The Idempotency-Key is not 1 to {MAX_KEY} printable ASCII characters.",
            fix="Send a UUID.",
        )
    return given


def answer(
    session: Session,
    vault: Vault,
    wish: Wish | None,
    make: Callable[[], BaseModel],
    as_of: tuple[int, datetime],
) -> Response:
    """Make an answer, or repeat the one that the same wish got before.

    Args:
        session: the transaction that creates.
        vault: seals what is answered.
        wish: what is to be done once; None when no key was sent.
        make: creates, and returns what to answer.
        as_of: the status of a new answer, and the present instant.

    Raises:
        IdempotencyMismatch: the key was used with another request.
    """
    status, now = as_of
    if wish is None:
        return _json(make().model_dump_json(), status)
    index = _index(vault, wish)
    if not _take(session, index, wish, now):
        return _repeat(session, vault, index, wish)
    text = make().model_dump_json()
    sealed = vault.seal(ANSWER_PLACE, index.hex(), text)
    mine = col(Replay.key) == index
    session.execute(sa.update(Replay).where(mine).values(status=status, answer=sealed))
    return _json(text, status)


def known_answer(session: Session, vault: Vault, wish: Wish | None) -> Response | None:
    """Return the answer that the wish got before, if any: a look that takes nothing.

    For work that is prepared before the transaction, and is not worth preparing twice.

    Raises:
        IdempotencyMismatch: the key was used with another request.
    """
    if wish is None:
        return None
    index = _index(vault, wish)
    taken = session.execute(sa.select(col(Replay.key)).where(col(Replay.key) == index)).first()
    return None if taken is None else _repeat(session, vault, index, wish)


def forget_answers(session: Session, now: datetime) -> None:
    """Delete the answers whose keys are too old to be sent again."""
    session.execute(sa.delete(Replay).where(col(Replay.created_at) < now - KEPT))


def _index(vault: Vault, wish: Wish) -> bytes:
    return vault.index(KEY, f"{wish.key_id}\n{wish.key}")


def _take(session: Session, index: bytes, wish: Wish, now: datetime) -> bool:
    """Take the key, waiting for whoever is about to; False when it was taken before."""
    table = rows_of(Replay)
    dialect = session.get_bind().dialect.name
    statement = (
        (postgresql if dialect == "postgresql" else sqlite)
        .insert(table)
        .values(key=index, request=wish.digest, status=_PENDING, answer=b"", created_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(table.c.status)
    )
    return session.execute(statement).first() is not None


def _repeat(session: Session, vault: Vault, index: bytes, wish: Wish) -> Response:
    kept = session.execute(sa.select(Replay).where(col(Replay.key) == index)).scalar_one()
    if kept.request != wish.digest:
        raise IdempotencyMismatch(
            says="This Idempotency-Key was used before with another request.",
            fix="Send a new key with a new request, and the same request with the same key.",
        )
    text = vault.open(ANSWER_PLACE, index.hex(), kept.answer)
    return _json(text, kept.status, {"Idempotent-Replayed": "true"})


def _json(text: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, headers=headers, media_type="application/json")
