"""Placing labels so that none covers another, a line, or the edge of its picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox, IdentityTransform
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from sisim.arrays import Floats
from sisim.report.free_space import FreeSpace
from sisim.report.style import FONT, INK, PROJECTOR, figure_of, points, renderer


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


@dataclass
class EndLabels:
    """Labels beside the right ends of lines."""

    axes: Axes
    gap: float = 9.0
    _labels: list[tuple[float, Text, bool]] = field(default_factory=list)

    def add(
        self, value: float, text: str, *, bold: bool = False, color: str = INK, lead: bool = True
    ) -> None:
        """Label the line that ends at `value`; with `lead`, join them where they part."""
        written = self.axes.annotate(
            text,
            (1, value),
            xycoords=("axes fraction", "data"),
            xytext=(points(self.gap), 0),
            textcoords="offset points",
            fontsize=points(PROJECTOR),
            fontfamily=FONT,
            fontweight="bold" if bold else "normal",
            color=color,
            va="center_baseline" if "\n" not in text else "center",
            linespacing=1.1,
            annotation_clip=False,
        )
        self._labels.append((value, written, lead))

    def settle(self, padding: float = 2.0, overflow: float = 0.0) -> list[Text]:
        """Spread the labels over the height of the axes, plus `overflow` pixels at either end."""
        measure = renderer(figure_of(self.axes))
        frame = self.axes.get_window_extent(measure)
        # Labels of equal values keep the order they were given, uppermost first.
        order = sorted(self._labels, key=lambda label: -label[0])[::-1]
        wanted = [float(self.axes.transData.transform((0, value))[1]) for value, _, _ in order]
        heights = [text.get_window_extent(measure).height + padding for _, text, _ in order]
        middles = spread_out(wanted, heights, frame.y0 - overflow, frame.y1 + overflow)
        for (_, text, lead), want, middle in zip(order, wanted, middles, strict=True):
            assert isinstance(text, Annotation)
            text.xyann = (points(self.gap), points(middle - want))
            if lead and abs(middle - want) > text.get_window_extent(measure).height:
                self._lead(want, middle, frame, text.get_color())
        return [text for _, text, _ in order]

    def _lead(self, want: float, middle: float, frame: Bbox, color: ColorType) -> None:
        """Join a label that had to move to the end of its line."""
        x = np.array([frame.x1 + 1, frame.x1 + self.gap - 2])
        joined = np.column_stack([x, [want, middle]])
        points_in_figure = self.axes.figure.transFigure.inverted().transform(joined)
        self.axes.figure.add_artist(Line2D(*points_in_figure.T, color=color, linewidth=points(1)))


class Room:
    """The free room inside axes: knows what is drawn, and finds a place for one label more."""

    cell = 2.0
    """The coarseness in display pixels with which drawn things are remembered."""
    margin = 3.0
    """White space around every label, in display pixels."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self._measure = renderer(figure_of(axes))
        self._frame = axes.get_window_extent(self._measure)
        self._space = FreeSpace(self._frame.width, self._frame.height, self.cell)

    def display(self, x: float, y: float) -> tuple[float, float]:
        """Return a data point in display pixels."""
        across, up = self.axes.transData.transform((x, y))
        return float(across), float(up)

    def avoid_line(self, x: ArrayLike, y: ArrayLike) -> None:
        """Keep labels off a line through data points."""
        ends = self.axes.transData.transform(np.column_stack([x, y]))
        # A dot in every cell, or a label would seem to cross less of a long line.
        longest = np.hypot(*np.diff(ends, axis=0).T).max(initial=0.0)
        between = np.linspace(0, 1, int(longest / self.cell) + 2)[:, None, None]
        dots = (ends[:-1] + between * np.diff(ends, axis=0)).reshape(-1, 2)
        self._space.take_dots(dots[:, 0] - self._frame.x0, dots[:, 1] - self._frame.y0)

    def avoid_box(self, box: Bbox) -> None:
        """Keep labels off a box in display pixels."""
        left, low = self._frame.x0, self._frame.y0
        self._space.take_box((box.x0 - left, box.y0 - low, box.x1 - left, box.y1 - low))

    def write(
        self,
        text: str,
        near: tuple[float, float],
        *,
        pull: tuple[float, float] = (1.0, 1.0),
        reach: float | None = None,
        air: float = 0.0,
        align: str = "center",
        color: str = INK,
        bold: bool = False,
    ) -> Text | None:
        """Write `text` where it is free, with its middle as near as can be to a display pixel.

        `pull` weighs distance across and up; `air` is extra white space on the sides. Where
        nothing is free the least bad place is used. A label with a `reach` may be left out: it
        is written only where it is free, and no farther away than that.
        """
        label = self._text(text, align=align, color=color, bold=bold)
        cost, middle = self._find(label, near, pull, air)
        if reach is not None and cost > reach:
            label.remove()
            return None
        self._put(label, middle)
        return label

    def name(
        self,
        text: str,
        targets: Iterable[tuple[float, float]],
        *,
        pull: tuple[float, float] = (3.0, 1.0),
        reach: float = 70.0,
        sides: Sequence[tuple[float, int]] = ((0, -1), (0, 1)),
        color: str = INK,
        arrow: bool = False,
    ) -> Text | None:
        """Name the first of some data points that a label finds room above or below.

        `sides` is where room is sought, first and then: how far to the right, in widths of the
        label, and -1 for below or 1 for above.

        The line that joins them crosses no other label. If no point has such room, nothing is
        written.
        """
        label = self._text(text, color=color)
        box = label.get_window_extent(self._measure)
        for x, y in targets:
            across, up = self.display(x, y)
            for right, sign in sides:
                near = (across + right * box.width, up + sign * (box.height / 2 + 24))
                cost, middle = self._find(label, near, pull)
                stands = box.translated(*(middle - box.get_points().mean(axis=0)))
                if cost > reach or not self._clear(stands, np.array([across, up])):
                    continue
                self._put(label, middle)
                self._join(label, x, y, arrow=arrow)
                return label
        label.remove()
        return None

    def _text(self, text: str, *, align: str = "center", color: str, bold: bool = False) -> Text:
        return self.axes.text(
            0,
            0,
            text,
            transform=IdentityTransform(),
            fontsize=points(PROJECTOR),
            fontfamily=FONT,
            color=color,
            fontweight="bold" if bold else "normal",
            ha="center",
            va="center",
            multialignment=align,
            linespacing=1.1,
            zorder=6,
        )

    def _find(
        self, label: Text, near: tuple[float, float], pull: tuple[float, float], air: float = 0.0
    ) -> tuple[float, Floats]:
        """Return how bad the best place for `label` is, and where its middle then is."""
        extent = label.get_window_extent(self._measure)
        wide, high = extent.width + 2 * (self.margin + air), extent.height + 2 * self.margin
        corner = np.array([self._frame.x0, self._frame.y0])
        beside = (near[0] - corner[0], near[1] - corner[1])
        cost, middle = self._space.find(wide, high, beside, pull)
        return cost, middle + corner

    def _put(self, label: Text, middle: Floats) -> None:
        shift = label.get_window_extent(self._measure).get_points().mean(axis=0)
        # In fractions of the axes the place is kept when the figure is saved at another size.
        place = self.axes.transAxes.inverted().transform(middle - shift)
        label.set_transform(self.axes.transAxes)
        label.set_position((float(place[0]), float(place[1])))
        self.avoid_box(label.get_window_extent(self._measure).padded(self.margin))

    def _clear(self, label: Bbox, target: Floats) -> bool:
        """Return whether a line from a label to its target is seen, and crosses no other label."""
        start = np.clip(target, label.min, label.max)
        if np.hypot(*(target - start)) < 8:
            return False
        dots = start + np.linspace(0, 1, 40)[:, None] * (target - start)
        columns, rows = ((dots - self._frame.min) / self.cell).astype(int).T
        written = self._space.written
        high, wide = written.shape
        inside = (rows >= 0) & (rows < high) & (columns >= 0) & (columns < wide)
        return not written[rows[inside], columns[inside]].any()

    def _join(self, text: Text, x: float, y: float, *, arrow: bool) -> None:
        """Draw a thin line, or an arrow, from a written label to a data point."""
        box = text.get_window_extent(self._measure).padded(2)
        target = np.array(self.display(x, y))
        start = np.clip(target, box.min, box.max)
        back = self.axes.transAxes.inverted().transform
        self.axes.annotate(
            "",
            xy=tuple(back(target)),
            xytext=tuple(back(start)),
            xycoords="axes fraction",
            textcoords="axes fraction",
            arrowprops={
                "arrowstyle": "-|>" if arrow else "-",
                "color": text.get_color(),
                "linewidth": points(1.5),
                "shrinkA": 0,
                "shrinkB": 2,
                "mutation_scale": points(14),
            },
            zorder=5,
        )
        along = self.axes.transData.inverted().transform(np.array([start, target]))
        self.avoid_line(*along.T)
