"""``/v1/leaks``: the cases opened for copies."""

from collections.abc import Callable

from fastapi import Response

from canary.contacts.queries import contacts_of_copy
from canary.firms.access import Right
from canary.leaks.verdicts import confirm, dismiss, note
from canary.leaks.views import find_leak, list_leaks, timeline
from canary.tables import Leak, LeakStatus
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.leaks import LeakListed, LeakShown, Note, Reason
from webhooks.api.schemas.shapes import Listed

MOST_CONTACTS = 1000

router = area("leaks")


@router.get("", dependencies=[needs(Right.READ)])
def listed(
    read: Reads, ask: Asked, firm: str | None = None, status: LeakStatus | None = None
) -> Listed[LeakListed]:
    """List the leaks that the key sees; closed suspicions only when asked for."""
    cases, following = list_leaks(read.session, read.who, firm, status, ask)
    return Listed(items=[LeakListed.of(case) for case in cases], next=following)


@router.get("/{leak}", dependencies=[needs(Right.READ)])
def one(leak: str, read: Reads) -> LeakShown:
    """Show a leak with its timeline and its contacts."""
    vault = read.world.vault
    case = find_leak(read.session, read.who, leak)
    return LeakShown.whole(
        case,
        timeline(read.session, vault, case.leak),
        contacts_of_copy(
            read.session,
            vault,
            case.copy.id,
            MOST_CONTACTS,
            dismissed=case.leak.status is LeakStatus.DISMISSED,
        ),
    )


@router.post("/{leak}/confirm", response_model=LeakListed, dependencies=[needs(Right.JUDGE)])
def confirmed(leak: str, write: Writes) -> Response:
    """Say that the leak is real."""
    return _judged(write, lambda: confirm(write.session, write.who, leak, write.now))


@router.post("/{leak}/dismiss", response_model=LeakListed, dependencies=[needs(Right.JUDGE)])
def dismissed(leak: str, said: Reason, write: Writes) -> Response:
    """Say that it is no leak, and why."""
    vault = write.world.vault
    return _judged(
        write, lambda: dismiss(write.session, vault, write.who, leak, said.reason, write.now)
    )


@router.post("/{leak}/note", response_model=LeakListed, dependencies=[needs(Right.JUDGE)])
def noted(leak: str, said: Note, write: Writes) -> Response:
    """Write something down beside the leak."""
    vault = write.world.vault
    return _judged(write, lambda: note(write.session, vault, write.who, leak, said.text, write.now))


def _judged(write: Writes, judge: Callable[[], Leak]) -> Response:
    def make() -> LeakListed:
        judged = judge()
        write.session.flush()
        return LeakListed.of(find_leak(write.session, write.who, judged.id))

    return write.once(make)
