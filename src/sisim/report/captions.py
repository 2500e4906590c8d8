"""The short texts on the two figures, and their row of numbers, on paper as on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sisim.analysis.comparison import Comparison, Investing, Which, headline_difference
from sisim.economics.appraisal import Estimate
from sisim.i18n import t
from sisim.report.formats import MINUS, NBSP, Unit, decimal, money, signed_money, spread, unit_for
from sisim.report.present_value import net_words, valued
from sisim.scenario.scenario import Scenario

Cell = tuple[str, str]
"""A number as it is written, and its interval."""
MEASURES = ("helped", "affected", "avoided", "invested", "lower_cost", "net")
"""The numbers in the row below the figures, in order."""
PARTS = ("investment", "running", "replaced")
"""What is invested, in its parts; what is replaced is less than nothing."""
LEAST = 500.0
"""A part that is smaller is none, SEK."""


def phase_labels(kind: Literal["project", "new_way"], scenario: Scenario) -> tuple[str, ...]:
    """Return what a shaded phase is called, the fullest first."""
    if kind == "new_way":
        return t("New way of working in ordinary operation"), t("New way of working")
    payers = {payer for one in scenario.investments.values() for payer in one.cost.shares}
    if payers <= {"fund", *scenario.funds}:
        return t("Project time – paid by the fund"), t("Project time")
    return (t("Project time"),)


def name_of_without() -> str:
    """Return what the curve without the investment is called."""
    return t("Without the investment (all\N{NO-BREAK SPACE}else\N{NO-BREAK SPACE}equal)")


def cost_claim(side: Investing) -> str:
    """Return what is said where the cost ends; empty where the series do not say so."""
    if side.back_on_track and not side.fewer_entries:
        return t("Back on the same course")
    if side.lasting and side.fewer_entries:
        return t("A lastingly lower level")
    return ""


def inflow_claim(side: Investing) -> str:
    """Return what is said where the inflow ends; empty where the series do not say so."""
    if side.fewer_entries:
        return t("Fewer new cases")
    if side.back_on_track:
        return t("The same inflow")
    return ""


def headline_cells(
    story: Comparison, shown: Sequence[Which], *, apart: bool = False
) -> tuple[dict[str, str], Mapping[tuple[Which, str], Cell]]:
    """Return the headings of the row of numbers, and its cells by figure and measure.

    Args:
        story: The comparison.
        shown: The figures.
        apart: Whether the parts of what is invested are numbers of their own, where there are any
            but the investment; otherwise they stand below it in small type.
    """
    rate = story.scenario.economy.discount_costs.value
    end = story.scenario.time.ends
    headings = {
        "helped": t("Participants"),
        "affected": t("Lives changed"),
        "avoided": t("Avoided new cases until {year}", year=end.removesuffix("-01")),
        "invested": valued(t("Invested"), rate),
        "lower_cost": valued(t("Lower cost"), rate),
        "net": net_words(rate),
    }
    headline = {which: story.side(which).headline for which in shown}
    parts = {"investment": t("Investment"), "running": t("Running cost"), "replaced": t("Replaced")}
    apart = apart and any(abs(headline[w][part][0]) > LEAST for w in shown for part in PARTS[1:])
    if apart:
        headings = {
            name: text
            for measure, heading in headings.items()
            for name, text in (
                ((part, valued(said, rate)) for part, said in parts.items())
                if measure == "invested"
                else ((measure, heading),)
            )
        }
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
    for which in shown if not apart else ():
        # What is paid for differs: how much, for how long, and by whom it can be decided on.
        amount, _ = cells[which, "invested"]
        cells[which, "invested"] = amount, _invested(headline[which], unit)
    return headings, cells


def difference_cells(now: Comparison, before: Comparison, which: Which) -> dict[str, str]:
    """Return how much larger each number below a figure is in one setting than in another."""
    found = headline_difference(now.side(which), before.side(which))
    unit = unit_for(max(abs(found[name]) for name in ("invested", "lower_cost", "net")))
    return {
        name: ("+" if round(found[name]) > 0 else "") + decimal(found[name])
        if name in ("helped", "affected", "avoided")
        else signed_money(found[name], unit)
        for name in MEASURES
    }


def _invested(headline: Mapping[str, Estimate], unit: Unit) -> str:
    """Return the parts of what is invested: investment, running cost, what is replaced."""
    named = (
        ("investment", t("investment")),
        ("running", t("running cost")),
        ("replaced", t("replaced")),
    )
    found: list[str] = []
    for name, label in named:
        amount = headline[name][0]
        if abs(amount) >= unit.size / 20:
            sign = "" if not found else (MINUS if amount < 0 else "+") + NBSP
            size = abs(amount) if found else amount
            found.append(f"{sign}{decimal(size / unit.size, unit.digits)} {label}")
    return " ".join(found) if len(found) > 1 else ""


def _cell(name: str, estimate: Estimate, unit: Unit, *, banded: bool) -> Cell:
    mean, low, high = estimate
    if not banded:  # So few runs have no range: both ends are read as the mean.
        low = high = mean
    if name in ("helped", "affected", "avoided"):
        return decimal(mean), spread(low, high)
    digits = unit.digits if abs(mean) < 100 * unit.size else 0
    interval = spread(low / unit.size, high / unit.size, digits)
    return money(mean, Unit(unit.millions, digits)), interval
