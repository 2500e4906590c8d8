"""The plan of repayment as a picture: paid out downwards, repaid upwards, the sum as a line."""

from __future__ import annotations

import numpy as np

from sisim.economics.repayment import RepaymentPlan, Repayments
from sisim.economics.valuation import Valuation
from sisim.i18n import duration, t
from sisim.report.administrations import hue_of
from sisim.report.chart.chart import (
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    value_axis,
    year_axis,
)
from sisim.report.comparison_text import footer
from sisim.report.economics.repayment_tables import conditions, label_of
from sisim.report.formats import money, unit_for


def repayment_chart(result: Valuation, one: Repayments) -> Chart:
    """Return a plan of repayment: bars by year, and what has accumulated for the fund."""
    scenario, plan = result.scenario, one.plan
    unit = unit_for(float(np.abs(plan.position).max()))
    low = min(float(plan.position.min()), -float(plan.payments.max()))
    high = max(float(plan.position.max()), float(plan.total.max()))
    room = 0.09 * (high - low) or unit.size
    bars, key = _bars(result, one)
    line = Line("position", plan.years, plan.position, color="without", markers=True)
    axis = value_axis(low - room, high + room, 6, unit.size)
    panel = Panel("plan", year_axis(plan.years, 12), axis, (*bars, line, *_notes(plan)))
    arm = scenario.arms[one.arm].label.text
    return Chart(
        rows=((1.0, (Column((panel,), key=key),)),),
        title=t("Plan of repayment: {fund}", fund=label_of(scenario, one.fund)),
        subtitle=t("{arm}: {unit} per year, and accumulated", arm=arm, unit=unit.label()),
        notes=(conditions(scenario.funds[one.fund], scenario), footer(result)),
    )


def _bars(result: Valuation, one: Repayments) -> tuple[list[Mark], tuple[Key, ...]]:
    """Return what is paid out downwards and repaid upwards, and what the colours stand for."""
    plan, bottom = one.plan, np.zeros(len(one.plan.years))
    paid = plan.payments > 0
    marks: list[Mark] = [
        Bars(
            "paid",
            plan.years[paid],
            -plan.payments[paid],
            bottom[paid],
            "extra",
            0.72,
            hatched=True,
        )
    ]
    key = [Key("extra", t("Investment from the fund"), hatched=True)]
    for name, repaid in zip(one.administrations, plan.repaid, strict=True):
        if not repaid.any():
            continue
        hue = hue_of(result.scenario, name)
        marks.append(Bars(f"repaid-{name}", plan.years, bottom, bottom + repaid, hue, 0.72))
        bottom = bottom + repaid
        who = label_of(result.scenario, name)
        key.append(Key(hue, t("Repayment, {who}", who=who)))
    return marks, (*key, Key("without", t("Accumulated for the fund"), line="solid"))


def _notes(plan: RepaymentPlan) -> list[Mark]:
    """Return how deep the fund has gone, and when it has the money back, or that it has not."""
    deepest, last = int(np.argmin(plan.position)), len(plan.years) - 1

    def amount(name: str, at: int) -> Note:
        text = f"{money(float(plan.position[at]))} ({plan.years[at]})"
        point = float(plan.years[at]), float(plan.position[at])
        beside = ((70.0, -24.0), (-90.0, -24.0), (-60.0, 26.0))
        return Note(name, (text,), (point,), beside, (0.6, 1.0), bold=True)

    marks: list[Mark] = [amount("deepest", deepest)] if plan.position[deepest] < 0 else []
    if plan.break_even is not None:
        point = float(plan.break_even), 0.0
        text = t("Money back {year}", year=plan.break_even)
        beside = ((0.0, 60.0), (-90.0, 60.0), (0.0, -60.0))
        color, name = "payback_text", "money-back"
        return [
            *marks,
            Points(name, [point[0]], [0.0], color="payback", size=15.0, shape="diamond"),
            Note(f"{name}-said", (text,), (point,), beside, lead="line", color=color, bold=True),
        ]
    text = t("Not paid back within {length}", length=duration(len(plan.years)))
    point = float(plan.years[last]), 0.0
    if deepest < last and plan.position[last] > plan.position[deepest]:
        marks.append(amount("left", last))
    return [
        *marks,
        Note("not-back", (text,), (point,), ((-110.0, 40.0),), color="payback_text", bold=True),
    ]
