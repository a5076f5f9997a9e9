"""The grid of one copy: log likelihood over onset, cell, fade and size of a leak.

Notation, after docs/attribution.md: a leak taken at tau in cell e is first used at w >= tau; then
campaigns come at rate V g(t - w; s), where g is the density of H(x) = x / (s + x).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canary.attribution.assumptions import Assumptions
from canary.attribution.cells import Cells, Floats

YEAR = 365.25
TINY = 1e-300
CHUNK = 32  # that many factors of at most 1e9 multiply without overflow


def delay_integral(days: Floats, median: float) -> Floats:
    """Return the integral from 0 to ``days`` of the delay's distribution x / (median + x)."""
    x = np.maximum(days, 0.0)
    return x - median * np.log1p(x / median)


def joint_delay(onset: tuple[Floats, Floats], leak: tuple[Floats, Floats], median: float) -> Floats:
    """Return the measure of pairs (leak date, onset) in two spans under the delay's density.

    The exact double integral of f(w - tau) over w in ``onset`` and tau in ``leak``, each a pair of
    arrays (from, to) in days that broadcast against each other.
    """
    (w0, w1), (a, b) = onset, leak
    upper = delay_integral(w1 - a, median) - delay_integral(w1 - b, median)
    lower = delay_integral(w0 - a, median) - delay_integral(w0 - b, median)
    return np.maximum(upper - lower, 0.0)


@dataclass(frozen=True, slots=True)
class Joint:
    """The posterior at one instant: ``mass`` over (onset, cell, fade, size), and the rest.

    ``unseen`` is a leak of which nothing has come yet, ``none`` no leak; with ``mass`` they sum to
    one.
    """

    mass: Floats
    unseen: float
    none: float

    @property
    def leaked(self) -> float:
        """The probability that a leak is in use."""
        return float(self.mass.sum())


class Grid:
    """Accumulates what each campaign says about one copy's leak."""

    def __init__(self, cells: Cells, until: float, assumed: Assumptions) -> None:
        """Lay the onset steps out from the first cell to ``until`` (days)."""
        self.cells = cells
        self.assumed = assumed
        self.start = float(cells.edges[0])
        span = max(until - self.start, 0.0)
        self.step = assumed.onset_step
        while span / self.step > assumed.onset_steps:
            self.step *= 2.0
        steps = np.arange(int(span / self.step) + 2, dtype=np.float64)
        self.onsets: Floats = self.start + self.step * steps
        self.fades: Floats = np.array(assumed.fades)
        self.sizes: Floats = np.array(assumed.sizes)
        self.hazard = assumed.leaks_per_year / YEAR
        self.log_prior = self._log_prior()
        shape = (len(self.onsets) - 1, cells.count, len(self.fades), len(self.sizes))
        self.total: Floats = np.zeros(shape)

    def _log_prior(self) -> Floats:
        w0, w1 = self.onsets[:-1, None], self.onsets[1:, None]
        a, b = self.cells.edges[:-1], self.cells.edges[1:]
        pairs = joint_delay((w0, w1), (a, np.minimum(b, w1)), self.assumed.delay_median)
        pairs = np.where(self.cells.sizes > 0, pairs, 0.0)
        survival = self.hazard * np.maximum((a + np.minimum(b, w1)) / 2 - self.start, 0.0)
        return np.log(np.maximum(self.hazard * pairs, TINY)) - survival

    def seen(self, days: Floats) -> Floats:
        """Return the share of a leak's campaigns seen so many days after its onset, per fade."""
        x = np.maximum(days, 0.0)[..., None]
        return x / (self.fades + x)

    def onsets_before(self, at: float) -> int:
        """Return how many onset steps begin before ``at`` (days); at least one."""
        return max(1, min(int(np.searchsorted(self.onsets, at)), len(self.onsets) - 1))

    def intensity(self, at: Floats) -> Floats:
        """Return g at each instant of ``at``, averaged over each onset step: (at, onset, fade)."""
        seen = self.seen(at[:, None] - self.onsets)
        return (seen[:, :-1] - seen[:, 1:]) / self.step

    def weigh(self, at: Floats, odds: Floats) -> Floats:
        """Return the campaigns' summed log(1 + V g Q), shaped (onset, cell, fade, size).

        Args:
            at: when each campaign began, days, shape (campaigns,).
            odds: Q of each campaign in each cell, shape (campaigns, cells).
        """
        total = np.zeros_like(self.total)
        for begin in range(0, len(at), CHUNK):
            part = slice(begin, begin + CHUNK)
            rows = self.onsets_before(float(at[part].max()))
            total[:rows] += self._log_product(self.intensity(at[part])[:, :rows], odds[part])
        return total

    def _log_product(self, intensity: Floats, odds: Floats) -> Floats:
        product = np.ones((intensity.shape[1], odds.shape[1], len(self.fades), len(self.sizes)))
        for shares, campaign in zip(intensity, odds, strict=True):
            ratio = shares[:, None, :, None] * campaign[None, :, None, None] * self.sizes
            ratio += 1.0
            product *= ratio
        return np.log(product)

    def joint(self, now: float, total: NDArray[np.float64] | None = None) -> Joint:
        """Return the posterior at ``now`` (days) from ``total``, or from what was accumulated."""
        rows = self.onsets_before(now)
        likelihood = (self.total if total is None else total)[:rows]
        middles = (self.onsets[:rows] + np.minimum(self.onsets[1 : rows + 1], now)) / 2
        silence = self.seen(now - middles)[:, None, :, None] * self.sizes
        log_mass = likelihood - silence + self.log_prior[:rows, :, None, None]
        log_mass -= np.log(len(self.fades) * len(self.sizes))
        age = max(now - self.start, 0.0)
        log_none = -self.hazard * age
        unseen = -np.expm1(log_none) - float(np.exp(self.log_prior[:rows]).sum())
        log_unseen = float(np.log(max(unseen, 1e-12)))
        peak = max(float(log_mass.max()), log_none)
        mass = np.exp(log_mass - peak)
        rest = np.exp(np.array([log_unseen, log_none]) - peak)
        norm = float(mass.sum() + rest.sum())
        return Joint(mass / norm, float(rest[0]) / norm, float(rest[1]) / norm)

    def caused(self, joint: Joint, at: float, odds: Floats) -> Floats:
        """Return per cell the posterior mass in which the leak caused a campaign.

        Args:
            joint: the copy's posterior, the campaign's own evidence included.
            at: when the campaign began, days.
            odds: its Q in each cell.
        """
        rows = min(joint.mass.shape[0], self.onsets_before(at))
        shares = self.intensity(np.array([at]))[0, :rows]
        ratio = shares[:, None, :, None] * odds[None, :, None, None] * self.sizes
        return np.asarray((joint.mass[:rows] * (ratio / (1.0 + ratio))).sum(axis=(0, 2, 3)))
