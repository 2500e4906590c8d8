"""The register of assumptions: every number, and who answers for it (law L8)."""

from __future__ import annotations

import pandas as pd

from sisim.i18n import source_text
from sisim.scenario.numbers import derived_once, numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

COLUMNS = (
    "key",
    "value",
    "low",
    "high",
    "distribution",
    "grade",
    "source",
    "note",
    "tuned",
    "file",
)


def assumptions(scenario: Scenario) -> pd.DataFrame:
    """Return the register: one row for each number in the scenario file and in its pathway.

    A factor's source, grade and note hold for those of its numbers that have none of their own.
    A number that follows from parameters has a `formula`: a column of files that have any. What
    has no owner, as the edges of a table, is in the register where it is given by a formula.
    `key` is the path that `--set` takes; `file` says where the value in force was written, and is
    empty for a default that no file mentions.
    """
    written = {path for path, _ in numbers(scenario, written=True)}
    rows: list[dict[str, object]] = [
        {
            "key": path.removeprefix("pathway."),
            "value": number.value,
            "low": number.low,
            "high": number.high,
            "distribution": _distribution(number),
            **_owner(path, number, scenario),
            "tuned": number.tuned,
            "file": scenario.origin(path) if path in written else "",
        }
        for path, number in numbers(scenario)
    ]
    formulas = [number.formula for _, number in numbers(scenario)]
    for path, (value, formula) in derived_once(scenario).items():
        key = path.removeprefix("pathway.")
        file = scenario.origin(path)
        rows.append({"key": key, "value": value, "grade": "derived", "tuned": False, "file": file})
        formulas.append(formula)
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"low": float, "high": float})
    if any(formulas):
        table.insert(2, "formula", formulas)
    return table


def _owner(path: str, number: Number, scenario: Scenario) -> dict[str, str | None]:
    """Return who answers for a number, in the current language."""
    owner = owner_of(path, number, scenario)
    return {
        "source": source_text(owner.source),
        "grade": owner.grade,
        "note": source_text(owner.note),
    }


def _distribution(number: Number) -> str | None:
    if number.distribution is None:
        return None
    values = ", ".join(
        f"{name}={value:g}" for name, value in number.distribution.parameters.items()
    )
    return f"{number.distribution.name}({values})"
