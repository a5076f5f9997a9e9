"""What people say of a leak: confirmed, dismissed with a reason, or a note."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from canary.attribution.fleet import CAUSED
from canary.errors import BadInput, Conflict
from canary.firms.access import Principal, Right
from canary.leaks.cases import LIVE, add_change
from canary.leaks.views import WORDS_PLACE, find_leak
from canary.tables import Leak, LeakStatus, Weight
from canary.vault import Vault

MAX_WORDS = 4000


def confirm(session: Session, who: Principal, leak_id: str, now: datetime) -> Leak:
    """Say that the leak is real.

    Raises:
        Conflict: it was dismissed, closed or confirmed before.
        NotFound: ``who`` sees no such leak.
    """
    leak = _judged(session, who, leak_id)
    if leak.status is LeakStatus.CONFIRMED:
        raise Conflict(says="This leak is confirmed already.", fix="Nothing needs to be done.")
    leak.status = LeakStatus.CONFIRMED
    add_change(session, leak, "confirmed", now, who.key_id)
    return leak


def dismiss(
    session: Session, vault: Vault, who: Principal, leak_id: str, reason: str, now: datetime
) -> Leak:
    """Say that it is no leak, and why: its contacts are benign and weigh nothing from now on.

    Raises:
        BadInput: there is no reason, or it is too long.
        Conflict: it was dismissed or closed before.
        NotFound: ``who`` sees no such leak.
    """
    words = _words(reason)
    leak = _judged(session, who, leak_id)
    leak.status = LeakStatus.DISMISSED
    change = add_change(session, leak, "dismissed", now, who.key_id)
    change.words = vault.seal(WORDS_PLACE, change.id, words)
    session.execute(
        sa.update(Weight)
        .where(col(Weight.copy_id) == leak.copy_id, col(Weight.probability) >= CAUSED)
        .values(benign=True)
    )
    return leak


def _locked(session: Session, who: Principal, leak_id: str) -> Leak:
    """Return the leak as it is now, kept from workers and others until this is written."""
    leak = find_leak(session, who, leak_id).leak
    session.refresh(leak, with_for_update=True)
    return leak


def note(
    session: Session, vault: Vault, who: Principal, leak_id: str, text: str, now: datetime
) -> Leak:
    """Write something down beside the leak.

    Raises:
        BadInput: there is no text, or it is too long.
        NotFound: ``who`` sees no such leak.
    """
    who.require(Right.JUDGE)
    words = _words(text)
    leak = find_leak(session, who, leak_id).leak
    change = add_change(session, leak, "note", now, who.key_id)
    change.words = vault.seal(WORDS_PLACE, change.id, words)
    return leak


def _judged(session: Session, who: Principal, leak_id: str) -> Leak:
    who.require(Right.JUDGE)
    leak = _locked(session, who, leak_id)
    if leak.status not in LIVE:
        raise Conflict(
            says=f"This leak is {leak.status} already.",
            fix="New evidence opens a new leak; see `canary leaks`.",
        )
    return leak


def _words(said: str) -> str:
    text = said.strip()
    if not text or len(text) > MAX_WORDS:
        raise BadInput(
            says=f"The words are empty or longer than {MAX_WORDS} characters.",
            fix="Say it in a few sentences.",
        )
    return text
