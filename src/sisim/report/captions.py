"""The short texts on the two figures, and their row of numbers, on paper as on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sisim.analysis.comparison import Comparison, Investing, Which
from sisim.economics.appraisal import Estimate
from sisim.i18n import t
from sisim.report.formats import Unit, decimal, money, spread, unit_for
from sisim.report.present_value import net_words, valued
from sisim.scenario.scenario import Scenario

Cell = tuple[str, str]
"""A number as it is written, and its interval."""
MEASURES = ("helped", "avoided", "invested", "lower_cost", "net")
"""The numbers in the row below the figures, in order."""


def phase_label(kind: Literal["project", "new_way"], scenario: Scenario) -> str:
    """Return what a shaded phase is called."""
    if kind == "new_way":
        return t("New way of working in ordinary operation")
    payers = {payer for one in scenario.investments.values() for payer in one.cost.shares}
    if payers <= {"fund", *scenario.funds}:
        return t("Project time – paid by the fund")
    return t("Project time")


def name_of_without() -> str:
    """Return what the curve without the investment is called."""
    return t("Without the investment (all\N{NO-BREAK SPACE}else\N{NO-BREAK SPACE}equal)")


def end_claim(side: Investing) -> str:
    """Return what is said where the curve ends; empty where the series do not say so."""
    if side.back_on_track and not side.fewer_entries:
        return t("Back on the same course: the inflow is unchanged")
    if side.lasting and side.fewer_entries:
        return t("A lastingly lower level: fewer new cases")
    return ""


def headline_cells(
    story: Comparison, shown: Sequence[Which]
) -> tuple[dict[str, str], Mapping[tuple[Which, str], Cell]]:
    """Return the headings of the row of numbers, and its cells by figure and measure."""
    rate = story.scenario.economy.discount_costs.value
    end = story.scenario.time.ends
    headings = {
        "helped": t("Participants"),
        "avoided": t("Avoided new cases until {year}", year=end.removesuffix("-01")),
        "invested": valued(t("Invested"), rate),
        "lower_cost": valued(t("Lower cost"), rate),
        "net": net_words(rate),
    }
    headline = {which: story.side(which).headline for which in shown}
    largest = max(
        abs(headline[which][name][0])
        for which in shown
        for name in ("invested", "lower_cost", "net")
    )
    unit = unit_for(largest)
    cells = {
        (which, name): _cell(name, headline[which][name], unit, banded=story.banded)
        for which in shown
        for name in headings
    }
    return headings, cells


def _cell(name: str, estimate: Estimate, unit: Unit, *, banded: bool) -> Cell:
    mean, low, high = estimate
    if not banded:  # So few runs have no range: both ends are read as the mean.
        low = high = mean
    if name in ("helped", "avoided"):
        return decimal(mean), spread(low, high)
    digits = unit.digits if abs(mean) < 100 * unit.size else 0
    interval = spread(low / unit.size, high / unit.size, digits)
    return money(mean, Unit(unit.millions, digits)), interval
