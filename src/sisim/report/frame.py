"""What all figures of a comparison share: the time axis, the phases, the unit, the foot."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.language import t
from sisim.report.series import Comparison, Investing
from sisim.report.style import FINE, MUTED, NEW_WAY_TINT, PROJECT_TINT, width_of, write
from sisim.report.words import bands, footer, scope
from sisim.report.writing import Unit, decimal, unit_for

EDGE = 20.0
"""White space at the edges of a picture, in layout pixels."""


def cost_title(story: Comparison, lang: str) -> str:
    """Return the title of a cost axis."""
    unit = unit_of(story).label(lang)
    if story.view.current:
        return t("Cost, {unit} per year (current prices)", lang, unit=unit)
    level = story.scenario.economy.price_level
    return t("Cost, {unit} per year (fixed prices, {level})", lang, unit=unit, level=level)


def unit_of(story: Comparison) -> Unit:
    """Return the unit in which the costs are read."""
    return unit_for(float(story.without.cost.mean.max()))


def span(story: Comparison) -> tuple[float, float]:
    """Return the ends of the time axis."""
    return float(story.years[0]) - 0.5, float(story.years[-1]) + 0.5


def year_ticks(story: Comparison) -> list[int]:
    """Return every fifth or tenth year from the start, and the marked year."""
    step = 5 if len(story.years) <= 32 else 10
    regular = [int(year) for year in story.years if (year - story.start) % step == 0]
    return sorted({*(y for y in regular if abs(y - story.marked) > 0.7 * step), story.marked})


def tick_room(figure: Figure, story: Comparison, top: float, lang: str) -> float:
    """Return the width that the numbers on a cost axis up to `top` take, in layout pixels."""
    return max(44.0, width_of(figure, decimal(top / unit_of(story).size, lang)) + 14)


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
    lang: str,
    *,
    banded: bool = True,
    everyone: bool = False,
) -> None:
    """Write at the foot whose and which costs are meant, and where the numbers come from."""
    wide, high = figure.get_size_inches() * figure.dpi
    write(figure, EDGE, high - 42, scope(story, lang, everyone=everyone), size=FINE, color=MUTED)
    write(figure, EDGE, high - 22, footer(story.result, lang), size=FINE, color=MUTED)
    if banded and story.banded:
        runs = bands(story, lang)
        write(figure, wide - EDGE, high - 22, runs, size=FINE, color=MUTED, align="right")
