"""The ordinary budget beside an investment: frames that may rise while repayment is made.

frame = base + indexation + volume - repayment

`base` is what the administration's operation costs in the last year before the investment (or in
the first that was simulated), `volume` what more or fewer in need change of it, at that year's
prices, and `indexation` what prices do: together they follow the cost without the investment, all
else equal, and repayment is all that the investment changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.ledger import CostLine, Ledger
from sisim.economics.prices import PriceList
from sisim.economics.repayment import Repayments


@dataclass(frozen=True)
class Budget:
    """The frames of administrations, and what their operations then cost, in SEK.

    Arrays are (replications, administrations, years), of the years from the scenario's start.
    """

    years: Ints
    administrations: tuple[str, ...]
    base_year: int
    base: Floats
    indexation: Floats
    volume: Floats
    repayment: Floats
    cost: Floats

    @property
    def frame(self) -> Floats:
        """What each administration is given."""
        return self.base + self.indexation + self.volume - self.repayment

    @property
    def surplus(self) -> Floats:
        """What is left of the frame when the operation has been paid for."""
        return self.frame - self.cost


def budget(
    book: Ledger, arm: str, repaid: Sequence[Repayments] = (), *, ordinary: bool = False
) -> Budget:
    """Return the budget frames of every administration in an arm.

    Args:
        book: What everything costs; in current prices indexation holds inflation too.
        arm: The arm with the investments.
        repaid: The repayments of that arm.
        ordinary: Count what everyone has too.
    """
    scenario = book.result.scenario
    number = book.result.arms.index(arm)
    start = scenario.time.first_year
    base_at = max(int(np.searchsorted(book.years, start)) - 1, 0)
    inside = np.asarray(book.years >= start)
    prices = PriceList(scenario, book.years, current=book.current)

    def of(line: CostLine) -> str | None:
        counts = line.kind in ("use", "running", "replaced") and (ordinary or not line.ordinary)
        return line.administration if counts else None

    found = {of(line) for line in book.lines}
    names = tuple(name for name in scenario.pathway.administrations if name in found)
    shape = (len(book.amounts), len(names), int(inside.sum()))
    base, indexation, volume, repayment, cost = (np.zeros(shape) for _ in range(5))
    for line, yearly in zip(book.lines, np.moveaxis(book.yearly, -1, 0), strict=True):
        name = of(line)
        if name not in names:
            continue
        row = names.index(str(name))
        cost[:, row] += yearly[:, number][:, inside]
        if line.kind != "use":
            continue
        resource = scenario.pathway.resources[line.item]
        price = prices.of(resource)
        dearer = price / price[base_at] if price[base_at] else np.ones(len(price))
        without = yearly[:, 0]
        at_base = without / dearer
        base[:, row] += at_base[:, base_at, None]
        volume[:, row] += at_base[:, inside] - at_base[:, base_at, None]
        indexation[:, row] += (without - at_base)[:, inside]
    for one in repaid:
        for index, name in enumerate(one.administrations):
            repayment[:, names.index(name)] += one.repaid[:, index]
    return Budget(
        book.years[inside],
        names,
        int(book.years[base_at]),
        base,
        indexation,
        volume,
        repayment,
        cost,
    )
