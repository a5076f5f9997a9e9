"""The grid of one copy: log likelihood over onset, cell, fade and size of a leak.

Notation, after docs/attribution.md: a leak taken at tau in cell e is first used at w >= tau; then
campaigns come at rate V g(t - w; s), where g is the density of H(x) = x / (s + x). Only the pairs
(w, e) that are possible are kept, in one flat axis ordered by onset.
"""

from dataclasses import dataclass

import numpy as np

from canary.attribution.assumptions import Assumptions
from canary.attribution.cells import Cells, Floats
from canary.attribution.series import LIMIT, sum_log1p

YEAR = 365.25
TINY = 1e-300
CHUNK = 16  # that many factors of at most 1e19 multiply without overflow
MANY = 6  # from so many campaigns on, the weak ones are summed by series


Delays = tuple[tuple[float, float], ...]


def delay_integral(days: Floats, delays: Delays) -> Floats:
    """Return the integral from 0 to ``days`` of the delay's distribution.

    That is the mixture, by the chance of each kind of delay, of x / (median + x).
    """
    x = np.maximum(days, 0.0)
    return x - sum(chance * median * np.log1p(x / median) for chance, median in delays)


def joint_delay(
    onset: tuple[Floats, Floats], leak: tuple[Floats, Floats], delays: Delays
) -> Floats:
    """Return the measure of pairs (leak date, onset) in two spans under the delay's density.

    The exact double integral of f(w - tau) over w in ``onset`` and tau in ``leak``, each a pair of
    arrays (from, to) in days that broadcast against each other.
    """
    (w0, w1), (a, b) = onset, leak
    upper = delay_integral(w1 - a, delays) - delay_integral(w1 - b, delays)
    lower = delay_integral(w0 - a, delays) - delay_integral(w0 - b, delays)
    return np.maximum(upper - lower, 0.0)


@dataclass(frozen=True, slots=True)
class Joint:
    """The posterior at one instant: ``mass`` over (size, fade, pair), and the rest.

    ``unseen`` is a leak of which nothing has come yet, ``none`` no leak; with ``mass`` they sum to
    one.
    """

    mass: Floats
    unseen: float
    none: float

    @property
    def leaked(self) -> float:
        """The probability that a leak is in use."""
        return min(float(self.mass.sum()), 1.0)


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
        self._lay_pairs()
        self.total: Floats = np.zeros((len(self.sizes), len(self.fades), len(self.onset)))
        peak = self.seen(np.array([self.step])).max() / self.step
        self.steepest = float(peak * self.sizes.max())

    def _lay_pairs(self) -> None:
        w0, w1 = self.onsets[:-1, None], self.onsets[1:, None]
        a, b = self.cells.edges[:-1], self.cells.edges[1:]
        prior = joint_delay((w0, w1), (a, np.minimum(b, w1)), self.assumed.delays)
        possible = (prior > 0.0) & (self.cells.sizes > 0.0)
        self.onset, self.cell = np.nonzero(possible)
        middle = (a + np.minimum(b, w1))[possible] / 2
        self.log_prior: Floats = np.log(self.hazard * prior[possible]) - self.hazard * (
            middle - self.start
        )
        self._ends = np.searchsorted(self.onset, np.arange(len(self.onsets)))

    def seen(self, days: Floats) -> Floats:
        """Return the share of a leak's campaigns seen so many days after its onset.

        A new last but one axis holds the fades.
        """
        x = np.maximum(days, 0.0)[..., None, :]
        return x / (self.fades[:, None] + x)

    def onsets_before(self, at: float) -> int:
        """Return how many onset steps begin before ``at`` (days); at least one."""
        return max(1, min(int(np.searchsorted(self.onsets, at)), len(self.onsets) - 1))

    def pairs_before(self, at: float) -> int:
        """Return how many pairs have an onset step that begins before ``at`` (days)."""
        return int(self._ends[self.onsets_before(at)])

    def intensity(self, at: Floats) -> Floats:
        """Return g at each instant of ``at``, averaged over each onset step: (at, fade, onset)."""
        seen = self.seen(at[:, None] - self.onsets)
        return (seen[..., :-1] - seen[..., 1:]) / self.step

    def ratio(self, at: float, odds: Floats) -> Floats:
        """Return V g Q of one campaign on the pairs whose onset is before it."""
        return np.asarray(self._rate(at, odds) * self.sizes[:, None, None])

    def _rate(self, at: float, odds: Floats) -> Floats:
        end = self.pairs_before(at)
        shares = self.intensity(np.array([at]))[0]
        return np.asarray(shares.take(self.onset[:end], axis=1) * odds.take(self.cell[:end]))

    def weigh(self, at: Floats, odds: Floats) -> Floats:
        """Return the campaigns' summed log(1 + V g Q), shaped (size, fade, pair).

        Args:
            at: when each campaign began, days, shape (campaigns,).
            odds: Q of each campaign in each cell, shape (campaigns, cells).
        """
        total = np.zeros_like(self.total)
        strong = odds.max(axis=1, initial=0.0) * self.steepest > LIMIT
        if len(at) - int(strong.sum()) < MANY:
            strong = np.ones_like(strong)
        if not strong.all():
            weak = sum_log1p(self.intensity(at[~strong]), odds[~strong], self.sizes)
            total += weak[:, :, self.onset, self.cell]
        left = np.flatnonzero(strong)
        factor, product = np.empty_like(total), np.empty_like(total)
        for begin in range(0, len(left), CHUNK):
            product.fill(1.0)
            for campaign in left[begin : begin + CHUNK].tolist():
                rate = self._rate(float(at[campaign]), odds[campaign])
                end = rate.shape[-1]
                np.multiply(rate, self.sizes[:, None, None], out=factor[..., :end])
                factor[..., :end] += 1.0
                product[..., :end] *= factor[..., :end]
            total += np.log(product, out=factor)
        return total

    def joint(self, now: float, total: Floats | None = None) -> Joint:
        """Return the posterior at ``now`` (days) from ``total``, or from what was accumulated."""
        end = self.pairs_before(now)
        rows = self.onsets_before(now)
        middles = (self.onsets[:rows] + np.minimum(self.onsets[1 : rows + 1], now)) / 2
        silence = self.seen(now - middles) * self.sizes[:, None, None]
        prior = self.log_prior[:end]
        likelihood = (self.total if total is None else total)[..., :end]
        log_mass = likelihood - silence[..., self.onset[:end]]
        log_mass += prior - np.log(len(self.fades) * len(self.sizes))
        log_none = -self.hazard * max(now - self.start, 0.0)
        unseen = -np.expm1(log_none) - float(np.exp(prior).sum())
        log_unseen = float(np.log(max(unseen, 1e-12)))
        peak = max(float(log_mass.max(initial=log_none)), log_none)
        mass = np.exp(log_mass - peak)
        rest = np.exp(np.array([log_unseen, log_none]) - peak)
        norm = float(mass.sum() + rest.sum())
        return Joint(mass / norm, float(rest[0]) / norm, float(rest[1]) / norm)

    def by_onset_and_cell(self, joint: Joint) -> Floats:
        """Return the posterior mass as a table (onset, cell)."""
        end = joint.mass.shape[-1]
        table = np.zeros((len(self.onsets) - 1, self.cells.count))
        table[self.onset[:end], self.cell[:end]] = joint.mass.sum(axis=(0, 1))
        return table

    def caused(self, joint: Joint, at: Floats, odds: Floats, keep: int = 512) -> Floats:
        """Return per campaign and cell the posterior mass in which the leak caused the campaign.

        Args:
            joint: the copy's posterior, the campaigns' own evidence included.
            at: when each campaign began, days, (campaigns,).
            odds: Q of each campaign in each cell, (campaigns, cells).
            keep: how many of the likeliest points of the grid are looked at; their mass stands for
                all of it.
        """
        flat = joint.mass.ravel()
        keep = min(keep, len(flat))
        best = np.argpartition(flat, len(flat) - keep)[len(flat) - keep :]
        size, fade, pair = np.unravel_index(best, joint.mass.shape)
        mass = flat[best] * (float(flat.sum()) / max(float(flat[best].sum()), TINY))
        shares = self.intensity(at)[:, fade, self.onset[pair]]
        ratio = shares * odds[:, self.cell[pair]] * self.sizes[size]
        in_cell = (self.cell[pair][:, None] == np.arange(self.cells.count)).astype(np.float64)
        return np.asarray((mass * (ratio / (1.0 + ratio))) @ in_cell)
