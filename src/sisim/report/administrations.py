"""What each administration pays, with and without: curves on one scale, and differences."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.typing import LineStyleType

from sisim.analysis.comparison import (
    WHICH,
    AdministrationCost,
    Comparison,
    Investing,
    View,
    Which,
    administrations_of,
    compare,
    differences_of,
)
from sisim.arrays import Floats
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.comparison_text import number_of
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
from sisim.report.labels import EndLabels
from sisim.report.style import (
    BLACK,
    BLUE,
    DARK_ORANGE,
    FONT,
    GREEN,
    MUTED,
    ORANGE,
    PROJECTOR,
    PURPLE,
    SKY,
    VERMILION,
    WIDE,
    canvas,
    figure_of,
    fit,
    place,
    points,
    scale_ticks,
    wrap,
    write,
)

HUES = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, "#8C8C8C", "#7A5230")
STYLES: dict[Which, LineStyleType] = {"project": (0, (4, 1.2, 1, 1.2)), "new_way": "solid"}
Box = tuple[float, float, float, float]


def administrations(source: Valuation | Comparison, view: View | None = None) -> Figure:
    """Draw what each administration pays in every arm, and how much more or less than without.

    The eight largest are shown. An administration has one colour throughout; arms differ by line.
    """
    story = compare(source, view)
    shown = administrations_of(story)[: len(HUES)]
    figure = canvas()
    write(figure, EDGE, 10, t("Cost per administration"), size=20, bold=True)
    write(figure, EDGE, 35, cost_title(story), color=MUTED)

    columns = max(1, len(shown) if len(shown) <= 3 else (len(shown) + 1) // 2)
    rows = max(1, -(-len(shown) // columns))
    wide, high = (WIDE - 2 * EDGE) / columns, 346 / rows
    top = max((float(c.mean.max()) for one in shown for c in one.cost.values()), default=1.0)
    ticks = tick_room(figure, story, 1.08 * top)
    for index, one in enumerate(shown):
        row, column = divmod(index, columns)
        box = (EDGE + column * wide, 66 + row * high, wide, high)
        axes = _panel(figure, box, ticks, story, one, HUES[index])
        axes.set_ylim(0, top * 1.08)
        scale_ticks(axes, 2, unit_of(story).size)
        axes.tick_params(labelbottom=index + columns >= len(shown))
        if index == 0:
            ends = EndLabels(axes)
            # The largest panel names the lines for all of them.
            for arm, name in _names(story):
                ends.add(float(one.cost[arm].mean[-1]), name, lead=False)
            ends.settle(padding=-2, overflow=14)

    for index, which in enumerate(WHICH):
        left = EDGE + index * WIDE / 2
        side = story.side(which)
        label = story.scenario.arms[side.arm].label.text
        heading = f"{number_of(which)}  {label}"
        write(figure, left, 424, fit(figure, heading, 600, bold=True), bold=True)
        write(figure, left, 446, t("Difference from without"), color=MUTED)
        axes = place(figure, left + ticks, 472, WIDE / 2 - ticks - 150, 154)
        _difference_bars(axes, story, side, shown)
    foot(figure, story, banded=False, everyone=True)
    return figure


def _panel(
    figure: Figure, box: Box, ticks: float, story: Comparison, one: AdministrationCost, hue: str
) -> Axes:
    left, above, wide, high = box
    label = story.scenario.payer_label(one.name).text
    # Its colour, the key to the bars below, stands before its name.
    figure.add_artist(_square(figure, left, above + 7, hue))
    for index, line in enumerate(wrap(figure, label, wide - 50, bold=True).split("\n")[:2]):
        write(figure, left + 22, above + 4 + index * 21, line, bold=True)
    axes = place(figure, left + ticks, above + 54, wide - ticks - 88, high - 88)
    axes.set_xlim(*span(story))
    mark_years(axes, story)
    lines: dict[str, tuple[str, LineStyleType, float, int]] = {
        WITHOUT: (BLACK, (0, (8 / 3, 4 / 3)), 2.5, 4)
    }
    for which in WHICH:
        lines[story.side(which).arm] = (hue, STYLES[which], 3.5, 3)
    for arm, (color, style, width, order) in lines.items():
        curve = one.cost[arm]
        axes.plot(
            curve.years,
            curve.mean,
            color=color,
            linestyle=style,
            linewidth=points(width),
            zorder=order,
            gid=f"{one.name}-{arm}",
        )
    return axes


def _names(story: Comparison) -> list[tuple[str, str]]:
    arms = [(story.side(which).arm, number_of(which)) for which in WHICH]
    return [(WITHOUT, t("Without")), *arms]


def _square(figure: Figure, left: float, top: float, color: str, size: float = 14) -> Rectangle:
    wide, high = figure.get_size_inches() * figure.dpi
    corner = (left / wide, 1 - (top + size) / high)
    return Rectangle(corner, size / wide, size / high, color=color, transform=figure.transFigure)


def _stacked(parts: list[Floats]) -> tuple[list[Floats], Floats, Floats]:
    """Return where each bar begins, stacked away from zero, and how far they reach."""
    up, down = np.zeros_like(parts[0]), np.zeros_like(parts[0])
    bottoms = []
    for part in parts:
        bottoms.append(np.where(part >= 0, up, down))
        up, down = up + np.maximum(part, 0), down + np.minimum(part, 0)
    return bottoms, down, up


def _difference_bars(
    axes: Axes, story: Comparison, side: Investing, shown: list[AdministrationCost]
) -> None:
    reach = [_stacked(differences_of(story.side(which), shown))[1:] for which in WHICH]
    low, high = min(float(d.min()) for d, _ in reach), max(float(u.max()) for _, u in reach)
    room = 0.06 * (high - low) or 1.0
    axes.set_xlim(*span(story))
    axes.set_ylim(low - room, high + room)
    mark_years(axes, story)
    scale_ticks(axes, 3, unit_of(story).size)
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=MUTED, linewidth=points(1.5), zorder=3)
    shade_phases(axes, side)

    parts = differences_of(side, shown)
    bottoms, _, _ = _stacked(parts)
    axes.bar(
        story.years,
        parts[0],
        bottom=bottoms[0],
        width=0.8,
        facecolor="white",
        edgecolor=ORANGE,
        hatch="////",
        linewidth=0,
        zorder=2,
    )
    for part, bottom, hue in zip(parts[1:], bottoms[1:], HUES, strict=False):
        axes.bar(story.years, part, bottom=bottom, width=0.8, color=hue, linewidth=0, zorder=2)
    net = np.sum(parts, axis=0)
    axes.plot(
        story.years,
        net,
        color=BLACK,
        linewidth=points(2.5),
        marker="o",
        markersize=points(5),
        zorder=4,
        gid="net",
    )
    ends = EndLabels(axes)
    ends.add(float(net[-1]), t("Net"), bold=True)
    paid = np.flatnonzero(parts[0])
    text = t("Cost of the intervention")
    if len(paid) and paid[-1] == len(net) - 1:
        ends.add(
            float(parts[0][-1]) / 2, wrap(figure_of(axes), text, 140), color=DARK_ORANGE, lead=False
        )
    elif len(paid):
        end = paid[-1]
        axes.text(
            story.years[end] + 0.8,
            parts[0][end] * 0.75,
            text,
            color=DARK_ORANGE,
            fontsize=points(PROJECTOR),
            fontfamily=FONT,
            va="center",
        )
    ends.settle(padding=2, overflow=10)
