"""Data cubes: a number for each combination of categories, as statistical offices publish them.

PX and JSON-stat say the same in two ways; from here on they are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod
from typing import Literal

from sisim.i18n import number
from sisim.loading.cells import MOST_CELLS
from sisim.loading.key_figure import (
    FigureCell,
    KeyFigure,
    KeyFigureError,
    Sex,
    area_of,
    licence_of,
    sex_of,
    year_of,
)
from sisim.scenario.errors import Place, Reason

Role = Literal["time", "area", "measure", "sex", ""]

_NAMES: dict[Role, tuple[str, ...]] = {
    "time": ("tid", "år", "time", "year"),
    "area": ("region", "kommun", "län", "municipality", "county", "hemkommun"),
    "measure": ("contentscode", "tabellinnehåll", "contents", "observations"),
    "sex": ("kön", "kon", "sex", "gender"),
}


@dataclass(frozen=True)
class CubeDimension:
    """A dimension of a cube.

    Attributes:
        name: What the file calls it.
        codes: Of its categories.
        labels: Of its categories.
        role: What it tells; "" something else.
        units: Of its categories, if it is what is measured.
    """

    name: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    role: Role = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataCube:
    """A cube that has been read.

    Attributes:
        code: What the source calls the table.
        label: What it is about.
        source: Who answers for it.
        unit: Of its numbers, where the dimension of what is measured does not say.
        dimensions: From the slowest to the quickest.
        cells: The numbers, in that order.
        place: Where they begin.
        updated: When it was published, if it says.
    """

    code: str
    label: str
    source: str
    unit: str
    dimensions: Sequence[CubeDimension]
    cells: Sequence[FigureCell]
    place: Place
    updated: date | None = None


def role_of(*names: str) -> Role:
    """Return what a dimension tells, by any of its names."""
    plain = {name.casefold() for name in names}
    return next((role for role, known in _NAMES.items() if plain & set(known)), "")


def require_size(dimensions: Sequence[Sequence[str]], found: int | None, place: Place) -> int:
    """Return how many cells a cube has.

    Args:
        dimensions: The codes of each dimension.
        found: How many numbers the file has; None: some are left out.
        place: Where they stand.

    Raises:
        KeyFigureError: If these are others than its dimensions say, or too many.
    """
    sizes = [len(codes) for codes in dimensions]
    size = prod(sizes)
    if size > MOST_CELLS:
        reason = Reason("The table has more than {n} cells.", n=number(MOST_CELLS))
        raise KeyFigureError.at(place.file, place.line, reason)
    if found is not None and found != size:
        reason = Reason(
            "By its dimensions the table is {sizes} = {size}; the numbers in the file are {found}. "
            "Fetch it anew: which number is of what cannot be told.",
            sizes=" × ".join(map(str, sizes)),
            size=size,
            found=found,
        )
        raise KeyFigureError.at(place.file, place.line, reason)
    return size


def figures_of(cube: DataCube, file_date: date) -> Iterator[KeyFigure]:
    """Yield the key figures of a cube.

    What is neither time, area nor sex is part of what is measured: its codes are joined to the
    code, its labels to the label.

    Args:
        cube: The cube.
        file_date: When the file was written, where the cube does not say.

    Raises:
        KeyFigureError: If a category is no year or no sex.
    """
    at: dict[Role, int] = {}
    for position, dimension in enumerate(cube.dimensions):
        if dimension.role:
            at.setdefault(dimension.role, position)
    if "time" not in at:
        reason = Reason("No dimension is time: fetch the table with its years.")
        raise KeyFigureError.at(cube.place.file, cube.place.line, reason)
    years = _years(cube, at["time"])
    sexes = _sexes(cube, at.get("sex"))
    others = [n for n in range(len(cube.dimensions)) if n not in _told(at)]
    for chosen, (value, status, sign) in zip(
        product(*(range(len(one.codes)) for one in cube.dimensions)), cube.cells, strict=True
    ):
        named = [(cube.dimensions[n], chosen[n]) for n in others]
        codes = [one.codes[k] for one, k in named]
        labels = [one.labels[k] for one, k in named]
        unit = next((one.units[k] for one, k in named if one.units and one.units[k]), cube.unit)
        place, name = "", ""
        if "area" in at:
            area = cube.dimensions[at["area"]]
            k = chosen[at["area"]]
            place, name = area_of(area.codes[k], area.labels[k])
        yield KeyFigure(
            source=cube.source,
            code="/".join([cube.code, *codes] if cube.code else codes),
            label="; ".join(labels) if "measure" in at else "; ".join([cube.label, *labels]),
            area_code=place,
            area=name,
            year=years[chosen[at["time"]]],
            sex=sexes[chosen[at["sex"]]] if "sex" in at else "total",
            value=value,
            unit=unit,
            status=status,
            file=cube.place.file,
            file_date=cube.updated or file_date,
            licence=licence_of(cube.source),
            place=cube.place,
            sign=sign,
        )


def _told(at: dict[Role, int]) -> set[int]:
    """Return the dimensions that have columns of their own."""
    return {position for role, position in at.items() if role != "measure"}


def _years(cube: DataCube, position: int) -> list[int]:
    found = []
    for code in cube.dimensions[position].codes:
        year = year_of(code)
        if isinstance(year, Reason):
            name = cube.dimensions[position].name
            raise KeyFigureError.at(cube.place.file, cube.place.line, year, name)
        found.append(year)
    return found


def _sexes(cube: DataCube, position: int | None) -> list[Sex]:
    if position is None:
        return []
    dimension = cube.dimensions[position]
    found: list[Sex] = []
    for code, label in zip(dimension.codes, dimension.labels, strict=True):
        sex = sex_of(label)
        sex = sex_of(code) if isinstance(sex, Reason) else sex
        if isinstance(sex, Reason):
            raise KeyFigureError.at(cube.place.file, cube.place.line, sex, dimension.name)
        found.append(sex)
    return found
