"""The accumulated net year by year: the deepest hole, and when it has been paid back."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import LineStyleType

from sisim.economics.appraisal import CARRIED, Appraisal
from sisim.economics.valuation import Valuation
from sisim.economics.yearly import year_at
from sisim.i18n import duration, t
from sisim.report.economics.money_frame import money_canvas
from sisim.report.formats import decimal, money, runs_of, share_of, unit_for
from sisim.report.labels import EndLabels, Room
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    INK,
    MUTED,
    PROJECTOR,
    RULE,
    VERMILION,
    place,
    points,
    scale_ticks,
    wrap,
    write,
)


def draw_net_position(result: Valuation, arm: str) -> Figure:
    """Draw the accumulated net of an arm, undiscounted and discounted."""
    appraisal = result.appraisal[arm]
    course = appraisal.course()
    plain, discounted = (
        course[course["series"] == name] for name in ("accumulated", "accumulated_discounted")
    )
    shown = course.loc[course["series"].str.startswith("acc"), ["mean", "low", "high"]]
    unit = unit_for(float(np.abs(shown.to_numpy()).max()))
    name = result.scenario.arms[arm].label.text
    subtitle = t(
        "{arm}: lower costs less what is paid, accumulated, {unit}", arm=name, unit=unit.label()
    )
    figure = money_canvas(result, t("When is the money back?"), subtitle)
    axes = place(figure, 90, 100, 930, 500)
    years = plain["year"].to_numpy()
    # A picture of time: what a year brings is there when it is over.
    ends_of_years = np.append(years[0], years + 1)
    axes.set_xlim(years[0] - 0.4, years[-1] + 1.4)
    banded = appraisal.banded
    ends = EndLabels(axes)
    curves: list[tuple[pd.DataFrame, str, LineStyleType, str]] = [
        (plain, BLUE, "solid", t("Undiscounted"))
    ]
    if appraisal.rate:
        text = t("Discounted at {rate}", rate=share_of(appraisal.rate, 1))
        curves.append((discounted, VERMILION, (0, (6, 2)), text))
    for series, color, style, text in curves:
        mean = np.append(0.0, series["mean"])
        axes.plot(
            ends_of_years, mean, color=color, linestyle=style, linewidth=points(3.5), zorder=4
        )
        if banded:
            low, high = (np.append(0.0, series[end]) for end in ("low", "high"))
            axes.fill_between(
                ends_of_years, low, high, color=color, alpha=0.14, linewidth=0, zorder=1
            )
        amount = money(float(mean[-1]), unit)
        ends.add(float(mean[-1]), f"{text}\n{amount}", bold=True, color=color)
    _scale(axes, course, unit.size, banded)
    axes.axhline(0, color=INK, linewidth=points(1.5), zorder=3)
    axes.set_xticks([year for year in years if (year - years[0]) % _every(years) == 0])
    first = appraisal.first_of_tail
    if first is not None:
        axes.axvspan(first, years[-1] + 1.4, color=RULE, alpha=0.5, linewidth=0, zorder=0.5)
    ends.settle(padding=4, overflow=20)
    room = Room(axes)
    for series, *_ in curves:
        room.avoid_line(ends_of_years, np.append(0.0, series["mean"]))
    room.avoid_line([years[0] - 0.4, years[-1] + 1.4], [0, 0])
    _mark_hole(axes, room, appraisal)
    _mark_payback(figure, axes, room, appraisal)
    if first is not None:
        text = t("Tail: not simulated")
        room.write(text, room.display((first + years[-1] + 1) / 2, axes.get_ylim()[1]), color=MUTED)
    if banded:
        text = t("Bands: 10–90% of {n} runs.", n=decimal(len(appraisal.amounts["net"])))
        write(figure, 1260, 634, text, color=MUTED, align="right")
    return figure


def _every(years: np.ndarray) -> int:
    return 1 if len(years) <= 10 else 2 if len(years) <= 15 else 5


def _scale(axes: Axes, course: pd.DataFrame, unit: float, banded: bool) -> None:
    shown = course[course["series"].str.startswith("accumulated")]
    ends = shown[["mean", "low", "high"] if banded else ["mean"]].to_numpy()
    low, high = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    room = 0.14 * (high - low) or unit
    axes.set_ylim(low - room, high + room)
    scale_ticks(axes, 6, unit)


def _mark_hole(axes: Axes, room: Room, appraisal: Appraisal) -> None:
    if appraisal.hole is None:
        return
    year, y = appraisal.hole
    x = year + 1.0
    axes.plot([x], [y], marker="o", color=DARK_ORANGE, markersize=points(12), zorder=5)
    text = t("Deepest hole, end of {year}: {depth}", year=year, depth=money(y))
    across, up = room.display(x, y)
    room.write(text, (across, up - 26), pull=(0.4, 1.0), color=DARK_ORANGE, bold=True)


def _mark_payback(figure: Figure, axes: Axes, room: Room, appraisal: Appraisal) -> None:
    found: tuple[tuple[float | None, str, str], ...] = (
        (appraisal.payback, t("Paid back {year}, undiscounted"), BLUE),
        (appraisal.payback_discounted, t("Paid back {year}, discounted"), VERMILION),
    )
    if not appraisal.rate:
        found = ((appraisal.payback, t("Paid back {year}"), BLUE),)
    elif appraisal.payback == appraisal.payback_discounted:
        found = ((appraisal.payback, t("Paid back {year}, discounted too"), BLUE),)
    invested = bool(appraisal.cost.any())
    for instant, text, color in found:
        if instant is None:
            continue
        axes.plot([instant], [0], marker="D", color=color, markersize=points(13), zorder=6)
        written = text.format(year=year_at(instant, int(appraisal.years[0])))
        if appraisal.chance < CARRIED:
            runs = runs_of(appraisal.chance, len(appraisal.amounts["net"]))
            written += "\n" + t("on average, in {runs}", runs=runs)
        room.name(written, [(instant, 0.0)], pull=(0.7, 1.0), reach=400, color=color)
    if invested and not any(instant is not None for instant, *_ in found):
        text = t("Not paid back within {length}", length=duration(appraisal.horizon.length))
        write(figure, 90, 634, wrap(figure, text, 600), bold=True, size=PROJECTOR)
