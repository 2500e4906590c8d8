"""Budget frames beside repayment: how a budget may rise while money is given back."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.comparison_text import footer
from sisim.report.economics.repayment_tables import label_of
from sisim.report.formats import unit_for
from sisim.report.frame import EDGE
from sisim.report.style import (
    BLACK,
    BLUE,
    FINE,
    GREEN,
    HIGH,
    MUTED,
    ORANGE,
    WIDE,
    canvas,
    fit,
    place,
    points,
    scale_ticks,
    swatch,
    width_of,
    wrap,
    write,
)

MOST = 4
"""So many administrations find room: those who repay the most."""


def draw_budget_frames(result: Valuation, arm: str) -> Figure:
    """Draw each repaying administration's frame, with and without repayment, and its cost."""
    budget = result.budget(arm)
    scenario = result.scenario
    repaid = budget.repayment.sum(axis=(0, 2))
    shown = [int(n) for n in np.argsort(-repaid, kind="stable")[:MOST] if repaid[n] > 0]
    figure = canvas(WIDE, HIGH)
    write(figure, EDGE, 10, t("Budget frames beside repayment"), size=22, bold=True)
    frame = budget.frame.mean(axis=0)
    before = frame + budget.repayment.mean(axis=0)
    cost = budget.cost.mean(axis=0)
    top = max([float(part[shown].max()) for part in (before, cost) if shown], default=1.0)
    unit = unit_for(top)
    prices = (
        t("current prices")
        if scenario.funds and next(iter(scenario.funds.values())).repayment.prices == "current"
        else t("fixed prices, {level}", level=scenario.economy.price_level)
    )
    name = scenario.arms[arm].label.text
    subtitle = t("{arm}: {unit} per year ({prices})", arm=name, unit=unit.label(), prices=prices)
    write(figure, EDGE, 40, fit(figure, subtitle, WIDE - 2 * EDGE), color=MUTED)
    _key(figure)
    columns = len(shown) if len(shown) <= 3 else 2
    rows = -(-len(shown) // max(columns, 1))
    for index, number in enumerate(shown):
        row, column = divmod(index, columns)
        wide, high = (WIDE - 2 * EDGE) / columns, (HIGH - 176) / rows
        left, above = EDGE + column * wide, 116 + row * high
        label = label_of(scenario, budget.administrations[number])
        for line, text in enumerate(wrap(figure, label, wide - 30, bold=True).split("\n")[:2]):
            write(figure, left, above + 21 * line, text, bold=True)
        axes = place(figure, left + 50, above + 60, wide - 90, high - 106)
        years = budget.years
        axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
        axes.set_ylim(0, 1.1 * top)
        scale_ticks(axes, 4, unit.size)
        axes.set_xticks([int(years[0]), int(years[len(years) // 2]), int(years[-1])])
        for course, (_, color, style, thick) in zip((before, frame, cost), _lines(), strict=True):
            axes.plot(
                years,
                course[number],
                color=color,
                linestyle=style,
                linewidth=points(thick),
                zorder=4 if color == BLACK else 3,
            )
        axes.fill_between(
            years,
            frame[number],
            before[number],
            facecolor="white",
            edgecolor=ORANGE,
            hatch="////",
            linewidth=0,
            zorder=1,
        )
    stated = t("Frame = base + indexation + volume − repayment. What everyone has is left out.")
    write(figure, EDGE, HIGH - 42, stated, size=FINE, color=MUTED)
    write(figure, EDGE, HIGH - 22, footer(result), size=FINE, color=MUTED)
    return figure


def _lines() -> list[tuple[str, str, LineStyleType, float]]:
    """Return what each line is called, and how it is drawn."""
    return [
        (t("Frame before repayment"), BLACK, (0, (8 / 3, 4 / 3)), 2.5),
        (t("Frame"), BLUE, "solid", 3.5),
        (t("Cost with the investment"), GREEN, (0, (1, 1)), 3.0),
    ]


def _key(figure: Figure) -> None:
    left, top = EDGE, 76.0
    for text, color, style, thick in _lines():
        x = np.array([left, left + 44]) / WIDE
        y = [1 - (top + 11) / HIGH] * 2
        figure.add_artist(Line2D(x, y, color=color, linestyle=style, linewidth=points(thick)))
        write(figure, left + 54, top, text)
        left += 54 + width_of(figure, text) + 34
    swatch(figure, left, top + 2, ORANGE, "////")
    write(figure, left + 24, top, t("Repayment"))
