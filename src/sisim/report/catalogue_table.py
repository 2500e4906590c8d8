"""The project catalogue as a table: as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sisim.i18n import t
from sisim.loading.catalogue import HEADINGS, CatalogueEntry, heading
from sisim.report.spreadsheet_files import FillInTable

WIDTHS = {"budget": 14, "start": 10, "years": 9, "name": 22, "pathway": 16, "file": 34}
"""Of columns of a workbook, in characters; the others hold texts and are wider."""


def write_catalogue(found: Sequence[CatalogueEntry], out: Path, suffix: str) -> None:
    """Write a catalogue in the reader's language.

    Args:
        found: The ready scenarios.
        out: The file.
        suffix: What kind of file: ".csv" or ".xlsx".
    """
    FillInTable(
        t("Project catalogue"),
        [heading(column) for column in HEADINGS],
        [list(one.row().values()) for one in found],
        {heading(column): width for column, width in WIDTHS.items()},
        fixed=2,
    ).write(out, suffix)
