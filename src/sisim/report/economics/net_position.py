"""The accumulated net year by year: the deepest hole, and when it has been paid back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.economics.appraisal import CARRIED, Appraisal
from sisim.economics.valuation import Valuation
from sisim.economics.yearly import year_at
from sisim.i18n import duration, t
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Dash,
    FilledArea,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    Span,
    value_axis,
    year_axis,
)
from sisim.report.economics.money_frame import money_chart
from sisim.report.formats import Unit, money, runs_of, share_of, unit_for
from sisim.report.present_value import valued


def net_position_chart(result: Valuation, arm: str) -> Chart:
    """Return the accumulated net of an arm, undiscounted and discounted."""
    appraisal = result.appraisal[arm]
    course = appraisal.course()
    course = course[course["series"].str.startswith("accumulated")]
    ends = course[["mean", "low", "high"] if appraisal.banded else ["mean"]].to_numpy()
    unit = unit_for(float(np.abs(ends).max()))
    low, high = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    room = 0.14 * (high - low) or unit.size
    years = year_axis(appraisal.years, 10)
    marks = [*_tail(appraisal, years), *_curves(appraisal, course, unit)]
    marks += [*_hole(appraisal), *_payback(appraisal)]
    panel = Panel("net", years, value_axis(low - room, high + room, 6, unit.size), tuple(marks))
    subtitle = t(
        "{arm}: lower costs less what is paid, accumulated to the end of each year, {unit}",
        arm=result.scenario.arms[arm].label.text,
        unit=unit.label(),
    )
    return money_chart(
        result,
        t("When is the money back?"),
        subtitle,
        [(1.0, (Column((panel,), words=_words(appraisal), ends=240.0),))],
        ranges=len(appraisal.amounts["net"]) if appraisal.banded else 0,
    )


def _at(instant: float) -> float:
    """Return where an instant stands: the name of a year is in the middle of the year."""
    return instant - 0.5


def _curves(appraisal: Appraisal, course: pd.DataFrame, unit: Unit) -> list[Mark]:
    """Return the curves, from nothing at the start; the undiscounted with its range."""
    years = appraisal.years
    x = np.append(years[0] - 0.5, years + 0.5)
    kinds = [("accumulated", "with", t("Undiscounted"))]
    if appraisal.rate:
        rate = share_of(appraisal.rate, 1)
        kinds.append(
            ("accumulated_discounted", "payback_text", t("Discounted at {rate}", rate=rate))
        )
    bands, lines = list[Mark](), list[Mark]()
    for name, color, text in kinds:
        own = course[course["series"] == name]
        mean, low, high = (np.append(0.0, own[end]) for end in ("mean", "low", "high"))
        if appraisal.banded:
            bands.append(FilledArea(f"{name}-band", x, low, high, color, opacity=0.12))
        dash: Dash = "solid" if name == "accumulated" else "dashed"
        said = f"{text}\n{money(float(mean[-1]), unit)}"
        lines.append(Line(name, x, mean, said, color=color, width=3.5, dash=dash, bold=True))
    return [*bands, *lines]


def _tail(appraisal: Appraisal, years: Axis) -> list[Mark]:
    first = appraisal.first_of_tail
    if first is None:
        return []
    said = t("Tail: not simulated")
    if appraisal.horizon.continued:
        said = t("Later lives alone: computed, not simulated")
    return [Span("tail", _at(first), years.high, "rule", (said,))]


def _hole(appraisal: Appraisal) -> list[Mark]:
    if appraisal.hole is None:
        return []
    year, depth = appraisal.hole
    point = _at(year + 1.0), depth
    text = t("Deepest hole, end of {year}: {depth}", year=year, depth=money(depth))
    beside = ((0.0, -26.0), (-150.0, -26.0), (120.0, -26.0))
    color = "extra_text"
    return [
        Points("hole", [point[0]], [point[1]], color=color, size=12.0),
        Note("hole-said", (text,), (point,), beside, wide=230.0, color=color, bold=True),
    ]


def _payback(appraisal: Appraisal) -> list[Mark]:
    """Return when it is paid back; none where the runs do not carry a year."""
    plain, discounted = appraisal.payback, appraisal.payback_discounted
    first = int(appraisal.years[0])
    years = [None if one is None else year_at(one, first) for one in (plain, discounted)]
    found: list[tuple[str, float | None, str, str]]
    if not appraisal.rate:
        found = [("plain", plain, t("Paid back {year}"), "with")]
    elif None not in years and len(set(years)) == 1:
        found = [("plain", plain, t("Paid back {year}, discounted too"), "with")]
    else:
        found = [
            ("plain", plain, t("Paid back {year}, undiscounted"), "with"),
            ("discounted", discounted, t("Paid back {year}, discounted"), "payback_text"),
        ]
    marks: list[Mark] = []
    for name, instant, text, color in found:
        if instant is None or appraisal.chance < CARRIED:
            continue
        written = text.format(year=year_at(instant, first))
        point = _at(instant), 0.0
        beside = ((-90.0, 34.0), (90.0, -34.0), (-90.0, -34.0), (90.0, 34.0))
        marks += [
            Points(f"payback-{name}", [point[0]], [0.0], color=color, size=13.0, shape="diamond"),
            Note(
                f"payback-{name}-said",
                (written,),
                (point,),
                beside,
                lead="line",
                wide=200.0,
                color=color,
                bold=True,
            ),
        ]
    return marks


def _words(appraisal: Appraisal) -> str:
    """Return in how many runs it is paid back, or that it is in none."""
    if not appraisal.cost.any():
        return t("Nothing is invested, so there is nothing to pay back.")
    length, runs = duration(appraisal.horizon.length), len(appraisal.amounts["net"])
    if runs == 1:
        paid = t("Paid back within {length}", length=length)
        return paid if appraisal.chance else t("Not paid back within {length}", length=length)
    often = runs_of(appraisal.chance, runs)
    said = t("Paid back within {length} in {runs}", length=length, runs=often)
    return f"{valued(said, appraisal.rate)}."
