"""What the model takes for granted: every number that is assumed and not observed, in one place."""

import math
from dataclasses import dataclass

from canary.attribution.model import Naming


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The model's constants; rates are per day and times are days unless the name says otherwise.

    A leak is taken at an unknown date, its list is first used after one delay, log-logistic of
    shape one, and it is then used in ``sizes`` campaigns in all (each as likely), half of them
    within ``fades`` days. ``delays`` are the kinds of delay, resale at once or later: the chance of
    each and its median. ``walks`` are the chances that a caller who knows no list goes on to any
    line, to the same block, or to a number nearby; ``arbitrary`` mixes any line into each of them.
    A campaign works down the list with the chance ``ordered_prior`` and uses just a leading part of
    it in no order with the chance ``leading_prior``.
    """

    leaks_per_year: float = 0.05
    delays: tuple[tuple[float, float], ...] = ((0.3, 1.5), (0.7, 30.0))
    sizes: tuple[float, ...] = (1.5, 6.0, 24.0, 96.0)
    fades: tuple[float, ...] = (15.0, 120.0)
    onset_step: float = 7.0
    onset_steps: int = 160
    cell_gap: float = 0.5
    cell_limit: int = 128
    stray: float = 0.02
    ordered_prior: float = 0.1
    leading_prior: float = 0.02
    walks: tuple[float, float, float] = (0.4, 0.3, 0.3)
    arbitrary: float = 0.05
    reach: int = 10
    plenty: float = 500.0
    mixing: float = 0.5
    rivals: int = 5
    full_name: float = 1e4
    part_name: float = 100.0
    other_name: float = 0.1
    excitation: float = 0.5
    excitation_decay: float = 1 / 7
    storm: float = 8.0
    silence: float = 45.0
    dialler_touches: int = 8
    dialler_share: float = 0.5
    log_cap: float = math.log(1e9)
    lone_cap: float = math.log(50.0)

    def log_content(self, naming: Naming) -> float:
        """Return the log ratio of such words in a contact from a leak against one from noise."""
        if naming is Naming.NONE:
            return 0.0
        ratio = {
            Naming.FULL: self.full_name,
            Naming.PART: self.part_name,
            Naming.OTHER: self.other_name,
        }
        return math.log(ratio[naming])


DEFAULT = Assumptions()
