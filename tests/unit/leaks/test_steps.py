"""When a leak is suspected, opened, updated and closed."""

from datetime import UTC, datetime, timedelta

import pytest

from canary.attribution.model import Attribution, Interval
from canary.leaks.steps import Step, Told, next_step, width_s
from canary.tables import LeakStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S = 86_400.0


def found(probability: float, days: float | None = 10, decoys: int = 3) -> Attribution:
    interval = None
    if days is not None:
        interval = Interval(NOW, NOW, NOW + timedelta(days=days))
    return Attribution("copy_1", probability, 1.0, interval, {}, {}, decoys, 9)


def told(status: LeakStatus, days: float | None = 10, decoys: int = 3) -> Told:
    return Told(status, None if days is None else days * DAY_S, decoys)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (None, found(0.49), None),
        (None, found(0.5), Step.SUSPECTED),
        (None, found(0.99), Step.OPENED),
        (told(LeakStatus.SUSPECTED), found(0.6), None),
        (told(LeakStatus.SUSPECTED), found(0.45), None),
        (told(LeakStatus.SUSPECTED), found(0.39), Step.CLOSED),
        (told(LeakStatus.SUSPECTED), found(0.995), Step.OPENED),
        (told(LeakStatus.OPEN), found(0.999), None),
        (told(LeakStatus.OPEN), found(0.2, days=1, decoys=9), None),
        (told(LeakStatus.OPEN), found(0.999, days=9), None),
        (told(LeakStatus.OPEN), found(0.999, days=8), Step.UPDATED),
        (told(LeakStatus.CONFIRMED), found(0.999, days=5), Step.UPDATED),
        (told(LeakStatus.OPEN), found(0.999, decoys=5), Step.UPDATED),
        (told(LeakStatus.OPEN, decoys=0), found(0.999, decoys=1), None),
        (told(LeakStatus.OPEN, days=None), found(0.999, days=1), None),
        (told(LeakStatus.OPEN), found(0.999, days=None), None),
    ],
)
def test_the_step_that_an_attribution_calls_for(
    before: Told | None, after: Attribution, step: Step | None
) -> None:
    assert next_step(before, after) is step


def test_an_interval_without_an_end_has_no_width() -> None:
    assert width_s(None, NOW) is width_s(NOW, None) is None
    assert width_s(NOW, NOW + timedelta(days=2)) == 2 * DAY_S
