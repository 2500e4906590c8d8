"""A world whose evaluations have known answers, worked out by hand of the package.

Two areas, five people a month leave care in each and are followed for twelve months. The yearly
rate of being placed again is base (0.25, or 0.75 of two in five) x area (North 1.2, South 1) x
0.92 to the calendar years since 2026 x 0.7 if treated. Everyone in North is treated who leaves
from 2026 to 2028.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

NORTH, SOUTH, RATIO = 1.2, 1.0, 0.7
BEFORE, AFTER = (2023, 2024, 2025), (2026, 2027, 2028)
EACH_YEAR = 60
THRESHOLD = 5_000_000 / 180 / 450_000

Cell = tuple[str, int, bool, int, float]
"""Area, year, treated, how many, and the risk of each."""


@cache
def risk(year: int, area: float, ratio: float = 1.0, low: float = 0.6) -> float:
    """Return the share of a year's people who are placed again within twelve months."""
    months = [[year + (first + k) // 12 for k in range(12)] for first in range(12)]
    trends = np.array([sum(0.92 ** (one - 2026) for one in some) / 12 for some in months])
    bases, shares = np.array([0.25, 0.75]), np.array([low, 1 - low])
    return float((1 - np.exp(-np.outer(bases, trends) * area * ratio)).mean(axis=1) @ shares)


def table(
    cells: list[Cell],
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return people of cells (area, year, treated, how many, risk), and the risk of each."""
    names = ("area", "year", "treated")
    rows = [row[:3] for row in cells for _ in range(row[3])]
    people = pd.DataFrame(rows, columns=list(names))
    people["person"], people["post"] = np.arange(len(people)), people["year"] >= 2026
    people["index"] = people["year"].astype(float)
    return people, np.array([row[4] for row in cells for _ in range(row[3])])


def placed(rng: np.random.Generator, people: pd.DataFrame, risks: np.ndarray) -> pd.DataFrame:
    """Return the people with outcomes of one municipality."""
    return people.assign(outcome=(rng.random(len(risks)) < risks).astype(float))


def cells(ratio: float = RATIO) -> dict[str, list[Cell]]:
    """Return the people of each design."""
    north = [("north", y, False, EACH_YEAR, risk(y, NORTH)) for y in BEFORE]
    treated = [("north", y, True, EACH_YEAR, risk(y, NORTH, ratio)) for y in AFTER]
    south = [("south", y, False, EACH_YEAR, risk(y, SOUTH)) for y in (*BEFORE, *AFTER)]
    half = EACH_YEAR // 2
    lots = [
        ("north", y, won, half, risk(y, NORTH, ratio if won else 1.0))
        for y in AFTER
        for won in (True, False)
    ]
    return {
        "lottery": lots,
        "one year": north[-1:] + treated,
        "three years": north + treated,
        "other area": treated + south[3:],
        "difference": north + treated + south,
        "trend": north + treated,
    }


def exact(design: str, ratio: float = RATIO) -> tuple[float, float]:
    """Return the exact mean and standard deviation of a design's estimate."""
    of = cells(ratio)[design]
    line = dict(zip(BEFORE, (-7 / 6, 1 / 3, 11 / 6), strict=True))
    sizes: dict[tuple[str, bool], int] = {}
    for area, year, treated, n, _ in of:
        key = (area, treated or (design == "difference" and year >= 2026))
        sizes[key] = sizes.get(key, 0) + n

    def weight(cell: Cell) -> float:
        area, year, treated, n, _ = cell
        late = year >= 2026
        if design == "trend" and not treated:
            return line[year]
        share = n / sizes[area, treated or (design == "difference" and late)]
        if design == "difference":
            return share * (1 if (area == "north") != late else -1)
        return -share if treated else share

    mean = sum(weight(cell) * cell[4] for cell in of)
    variance = sum(weight(cell) ** 2 * cell[4] * (1 - cell[4]) / cell[3] for cell in of)
    return mean, variance**0.5


PRIOR_RATIOS = (1.1, 1.0, 0.85, 0.7, 0.55)
PRIOR_CHANCES = (0.1, 0.3, 0.3, 0.2, 0.1)


def truth(ratio: float = RATIO) -> float:
    """Return what is avoided per participant."""
    return float(np.mean([risk(y, NORTH) - risk(y, NORTH, ratio) for y in AFTER]))


def net(effect: float) -> float:
    """Return what carrying on for 600 more is worth, in millions of kronor."""
    return 600 * (450_000 * effect - 5_000_000 / 180) / 1e6
