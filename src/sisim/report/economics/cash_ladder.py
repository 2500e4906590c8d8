"""The cash ladder: what falls in cost, and what of it a budget sees, year by year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from sisim.arrays import Floats
from sisim.economics.cash_releasing import CashLadder, Rung
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.economics.money_frame import money_canvas
from sisim.report.formats import money, unit_for
from sisim.report.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    PROJECTOR,
    PURPLE,
    place,
    points,
    scale_ticks,
    swatch,
    wrap,
    write,
)

GREY = "#8C8C8C"


class _Part(NamedTuple):
    text: str
    hue: str
    hatch: str | None
    amounts: Floats


def draw_cash_ladder(result: Valuation, arm: str) -> Figure:
    """Draw what falls in cost each year of an arm, by how far a budget sees it."""
    ladder = result.cash[arm]
    scenario = result.scenario
    parts = _parts(ladder, result)
    seen = parts[0].amounts + parts[1].amounts
    unit = unit_for(float(max(np.abs([part.amounts for part in parts]).max(), 1.0)))
    name = scenario.arms[arm].label.text
    subtitle = t(
        "{arm}: lower costs a year, {unit}, not discounted; the investment's own cost is not shown",
        arm=name,
        unit=unit.label(),
    )
    figure = money_canvas(result, t("What does the budget see?"), subtitle, tail=False)
    axes = place(figure, 90, 100, 800, 500)
    years = ladder.ledger.years[-len(seen) :]
    up, down = np.zeros(len(seen)), np.zeros(len(seen))
    for part in parts:
        bottom = np.where(part.amounts >= 0, up, down)
        axes.bar(
            years,
            part.amounts,
            bottom=bottom,
            width=0.78,
            zorder=2,
            linewidth=points(1),
            facecolor="white" if part.hatch else part.hue,
            edgecolor=part.hue,
            hatch=part.hatch,
        )
        up, down = up + np.maximum(part.amounts, 0), down + np.minimum(part.amounts, 0)
    axes.plot(
        years, seen, color=INK, linewidth=points(2.5), marker="o", markersize=points(6), zorder=4
    )
    low, high = float(min(down.min(), 0)), float(max(up.max(), 0))
    room = 0.06 * (high - low) or unit.size
    axes.set_ylim(low - (room if low < 0 else 0), high + room)
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    scale_ticks(axes, 6, unit.size)
    every = 1 if len(years) <= 10 else 2 if len(years) <= 14 else 5
    axes.set_xticks([year for year in years if (year - years[0]) % every == 0])
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=MUTED, linewidth=points(1.5), zorder=3)

    top = 118.0
    for part in reversed(parts):
        swatch(figure, 920, top + 1, part.hue, part.hatch)
        top = _say(figure, top, part.text, money(float(part.amounts.sum())))
    axes_key = t("Black line: what the budgets see")
    _say(figure, top + 8, axes_key, money(float(seen.sum())), indent=0)
    return figure


def _say(figure: Figure, top: float, text: str, amount: str, indent: float = 28) -> float:
    """Write a text and its amount below each other; return where the next may begin."""
    for line in wrap(figure, text, 330 - indent).split("\n"):
        write(figure, 920 + indent, top, line)
        top += 23
    write(figure, 920 + indent, top, amount, bold=True, size=PROJECTOR)
    return top + 44


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

    freed = sums("step", True)
    return [
        _Part(t("Falls at once: bought places, payments"), BLUE, None, sums("outlay", True)),
        _Part(t("Freed in whole steps, after notice"), GREEN, None, freed),
        _Part(
            t("Less used, but no whole step is free yet"),
            PURPLE,
            "////",
            sums("step", False) - freed,
        ),
        _Part(t("Capacity: time for others, no money"), GREY, "....", sums("capacity", False)),
    ]
