"""Tables of key figures: exports from Kolada and others, CSV or Excel, found out or by a mapping.

A table has a row for each number; or its years, or whatever a mapping says, stand beside each
other. Lines below the last number in which only one cell is filled in are footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from sisim.loading.amounts import Unit
from sisim.loading.figure_units import unit_in_title
from sisim.loading.key_figure import (
    KOLADA,
    MISSING,
    SUPPRESSED,
    YEARS,
    FigureCell,
    KeyFigure,
    area_of,
    licence_of,
    sex_of,
    status_of,
    year_of,
)
from sisim.loading.spreadsheet import Row, SheetPart, read_sheet, without_footnotes
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, shortened
from sisim.scenario.os_errors import expanded
from sisim.scenario.types import Table

Column = Literal[
    "source",
    "code",
    "label",
    "area_code",
    "area",
    "year",
    "sex",
    "value",
    "unit",
    "status",
    "file",
    "file_date",
    "licence",
]

HEADINGS: dict[str, Sequence[str]] = {
    "source": ("source", "källa"),
    "code": ("code", "kod", "kpi", "kpi id", "nyckeltals-id", "nyckeltal id", "nyckeltalskod"),
    "label": ("label", "nyckeltal", "kpi title", "title", "titel", "indikator", "mått", "variabel"),
    "area_code": ("area code", "kommunkod", "kommun-id", "municipality id", "regionkod", "länskod"),
    "area": ("area", "kommun", "region", "municipality", "område", "län", "kommunnamn"),
    "year": ("year", "år", "period"),
    "sex": ("sex", "kön", "gender"),
    "value": ("value", "värde"),
    "unit": ("unit", "enhet", "måttenhet"),
    "status": ("status",),
    "file": ("file", "fil"),
    "file_date": ("file date", "fildatum"),
    "licence": ("licence", "licens"),
}
"""Headings that the columns may have, in either language."""
_IDENTIFYING = ("code", "label", "area_code", "area", "year", "sex")
_CODE = re.compile(r"\b[NU][0-9]{5}\b")
"""A key figure of Kolada."""
_SOURCE = re.compile(r"(?:källa|source) ?: ?(.+)", re.IGNORECASE)
_YEARS = {str(year): {"year": year} for year in YEARS}


class ValueColumn(Table):
    """A column of numbers, and what all of them have in common."""

    code: str | None = Field(None, description="What its numbers are called.")
    label: str | None = Field(None, description="What they are about, in words.")
    year: int | None = Field(None, description="Their year.")
    sex: str | None = Field(None, description="Of whom they are: total, women or men.")
    unit: str | None = Field(None, description="Their unit.")


class TableMapping(Table):
    """How a file of key figures is read, where it does not say so itself."""

    sheet: str | None = Field(None, description="The sheet of a workbook.")
    cells: str | None = Field(None, description="The cells, headings included, as B4:H40.")
    heading_lines: int = Field(
        1,
        ge=1,
        le=5,
        description="How many of its lines are headings; one above others is that of them all.",
    )
    columns: dict[Column, str] = Field({}, description="The heading of each column.")
    values: dict[str, ValueColumn] = Field(
        {}, description="Columns of numbers beside each other, by their headings."
    )
    code: str | None = Field(None, description="What all its numbers are called.")
    label: str | None = Field(None, description="What all are about, in words.")
    area_code: str | None = Field(None, description="The code of the area of all.")
    area: str | None = Field(None, description="The name of the area of all.")
    year: int | None = Field(None, description="The year of all.")
    sex: str | None = Field(None, description="Of whom all are: total, women or men.")
    unit: str | None = Field(None, description="The unit of all.")
    source: str | None = Field(None, description="Who answers for them.")
    licence: str | None = Field(None, description="On what terms they may be used.")
    file_date: date | None = Field(None, description="When they were fetched, as 2026-03-01.")
    missing: list[str] = Field([], description="Signs that there is no number.")
    suppressed: list[str] = Field([], description="Signs that a small number is hidden.")
    zero: list[str] = Field([], description="Signs that there is nobody, so that the number is 0.")

    @property
    def fixed(self) -> dict[str, str]:
        """What all rows have in common, by column."""
        given = {name: getattr(self, name) for name in _FIXED}
        return {name: str(value) for name, value in given.items() if value is not None}

    def cell(self, sign: str) -> FigureCell | None:
        """Return what a sign in the place of a number means, as said here or as usual."""
        own = sign.strip()
        if own in self.zero:
            return FigureCell(0.0, "value", sign)
        if own in self.suppressed:
            return FigureCell(None, "suppressed", sign)
        status = "missing" if own in self.missing else status_of(sign, MISSING, SUPPRESSED)
        return None if status is None else FigureCell(None, status, sign)


_FIXED = ("source", "code", "label", "area_code", "area", "year", "sex", "unit", "licence")


@dataclass(frozen=True)
class FigureTable:
    """A table of key figures that has been read.

    Attributes:
        figures: What stands in it.
        footnotes: What stands below it.
        unread: Headings of columns that say nothing of what is asked for.
    """

    figures: tuple[KeyFigure, ...]
    footnotes: tuple[str, ...]
    unread: tuple[str, ...]


def read_figure_table(file: str, file_date: date, mapping: TableMapping) -> FigureTable:
    """Return the key figures in a CSV or XLSX file.

    Args:
        file: Its name.
        file_date: When it was written.
        mapping: What it does not say itself.

    Raises:
        ScenarioError: With every row that is not as it should be.
    """
    said_above: dict[str, dict[str, Any]] = {
        _number_column(heading): one.model_dump(exclude_none=True)
        for heading, one in mapping.values.items()
    } or _YEARS
    columns = _columns(mapping)
    required = [*mapping.columns, *map(_number_column, mapping.values)]
    units: tuple[Unit, ...] = ("percent",)
    numbers = {name: units for name in ("value", *said_above) if name in columns}
    part = SheetPart(mapping.sheet, mapping.cells, mapping.heading_lines)
    sheet = read_sheet(expanded(file), columns, required, numbers, part, "columns")
    asked = [name for name in numbers if any(name in row.cells for row in sheet.rows)]
    rows, below = without_footnotes(sheet.rows, asked)
    footnotes = tuple(next(filter(None, row.values.values()), "") for row in below)
    source = next((said[1] for one in footnotes if (said := _SOURCE.match(one))), "")
    reader = _RowReader(file, file_date, mapping, source)
    found: list[KeyFigure] = []
    problems: list[Problem] = []
    if not asked:
        reason = Reason(
            "No column has numbers: its heading is “value”, or a year. Name the columns in a "
            "mapping (--mapping)."
        )
        raise ScenarioError([Problem(Place(file, 0), "", reason)])
    for row in rows:
        for name in asked:
            one = reader.figure(row, name, said_above.get(name, {}))
            if isinstance(one, Problem):
                problems.append(one)
            else:
                found.append(one)
    if problems:
        raise ScenarioError(problems)
    return FigureTable(tuple(found), footnotes, sheet.unread)


def _columns(mapping: TableMapping) -> dict[str, Sequence[str]]:
    """Return the headings that each column may have; those that a mapping names, it alone has."""
    taken = {heading.casefold() for heading in (*mapping.columns.values(), *mapping.values)}
    columns: dict[str, Sequence[str]] = {
        name: [one for one in own if one not in taken]
        for name, own in HEADINGS.items()
        if name not in mapping.fixed and not (name == "value" and mapping.values)
    }
    columns |= {name: (heading,) for name, heading in mapping.columns.items()}
    beside = mapping.values or _YEARS
    return columns | {_number_column(heading): (heading,) for heading in beside}


def _number_column(heading: str) -> str:
    """Return the name of a column of numbers among others: its heading, if no other has it."""
    return f"“{heading}”" if heading in HEADINGS else heading


@dataclass(frozen=True)
class _RowReader:
    """What the rows of a file have in common.

    Attributes:
        file: Its name.
        file_date: When it was written.
        mapping: What it does not say itself.
        source: As a footnote says it.
    """

    file: str
    file_date: date
    mapping: TableMapping
    source: str

    def figure(self, row: Row, name: str, fixed: Mapping[str, Any]) -> KeyFigure | Problem:
        """Return the key figure in a cell, or what is wrong.

        Args:
            row: The row.
            name: The column of the cell.
            fixed: What all cells of the column have in common.
        """
        said = {key: text for key, text in row.values.items() if key in HEADINGS and text}
        said = self.mapping.fixed | said | {key: str(value) for key, value in fixed.items()}
        year = year_of(said.get("year", ""))
        if isinstance(year, Reason):
            if "year" not in said:
                year = Reason("No column has the year. Give it in a mapping (--mapping).")
            return row.problem("year", year)
        sex = sex_of(said.get("sex", ""))
        if isinstance(sex, Reason):
            return row.problem("sex", sex)
        label = said.get("label", "")
        in_label = _CODE.search(label)
        code = said.get("code") or (in_label[0] if in_label else "") or label
        if not code:
            reason = Reason("Nothing says what is counted. Give code or label in a mapping.")
            return row.problem("code", reason)
        cell = self._cell(row, name, said.get("status", ""))
        if isinstance(cell, Reason):
            return row.problem(name, cell)
        percent = row.values[name].endswith("%")
        fetched = self._file_date(said.get("file_date", ""))
        if fetched is None:
            return row.problem("file_date", Reason("A day is written as 2026-03-01."))
        area_code, area = area_of(said.get("area_code", ""), said.get("area", ""))
        source = said.get("source") or self.source
        source = KOLADA if source.casefold() == "kolada" else source
        return KeyFigure(
            source=source,
            code=code,
            label=label,
            area_code=area_code,
            area=area,
            year=year,
            sex=sex,
            value=cell.value,
            unit=said.get("unit") or ("%" if percent else unit_in_title(label)),
            status=cell.status,
            file=said.get("file") or self.file,
            file_date=fetched,
            licence=said.get("licence") or licence_of(source),
            place=row.place,
            sign=cell.sign,
        )

    def _file_date(self, text: str) -> date | None:
        """Return when a row was fetched; None if it says something that is no day."""
        if not text or self.mapping.file_date is not None:
            return self.file_date
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    def _cell(self, row: Row, name: str, status: str) -> FigureCell | Reason:
        text = row.values[name]
        told = self.mapping.cell(text)
        if told is not None:
            if status in ("missing", "suppressed", "deleted"):
                return FigureCell(None, status, text)  # type: ignore[arg-type]
            if text == "" and status:
                return self.mapping.cell(status) or told
            return told
        amount = row.amounts[name]
        if isinstance(amount, float):
            # A number in per cent keeps its unit: 12.3 of "12,3 %", not 0.123.
            return FigureCell(round(100 * amount, 10) if text.endswith("%") else amount, "value")
        if amount.message == '"{text}" is not a number.':
            return Reason(
                '"{text}" is neither a number nor a known sign that there is none. Mend the cell, '
                "or name the sign under missing, suppressed or zero in a mapping.",
                text=shortened(text),
            )
        return amount
