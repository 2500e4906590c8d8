"""Folders of results: pictures, tables and texts that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from sisim.loading.result_table import read_table
from sisim.report.spreadsheet_files import write_csv, write_workbook
from sisim.report.whole_files import aside, put_files

PICTURE_DPI = 120
"""1920 x 1080: a projector's own pixels."""
README = "README.txt"
MOST_IN_WORKBOOK = 8_000
"""Rows of a sheet; of a table with more, a workbook has the means over the replications."""


def write_tables(found: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables into a folder, each as CSV and as Parquet."""
    for name, table in found.items():
        write_csv(table, folder / f"{name}.csv")
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_all(out: Path, write: Callable[[Path], None], answer: str | None = None) -> list[Path]:
    """Let `write` fill a folder aside, then put all that it wrote into place, or nothing.

    If it fails, `out` is as it was. Other files in `out` are left alone.

    Args:
        out: The folder.
        write: What fills it.
        answer: What the answer is called that it is filled with. Beside it are then written a
            workbook of its tables, what it was made from, and a `README` of all answers in `out`;
            unset: nothing.
    """
    place = Path(out).resolve()
    with aside(place) as folder:
        write(folder)
        if answer is not None:
            _write_beside(answer, folder, place)
        names = sorted(path.name for path in folder.iterdir())
        put_files(folder, place)
    return [Path(out) / name for name in names]


def _write_beside(answer: str, folder: Path, place: Path) -> None:
    """Write a workbook of the tables in a folder, their manifest, and a README."""
    from sisim.analysis.answer_manifest import AnswerManifest, manifests
    from sisim.report.readme import readme, sheet_notes

    tables = {path.stem: _table(path) for path in sorted(folder.glob("*.csv")) if _is_table(path)}
    if tables:
        short = {name: in_workbook(table) for name, table in tables.items()}
        told = {name: (tables[name], sheet) for name, sheet in short.items()}
        write_workbook(short, sheet_notes(told), folder / f"{answer}.xlsx")
    own = AnswerManifest.of(answer, folder)
    others = manifests(place) if place.is_dir() else []
    own.write(folder)
    every = [*(one for one in others if one.answer != answer), own]
    lines = readme(every, (folder, place))
    (folder / README).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _is_table(path: Path) -> bool:
    """Return whether a file holds results, rather than what is to be filled in."""
    return not path.with_suffix(".xlsx").exists()


def _table(path: Path) -> pd.DataFrame:
    """Return a table that has been written."""
    whole = path.with_suffix(".parquet")
    return pd.read_parquet(whole) if whole.exists() else read_table(path)


def in_workbook(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as a workbook has it: means over the replications where it is long.

    Examples:
        >>> in_workbook(pd.DataFrame({"replication": [0, 1], "people": [3, 5]})).shape
        (2, 2)
    """
    if len(table) <= MOST_IN_WORKBOOK:
        return table
    if "replication" not in table:
        return table.head(MOST_IN_WORKBOOK)
    numbers = [
        name
        for name in table.select_dtypes("number").columns
        if name not in ("replication", "year", "month", "step")
    ]
    by = [name for name in table.columns if name not in (*numbers, "replication")]
    means = table.groupby(by, sort=False, dropna=False, observed=True)[numbers].mean().reset_index()
    return means.head(MOST_IN_WORKBOOK)
