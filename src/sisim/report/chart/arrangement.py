"""Where everything in a chart stands: one layout, whatever paints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from sisim.report.chart.chart import Align, Chart, Column, Key, NumberTable, Panel, Span
from sisim.report.chart.label_placement import (
    GAP,
    Frame,
    KeptNotes,
    LabelPlacement,
    Lead,
    PlacedText,
    at_line_ends,
    spread_out,
)
from sisim.report.chart.typesetting import LEADING, Typesetting

WIDE = 1280.0
"""The width of a picture, in pixels."""
EDGE = 20.0
"""White space at the edges of a picture."""
AIR = 8.0
"""White space between parts of a picture."""
SIGN = 16.0
"""The size of a square of a key; a dash is twice as wide."""
NAMES = 0.34
"""How much of the width of a column names along a vertical axis may take."""


@dataclass(frozen=True)
class PlacedPanel:
    """A panel, where its axes stand, and what is written in and around it."""

    panel: Panel
    frame: Frame
    texts: tuple[PlacedText, ...]
    leads: tuple[Lead, ...]


@dataclass(frozen=True)
class PlacedKey:
    """An entry of a key: where its sign stands, in pixels from the top left."""

    key: Key
    left: float
    top: float


@dataclass
class Arrangement:
    """A chart with a place for everything.

    Attributes:
        width: Of the picture, in pixels.
        height: Of the picture.
        texts: What is written outside panels.
        panels: The panels.
        keys: Signs of keys.
        rules: Heights at which a faint line is drawn across the picture.
    """

    width: float
    height: float
    texts: list[PlacedText] = field(default_factory=list)
    panels: list[PlacedPanel] = field(default_factory=list)
    keys: list[PlacedKey] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)


def arrange(chart: Chart, type_: Typesetting, width: float = WIDE) -> Arrangement:
    """Return a chart with a place for everything: title, panels, numbers, foot.

    Args:
        chart: The chart.
        type_: What texts are set in.
        width: Of the picture, in pixels.
    """
    found = Arrangement(width, chart.high)
    setter = _Setter(found, type_)
    inner = width - 2 * EDGE
    top = 10.0
    if chart.warning:
        text = type_.wrap(chart.warning, inner, type_.size, bold=True)
        top = setter.write("warning", text, EDGE, top, type_.size, bold=True, color="extra_text")
    if chart.title:
        title = type_.fit(chart.title, inner, type_.large + 2, bold=True)
        top = setter.write("title", title, EDGE, top, type_.large + 2, bold=True)
    if chart.subtitle:
        text = type_.wrap(chart.subtitle, inner, type_.size)
        top = setter.write("subtitle", text, EDGE, top, type_.size, color="muted")
    floor = _foot(chart, setter, chart.high - 6.0)
    if chart.table is not None:
        floor = _numbers(chart.table, setter, floor - AIR)
    shares = sum(share for share, _ in chart.rows) or 1.0
    high = floor - top - AIR / 2
    for row, (share, columns) in enumerate(chart.rows):
        tall, apart = high * share / shares, AIR if row else 0.0
        box = setter.within(EDGE, top + apart, inner, tall - apart)
        arrange_row(columns, box, found, type_, name=str(row))
        top += tall
    return found


def arrange_row(
    columns: Sequence[Column],
    box: Frame,
    found: Arrangement,
    type_: Typesetting,
    *,
    name: str = "",
    kept: KeptNotes | None = None,
) -> None:
    """Find a place for columns side by side, whose panels stand in line with each other.

    Args:
        columns: The columns.
        box: What room they have.
        found: Where they are added.
        type_: What texts are set in.
        name: What their texts are known by.
        kept: Notes that stay where they are; where others are placed is added.
    """
    apart = 1.2 * EDGE if len(columns) > 1 else 0.0
    shares = sum(column.share for column in columns) or 1.0
    wide = box.width - apart * (len(columns) - 1)
    left = box.left
    rows = []
    for n, column in enumerate(columns):
        broad = wide * column.share / shares
        rows.append(_ColumnSetter(column, left, broad, found, type_, f"{name}-{n}"))
        left += broad + apart
    tops = [one.head(box.top) for one in rows]
    top = max(tops, default=box.top)
    floor = box.top + box.height - max((one.below_panels for one in rows), default=0.0)
    for one in rows:
        one.foot(floor)
        one.panels(top, floor, rows, kept)


@dataclass(frozen=True)
class _Setter:
    """Writes lines of text from the top down."""

    found: Arrangement
    type_: Typesetting

    def write(
        self,
        name: str,
        text: str,
        left: float,
        top: float,
        size: float,
        *,
        bold: bool = False,
        color: str = "ink",
    ) -> float:
        """Write a text, and return where what comes below it begins."""
        high = self.type_.height(text, size)
        self.found.texts.append(
            PlacedText(name, text, left, top + high / 2, size, "left", color, bold)
        )
        return top + high

    @staticmethod
    def within(left: float, top: float, width: float, height: float) -> Frame:
        """Return a box."""
        return Frame(left, top, width, height)


class _ColumnSetter:
    """Finds a place for a column: first what is written around its panels, then the panels."""

    def __init__(
        self,
        column: Column,
        left: float,
        width: float,
        found: Arrangement,
        type_: Typesetting,
        name: str,
    ) -> None:
        self.column, self.left, self.width, self.name = column, left, width, name
        self._found, self._type = found, type_
        self._setter = _Setter(found, type_)

    def head(self, top: float) -> float:
        """Write what stands above the panels; return where they may begin."""
        column, type_ = self.column, self._type
        if column.heading:
            text = type_.fit(column.heading, self.width, type_.large, bold=True)
            top = self._setter.write(
                f"{self.name}-heading", text, self.left, top, type_.large, bold=True
            )
        if column.caption:
            text = type_.wrap(column.caption, self.width, type_.size)
            top = self._setter.write(f"{self.name}-caption", text, self.left, top, type_.size)
        return self._keys(top + AIR / 2) if column.key else top

    def _keys(self, top: float) -> float:
        size, left, type_ = self._type.size, self.left, self._type
        row = high = size * LEADING + 2
        for n, key in enumerate(self.column.key):
            sign = SIGN if key.line is None else 2 * SIGN
            text = type_.wrap(key.text, self.width - sign - 8, size, bold=key.bold)
            wide = sign + 8 + type_.extent(text, size, bold=key.bold)[0]
            if left > self.left and left + wide > self.left + self.width:
                left, top, high = self.left, top + high, row
            self._found.keys.append(PlacedKey(key, left, top + (row - SIGN) / 2 - 1))
            name = f"{self.name}-key-{n}"
            self._setter.write(name, text, left + sign + 8, top, size, bold=key.bold)
            high = max(high, type_.height(text, size) + 2)
            left += wide + 24
        return top + high

    @property
    def _said(self) -> list[tuple[str, str, bool]]:
        """What stands below the panels, in lines: its name, and whether it is bold."""
        column, type_ = self.column, self._type
        return [
            (name, type_.wrap(text, self.width, type_.size, bold=bold), bold)
            for name, text, bold in (("words", column.words, True), ("after", column.after, False))
            if text
        ]

    @property
    def below_panels(self) -> float:
        """How much room what stands below the panels takes."""
        high = sum(self._type.height(text, self._type.size) for _, text, _ in self._said)
        return high + AIR if high else 0.0

    def foot(self, top: float) -> None:
        """Write what stands below the panels."""
        top += AIR
        for name, text, bold in self._said:
            size = self._type.size
            top = self._setter.write(f"{self.name}-{name}", text, self.left, top, size, bold=bold)

    def above(self, number: int) -> float:
        """Return how much room the title and the labels above a panel take."""
        if number >= len(self.column.panels):
            return 0.0
        panel, type_ = self.column.panels[number], self._type
        high = 0.0
        high += sum(
            type_.height(text, type_.size)
            for _, text, left, _ in self._titles(panel)
            if left == self.left
        )
        if any(isinstance(mark, Span) and mark.labels for mark in panel.marks):
            high += type_.size * LEADING
        near = panel.y.high - 0.03 * (panel.y.high - panel.y.low)
        topmost = any(value >= near for value, _ in panel.y.ticks)
        return high + (type_.size * LEADING / 2 + 2 if topmost else AIR)

    def _titles(self, panel: Panel) -> list[tuple[str, str, float, bool]]:
        """Return what stands above a panel: its name, text, left edge, and whether it is bold.

        A remark stands beside the title, or below it where it has no room there.
        """
        size, type_ = self._type.size, self._type
        title = type_.wrap(panel.title, self.width, size) if panel.title else ""
        found = [("title", title, self.left, False)] if title else []
        if panel.remark:
            beside = self.left + type_.extent(title, size)[0] + 2 * AIR
            room = self.left + self.width - beside
            fits = "\n" not in title and type_.width(panel.remark, size, bold=True) <= room
            found.append(("remark", panel.remark, beside if fits else self.left, True))
        return found

    def below(self, number: int) -> float:
        """Return how much room what is written along the axis of a panel takes."""
        if number >= len(self.column.panels):
            return 0.0
        ticks = self.column.panels[number].x.ticks
        if not ticks:  # What is written beside the low end of the vertical axis.
            return 0.4 * self._type.size
        return max(self._type.height(text, self._type.size) for _, text in ticks) + 6.0

    @property
    def ticks(self) -> float:
        """How much room what is written along the vertical axes takes."""
        size = self._type.size
        widest = max(
            (
                self._type.extent(self._tick(panel, text), size)[0]
                for panel in self.column.panels
                for _, text in panel.y.ticks
            ),
            default=0.0,
        )
        details = max(
            (
                self._type.extent(self._detail(text), self._type.fine)[0]
                for panel in self.column.panels
                for text in panel.y.details
            ),
            default=0.0,
        )
        widest = max(widest, details)
        first = [panel.x.ticks[0][1] for panel in self.column.panels if panel.x.ticks]
        half = max((self._type.width(text, size) / 2 for text in first), default=0.0)
        return max(widest + 10.0 if widest else 0.0, half)

    def _tick(self, panel: Panel, text: str) -> str:
        """Return what is written at a tick of the vertical axis: a name in lines."""
        if not panel.y.details:
            return text
        return self._type.wrap(text, NAMES * self.width, self._type.size)

    def _detail(self, text: str) -> str:
        return self._type.wrap(text, NAMES * self.width, self._type.fine)

    @property
    def ends(self) -> float:
        """How much room the names at the ends of lines take."""
        column, size = self.column, self._type.size
        texts = [
            (text, line.bold if text is line.label else False)
            for panel in column.panels
            for line in panel.at_ends()
            for text in (line.label, line.claim)
            if text
        ]
        wrapped = [
            self._type.extent(self._type.wrap(text, column.ends, size, bold=bold), size, bold=bold)[
                0
            ]
            for text, bold in texts
        ]
        last = [panel.x.ticks[-1][1] for panel in column.panels if panel.x.ticks]
        half = max((self._type.width(text, size) / 2 for text in last), default=0.0)
        return max(max(wrapped, default=-GAP) + GAP, half)

    def panels(
        self, top: float, floor: float, rows: Sequence[_ColumnSetter], kept: KeptNotes | None
    ) -> None:
        """Find a place for the panels, in line with those of the columns beside."""
        column = self.column
        many = max((len(one.column.panels) for one in rows), default=0)
        above = [max(one.above(n) for one in rows) for n in range(many)]
        below = [max(one.below(n) for one in rows) for n in range(many)]
        free = floor - top - sum(above) - sum(below)
        shares = sum(panel.share for panel in column.panels) or 1.0
        alike = all(one.column.ends == column.ends for one in rows) and len(rows) > 1
        group = rows if alike else [self]
        ticks, ends = max(one.ticks for one in group), max(one.ends for one in group)
        for n, panel in enumerate(column.panels):
            high = max(free * panel.share / shares, 10.0)
            frame = Frame(
                self.left + ticks, top + above[n], max(self.width - ticks - ends, 20.0), high
            )
            self._panel(panel, frame, top, kept)
            top += above[n] + high + below[n]

    def _panel(self, panel: Panel, frame: Frame, top: float, kept: KeptNotes | None) -> None:
        type_, own = self._type, []
        at = top + AIR / 2
        for name, text, left, bold in self._titles(panel):
            high = type_.height(text, type_.size)
            at -= high if left > self.left else 0.0
            color = "ink" if bold else "muted"
            own.append(PlacedText(name, text, left, at + high / 2, type_.size, "left", color, bold))
            at += high
        placement = LabelPlacement(panel, frame, type_, kept)
        own += [*self._span_labels(panel, frame), *self._tick_texts(panel, frame)]
        own += [*placement.texts(), *at_line_ends(panel, frame, type_, self.column.ends)]
        self._found.panels.append(PlacedPanel(panel, frame, tuple(own), tuple(placement.leads)))

    def _span_labels(self, panel: Panel, frame: Frame) -> list[PlacedText]:
        """Return the labels of spans, above them and beside each other."""
        size = self._type.size
        spans = [mark for mark in panel.marks if isinstance(mark, Span) and mark.labels]
        if not spans:
            return []
        room = frame.width + 12.0
        choice = [0] * len(spans)

        def widths() -> list[float]:
            chosen = [span.labels[n] for span, n in zip(spans, choice, strict=True)]
            return [self._type.width(text, size) + 14 for text in chosen]

        while sum(widths()) > room:
            longest = max(range(len(spans)), key=lambda n: widths()[n])
            if choice[longest] + 1 >= len(spans[longest].labels):
                break
            choice[longest] += 1
        wanted = [float(frame.x(panel, (span.low + span.high) / 2)) for span in spans]
        middles = spread_out(wanted, widths(), frame.left - 6, frame.left - 6 + room)
        y = frame.top - 4 - size * LEADING / 2
        return [
            PlacedText(f"span-{span.name}", span.labels[n], x, y, size, "center")
            for span, n, x in zip(spans, choice, middles, strict=True)
        ]

    def _legible(self, panel: Panel, frame: Frame) -> list[tuple[int, tuple[float, str]]]:
        """Return the ticks of the vertical axis that are written, and their numbers.

        In a panel too low for all, every second, third … stands, and zero among them.
        """
        ticks = list(enumerate(panel.y.ticks))
        if panel.y.details or not panel.y.grid or len(ticks) < 2:
            return ticks
        (_, (one, _)), (_, (other, _)) = ticks[:2]
        apart = abs(float(frame.y(panel, one)) - float(frame.y(panel, other)))
        every = max(ceil(self._type.size / max(apart, 1.0)), 1)
        zero = min(ticks, key=lambda tick: abs(tick[1][0]))[0]
        return [tick for tick in ticks if (tick[0] - zero) % every == 0]

    def _tick_texts(self, panel: Panel, frame: Frame) -> list[PlacedText]:
        size, fine = self._type.size, self._type.fine
        found = []
        for n, (value, text) in enumerate(panel.x.ticks):
            y = frame.top + frame.height + 6 + self._type.height(text, size) / 2
            x = float(frame.x(panel, value))
            found.append(PlacedText(f"x-{n}", text, x, y, size, "center"))
        named = bool(panel.y.details)
        for n, (value, text) in self._legible(panel, frame):
            y = float(frame.y(panel, value))
            x = self.left if named else frame.left - 8
            align: Align = "left" if named else "right"
            text = self._tick(panel, text)
            high = self._type.height(text, size)
            if named and panel.y.details[n]:
                detail = self._detail(panel.y.details[n])
                found.append(
                    PlacedText(f"detail-{n}", detail, x, y + high / 2, fine, "left", "muted")
                )
                y -= self._type.height(detail, fine) / 2
            found.append(PlacedText(f"y-{n}", text, x, y, size, align))
        return found


def _foot(chart: Chart, setter: _Setter, floor: float) -> float:
    """Write what stands at the foot in small type; return where it begins."""
    type_, inner = setter.type_, setter.found.width - 2 * EDGE
    corner = type_.width(chart.corner, type_.fine) if chart.corner else 0.0
    for n, note in reversed(list(enumerate(chart.notes))):
        last = n == len(chart.notes) - 1
        wide = inner - (corner + EDGE if last and corner else 0.0)
        text = type_.wrap(note, wide, type_.fine, even=False)
        high = type_.height(text, type_.fine)
        floor -= high + 2
        setter.write(f"note-{n}", text, EDGE, floor, type_.fine, color="muted")
        if last and chart.corner:
            y = floor + high - type_.fine * LEADING / 2
            x = setter.found.width - EDGE
            setter.found.texts.append(
                PlacedText("corner", chart.corner, x, y, type_.fine, "right", "muted")
            )
    return floor


def _numbers(table: NumberTable, setter: _Setter, floor: float) -> float:
    """Write the table of numbers above the foot; return where it begins."""
    type_ = setter.type_
    size, fine = type_.size, type_.fine
    value_high, range_high = size * LEADING, fine * LEADING
    ranged = any(interval for _, cells in table.rows for _, interval in cells)
    line = value_high + (range_high if ranged else 0.0) + 4
    columns = range(len(table.headings))
    names = max((type_.width(name, size, bold=True) for name, _ in table.rows), default=0.0)
    left = EDGE + names + 1.5 * EDGE
    space = setter.found.width - EDGE - left
    needed = [
        max(
            max(type_.width(value, size, bold=n == table.bold), type_.width(interval, fine))
            for value, interval in (cells[n] for _, cells in table.rows)
        )
        for n in columns
    ]
    needed = [
        max(wide, max(type_.width(word, fine) for word in heading.split(" ")))
        for wide, heading in zip(needed, table.headings, strict=True)
    ]
    extra = (space - sum(needed)) / len(needed)
    headings = [
        type_.wrap(heading, wide + max(extra, 0.0) - AIR, fine)
        for heading, wide in zip(table.headings, needed, strict=True)
    ]
    head = max(type_.height(text, fine) for text in headings)
    top = floor - head - line * len(table.rows)
    for n in columns:
        high = type_.height(headings[n], fine)
        setter.write(f"head-{n}", headings[n], left, top + head - high, fine, color="muted")
        for row, (_, cells) in enumerate(table.rows):
            y = top + head + row * line + 2
            value, interval = cells[n]
            setter.write(f"cell-{row}-{n}", value, left, y, size, bold=n == table.bold)
            if interval:
                setter.write(f"range-{row}-{n}", interval, left, y + value_high, fine)
        left += needed[n] + extra
    for row, (name, _) in enumerate(table.rows):
        setter.write(f"row-{row}", name, EDGE, top + head + row * line + 2, size, bold=True)
    setter.found.rules.append(top - AIR / 2)
    return top - AIR
