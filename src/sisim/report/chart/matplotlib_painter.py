"""Charts painted by Matplotlib, for paper: PNG, SVG and PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle

from sisim.report.chart.arrangement import SIGN, WIDE, Arrangement, PlacedKey, PlacedPanel, arrange
from sisim.report.chart.canvas import canvas
from sisim.report.chart.chart import (
    Bars,
    Bracket,
    CellGrid,
    Chart,
    Dash,
    FilledArea,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    Span,
)
from sisim.report.chart.label_placement import Lead, PlacedText
from sisim.report.chart.palette import LIGHT, hue, seen_on_white
from sisim.report.chart.typesetting import DPI, FONT, LEADING, PaperType

DASHES: dict[Dash, Any] = {
    "solid": "solid",
    "dashed": (0, (8 / 3, 4 / 3)),
    "dotted": (0, (1, 2)),
    "dashdot": (0, (4, 1.2, 1, 1.2)),
}
SHAPES = {
    "circle": "o",
    "diamond": "D",
    "ring": "o",
    "triangle": "^",
    "square": "s",
    "cross": "X",
    "left": "<",
    "right": ">",
}
BEHIND = 1.0
"""Where marks begin in the order of drawing; texts are in front of all of them."""
IN_FRONT = 100.0


def paint(chart: Chart, *, width: float = WIDE) -> Figure:
    """Draw a chart.

    Args:
        chart: The chart.
        width: Of the picture, in pixels at 80 an inch.
    """
    placed = arrange(chart, PaperType(), width)
    figure = canvas(width, chart.high)
    for panel in placed.panels:
        _panel(figure, placed, panel)
    for key in placed.keys:
        _key(figure, placed, key)
    for text in placed.texts:
        _text(figure, placed, text)
    for y in placed.rules:
        level = 1 - y / placed.height
        figure.add_artist(
            Line2D([20 / width, 1 - 20 / width], [level] * 2, color=hue(LIGHT, "rule"), linewidth=1)
        )
    return figure


def points(pixels: float) -> float:
    """Return a length in pixels as typographic points."""
    return pixels * 72 / DPI


def _panel(figure: Figure, placed: Arrangement, one: PlacedPanel) -> None:
    panel, frame = one.panel, one.frame
    wide, high = placed.width, placed.height
    axes = figure.add_axes(
        (
            frame.left / wide,
            1 - (frame.top + frame.height) / high,
            frame.width / wide,
            frame.height / high,
        ),
        facecolor="none",
        gid=panel.name,
    )
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    # What is written along the axes is placed with all other texts.
    axes.set_xticks([])
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(hue(LIGHT, "muted"))
    axes.spines["bottom"].set_visible(panel.x.line)
    _grid(axes, panel)
    for n, mark in enumerate(panel.marks):
        draw = PAINT.get(type(mark))
        if draw is not None:
            draw(axes, mark, BEHIND + 0.1 * n)
    for text in one.texts:
        _text(figure, placed, text)
    for lead in one.leads:
        _lead(figure, placed, lead)


def _grid(axes: Axes, panel: Panel) -> None:
    color = hue(LIGHT, "rule")
    if panel.y.grid:
        for value, _ in panel.y.ticks:
            axes.axhline(value, color=color, linewidth=points(1), zorder=0.6)
    if panel.x.grid:
        for value, _ in panel.x.ticks:
            axes.axvline(value, color=color, linewidth=points(1), zorder=0.6)
    if panel.x.line and panel.y.low < 0 < panel.y.high and panel.y.grid:
        axes.spines["bottom"].set_visible(False)
        axes.axhline(0, color=hue(LIGHT, "muted"), linewidth=points(1.2), zorder=0.9)


def _line(axes: Axes, line: Line, order: float) -> None:
    axes.plot(
        np.asarray(line.x),
        np.asarray(line.y),
        color=hue(LIGHT, line.color),
        linewidth=points(line.width),
        linestyle=DASHES[line.dash],
        drawstyle="steps-mid" if line.step else "default",
        marker="o" if line.markers else "",
        markersize=points(line.width + 3),
        zorder=order,
        gid=line.name,
        solid_capstyle="butt",
    )


def _area(axes: Axes, area: FilledArea, order: float) -> None:
    color = hue(LIGHT, area.color)
    look: dict[str, Any] = (
        {"facecolor": "none", "edgecolor": color, "hatch": "////"}
        if area.hatched
        else {"color": color, "alpha": area.opacity}
    )
    x, low, high = (np.asarray(values) for values in (area.x, area.low, area.high))
    axes.fill_between(
        x,
        low,
        high,
        where=high != low,
        interpolate=True,
        linewidth=0,
        zorder=order,
        gid=area.name,
        **look,
    )


def _bars(axes: Axes, bars: Bars, order: float) -> None:
    color = hue(LIGHT, bars.color)
    low, high = np.asarray(bars.low), np.asarray(bars.high)
    look: dict[str, Any] = {
        "facecolor": "white" if bars.hatched else color,
        "edgecolor": color,
        "hatch": "////" if bars.hatched else None,
        "linewidth": points(1),
        "alpha": None if bars.opacity == 1 else bars.opacity,
        "zorder": order,
        "gid": bars.name,
    }
    if bars.across:
        axes.barh(np.asarray(bars.at), high - low, left=low, height=bars.width, **look)
    else:
        axes.bar(np.asarray(bars.at), high - low, bottom=low, width=bars.width, **look)


def _points(axes: Axes, signs: Points, order: float) -> None:
    color = hue(LIGHT, signs.color)
    ring = signs.shape == "ring"
    axes.plot(
        np.asarray(signs.x),
        np.asarray(signs.y),
        linestyle="",
        marker=SHAPES[signs.shape],
        markersize=points(signs.size),
        color="none" if ring else color,
        markeredgecolor=color if ring else "white",
        markeredgewidth=points(2.5 if ring else 1),
        alpha=signs.opacity,
        clip_on=False,
        zorder=order,
        gid=signs.name,
    )


def _cells(axes: Axes, cells: CellGrid, order: float) -> None:
    x, y = np.asarray(cells.x), np.asarray(cells.y)
    for row, colors in enumerate(cells.colors):
        for column, color in enumerate(colors):
            corner = x[column], y[row]
            size = x[column + 1] - x[column], y[row + 1] - y[row]
            axes.add_patch(
                Rectangle(corner, *size, facecolor=color, edgecolor="white", zorder=order)
            )
    if cells.ringed is not None:
        row, column = cells.ringed
        size = x[column + 1] - x[column], y[row + 1] - y[row]
        axes.add_patch(
            Rectangle(
                (x[column], y[row]),
                *size,
                facecolor="none",
                edgecolor=hue(LIGHT, "ink"),
                linewidth=points(3),
                zorder=order + 0.05,
                gid=f"{cells.name}-ring",
            )
        )


def _span(axes: Axes, span: Span, order: float) -> None:
    color = hue(LIGHT, span.color)
    axes.axvspan(span.low, span.high, color=color, linewidth=0, zorder=0.5, gid=span.name)
    del order


def _rule(axes: Axes, rule: Rule, order: float) -> None:
    look: dict[str, Any] = {
        "color": hue(LIGHT, rule.color),
        "linewidth": points(rule.width),
        "linestyle": DASHES[rule.dash],
        "zorder": order,
        "gid": rule.name,
    }
    if rule.ends is not None:
        at = [rule.at] * 2
        axes.plot(*((rule.ends, at) if rule.along == "x" else (at, rule.ends)), **look)
    elif rule.along == "x":
        axes.axhline(rule.at, **look)
    else:
        axes.axvline(rule.at, **look)


def _bracket(axes: Axes, bracket: Bracket, order: float) -> None:
    color = hue(LIGHT, bracket.color)
    axes.add_patch(
        FancyArrowPatch(
            (bracket.x, bracket.origin),
            (bracket.x, bracket.end),
            arrowstyle="-|>",
            mutation_scale=points(11),
            color=color,
            linewidth=points(2),
            shrinkA=0,
            shrinkB=0,
            zorder=order,
            gid=bracket.name,
        )
    )
    axes.plot(
        [bracket.x],
        [bracket.origin],
        marker="_",
        markersize=points(12),
        color=color,
        markeredgewidth=points(2),
        zorder=order,
        linestyle="",
    )


PAINT: dict[type[Mark], Callable[[Axes, Any, float], None]] = {
    Line: _line,
    FilledArea: _area,
    Bars: _bars,
    Points: _points,
    CellGrid: _cells,
    Span: _span,
    Rule: _rule,
    Bracket: _bracket,
}


def _text(figure: Figure, placed: Arrangement, text: PlacedText) -> None:
    lines = text.text.split("\n")
    step = text.size * LEADING
    top = text.y - step * (len(lines) - 1) / 2
    # A line each: Matplotlib would set them as far apart as their letters happen to be high.
    for n, line in enumerate(lines):
        figure.text(
            text.x / placed.width,
            1 - (top + n * step) / placed.height,
            line,
            fontsize=points(text.size),
            fontfamily=FONT,
            fontweight="bold" if text.bold else "normal",
            color=text.color if text.on else seen_on_white(hue(LIGHT, text.color)),
            ha=text.align,
            va="center_baseline",
            zorder=IN_FRONT - 1 if text.on else IN_FRONT,
            gid=text.name,
        )


def _lead(figure: Figure, placed: Arrangement, lead: Lead) -> None:
    def share(point: tuple[float, float]) -> tuple[float, float]:
        return point[0] / placed.width, 1 - point[1] / placed.height

    figure.add_artist(
        FancyArrowPatch(
            share(lead.start),
            share(lead.end),
            transform=figure.transFigure,
            arrowstyle="-|>" if lead.arrow else "-",
            mutation_scale=points(12),
            color=hue(LIGHT, lead.color),
            linewidth=points(1.3),
            shrinkA=0,
            shrinkB=2,
            zorder=IN_FRONT - 1,
        )
    )


def _key(figure: Figure, placed: Arrangement, one: PlacedKey) -> None:
    key, color = one.key, hue(LIGHT, one.key.color)
    left, low = one.left / placed.width, 1 - (one.top + SIGN) / placed.height
    wide, high = SIGN / placed.width, SIGN / placed.height
    if key.shape is not None:
        ring = key.shape == "ring"
        figure.add_artist(
            Line2D(
                [left + wide / 2],
                [low + high / 2],
                marker=SHAPES[key.shape],
                markersize=points(13),
                color="none" if ring else color,
                markeredgecolor=color if ring else "none",
                markeredgewidth=points(2),
            )
        )
        return
    if key.line is not None:
        figure.add_artist(
            Line2D(
                [left, left + 2 * wide],
                [low + high / 2] * 2,
                color=color,
                linewidth=points(3),
                linestyle=DASHES[key.line],
            )
        )
        return
    figure.add_artist(
        Rectangle(
            (left, low),
            wide,
            high,
            facecolor="white" if key.hatched else color,
            edgecolor=color,
            hatch="////" if key.hatched else None,
            linewidth=points(1),
            transform=figure.transFigure,
        )
    )
