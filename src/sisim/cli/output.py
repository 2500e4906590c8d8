"""Printing of tables, and files that are either whole or not there at all (law L9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import floor, isfinite, log10
from numbers import Real
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Any, Literal

from rich.table import Table

from sisim.cli.consoles import stdout
from sisim.cli.user_errors import UserError
from sisim.i18n import t
from sisim.report.formats import decimal
from sisim.scenario.errors import LONG, Reason, shortened
from sisim.scenario.os_errors import no_place, why

NARROW = 12
"""Characters of a heading that stand in one line, however narrow its column is."""
BROAD = 18
"""Characters of a text that stand in one line where columns compete for room."""


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a file aside that takes the place of `out` when everything is written.

    Raises:
        UserError: If `out` cannot be written.
    """
    place = out.resolve()
    from sisim.report.whole_files import aside, put_file  # it takes locks, which help does not

    with write_errors_answered(out), aside(place) as folder:
        yield folder / place.name
        put_file(folder / place.name, place)


@contextmanager
def write_errors_answered(out: Path) -> Iterator[None]:
    """Turn an error of the operating system into a message that `out` cannot be written.

    Raises:
        UserError: With what stands in the way.
    """
    try:
        yield
    except OSError as error:
        reason = Reason('"{path}" cannot be written: {reason}.', path=out, reason=why(error))
        raise UserError(reason.text) from error


def require_folder(out: Path) -> None:
    """Check that a folder can be made, before any long computation.

    Raises:
        UserError: If `out` is a file, or nothing can be written there.
    """
    _require_place(out)
    if out.exists() and not out.is_dir():
        raise UserError(t('"{path}" is a file; --out needs a folder.', path=out))
    there = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    _try(there, out)


def require_file(out: Path) -> None:
    """Check that a file can be written, before any long computation; make its folder.

    Raises:
        UserError: If `out` is a folder, or its folder cannot be made or written to.
    """
    _require_place(out)
    if out.is_dir():
        raise UserError(t('"{path}" is a folder; --out needs a file.', path=out))
    with write_errors_answered(out):
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
    _try(out.absolute().parent, out)


def _require_place(out: Path) -> None:
    """Check that something can be called so, and that what is there may be replaced."""
    reason = no_place(out)
    if reason is not None:
        path = shortened(str(out), LONG)
        raise UserError(
            Reason('"{path}" cannot be written: {reason}.', path=path, reason=reason).text
        )


def _try(folder: Path, out: Path) -> None:
    """Write in a folder and take it away: permissions alone do not say whether it can be done."""
    with write_errors_answered(out), TemporaryDirectory(dir=folder, prefix="."):
        pass


def print_table(table: Any, leading: int | None = None) -> int:
    """Print a data frame: on a terminal as a table, else as tab-separated text.

    Args:
        table: The data frame.
        leading: So many columns are always there, and of those after them as many as a terminal
            has room for; unset: all.

    Returns:
        How many columns were left out.
    """
    columns = [
        [str(name), *("" if x is None or x != x else _cell(x) for x in column)]
        for name, column in table.items()
    ]
    console = stdout()
    if not console.is_terminal:
        # Headings, and cells that are words, are the reader's: numbers too, so that a table has
        # one language. A program has the files, in which every number is whole and alike.
        for row in zip(*columns, strict=True):
            print("\t".join(row))
        return 0
    room = console.width
    shown = Table(box=None, header_style="bold")
    for place, (heading, *cells) in enumerate(columns):
        right = any(isinstance(x, Real) and not isinstance(x, bool) for x in table.iloc[:, place])
        longest = max(map(len, cells), default=0)
        if leading is not None and not right:  # a text is broken at its spaces, like a heading
            longest = max((min(len(cell), _width(cell, BROAD)) for cell in cells), default=0)
        wide = max(longest, min(len(heading), _width(heading, NARROW)))
        room -= 2 + wide
        if leading is not None and place >= max(leading, 1) and room < 0:
            columns = columns[:place]
            break
        # What has no room goes on below; a number is read at once or not at all.
        name = "\n".join(wrap(heading, wide, break_long_words=False, break_on_hyphens=False))
        side: Literal["right", "left"] = "right" if right else "left"
        limit = None if leading is None else wide
        shown.add_column(name, justify=side, overflow="fold", no_wrap=right, max_width=limit)
    for row in zip(*(cells for _, *cells in columns), strict=True):
        shown.add_row(*row)
    console.print(shown)
    return int(table.shape[1]) - len(columns)


def _width(text: str, least: int) -> int:
    """Return how wide a column must be for a text: for its longest word, and somewhat more."""
    return max(least, *map(len, text.split(" ")))


def _cell(value: Any) -> str:
    if not isinstance(value, float) or not isfinite(value):
        return str(value)
    # Whole kronor and people; of what is small, six figures or what it has.
    decimals = max(5 - floor(log10(abs(value))), 0) if value else 0
    shown = f"{value:.{decimals}f}".rstrip("0").partition(".")[2]
    return decimal(value, 0 if abs(value) >= 1e4 else len(shown))
