"""Sheets whose cells have a value and, where it is worked out, the formula beside it.

Values and formulas are written together: a program that does not calculate shows the one, and a
spreadsheet works out the other. The same cells give the same bytes: the date of a workbook is that
of `DATED`, and those of the files inside it are the library's constant.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from sisim.i18n import UNDEFINED
from sisim.loading.formula_injection import neutralised

DATED = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_NAME = 60
"""Characters of a defined name; spreadsheets take up to 255."""

FORMATS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "section": {"bold": True, "font_size": 12, "font_color": "#1B3A57"},
    "heading": {
        "bold": True,
        "text_wrap": True,
        "valign": "top",
        "bottom": 1,
        "bg_color": "#E8EEF4",
    },
    "heading_year": {
        "bold": True,
        "align": "right",
        "valign": "top",
        "bottom": 1,
        "bg_color": "#E8EEF4",
        "num_format": "0",
    },
    "text": {"valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "note": {"italic": True, "font_color": "#555555", "valign": "top"},
    "money": {"num_format": "#,##0", "valign": "top"},
    "price": {"num_format": "#,##0.00", "valign": "top"},
    "units": {"num_format": "#,##0.0", "valign": "top"},
    "count": {"num_format": "#,##0", "valign": "top"},
    "plain": {"num_format": "General", "valign": "top", "align": "right"},
    "year": {"num_format": "0", "valign": "top"},
    "instant": {"num_format": "0.00", "valign": "top"},
    "ratio": {"num_format": "0.00", "valign": "top"},
    "factor": {"num_format": "0.0000", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "flag": {"num_format": "0", "valign": "top", "align": "center"},
    "check": {"num_format": "#,##0.00", "valign": "top"},
    "sign": {"align": "center", "bold": True, "valign": "top"},
}
KINDS_OF_CELL: Mapping[str, Mapping[str, object]] = {
    "changeable": {"bg_color": "#FFF6D6", "border": 1, "border_color": "#D9C77A"},
    "simulated": {"bg_color": "#EDEDED", "font_color": "#444444"},
    "total": {"bold": True, "top": 1},
}
"""What a cell is, beside its format: `changeable`, `simulated` (a value, grey) or a `total`."""

Value = str | float | None


@dataclass(frozen=True)
class WorkbookCell:
    """What stands in a cell.

    Attributes:
        value: A text or a number; what a formula comes to. One that is not finite is written "–".
        style: One of `FORMATS` and, after a space, one of `KINDS_OF_CELL`.
        formula: Without the sign of equality.
        comment: A note at the cell.
    """

    value: Value
    style: str = "text"
    formula: str | None = None
    comment: str | None = None


@dataclass
class WorkbookSheet:
    """A sheet: cells by row and column, both from 0.

    Attributes:
        title: What it is called, in the reader's language.
        widths: Of its columns from the left, in characters; the last holds for the rest.
        frozen: So many rows and columns stay when one scrolls.
    """

    title: str
    widths: Sequence[float] = (14,)
    frozen: tuple[int, int] = (0, 0)
    cells: dict[tuple[int, int], WorkbookCell] = field(default_factory=dict)

    def put(
        self,
        row: int,
        column: int,
        value: Value,
        style: str = "text",
        formula: str | None = None,
        comment: str | None = None,
    ) -> str:
        """Write a cell, and return its place as a formula of any sheet has it."""
        self.cells[row, column] = WorkbookCell(value, style, formula, comment)
        return self.far(row, column)

    def row(self, row: int, values: Sequence[Value], style: str = "text", column: int = 0) -> None:
        """Write cells beside each other."""
        for number, value in enumerate(values):
            self.put(row, column + number, value, style)

    def headings(self, row: int, texts: Sequence[str], years: Sequence[int] = ()) -> None:
        """Write a row of headings, and years as numbers after them."""
        self.row(row, texts, "heading")
        self.row(row, [float(year) for year in years], "heading_year", len(texts))

    def far(self, row: int, column: int) -> str:
        """Return the place of a cell with its sheet: 'Priser'!$B$3."""
        return f"'{self.title}'!{at(row, column)}"

    def block(self, first: tuple[int, int], last: tuple[int, int]) -> str:
        """Return the place of a block with its sheet: 'Priser'!$B$3:$B$9."""
        return f"{self.far(*first)}:{at(*last)}"

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        rows, columns = zip(*self.cells, strict=True) if self.cells else ((-1,), (-1,))
        return max(rows) + 1, max(columns) + 1


def at(row: int, column: int, fixed: str = "both") -> str:
    """Return the place of a cell in its own sheet.

    Args:
        row: From 0.
        column: From 0.
        fixed: What stays when the formula is copied: "both", "row", "column" or "none".

    Examples:
        >>> at(2, 1), at(2, 27, "none")
        ('$B$3', 'AB3')
    """
    letters, rest = "", column + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        letters = chr(65 + last) + letters
    across = "$" if fixed in ("both", "column") else ""
    down = "$" if fixed in ("both", "row") else ""
    return f"{across}{letters}{down}{row + 1}"


def span(first: tuple[int, int], last: tuple[int, int], fixed: str = "none") -> str:
    """Return the place of a block in its own sheet.

    Examples:
        >>> span((2, 1), (2, 4))
        'B3:E3'
    """
    return f"{at(*first, fixed)}:{at(*last, fixed)}"


def quote(text: str) -> str:
    """Return a text as it stands in a formula.

    Examples:
        >>> quote('The "extra" teacher')
        '"The ""extra"" teacher"'
    """
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


class DefinedNames:
    """The names of cells, each once: `pris_familjehem` of "Pris: familjehem".

    Attributes:
        places: The place of each name.
    """

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def give(self, label: str, place: str) -> str:
        """Return the name that a cell is given."""
        stem = re.sub(r"[^\w]+", "_", label.lower()).strip("_")[:LONGEST_NAME].strip("_")
        # No digit first, and nothing that is taken for the place of a cell.
        if not stem or not stem[0].isalpha() or re.fullmatch(r"[a-z]{1,3}\d+|[rc]\d*", stem):
            stem = f"_{stem}"
        name, number = stem, 1
        while name in self.places:
            number += 1
            name = f"{stem}_{number}"
        self.places[name] = place
        return name


@dataclass
class Spreadsheet:
    """Sheets in order, and the names of their cells."""

    title: str
    sheets: list[WorkbookSheet]
    names: DefinedNames

    def content(self) -> bytes:
        """Return the workbook as a file has it."""
        # Slow to import: only who writes a workbook waits for it.
        from xlsxwriter import Workbook

        plain = dict.fromkeys(
            ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
        )
        found = io.BytesIO()
        with Workbook(found, {**plain, "in_memory": True}) as book:
            book.set_properties({"title": self.title, "author": "sisim", "created": DATED})
            book.set_calc_mode("auto")
            formats: dict[str, Any] = {}
            for sheet in self.sheets:
                _write(book, sheet, formats)
            for name, place in self.names.places.items():
                book.define_name(name, f"={place}")
        return found.getvalue()


def _write(book: Any, sheet: WorkbookSheet, formats: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.title)
    rows, columns = sheet.size
    for column in range(columns):
        page.set_column(column, column, sheet.widths[min(column, len(sheet.widths) - 1)])
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.style not in formats:
            base, _, kind = cell.style.partition(" ")
            formats[cell.style] = book.add_format({**FORMATS[base], **KINDS_OF_CELL.get(kind, {})})
        _write_cell(page, row, column, cell, formats[cell.style])
    page.freeze_panes(*sheet.frozen)
    page.hide_gridlines(2)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")
    if sheet.frozen[0]:
        page.repeat_rows(0, sheet.frozen[0] - 1)
    page.print_area(0, 0, max(rows - 1, 0), max(columns - 1, 0))


def _write_cell(page: Any, row: int, column: int, cell: WorkbookCell, how: Any) -> None:
    value = cell.value
    if isinstance(value, float | int) and not isfinite(value):
        value = UNDEFINED
    if cell.formula is not None:
        # Nothing is minus zero.
        told = value + 0.0 if isinstance(value, float | int) else value
        page.write_formula(row, column, f"={cell.formula}", how, told)
    elif isinstance(value, str):
        page.write_string(row, column, neutralised(value), how)
    elif value is None:
        page.write_blank(row, column, None, how)
    else:
        page.write_number(row, column, value + 0.0, how)
    if cell.comment:
        page.write_comment(row, column, cell.comment, {"author": "sisim", "x_scale": 1.6})
