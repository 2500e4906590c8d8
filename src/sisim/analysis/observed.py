"""What was observed: a table that people have filled in, held against a plan of follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sisim.analysis.monitoring import FollowUp, measures_of
from sisim.loading.spreadsheet import amount, read_sheet
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
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
    sheet = read_sheet(path, COLUMNS, COLUMNS)
    problems: list[Problem] = []
    rows: dict[tuple[int, str], float] = {}
    measures = {one.name: one for one in measures_of(scenario, arm)}
    names, months = list(measures), [str(month) for month in moments]
    for row in sheet.rows:
        if not row.values["value"]:
            continue
        month, name = row.values["month"], row.values["measure"]
        when, value = amount(month), amount(row.values["value"])
        before = len(problems)
        if when is None or str(int(when)) not in months or when != int(when):
            reason = Reason('The plan has no month "{month}".', month=month)
            problems.append(Problem(row.place, "month", reason, None, tuple(months)))
        if name not in names:
            reason = Reason(
                '{what} "{name}" does not exist.', what=Reason("The measure"), name=name
            )
            problems.append(
                Problem(row.place, "measure", reason, nearest(name, names), tuple(names))
            )
        elif value is not None and measures[name].is_share and not 0 <= value <= 1:
            reason = Reason(
                "A share is from 0 to 1, or in per cent with its sign; not {value}.",
                value=row.values["value"],
            )
            problems.append(Problem(row.place, "value", reason))
        if value is None:
            reason = Reason('"{text}" is not a number.', text=row.values["value"])
            problems.append(Problem(row.place, "value", reason))
        elif value < 0:
            reason = Reason("{value} is below 0.", value=row.values["value"])
            problems.append(Problem(row.place, "value", reason))
        if len(problems) > before or when is None or value is None:
            continue
        key = (int(when), name)
        if key in rows:
            reason = Reason("{name} stands twice for month {month}.", name=name, month=str(key[0]))
            problems.append(Problem(row.place, "measure", reason))
        rows[key] = value
    if problems:
        raise ScenarioError(problems)
    if not rows:
        reason = Reason("No row has a value.")
        raise ScenarioError([Problem(Place(str(path), 0), "", reason)])
    return pd.DataFrame(
        [{"month": m, "measure": name, "value": value} for (m, name), value in rows.items()]
    )


def template(plan: FollowUp) -> pd.DataFrame:
    """Return the table to be filled in: month, measure, and an empty value."""
    return plan.plan[["month", "measure"]].assign(value="")
