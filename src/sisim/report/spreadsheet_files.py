"""Tables for spreadsheet programs: CSV and workbooks of results, and tables to be filled in.

What is written in Swedish opens as columns in the spreadsheet program of that country: semicolons,
decimal commas, a mark of the encoding. In English there are commas and decimal points, as programs
read them. In both, a text that a spreadsheet would take for a formula is marked as a text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd

from sisim.i18n import current_language
from sisim.loading.amounts import written
from sisim.loading.formula_injection import neutralised

Value = str | float | None
WIDE = 42
"""Of a column of texts in a workbook, in characters."""
TO_FILL_IN = "#FFF6D6"
BOM = "\ufeff"
"""Marks UTF-8, that Excel may read å, ä and ö."""
MOST_SIGNS = 31
"""Of the name of a sheet."""
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""When a workbook says that it was made: never, so that equal tables are equal files."""
_AS_WRITTEN = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)


def csv_text(table: pd.DataFrame) -> str:
    """Return a table of results as CSV, in the manner of the reader's country."""
    comma = current_language() == "sv"
    safe = table.copy()
    for name, column in table.items():
        if pd.api.types.is_float_dtype(column.dtype) and comma:
            safe[name] = [None if x != x else _with_comma(x) for x in column.tolist()]
        elif column.dtype == object or isinstance(
            column.dtype, pd.CategoricalDtype | pd.StringDtype
        ):
            # Long tables have few different texts.
            known = {one: _cell(one, comma=comma) for one in column.unique()}
            safe[name] = column.astype(object).map(known, na_action="ignore")
    safe.columns = [_safe(name) for name in safe.columns]
    separator, mark = (";", BOM) if comma else (",", "")
    return mark + str(safe.to_csv(index=False, lineterminator="\n", sep=separator))


def write_csv(table: pd.DataFrame, out: Path) -> None:
    """Write a table of results as CSV."""
    out.write_text(csv_text(table), encoding="utf-8", newline="")


def csv_of_rows(rows: Sequence[Sequence[Value]]) -> str:
    """Return rows of results as CSV in the manner of the reader's country, headings first."""
    comma = current_language() == "sv"
    text = io.StringIO(BOM if comma else "")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, lineterminator="\n", delimiter=";" if comma else ",")
    writer.writerows([[_cell(one, comma=comma) for one in row] for row in rows])
    return text.getvalue()


def write_workbook(sheets: Mapping[str, pd.DataFrame], notes: Sequence[str], out: Path) -> None:
    """Write tables of results as a workbook, a sheet each; the same tables give the same bytes.

    Args:
        sheets: The tables, by name.
        notes: What stands on the first sheet, a line each.
        out: The file.
    """
    # Slow to import: only who writes a workbook waits for it.
    from xlsxwriter import Workbook

    content = io.BytesIO()  # the library has an error of its own for a disk that is full
    with Workbook(content, {**_AS_WRITTEN, "in_memory": True}) as book:
        book.set_properties({"created": _NO_TIME})
        bold = book.add_format({"bold": True})
        first = book.add_worksheet("README")
        first.set_column(0, 0, WIDE * 3)
        for line, text in enumerate(notes):
            first.write_string(line, 0, neutralised(text))
        for name, table in zip(sheet_names(sheets), sheets.values(), strict=True):
            sheet = book.add_worksheet(name)
            for number, (heading, column) in enumerate(table.items()):
                sheet.write_string(0, number, neutralised(str(heading)), bold)
                values = column.astype(object).where(column.notna(), None).tolist()
                for line, value in enumerate(values, 1):
                    if isinstance(value, bool) or not isinstance(value, int | float | None):
                        sheet.write_string(line, number, _safe(str(value)))
                    elif value is not None and abs(value) < inf:
                        sheet.write_number(line, number, value)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(table), 1), max(len(table.columns) - 1, 0))
    out.write_bytes(content.getvalue())


def sheet_names(names: Iterable[str]) -> list[str]:
    """Return what the sheets of some tables are called: no longer than a workbook allows.

    Examples:
        >>> sheet_names(["costs", "repayment-of-a-fund-with-a-long-name"])
        ['costs', 'repayment-of-a-fund-with-a-long']
    """
    found: list[str] = []
    for name in names:
        short, number = name[:MOST_SIGNS], 1
        while short.lower() in (one.lower() for one in found):
            number += 1
            short = f"{name[: MOST_SIGNS - len(str(number)) - 1]}-{number}"
        found.append(short)
    return found


def _cell(value: Any, *, comma: bool) -> Any:
    """Return what stands in a cell of CSV; a number that is among texts, as all numbers are."""
    if comma and isinstance(value, float):
        return None if value != value else _with_comma(value)
    return _safe(value)


def _with_comma(value: float) -> str:
    """Return a number with a decimal comma, to the last bit.

    Examples:
        >>> _with_comma(0.1), _with_comma(-1.125), _with_comma(1e-07), _with_comma(250_000.0)
        ('0,1', '-1,1250', '1e-07', '250000,0')
    """
    text = repr(value).replace(".", ",")
    # A fourth decimal tells three of them from thousands.
    return f"{text}0" if text[-4:-3] == "," else text


def _safe(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # A carriage return ends a row to some programs, and writers do not quote it.
    return neutralised(value).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class FillInTable:
    """A table that people open, fill in and give back.

    Attributes:
        title: What it is called in a workbook.
        headings: Of its columns.
        rows: What stands in each; None where there is nothing yet.
        widths: Of columns of a workbook, in characters; the others are wide.
        empty: Columns that are to be filled in.
        fixed: So many columns stay when one scrolls.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Mapping[str, int] = field(default_factory=dict)
    empty: Sequence[str] = ()
    fixed: int = 0

    def write(self, out: Path, suffix: str) -> None:
        """Write it in the reader's language.

        Args:
            out: The file.
            suffix: What kind of file: ".csv" or ".xlsx".
        """
        if suffix == ".xlsx":
            self._workbook(out)
            return
        swedish = current_language() == "sv"
        # With a mark of its encoding, that Excel may read å, ä and ö; with semicolons where the
        # decimal mark is a comma, as Excel looks for the separator of its country.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";" if swedish else ",")
            for row in (self.headings, *self.rows):
                writer.writerow(
                    [
                        written(one, "," if swedish else ".")
                        if isinstance(one, int | float)
                        else neutralised(one or "")
                        for one in row
                    ]
                )

    def _workbook(self, out: Path) -> None:
        # Slow to import: only who writes a workbook waits for it.
        from xlsxwriter import Workbook

        # In memory first: the library has an error of its own for a disk that is full.
        content = io.BytesIO()
        with Workbook(content, {**_AS_WRITTEN, "in_memory": True}) as book:
            sheet = book.add_worksheet(self.title)
            bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
            text = book.add_format({"text_wrap": True, "valign": "top"})
            amount = book.add_format({"num_format": "#,##0.###", "valign": "top"})
            count = book.add_format({"num_format": "#,##0", "valign": "top"})
            blank = book.add_format({"bg_color": TO_FILL_IN, "border": 1, "valign": "top"})
            for number, name in enumerate(self.headings):
                sheet.set_column(number, number, self.widths.get(name, WIDE))
                sheet.write_string(0, number, neutralised(name), bold)
            for line, row in enumerate(self.rows, 1):
                for number, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(line, number, neutralised(value), text)
                    elif value is not None:
                        sheet.write_number(line, number, value, count if value % 1 == 0 else amount)
                    elif self.headings[number] in self.empty:
                        sheet.write_blank(line, number, None, blank)
            sheet.freeze_panes(1, self.fixed)
            sheet.autofilter(0, 0, max(len(self.rows), 1), len(self.headings) - 1)
        out.write_bytes(content.getvalue())
