"""The project catalogue as a table: as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sisim.i18n import t
from sisim.loading.catalogue import CatalogueEntry, headings
from sisim.report.spreadsheet_files import FillInTable

WIDTHS = {
    "budget": 14,
    "currency": 9,
    "start": 10,
    "years": 9,
    "name": 22,
    "pathway": 16,
    "file": 34,
}
"""Of columns of a workbook, in characters; the others hold texts and are wider."""


def write_catalogue(found: Sequence[CatalogueEntry], out: Path, suffix: str) -> None:
    """Write a catalogue in the reader's language.

    Args:
        found: The ready scenarios.
        out: The file.
        suffix: What kind of file: ".csv" or ".xlsx".
    """
    shown = headings(found)
    FillInTable(
        t("Project catalogue"),
        list(shown.values()),
        [[value for column, value in one.row().items() if column in shown] for one in found],
        {shown[column]: width for column, width in WIDTHS.items() if column in shown},
        fixed=2,
    ).write(out, suffix)
