"""Tables that come in, as CSV, XLSX or Parquet: read row by row, with the place of each cell.

There is one way in for every such table: what kind of file it is, where its headings stand, which
decimal mark its numbers have, and whether it is too large, is settled here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from itertools import islice
from pathlib import Path

from sisim.loading.amounts import Mark, Unit, amount, decimal_mark
from sisim.loading.cells import USUAL, SizeLimit, TableCell, TableError, TableRow
from sisim.loading.delimited_text import SEPARATORS, Delimited, delimited, split
from sisim.loading.parquet_table import ENCRYPTED, PARQUET, parquet_lines
from sisim.loading.workbook import OLE, ZIP, sheets
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
from sisim.scenario.os_errors import content_of

SUFFIXES = (".csv", ".xlsx")
"""Of tables that are written."""
TEXTS = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUETS = (".parquet", ".pq")
LOOKED_THROUGH = 20
"""So many lines may stand above the headings."""
MOST_NAMED = 20
"""So many sheets are named to who asks for one that is not there."""


@dataclass(frozen=True)
class Row:
    """A row of a table: what stands in it, by the name of the column.

    Attributes:
        place: Where it stands; a spreadsheet's rows count as lines.
        values: What stands in each column that was asked for; "" where nothing does.
        amounts: The number in each column that was asked for as one, or why there is none; nothing
            where the cell is empty.
        cells: Where each cell stands in a workbook, as "Sheet1!C7".
    """

    place: Place
    values: Mapping[str, str]
    amounts: Mapping[str, float | Reason] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, column: str) -> Place:
        """Return where a cell of the row stands."""
        return replace(self.place, cell=self.cells.get(column, ""))

    def problem(
        self, column: str, reason: Reason, close: str | None = None, choices: tuple[str, ...] = ()
    ) -> Problem:
        """Return what is wrong with a cell of the row."""
        return Problem(self.place_of(column), column, reason, close, choices)


@dataclass(frozen=True)
class Sheet:
    """A table that has been read.

    Attributes:
        rows: Its rows, those with nothing in them left out.
        unread: Headings that nobody asked for.
        elsewhere: What stands below each of them, by their number there; only what is filled in.
    """

    rows: tuple[Row, ...]
    unread: tuple[str, ...]
    elsewhere: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SheetPart:
    """Which part of a file is the table; unset, all of it.

    Attributes:
        sheet: The name of the sheet, in a workbook.
        cells: The first and the last cell, headings included: "B4:H40".
        heading_lines: How many lines of it are headings. A heading above others that are empty
            above, as merged cells are, is that of them all: "Number Girls", "Number Boys".
    """

    sheet: str | None = None
    cells: str | None = None
    heading_lines: int = 1

    def of(self, lines: Iterable[TableRow]) -> list[TableRow]:
        """Return the lines with the cells that belong to the table.

        Raises:
            TableError: If `cells` does not say which.
        """
        if self.cells is None:
            if self.heading_lines > 1:
                reason = Reason('Say where the headings begin, too: cells = "B4:H40".')
                raise TableError(reason)
            return list(lines)
        found = _CELLS.fullmatch(self.cells.upper().replace("$", ""))
        if found is None:
            raise TableError(
                Reason('"{text}" is no range of cells: write it as B4:H40.', text=self.cells)
            )
        left, right = _column(found[1]), _column(found[3])
        inside = [
            TableRow(line.number, {at: x for at, x in line.cells.items() if left <= at <= right})
            for line in lines
            if int(found[2]) <= line.number <= int(found[4])
        ]
        last = int(found[2]) + self.heading_lines - 1
        above = [line for line in inside if line.number <= last]
        below = [line for line in inside if line.number > last]
        return [_joined(above, right, last), *below] if self.heading_lines > 1 else inside


def _joined(lines: Sequence[TableRow], right: int, number: int) -> TableRow:
    """Return several lines of headings as one, each heading with those above it."""
    parts: dict[int, list[str]] = {}
    for own, line in enumerate(lines):
        over = ""
        for at in range(right + 1):
            text = line.cells[at].text if at in line.cells else ""
            below = any(at in other.cells for other in lines[own + 1 :])
            over = text or (over if below else "")
            if over:
                parts.setdefault(at, []).append(over)
    return TableRow(number, {at: TableCell(" ".join(own)) for at, own in parts.items()})


_CELLS = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


def _column(letters: str) -> int:
    """Return the number of a column, from 0."""
    return reduce(lambda sum_, letter: 26 * sum_ + ord(letter) - ord("A") + 1, letters, 0) - 1


@dataclass(frozen=True)
class _Layout:
    """A way to take a file for a table: a sheet, or a separator; whole lines in the first cell.

    Attributes:
        sample: Lines enough to find the headings.
        lines: Returns all lines.
        sheet: The name of the sheet, in a workbook.
        inner: What separates cells within the first one.
    """

    sample: list[TableRow]
    lines: Callable[[], list[TableRow]]
    sheet: str = ""
    inner: str | None = None


@dataclass(frozen=True)
class _Headings:
    """The line with the headings: which columns were asked for, and the headings that were not."""

    line: TableRow
    names: Mapping[int, str]
    unread: tuple[str, ...]
    others: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max(self.line.cells, default=-1) + 1


def read_sheet(
    path: Path,
    columns: Mapping[str, Sequence[str]],
    required: Collection[str] = (),
    numbers: Mapping[str, Collection[Unit]] | None = None,
    part: SheetPart = SheetPart(),
    mapping: str = "",
    most: SizeLimit = USUAL,
) -> Sheet:
    """Return the rows of a CSV, XLSX or Parquet file.

    Args:
        path: The file; the cells of a text are separated by semicolon, tab or comma.
        columns: The headings that each column may have, in any language, however capitalised.
        required: Columns that must be there.
        numbers: The columns that hold numbers, and what may stand beside these.
        part: Which part of the file is the table.
        mapping: The key by which another file may say what a column is called, if there is one.
        most: How large it may be.

    Raises:
        ScenarioError: If it cannot be read, or lacks a column; with every row and cell that is
            not as its headings say.
    """
    shown = str(path)
    try:
        layout, headings, lines = _table(path, columns, required, part, most)
    except TableError as error:
        raise ScenarioError([Problem(Place(shown, error.line), "", error.reason)]) from error
    lacking = [name for name in required if name not in headings.names.values()]
    if lacking:
        place = Place(shown, headings.line.number)
        raise ScenarioError(
            _lacking(place, name, columns[name][0], headings.unread, mapping) for name in lacking
        )
    problems = [one for line in lines for one in _beyond(shown, layout, headings, line)]
    problems += _twice(shown, layout, headings, lines)
    if problems:
        raise ScenarioError(problems)
    numbers = numbers or {}
    marks = _marks(lines, headings, numbers)
    rows = []
    for line in lines:
        found = {name: line.cells[at] for at, name in headings.names.items() if at in line.cells}
        rows.append(
            Row(
                Place(shown, line.number),
                {name: found[name].text if name in found else "" for name in columns},
                {
                    name: _amount(found[name], marks[name], units)
                    for name, units in numbers.items()
                    if name in found
                },
                {name: _reference(layout, line, at) for at, name in headings.names.items()},
            )
        )
    elsewhere = tuple(
        tuple(line.cells[at].text for line in lines if at in line.cells) for at in headings.others
    )
    return Sheet(tuple(rows), headings.unread, elsewhere)


def without_footnotes(
    rows: Sequence[Row], numbers: Collection[str] = ()
) -> tuple[Sequence[Row], Sequence[Row]]:
    """Return the rows of a table, and those below it in which at most one cell is filled in.

    Args:
        rows: The rows.
        numbers: Columns whose cell belongs to the table, though it be the only one in its row.
    """
    end = len(rows)
    while end and _text_alone(rows[end - 1], numbers):
        end -= 1
    return rows[:end], rows[end:]


def _text_alone(row: Row, numbers: Collection[str]) -> bool:
    filled = [name for name, text in row.values.items() if text]
    return len(filled) <= 1 and not set(filled) & set(numbers)


def _lacking(
    place: Place, name: str, heading: str, others: tuple[str, ...], mapping: str
) -> Problem:
    """Return that a column is missing, and where it may be said what it is called."""
    close = nearest(heading, others)
    if not mapping:
        return Problem(place, "", Reason('The column "{name}" is missing.', name=heading), close)
    reason = Reason(
        'The column "{name}" is missing. Say what it is called, by {key} = {{ {column} = "…" }}.',
        name=heading,
        key=mapping,
        column=name,
    )
    return Problem(place, "", reason, close)


def _table(
    path: Path,
    columns: Mapping[str, Sequence[str]],
    required: Collection[str],
    part: SheetPart,
    most: SizeLimit,
) -> tuple[_Layout, _Headings, list[TableRow]]:
    """Return how a file is laid out, its headings, and the lines with something in them below.

    Raises:
        TableError: If there is no table in it.
    """
    known = {_plain(heading): name for name, own in columns.items() for heading in (name, *own)}
    best: tuple[tuple[bool, int, int], _Layout, _Headings] | None = None
    for layout in _layouts(_content(path, most), part, most):
        # Of a workbook the sample is all there is.
        first = islice((line for line in layout.sample if line.cells), LOOKED_THROUGH)
        headings = _headings(_filled(layout, first), known, required)
        if headings is None:
            continue
        named = headings.names.values()
        worth = (set(required) <= set(named), len(named), 0 if layout.inner else headings.width)
        if best is None or worth > best[0]:
            best = worth, layout, headings
    if best is None:
        raise TableError(Reason("The table is empty: its first row has headings."))
    _, layout, headings = best
    lines = _filled(layout, layout.lines(), headings.width)
    below = [one for one in lines if one.number > headings.line.number]
    # Where files have been put together, the headings stand between their rows once more.
    again = {at: cell.text for at, cell in headings.line.cells.items()}
    return layout, headings, [one for one in below if _texts(one) != again]


def _texts(line: TableRow) -> dict[int, str]:
    return {at: cell.text for at, cell in line.cells.items()}


def _content(path: Path, most: SizeLimit) -> bytes:
    """Return what is in a file that is called as a table is.

    Raises:
        TableError: If it is called otherwise, cannot be read, or is too large.
    """
    content = content_of(path, most.bytes)
    if isinstance(content, Reason):
        raise TableError(content)
    suffix = path.suffix.lower()
    if suffix not in (*TEXTS, *WORKBOOKS, *PARQUETS):
        raise TableError(Reason("A table is read from .csv, .xlsx or .parquet."))
    if suffix in WORKBOOKS and not content.startswith((ZIP, OLE)):
        raise TableError(
            Reason(
                "This is no workbook, though it is called one. If it is text with separators, "
                "call it .csv."
            )
        )
    if suffix in PARQUETS and not content.startswith((PARQUET, ENCRYPTED)):
        raise TableError(
            Reason(
                "This is no Parquet file, though it is called one. Call it .csv or .xlsx if that "
                "is what it is."
            )
        )
    return content


def _layouts(content: bytes, part: SheetPart, most: SizeLimit) -> Iterator[_Layout]:
    """Yield the ways to take a file for a table, the most likely first.

    Raises:
        TableError: If it has no such part.
    """
    if content.startswith((ZIP, OLE)):
        every = sheets(content)
        if part.sheet is not None and part.sheet not in every:
            raise TableError(
                Reason(
                    'There is no sheet called "{name}" in the workbook, which has: {names}.',
                    name=part.sheet,
                    names=[*every][:MOST_NAMED],
                )
            )
        for name, whole in every.items():
            if part.sheet not in (None, name):
                continue
            lines = part.of(whole)
            plain = _Layout(lines, partial(list, lines), name)
            yield from (plain, *(replace(plain, inner=one) for one in SEPARATORS))
        return
    if content.startswith((PARQUET, ENCRYPTED)):
        lines = part.of(parquet_lines(content, most))
        yield _Layout(lines[:1], partial(list, lines))
        return
    text = delimited(content, most.cells)
    plain_ones = [
        _Layout(part.of(text.sample(one)), partial(_lines_of, part, text, one))
        for one in text.separators
    ]
    yield from plain_ones
    yield from (replace(one, inner=inner) for one in plain_ones for inner in SEPARATORS)


def _lines_of(part: SheetPart, text: Delimited, separator: str) -> list[TableRow]:
    return part.of(text.lines(separator))


def _filled(layout: _Layout, lines: Iterable[TableRow], width: int = 0) -> list[TableRow]:
    """Return the lines with something in them, split once more where a cell holds a whole line."""
    found = [line for line in lines if line.cells]
    return [_whole(line, layout.inner, width) for line in found] if layout.inner else found


def _whole(line: TableRow, separator: str, width: int) -> TableRow:
    """Return a line whose first cell holds the line as it once was; others were filled in since.

    A program that did not know the separator shows a line in one cell. What is then written in the
    cells beside it belongs where the line is empty at its end.
    """
    texts = split(line.cells[0].text, separator) if 0 in line.cells else []
    texts += [""] * (width - len(texts))
    added = [line.cells[at] for at in sorted(line.cells) if at]
    cells = {at: TableCell(text.strip()) for at, text in enumerate(texts) if text.strip()}
    empty = len(texts) - max(cells, default=-1) - 1
    start = len(texts) - (empty if empty == len(added) else 0)
    return TableRow(line.number, cells | dict(enumerate(added, start)))


def _headings(
    lines: Sequence[TableRow], known: Mapping[str, str], required: Collection[str]
) -> _Headings | None:
    """Return the headings: the first line, or, if it lacks some, the one with most of them.

    Where none is required, they are the line with most of them.
    """
    tried = [_named(line, known) for line in lines[:LOOKED_THROUGH]]
    if not tried or (required and set(required) <= set(tried[0].names.values())):
        return tried[0] if tried else None
    return max(tried, key=lambda one: len(one.names))


def _named(line: TableRow, known: Mapping[str, str]) -> _Headings:
    found: dict[int, str] = {}
    unread, others = [], []
    for position, cell in sorted(line.cells.items()):
        name = known.get(_plain(cell.text))
        if name is not None and name not in found.values():
            found[position] = name
        elif cell.text:
            unread.append(cell.text)
            others.append(position)
    return _Headings(line, found, tuple(unread), tuple(others))


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").casefold().split())


def _reference(layout: _Layout, line: TableRow, column: int) -> str:
    """Return what a cell is called in a workbook; "" in a text."""
    letters, left = "", column + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return f"{layout.sheet}!{letters}{line.number}" if layout.sheet and not layout.inner else ""


def _beyond(file: str, layout: _Layout, headings: _Headings, line: TableRow) -> Iterator[Problem]:
    """Yield what is wrong with a line whatever its columns mean."""
    last = max(line.cells)
    if last >= headings.width:
        place = Place(file, line.number, _reference(layout, line, last))
        if layout.sheet:
            reason = Reason("This cell stands under no heading: write one, or empty the cell.")
        else:
            reason = Reason(
                "The row has {n} cells, which is more than the headings ({m}). "
                "A text or a number with the separator in it, as 2,5 where commas separate, "
                'stands in "quotes".',
                n=last + 1,
                m=headings.width,
            )
        yield Problem(place, "", reason)
    for at, name in headings.names.items():
        if at in line.cells and line.cells[at].unstored:
            reason = Reason(
                "The cell has a formula without a value: let a spreadsheet program calculate it "
                "and save the workbook."
            )
            yield Problem(Place(file, line.number, _reference(layout, line, at)), name, reason)


def _twice(
    file: str, layout: _Layout, headings: _Headings, lines: Sequence[TableRow]
) -> Iterator[Problem]:
    """Yield the headings that stand over two columns in which different things stand."""
    texts = {at: _plain(cell.text) for at, cell in headings.line.cells.items()}
    for at, name in headings.names.items():
        for other in headings.others:
            if texts[at] != texts[other]:
                continue
            if any(_text(line, at) != _text(line, other) for line in lines):
                text = headings.line.cells[other].text
                place = Place(file, headings.line.number, _reference(layout, headings.line, other))
                reason = Reason(
                    'The heading "{name}" stands over two columns: take one of them out, or call '
                    "it something else.",
                    name=text,
                )
                yield Problem(place, name, reason)


def _text(line: TableRow, at: int) -> str:
    return line.cells[at].text if at in line.cells else ""


def _marks(
    lines: Sequence[TableRow], headings: _Headings, numbers: Mapping[str, Collection[Unit]]
) -> dict[str, Mark | None]:
    """Return the decimal mark of each column of numbers: its own, or that of the whole table."""
    texts: dict[str, list[str]] = {name: [] for name in numbers}
    for at, name in headings.names.items():
        if name in numbers:
            cells = [line.cells[at] for line in lines if at in line.cells]
            texts[name] = [one.text for one in cells if one.number is None]
    whole = decimal_mark(text for own in texts.values() for text in own)
    return {name: decimal_mark(own) or whole for name, own in texts.items()}


def _amount(cell: TableCell, mark: Mark | None, units: Collection[Unit]) -> float | Reason:
    return cell.number if cell.number is not None else amount(cell.text, mark, units)
