"""What all figures of a comparison share: the time axis, the phases, the unit, the foot."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.analysis.comparison import Comparison, Investing
from sisim.i18n import t
from sisim.report.comparison_text import bands, footer, scope
from sisim.report.formats import Unit, decimal, unit_for
from sisim.report.style import FINE, MUTED, NEW_WAY_TINT, PROJECT_TINT, figure_of, width_of, write

EDGE = 20.0
"""White space at the edges of a picture, in layout pixels."""
BETWEEN_YEARS = 10.0
"""White space between two years on an axis, in layout pixels."""


def cost_title(story: Comparison) -> str:
    """Return the title of a cost axis."""
    unit = unit_of(story).label()
    if story.view.current:
        return t("Cost, {unit} per year (current prices)", unit=unit)
    level = story.scenario.economy.price_level
    return t("Cost, {unit} per year (fixed prices, {level})", unit=unit, level=level)


def gap_title(story: Comparison, *, alike: bool) -> str:
    """Return the title of the axis of the difference; `alike`: both figures have one scale."""
    unit = unit_of(story).label()
    if alike:
        return t("With minus without, {unit} per year", unit=unit)
    return t("With minus without, {unit} per year (a scale of its own)", unit=unit)


def unit_of(story: Comparison) -> Unit:
    """Return the unit in which the costs are read."""
    return unit_for(float(story.without.cost.mean.max()))


def span(story: Comparison) -> tuple[float, float]:
    """Return the ends of the time axis."""
    return float(story.years[0]) - 0.5, float(story.years[-1]) + 0.5


def year_ticks(story: Comparison, apart: float) -> list[int]:
    """Return the marked year, and every fifth or tenth year from the start that has room.

    Args:
        story: What is drawn.
        apart: How many years are as wide as the name of one.
    """
    step = next((step for step in (5, 10) if step >= apart), 20)
    regular = [int(year) for year in story.years if (year - story.start) % step == 0]
    clear = [year for year in regular if abs(year - story.marked) >= apart]
    # One year alone tells nothing of how long the axis is.
    ends = (int(story.years[0]), int(story.years[-1]))
    return sorted({*(clear or [max(ends, key=lambda end: abs(end - story.marked))]), story.marked})


def mark_years(axes: Axes, story: Comparison) -> None:
    """Write on a time axis the years that there is room for."""
    name = width_of(figure_of(axes), str(story.marked)) + BETWEEN_YEARS
    low, high = span(story)
    axes.set_xticks(year_ticks(story, name * (high - low) / axes.bbox.width))


def tick_room(figure: Figure, story: Comparison, top: float) -> float:
    """Return the width that the numbers on a cost axis up to `top` take, in layout pixels."""
    return max(44.0, width_of(figure, decimal(top / unit_of(story).size)) + 14)


def shade_phases(axes: Axes, side: Investing) -> None:
    """Shade the project time and the new way of working."""
    # A year's value is drawn at its number and covers half a year either side, so an instant
    # stands half a year to the left.
    for kind, first, last in side.phases:
        tint = PROJECT_TINT if kind == "project" else NEW_WAY_TINT
        axes.axvspan(first - 0.5, last - 0.5, color=tint, linewidth=0, zorder=0.5)


def foot(
    figure: Figure,
    story: Comparison,
    *,
    banded: bool = True,
    everyone: bool = False,
) -> None:
    """Write at the foot whose and which costs are meant, and where the numbers come from."""
    wide, high = figure.get_size_inches() * figure.dpi
    write(figure, EDGE, high - 42, scope(story, everyone=everyone), size=FINE, color=MUTED)
    write(figure, EDGE, high - 22, footer(story.result), size=FINE, color=MUTED)
    if banded and story.banded:
        runs = bands(story)
        write(figure, wide - EDGE, high - 22, runs, size=FINE, color=MUTED, align="right")
