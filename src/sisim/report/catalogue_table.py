"""The project catalogue as a table: on the screen, as CSV and as a workbook."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from sisim.i18n import current_language
from sisim.loading.catalogue import HEADINGS, Entry, heading

WIDTHS = {"budget": 14, "start": 10, "years": 9, "name": 22, "pathway": 16, "file": 34}
"""Of columns of a workbook, in characters; the others hold texts and are wider."""
WIDE = 42


def write_catalogue(found: Sequence[Entry], out: Path, suffix: str) -> None:
    """Write a catalogue in the reader's language.

    Args:
        found: The ready scenarios.
        out: The file.
        suffix: What kind of file: ".csv" or ".xlsx".
    """
    rows = [list(one.row().values()) for one in found]
    headings = [heading(column) for column in HEADINGS]
    if suffix == ".csv":
        # With a mark of its encoding, that Excel may read å, ä and ö.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return
    # Slow to import: only who writes a workbook waits for it.
    from xlsxwriter import Workbook

    # In memory first: the library has an error of its own for a disk that is full.
    content = BytesIO()
    kept = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(content, kept) as book:
        sheet = book.add_worksheet(
            "Projektkatalog" if current_language() == "sv" else "Project catalogue"
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "#,##0", "valign": "top"})
        for number, column in enumerate(HEADINGS):
            sheet.set_column(number, number, WIDTHS.get(column, WIDE))
            sheet.write(0, number, headings[number], bold)
        for line, row in enumerate(rows, 1):
            for number, value in enumerate(row):
                if value is not None:
                    style = money if isinstance(value, int | float) else text
                    sheet.write(line, number, value, style)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
    out.write_bytes(content.getvalue())
