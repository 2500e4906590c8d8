"""What of a study is finished, so that one that was cut off goes on from there.

A file of lines: the first says which study it is, every other one holds a batch of municipalities
with what each evaluation says in them. Numbers about whole municipalities stand there, and no rows
about people (law L12).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.executors import Batch
from sisim.analysis.manifest import StoreError, versions
from sisim.scenario.digest import digest
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario

FILE = "municipalities.jsonl"
"""The name of the file, in the folder of the result."""


class Finished(NamedTuple):
    """A batch of municipalities that is finished: which they are, and their rows."""

    cells: list[tuple[int, int, int]]
    rows: pd.DataFrame


class StudyLog:
    """The file of a study.

    Args:
        folder: The folder of its result.
        scenario: The scenario.
        names: The evaluations.
    """

    def __init__(self, folder: str | os.PathLike[str], scenario: Scenario, names: Sequence[str]):
        self.path = Path(folder) / FILE
        self._head = {"scenario": digest(scenario), "evaluations": list(names), **versions()}

    def begin(self) -> list[Finished]:
        """Begin the file, or go on with it; return what is finished.

        Raises:
            StoreError: If it is of another study.
            OSError: If it cannot be read or written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        found = list(self._read()) if self.path.exists() else []
        # What was cut off in the middle of a line is written anew.
        lines = [json.dumps(self._head), *(_line(one.cells, one.rows) for one in found)]
        part = self.path.with_suffix(".part")
        part.write_bytes("".join(f"{line}\n" for line in lines).encode())
        part.replace(self.path)
        return found

    def add(self, batch: Batch, rows: pd.DataFrame) -> None:
        """Add a batch that is finished.

        Raises:
            OSError: If the file cannot be written.
        """
        with self.path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(_line([_told(cell) for cell in batch], rows) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def end(self) -> None:
        """Take the file away, and a folder made for it alone: the study is whole."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()

    def _read(self) -> Iterator[Finished]:
        lines = self.path.read_text(encoding="utf-8").splitlines()
        head = _parsed(lines[0]) if lines else None
        if head is None:
            return
        if head != self._head:
            reason = Reason(
                "{path} is of another study (another scenario, other evaluations or another "
                "version of sisim): leave out --resume, or give another --out.",
                path=str(self.path),
            )
            raise StoreError(reason)
        for line in lines[1:]:
            one = _parsed(line)
            if one is None:
                return
            rows = pd.DataFrame([_revived(row) for row in one["rows"]])
            yield Finished([tuple(cell) for cell in one["cells"]], rows)


def _told(cell: Cell) -> tuple[int, int, int]:
    return cell.choice, cell.draw, cell.seed


def _line(cells: Sequence[tuple[int, int, int]], rows: pd.DataFrame) -> str:
    return json.dumps({"cells": cells, "rows": rows.to_dict("records")}, default=_plain)


def _plain(value: Any) -> Any:
    """Return what JSON can hold; numbers come back to the last bit."""
    if isinstance(value, Reason):
        return value.parts()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot be kept: {value!r}")


def _parsed(line: str) -> Any:
    """Return what a line holds; None if it was cut off."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _revived(row: dict[str, Any]) -> dict[str, Any]:
    failed = row["failed"]
    return {**row, "failed": None if failed is None else Reason.of_parts(failed)}
