"""Scores of predictions against the truth, and two baselines to print beside them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.accuracy_worlds import History, to_days

YEAR = 365.25
ALARM = 0.99
MARKED = 0.9
FEW, MANY = 5, 10  # contacted lines
MET = 0.2  # the guilt model's chance that one decoy is contacted without a leak


@dataclass
class Score:
    """Counts over histories; years are copy-years without a leak in use."""

    leaks: int = 0
    found: int = 0
    leaks_few: int = 0
    found_few: int = 0
    leaks_many: int = 0
    found_many: int = 0
    false_alarms: int = 0
    years: float = 0.0
    covered: int = 0
    dated: int = 0
    widths: list[float] = field(default_factory=list)
    marked: int = 0
    marked_right: int = 0
    caused: int = 0
    contacts: int = 0
    seconds: float = 0.0

    def judge(self, history: History, copy: str, alarm: float | None) -> bool:
        """Count one copy's alarm (days, None for none); return whether it found the leak."""
        leak = history.leaks.get(copy)
        first = leak.first if leak is not None and leak.lines else None
        ends = history.setting.days if first is None else first
        self.years += max(ends - history.starts[copy], 0.0) / YEAR
        early = alarm is not None and (first is None or alarm < first - 1e-3)
        self.false_alarms += early
        if leak is None or first is None:
            return False
        found = alarm is not None and not early
        self.leaks += 1
        self.found += found
        self.leaks_few += len(leak.lines) >= FEW
        self.found_few += found and len(leak.lines) >= FEW
        self.leaks_many += len(leak.lines) >= MANY
        self.found_many += found and len(leak.lines) >= MANY
        return found

    def date(self, history: History, copy: str, low: float, high: float) -> None:
        """Count whether the interval (days) of a found leak holds its date."""
        self.dated += 1
        self.covered += low - 0.01 <= history.leaks[copy].at <= high + 0.01
        self.widths.append(high - low)

    def mark(self, history: History, probabilities: dict[str, float]) -> None:
        """Count the contacts marked as caused by a leak, and how many are."""
        causes = history.causes()
        marked = {contact for contact, p in probabilities.items() if p >= MARKED}
        self.marked += len(marked)
        self.marked_right += sum(causes[contact] is not None for contact in marked)
        self.caused += sum(cause is not None for cause in causes.values())
        self.contacts += len(causes)


def score(total: Score, history: History, predictions: dict[str, Any]) -> None:
    """Add one history's predictions to the score."""
    for dataset in predictions["datasets"]:
        at = dataset["first_alarm_at"]
        alarm = None if at is None else to_days(at)
        if total.judge(history, dataset["dataset"], alarm):
            low, high = to_days(dataset["leaked_at_lo"]), to_days(dataset["leaked_at_hi"])
            total.date(history, dataset["dataset"], low, high)
    total.mark(history, predictions["contacts"])


def first_contact(total: Score, history: History) -> None:
    """Baseline: any contact on a planted decoy is a leak of its copy, dated to its seeding."""
    firsts: dict[str, tuple[float, float]] = {}
    for event in history.events:
        for decoy in history.lines[event.line].decoys:
            if event.at >= decoy.planted and decoy.copy not in firsts:
                firsts[decoy.copy] = (event.at, decoy.planted)
    for copy in history.starts:
        alarm, planted = firsts.get(copy, (None, 0.0))
        if total.judge(history, copy, alarm) and alarm is not None:
            total.date(history, copy, planted, alarm)


def guilt(total: Score, history: History) -> None:
    """Baseline: guilt 1 - p^n of n contacted decoys (Papadimitriou and Garcia-Molina, 2011)."""
    touched: dict[str, set[str]] = defaultdict(set)
    alarms: dict[str, float] = {}
    for event in history.events:
        for decoy in history.lines[event.line].decoys:
            if event.at < decoy.planted or decoy.copy in alarms:
                continue
            touched[decoy.copy].add(decoy.id)
            if 1.0 - MET ** len(touched[decoy.copy]) >= ALARM:
                alarms[decoy.copy] = event.at
    for copy in history.starts:
        if total.judge(history, copy, alarms.get(copy)):
            total.date(history, copy, history.starts[copy], alarms[copy])
