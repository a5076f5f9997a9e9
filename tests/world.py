"""Stand-ins for the world outside: a clock that the test moves."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FrozenClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        """Stand at ``at``."""
        self._at = at

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self._at

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> datetime:
        """Move on and return the new instant."""
        self._at += timedelta(days=days, hours=hours, seconds=seconds)
        return self._at

    def set(self, at: datetime) -> None:
        """Stand at ``at`` from now on."""
        self._at = at
