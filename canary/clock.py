"""Time and chance, passed in as parameters so that tests and replays decide them."""

import random  # noqa: TID251  the one place that touches it; everything else takes a Chance
import secrets
from datetime import UTC, datetime, timedelta
from typing import Protocol

Chance = random.Random


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by an offset, for replays and demonstrations."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        """Start ``offset`` away from the machine's time; it may be changed later."""
        self.offset = offset

    def now(self) -> datetime:
        """Return the present instant plus the offset, aware, in UTC."""
        return datetime.now(UTC) + self.offset


def chance(seed: int | str | None = None) -> Chance:
    """Return a generator: reproducible for a seed, the system's own randomness without one."""
    return random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311  replays


def new_id(prefix: str, at: datetime) -> str:
    """Return an opaque id such as ``leak_0199...``, ordered by ``at`` so that indexes stay local.

    The first 12 hex digits are milliseconds since 1970; the 20 that follow are random.
    """
    return f"{prefix}_{int(at.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def rfc3339(at: datetime | None) -> str | None:
    """Return an instant as it is shown everywhere: UTC, ``2026-11-23T21:30:00.123456Z``."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
