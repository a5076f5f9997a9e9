"""When a delivery is tried again: ten attempts over about 75 hours. Pure."""

from datetime import datetime, timedelta

from canary.clock import Chance

GAPS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failed attempt the next one is due; the first attempt is due at once."""

ATTEMPTS = len(GAPS) + 1
JITTER = 0.2
"""Each gap is stretched or shrunk by up to this share, so that retries do not come in step."""


def next_attempt_at(
    attempts_made: int, now: datetime, chance: Chance, retry_after_s: float | None = None
) -> datetime | None:
    """Return when the next attempt is due, None when the schedule has ended.

    Args:
        attempts_made: how many have failed so far.
        now: when the last of them failed.
        chance: decides the jitter.
        retry_after_s: what the receiver asked for; it is honoured as far as the jitter of this
            step reaches, so that a receiver can neither hurry the schedule nor end it.
    """
    if attempts_made < 1:
        return now
    if attempts_made >= ATTEMPTS:
        return None
    gap_s = GAPS[attempts_made - 1].total_seconds()
    least, most = gap_s * (1 - JITTER), gap_s * (1 + JITTER)
    if retry_after_s is None:
        wait_s = chance.uniform(least, most)
    else:
        wait_s = min(max(retry_after_s, least), most)
    return now + timedelta(seconds=wait_s)
