"""What an attribution means for a leak: pure decisions, no storage."""

import enum
from dataclasses import dataclass
from datetime import datetime

from canary.attribution.model import Attribution
from canary.tables import LeakStatus

SUSPECTED_AT = 0.5
OPENED_AT = 0.99
CLOSED_BELOW = 0.4
"""Below the line that opens a suspicion, so that it does not flap."""
NARROWED_TO = 0.8
"""An update is told when the date interval shrinks to this share of what was told last."""
GREW_BY = 1.5
"""... or when this many times the decoys told last have been contacted."""


class Step(enum.StrEnum):
    """What happened to a leak; each is told as ``leak.<step>``."""

    SUSPECTED = "suspected"
    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Told:
    """What the firm was told last."""

    status: LeakStatus
    width_s: float | None
    decoys: int


def width_s(lo: datetime | None, hi: datetime | None) -> float | None:
    """Return the width of a date interval in seconds, None when there is none."""
    return None if lo is None or hi is None else (hi - lo).total_seconds()


def next_step(told: Told | None, found: Attribution) -> Step | None:
    """Return the step that ``found`` calls for, None when nothing needs to be told.

    Args:
        told: the copy's live leak as it was told last, None when there is none.
        found: the new attribution.
    """
    sure = found.probability
    if told is None:
        return _first(sure)
    if told.status is LeakStatus.SUSPECTED:
        if sure >= OPENED_AT:
            return Step.OPENED
        return Step.CLOSED if sure < CLOSED_BELOW else None
    return Step.UPDATED if _grew(told, found) else None


def _first(sure: float) -> Step | None:
    if sure >= OPENED_AT:
        return Step.OPENED
    return Step.SUSPECTED if sure >= SUSPECTED_AT else None


def _grew(told: Told, found: Attribution) -> bool:
    if found.probability < SUSPECTED_AT:
        return False
    if found.decoys_contacted >= GREW_BY * max(told.decoys, 1):
        return True
    if told.width_s is None or found.leaked_at is None:
        return False
    now_s = (found.leaked_at.hi - found.leaked_at.lo).total_seconds()
    return now_s <= NARROWED_TO * told.width_s
