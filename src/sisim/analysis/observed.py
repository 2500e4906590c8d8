"""What was observed: a table that people have filled in, held against a plan of follow-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from sisim.analysis.monitoring import Indicator, measures_of
from sisim.loading.amounts import Unit
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.errors import (
    MOST_PROBLEMS,
    Place,
    Problem,
    Reason,
    ScenarioError,
    nearest,
    shortened,
)
from sisim.scenario.scenario import Scenario

COLUMNS = {
    "month": ("month", "månad", "months", "månader"),
    "measure": ("measure", "mått"),
    "value": ("value", "värde", "observed", "utfall"),
}


def read_observed(path: Path, scenario: Scenario, arm: str, moments: Sequence[int]) -> pd.DataFrame:
    """Return what was observed; rows without a value are left out.

    Args:
        path: A CSV or XLSX file with the columns month, measure and value, as in the template that
            is written beside a plan.
        scenario: What is followed up.
        arm: In which arm.
        moments: The months of the plan.

    Returns:
        Columns: month, measure, value.

    Raises:
        ScenarioError: With everything that is wrong in the file.
    """
    units: dict[str, tuple[Unit, ...]] = {"month": (), "value": ("money", "percent")}
    sheet = read_sheet(path, COLUMNS, COLUMNS, units)
    problems: list[Problem] = []
    rows: dict[tuple[int, str], float] = {}
    measures = {one.name: one for one in measures_of(scenario, arm)}
    for row in sheet.rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        if not row.values["value"]:
            continue
        wrong = list(_wrong(row, measures, moments))
        problems += wrong
        month, value = row.amounts.get("month"), row.amounts["value"]
        if wrong or not isinstance(month, float) or not isinstance(value, float):
            continue
        key = (int(month), row.values["measure"])
        if key in rows:
            reason = Reason(
                "{name} stands twice for month {month}.", name=key[1], month=str(key[0])
            )
            problems.append(row.problem("measure", reason))
        rows[key] = value
    if problems:
        raise ScenarioError(problems)
    if not rows:
        reason = Reason("No row has a value.")
        raise ScenarioError([Problem(Place(str(path), 0), "", reason)])
    return pd.DataFrame(
        [{"month": m, "measure": name, "value": value} for (m, name), value in rows.items()]
    )


def _wrong(
    row: Row, measures: Mapping[str, Indicator], moments: Sequence[int]
) -> Iterator[Problem]:
    """Yield what is wrong with a row that has a value."""
    month, name, said = (row.values[column] for column in COLUMNS)
    value = row.amounts["value"]
    if row.amounts.get("month") not in moments:
        months = tuple(str(one) for one in moments)
        reason = Reason('The plan has no month "{month}".', month=shortened(month))
        yield row.problem("month", reason, None, months)
    if name not in measures:
        what = Reason("The measure")
        reason = Reason('{what} "{name}" does not exist.', what=what, name=shortened(name))
        yield row.problem("measure", reason, nearest(name, measures), tuple(measures))
    elif isinstance(value, float) and measures[name].is_share and not 0 <= value <= 1:
        reason = Reason(
            "A share is from 0 to 1, or in per cent with its sign; not {value}.", value=said
        )
        yield row.problem("value", reason)
    if isinstance(value, Reason):
        yield row.problem("value", value)
    elif value < 0:
        yield row.problem("value", Reason("{value} is below 0.", value=said))
