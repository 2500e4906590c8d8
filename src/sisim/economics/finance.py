"""Financial mathematics on plain numbers: internal rate of return, loans.

Formulas and conventions are those of Brealey, Myers & Allen, "Principles of Corporate Finance",
ch. 2 and 5: the first flow is not discounted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]
LOWEST_RATE, HIGHEST_RATE = -0.9, 10.0
"""Between which an internal rate of return is looked for, a year."""


def irr(flows: NDArray[Any], per_year: float = 1.0) -> tuple[float, ...]:
    """Return every rate per year at which flows are worth nothing, from the lowest.

    None at all means that the internal rate of return is undefined (flows of one sign); several,
    that it says nothing (the sign changes more than once).

    Args:
        flows: Equally spaced in time, (n,).
        per_year: Flows in a year.

    Examples:
        >>> [round(rate, 5) for rate in irr([-100, 39, 59, 55, 20])]
        [0.28095]
        >>> irr([100, 10])
        ()
    """
    values = np.asarray(flows, np.float64)
    if not ((values > 0).any() and (values < 0).any()):
        return ()
    years = np.arange(len(values)) / per_year

    def worth(growth: Any) -> Any:
        # In log growth the rates that matter lie evenly, and far-off ones do not overflow.
        return np.exp(-np.multiply.outer(growth, years)) @ values

    grid = np.linspace(np.log1p(LOWEST_RATE), np.log1p(HIGHEST_RATE), 960)
    worths = worth(grid)
    crossed = np.flatnonzero(worths[:-1] * worths[1:] < 0)
    roots = [brentq(worth, grid[at], grid[at + 1], xtol=1e-14) for at in crossed]
    roots += list(grid[worths == 0])
    return tuple(float(np.expm1(root)) for root in sorted(roots))


def rate_of_return(flows: NDArray[Any]) -> float:
    """Return the internal rate of return of yearly flows, where it is one.

    It is NaN where there is no rate or several, and where money is received before it is paid:
    then the rate is what a loan costs.

    Examples:
        >>> round(rate_of_return([-100, 110]), 9), rate_of_return([100, -110])
        (0.1, nan)
    """
    values = np.asarray(flows, np.float64)
    rates = irr(values)
    paid_first = values[np.flatnonzero(values)[:1]] < 0
    return rates[0] if len(rates) == 1 and paid_first.all() else float("nan")


def balances(amount: float, rate: float, payments: NDArray[Any]) -> Floats:
    """Return what is owed after each payment, (n,): interest is added, then the payment made.

    Examples:
        >>> balances(1000, 0.1, [600, 550]).round(2).tolist()
        [500.0, 0.0]
    """
    owed = amount
    found = []
    for payment in np.asarray(payments, np.float64):
        owed = owed * (1.0 + rate) - payment
        found.append(owed)
    return np.asarray(found, np.float64)
