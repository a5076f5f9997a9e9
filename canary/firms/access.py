"""API keys and what each may do and see: decided here and nowhere else."""

import enum
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.clock import new_id
from canary.errors import Conflict, NotAllowed, NotAuthenticated, NotFound
from canary.paging import Ask, Page, page
from canary.tables import ApiKey, Firm, Scope

KEY_MARK = "canary"
_NO_DIGEST = bytes(32)


class Right(enum.StrEnum):
    """Something a key may or may not do."""

    OPERATE = "operate"
    """Firms, keys and lines."""
    HOLD = "hold"
    """Datasets, copies, seedings and endpoints of the firms it sees."""
    JUDGE = "judge"
    """Confirm, dismiss and annotate leaks it sees."""
    READ = "read"
    """Look at what it sees."""


RIGHTS = {
    Scope.OPERATOR: frozenset(Right),
    Scope.FIRM: frozenset({Right.HOLD, Right.JUDGE, Right.READ}),
    Scope.INVESTIGATOR: frozenset({Right.JUDGE, Right.READ}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: the key, its scope, and the only firm it sees (None: every firm)."""

    key_id: str
    scope: Scope
    sees_firm: str | None

    def require(self, right: Right) -> None:
        """Do nothing when the right is held.

        Raises:
            NotAllowed: it is not.
        """
        if right not in RIGHTS[self.scope]:
            raise NotAllowed(
                says=f"A key of scope {self.scope} may not {right}.",
                fix="Ask the operator for a key of another scope.",
            )

    def sees(self, firm_id: str) -> bool:
        """Tell whether things of that firm exist for this key."""
        return self.sees_firm is None or self.sees_firm == firm_id


IN_PROCESS = Principal("key_in_process", Scope.OPERATOR, None)
"""The operator at the machine that holds the home; there is no key to show."""


def issue_key(session: Session, scope: Scope, firm_id: str | None, at: datetime) -> str:
    """Store a new key's digest and return the key, which is shown this once.

    Raises:
        NotFound: there is no such firm.
    """
    if firm_id is not None and session.get(Firm, firm_id) is None:
        raise NotFound(says=f"There is no firm {firm_id}.", fix="See `canary firm list`.")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = f"{KEY_MARK}_{prefix}_{secret}"
    session.add(
        ApiKey(
            id=new_id("key", at),
            prefix=prefix,
            digest=_digest(key),
            scope=scope,
            firm_id=firm_id,
            created_at=at,
        )
    )
    return key


def list_keys(session: Session, ask: Ask) -> Page:
    """Return a page of the keys, revoked ones too: rows of (ApiKey,)."""
    return page(session, sa.select(ApiKey), col(ApiKey.id), ask)


def revoke_key(session: Session, key_id: str, now: datetime) -> ApiKey:
    """End a key, named by its id or its public prefix: from now on it opens nothing.

    Raises:
        NotFound: there is no such key.
        Conflict: it was revoked before.
    """
    named = sa.or_(col(ApiKey.id) == key_id, col(ApiKey.prefix) == key_id)
    row = session.exec(select(ApiKey).where(named).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(says=f"There is no key {key_id!r}.", fix="See `canary firm keys`.")
    if row.revoked_at is not None:
        raise Conflict(says="This key was revoked before.", fix="See `canary firm keys`.")
    row.revoked_at = now
    session.add(row)
    return row


def authenticate(session: Session, presented: str) -> Principal:
    """Return who presented this key; compares digests in constant time.

    Raises:
        NotAuthenticated: there is no key, or it is unknown or revoked.
    """
    parts = presented.split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == KEY_MARK else ""  # noqa: PLR2004
    row = session.exec(select(ApiKey).where(ApiKey.prefix == prefix)).one_or_none()
    same = hmac.compare_digest(row.digest if row else _NO_DIGEST, _digest(presented))
    if row is None or not same or row.revoked_at is not None:
        raise NotAuthenticated(
            says="The API key is missing, unknown or revoked.",
            fix="Set CANARY_API_KEY, or send it as `Authorization: Bearer KEY`.",
        )
    sees_firm = row.firm_id if row.scope is Scope.FIRM else None
    return Principal(row.id, row.scope, sees_firm)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()  # 256 random bits need no slow hash
