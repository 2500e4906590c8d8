"""Budget frames beside repayment: how a budget may rise while money is given back."""

from __future__ import annotations

import numpy as np

from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.chart.chart import (
    Chart,
    Column,
    Dash,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    value_axis,
    year_axis,
)
from sisim.report.comparison_text import footer
from sisim.report.economics.repayment_tables import label_of
from sisim.report.formats import unit_for

MOST = 4
"""So many administrations find room: those who repay the most."""
LINES: tuple[tuple[str, str, Dash, float], ...] = (
    ("before", "without", "dashed", 2.5),
    ("frame", "with", "solid", 3.5),
    ("cost", "lower_text", "dotted", 3.5),
)


def budget_frames_chart(result: Valuation, arm: str) -> Chart:
    """Return each repaying administration's frame, with and without repayment, and its cost."""
    budget, scenario = result.budget(arm), result.scenario
    repaid = budget.repayment.sum(axis=(0, 2))
    shown = [int(n) for n in np.argsort(-repaid, kind="stable")[:MOST] if repaid[n] > 0]
    frame = budget.frame.mean(axis=0)
    courses = frame + budget.repayment.mean(axis=0), frame, budget.cost.mean(axis=0)
    unit = unit_for(max((float(part[shown].max()) for part in courses if shown), default=1.0))
    columns = []
    for n in shown:
        own = [course[n] for course in courses]
        low, high = min(float(one.min()) for one in own), max(float(one.max()) for one in own)
        room = 0.12 * (high - low) or unit.size
        name = budget.administrations[n]
        marks: tuple[Mark, ...] = (
            FilledArea(f"{name}-repaid", budget.years, own[1], own[0], "extra", 1.0, hatched=True),
            *(
                Line(f"{name}-{kind}", budget.years, one, color=color, dash=dash, width=wide)
                for (kind, color, dash, wide), one in zip(LINES, own, strict=True)
            ),
        )
        axis = value_axis(max(low - room, 0.0), high + room, 4, unit.size)
        panel = Panel(name, year_axis(budget.years, 8 if len(shown) > 1 else 12), axis, marks)
        columns.append(Column((panel,), heading=label_of(scenario, name)))
    beside = max(len(shown) if len(shown) <= 3 else 2, 1)
    rows = [(1.0, tuple(columns[n : n + beside])) for n in range(0, len(columns), beside)]
    prices = (
        t("current prices")
        if scenario.funds and next(iter(scenario.funds.values())).repayment.prices == "current"
        else t("fixed prices, {level}", level=scenario.economy.price_level)
    )
    label = scenario.arms[arm].label.text
    stated = t("Frame = base + indexation + volume − repayment. What everyone has is left out.")
    scales = t("Each has a scale of its own, which does not begin at zero.")
    return Chart(
        rows=((0.1 * max(len(rows), 1), (Column((), key=_key()),)), *rows),
        title=t("Budget frames beside repayment"),
        subtitle=t(
            "{arm}: {unit} per year ({prices})", arm=label, unit=unit.label(), prices=prices
        ),
        notes=(f"{stated} {scales}", footer(result)),
        high=720.0 if len(rows) <= 1 else 800.0,
    )


def _key() -> tuple[Key, ...]:
    texts = t("Frame before repayment"), t("Frame"), t("Cost with the investment")
    named = zip(LINES, texts, strict=True)
    lines = [Key(color, text, line=dash) for (_, color, dash, _), text in named]
    return (*lines, Key("extra", t("Repayment"), hatched=True))
