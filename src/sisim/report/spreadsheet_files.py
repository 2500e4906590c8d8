"""Tables for spreadsheet programs: CSV of results for any program, and tables to be filled in.

Results are written alike in every language: commas, decimal points. What people open in the
spreadsheet program of their country, fill in and give back is written in the manner of that
country. In both, a text that a spreadsheet would take for a formula is marked as a text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


def csv_text(table: pd.DataFrame) -> str:
    """Return a table of results as CSV."""
    texts = table.select_dtypes(include=["object", "string", "category"]).columns
    safe = table.copy()
    for name in texts:
        # Long tables have few different texts.
        known = {one: _safe(one) for one in table[name].unique()}
        safe[name] = table[name].astype(object).map(known, na_action="ignore")
    safe.columns = [_safe(name) for name in safe.columns]
    return str(safe.to_csv(index=False, lineterminator="\n"))


def write_csv(table: pd.DataFrame, out: Path) -> None:
    """Write a table of results as CSV."""
    out.write_text(csv_text(table), encoding="utf-8", newline="")


def csv_of_rows(rows: Sequence[Sequence[Value]]) -> str:
    """Return rows of results as CSV, their headings first."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([map(_safe, row) for row in rows])
    return text.getvalue()


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

        plain = dict.fromkeys(
            ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
        )
        # In memory first: the library has an error of its own for a disk that is full.
        content = io.BytesIO()
        with Workbook(content, {**plain, "in_memory": True}) as book:
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
