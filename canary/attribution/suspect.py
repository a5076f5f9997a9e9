"""One copy under suspicion: its cells, its grid and what each campaign says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.cells import Cells, Floats
from canary.attribution.grid import Grid, Joint
from canary.attribution.model import Exposure

NEGLIGIBLE = 1e-4  # days: odds below it in every cell say nothing


@dataclass(frozen=True, slots=True)
class Message:
    """What one campaign says of a copy: when it began (days) and its odds Q in each cell."""

    at: float
    odds: Floats


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

    def hear(self, messages: Mapping[int, Message | None]) -> None:
        """Replace the messages of these campaigns; None withdraws one."""
        gone = [self.messages.pop(number) for number in messages if number in self.messages]
        fresh = {
            number: message
            for number, message in messages.items()
            if message is not None and float(message.odds.max()) > NEGLIGIBLE
        }
        self.messages.update(fresh)
        if not self.messages:
            self.grid.total[:] = 0.0
            return
        self._add(gone, -1.0)
        self._add(list(fresh.values()), 1.0)

    def _add(self, messages: Sequence[Message], sign: float) -> None:
        if messages:
            at = np.array([message.at for message in messages])
            odds = np.array([message.odds for message in messages])
            self.grid.total += sign * self.grid.weigh(at, odds)

    def joint(self, now: float, without: int | None = None) -> Joint:
        """Return the posterior at ``now`` (days), leaving out one campaign if asked."""
        message = None if without is None else self.messages.get(without)
        if message is None:
            return self.grid.joint(now)
        alone = self.grid.weigh(np.array([message.at]), message.odds[None, :])
        return self.grid.joint(now, self.grid.total - alone)

    def caused(self, joint: Joint, number: int) -> Floats:
        """Return per cell the posterior mass in which the leak caused the campaign."""
        message = self.messages.get(number)
        if message is None:
            return np.zeros(self.cells.count)
        return self.grid.caused(joint, message.at, message.odds)
