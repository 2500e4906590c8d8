"""Cells of a table that comes in, whatever kind of file it stands in, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sisim.i18n import number
from sisim.scenario.errors import Reason

MOST_BYTES = 16_000_000
"""Of a file."""
MOST_CELLS = 250_000


class SizeLimit(NamedTuple):
    """How large a file may be.

    Attributes:
        bytes: Of the file.
        cells: Of text, and of Parquet; workbooks have `MOST_CELLS` at most.
    """

    bytes: int = MOST_BYTES
    cells: int = MOST_CELLS


USUAL = SizeLimit()
"""Of tables that people keep; those of registers may be larger."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """What stands in a cell.

    Attributes:
        text: As text, without space around it.
        number: As a number, where the file itself says that it is one.
        unstored: Whether there is a formula whose value the file does not have.
    """

    text: str
    number: float | None = None
    unstored: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of a table.

    Attributes:
        number: Which, from 1; a row of a sheet, or the first line of a row in a text.
        cells: By column from 0; only those with something in them.
    """

    number: int
    cells: dict[int, TableCell] = field(default_factory=dict)


class TableError(ValueError):
    """Why a file cannot be read as a table."""

    def __init__(self, reason: Reason, line: int = 0):
        super().__init__(repr(reason))
        self.reason = reason
        self.line = line


def too_large(cells: int, most: int = MOST_CELLS) -> None:
    """Check how many cells have been read.

    Args:
        cells: How many.
        most: How many there may be.

    Raises:
        TableError: If there are too many.
    """
    if cells > most:
        raise TableError(Reason("The table has more than {n} cells.", n=number(most)))
