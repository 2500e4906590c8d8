"""The two figures as options of Apache ECharts, and how a visitor wants them to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sisim.analysis.comparison import Comparison, Which
from sisim.arrays import Floats, Ints
from sisim.report.chart.echarts_painter import FONT, HATCH, TEXT, Option, PageStyle, option, patch
from sisim.report.chart.label_placement import KeptNotes
from sisim.report.chart.palette import DARK, LIGHT, Palette
from sisim.report.comparison_chart import ALL, Detail, Reveal, Scales, figure_column

__all__ = ["FONT", "HATCH", "TEXT", "Look", "Option", "figure", "patch"]

AROUND = 318.0
"""What the page has above and below the charts."""
ALONE, BESIDE = 1250.0, 612.0
"""How wide a figure alone is, and one of two."""
REGULAR, BOLD = 0.52, 0.56
"""Mean width of a letter, in parts of the size of the text."""
LEADING = 1.2
YEARS = 5
"""How many years have room beside each other under one of two figures."""


@dataclass(frozen=True)
class Look:
    """How a picture is to look: its colours, its size, what years are counted from.

    `scale` is the width of the window in 1280ths, `tall` its height in such pixels; `wide` is for a
    figure alone.
    """

    dark: bool = False
    scale: float = 1.0
    since_start: bool = False
    brackets: bool = True
    bands: bool = False
    wide: bool = False
    tall: float = 720.0

    @property
    def palette(self) -> Palette:
        """The colours."""
        return DARK if self.dark else LIGHT

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a chart, in pixels of a window of 1280."""
        return ALONE if self.wide else BESIDE, max(self.tall - AROUND, 260.0)

    @property
    def style(self) -> PageStyle:
        """The colours, and how wide the window is."""
        return PageStyle(self.palette, self.scale)

    def px(self, pixels: float) -> int:
        """Return a length at the width of 1280 as one at this width."""
        return round(pixels * self.scale)


def figure(
    comparison: Comparison,
    which: Which,
    scales: Scales,
    look: Look,
    reveal: Reveal = ALL,
    kept: KeptNotes | None = None,
) -> Option:
    """Return one of the two figures: cost, difference and inflow on one time axis.

    Args:
        comparison: The comparison.
        which: Which of the two.
        scales: How high the axes reach.
        look: How it is to look.
        reveal: How much of it is shown.
        kept: Words that stay where they are; where others are placed is added.
    """
    detail = Detail(
        reveal=reveal,
        bands=look.bands,
        brackets=look.brackets,
        since_start=look.since_start,
        years=2 * YEARS if look.wide else YEARS,
    )
    column = figure_column(comparison, which, scales, detail)
    return option([column], look.size, look.style, kept)


def points(
    years: Sequence[float] | Floats | Ints, values: Floats, unit: float = 1.0
) -> list[list[float]]:
    """Return the points of a curve, finer than any eye sees."""
    found: list[list[float]] = np.column_stack([years, np.round(values / unit, 4)]).tolist()
    return found


def marked(name: str, grid: int, marks: list[Option], **more: Any) -> Option:
    """Return points that carry labels, in a grid, and are themselves hardly seen."""
    return {
        "id": name,
        "type": "scatter",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "data": marks,
        "symbol": "circle",
        "symbolSize": 0.01,
        "silent": True,
        "clip": False,
        "z": 9,
        "itemStyle": {"opacity": 1},
        **more,
    }


def label(
    at: list[float],
    text: str,
    position: str,
    look: Look,
    *,
    color: str | None = None,
    bold: bool = False,
    width: float | None = None,
    offset: tuple[float, float] = (0, 0),
) -> Option:
    """Return a point with a text at one of its sides, sizes in pixels at a width of 1280."""
    words: Option = {
        "show": True,
        "formatter": text,
        "position": position,
        "fontSize": look.px(TEXT),
        "fontFamily": FONT,
        "color": color or look.palette["ink"],
        "lineHeight": look.px(TEXT * 1.2),
        "distance": look.px(6),
        "offset": [look.px(offset[0]), look.px(offset[1])],
        "fontWeight": "bold" if bold else "normal",
    }
    if width is not None:
        words |= {"width": look.px(width), "overflow": "break"}
    return {"value": [round(float(at[0]), 3), round(float(at[1]), 4)], "label": words}


def line(name: str, grid: int, data: list[list[Any]], style: Option, **more: Any) -> Option:
    """Return a curve in a grid."""
    return {
        "id": name,
        "type": "line",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "data": data,
        "showSymbol": False,
        "silent": True,
        "lineStyle": style,
        "z": 4,
        "itemStyle": {"color": style.get("color")},
        **more,
    }


def apart(wanted: list[float], sizes: list[float], top: float) -> list[float]:
    """Return places, from above, that keep texts of some heights apart and within the axis."""
    places: list[float] = []
    above = top * 1.1
    for want, size in zip(wanted, sizes, strict=True):
        place = min(want, above - size / 2)
        places.append(place)
        above = place - size / 2
    below = -0.04 * top
    for n in reversed(range(len(places))):
        places[n] = max(places[n], below + sizes[n] / 2)
        below = places[n] + sizes[n] / 2
    return places


def extent(text: str, size: float, *, bold: bool) -> tuple[float, float]:
    """Return about how much room a text takes, in pixels of a window of 1280."""
    lines = text.split("\n")
    letter = (BOLD if bold else REGULAR) * size
    return max(map(len, lines)) * letter + 8, len(lines) * size * LEADING + 4


def broken(text: str, width: float, size: float) -> str:
    """Return a text in lines of about a width."""
    most = max(int(width / (REGULAR * size)), 4)
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)
