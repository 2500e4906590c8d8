"""What each administration pays more than without, year by year, so that rows and sums agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.ledger import ORE
from sisim.economics.prices import PriceList
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
    """Return what each payer pays more in an arm than without, by year.

    All costs, also of what everyone has, with what is repaid to funds and paid under contracts:
    with − without = investment + running cost of the new way − reduced costs (law L6).
    """
    book, scenario = result.settled, result.scenario
    number = result.counts.arms.index(arm)
    kept = (book.years >= scenario.time.first_year) & (book.years <= scenario.time.whole_years[-1])
    years = book.years[kept]
    sums = book.sums(lambda line: line.administration, yearly=True)
    level = PriceList(scenario, years, current=current).level
    more = {
        str(payer): (paid[:, number] - paid[:, 0]).mean(axis=0)[kept] * level
        for payer, paid in sums.items()
    }
    differing = {payer: own for payer, own in more.items() if np.abs(own).max(initial=0.0) > ORE}
    amounts = np.array(list(differing.values())).reshape(len(differing), len(years))
    return YearlyDifference(years, tuple(differing), amounts, current)
