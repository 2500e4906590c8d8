"""Municipalities: read from a table, or made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sisim.arrays import Floats, Ints
from sisim.loading.amounts import Unit
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError

HEADINGS: dict[str, Sequence[str]] = {
    "municipality": ("municipality", "kommun", "kommunnamn", "name", "namn"),
    "region": ("region", "län", "county"),
    "residents": ("residents", "invånare", "folkmängd", "population"),
    "code": ("code", "kod", "kommunkod"),
    "group": ("group", "grupp", "kommungrupp"),
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


@dataclass(frozen=True)
class MunicipalityRow:
    """What a table says of one municipality.

    Attributes:
        row: Where it stands.
        code: What it is known by: its code, or its name where there is none.
        name: What it is called.
        region: Its region; "" if nothing is said.
        group: The group that it is compared within; "" if nothing is said.
        residents: How many live there.
        values: Numbers of a scenario, by dotted path; None where the cell is empty.
    """

    row: Row
    code: str
    name: str
    region: str
    group: str
    residents: float
    values: dict[str, float | None]


def read_municipalities(path: Path) -> Municipalities:
    """Return the municipalities in a CSV or XLSX file.

    Args:
        path: A row per municipality. Columns, in English or Swedish: its name, `residents`, and,
            if its region is to weigh, `region`.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    rows = read_municipality_rows(path)
    if len(rows) < 2:
        reason = Reason("Spread takes two municipalities at least: rows: {rows}.", rows=len(rows))
        raise ScenarioError([Problem(Place(str(path), 0), "", reason)])
    numbers = np.unique(np.array([one.region for one in rows]), return_inverse=True)[1]
    residents = np.array([one.residents for one in rows])
    names = tuple(one.name for one in rows)
    return Municipalities(names, np.asarray(numbers), residents, made_up=False)


def read_municipality_rows(path: Path) -> list[MunicipalityRow]:
    """Return what a CSV or XLSX file says of municipalities, a row each, in its order.

    Args:
        path: Columns, in English or Swedish: the name, `residents`; also `code`, `region`, `group`,
            and numbers of a scenario with dotted paths as headings. Others are not read.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    required = ("municipality", "residents")
    paths = [one for one in read_sheet(path, HEADINGS, required).unread if "." in one]
    columns = {**HEADINGS, **dict.fromkeys(paths, ())}
    amounts: dict[str, Sequence[Unit]] = dict.fromkeys(("residents", *paths), ())
    problems, rows = list[Problem](), list[MunicipalityRow]()
    seen = {"code": dict[str, int](), "municipality": dict[str, int]()}
    for row in read_sheet(path, columns, required, amounts).rows:
        name = row.values["municipality"].strip()
        code = row.values["code"].strip()
        if len(code) == 3 and code.isdecimal():  # a spreadsheet has taken it for a number
            code = f"0{code}"
        if not name:
            problems.append(row.problem("municipality", Reason("Nothing stands here.")))
        for column, said in (("municipality", name), ("code", code)):
            if said and said in seen[column]:
                where = seen[column][said]
                reason = Reason('"{name}" stands in row {row}, too.', name=said, row=where)
                problems.append(row.problem(column, reason))
            seen[column].setdefault(said, row.place.line)
        region, group = (row.values[one].strip() for one in ("region", "group"))
        values = {one: _number(row, one, problems) for one in paths}
        residents = _residents(row, problems)
        rows.append(MunicipalityRow(row, code or name, name, region, group, residents, values))
    if problems:
        raise ScenarioError(problems)
    return rows


def _number(row: Row, column: str, problems: list[Problem]) -> float | None:
    """Return the number in a cell, if there is one; what is wrong is added to the problems."""
    amount = row.amounts.get(column)
    if isinstance(amount, Reason):
        problems.append(row.problem(column, amount))
        return None
    return amount


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
