"""Text with separators (CSV, TSV): its encoding, its separator, its lines.

Excel writes such files in the manner of the country: semicolons where the decimal mark is a comma,
in Windows-1252, in UTF-8 or, as "Unicode text", in UTF-16 with tabs; sometimes with a first line
that names the separator. On a Mac it may write lines that end in a carriage return, in Mac Roman.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sisim.i18n import number
from sisim.loading.cells import MOST_CELLS, TableCell, TableError, TableRow, too_large
from sisim.loading.formula_injection import restored
from sisim.scenario.errors import Reason

SEPARATORS = (";", "\t", ",", "|")
SAMPLE = 65_536
"""So many characters show what the separator is."""
_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Encodings with a mark of their own, the longer marks first."""
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\t|]*\r?\n?', re.IGNORECASE)
_HALF_UTF8 = re.compile(rb"\xc3[\x80-\xbf]")
"""An å, ä or ö in UTF-8, which in Windows-1252 is two signs that never stand together."""
_AS_TEXT = re.compile(r'^="([^"]*)"$')
"""How systems keep a spreadsheet from making a number of 0581."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Delimited:
    """A text whose separator is not yet settled.

    Attributes:
        text: The text, without a line that names the separator.
        first: The number of its first line.
        separators: What may separate its cells, the most likely first.
        most: How many cells there may be.
    """

    text: str
    first: int
    separators: tuple[str, ...]
    most: int = MOST_CELLS

    def sample(self, separator: str) -> list[TableRow]:
        """Return the first lines, however badly they are written."""
        found: list[TableRow] = []
        with suppress(TableError):
            found.extend(self._lines(self.text[:SAMPLE], separator, strict=False))
        return found

    def lines(self, separator: str) -> list[TableRow]:
        """Return all lines.

        Raises:
            TableError: If quotation marks stand where they cannot, or there are too many cells.
        """
        return list(self._lines(self.text, separator, strict=True))

    def _lines(self, text: str, separator: str, *, strict: bool) -> Iterator[TableRow]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
        count, at = 0, self.first
        try:
            for texts in reader:
                count += len(texts)
                too_large(count, self.most)
                yield TableRow(at, _cells(texts))
                at = self.first + reader.line_num
        except csv.Error as error:
            raise TableError(_said(str(error)), at) from error


def delimited(content: bytes, most: int = MOST_CELLS) -> Delimited:
    """Return the text in a file.

    Args:
        content: Its content.
        most: How many cells there may be.

    Raises:
        TableError: If it is none.
    """
    text = decoded(content)
    named = _SEPARATOR_LINE.match(text)
    if named is None or named[1] in '"\r\n':
        return Delimited(text, 1, SEPARATORS, most)
    separators = (named[1], *(s for s in SEPARATORS if s != named[1]))
    return Delimited(text[named.end() :], 2, separators, most)


def split(text: str, separator: str) -> list[str]:
    """Return the cells of a line that stands in one cell."""
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return [text]


def _cells(texts: list[str]) -> dict[int, TableCell]:
    stripped = (_AS_TEXT.sub(r"\1", text.strip()).strip() for text in texts)
    return {column: TableCell(restored(text)) for column, text in enumerate(stripped) if text}


def decoded(content: bytes, otherwise: str | None = None) -> str:
    """Return a text in UTF-8, UTF-16 or UTF-32 with their marks, or in the encoding of a system.

    Args:
        content: The content of a file.
        otherwise: The encoding of what is not UTF-8; unset: Windows-1252, or Mac Roman where lines
            end as on a Mac.

    Raises:
        TableError: If it is none of them, or no text.
    """
    encoding = next((name for mark, name in _MARKED if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        if encoding != "utf-8" or _HALF_UTF8.search(content):
            raise TableError(_NO_TEXT, line) from error
        try:
            text = content.decode(otherwise or _of_system(content))
        except UnicodeDecodeError:
            raise TableError(_NO_TEXT, line) from error
    # The end of a file to DOS; marks of encodings where files have been put together.
    text = text.rstrip("\x1a").replace("\ufeff", "")
    control = _CONTROL.search(text)
    if control is not None:
        raise TableError(_NO_TEXT, text.count("\n", 0, control.start()) + 1)
    return text


def _of_system(content: bytes) -> str:
    """Return in which encoding the system that wrote a file has å, ä and ö.

    Lines end on a Mac as nowhere else, but programs there may write as on Windows.
    """
    if b"\n" in content or b"\r" not in content:
        return "cp1252"
    swedish = {
        name: sum(letter in "åäöÅÄÖ" for letter in content.decode(name, "replace"))
        for name in ("mac_roman", "cp1252")
    }
    return max(swedish, key=lambda name: swedish[name])


_NO_TEXT = Reason("The file is not text in UTF-8. Save it again as UTF-8.")


def _said(error: str) -> Reason:
    """Return what is wrong with a row, of which the library speaks English."""
    if error.startswith("field larger"):
        most = number(csv.field_size_limit())
        return Reason("A cell has more than {n} characters.", n=most)
    if error == "unexpected end of data":
        return Reason("A quotation mark opens a cell here, and nothing closes it.")
    return Reason(
        "Something stands after the quotation mark that closes a cell. A quotation mark in a text "
        "is written twice."
    )
