"""Writing what an experiment answers: pictures, the numbers behind them, and the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sisim.loading.spreadsheet import SUFFIXES
from sisim.report.result_files import PICTURE_DPI, write_all, write_tables
from sisim.report.spreadsheet_files import FillInTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NO_FORMS: Mapping[str, FillInTable] = {}
NO_PAGES: Mapping[str, Callable[[], Sequence[Figure]]] = {}


def publish_answer(
    out: Path,
    name: str,
    pictures: Mapping[str, Callable[[], Figure]],
    tables: Mapping[str, pd.DataFrame],
    words: Sequence[str],
    forms: Mapping[str, FillInTable] = NO_FORMS,
    pages: Mapping[str, Callable[[], Sequence[Figure]]] = NO_PAGES,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[Path]:
    """Write an answer into a folder, all or nothing.

    Args:
        out: The folder.
        name: Of the text.
        pictures: What draws each picture, by file name.
        tables: The numbers, by file name.
        words: What is said, a sentence a line.
        forms: Tables to be filled in, by file name.
        pages: What draws the pages of what is to be printed, by file name.
        progress: Called with the parts written and the parts in all.

    Returns:
        What was written: each picture as PNG and SVG, each table as CSV and Parquet and in a
        workbook, those to be filled in as CSV and XLSX, what is to be printed as PDF, the text,
        what it was made from, and a `README.txt`.
    """
    from sisim.report.chart.canvas import save, save_pages

    def write(folder: Path) -> None:
        for done, (stem, draw) in enumerate(pictures.items(), 1):
            save(draw(), folder / stem, PICTURE_DPI)
            progress(done, len(pictures) + 1)
        write_tables(tables, folder)
        for stem, form in forms.items():
            for suffix in SUFFIXES:
                form.write(folder / f"{stem}{suffix}", suffix)
        for stem, draw_pages in pages.items():
            save_pages(draw_pages(), folder / f"{stem}.pdf")
        (folder / f"{name}.txt").write_text("\n".join(words) + "\n", encoding="utf-8", newline="\n")

    return write_all(out, write, name)
