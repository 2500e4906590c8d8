"""What each administration pays more than without, year by year, so that rows and sums agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.ledger import ORE
from sisim.economics.rounding import rounded
from sisim.economics.valuation import Valuation


class YearlyDifference(NamedTuple):
    """Costs with an arm less those without, means of the runs, SEK.

    Attributes:
        years: The whole years from the start, (years,).
        payers: Those for whom anything differs.
        amounts: What each pays more, (payers, years).
        current: Whether it is in the money of each year.
    """

    years: Ints
    payers: tuple[str, ...]
    amounts: Floats
    current: bool

    def in_units(self, unit: float) -> Floats:
        """Return the amounts in whole units, so that a sum of rows is that of all: `rounded`."""
        return rounded(self.amounts, unit)


def yearly_difference(result: Valuation, arm: str, *, current: bool = False) -> YearlyDifference:
    """Return what each administration pays more in an arm than without, by year.

    What everyone has is left out, as in the figures. With − without = investment + running cost
    of the new way − reduced costs (law L6).
    """
    first, last = result.scenario.time.first_year, result.scenario.time.whole_years[-1]
    costs = result.costs_by_year(current=current).within(range(first, last + 1))
    payers = np.asarray(costs.kinds["administration"])
    number = costs.arms.index(arm)
    more = np.asarray(costs.values[:, number] - costs.values[:, 0], np.float64).mean(axis=0)
    names = [str(name) for name in dict.fromkeys(payers)]
    sums = [more[:, payers == name].sum(axis=1) for name in names]
    kept = [n for n, own in enumerate(sums) if np.abs(own).max(initial=0.0) > ORE]
    amounts = np.array([sums[n] for n in kept]).reshape(len(kept), len(costs.years))
    return YearlyDifference(costs.years, tuple(names[n] for n in kept), amounts, current)
