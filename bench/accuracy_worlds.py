"""Histories with a known truth, for measuring attribution: firms, lines, noise and leaks.

They break on purpose what a model is tempted to assume: heavy-tailed delays, a bimodal share of the
list that is used, storms on blocks with rotating callers, drifting and weekly noise, hot recycled
numbers, lines without quarantine, missing and wrong fingerprints, firms that start late.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from canary.clock import Chance, chance

START = datetime(2023, 1, 1, tzinfo=UTC)
LINES_PER_BLOCK = 100
WORKDAYS = range(5)
MERGED_LISTS = 3


@dataclass(frozen=True)
class Setting:
    """What a history is made of; rates per day and times in days unless the name says otherwise."""

    firms: int = 10
    days: float = 450.0
    seeding_every: float = 30.4
    decoys_a_year: float = 60.0
    first_seeding: int = 20
    decoy_life: float = 365.0
    quarantine: float = 45.0
    controls: int = 80
    noise_a_week: float = 0.15
    noise_shape: float = 0.5
    drift: float = 0.6
    storm_every: float = 45.0
    storm_size: float = 0.35
    diallers: float = 0.25
    hot_every: float = 60.0
    leaked_share: float = 0.4
    contiguous: float = 0.15
    delay: str = "heavy"
    used: str = "bimodal"
    order: str = "any"
    merged: float = 0.25
    copies: int = 1
    lines_shared_by: int = 1


PRESETS = {
    "base": Setting(),
    "quiet": Setting(noise_a_week=0.03, storm_every=200.0),
    "weekly": Setting(seeding_every=7.0),
    "quarterly": Setting(seeding_every=91.0),
    "thin": Setting(used="thin"),
    "fast": Setting(delay="fast"),
    "list order": Setting(order="list", merged=0.0),
    "any order": Setting(order="any", merged=0.0),
    "broker": Setting(firms=24, leaked_share=0.25, merged=1.0, decoys_a_year=40.0),
    "copies": Setting(firms=4, copies=5, leaked_share=0.15, merged=0.0),
    "shared lines": Setting(lines_shared_by=3, merged=0.0),
    "no leak": Setting(leaked_share=0.0, storm_every=12.0),
}


@dataclass
class Decoy:
    """A decoy of one copy, from when to when it stands there, and its line's index."""

    id: str
    copy: str
    planted: float
    retired: float
    line: int = -1


@dataclass
class Line:
    """A line: when it was acquired, its own noise a day, and whose decoys stand on it."""

    acquired: float
    noise: float
    decoys: list[Decoy]


@dataclass
class Event:
    """A contact with its cause: the copy whose leak sent it, None for noise."""

    at: float
    line: int
    caller: str | None
    text: str | None
    names: str = "none"
    decoy: str | None = None
    cause: str | None = None


@dataclass
class Leak:
    """The truth about one leak."""

    copy: str
    at: float
    first: float = math.inf
    lines: set[int] = field(default_factory=set)


def poisson(pick: Chance, mean: float) -> int:
    """Return a Poisson number."""
    count, total = 0, pick.expovariate(1.0)
    while total < mean:
        count, total = count + 1, total + pick.expovariate(1.0)
    return count


class History:
    """Grows one history from a setting and a seed."""

    def __init__(self, setting: Setting, seed: str) -> None:
        """Grow firms, lines, noise and leaks."""
        self.setting = setting
        self.pick = chance(seed)
        self.starts: dict[str, float] = {}
        self.firm_of: dict[str, str] = {}
        self.decoys: list[Decoy] = []
        self.lines: list[Line] = []
        self.events: list[Event] = []
        self.leaks: dict[str, Leak] = {}
        self._callers = 0
        self._phase = self.pick.uniform(0.0, 2.0 * math.pi)
        self._found_firms()
        self._place_lines()
        self._noise()
        self._storms()
        self._diallers()
        self._leak()
        self.events.sort(key=lambda event: (event.at, event.line))

    def _found_firms(self) -> None:
        pick, setting = self.pick, self.setting
        for firm in range(setting.firms):
            start = pick.uniform(0.0, setting.days / 4) if self._happens(0.3) else 0.0
            for number in range(setting.copies):
                copy = f"firm{firm:02d}-copy{number}"
                self.starts[copy], self.firm_of[copy] = start, f"firm{firm:02d}"
                self._seed(copy, start)

    def _seed(self, copy: str, at: float) -> None:
        pick, setting = self.pick, self.setting
        count = setting.first_seeding
        while at < setting.days:
            for _ in range(count):
                life = setting.decoy_life * pick.uniform(0.8, 1.2)
                self.decoys.append(Decoy(f"d{len(self.decoys):05d}", copy, at, at + life))
            at += setting.seeding_every * pick.uniform(0.9, 1.1)
            count = max(1, round(setting.decoys_a_year * setting.seeding_every / 365.0))

    def _place_lines(self) -> None:
        pick, setting = self.pick, self.setting
        groups = self._groups()
        together = {
            firm for firm in sorted(set(self.firm_of.values())) if self._happens(setting.contiguous)
        }
        alone: list[list[Decoy]] = []
        rest: list[list[Decoy]] = [[] for _ in range(setting.controls)]
        for group in groups:
            grouped = len(group) == 1 and self.firm_of[group[0].copy] in together
            (alone if grouped else rest).append(group)
        pick.shuffle(rest)
        alone.sort(key=lambda group: self.firm_of[group[0].copy])
        for group in [*rest, *alone]:
            first = min((decoy.planted for decoy in group), default=0.0)
            wait = 0.0 if self._happens(0.15) else setting.quarantine * pick.uniform(0.5, 2.0)
            mean = setting.noise_a_week / 7.0
            noise = pick.gammavariate(setting.noise_shape, mean / setting.noise_shape)
            for decoy in group:
                decoy.line = len(self.lines)
            self.lines.append(Line(first - wait, noise, group))

    def _groups(self) -> list[list[Decoy]]:
        limit = self.setting.lines_shared_by
        groups: list[list[Decoy]] = []
        for decoy in sorted(self.decoys, key=lambda d: (round(d.planted / 30), self.pick.random())):
            firm = self.firm_of[decoy.copy]
            fits = next(
                (
                    group
                    for group in groups[-40:]
                    if len(group) < limit and firm not in {self.firm_of[d.copy] for d in group}
                ),
                None,
            )
            if fits is None:
                groups.append([decoy])
            else:
                fits.append(decoy)
        return groups

    def _caller(self) -> str | None:
        self._callers += 1
        if self._happens(0.1):
            return None
        if self._happens(0.03):
            return self.pick.choice(["INFO0", "INFO1", "INFO2"])
        return f"+1{2_000_000_000 + self._callers}"

    def _happens(self, probability: float) -> bool:
        return self.pick.random() < probability

    def _text(self, share: float = 0.6) -> str | None:
        pick = self.pick
        return f"text{pick.randrange(10**9)}" if self._happens(share) else None

    def _add(self, event: Event) -> bool:
        heard = self.lines[event.line].acquired <= event.at < self.setting.days
        if heard:
            self.events.append(event)
        return heard

    def _add_noise(self, at: float, line: int, caller: str | None, text: str | None = None) -> None:
        event = Event(at, line, caller, text)
        decoys = self.lines[line].decoys
        if decoys and self._happens(1.5e-3):
            event = replace(event, names="first", decoy=self.pick.choice(decoys).id)
        elif self._happens(0.06):
            event = replace(event, names="other")
        self._add(event)

    def _level(self, at: float) -> float:
        weekday = 1.25 if int(at) % 7 in WORKDAYS else 0.4
        return math.exp(self.setting.drift * math.sin(at / 80.0 + self._phase)) * weekday

    def _noise(self) -> None:
        pick, days = self.pick, self.setting.days
        top = 1.25 * math.exp(self.setting.drift)
        for index, line in enumerate(self.lines):
            for _ in range(poisson(pick, 0.55 * line.noise * top * (days - line.acquired))):
                at = pick.uniform(line.acquired, days)
                if self._happens(self._level(at) / top):
                    self._add_noise(at, index, self._caller())
            for _ in range(pick.randint(1, 4) if self._happens(0.3) else 0):
                caller, fade = self._caller(), pick.expovariate(1 / 200)
                for _ in range(poisson(pick, pick.uniform(0.0, 10.0))):
                    at = line.acquired + pick.expovariate(1 / max(fade, 1e-6))
                    self._add_noise(at, index, caller)
        for _ in range(poisson(pick, days / self.setting.hot_every)):
            index, at = pick.randrange(len(self.lines)), pick.uniform(0.0, days)
            for _ in range(pick.randint(10, 80)):
                self._add_noise(at + pick.expovariate(1 / 6), index, self._caller())

    def _storms(self) -> None:
        pick = self.pick
        blocks = -(-len(self.lines) // LINES_PER_BLOCK)
        for _ in range(poisson(pick, self.setting.days / self.setting.storm_every)):
            at, text = pick.uniform(0.0, self.setting.days), self._text(0.3)
            for block in pick.sample(range(blocks), min(blocks, pick.randint(1, 2))):
                first = block * LINES_PER_BLOCK
                for index in range(first, min(first + LINES_PER_BLOCK, len(self.lines))):
                    for _ in range(poisson(pick, self.setting.storm_size)):
                        caller = f"+1555{pick.randrange(10**7):07d}"
                        self._add_noise(at + pick.expovariate(3.0), index, caller, text)

    def _diallers(self) -> None:
        pick, setting = self.pick, self.setting
        count = len(self.lines)
        mean = setting.diallers * setting.noise_a_week / 0.15 * setting.days * count / 1500
        for _ in range(poisson(pick, mean)):
            at, text, caller = pick.uniform(-30.0, setting.days), self._text(), self._caller()
            rotates, runs = self._happens(0.5), self._happens(0.4)
            first = pick.randrange(count)
            for step in range(2 + int(pick.expovariate(1 / 6))):
                index = (first + step) % count if runs else pick.randrange(count)
                who = self._caller() if rotates else caller
                self._add_noise(at + pick.expovariate(0.5), index, who, text)

    def _leak(self) -> None:
        pick, setting = self.pick, self.setting
        copies = sorted(self.starts)
        leaked = pick.sample(copies, round(setting.leaked_share * len(copies)))
        for copy in leaked:
            earliest = max(self.starts[copy] + 30.0, 0.2 * setting.days)
            self.leaks[copy] = Leak(copy, pick.uniform(earliest, 0.75 * setting.days))
        while leaked:
            size = MERGED_LISTS if self._happens(setting.merged) else 1
            group, leaked = leaked[:size], leaked[size:]
            at = max(self.leaks[copy].at for copy in group) + self._delay()
            for _ in range(1 + poisson(pick, 1.2)):
                self._use(group, at)
                at += pick.expovariate(1 / 50)

    def _delay(self) -> float:
        pick = self.pick
        if self.setting.delay == "fast":
            return pick.expovariate(1 / 0.2)
        if self._happens(0.3):
            return pick.expovariate(1 / 1.5)
        return 8.0 * (pick.paretovariate(0.8) - 0.9)

    def _share(self) -> float:
        pick = self.pick
        if self.setting.used == "thin":
            return pick.uniform(0.02, 0.08)
        return pick.uniform(0.03, 0.1) if self._happens(0.5) else pick.uniform(0.4, 0.9)

    def _chosen(self, copy: str, share: float) -> list[Decoy]:
        """Return the decoys that one use of the list reaches, in the order of contact."""
        at = self.leaks[copy].at
        held = [d for d in self.decoys if d.copy == copy and d.planted <= at < d.retired]
        if self.setting.order == "list":
            return held[: max(1, round(share * len(held)))]
        chosen = [decoy for decoy in held if self._happens(share)]
        self.pick.shuffle(chosen)
        return chosen

    def _use(self, group: list[str], at: float) -> None:
        """Use the lists once: one campaign, in one order, over hours or weeks."""
        pick = self.pick
        share, lasts = self._share(), pick.choice([0.2, 2.0, 10.0, 30.0])
        named, rotates = self._happens(0.35), self._happens(0.45)
        caller, text = self._caller(), self._text()
        pool = [self._caller() for _ in range(pick.randint(3, 8))]
        for copy in group:
            chosen = self._chosen(copy, share)
            for turn, decoy in enumerate(chosen):
                who = caller
                if rotates:
                    who = self._caller() if self._happens(0.7) else pick.choice(pool)
                names = pick.choices(["full", "first", "none"], [0.3, 0.6, 0.1])[0]
                names = names if named else "none"
                when = at + lasts * (turn + pick.random()) / len(chosen)
                words = text if self._happens(0.9) else None
                tied = None if names == "none" else decoy.id
                if self._add(Event(when, decoy.line, who, words, names, tied, copy)):
                    leak = self.leaks[copy]
                    leak.first = min(leak.first, when)
                    leak.lines.add(decoy.line)

    def document(self) -> dict[str, Any]:
        """Return the history as a ``canary-scenario/1`` document."""
        return {
            "schema": "canary-scenario/1",
            "now": iso(self.setting.days),
            "datasets": [
                {"id": c, "firm": self.firm_of[c], "created_at": iso(at), "copy_of": None}
                for c, at in self.starts.items()
            ],
            "lines": [
                {
                    "id": f"l{index:05d}",
                    "number": f"+1{5_550_000_000 + index}",
                    "acquired_at": iso(line.acquired),
                    "released_at": None,
                }
                for index, line in enumerate(self.lines)
            ],
            "decoys": [
                {
                    "id": decoy.id,
                    "dataset": decoy.copy,
                    "line": f"l{decoy.line:05d}",
                    "planted_at": iso(decoy.planted),
                    "retired_at": iso(decoy.retired),
                }
                for decoy in self.decoys
            ],
            "contacts": [
                {
                    "id": f"x{number:06d}",
                    "at": iso(event.at),
                    "line": f"l{event.line:05d}",
                    "sender": event.caller,
                    "campaign": event.text,
                    "names": event.names,
                    "named_decoy": event.decoy,
                }
                for number, event in enumerate(self.events)
            ],
        }

    def causes(self) -> dict[str, str | None]:
        """Return for each contact of the document the copy whose leak sent it, None for noise."""
        found: dict[str, str | None] = defaultdict(lambda: None)
        found.update({f"x{n:06d}": event.cause for n, event in enumerate(self.events)})
        return found


def iso(days: float) -> str:
    """Return the instant so many days after the start, as text."""
    return (START + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def to_days(text: str) -> float:
    """Return how many days after the start an instant given as text is."""
    return (datetime.fromisoformat(text) - START) / timedelta(days=1)
