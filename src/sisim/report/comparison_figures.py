"""The two comparison figures: the project that ends, and the new way of working.

Every curve comes out of the simulation. Labels that claim something ("back on the same course",
"a lastingly lower level") are written only where the series say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from sisim.analysis.comparison import (
    NOTICEABLE,
    WHICH,
    Comparison,
    Curve,
    Investing,
    Side,
    View,
    Which,
    compare,
)
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.captions import end_claim, headline_cells, name_of_without, phase_label
from sisim.report.comparison_text import (
    caption,
    conclusion,
    number_of,
    paid_back,
    percent_pair,
)
from sisim.report.frame import (
    EDGE,
    cost_title,
    foot,
    mark_years,
    shade_phases,
    span,
    tick_room,
    unit_of,
)
from sisim.report.labels import EndLabels, Room
from sisim.report.style import (
    BLACK,
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    FINE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    WIDE,
    canvas,
    figure_of,
    fit,
    place,
    points,
    scale_ticks,
    width_of,
    wrap,
    write,
)

LINE = 24.0
"""Height of a line of projector text, in layout pixels."""


@dataclass(frozen=True)
class Column:
    """Where one figure stands on the canvas, in layout pixels."""

    left: float
    width: float
    cost_top: float
    cost_height: float
    strip_height: float
    ticks: float
    labels: float = 158.0

    @property
    def plot_left(self) -> float:
        """Left edge of the axes."""
        return self.left + self.ticks

    @property
    def plot_width(self) -> float:
        """Width of the axes: what tick labels and end labels leave."""
        return self.width - self.ticks - self.labels


def draw_comparison(source: Valuation | Comparison, view: View | None = None) -> Figure:
    """Draw both figures side by side: the project that ends, and the new way of working."""
    story = compare(source, view)
    figure = canvas()
    half = WIDE / 2
    ticks = tick_room(figure, story, _top(story, lambda side: side.cost))
    for index, which in enumerate(WHICH):
        left, wide = EDGE + index * half, half - EDGE - 4
        column = Column(left, wide, cost_top=88, cost_height=236, strip_height=62, ticks=ticks)
        _draw(figure, column, story, which, roomy=False)
    _number_table(figure, story, WHICH, 594)
    foot(figure, story)
    return figure


def draw_comparison_single(
    source: Valuation | Comparison, which: Which, view: View | None = None
) -> Figure:
    """Draw one of the two figures alone, on the same scale as in the pair."""
    story = compare(source, view)
    figure = canvas()
    ticks = tick_room(figure, story, _top(story, lambda side: side.cost))
    wide = WIDE - 2 * EDGE
    column = Column(
        EDGE, wide, cost_top=88, cost_height=252, strip_height=66, ticks=ticks, labels=250
    )
    _draw(figure, column, story, which, roomy=True)
    _number_table(figure, story, (which,), 620)
    foot(figure, story)
    return figure


def _draw(figure: Figure, column: Column, story: Comparison, which: Which, *, roomy: bool) -> None:
    """Draw one figure: heading, three strips on one time axis, and what it comes to."""
    side = story.side(which)
    number = number_of(which)
    label = story.scenario.arms[side.arm].label.text
    heading = fit(figure, f"{number}  {label}", column.width, size=20, bold=True)
    write(figure, column.left, 10, heading, size=20, bold=True)
    write(figure, column.left, 35, caption(side))

    def strip(title: str, top: float, height: float) -> Axes:
        write(figure, column.left, top - 26, fit(figure, title, column.width), color=MUTED)
        axes = place(figure, column.plot_left, top, column.plot_width, height)
        axes.set_xlim(*span(story))
        axes.tick_params(labelbottom=False)
        shade_phases(axes, side)
        return axes

    top = column.cost_top
    cost = strip(cost_title(story), top, column.cost_height)
    _cost_strip(cost, column, story, side, roomy=roomy)
    case = story.scenario.pathway.groups[story.figures.case].label.text
    top += column.cost_height + 40
    inflow = strip(t("New cases per year (inflow): {case}", case=case), top, column.strip_height)
    inflow.axvline(story.marked, color=MUTED, linewidth=points(1), zorder=0.9)
    _inflow_strip(inflow, story, side)
    top += column.strip_height + 40
    stock = strip(t("Ongoing cases (stock): {case}", case=case), top, column.strip_height)
    stock.axvline(story.marked, color=MUTED, linewidth=points(1), zorder=0.9)
    _stock_strip(stock, story, side)
    stock.tick_params(labelbottom=True)
    mark_years(stock, story)
    said = wrap(figure, conclusion(story, side), column.width, bold=True)
    write(figure, column.left, top + column.strip_height + 36, said, bold=True)


def _top(story: Comparison, of: Callable[[Side], Curve]) -> float:
    """Return the highest value drawn in either figure, so that both get the same axis."""
    drawn = [of(side) for side in (story.without, story.project, story.new_way)]
    return max(float((c.high if story.banded else c.mean).max()) for c in drawn) or 1.0


def _lines(axes: Axes, story: Comparison, without: Curve, with_: Curve) -> None:
    """Draw a pair of series with their bands; the dashes lie on top, so that both are seen."""
    if story.banded:
        for curve, color in ((without, BLACK), (with_, BLUE)):
            axes.fill_between(
                curve.years, curve.low, curve.high, color=color, alpha=0.12, linewidth=0, zorder=1
            )
    dashes = (0, (8 / 3, 4 / 3))
    axes.plot(
        without.years,
        without.mean,
        color=BLACK,
        linewidth=points(3),
        linestyle=dashes,
        zorder=4,
        gid="without",
    )
    axes.plot(
        with_.years,
        with_.mean,
        color=BLUE,
        linewidth=points(4),
        zorder=3,
        gid="with",
        solid_capstyle="butt",
    )


def _cost_strip(
    axes: Axes, column: Column, story: Comparison, side: Investing, *, roomy: bool
) -> None:
    figure = figure_of(axes)
    without = story.without.cost
    labels = {
        kind: wrap(figure, text, wide)
        for kind, text, wide in (
            ("project", phase_label("project", story.scenario), 220 if roomy else 150),
            ("new_way", phase_label("new_way", story.scenario), 218),
        )
    }
    # Room above the curves for the names of the phases, the same in both figures.
    lines = max(text.count("\n") + 1 for text in labels.values())
    top = _top(story, lambda s: s.cost)
    headroom = 1 - (lines * 22 + 14) / column.cost_height
    axes.set_ylim(0, top / headroom)
    scale_ticks(axes, 4, unit_of(story).size)

    room = _cost_curves(axes, story, side, roomy=roomy)
    _bracket(axes, room, story, side)
    for kind, first, last in side.phases:
        middle = room.display((first + last) / 2 - 0.5, axes.get_ylim()[1])
        if kind == "new_way":
            wide = max(width_of(figure, line) for line in labels[kind].split("\n"))
            middle = room.display(first - 0.5, 0)[0] + wide / 2 + 12, middle[1]
        room.write(labels[kind], middle, pull=(1, 4), air=7)
    _break_even(axes, room, story, side)
    _fading(room, story, side)
    _bracket_labels(room, story, side)
    _not_paid_back(axes, room, story, side)
    if roomy and side.investment.mean.any():
        last = int(np.flatnonzero(side.investment.mean)[-1])
        at = room.display(story.years.astype(float)[last] - 2, side.investment.mean[last])
        text = t("of which the cost of the intervention")
        # Beside its own line it is understood, above the curves of the cost it is not.
        room.write(text, (at[0], at[1] + 18), pull=(1, 4), color=DARK_ORANGE, reach=200)
    _area_labels(room, story, side)
    _cost_end_labels(axes, without, side, column.labels - 12)


def _cost_curves(axes: Axes, story: Comparison, side: Investing, *, roomy: bool) -> Room:
    """Draw the pair of cost curves and the areas between them.

    Returns:
        The room that labels have: off the curves and the marked year.
    """
    without, with_ = story.without.cost, side.cost
    years = story.years.astype(float)
    dearer, cheaper = with_.mean > without.mean, with_.mean < without.mean
    axes.fill_between(
        years,
        without.mean,
        with_.mean,
        where=dearer,
        interpolate=True,
        facecolor="none",
        edgecolor=ORANGE,
        hatch="////",
        linewidth=0,
        zorder=2,
        gid="extra",
    )
    axes.fill_between(
        years,
        without.mean,
        with_.mean,
        where=cheaper,
        interpolate=True,
        color=GREEN,
        alpha=0.25,
        linewidth=0,
        zorder=2,
        gid="lower",
    )
    _lines(axes, story, without, with_)

    # From the year up to its bracket and no farther: above it the line would only cross labels.
    marked = [0, max(story.today, without.at(story.marked), with_.at(story.marked))]
    axes.plot(
        [story.marked] * 2, marked, color=MUTED, linewidth=points(1), zorder=0.9, gid="marked"
    )
    room = Room(axes)
    room.avoid_line([story.marked] * 2, marked)
    for curve in (without, with_):
        room.avoid_line(years, curve.mean)
    if roomy and side.investment.mean.any():
        # A step per year: the cost of the intervention itself, part of the blue line.
        spent = np.where(side.investment.mean, side.investment.mean, np.nan)
        axes.step(
            years,
            spent,
            where="mid",
            color=ORANGE,
            linewidth=points(2),
            zorder=3,
            gid="investment",
        )
        room.avoid_line(years, side.investment.mean)
    return room


def _cost_end_labels(axes: Axes, without: Curve, side: Investing, wide: float) -> None:
    """Name both cost curves where they end, and say what the series lets be said there."""
    figure, with_ = figure_of(axes), side.cost
    ends = EndLabels(axes)
    ends.add(without.mean[-1], wrap(figure, name_of_without(), wide), color=BLACK)
    name = wrap(figure, t("With the investment"), wide, bold=True)
    ends.add(with_.mean[-1], name, bold=True, color=BLUE)
    claim = end_claim(side)
    if claim:
        ends.add(with_.mean[-1], wrap(figure, claim, wide), color=BLUE, lead=False)
    ends.settle(padding=3, overflow=10)


def _bracket(axes: Axes, room: Room, story: Comparison, side: Investing) -> None:
    """Draw the pair of arrows at the marked year: from today's cost, and from without."""
    with_, without = side.cost.at(story.marked), story.without.cost.at(story.marked)
    axes.plot(
        [story.start, story.marked + 0.6],
        [story.today] * 2,
        color=MUTED,
        linewidth=points(1.5),
        linestyle=(0, (1, 2)),
        zorder=2.5,
        gid="today",
    )
    room.avoid_line([story.start, story.marked + 0.6], [story.today] * 2)
    for offset, origin in ((-0.45, story.today), (0.45, without)):
        x = story.marked + offset
        axes.add_patch(
            FancyArrowPatch(
                (x, origin),
                (x, with_),
                arrowstyle="-|>",
                mutation_scale=points(13),
                color=INK,
                linewidth=points(2),
                shrinkA=0,
                shrinkB=0,
                zorder=5,
            )
        )


def _bracket_labels(room: Room, story: Comparison, side: Investing) -> None:
    before_after, with_without = percent_pair(side)
    x, y = room.display(story.marked, min(side.cost.at(story.marked), story.today))
    # What is said of the marked year itself chooses first; before it there is often less room.
    for text, sign in (
        (t("With–without") + f":\n{with_without}", 1),
        (t("Before–after") + f":\n{before_after}", -1),
    ):
        wide = width_of(figure_of(room.axes), text.split("\n")[0], bold=True)
        room.write(text, (x + sign * (wide / 2 + 8), y - 44), pull=(1, 2), bold=True)


def _fading(room: Room, story: Comparison, side: Investing) -> None:
    """Say that the effect fades, where it does."""
    gap, with_ = side.gap.mean, side.cost.mean
    after = np.flatnonzero(np.isin(story.years, side.fading))
    if len(after):
        text = t("The intervention stops –\nthe effect fades")
        # First choice: where about half of what had been gained is left.
        order = after[np.argsort(np.abs(gap[after] - gap.min() / 2))]
        targets = [(story.years[i], with_[i]) for i in order[:8]]
        # It tells of what comes after, and leaves the room before to what came before.
        named = room.name(
            text, targets, pull=(1, 1), reach=150, sides=((0.5, 1), (0.5, -1)), arrow=True
        )
        if named is None:
            # The point of the figure is never left out, not even where no arrow finds its way.
            room.write(text, room.display(*targets[0]))


def _area_labels(room: Room, story: Comparison, side: Investing) -> None:
    """Name the two areas between the curves, where there is room."""
    gap = side.gap.mean
    between = (side.cost.mean + story.without.cost.mean) / 2
    for sign, texts, color in (
        (1, (t("Extra cost\n(investment)"), t("Extra cost")), DARK_ORANGE),
        (-1, (t("Lower cost\nthan without"), t("Lower cost")), DARK_GREEN),
    ):
        size = sign * gap
        if size.max() < NOTICEABLE * story.today:
            continue
        # Where the area is broad; the widest place first.
        seen = [i for i in np.argsort(-size) if size[i] > 0.4 * size.max()]
        targets = [(float(story.years[i]), float(between[i])) for i in seen]
        for text in texts:
            if room.name(text, targets, color=color):
                break


def _break_even(axes: Axes, room: Room, story: Comparison, side: Investing) -> None:
    """Mark on the time axis when the investment has paid for itself."""
    if side.break_even is None:
        return
    x = story.start + side.break_even - 1
    axes.plot(
        [x],
        [0],
        marker="D",
        markersize=points(13),
        color=PURPLE,
        markeredgecolor="white",
        clip_on=False,
        zorder=7,
        gid="break-even",
    )
    at, floor = room.display(x, 0)
    room.avoid_line([x, x], [0, axes.get_ylim()[1] / 15])
    text = wrap(figure_of(axes), paid_back(story, side), axes.bbox.width / 2)
    lines = text.count("\n") + 1
    room.write(text, (at, floor + 8 + 22 * lines), pull=(1, 1.5))


def _not_paid_back(axes: Axes, room: Room, story: Comparison, side: Investing) -> None:
    """Say so in the corner where the time axis ends."""
    if side.break_even is None:
        text = wrap(figure_of(axes), paid_back(story, side), axes.bbox.width / 3)
        room.write(text, room.display(story.years[-1], 0), pull=(1, 3), align="right")


def _inflow_strip(axes: Axes, story: Comparison, side: Investing) -> None:
    axes.set_ylim(0, _top(story, lambda s: s.entries) * 1.08)
    scale_ticks(axes, 2)
    _lines(axes, story, story.without.entries, side.entries)
    axes.plot(
        story.years,
        story.without.first.mean,
        color=BLACK,
        linewidth=points(1.5),
        linestyle=(0, (4, 3)),
        zorder=4,
        gid="without-first",
    )
    axes.plot(
        story.years, side.first.mean, color=BLUE, linewidth=points(2), zorder=3, gid="with-first"
    )
    ends = EndLabels(axes)
    ends.add(story.without.entries.mean[-1], t("Without"), color=BLACK)
    ends.add(side.entries.mean[-1], t("With"), bold=True, color=BLUE)
    ends.add(side.first.mean[-1], t("first time"), color=BLUE)
    ends.settle(padding=0, overflow=8)


def _stock_strip(axes: Axes, story: Comparison, side: Investing) -> None:
    axes.set_ylim(0, _top(story, lambda s: s.stock) * 1.08)
    scale_ticks(axes, 2)
    _lines(axes, story, story.without.stock, side.stock)
    ends = EndLabels(axes)
    ends.add(story.without.stock.mean[-1], t("Without"), color=BLACK)
    ends.add(side.stock.mean[-1], t("With"), bold=True, color=BLUE)
    ends.settle(padding=0, overflow=8)


def _number_table(figure: Figure, story: Comparison, shown: Sequence[Which], top: float) -> None:
    """Write the row of numbers of each figure shown, one under the other."""
    headings, cells = headline_cells(story, shown)
    values = {key: width_of(figure, f"{cells[key][0]} ", bold=key[1] == "net") for key in cells}
    widths = {
        name: max(
            width_of(figure, heading, 17),
            *(
                values[which, name] + width_of(figure, cells[which, name][1], FINE)
                for which in shown
            ),
        )
        for name, heading in headings.items()
    }
    # The columns share what room there is, however large the numbers.
    left = EDGE + 110
    room = figure.get_size_inches()[0] * figure.dpi - EDGE - left - sum(widths.values())
    for row, which in enumerate(shown):
        write(figure, EDGE, top + (row + 1) * LINE, number_of(which), bold=True)
    for name, heading in headings.items():
        write(figure, left, top, heading, size=17, color=MUTED)
        for row, which in enumerate(shown):
            at = top + (row + 1) * LINE
            value, interval = cells[which, name]
            write(figure, left, at, value, bold=name == "net")
            if story.banded:
                beside = left + values[which, name]
                write(figure, beside, at + 3, interval, size=FINE, color=MUTED)
        left += widths[name] + room / (len(headings) - 1)
