"""One copy under suspicion: its cells, its grid and what each campaign says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log, log1p

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.cells import Cells, Floats
from canary.attribution.grid import TINY, Grid, Joint
from canary.attribution.model import Exposure

NEGLIGIBLE = -9.0  # log of odds (days) below which, in every cell, a campaign says nothing


@dataclass(frozen=True, slots=True)
class Message:
    """What one campaign says of a copy: when it began (days) and its odds Q in each cell.

    ``peak`` is the highest log Q before it was capped.
    """

    at: float
    odds: Floats
    peak: float


class Suspect:
    """Accumulates the campaigns' messages on one copy and answers with its posterior."""

    def __init__(
        self, copy: str, exposures: Sequence[Exposure], until: float, assumed: Assumptions
    ) -> None:
        """Lay out the copy's cells and grid, with no evidence yet."""
        self.copy = copy
        self.exposures = exposures
        self.assumed = assumed
        self.cells = Cells(exposures, assumed)
        self.grid = Grid(self.cells, until, assumed)
        self.messages: dict[int, Message] = {}
        self._gone: list[Message] = []
        self._fresh: dict[int, Message] = {}
        self._prior_odds = self.grid.hazard * max(until - self.grid.start, 1.0)
        self._odds = 0.0
        self._fresh_bound = 0.0
        self._joint: tuple[float, Joint] | None = None

    def hear(self, messages: Mapping[int, Message | None]) -> None:
        """Replace the messages of these campaigns; None withdraws one."""
        for number, message in messages.items():
            known = self.messages.pop(number, None)
            if known is not None and self._fresh.pop(number, None) is None:
                self._gone.append(known)
            if message is not None and message.peak > NEGLIGIBLE:
                self.messages[number] = self._fresh[number] = message
                highest = exp(min(message.peak, self.assumed.log_cap))
                self._fresh_bound += log1p(self.grid.steepest * highest)
        self._joint = None

    def log_odds_bound(self) -> float:
        """Return what the log odds of a leak cannot exceed, at little cost."""
        if self._gone:
            return inf
        return log(self._odds + self._prior_odds) + self._fresh_bound

    def joint(self, now: float) -> Joint:
        """Return the posterior at ``now`` (days)."""
        if self._joint is not None and self._joint[0] == now:
            return self._joint[1]
        self._weigh()
        joint = self.grid.joint(now)
        self._odds = joint.leaked / max(1.0 - joint.leaked, TINY)
        self._joint = (now, joint)
        return joint

    def joint_of(self, now: float, messages: Mapping[int, Message]) -> Joint:
        """Return the posterior from other messages than those heard."""
        known = self.messages
        fresh = {n: m for n, m in messages.items() if known.get(n) is not m}
        gone = {n: m for n, m in known.items() if messages.get(n) is not m}
        if not fresh and not gone:
            return self.joint(now)
        if len(fresh) + len(gone) > len(messages):
            return self.grid.joint(now, self._sum(list(messages.values())))
        self._weigh()
        change = self._sum(list(fresh.values())) - self._sum(list(gone.values()))
        return self.grid.joint(now, self.grid.total + change)

    def _weigh(self) -> None:
        if self._fresh and len(self._fresh) == len(self.messages):
            self.grid.total = self._sum(list(self._fresh.values()))
        elif self._fresh or self._gone:
            change = self._sum(list(self._fresh.values())) - self._sum(self._gone)
            self.grid.total = self.grid.total + change
        self._fresh, self._gone, self._fresh_bound = {}, [], 0.0

    def _sum(self, messages: Sequence[Message]) -> Floats:
        if not messages:
            return np.zeros_like(self.grid.total)
        at = np.array([message.at for message in messages])
        return self.grid.weigh(at, np.array([message.odds for message in messages]))

    def caused(self, joint: Joint, messages: Mapping[int, Message]) -> dict[int, Floats]:
        """Return for each campaign, per cell, the posterior mass in which the leak caused it."""
        if not messages or not joint.mass.size:
            return {}
        at = np.array([message.at for message in messages.values()])
        odds = np.array([message.odds for message in messages.values()])
        return dict(zip(messages, self.grid.caused(joint, at, odds), strict=True))
