"""Files of tables: a life table as it is published, read into the factor that names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, product
from pathlib import Path as File
from typing import Any

from sisim.loading.amounts import Unit
from sisim.loading.files import beside_it
from sisim.loading.spreadsheet import Row, read_sheet
from sisim.scenario.document import Document
from sisim.scenario.errors import Problem, Reason, ScenarioError, nearest
from sisim.scenario.factor_grid import MOST_FEATURES
from sisim.scenario.os_errors import expanded, no_file
from sisim.scenario.positions import Path

VALUE = ("value", "värde", "rate", "probability", "mortality")
"""What the column with the values may be called."""
HEADINGS = {
    "age": ("age", "ålder"),
    "calendar.year": ("year", "år"),
    "calendar.month": ("month", "månad"),
    "area": ("area", "område"),
}
"""What the column of a feature may be called, beside the last part of its name."""
UNITS: tuple[Unit, ...] = ("percent",)
SHOWN = 5
"""Of the cells that are missing so many are named."""


def include_factor_files(
    document: Document, path: Path, beside: Mapping[str, File | None]
) -> list[Problem]:
    """Let every factor with a `file` have what stands in it; return what is wrong.

    Args:
        document: What a file says; its data is changed.
        path: Where its factors stand.
        beside: The folder of a file, by the name of the factor that names it, "" for all others;
            None where there is none.
    """
    factors: Any = document.data
    for part in path:
        factors = factors.get(part) if isinstance(factors, dict) else None
    problems: list[Problem] = []
    for name, factor in factors.items() if isinstance(factors, dict) else ():
        if not isinstance(factor, dict):
            continue
        here = (*path, name, "file")
        if "content" in factor and factor["content"].get("file") == factor.get("file"):
            continue
        if factor.pop("content", None) is not None and "file" not in factor:
            continue
        if isinstance(factor.get("file"), str):
            try:
                factor["content"] = _content(document, here, factor, beside.get(name, beside[""]))
            except ScenarioError as error:
                problems += error.problems
                document.made_up.add(here)
    return problems


def _content(
    document: Document, path: Path, factor: Mapping[str, Any], beside: File | None
) -> dict[str, Any]:
    """Return what stands in the file of a factor, as the model has it.

    Raises:
        ScenarioError: If it cannot be read, or is no whole table.
    """

    def wrong(reason: Reason, close: str | None = None) -> ScenarioError:
        return ScenarioError([Problem(document.locate(path), document.key(path), reason, close)])

    name, given = factor["file"], factor.get("features")
    features = [str(one) for one in given] if isinstance(given, list) else []
    if not 0 < len(features) <= MOST_FEATURES:
        reason = Reason(
            'A "file" needs "features": which columns it has, as in {example}.',
            example='["age", "attribute.sex"]',
        )
        raise wrong(reason)
    if beside is None:
        reason = Reason(
            "A scenario that is opened in the page has no file beside it: write the values as a "
            '"table".'
        )
        raise wrong(reason)
    file = beside / expanded(name)
    obstacle = no_file(file)
    if obstacle is not None:
        reason = Reason('"{name}" cannot be read: {error}.', name=name, error=obstacle)
        raise wrong(reason, nearest(file.name, beside_it(file, "*.csv")))
    columns = {one: _headings(one) for one in features} | {"value": VALUE}
    sheet = read_sheet(file, columns, [*columns], {"value": UNITS})
    if not sheet.rows:
        raise wrong(Reason('"{name}" has no lines below its headings.', name=name))
    axes, values = _table(features, sheet.rows)
    return {"file": name, "axes": axes, "values": values}


def _headings(feature: str) -> Sequence[str]:
    own = HEADINGS.get(feature, (feature.rpartition(".")[2],))
    return (own[0], feature, *own[1:])


def _table(features: list[str], rows: Sequence[Row]) -> tuple[list[list[str]], list[float]]:
    """Return the labels of each feature in the order they come, and the values.

    Raises:
        ScenarioError: With every cell that is empty, stands twice or is missing.
    """
    cells: dict[tuple[str, ...], float] = {}
    problems: list[Problem] = []
    for row in rows:
        for feature in features:
            if not row.values[feature]:
                problems.append(row.problem(feature, Reason("The cell is empty.")))
        key = tuple(row.values[feature] for feature in features)
        value = row.amounts.get("value", Reason("The cell is empty."))
        if isinstance(value, Reason):
            problems.append(row.problem("value", value))
        elif key in cells:
            reason = Reason("{names} stand on a line above, too.", names=list(key))
            problems.append(row.problem(features[0], reason))
        else:
            cells[key] = value
    axes = [list(dict.fromkeys(key[place] for key in cells)) for place in range(len(features))]
    missing = [key for key in product(*axes) if key not in cells] if not problems else []
    for key in islice(missing, SHOWN):
        reason = Reason("There is no line for {names}.", names=list(key))
        problems.append(rows[-1].problem("", reason))
    if problems:
        raise ScenarioError(problems)
    return axes, [cells[key] for key in product(*axes)]
