"""Regression discontinuity: people just above a threshold of a score beside those just below.

Local linear regression on each side with a triangular kernel (Hahn, Todd & Van der Klaauw 2001).
The bandwidth is given, or that of Imbens & Kalyanaraman (2012), "Optimal bandwidth choice for the
regression discontinuity estimator", with their regularisation.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.arrays import Flags, Floats
from sisim.evaluation.estimate import ALPHA, Contrast, Estimate, Followed, NotEstimable, answer
from sisim.evaluation.least_squares import least_squares
from sisim.scenario.errors import Reason

TRIANGULAR = 3.4375
"""The constant of the bandwidth rule, for the triangular kernel."""
UNIFORM = 1.84
"""That of its first step, for densities and variances at the threshold."""
FEWEST_BY_A_SIDE = 3
"""A line with an error takes as many."""


def discontinuity(
    people: pd.DataFrame,
    *,
    cutoff: float = 0.0,
    bandwidth: float | None = None,
    alpha: float = ALPHA,
) -> Estimate:
    """Return how much lower outcomes are just on the treated side of a threshold.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. The score is `score`. The
            treated side is the one where more are treated: those who are offered count, whatever
            they did (intention to treat).
        cutoff: The threshold; who is on it belongs to the upper side.
        bandwidth: How far from the threshold people count, in the score's units; None: by the rule.
        alpha: How often the interval may miss.
    """

    def found(some: Followed) -> Contrast:
        x, y = some.table["score"].to_numpy(float) - cutoff, some.outcome
        above = x >= 0
        if above.all() or not above.any():
            raise NotEstimable(Reason("nobody is on one side of the threshold"))
        upper, lower = some.treated[above].mean(), some.treated[~above].mean()
        if upper == lower:
            raise NotEstimable(Reason("as many are treated on both sides of the threshold"))
        h = optimal_bandwidth(x, y) if bandwidth is None else bandwidth
        weights = np.maximum(1 - np.abs(x) / h, 0)
        used = weights > 0
        if min((used & above).sum(), (used & ~above).sum()) < FEWEST_BY_A_SIDE:
            raise NotEstimable(Reason("too few are near the threshold"))
        side = above[used]
        columns = np.column_stack([side, np.ones(len(side)), x[used], x[used] * side])
        fit = least_squares(columns, y[used], of=0, weights=weights[used])
        jump = float(fit.coefficients[0])
        error = float(np.sqrt(fit.covariance[0, 0]))
        return Contrast(-jump if upper > lower else jump, error, used=used)

    return answer(people, found, alpha=alpha, also=["score"])


def optimal_bandwidth(x: Floats, y: Floats) -> float:
    """Return the bandwidth of Imbens & Kalyanaraman (2012), for a triangular kernel.

    Args:
        x: Scores less the threshold, (people,).
        y: Outcomes, (people,).

    Raises:
        NotEstimable: If too few are near the threshold, or none differ there.
    """
    above, n = x >= 0, len(x)
    pilot = UNIFORM * x.std(ddof=1) * n ** (-1 / 5)
    near = [y[side & (np.abs(x) <= pilot)] for side in (above, ~above)]
    if min(map(len, near)) < FEWEST_BY_A_SIDE:
        raise NotEstimable(Reason("too few are near the threshold"))
    density = (len(near[0]) + len(near[1])) / (2 * n * pilot)
    variances = [float(one.var(ddof=1)) for one in near]
    if sum(variances) == 0:
        raise NotEstimable(Reason("the outcomes do not differ enough to tell luck from effect"))
    third = 6 * _polynomial(x, y, 3, above)[-1]
    bent, regularised = [], 0.0
    for side, variance in zip((above, ~above), variances, strict=True):
        size = int(side.sum())
        # A third derivative of nothing would take in everyone, and so it does.
        steep = max(density * third**2, 1e-300)
        wide = 3.56 * (variance / steep) ** (1 / 7) * size ** (-1 / 7)
        taken = side & (np.abs(x) <= max(wide, pilot))
        if taken.sum() < FEWEST_BY_A_SIDE:
            raise NotEstimable(Reason("too few are near the threshold"))
        wide = min(max(wide, pilot), float(np.abs(x[side]).max()))
        bent.append(2 * _polynomial(x[taken], y[taken], 2)[-1])
        regularised += 2160 * variance / (int(taken.sum()) * wide**4)
    bias = (bent[0] - bent[1]) ** 2 + regularised
    return float(TRIANGULAR * (sum(variances) / (density * bias)) ** (1 / 5) * n ** (-1 / 5))


def _polynomial(x: Floats, y: Floats, degree: int, jump: Flags | None = None) -> Floats:
    """Return the coefficients of a polynomial, lowest first; with a jump of its own first."""
    columns = np.vander(x, degree + 1, increasing=True)
    if jump is not None:
        columns = np.column_stack([jump, columns])
    return np.asarray(np.linalg.lstsq(columns, y, rcond=None)[0])
