"""Financial mathematics on plain numbers: internal rate of return, loans.

Formulas and conventions are those of Brealey, Myers & Allen, "Principles of Corporate Finance",
ch. 2 and 5: the first flow is not discounted.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats

TOUCHES = 1e-10
"""A present value that is less than this share of its parts is zero: floats tell no more."""
FURTHEST = 700.0
"""The furthest logarithm of growth that is looked at: e to it is about the largest float."""


def irr(flows: NDArray[Any], per_year: float = 1.0) -> tuple[float, ...]:
    """Return every rate per year at which flows are worth nothing, from the lowest.

    None at all means that the internal rate of return is undefined (flows of one sign); several,
    that it says nothing (the sign changes more than once).

    All rates above -100 % are found, those too at which the present value only touches zero.

    Args:
        flows: Equally spaced in time, (n,).
        per_year: Flows in a year.

    Examples:
        >>> [round(rate, 5) for rate in irr([-100, 39, 59, 55, 20])]
        [0.28095]
        >>> irr([100, 10]), [round(rate, 5) for rate in irr([-100, 5])]
        ((), [-0.95])
    """
    values = np.asarray(flows, np.float64)
    paid = np.flatnonzero(values)
    roots = _roots(values[paid], (paid - paid[:1]) / per_year)
    return tuple(float(np.expm1(root)) for root in roots)


def _roots(amounts: Floats, years: Floats) -> list[float]:
    """Return where sum(amounts * exp(-years * growth)) is zero, from the lowest growth.

    Between two of its zeros lies one of its derivative (Rolle), and the derivative of such a sum
    that begins at year 0 has one part fewer: its first amount, a constant, is gone. So the zeros of
    the last two parts bracket those of the last three, and so on to all of them.

    Args:
        amounts: None of them zero, (n,).
        years: Rising from 0, (n,).
    """
    found: list[float] = []
    signs, sizes = np.sign(amounts), np.log(np.abs(amounts))
    for first in reversed(range(len(amounts) - 1)):
        since = years[first:] - years[first]
        # What the derivatives before this one have multiplied the amounts by; in logarithms, as
        # the product of a hundred years is too large a number.
        before = years[first:, None] - years[None, :first]
        size = sizes[first:] + np.log(before).sum(axis=1)
        found = _crossings(signs[first:], size, since, found)
    return found


def _crossings(signs: Floats, sizes: Floats, years: Floats, turns: list[float]) -> list[float]:
    """Return the zeros of sum(signs * exp(sizes - years * growth)), monotone between its turns."""
    if not (np.diff(signs) != 0).any():
        return []

    def worth(growth: float) -> float:
        parts = sizes - years * growth
        parts = np.exp(parts - parts.max())
        value = float((signs * parts).sum() / parts.sum())
        return 0.0 if abs(value) < TOUCHES and growth in touching else value

    touching = set(turns)
    found: list[float] = []
    ends = [-FURTHEST, *turns, FURTHEST]
    values = [float(signs[-1]), *map(worth, turns), float(signs[0])]
    for number, (low, high) in enumerate(pairwise(ends)):
        if values[number] * values[number + 1] < 0:
            found.append(_bracketed(worth, low, high, values[number]))
        if number < len(turns) and values[number + 1] == 0.0:
            found.append(high)
    return found


def _bracketed(worth: Callable[[float], float], low: float, high: float, sign: float) -> float:
    """Return the zero between two ends, of which the outermost may be as good as infinite."""
    if worth(low) * sign <= 0:
        return low
    if worth(high) * sign >= 0:
        return high
    from scipy.optimize import brentq

    return float(brentq(worth, low, high, xtol=1e-14))


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
