"""From the prices in a file to the prices of each year.

fixed price = price x index(price level) / index(price year) x (1 + real growth)^years
current price = fixed price x (1 + inflation)^(years from the price level)

Prices change at the turn of the year. Real growth counts from the year of the scenario's start;
before it, and for a price type that is given no growth, it is that of "general", or none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Positive

KPI_SOURCE = "SCB, konsumentprisindex (KPI), annual means, 1980 = 100; recalled, check before use"
KPI_GRADE = "literature"
KPI = {
    2010: 303.46,
    2011: 311.43,
    2012: 314.20,
    2013: 314.06,
    2014: 313.49,
    2015: 313.35,
    2016: 316.43,
    2017: 322.11,
    2018: 328.40,
    2019: 334.26,
    2020: 335.92,
    2021: 343.19,
    2022: 371.91,
    2023: 403.7,
    2024: 415.1,
}


Floats = NDArray[np.float64]


class PriceList:
    """The prices of a scenario, by year.

    Args:
        scenario: Whose prices.
        years: The calendar year of each step, (n,).
        current: In the money of each year, rather than in that of the scenario's price level.
    """

    def __init__(self, scenario: Scenario, years: NDArray[np.int64], *, current: bool) -> None:
        self._economy = scenario.economy
        self._growth = scenario.drift.prices
        self._since = np.maximum(years - int(scenario.time.start[:4]), 0)
        inflation = 1.0 + scenario.drift.inflation.value
        since_level = years - scenario.economy.price_level
        self._level = inflation**since_level if current else np.ones(len(years))

    @property
    def level(self) -> Floats:
        """What a krona of the price level is at each step, (n,)."""
        return np.asarray(self._level)

    def of(self, price: Positive, price_type: str, price_year: int | None = None) -> Floats:
        """Return a price at each step, (n,); without a price year it is in the price level."""
        growth = self._growth.get(price_type, self._growth.get("general"))
        real = 1.0 + (0.0 if growth is None else growth.value)
        base = price.value
        if price_year is not None:
            base *= conversion(price_year, self._economy.price_level)
        return np.asarray(base * real**self._since * self._level)


def conversion(price_year: int, price_level: int) -> float:
    """Return what a krona of one year is in the money of another.

    Examples:
        >>> round(conversion(2015, 2024), 2)
        1.32
    """
    if price_year == price_level:
        return 1.0
    for year in (price_year, price_level):
        if year not in KPI:
            raise ValueError(f"there is no price index for {year}, only for {min(KPI)}-{max(KPI)}")
    return KPI[price_level] / KPI[price_year]
