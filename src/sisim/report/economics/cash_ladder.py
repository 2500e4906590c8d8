"""The cash ladder: what falls in cost, and what of it a budget sees, year by year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats
from sisim.economics.cash_releasing import CashLadder, Rung
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.chart.chart import (
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    value_axis,
    year_axis,
)
from sisim.report.economics.money_frame import money_chart
from sisim.report.formats import money, unit_for


class _Part(NamedTuple):
    name: str
    text: str
    hue: str
    hatched: bool
    amounts: Floats


def cash_ladder_chart(result: Valuation, arm: str) -> Chart:
    """Return what falls in cost each year of an arm, by how far a budget sees it."""
    ladder = result.cash[arm]
    parts = _parts(ladder, result)
    seen = parts[0].amounts + parts[1].amounts
    unit = unit_for(float(max(np.abs([part.amounts for part in parts]).max(), 1.0)))
    subtitle = t(
        "{arm}: lower costs a year, {unit}, not discounted; the investment's own cost is not shown",
        arm=result.scenario.arms[arm].label.text,
        unit=unit.label(),
    )
    years = ladder.ledger.years[-len(seen) :]
    up, down = np.zeros(len(seen)), np.zeros(len(seen))
    marks: list[Mark] = []
    for part in parts:
        bottom = np.where(part.amounts >= 0, up, down)
        top = bottom + part.amounts
        marks.append(Bars(part.name, years, bottom, top, part.hue, 0.78, part.hatched))
        up, down = np.maximum(up, top), np.minimum(down, top)
    marks.append(Line("seen", years, seen, width=2.5, markers=True))
    low, high = float(min(down.min(), 0)), float(max(up.max(), 0))
    room = 0.06 * (high - low) or unit.size
    axis = value_axis(low - (room if low < 0 else 0), high + room, 5, unit.size)
    panel = Panel("cash", year_axis(years, 10), axis, tuple(marks))
    key = [
        Key(part.hue, f"{part.text}: {money(float(part.amounts.sum()))}", part.hatched)
        for part in reversed(parts)
        if np.abs(part.amounts).max() >= unit.size / 10**unit.digits / 2
    ]
    told = t("What the budgets see: {amount}", amount=money(float(seen.sum())))
    key.append(Key("ink", told, line="solid", bold=True))
    below = t("Below zero costs are higher than without.") if low < -unit.size / 20 else ""
    column = Column((panel,), key=tuple(key), after=below)
    return money_chart(
        result, t("What does the budget see?"), subtitle, [(1.0, (column,))], tail=False
    )


def _parts(ladder: CashLadder, result: Valuation) -> list[_Part]:
    """Return what falls each year by rung: what is seen first, then what is not."""
    clock = ladder.ledger.result.compiled.clock
    first = int(np.searchsorted(ladder.ledger.years, clock.start_year))

    def sums(rung: Rung, seen: bool) -> Floats:
        found = np.zeros(len(ladder.ledger.years))
        for (payer, own), amounts in ladder.yearly(seen=seen).items():
            if own == rung and result.scenario.bears(payer):
                found = found + amounts.mean(axis=0)
        return np.asarray(found[first:])

    freed, all_of_it = sums("step", True), sums("step", False)
    at_once, capacity = sums("outlay", True), sums("capacity", False)
    rest = t("Less used, but no whole step is free yet")
    return [
        _Part("at-once", t("Falls at once: bought places, payments"), "lower", False, at_once),
        _Part("freed", t("Freed in whole steps, after notice"), "lower_text", False, freed),
        _Part("not-freed", rest, "lower", True, all_of_it - freed),
        _Part("capacity", t("Capacity: time for others, no money"), "muted", True, capacity),
    ]
