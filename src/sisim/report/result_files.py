"""Folders of results: pictures, tables and texts that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from sisim.report.spreadsheet_files import write_csv

PICTURE_DPI = 120
"""1920 x 1080: a projector's own pixels."""


def write_tables(found: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables into a folder, each as CSV and as Parquet."""
    for name, table in found.items():
        write_csv(table, folder / f"{name}.csv")
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_all(out: Path, write: Callable[[Path], None]) -> list[Path]:
    """Let `write` fill a folder beside `out`, then move what it wrote into place.

    If it fails, `out` is as it was. Other files in `out` are left alone.
    """
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write(folder)
        names = sorted(path.name for path in folder.iterdir())
        if out.exists():
            for name in names:
                (folder / name).replace(out / name)
        else:
            # mkdtemp lets nobody else in; a folder of figures is as open as any other.
            folder.chmod(0o777 & ~_umask())
            folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [out / name for name in names]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
