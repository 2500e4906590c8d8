"""The numbers in a document's text, and the cell of the workbook where each stands.

A number that the workbook works out stands where it does; any other is added to it, with the
sentence, as it is told. The cells are the same in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple, Protocol

from sisim.i18n import current_language, in_language
from sisim.report.document.blocks import (
    Block,
    BulletList,
    DecisionDocument,
    DocumentPicture,
    DocumentTable,
    Paragraph,
    Subheading,
    WriterText,
)
from sisim.report.document.writer_marks import marked
from sisim.report.formats import MINUS, NBSP

DATE = r"\d{4}-\d{2}(?:-\d{2})?"
SWEDISH = rf"\d{{1,3}}(?:{NBSP}\d{{3}})+(?:,\d+)?|\d+(?:[.,]\d+)?"
ENGLISH = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

CURRENCY = rf"(?:[A-Z]{{3}}[ {NBSP}])"
"""What stands between the sign of an amount and its number in English: "−SEK 13k"."""


class NamedNumbers(Protocol):
    """What works numbers out, and says where: the workbook."""

    def value(self, name: str) -> float:
        """Return the value of a number by its name.

        Raises:
            KeyError: If there is none.
        """

    def place(self, name: str) -> str:
        """Return the cell of a number by its name: "Kalkyl!B12".

        Raises:
            KeyError: If there is none.
        """

    def add(self, name: str, label: str, value: float) -> str:
        """Add a number that nothing works out, and return its name."""


class TextPiece(NamedTuple):
    """A piece of a text: a number with its cell and its value there, or what is between numbers."""

    text: str
    cell: str = ""
    value: str = ""


def found_numbers(text: str) -> Iterator[tuple[str, float | None]]:
    """Yield the pieces of a text in order, each number with its value.

    Dates, keys and codes ("2026-01", "S100", "0.1.0") are no numbers.

    Examples:
        >>> with in_language("en"):
        ...     list(found_numbers("Net −1,234.5 in 2026-01"))
        [('Net ', None), ('−1,234.5', -1234.5), (' in 2026-01', None)]
        >>> with in_language("en"):
        ...     list(found_numbers("Net −SEK 13k"))
        [('Net ', None), ('−SEK 13', -13.0), ('k', None)]
    """
    number = SWEDISH if current_language() == "sv" else ENGLISH
    pattern = (
        rf"(?<![\w.,\-])(?:{DATE}(?![\w\-])|((?:{MINUS}{CURRENCY}?)?(?:{number})))"
        r"(?!(?![mk]\b)\w|[.,]\d|-\d)"
    )
    at = 0
    for match in re.finditer(pattern, text):
        if match[1] is None:
            continue
        if match.start() > at:
            yield text[at : match.start()], None
        yield match[1], _value(match[1])
        at = match.end()
    if at < len(text):
        yield text[at:], None


def _value(text: str) -> float:
    plain = re.sub(CURRENCY, "", text).replace(MINUS, "-").replace(NBSP, "")
    plain = plain.replace(",", ".") if current_language() == "sv" else plain.replace(",", "")
    return float(plain)


@dataclass(frozen=True)
class CitedNumbers:
    """Where every number of a document stands.

    Args:
        workbook: What works numbers out.
    """

    workbook: NamedNumbers
    _known: dict[tuple[str, float], str] = field(default_factory=dict)

    def read(self, documents: Sequence[DecisionDocument]) -> None:
        """Give every number of the same document in several languages its cell."""
        for document in documents:
            with in_language(document.lang):
                self._read(document)

    def _read(self, document: DecisionDocument) -> None:
        for where, heading, text, names in cited_texts(document):
            for _, value, name in _named(text, names):
                if value is not None and not self._worked_out(name):
                    self._add(where, f"{heading}: {text}", value)

    def pieces(self, text: str, where: str, names: str = "") -> list[TextPiece]:
        """Return a text in pieces, each number with its cell.

        Args:
            text: The text.
            where: The section and the block that it stands in.
            names: Of the numbers in it that the workbook works out, in order, with spaces between.
        """
        found = []
        for piece, value, name in _named(text, names):
            if value is None:
                found.append(TextPiece(piece))
                continue
            known = name if self._worked_out(name) else self._add(where, text, value)
            cell, own = self.workbook.place(known), self.workbook.value(known)
            found.append(TextPiece(piece, cell, repr(float(own))))
        return found

    def _worked_out(self, name: str) -> bool:
        """Return whether the workbook has a number of a name, and it is defined."""
        try:
            return bool(name) and isfinite(self.workbook.value(name))
        except KeyError:
            return False

    def _add(self, where: str, label: str, value: float) -> str:
        key = (where, value)
        if key not in self._known:
            self._known[key] = self.workbook.add(f"{where}.{len(self._known) + 1}", label, value)
        return self._known[key]


def _named(text: str, names: str) -> Iterator[tuple[str, float | None, str]]:
    """Yield the pieces of a text, each number with its value and the name that it has, if any."""
    waiting = iter(names.split())
    for piece, value in found_numbers(text):
        yield piece, value, "" if value is None else next(waiting, "")


def cited_texts(document: DecisionDocument) -> Iterator[tuple[str, str, str, str]]:
    """Yield every text with numbers: where it stands, the heading, the text, the number's name."""
    for _, text in document.top.facts:
        yield "top", document.top.title, text, ""
    for text in document.top.warnings:
        yield "top", document.top.title, text, ""
    for section, place, block in document.blocks():
        where = f"{section.key}.{place}"
        for text, name in _texts(block):
            yield where, section.heading, text, name


def _texts(block: Block) -> Iterator[tuple[str, str]]:
    match block:
        case Paragraph() | Subheading():
            yield block.text, ""
        case BulletList():
            for item in block.items:
                yield item, ""
        case WriterText():
            for one in marked(block.source):
                for span in (span for line in one.lines for span in line):
                    yield span.text, ""
        case DocumentPicture():
            yield block.title, ""
            yield block.note, ""
        case DocumentTable():
            yield block.title, ""
            if block.plain:
                return
            for heading in block.headings:
                yield heading, ""
            names: Mapping[tuple[int, int], str] = block.names
            for row, cells in enumerate(block.rows):
                for column, cell in enumerate(cells):
                    yield cell, names.get((row, column), "")
