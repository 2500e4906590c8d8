"""Municipalities: read from a table, or made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sisim.arrays import Floats, Ints
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError

HEADINGS: dict[str, Sequence[str]] = {
    "municipality": ("municipality", "kommun", "kommunnamn", "name", "namn"),
    "region": ("region", "län", "county"),
    "residents": ("residents", "invånare", "folkmängd", "population"),
}
"""Headings that the columns may have, in either language."""
MEDIAN, MEAN = 16_000.0, 36_500.0
"""Residents of made-up municipalities: assumed, near those of Sweden."""
REGIONS = 21


class Municipalities(NamedTuple):
    """Municipalities that an investment may spread between.

    Attributes:
        names: What each is called; no two alike.
        regions: The number of the region of each, (municipalities,).
        residents: How many live in each, (municipalities,).
        made_up: Whether none of them exists.
    """

    names: tuple[str, ...]
    regions: Ints
    residents: Floats
    made_up: bool


def made_up(number: int) -> Municipalities:
    """Return municipalities that do not exist: many small, few large, in 21 regions.

    Residents follow a log-normal distribution with the median and the mean above.
    """
    ranks = (np.arange(number) + 0.5) / number
    wide = np.sqrt(2 * np.log(MEAN / MEDIAN))
    residents = np.round(MEDIAN * np.exp(wide * ndtri(ranks)))
    names = tuple(f"M{place + 1:03d}" for place in range(number))
    return Municipalities(names, np.arange(number) % REGIONS, residents, made_up=True)


def read_municipalities(path: Path) -> Municipalities:
    """Return the municipalities in a CSV or XLSX file.

    Args:
        path: A row per municipality. Columns, in English or Swedish: its name, `residents`, and,
            if its region is to weigh, `region`.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    sheet = read_sheet(path, HEADINGS, ("municipality", "residents"), {"residents": ()})
    problems = list[Problem]()
    seen = dict[str, int]()
    residents = list[float]()
    for row in sheet.rows:
        name = row.values["municipality"].strip()
        if not name:
            problems.append(row.problem("municipality", Reason("Nothing stands here.")))
        elif name in seen:
            reason = Reason('"{name}" stands in row {row}, too.', name=name, row=seen[name])
            problems.append(row.problem("municipality", reason))
        seen.setdefault(name, row.place.line)
        residents.append(_residents(row, problems))
    if len(sheet.rows) < 2:
        reason = Reason(
            "Spread takes two municipalities at least: rows: {rows}.", rows=len(sheet.rows)
        )
        problems.append(Problem(Place(str(path), 0), "", reason))
    if problems:
        raise ScenarioError(problems)
    regions = [row.values.get("region", "").strip() for row in sheet.rows]
    numbers = np.unique(np.array(regions), return_inverse=True)[1]
    return Municipalities(tuple(seen), np.asarray(numbers), np.array(residents), made_up=False)


def _residents(row: Row, problems: list[Problem]) -> float:
    """Return how many live there; what is wrong with it is added to the problems."""
    amount = row.amounts.get("residents")
    if isinstance(amount, Reason):
        problems.append(row.problem("residents", amount))
    elif amount is None:
        problems.append(row.problem("residents", Reason("Nothing stands here.")))
    elif amount <= 0:
        said = row.values["residents"]
        reason = Reason('"{said}" is no number of residents: it must be over 0.', said=said)
        problems.append(row.problem("residents", reason))
    else:
        return amount
    return np.nan
