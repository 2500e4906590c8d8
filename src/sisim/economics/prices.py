"""From the prices in a file to the prices of each year.

fixed price = price x index(price level) / index(price year) x (1 + real growth)^years
current price = fixed price x (1 + inflation)^(years from the price level)

Prices change at the turn of the year. Real growth counts from the year of the scenario's start;
before it, and for a price type that is given no growth, it is that of "general", or none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.scenario.pathway import Resource
from sisim.scenario.price_index import PRICE_INDEX
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Positive


class PriceList:
    """The prices of a scenario, by year.

    Args:
        scenario: Whose prices.
        years: The year of each step, (n,).
        current: In the money of each year, rather than in that of the scenario's price level.
    """

    def __init__(self, scenario: Scenario, years: Ints, *, current: bool) -> None:
        self._economy = scenario.economy
        self._index = scenario.price_index
        self._growth = scenario.drift.prices
        self._since = np.maximum(years - scenario.time.first_year, 0)
        inflation = 1.0 + scenario.drift.inflation.value
        since_level = years - scenario.economy.price_level
        self._level = inflation**since_level if current else np.ones(len(years))

    @property
    def level(self) -> Floats:
        """What a krona of the price level is at each step, (n,)."""
        return np.asarray(self._level)

    def of(self, resource: Resource) -> Floats:
        """Return the price of a unit of a resource at each step, (n,)."""
        to_level = conversion(resource.price_year, self._economy.price_level, self._index)
        return self._grown(resource.price.value * to_level, resource.price_type)

    def at_level(self, amount: Positive, price_type: str) -> Floats:
        """Return an amount that is given in the price level, at each step, (n,)."""
        return self._grown(amount.value, price_type)

    def _grown(self, base: float, price_type: str) -> Floats:
        growth = self._growth.get(price_type, self._growth.get("general"))
        real = 1.0 + (0.0 if growth is None else growth.value)
        return np.asarray(base * real**self._since * self._level)


def conversion(
    price_year: int, price_level: int, index: Mapping[int, float] = PRICE_INDEX
) -> float:
    """Return what a krona of one year is in the money of another.

    Args:
        price_year: The one year.
        price_level: The other.
        index: The price index by year, in order.

    Examples:
        >>> round(conversion(2015, 2024), 2)
        1.32
    """
    if price_year == price_level:
        return 1.0
    for year in (price_year, price_level):
        if year not in index:
            first, last = min(index), max(index)
            raise ValueError(f"there is no price index for {year}, only for {first}-{last}")
    return index[price_level] / index[price_year]
