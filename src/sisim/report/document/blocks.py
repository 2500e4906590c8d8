"""What a decision document is made of: sections with texts, tables and pictures, as data.

A section says what is to be read; `html_page` and `word_file` write it. A number in a text or a
table stands in the workbook too (`cited_numbers`): one that the workbook works out has a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sisim.i18n import Lang
from sisim.report.chart.chart import Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Style = Literal["text", "lead", "fine", "warning", "empty"]
Part = Literal["decision", "economist", "appendix"]
WIDE = 1000.0
"""How wide a picture is laid out, in pixels: its smallest text is then read on A4."""
NO_NAMES: Mapping[tuple[int, int], str] = {}


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several; `empty` is what is said where the writer has not written."""

    text: str
    style: Style = "text"


@dataclass(frozen=True)
class BulletList:
    """Sentences that stand beside each other."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class WriterText:
    """What the writer of the document has written, in the few marks that are read."""

    source: str


@dataclass(frozen=True)
class Subheading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True)
class DocumentTable:
    """A table.

    Attributes:
        title: What it shows.
        headings: Of its columns; the first may be empty.
        rows: Its cells, as they are read; the first of each row is its heading.
        names: Of the numbers in a cell, by row and column, where the workbook works them out: in
            order, with spaces between.
        long: Whether it may be broken between pages.
        plain: Whether its cells are words, in which no number is looked for.
        widths: How much of the width each column has, in per cent; none: as much as it needs.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: Mapping[tuple[int, int], str] = field(default_factory=dict)
    long: bool = False
    plain: bool = False
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class DocumentPicture:
    """A picture with a caption, and in words what it shows.

    Attributes:
        name: By which files and identities inside it are told from those of others.
        title: What it shows, in the caption.
        words: What it says, for those who do not see it.
        note: What stands below it in small type.
        draw: What draws it.
    """

    name: str
    title: str
    words: str
    note: str
    draw: Callable[[], Figure]


Block = Paragraph | BulletList | WriterText | Subheading | DocumentTable | DocumentPicture


@dataclass(frozen=True)
class DocumentSection:
    """A section of the document.

    Attributes:
        key: What it is called in the file's `leave_out`, and in references to it.
        number: What stands before its heading: "2", "A"; empty: nothing.
        heading: Its heading.
        part: For whom it is.
        blocks: What it holds, in order.
    """

    key: str
    number: str
    heading: str
    part: Part
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class TitleBlock:
    """What stands at the top of page one.

    Attributes:
        title: What it is about.
        kind: What kind of document it is.
        facts: What is known of the matter: label and text.
        warnings: What nobody should overlook.
        logo: A picture as a data address; empty: none.
    """

    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    logo: str = ""


@dataclass(frozen=True)
class DecisionDocument:
    """The whole document in one language."""

    lang: Lang
    top: TitleBlock
    sections: tuple[DocumentSection, ...]
    foot: str

    def blocks(self) -> Iterator[tuple[DocumentSection, int, Block]]:
        """Yield every block with its section and its place there."""
        for section in self.sections:
            for place, block in enumerate(section.blocks):
                yield section, place, block


def table_of(
    title: str,
    frame: pd.DataFrame,
    names: Mapping[tuple[int, int], str] = NO_NAMES,
    *,
    long: bool = False,
    plain: bool = False,
) -> DocumentTable:
    """Return a data frame whose cells are written already as a table."""
    rows = tuple(tuple("" if x is None or x != x else str(x) for x in row) for row in frame.values)
    return DocumentTable(title, tuple(map(str, frame.columns)), rows, names, long, plain)


def picture_of(
    name: str, chart: Chart, *, wide: float = WIDE, high: float | None = None
) -> DocumentPicture:
    """Return a chart as a picture, its title, words, numbers and notes in the text of the document.

    Where the numbers come from stands at the foot of every page, and in the appendix.

    Args:
        name: By which it is told from others.
        chart: The chart.
        wide: How wide it is laid out, in pixels.
        high: How high, if not as high as the chart is by itself.
    """
    said = [
        one.words if one.words.endswith((".", "?")) else f"{one.words}."
        for _, columns in chart.rows
        for one in columns
        if one.words
    ]
    end = "" if chart.title.endswith(("?", ".")) else "."
    title = f"{chart.title}{end} {chart.subtitle}" if chart.subtitle else chart.title
    rows = tuple(
        (share, tuple(replace(one, words="", after="") for one in columns))
        for share, columns in chart.rows
    )
    tall = chart.high if high is None else high
    bare = replace(
        chart,
        rows=rows,
        title="",
        subtitle="",
        warning="",
        table=None,
        notes=(),
        corner="",
        high=tall,
    )
    note = " ".join(filter(None, (*said, *chart.notes[:-1], chart.corner)))

    def draw() -> Figure:
        from sisim.report.chart.matplotlib_painter import paint

        return paint(bare, width=wide)

    return DocumentPicture(name, title, " ".join([title, *said]), note, draw)


def paragraphs(texts: Sequence[str], style: Style = "text") -> tuple[Paragraph, ...]:
    """Return a paragraph for each text that says anything."""
    return tuple(Paragraph(text, style) for text in texts if text.strip())
