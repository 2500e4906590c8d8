"""What participants cost around their start, in a picture and in words: a fall is no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sisim.evaluation.participant_course import YEARS, ParticipantCourse
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_chart
from sisim.report.chart.chart import Axis, Chart, Column, Dash, Line, Mark, Panel, Rule, value_axis
from sisim.report.formats import listing, lower, money, percent, percent_sign, unit_for

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SURE = 2
"""So many standard errors are told as a margin."""
LOOKS: dict[str, tuple[str, Dash, float]] = {
    "matched": ("muted", "dotted", 3.0),
    "without": ("without", "dashed", 3.5),
    "with": ("with", "solid", 4.0),
}
"""The colour, the dashes and the width of each curve, from behind to the front."""


def life_label(life: str) -> str:
    """Return whose curve it is."""
    return {
        "with": t("participants,\nwith it"),
        "without": t("the same people,\nwithout it"),
        "matched": t("people like them\nwho did not take part"),
    }[life]


def sentences(found: ParticipantCourse) -> list[str]:
    """Return what participants cost around their start, and how much of the change is an effect."""
    cost = found.table().set_index(["life", "year"])["cost"]
    first, last = cost["with", 0], cost["with", YEARS - 1]
    if not np.isfinite([first, last]).all():
        return [
            t(
                "What participants cost around their start cannot be told: none of them is "
                "followed long enough before the scenario ends."
            )
        ]
    unit = unit_for(max(first, last))
    told = [
        t(
            "Participants' own costs ({payers}) are {first} per person in the first year and "
            "{last} in year {year} ({change}). Without the investment the same people would have "
            "cost {without} that year: people are taken in when matters are at their worst, and "
            "then they get better of themselves (regression to the mean).",
            payers=_payers(found),
            first=money(first, unit),
            last=money(last, unit),
            year=YEARS,
            change=percent(last / first - 1),
            without=money(cost["without", YEARS - 1], unit),
        ),
        _effect(found),
    ]
    if np.isfinite(cost["matched", YEARS - 1]):
        told.append(
            t(
                "People like them in age and in cost the year before, who did not take part, cost "
                "{first} in the first year and {last} in year {year}.",
                first=money(cost["matched", 0], unit),
                last=money(cost["matched", YEARS - 1], unit),
                year=YEARS,
            )
        )
    return told


def _effect(found: ParticipantCourse) -> str:
    runs, effect = len(found.seeds), float(found.effect.mean())
    margin = SURE * float(found.effect.std(ddof=1)) / np.sqrt(runs) if runs > 1 else float("inf")
    unit = unit_for(max(abs(effect), margin if np.isfinite(margin) else 0.0))
    if not abs(effect) > margin:
        return t("How much of it is an effect, the runs do not carry.")
    if effect < 0:
        return t(
            "Of the fall, {effect} per person is an effect in that year (± {margin}).",
            effect=money(-effect, unit),
            margin=money(margin, unit),
        )
    return t(
        "The investment makes them cost {effect} per person more in that year (± {margin}).",
        effect=money(effect, unit),
        margin=money(margin, unit),
    )


def _payers(found: ParticipantCourse) -> str:
    return listing([lower(found.scenario.payer_label(one).text) for one in found.administrations])


def draw_course(found: ParticipantCourse) -> Figure:
    """Draw `course_chart`."""
    from sisim.report.chart.matplotlib_painter import paint

    return paint(course_chart(found))


def course_chart(found: ParticipantCourse) -> Chart:
    """Return what participants cost year by year around their start, with and without."""
    table = found.table()
    unit = unit_for(float(np.nanmax(table["cost"].to_numpy(), initial=0.0)))
    columns = [Column((_panel(table, "cost", unit.size),), caption=_cost_caption(unit.label()))]
    if found.case is not None:
        case = found.scenario.pathway.groups[found.case].label.text
        caption = t("Share of the year: {case}", case=lower(case))
        columns.append(Column((_panel(table, "share", 0.01, percent_sign()),), caption=caption))
    subject = Subject(found.scenario, found.seeds, found.arm, "")
    people = int(found.participants.sum())
    runs = len(found.seeds)
    subtitle = t(
        "{investment}: own costs by year from the start, without those of the investment",
        investment=found.scenario.investments[found.investment].label.text,
    )
    note = n_(
        "{people} participants in {n} run. Everyone counts in the years in which they are there "
        "from beginning to end.",
        "{people} participants in {n} runs. Everyone counts in the years in which they are there "
        "from beginning to end.",
        runs,
        people=people,
    )
    title = t("Participants before and after, with and without the investment")
    return answer_chart(subject, title, subtitle, columns, [note], discounted=False)


def _cost_caption(unit: str) -> str:
    return t("Cost, {unit} per person and year", unit=unit)


def _panel(table: pd.DataFrame, measure: str, unit: float, sign: str = "") -> Panel:
    marks: list[Mark] = [Rule(f"{measure}-start", -0.5, "y", "muted", 1.5)]
    top = 0.0
    for life, (color, dash, width) in LOOKS.items():
        own = table[table["life"] == life]
        values = own[measure].to_numpy(float) / unit
        if not np.isfinite(values).any():
            continue
        top = max(top, float(np.nanmax(values)))
        marks.append(
            Line(
                f"{measure}-{life}",
                own["year"].to_numpy(float),
                values,
                life_label(life),
                color=color,
                width=width,
                dash=dash,
                bold=life == "with",
            )
        )
    years = sorted(table["year"].unique())
    # A year is told by its number: the first after the start is 1, the last before it -1.
    names = [f"{year + 1 if year >= 0 else year}".replace("-", "−") for year in years]
    axis = Axis(years[0] - 0.3, years[-1] + 0.3, tuple(zip(map(float, years), names, strict=True)))
    return Panel(measure, axis, value_axis(0.0, 1.1 * top or 1.0, 4, sign=sign), tuple(marks))
