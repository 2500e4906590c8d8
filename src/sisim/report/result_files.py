"""Folders of results: pictures, tables and texts that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from sisim.report.spreadsheet_files import write_csv
from sisim.report.whole_files import aside, put_files

PICTURE_DPI = 120
"""1920 x 1080: a projector's own pixels."""


def write_tables(found: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables into a folder, each as CSV and as Parquet."""
    for name, table in found.items():
        write_csv(table, folder / f"{name}.csv")
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_all(out: Path, write: Callable[[Path], None]) -> list[Path]:
    """Let `write` fill a folder aside, then put all that it wrote into place, or nothing.

    If it fails, `out` is as it was. Other files in `out` are left alone.
    """
    place = Path(out).resolve()
    with aside(place) as folder:
        write(folder)
        names = sorted(path.name for path in folder.iterdir())
        put_files(folder, place)
    return [Path(out) / name for name in names]
