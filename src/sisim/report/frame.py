"""What all figures of a comparison share: the ends of the time axis, titles, the unit."""

from __future__ import annotations

from sisim.analysis.comparison import Comparison
from sisim.i18n import t
from sisim.report.formats import Unit, unit_for


def cost_title(story: Comparison) -> str:
    """Return the title of a cost axis."""
    unit = unit_of(story).label()
    if story.view.current:
        return t("Cost, {unit} per year (current prices)", unit=unit)
    level = story.scenario.economy.price_level
    return t("Cost, {unit} per year (fixed prices, {level})", unit=unit, level=level)


def gap_title(story: Comparison) -> str:
    """Return the title of the axis of the difference."""
    return t("With minus without, {unit} per year", unit=unit_of(story).label())


def unit_of(story: Comparison) -> Unit:
    """Return the unit in which the costs are read."""
    return unit_for(float(story.without.cost.mean.max()))


def span(story: Comparison) -> tuple[float, float]:
    """Return the ends of the time axis."""
    return float(story.years[0]) - 0.5, float(story.years[-1]) + 0.5
