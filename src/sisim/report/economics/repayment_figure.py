"""The plan of repayment as a picture: paid out downwards, repaid upwards, the sum as a line."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.economics.repayment import RepaymentPlan, Repayments
from sisim.economics.valuation import Valuation
from sisim.i18n import duration, t
from sisim.report.administrations import HUES
from sisim.report.comparison_text import footer
from sisim.report.economics.repayment_tables import conditions, label_of
from sisim.report.formats import money, unit_for
from sisim.report.frame import EDGE
from sisim.report.labels import Room
from sisim.report.style import (
    BLACK,
    DARK_ORANGE,
    FINE,
    HIGH,
    INK,
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
    write,
)

OWN = tuple(hue for hue in HUES if hue != ORANGE)
"""Of the administrations: orange is what is paid out."""


def draw_repayment_plan(result: Valuation, one: Repayments) -> Figure:
    """Draw a plan of repayment: bars by year, and what has accumulated for the fund."""
    scenario, plan = result.scenario, one.plan
    figure = canvas(WIDE, HIGH)
    fund = label_of(scenario, one.fund)
    title = t("Plan of repayment: {fund}", fund=fund)
    write(figure, EDGE, 10, fit(figure, title, WIDE - 2 * EDGE, 22, bold=True), size=22, bold=True)
    unit = unit_for(float(np.abs(plan.position).max()))
    arm = scenario.arms[one.arm].label.text
    subtitle = t("{arm}: {unit} per year, and accumulated", arm=arm, unit=unit.label())
    write(figure, EDGE, 40, fit(figure, subtitle, WIDE - 2 * EDGE), color=MUTED)
    below = _key(figure, one, result)

    axes = place(figure, 90, below + 16, WIDE - 90 - EDGE, HIGH - 126 - below)
    axes.set_xlim(plan.years[0] - 0.6, plan.years[-1] + 0.6)
    low = min(float(plan.position.min()), -float(plan.payments.max()))
    high = max(float(plan.position.max()), float(plan.total.max()))
    room = 0.09 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room)
    scale_ticks(axes, 6, unit.size)
    step = 1 if len(plan.years) <= 14 else 5
    axes.set_xticks([int(y) for y in plan.years if (y - plan.years[0]) % step == 0])
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=INK, linewidth=points(1.5), zorder=3)
    _bars(axes, plan)
    axes.plot(
        plan.years,
        plan.position,
        color=BLACK,
        linewidth=points(3),
        marker="o",
        markersize=points(6),
        zorder=4,
        gid="position",
    )
    _labels(axes, plan)
    stated = conditions(scenario.funds[one.fund], scenario)
    write(
        figure, EDGE, HIGH - 42, fit(figure, stated, WIDE - 2 * EDGE, FINE), size=FINE, color=MUTED
    )
    write(figure, EDGE, HIGH - 22, footer(result), size=FINE, color=MUTED)
    return figure


def _bars(axes: Axes, plan: RepaymentPlan) -> None:
    paid = plan.payments > 0
    axes.bar(
        plan.years[paid],
        -plan.payments[paid],
        width=0.72,
        facecolor="white",
        edgecolor=ORANGE,
        hatch="////",
        linewidth=points(1.5),
        zorder=2,
    )
    bottom = np.zeros(len(plan.years))
    for repaid, hue in zip(plan.repaid, _hues(plan), strict=True):
        axes.bar(plan.years, repaid, bottom=bottom, width=0.72, color=hue, linewidth=0, zorder=2)
        bottom += repaid


def _hues(plan: RepaymentPlan) -> list[str]:
    return [OWN[number % len(OWN)] for number in range(len(plan.administrations))]


def _key(figure: Figure, one: Repayments, result: Valuation) -> float:
    """Write what the bars are, line by line; return how far down it reaches."""
    entries: list[tuple[str, str, str | None]] = [(t("Investment from the fund"), ORANGE, "////")]
    for name, hue in zip(one.administrations, _hues(one.plan), strict=True):
        if one.plan.repaid[one.administrations.index(name)].any():
            who = label_of(result.scenario, name)
            entries.append((t("Repayment, {who}", who=who), hue, None))
    left, top = EDGE, 76.0
    for text, color, hatch in entries:
        wide = width_of(figure, text) + 24
        if left > EDGE and left + wide > WIDE - EDGE:
            left, top = EDGE, top + 26
        swatch(figure, left, top + 2, color, hatch)
        write(figure, left + 24, top, text)
        left += wide + 28
    return top + 26


def _labels(axes: Axes, plan: RepaymentPlan) -> None:
    room = Room(axes)
    room.avoid_line(plan.years, plan.position)
    room.avoid_line([plan.years[0] - 0.6, plan.years[-1] + 0.6], [0, 0])
    for year, paid, repaid in zip(plan.years, plan.payments, plan.total, strict=True):
        for share in np.linspace(-0.36, 0.36, 5):
            room.avoid_line([year + share] * 2, [-paid, repaid])
    if plan.break_even is not None:
        at = plan.break_even
        axes.plot([at], [0], marker="D", color=DARK_ORANGE, markersize=points(15), zorder=6)
        across, up = room.display(at, 0.0)
        text = t("Money back {year}", year=at)
        room.write(text, (across, up + 60), pull=(0.8, 1.0), color=DARK_ORANGE, bold=True)
    deepest = int(np.argmin(plan.position))
    across, up = room.display(plan.years[deepest], plan.position[deepest])
    amount = money(float(plan.position[deepest]))
    text = t("Accumulated for the fund") + f"\n{amount} ({plan.years[deepest]})"
    room.write(text, (across + 40, up - 20), pull=(0.6, 1.0), bold=True)
    if plan.break_even is None:
        text = t("Not paid back within {length}", length=duration(len(plan.years)))
        across, up = room.display(plan.years[-1], 0.0)
        room.write(text, (across - 60, up + 30), pull=(0.6, 1.0), color=DARK_ORANGE, bold=True)
        if deepest < len(plan.years) - 1 and plan.position[-1] > plan.position[deepest]:
            left = money(float(plan.position[-1]))
            across, up = room.display(plan.years[-1], plan.position[-1])
            room.write(left, (across - 30, up - 26), pull=(0.6, 1.0), bold=True)
