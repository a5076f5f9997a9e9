"""``/v1/trace``: what is known of a number, a name or a text."""

from canary.firms.access import Right
from canary.leaks.trace import trace
from webhooks.api.deps import Reads, needs
from webhooks.api.routing import area
from webhooks.api.schemas.trace import Question, TraceShown

router = area("trace")


@router.post("", dependencies=[needs(Right.READ)])
def traced(asked: Question, read: Reads) -> TraceShown:
    """Answer for a phone number (ours or a caller's), a persona's name or a message's text."""
    return TraceShown.of(trace(read.session, read.world.vault, read.who, asked.query))
