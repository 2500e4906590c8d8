"""PX files: the cubes of SCB and other statistical offices, as keywords and numbers."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from sisim.loading.cells import MOST_BYTES, TableError
from sisim.loading.data_cube import CubeDimension, DataCube, require_size, role_of
from sisim.loading.delimited_text import decoded
from sisim.loading.key_figure import FigureCell, KeyFigureError, status_of
from sisim.scenario.errors import Place, Reason, shortened
from sisim.scenario.os_errors import content_of

_STATEMENT = re.compile(r'(?:[^;"]++|"[^"]*+")*+;')
"""Up to a semicolon that stands in no quotation marks."""
_KEYWORD = re.compile(
    r'\s*(?P<name>[A-Z][A-Z0-9-]*)(?P<lang>\[[^\]]*\])?(?:\((?P<of>[^)"]*(?:"[^"]*"[^)"]*)*)\))?\s*='
)
_PIECES = re.compile(r'"([^"]*)"|(,)')
_DATA = re.compile(r'"[^"]*"|[^\s"]+')

_CODEPAGE = re.compile(rb'CODEPAGE="([^"]{1,40})"', re.IGNORECASE)
_PAGES = ("cp", "iso8859", "mac")
_ANSI = re.compile(rb'CHARSET="ANSI"', re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]*)?")

Keywords = dict[tuple[str, tuple[str, ...]], str]
"""What stands after each keyword, by its name and what it is about."""


def read_px(path: Path) -> DataCube:
    """Return the cube in a PX file.

    Raises:
        KeyFigureError: If it is none, or its numbers are not as many as its dimensions say.
    """
    shown = str(path)
    content = content_of(path, MOST_BYTES)
    if isinstance(content, Reason):
        raise KeyFigureError.at(shown, 0, content)
    try:
        text = decoded(content, _encoding(content))
    except TableError as error:
        raise KeyFigureError.at(shown, error.line, error.reason) from error
    said, line = _keywords(f"{text};")  # the last semicolon may be lacking
    place = Place(shown, line)
    if ("DATA", ()) not in said:
        raise KeyFigureError.at(shown, 0, Reason("This is no PX file: it has no DATA."))
    if any(name == "KEYS" for name, _ in said):
        reason = Reason("The PX file leaves out rows (KEYS). Fetch it with all of them.")
        raise KeyFigureError.at(shown, 0, reason)
    names = [*_texts(said.get(("STUB", ()), "")), *_texts(said.get(("HEADING", ()), ""))]
    dimensions = [_dimension(said, name, shown) for name in names]
    tokens = [one.strip(",") for one in _DATA.findall(said["DATA", ()])]
    require_size([one.codes for one in dimensions], len(tokens), place)
    return DataCube(
        code=_first(said, "MATRIX"),
        label=_first(said, "CONTENTS") or _first(said, "TITLE"),
        source=_first(said, "SOURCE"),
        unit=_first(said, "UNITS"),
        dimensions=dimensions,
        cells=_cells(tokens, place),
        place=place,
        updated=_date(_first(said, "LAST-UPDATED") or _first(said, "CREATION-DATE")),
    )


def _encoding(content: bytes) -> str:
    """Return the encoding that a file says of itself; without a word of it, that of DOS."""
    page = _CODEPAGE.search(content)
    if page is not None:
        with suppress(LookupError):
            name = codecs.lookup(page[1].decode("ascii", "replace")).name
            if name.startswith(_PAGES):
                # Windows writes the one and means the other.
                return "cp1252" if name == "iso8859-1" else name
    return "cp1252" if _ANSI.search(content) else "cp850"


def _keywords(text: str) -> tuple[Keywords, int]:
    """Return what a file says, in its first language, and the line where its numbers begin."""
    said: Keywords = {}
    line = 0
    for statement in _STATEMENT.finditer(text):
        found = _KEYWORD.match(statement[0])
        if found is None or found["lang"]:
            continue
        about = tuple(_texts(found["of"] or ""))
        said.setdefault((found["name"], about), statement[0][found.end() : -1])
        if found["name"] == "DATA":
            line = text.count("\n", 0, statement.start() + found.end()) + 1
    return said, line


def _texts(body: str) -> list[str]:
    """Return texts between commas; one may go on over several lines, in pieces."""
    found: list[list[str]] = [[]]
    for piece, comma in _PIECES.findall(body):
        if comma:
            found.append([])
        else:
            found[-1].append(piece)
    return ["".join(pieces).strip() for pieces in found if pieces]


def _first(said: Keywords, name: str) -> str:
    """Return what stands after a keyword, of whatever it is said first."""
    body = next((body for (own, _), body in said.items() if own == name), "")
    return next(iter(_texts(body)), body.strip().strip('"'))


def _dimension(said: Keywords, name: str, shown: str) -> CubeDimension:
    labels = _texts(said.get(("VALUES", (name,)), ""))
    codes = _texts(said.get(("CODES", (name,)), "")) or labels
    if not labels or len(codes) != len(labels):
        reason = Reason(
            "CODES and VALUES of a dimension are not equally many: {codes} and {labels}.",
            codes=len(codes),
            labels=len(labels),
        )
        raise KeyFigureError.at(shown, 0, reason, name)
    measured = _first(said, "CONTVARIABLE") == name
    time = ("TIMEVAL", (name,)) in said
    kind = _texts(said.get(("VARIABLE-TYPE", (name,)), ""))
    role = "time" if time else "measure" if measured else role_of(name, *kind)
    units = tuple("".join(_texts(said.get(("UNITS", (one,)), ""))) for one in labels)
    return CubeDimension(name, tuple(codes), tuple(labels), role, units if measured else ())


def _cells(tokens: list[str], place: Place) -> list[FigureCell]:
    cells: list[FigureCell] = []
    for token in tokens:
        sign = token.strip('"')
        status = status_of(sign)
        if status is not None:
            cells.append(FigureCell(None, status, sign))
            continue
        if _NUMBER.fullmatch(token) is None:
            reason = Reason(
                '"{text}" is neither a number with a decimal point nor a sign that one is missing.',
                text=shortened(token),
            )
            raise KeyFigureError.at(place.file, place.line, reason, "DATA")
        cells.append(FigureCell(float(token), "value"))
    return cells


def _date(text: str) -> date | None:
    """Return the day in "20250301 08:00"."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()
    except ValueError:
        return None
