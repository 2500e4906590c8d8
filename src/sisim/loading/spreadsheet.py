"""Tables that people keep elsewhere, as CSV or XLSX: read row by row, with the line of each.

Openpyxl reads what Excel has written: it is maintained, and needs nothing else.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
from sisim.scenario.os_errors import why

SUFFIXES = (".csv", ".xlsx")
_SEPARATORS = (";", "\t", ",")
_SUFFIXED = {
    "mkr": 1e6,
    "mnkr": 1e6,
    "msek": 1e6,
    "mn": 1e6,
    "tkr": 1e3,
    "kkr": 1e3,
    "kr": 1.0,
    "sek": 1.0,
}


@dataclass(frozen=True)
class Row:
    """A row of a table: what stands in it, by the name of the column.

    Attributes:
        place: Where it stands; a spreadsheet's rows count as lines.
        values: What stands in each column that was asked for; "" where nothing does.
    """

    place: Place
    values: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table that has been read.

    Attributes:
        rows: Its rows, those with nothing in them left out.
        unread: Headings that nobody asked for.
    """

    rows: tuple[Row, ...]
    unread: tuple[str, ...]


def read_sheet(
    path: Path, columns: Mapping[str, Sequence[str]], required: Iterable[str] = ()
) -> Sheet:
    """Return the rows of a CSV or XLSX file whose first row has headings.

    Args:
        path: The file; the fields of a CSV file are separated by semicolon, tab or comma.
        columns: The headings that each column may have, in any language, however capitalised.
        required: Columns that must be there.

    Raises:
        ScenarioError: If it cannot be read, or lacks a column.
    """
    shown = str(path)
    if not path.is_file():
        raise _error(shown, 0, "", Reason('There is no file called "{name}".', name=shown))
    if path.suffix.lower() not in SUFFIXES:
        raise _error(shown, 0, "", Reason("A table is read from .csv or .xlsx."))
    try:
        table = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    except OSError as error:
        reason = Reason("The file cannot be read: {error}.", error=why(error))
        raise _error(shown, 0, "", reason) from error
    except (zipfile.BadZipFile, KeyError, ValueError, csv.Error) as error:
        reason = Reason("The file is not text in UTF-8. Save it again as UTF-8.")
        if not isinstance(error, UnicodeDecodeError):
            reason = Reason("This cannot be read as a table: {error}.", error=str(error))
        raise _error(shown, 0, "", reason) from error
    filled = [(line, cells) for line, cells in table if any(cell.strip() for cell in cells)]
    if not filled:
        raise _error(shown, 0, "", Reason("The table is empty: its first row has headings."))
    line, headings = filled[0]
    names, unread = _named(headings, columns)
    lacking = [name for name in required if name not in names.values()]
    if lacking:
        known = [columns[name][0] for name in lacking]
        raise ScenarioError(
            [
                Problem(
                    Place(shown, line),
                    "",
                    Reason('The column "{name}" is missing.', name=one),
                    nearest(one, unread),
                )
                for one in known
            ]
        )
    rows = []
    for at, cells in filled[1:]:
        values = dict.fromkeys(columns, "")
        for position, name in names.items():
            if position < len(cells):
                values[name] = cells[position].strip()
        rows.append(Row(Place(shown, at), values))
    return Sheet(tuple(rows), tuple(unread))


def amount(text: str) -> float | None:
    """Return a number as people write it, in Swedish or English, with or without its unit.

    Examples:
        >>> amount("1 234,5"), amount("3,5 mkr"), amount("SEK 1,250,000"), amount("12 %")
        (1234.5, 3500000.0, 1250000.0, 0.12)
        >>> amount("about three") is None
        True
    """
    left = "".join(text.split()).casefold().replace("\N{MINUS SIGN}", "-")
    size = 1.0
    if left.endswith("%"):
        left, size = left[:-1], 0.01
    left = left.removeprefix("sek")
    for unit, worth in _SUFFIXED.items():
        if left.endswith(unit):
            left, size = left.removesuffix(unit), worth
            break
    if "," in left and ("." in left or left.count(",") > 1):
        left = left.replace(",", "")
    try:
        found = float(left.replace(",", ".")) * size
    except ValueError:
        return None
    return round(found, 9) if abs(found) < float("inf") else None


def _named(
    headings: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> tuple[dict[int, str], list[str]]:
    """Return which column stands at each position, and the headings that are none."""
    known = {_plain(heading): name for name, own in columns.items() for heading in (name, *own)}
    found: dict[int, str] = {}
    unread = []
    for position, heading in enumerate(headings):
        name = known.get(_plain(heading))
        if name is not None and name not in found.values():
            found[position] = name
        elif heading.strip():
            unread.append(heading.strip())
    return found, unread


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").casefold().split())


def _csv(path: Path) -> list[tuple[int, list[str]]]:
    text = path.read_bytes().decode("utf-8-sig")
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found = []
    line = 1
    for cells in reader:
        found.append((line, cells))
        line = reader.line_num + 1
    return found


def _xlsx(path: Path) -> list[tuple[int, list[str]]]:
    # Slow to import: only who reads a workbook waits for it.
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        return [
            (line, [_text(cell) for cell in cells])
            for line, cells in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
    finally:
        book.close()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _error(file: str, line: int, key: str, reason: Reason) -> ScenarioError:
    return ScenarioError([Problem(Place(file, line), key, reason)])
