"""The grammar of charts: panels with lines, areas, bars and texts, as data.

A chart says what is to be seen; `arrangement` finds where everything stands, and the painters
(`matplotlib_painter`, `echarts_painter`) draw it. Lengths are pixels of a picture 1280 wide. Marks
are drawn in the order in which they are listed. Colours are roles of a palette, or colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from matplotlib.ticker import MaxNLocator

from sisim.arrays import Floats, Ints
from sisim.report.chart.palette import readable_on
from sisim.report.formats import decimal

Dash = Literal["solid", "dashed", "dotted", "dashdot"]
Align = Literal["left", "center", "right"]
Shape = Literal["circle", "diamond", "ring", "triangle", "square", "cross", "left", "right"]
"""What a point looks like; "left" and "right" are the heads of arrows."""
Values = Floats | Ints | Sequence[float]


@dataclass(frozen=True)
class Axis:
    """An axis: its ends, and where something is written along it.

    Attributes:
        low: Where it begins.
        high: Where it ends.
        ticks: Positions and what is written there; a line break begins a second line.
        grid: Whether a faint line is drawn through the panel at each tick.
        details: What stands below each tick's text in small type; with it, the ticks are names,
            which are broken into lines.
        line: Whether the axis itself is drawn.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    grid: bool = False
    details: tuple[str, ...] = ()
    line: bool = True


@dataclass(frozen=True)
class Line:
    """A curve, named where it ends.

    Attributes:
        name: What it is known by; unique in its column.
        x: Positions, (n,).
        y: Values, (n,); a gap is NaN.
        label: What is written at its end, in its colour.
        claim: What is written below the label, not bold.
        color: Of line and label.
        width: In pixels.
        dash: How it is drawn.
        step: Whether a value holds around its position rather than there only.
        bold: Whether the label is.
        markers: Whether each value has a dot.
    """

    name: str
    x: Values
    y: Values
    label: str = ""
    claim: str = ""
    color: str = "ink"
    width: float = 3.0
    dash: Dash = "solid"
    step: bool = False
    bold: bool = False
    markers: bool = False


@dataclass(frozen=True)
class FilledArea:
    """What lies between two curves: filled, or hatched."""

    name: str
    x: Values
    low: Values
    high: Values
    color: str
    opacity: float = 0.25
    hatched: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars from a low to a high end; `across` are horizontal, in rows."""

    name: str
    at: Values
    low: Values
    high: Values
    color: str
    width: float = 0.8
    hatched: bool = False
    across: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class Points:
    """Signs at points; with `ids` it is known which is which, and on a page they move."""

    name: str
    x: Values
    y: Values
    color: str = "ink"
    size: float = 9.0
    shape: Shape = "circle"
    opacity: float = 1.0
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellGrid:
    """A grid of coloured cells, each with a text.

    Attributes:
        name: What it is known by.
        x: Where the columns meet, (columns + 1,).
        y: Where the rows meet, (rows + 1,).
        colors: A colour for each cell, by row and column.
        texts: A text for each cell.
        ringed: Row and column of a cell that is ringed.
    """

    name: str
    x: Values
    y: Values
    colors: tuple[tuple[str, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    ringed: tuple[int, int] | None = None

    def words(self) -> list[Word]:
        """Return the text of each cell, in its middle."""
        x, y = (np.asarray(ends, np.float64) for ends in (self.x, self.y))
        return [
            Word(
                f"{self.name}-{row}-{column}",
                text,
                float(x[column] + x[column + 1]) / 2,
                float(y[row] + y[row + 1]) / 2,
                "center",
                color=readable_on(self.colors[row][column]),
                on=self.colors[row][column],
            )
            for row, texts in enumerate(self.texts)
            for column, text in enumerate(texts)
            if text
        ]


@dataclass(frozen=True)
class Span:
    """A shaded part of the horizontal axis; its label stands above the panel.

    Several labels: the first that has room.
    """

    name: str
    low: float
    high: float
    color: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A straight line at a value of an axis, from end to end or between `ends` of the other."""

    name: str
    at: float
    along: Literal["x", "y"]
    color: str = "muted"
    width: float = 1.0
    dash: Dash = "solid"
    ends: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bracket:
    """A vertical arrow from one value to another, with a short bar where it begins."""

    name: str
    x: float
    origin: float
    end: float
    color: str = "ink"


@dataclass(frozen=True)
class Word:
    """A text at a point, so many pixels from it; in lines where `wide` says how long they are.

    `on` is the colour that is behind it; unset: the paper.
    """

    name: str
    text: str
    x: float
    y: float
    align: Align = "left"
    shift: tuple[float, float] = (0.0, 0.0)
    color: str = "ink"
    bold: bool = False
    fine: bool = False
    wide: float | None = None
    on: str = ""


@dataclass(frozen=True)
class Note:
    """A text near one of some points, where nothing else is drawn.

    Attributes:
        name: What it is known by.
        texts: The first that finds room is written.
        at: The points that it may be about, the most wanted first.
        beside: Where its middle would best be, in pixels from the point, across and up; several:
            the first that has room.
        pull: What a distance from there weighs, across and up.
        reach: Farther away than that, in pixels, it is left out; unset: it is always written.
        lead: What joins it with the point.
        wide: How wide it may be; it is broken into lines.
        align: How its lines stand.
        color: Its colour.
        bold: Whether it is bold.
    """

    name: str
    texts: tuple[str, ...]
    at: tuple[tuple[float, float], ...]
    beside: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    pull: tuple[float, float] = (1.0, 1.0)
    reach: float | None = None
    lead: Literal["none", "line", "arrow"] = "none"
    wide: float | None = None
    align: Align = "center"
    color: str = "ink"
    bold: bool = False


Mark = Line | FilledArea | Bars | Points | CellGrid | Span | Rule | Bracket | Word | Note


@dataclass(frozen=True)
class Panel:
    """A pair of axes with what is drawn between them.

    Attributes:
        name: What it is known by; unique in its column.
        x: The horizontal axis.
        y: The vertical axis.
        marks: What is drawn, from behind to the front.
        title: What stands above it.
        remark: What stands beside the title, so that it is not missed.
        share: How tall it is, beside the other panels of its column.
    """

    name: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    title: str = ""
    remark: str = ""
    share: float = 1.0

    def at_ends(self) -> list[Line]:
        """Return the lines that are named where they end."""
        return [mark for mark in self.marks if isinstance(mark, Line) and mark.label]


@dataclass(frozen=True)
class Key:
    """What a colour, a hatching, a dash or the shape of a point stands for."""

    color: str
    text: str
    hatched: bool = False
    line: Dash | None = None
    shape: Shape | None = None
    bold: bool = False


@dataclass(frozen=True)
class Column:
    """Panels above each other on one kind of horizontal axis, with words around them.

    Attributes:
        panels: The panels, from above.
        heading: What stands above them, bold.
        caption: What stands below the heading.
        key: What colours stand for.
        words: What the panels come to, below them, bold.
        after: What is said after that, not bold.
        share: How wide it is, beside the other columns.
        ends: How wide what stands at the ends of lines may be.
    """

    panels: tuple[Panel, ...]
    heading: str = ""
    caption: str = ""
    key: tuple[Key, ...] = ()
    words: str = ""
    after: str = ""
    share: float = 1.0
    ends: float = 150.0


@dataclass(frozen=True)
class NumberTable:
    """Numbers below the panels: a heading for each column, and rows of a value and its interval."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    bold: int | None = None


@dataclass(frozen=True)
class Chart:
    """A picture.

    Attributes:
        rows: Columns side by side, in rows from above, each with how tall it is beside the others.
        title: What it is about.
        subtitle: What is seen, and in what unit.
        warning: What nobody should overlook, above all else.
        table: Numbers below the panels.
        notes: What stands at its foot in small type, a paragraph each.
        corner: What stands at the right of the last of those.
        high: How high it is.
    """

    rows: tuple[tuple[float, tuple[Column, ...]], ...]
    title: str = ""
    subtitle: str = ""
    warning: str = ""
    table: NumberTable | None = None
    notes: tuple[str, ...] = ()
    corner: str = ""
    high: float = 720.0


@lru_cache
def round_ticks(low: float, high: float, count: int) -> tuple[tuple[float, ...], int]:
    """Return about `count` round numbers from below `low` to above `high`, and their decimals."""
    ticks = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    step = float(ticks[1] - ticks[0])
    digits = next((n for n in range(13) if abs(step - round(step, n)) < 1e-9 * step), 12)
    return tuple(float(tick) for tick in ticks), digits


def value_axis(
    low: float, high: float, count: int = 4, unit: float = 1.0, *, sign: str = ""
) -> Axis:
    """Return an axis of values with about `count` round ticks.

    Args:
        low: Where it begins.
        high: Where it ends.
        count: About how many ticks.
        unit: What a one along the axis is, in units of the values.
        sign: What is written after each number.
    """
    if not high > low:
        low, high = min(low, 0.0), max(high, low + unit)
    ticks, digits = round_ticks(low / unit, high / unit, count)
    hair = 1e-9 * (high - low)
    kept = [tick for tick in ticks if low - hair <= tick * unit <= high + hair]
    return Axis(low, high, tuple((t * unit, decimal(t, digits) + sign) for t in kept), grid=True)


def year_axis(years: Ints, most: int, *, since: int | None = None) -> Axis:
    """Return an axis of years, the first and the last written, and others at even steps.

    Args:
        years: The years, each half a year wide on either side.
        most: How many years have room beside each other.
        since: The year that is counted as 1; unset: years are written as they are.
    """
    first, last = int(years[0]), int(years[-1])
    shift = 0 if since is None else 1 - since
    ticks = tuple((float(year), str(year + shift)) for year in even_years(first, last, most))
    return Axis(first - 0.5, last + 0.5, ticks)


def even_years(first: int, last: int, most: int) -> list[int]:
    """Return the first and the last year, and between them years at even steps.

    Where no step that has room divides the time between, the last step is a little longer.

    Examples:
        >>> even_years(2021, 2045, 6)
        [2021, 2027, 2033, 2039, 2045]
        >>> even_years(2026, 2049, 6)
        [2026, 2033, 2040, 2049]
    """
    length = last - first
    if length <= 0:
        return [first]
    most = max(min(most - 1, length), 1)
    # As many steps as have room, or down to half as many where they leave less over.
    steps = min(range(most, (most - 1) // 2, -1), key=lambda n: length % n / (length // n))
    step = length // steps
    return [*range(first, last - step + 1, step)[:steps], last]


def crossings(x: Values, one: Values, other: Values) -> tuple[Floats, Floats, Floats]:
    """Return two curves with the points put in where they cross, so that areas end there."""
    at, a, b = (np.asarray(values, np.float64) for values in (x, one, other))
    if not len(at):
        return at, a, b
    gap = b - a
    crossing = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    share = gap[crossing] / (gap[crossing] - gap[crossing + 1])
    fine = np.sort(np.concatenate([at, at[crossing] + share * (at[crossing + 1] - at[crossing])]))
    return fine, np.interp(fine, at, a), np.interp(fine, at, b)


def between(
    names: tuple[str, str], x: Values, base: Values, other: Values
) -> tuple[FilledArea, FilledArea]:
    """Return what lies between two curves: where the other is above the base, and where below.

    Args:
        names: What the areas above and below are known by.
        x: Positions.
        base: What is compared with.
        other: What is compared.
    """
    fine, a, b = crossings(x, base, other)
    return (
        FilledArea(names[0], fine, a, np.maximum(a, b), "extra", hatched=True, opacity=1.0),
        FilledArea(names[1], fine, np.minimum(a, b), a, "lower"),
    )
