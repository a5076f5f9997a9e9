"""Sums of log(1 + x) over many campaigns at once, as products of matrices.

For x = V g Q up to LIMIT, log(1 + x) is a polynomial to within 1e-6; the sum over campaigns of
each power is then the product of two small matrices, and no campaign is visited by itself.
"""

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from canary.attribution.cells import Floats

LIMIT = 8.0
TIERS = ((0.1, 5), (1.0, 10), (LIMIT, 18))  # up to which x a polynomial of which degree serves


def _coefficients(limit: float, degree: int) -> Floats:
    def slope(x: Floats) -> Floats:
        safe = np.where(x == 0.0, 1.0, x)
        return np.where(x == 0.0, 1.0, np.log1p(safe) / safe)

    fitted = Chebyshev.interpolate(slope, degree - 1, domain=[0.0, limit])
    return np.asarray(fitted.convert(kind=Polynomial).coef, dtype=np.float64)


COEFFICIENTS = [_coefficients(limit, degree) for limit, degree in TIERS]


def sum_log1p(shares: Floats, odds: Floats, sizes: Floats) -> Floats:
    """Return the sum over campaigns of log(1 + size x share x odds).

    Args:
        shares: g of each campaign, (campaigns, fades, onsets).
        odds: Q of each campaign, (campaigns, cells).
        sizes: V, (sizes,); no product may exceed LIMIT.

    Returns:
        Shape (sizes, fades, onsets, cells).
    """
    count, fades, onsets = shares.shape
    total = np.zeros((len(sizes), fades * onsets, odds.shape[1]))
    peaks = shares.reshape(count, -1).max(axis=1) * odds.max(axis=1) * sizes.max()
    tier = np.searchsorted([limit for limit, _ in TIERS[:-1]], peaks)
    for index, coefficients in enumerate(COEFFICIENTS):
        chosen = tier == index
        if chosen.any():
            _add_powers(total, shares[chosen], odds[chosen], sizes, coefficients)
    return total.reshape(len(sizes), fades, onsets, odds.shape[1])


def _add_powers(
    total: Floats, shares: Floats, odds: Floats, sizes: Floats, coefficients: Floats
) -> None:
    flat = np.ascontiguousarray(shares.reshape(len(shares), -1).T)
    left, right, scale = flat.copy(), odds.copy(), sizes.copy()
    for coefficient in coefficients:
        powers = left @ right
        for index, factor in enumerate((coefficient * scale).tolist()):
            total[index] += factor * powers
        left *= flat
        right *= odds
        scale = scale * sizes
