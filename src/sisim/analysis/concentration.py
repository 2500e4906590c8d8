"""How unevenly something is spread over people: Lorenz curve, Gini coefficient, the top's share.

Lorenz, "Methods of measuring the concentration of wealth", Publications of the American Statistical
Association 9(70), 1905; Gini as Sen, "On Economic Inequality" (1973), eq. 2.8.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sisim.arrays import Floats


def lorenz(amounts: ArrayLike, at: ArrayLike) -> Floats:
    """Return the share of the whole that the lowest shares of people have.

    Args:
        amounts: What each person has, not negative, (people,).
        at: Shares of people, from 0 to 1, (points,).

    Returns:
        Shares of the whole, (points,); NaN where there is nothing, or nobody.

    Examples:
        >>> lorenz([0, 0, 1, 3], [0.5, 0.75, 1]).tolist()
        [0.0, 0.25, 1.0]
    """
    sums = np.cumsum(np.sort(np.asarray(amounts, np.float64)))
    where = np.asarray(at, np.float64)
    if not len(sums) or sums[-1] <= 0:
        return np.full(where.shape, np.nan)
    curve = np.concatenate([[0.0], sums / sums[-1]])
    return np.asarray(np.interp(where, np.linspace(0, 1, len(curve)), curve))


def gini(amounts: ArrayLike) -> float:
    """Return the Gini coefficient: 0 if all have the same, near 1 if one has it all.

    Examples:
        >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1])
        (0.0, 0.75)
    """
    x = np.sort(np.asarray(amounts, np.float64))
    n, total = len(x), float(x.sum())
    if not n or total <= 0:
        return float("nan")
    rank = np.arange(1, n + 1)
    return float(2 * (rank * x).sum() / (n * total) - (n + 1) / n)


def top_share(amounts: ArrayLike, share: float) -> float:
    """Return what share of the whole the `share` of people who have the most have.

    Examples:
        >>> top_share([0, 0, 1, 3], 0.25)
        0.75
    """
    return float(1 - lorenz(amounts, [1 - share])[0])
