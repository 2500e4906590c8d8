"""Where the texts of a panel stand: off what is drawn, off each other, near what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sisim.arrays import Floats
from sisim.report.chart.chart import (
    Align,
    Bars,
    Bracket,
    CellGrid,
    FilledArea,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    Rule,
    Values,
    Word,
)
from sisim.report.chart.typesetting import Typesetting
from sisim.report.free_space import Box, FreeSpace

CELL = 3.0
"""How coarsely what is drawn is remembered, in pixels."""
MARGIN = 2.0
"""White space around every text, in pixels."""
APART = 0.6
"""White space more between texts side by side, of the size of letters: else they read as one."""
GAP = 8.0
"""From the end of a line to its label, in pixels."""

KeptNotes = dict[str, tuple[int, float, float]]
"""Where notes have been placed, by name: which of their texts, and its middle along the axes."""


@dataclass(frozen=True)
class PlacedText:
    """A text and its middle, or the middle of its left or right edge, in pixels from the top left.

    Attributes:
        name: What it is known by.
        text: Its lines.
        x: From the left.
        y: From the top.
        size: The size of its letters.
        align: Which edge `x` is, and how its lines stand.
        color: Its colour.
        bold: Whether it is bold.
        on: The colour that it stands on; unset: the paper.
    """

    name: str
    text: str
    x: float
    y: float
    size: float
    align: Align = "center"
    color: str = "ink"
    bold: bool = False
    on: str = ""


@dataclass(frozen=True)
class Lead:
    """A thin line, or an arrow, from a text to what it is about, in pixels from the top left."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    color: str
    arrow: bool = False


@dataclass(frozen=True)
class Frame:
    """Where the axes of a panel stand, in pixels from the top left of the picture."""

    left: float
    top: float
    width: float
    height: float

    def x(self, panel: Panel, value: Values | float) -> Floats:
        """Return positions along the horizontal axis in pixels."""
        axis = panel.x
        share = (np.asarray(value, np.float64) - axis.low) / (axis.high - axis.low)
        return self.left + share * self.width

    def y(self, panel: Panel, value: Values | float) -> Floats:
        """Return values along the vertical axis in pixels."""
        axis = panel.y
        share = (np.asarray(value, np.float64) - axis.low) / (axis.high - axis.low)
        return self.top + (1.0 - share) * self.height

    def back(self, panel: Panel, x: float, y: float) -> tuple[float, float]:
        """Return a place in pixels as values along the axes."""
        across, up = (x - self.left) / self.width, 1.0 - (y - self.top) / self.height
        return (
            panel.x.low + across * (panel.x.high - panel.x.low),
            panel.y.low + up * (panel.y.high - panel.y.low),
        )


class LabelPlacement:
    """The free room of a panel.

    Args:
        panel: What is drawn.
        frame: Where its axes stand.
        type_: What texts are set in.
        kept: Notes that stay where they are; where others are placed is added.
    """

    def __init__(
        self, panel: Panel, frame: Frame, type_: Typesetting, kept: KeptNotes | None = None
    ) -> None:
        self._panel, self._frame, self._type = panel, frame, type_
        self._kept: KeptNotes = {} if kept is None else kept
        self._space = FreeSpace(frame.width, frame.height, CELL)
        self.leads: list[Lead] = []

    def texts(self) -> list[PlacedText]:
        """Return the words and notes of the panel where they stand."""
        marks = self._panel.marks
        fixed = [self._word(mark) for mark in marks if isinstance(mark, Word)]
        fixed += [
            self._word(word)
            for mark in marks
            if isinstance(mark, CellGrid)
            for word in mark.words()
        ]
        notes = [mark for mark in marks if isinstance(mark, Note)]
        if any(note.name not in self._kept for note in notes):
            for mark in marks:
                self._avoid(mark)
        for text in fixed:
            self._take(text)
        found = [self._note(note) for note in notes]
        return [*fixed, *(text for text in found if text is not None)]

    # ------------------------------------------------------------------------ what is drawn

    def _avoid(self, mark: Mark) -> None:
        if isinstance(mark, Line):
            self._along(mark.x, mark.y)
        elif isinstance(mark, Rule):
            other = self._panel.y if mark.along == "y" else self._panel.x
            ends = list(mark.ends or (other.low, other.high))
            self._along(*((ends, [mark.at] * 2) if mark.along == "x" else ([mark.at] * 2, ends)))
        elif isinstance(mark, Bracket):
            self._along([mark.x] * 2, [mark.origin, mark.end])
        elif isinstance(mark, Points):
            across, up = self._local(mark.x, mark.y)
            seen = np.isfinite(across) & np.isfinite(up)
            for x, y in zip(across[seen], up[seen], strict=True):
                r = mark.size / 2
                self._space.take_dots([x - r, x, x + r, x, x], [y, y, y, y - r, y + r])
        elif isinstance(mark, Bars):
            half = mark.width / 2
            for at, low, high in zip(mark.at, mark.low, mark.high, strict=True):
                ends = sorted((float(low), float(high)))
                if mark.across:
                    self._fill(ends, (at - half, at + half))
                else:
                    self._fill((at - half, at + half), ends)
        elif isinstance(mark, FilledArea) and mark.hatched:
            across, low = self._local(mark.x, mark.low)
            _, high = self._local(mark.x, mark.high)
            for share in (0.25, 0.5, 0.75):
                self._dots(across, low + share * (high - low))

    def _fill(self, x: Sequence[float], y: Sequence[float]) -> None:
        across, up = self._local(x, y)
        x0, x1 = np.clip(sorted(across), 0, self._frame.width)
        y0, y1 = np.clip(sorted(up), 0, self._frame.height)
        xs, ys = np.arange(x0, x1, CELL), np.arange(y0, y1, CELL)
        if len(xs) and len(ys):
            self._space.take_dots(np.repeat(xs, len(ys)), np.tile(ys, len(xs)))

    def _along(self, x: Values, y: Values) -> None:
        self._dots(*self._local(x, y))

    def _dots(self, across: Floats, up: Floats) -> None:
        known = np.isfinite(across) & np.isfinite(up)
        ends = np.column_stack([across, up])[known]
        if len(ends) < 2:
            return
        # A dot in every cell, or a label would seem to cross less of a long line.
        longest = float(np.hypot(*np.diff(ends, axis=0).T).max(initial=0.0))
        shares = np.linspace(0, 1, int(min(longest, 4000.0) / CELL) + 2)[:, None, None]
        dots = (ends[:-1] + shares * np.diff(ends, axis=0)).reshape(-1, 2)
        self._space.take_dots(dots[:, 0], dots[:, 1])

    def _local(self, x: Values, y: Values) -> tuple[Floats, Floats]:
        """Return values along the axes in pixels from the lower left of the panel."""
        frame = self._frame
        across = frame.x(self._panel, x) - frame.left
        return across, frame.top + frame.height - frame.y(self._panel, y)

    # ------------------------------------------------------------------------ what is written

    def _word(self, word: Word) -> PlacedText:
        frame, size = self._frame, self._type.fine if word.fine else self._type.size
        text = word.text
        if word.wide is not None:
            text = self._type.wrap(text, word.wide, size, bold=word.bold)
        return PlacedText(
            word.name,
            text,
            float(frame.x(self._panel, word.x)) + word.shift[0],
            float(frame.y(self._panel, word.y)) - word.shift[1],
            size,
            word.align,
            word.color,
            word.bold,
            word.on,
        )

    def _note(self, note: Note) -> PlacedText | None:
        if note.name in self._kept:
            which, x, y = self._kept[note.name]
            text = self._broken(note, note.texts[min(which, len(note.texts) - 1)])
            frame = self._frame
            middle = float(frame.x(self._panel, x)), float(frame.y(self._panel, y))
        else:
            found = self._found(note)
            if found is None:
                return None
            which, text, middle = found
            self._kept[note.name] = (which, *self._frame.back(self._panel, *middle))
        return self._written(note, text, middle)

    def _broken(self, note: Note, text: str) -> str:
        if note.wide is None:
            return text
        return self._type.wrap(text, note.wide, self._type.size, bold=note.bold)

    def _found(self, note: Note) -> tuple[int, str, tuple[float, float]] | None:
        """Return which text of a note has room, its lines, and where its middle then is."""
        least: tuple[float, int, str, tuple[float, float]] | None = None
        for which, said in enumerate(note.texts):
            text = self._broken(note, said)
            for target in note.at:
                for beside in note.beside:
                    cost, middle = self._best(note, text, target, beside)
                    if least is None or cost < least[0]:
                        least = (cost, which, text, middle)
                    if cost > (1e3 if note.reach is None else note.reach):
                        continue
                    if note.lead == "none" or self._clear(note, text, middle, target):
                        return which, text, middle
        if note.reach is not None or least is None:
            return None
        return least[1:]

    def _best(
        self, note: Note, text: str, target: tuple[float, float], beside: tuple[float, float]
    ) -> tuple[float, tuple[float, float]]:
        across, up = self._local([target[0]], [target[1]])
        wide, high = self._type.extent(text, self._type.size, bold=note.bold)
        near = (float(across[0]) + beside[0], float(up[0]) + beside[1])
        cost, middle = self._space.find(wide + 2 * MARGIN, high + 2 * MARGIN, near, note.pull)
        frame = self._frame
        return cost, (
            frame.left + float(middle[0]),
            frame.top + frame.height - float(middle[1]),
        )

    def _written(self, note: Note, text: str, middle: tuple[float, float]) -> PlacedText:
        size = self._type.size
        x, y = middle
        wide, _ = self._type.extent(text, size, bold=note.bold)
        edge = {"left": x - wide / 2, "center": x, "right": x + wide / 2}[note.align]
        placed = PlacedText(note.name, text, edge, y, size, note.align, note.color, note.bold)
        if note.lead != "none":
            target = self._nearest(note, middle)
            start, end = self._joined(note, text, middle, target)
            self.leads.append(Lead(note.name, start, end, note.color, note.lead == "arrow"))
            ends = np.array([start, end])
            floor = self._frame.top + self._frame.height
            self._dots(ends[:, 0] - self._frame.left, floor - ends[:, 1])
        self._take(placed)
        return placed

    def _nearest(self, note: Note, middle: tuple[float, float]) -> tuple[float, float]:
        frame, panel = self._frame, self._panel

        def far(target: tuple[float, float]) -> float:
            x, y = float(frame.x(panel, target[0])), float(frame.y(panel, target[1]))
            return float(np.hypot(x - middle[0], y - middle[1]))

        return min(note.at, key=far)

    def _joined(
        self, note: Note, text: str, middle: tuple[float, float], target: tuple[float, float]
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return from where on the edge of a text a line leads to its point, and where that is."""
        wide, high = self._type.extent(text, self._type.size, bold=note.bold)
        x, y = (
            float(self._frame.x(self._panel, target[0])),
            float(self._frame.y(self._panel, target[1])),
        )
        half = wide / 2 + 1, high / 2 + 1
        start = (
            float(np.clip(x, middle[0] - half[0], middle[0] + half[0])),
            float(np.clip(y, middle[1] - half[1], middle[1] + half[1])),
        )
        return start, (x, y)

    def _clear(
        self, note: Note, text: str, middle: tuple[float, float], target: tuple[float, float]
    ) -> bool:
        """Return whether a line from a text to its point is seen, and crosses no other text."""
        start, end = self._joined(note, text, middle, target)
        if np.hypot(end[0] - start[0], end[1] - start[1]) < 8:
            return False
        dots = np.linspace(start, end, 40)
        columns = ((dots[:, 0] - self._frame.left) / CELL).astype(int)
        rows = ((self._frame.top + self._frame.height - dots[:, 1]) / CELL).astype(int)
        written = self._space.written
        inside = (rows >= 0) & (rows < written.shape[0]) & (columns >= 0)
        inside &= columns < written.shape[1]
        return not written[rows[inside], columns[inside]].any()

    def _take(self, text: PlacedText) -> None:
        wide, high = self._type.extent(text.text, text.size, bold=text.bold)
        left = text.x - {"left": 0.0, "center": wide / 2, "right": wide}[text.align]
        left -= self._frame.left
        low = self._frame.top + self._frame.height - text.y - high / 2 - MARGIN
        side = MARGIN + APART * text.size
        box: Box = (left - side, low, left + wide + side, low + high + 2 * MARGIN)
        self._space.take_box(box)


def at_line_ends(panel: Panel, frame: Frame, type_: Typesetting, wide: float) -> list[PlacedText]:
    """Return the names of lines beside their ends, spread so that none covers another."""
    size = type_.size
    labels: list[tuple[float, str, str, bool, str]] = []
    # Where curves end at one value, the one in front is named first.
    for line in reversed(panel.at_ends()):
        known = np.flatnonzero(np.isfinite(np.asarray(line.y, np.float64)))
        value = float(np.asarray(line.y)[known[-1]]) if len(known) else panel.y.low
        y = float(frame.y(panel, np.clip(value, panel.y.low, panel.y.high)))
        text = type_.wrap(line.label, wide, size, bold=line.bold)
        labels.append((y, line.name, text, line.bold, line.color))
        if line.claim:
            text = type_.wrap(line.claim, wide, size)
            labels.append((y + 1e-6, f"{line.name}-claim", text, False, line.color))
    # Labels of equal values keep the order they were given, uppermost first.
    labels.sort(key=lambda label: label[0])
    heights = [type_.height(text, size) + 1.0 for _, _, text, _, _ in labels]
    # Below, the last year stands beside them.
    over, under = size * 0.6, 2.0
    middles = spread_out(
        [y for y, *_ in labels], heights, frame.top - over, frame.top + frame.height + under
    )
    return [
        PlacedText(name, text, frame.left + frame.width + GAP, y, size, "left", color, bold)
        for y, (_, name, text, bold, color) in zip(middles, labels, strict=True)
    ]


def spread_out(
    wanted: Sequence[float], sizes: Sequence[float], low: float, high: float
) -> list[float]:
    """Move labels along a line, as little as possible, until none overlaps.

    Args:
        wanted: The middle each label would like, in ascending order.
        sizes: The room each label takes.
        low: Where the first label may begin.
        high: Where the last label may end.

    Returns:
        The middle of each label, in the same order.

    Examples:
        >>> spread_out([10, 11], [4, 4], 0, 100)
        [8.5, 12.5]
        >>> spread_out([10, 50], [4, 4], 0, 100)
        [10.0, 50.0]
    """
    # Labels that touch form a block that sits at the mean of its members' wishes (the pooled
    # adjacent violators of isotonic regression), which moves them least in the squared sense.
    blocks: list[list[float]] = []  # sum of wanted starts, number of members, room taken
    for middle, size in zip(wanted, sizes, strict=True):
        blocks.append([middle - size / 2, 1, size])
        while len(blocks) > 1 and _start(blocks[-2]) + blocks[-2][2] > _start(blocks[-1]):
            total, members, room = blocks.pop()
            previous = blocks[-1]
            previous[0] += total - members * previous[2]
            previous[1] += members
            previous[2] += room
    room = sum(sizes)
    middles: list[float] = []
    edge = low
    remaining = room
    for block in blocks:
        start = min(max(_start(block), edge), max(high - remaining, edge))
        for size in sizes[len(middles) : len(middles) + int(block[1])]:
            middles.append(float(start + size / 2))
            start += size
        edge = start
        remaining -= block[2]
    return middles


def _start(block: list[float]) -> float:
    return block[0] / block[1]
