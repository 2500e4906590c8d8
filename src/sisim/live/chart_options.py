"""The two figures as options of Apache ECharts, and how a visitor wants them to look."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sisim.analysis.comparison import Comparison, Which
from sisim.i18n import t
from sisim.report.chart.chart import Chart, Column, Line
from sisim.report.chart.echarts_painter import Option, PageStyle, option, patch
from sisim.report.chart.label_placement import KeptNotes
from sisim.report.chart.palette import DARK, LIGHT, Palette
from sisim.report.comparison_chart import ALL, Detail, Reveal, Scales, figure_column
from sisim.report.frame import unit_of

__all__ = ["Look", "Option", "beside_or_below", "figure", "patch"]

AROUND = 339.0
"""What the page has above and below the charts."""
ALONE, BESIDE = 1250.0, 612.0
"""How wide a figure alone is, and one of two."""
NARROWEST, EDGES = 1200.0, 30.0
"""In a narrower window everything stands below each other, with so much beside it; `page.css` says
the same."""
BELOW, KEY = 620.0, 0.5
"""How high a figure is there, and what stands for its colours, beside the pictures."""
YEARS = 5
"""How many years have room beside each other under one of two figures."""


@dataclass(frozen=True)
class Look:
    """How a picture is to look: its colours, its size, what years are counted from.

    `scale` is the width of the window in 1280ths, and no less than can be read; `tall` and `across`
    are its height and width in such pixels; `wide` is for a figure alone.
    """

    dark: bool = False
    scale: float = 1.0
    since_start: bool = False
    brackets: bool = True
    bands: bool = False
    wide: bool = False
    tall: float = 720.0
    across: float = 1280.0

    @property
    def palette(self) -> Palette:
        """The colours."""
        return DARK if self.dark else LIGHT

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a chart, in pixels of a window of 1280."""
        if self.narrow:
            return self.across - EDGES, BELOW
        return ALONE if self.wide else BESIDE, max(self.tall - AROUND, 260.0)

    @property
    def narrow(self) -> bool:
        """Whether everything stands below each other, as on a phone."""
        return self.across <= NARROWEST

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
    notes: KeptNotes | None = None,
    kept: Comparison | None = None,
) -> Option:
    """Return one of the two figures: cost, difference and inflow on one time axis.

    Args:
        comparison: The comparison.
        which: Which of the two.
        scales: How high the axes reach.
        look: How it is to look.
        reveal: How much of it is shown.
        notes: Words that stay where they are; where others are placed is added.
        kept: What setting A comes to, whose curves are drawn beside.
    """
    detail = Detail(
        reveal=reveal,
        bands=look.bands,
        brackets=look.brackets,
        since_start=look.since_start,
        years=2 * YEARS if look.wide and not look.narrow else YEARS,
    )
    column = figure_column(comparison, which, scales, detail)
    if kept is not None and reveal.whole:
        column = _with_kept(column, comparison, kept, which)
    return option([column], look.size, look.style, notes)


def _with_kept(column: Column, now: Comparison, kept: Comparison, which: Which) -> Column:
    """Return a figure with the curves of setting A, dotted, beside its own."""
    cost, *others, inflow = column.panels
    side, unit = kept.side(which), unit_of(now).size
    label = t("With, setting A")
    lines: list[tuple[Line, ...]] = [
        (Line("cost-a", kept.years, side.cost.mean / unit, label, color="with", dash="dotted"),),
        (Line("inflow-a", kept.years, side.entries.mean, color="with", dash="dotted"),),
    ]
    before, after = kept.without.cost.mean, now.without.cost.mean
    if before.shape == after.shape and not np.allclose(before, after):
        without = Line("cost-without-a", kept.years, before / unit, color="without", dash="dotted")
        lines[0] = (without, *lines[0])
    drawn = [
        replace(panel, marks=(*panel.marks, *added))
        for panel, added in zip((cost, inflow), lines, strict=True)
    ]
    return replace(column, panels=(drawn[0], *others, drawn[1]))


def beside_or_below(chart: Chart, look: Look) -> Chart:
    """Return a chart whose columns stand below each other where the window is narrow."""
    if not look.narrow:
        return chart
    rows = [
        (share if column.panels else max(share, KEY), (column,))
        for share, columns in chart.rows
        for column in columns
    ]
    return replace(chart, rows=tuple(rows))
