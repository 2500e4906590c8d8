"""CSV files that a model file names: tables of factors, as life tables are published, and draws."""

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


def include_draws(document: Document, beside: File | None) -> list[Problem]:
    """Let every joint distribution with a `file` have the draws in it; return what is wrong."""
    joint: Any = document.data.get("uncertainty")
    problems: list[Problem] = []
    for name, table in joint.items() if isinstance(joint, dict) else ():
        if not isinstance(table, dict) or not isinstance(table.get("file"), str):
            continue
        path = ("uncertainty", name, "file")
        try:
            if "rows" in table:
                reason = Reason('Give either "file" or "rows".')
                raise ScenarioError([Problem(document.locate(path), document.key(path), reason)])
            table["rows"] = _draws(document, path, table, beside)
            del table["file"]
        except ScenarioError as error:
            problems += error.problems
            document.made_up.add(path)
    return problems


def _draws(
    document: Document, path: Path, table: Mapping[str, Any], beside: File | None
) -> list[list[float]]:
    """Return the draws in a file, with a column for each path.

    Raises:
        ScenarioError: If it cannot be read, or a draw is not whole.
    """
    given = table.get("paths")
    paths = [str(one) for one in given] if isinstance(given, list) else []
    file = _beside(document, path, table["file"], beside, Reason('write the draws as "rows"'))
    columns = {one: (one, one.removeprefix("pathway.")) for one in paths}
    sheet = read_sheet(file, columns, paths, dict.fromkeys(paths, UNITS))
    problems: list[Problem] = []
    rows: list[list[float]] = []
    for row in sheet.rows:
        found = {one: row.amounts.get(one, Reason("The cell is empty.")) for one in paths}
        wrong = {one: why for one, why in found.items() if isinstance(why, Reason)}
        problems += [row.problem(one, why) for one, why in wrong.items()]
        rows.append([one for one in found.values() if not isinstance(one, Reason)])
    if problems:
        raise ScenarioError(problems)
    return rows


def _beside(
    document: Document, path: Path, name: str, beside: File | None, instead: Reason
) -> File:
    """Return the path of a file that stands beside another.

    Raises:
        ScenarioError: If there is none.
    """
    place, key = document.locate(path), document.key(path)
    if beside is None:
        reason = Reason(
            "A scenario that is opened in the page has no file beside it: {instead}.",
            instead=instead,
        )
        raise ScenarioError([Problem(place, key, reason)])
    file = beside / expanded(name)
    obstacle = no_file(file)
    if obstacle is not None:
        reason = Reason('"{name}" cannot be read: {error}.', name=name, error=obstacle)
        close = nearest(file.name, beside_it(file, "*.csv"))
        raise ScenarioError([Problem(place, key, reason, close)])
    return file


def _content(
    document: Document, path: Path, factor: Mapping[str, Any], beside: File | None
) -> dict[str, Any]:
    """Return what stands in the file of a factor, as the model has it.

    Raises:
        ScenarioError: If it cannot be read, or is no whole table.
    """

    def wrong(reason: Reason) -> ScenarioError:
        return ScenarioError([Problem(document.locate(path), document.key(path), reason)])

    name, given = factor["file"], factor.get("features")
    features = [str(one) for one in given] if isinstance(given, list) else []
    if not 0 < len(features) <= MOST_FEATURES:
        reason = Reason(
            'A "file" needs "features": which columns it has, as in {example}.',
            example='["age", "attribute.sex"]',
        )
        raise wrong(reason)
    file = _beside(document, path, name, beside, Reason('write the values as a "table"'))
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
