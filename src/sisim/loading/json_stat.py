"""JSON-stat 2: the cubes that PxWeb and Eurostat give to programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from sisim.loading.data_cube import CubeDimension, DataCube, Role, require_size, role_of
from sisim.loading.key_figure import FigureCell, KeyFigureError, number_in_json, status_of
from sisim.scenario.errors import Place, Reason

_ROLES: dict[str, Role] = {"time": "time", "geo": "area", "metric": "measure"}


def cube_of(data: dict[str, Any], shown: str) -> DataCube:
    """Return the cube in a dataset of JSON-stat 2.

    Args:
        data: The dataset.
        shown: The name of its file.

    Raises:
        KeyFigureError: If it is not as JSON-stat 2 says.
    """
    place = Place(shown, 0)
    try:
        roles = {x: _ROLES[k] for k, xs in data.get("role", {}).items() for x in xs if k in _ROLES}
        dimensions = [_dimension(n, data["dimension"][n], roles.get(n)) for n in data["id"]]
        sizes = [len(one.codes) for one in dimensions]
        if list(data["size"]) != sizes:
            reason = Reason(
                "size says {stated}, and the dimensions have {found} categories. Fetch it anew.",
                stated=" × ".join(map(str, data["size"])),
                found=" × ".join(map(str, sizes)),
            )
            raise KeyFigureError.at(shown, 0, reason, "size")
        values = data["value"]
        listed = isinstance(values, list)
        codes = [one.codes for one in dimensions]
        size = require_size(codes, len(values) if listed else None, place)
        cells = [_cell(data, values, n, shown) for n in range(size)]
        return DataCube(
            code=_code(data),
            label=str(data.get("label", "")),
            source=str(data.get("source", "")),
            unit="",
            dimensions=dimensions,
            cells=cells,
            place=place,
            updated=_date(data.get("updated")),
        )
    except KeyFigureError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        reason = Reason("The dataset of JSON-stat lacks id, size, dimension or value.")
        raise KeyFigureError.at(shown, 0, reason) from error


def _dimension(name: str, said: dict[str, Any], role: Role | None) -> CubeDimension:
    category = said["category"]
    labels = category.get("label", {})
    index = category.get("index", labels)
    codes = index if isinstance(index, list) else sorted(index, key=lambda k: (index[k], k))
    if index is labels:
        codes = [*labels]
    units = category.get("unit", {})
    return CubeDimension(
        str(said.get("label", name)),
        tuple(codes),
        tuple(str(labels.get(code, code)) for code in codes),
        role or role_of(name, str(said.get("label", ""))),
        tuple(str(units.get(code, {}).get("base", "")) for code in codes),
    )


def _cell(data: dict[str, Any], values: Any, at: int, shown: str) -> FigureCell:
    """Return a cell; where it has no number, its status says why."""
    status = data.get("status", "")
    if isinstance(status, dict):
        status = status.get(str(at), "")
    elif isinstance(status, list):
        status = status[at]
    value = values[at] if isinstance(values, list) else values.get(str(at))
    if value is None:
        sign = str(status or "")
        return FigureCell(None, status_of(sign) or "missing", sign)
    amount = number_in_json(value)
    if amount is None:
        reason = Reason('"{text}" is not a number.', text=str(value)[:40])
        raise KeyFigureError.at(shown, 0, reason, f"value[{at}]")
    return FigureCell(amount, "value")


def _code(data: dict[str, Any]) -> str:
    """Return what PxWeb calls the table."""
    px = data.get("extension", {}).get("px", {})
    return str(px.get("tableid") or px.get("matrix") or "")


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
