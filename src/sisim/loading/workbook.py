"""Workbooks (XLSX): the cells of each sheet, however large the workbook says that it is.

Openpyxl reads what Excel has written: it is maintained, and needs nothing else. Its reader of cells
is used without what stands around it, which pads rows to the size that the workbook states (often
wrongly) and to its outermost cell, and does not tell a formula without a value from an empty cell.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from datetime import datetime, time
from typing import Any

from sisim.i18n import number
from sisim.loading.cells import MOST_BYTES, MOST_CELLS, TableCell, TableError, TableRow, too_large
from sisim.loading.formula_injection import restored
from sisim.scenario.errors import Reason

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How workbooks of Excel 97-2003 begin, and those with a password."""
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml"
"""In workbooks of a variety that few programs write."""
MOST_UNPACKED = 2 * MOST_BYTES
MOST_TAGS = 10 * MOST_CELLS
"""In all XML of a workbook: what is read of it takes time by the element."""
MOST_OTHER_TAGS = 200_000
"""In what is neither cells nor their texts: styles, names, sheets, which take longer."""
MOST_SHEETS = 200
_CELLS = ("/sharedStrings", "/worksheets/")
_DAMAGED = Reason(
    "The workbook is damaged, or no workbook. Open it in a spreadsheet program and save it again "
    "as .xlsx."
)


def sheets(content: bytes) -> dict[str, list[TableRow]]:
    """Return the lines of each sheet with cells, by its name, visible ones first.

    Raises:
        TableError: If the content is no workbook that can be read, or too large.
    """
    if content.startswith(OLE):
        raise TableError(
            Reason(
                "The workbook has a password, or is one of Excel 97-2003. Save it as .xlsx "
                "without a password."
            )
        )
    try:
        with warnings.catch_warnings():  # of what is left out: styles, validation, extensions
            warnings.simplefilter("ignore")
            return _read(content)
    except TableError:
        raise
    except Exception as error:
        # A damaged archive, damaged XML, and XML that is well but says what cannot be: each part
        # of the libraries fails in its own way, and none of it can be mended by who reads this.
        raise TableError(_DAMAGED) from error


def _read(content: bytes) -> dict[str, list[TableRow]]:
    _require_small(content)
    book = _opened(content)
    try:
        if not book.worksheets:
            raise TableError(Reason("The workbook has no sheet with cells, only charts."))
        found: dict[str, list[TableRow]] = {}
        count = 0
        for sheet in sorted(book.worksheets, key=lambda one: one.sheet_state != "visible"):
            found[sheet.title] = _lines(book, sheet, count)
            count += sum(len(line.cells) for line in found[sheet.title])
        return found
    finally:
        book.close()


def _opened(content: bytes) -> Any:
    """Return a workbook of which only cells and what they mean has been looked at."""
    # Slow to import: only who reads a workbook waits for it.
    from openpyxl.reader.excel import ExcelReader

    class Cells(ExcelReader):  # type: ignore[misc]
        """The reader without what no table needs, and which may be damaged or unknown to it."""

        def read_chartsheet(self, sheet: Any, rel: Any) -> None: ...
        def read_properties(self) -> None: ...
        def read_custom(self) -> None: ...
        def read_theme(self) -> None: ...

        def read_worksheets(self) -> None:
            if len(list(self.parser.find_sheets())) > MOST_SHEETS:
                raise TableError(
                    Reason("The workbook has more than {n} sheets.", n=number(MOST_SHEETS))
                )
            super().read_worksheets()

    reader = Cells(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _require_small(content: bytes) -> None:
    """Check how much there is in a workbook, unpacked, pictures too: a sheet may be called as one.

    Raises:
        TableError: If it is too much, or if it is not the XML of a workbook.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(one.file_size for one in parts) > MOST_UNPACKED:
            size = number(MOST_UNPACKED / 1e6)
            raise TableError(Reason("The workbook is more than {n} MB, unpacked.", n=size))
        tags = {True: 0, False: 0}
        for one in parts:
            text = archive.read(one)
            tags[any(cells in one.filename for cells in _CELLS)] += text.count(b"<")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise TableError(_DAMAGED)
            if STRICT in text:
                raise TableError(
                    Reason("The workbook is of Strict Open XML. Save it as an ordinary .xlsx.")
                )
        if tags[True] > MOST_TAGS:
            raise TableError(Reason("The workbook has more in its sheets than can be read."))
        if tags[False] > MOST_OTHER_TAGS:
            raise TableError(Reason("The workbook has more styles and sheets than can be read."))


def _lines(book: Any, sheet: Any, before: int) -> list[TableRow]:
    """Return the lines of a sheet; `before`: how many cells have been read of others."""
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Rows(WorkSheetParser):  # type: ignore[misc]
        """The reader of rows, telling formulas without values, and stopping where it is enough."""

        read = before

        def parse_cell(self, element: Any) -> dict[str, Any]:
            self.read += 1
            too_large(self.read)
            found: dict[str, Any] = super().parse_cell(element)
            if found["value"] is None and element.find(FORMULA_TAG) is not None:
                found["data_type"] = "f"
            return found

    lines: dict[int, TableRow] = {}
    with book._archive.open(sheet._worksheet_path) as source:
        rows = Rows(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for at, row in rows.parse():
            line = lines.setdefault(at, TableRow(at))
            line.cells.update((one["column"] - 1, cell) for one in row if (cell := _cell(one)))
    return [lines[at] for at in sorted(lines)]


def _cell(found: dict[str, Any]) -> TableCell | None:
    """Return a cell with something in it."""
    value = found["value"]
    if found["data_type"] == "f":
        return TableCell("", unstored=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, float) and value.is_integer()
        exact = int(value) if whole else value
        return TableCell(str(exact), float(value) if math.isfinite(value) else None)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    text = restored(str(value).strip()) if value is not None else ""
    return TableCell(text) if text else None
