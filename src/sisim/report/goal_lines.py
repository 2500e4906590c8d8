"""Goals as lines: how large a share comes how far, beside what was aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.chart.canvas import save
from sisim.report.chart.chart import (
    Chart,
    Column,
    Dash,
    FilledArea,
    Key,
    Line,
    Mark,
    Note,
    Panel,
    Rule,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import footer
from sisim.report.formats import decimal, percent_sign, share_of
from sisim.report.result_files import PICTURE_DPI, write_tables
from sisim.scenario.scenario import Goal

MOST = 6
"""So many goals find room."""
LINES: tuple[tuple[str, Dash], ...] = (
    ("without", "dashed"),
    ("with", "solid"),
    ("#D55E00", "dashdot"),
    ("#00694C", "dotted"),
    ("payback", "dashed"),
)
"""How arms are drawn, `without` first; more arms begin anew."""


@dataclass(frozen=True)
class Aim:
    """A goal and what the arms come to.

    Attributes:
        name: The goal's name.
        goal: The goal.
        years: The years, (years,).
        shares: Share by arm and year, all runs together; NaN where there is nobody.
        low: The lower end of the 10-90 % range of the runs.
        high: The upper end.
    """

    name: str
    goal: Goal
    years: Floats
    shares: dict[str, Floats]
    low: dict[str, Floats]
    high: dict[str, Floats]

    def met_in(self, arm: str, year: int) -> bool:
        """Return whether the goal is met in an arm in a year."""
        share = self.shares[arm][np.searchsorted(self.years, year)]
        return bool(share <= self.goal.share if self.goal.at_most else share >= self.goal.share)


def aims(result: Valuation) -> list[Aim]:
    """Return every goal of a scenario with what its arms come to."""
    if not result.scenario.goals:
        return []
    table = result.goals()
    years = np.unique(table["year"]).astype(float)
    found = []
    for name, goal in result.scenario.goals.items():
        own = table[table["goal"] == name]
        shares, low, high = {}, {}, {}
        for arm, rows in own.groupby("arm", sort=False, observed=True):
            part, whole = (
                rows.pivot_table(column, "replication", "year", aggfunc="sum").to_numpy(float)
                for column in ("part", "whole")
            )
            if not whole.any():
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                shares[str(arm)] = part.sum(axis=0) / whole.sum(axis=0)
                each = np.where(whole > 0, part / whole, np.nan)
            some = ~np.isnan(each).all(axis=0)
            ends = np.full((2, len(years)), np.nan)
            ends[:, some] = np.nanquantile(each[:, some], RANGE, axis=0)
            low[str(arm)], high[str(arm)] = ends
        found.append(Aim(name, goal, years, shares, low, high))
    return found


def goals_chart(result: Valuation) -> Chart:
    """Return every goal as a line, and the share that each arm comes to year by year."""
    found = aims(result)[:MOST]
    scenario, runs = result.scenario, len(result.seeds)
    arms = [WITHOUT, *scenario.arms]
    drawn = {arm: LINES[n % len(LINES)] for n, arm in enumerate(arms)}
    key = [Key(color, _arm(result, arm), line=dash) for arm, (color, dash) in drawn.items()]
    beside = min(len(found), 2 if len(found) in (2, 4) else 3) or 1
    columns = [_column(aim, drawn, beside, banded=runs >= BAND_FROM) for aim in found]
    rows = [(1.0, tuple(columns[n : n + beside])) for n in range(0, len(columns), beside)]
    banded = t("Bands: 10–90% of {n} runs.", n=decimal(runs)) if runs >= BAND_FROM else ""
    return Chart(
        rows=((0.1 * max(len(rows), 1), (Column((), key=tuple(key)),)), *rows),
        title=t("Goals, and what comes of them: {title}", title=scenario.title.text),
        notes=(footer(result),),
        corner=banded,
        high=720.0 if len(rows) <= 1 else 860.0,
    )


def _column(
    aim: Aim, drawn: Mapping[str, tuple[str, Dash]], beside: int, *, banded: bool
) -> Column:
    """Return a goal as a line, and the share that each arm comes to."""
    goal, years = aim.goal, np.asarray(aim.years, np.int64)
    ends = {arm: (aim.low[arm], aim.high[arm]) for arm in aim.shares}
    banded = banded and goal.delivery is None
    shown = [*aim.shares.values(), *(high for _, high in ends.values() if banded)]
    most = max([goal.share, *(float(np.nanmax(one, initial=0.0)) for one in shown)])
    marks: list[Mark] = []
    if banded:
        for arm, (low, high) in ends.items():
            known, name = np.flatnonzero(~np.isnan(low)), f"{aim.name}-{arm}-band"
            parts = years[known], low[known], high[known]
            marks.append(FilledArea(name, *parts, drawn[arm][0], opacity=0.12))
    marks.append(Rule(f"{aim.name}-goal", goal.share, "x", "extra", 3.0))
    if goal.by is not None:
        marks.append(Rule(f"{aim.name}-by", float(goal.by), "y", "extra", 1.5, "dotted"))
    for arm, shares in aim.shares.items():
        color, dash = drawn[arm]
        marks.append(Line(f"{aim.name}-{arm}", years, shares, color=color, dash=dash, markers=True))
    share = share_of(goal.share)
    at_least = t("Goal: at least {share}", share=share)
    said = t("Goal: at most {share}", share=share) if goal.at_most else at_least
    at = tuple((float(year), goal.share) for year in (years[0], years[-1]))
    places = ((60.0, 16.0), (-60.0, 16.0), (60.0, -16.0))
    name = f"{aim.name}-said"
    marks.append(Note(name, (said,), at, places, color="extra_text", bold=True))
    axis = value_axis(-0.02 * most, min(1.04, 1.2 * most), 4, 0.01, sign=percent_sign())
    panel = Panel(aim.name, year_axis(years, 10 if beside == 1 else 5), axis, tuple(marks))
    return Column((panel,), key=(Key("extra", goal.label.text, bold=True, line="solid"),))


def write_goals(result: Valuation, folder: Path) -> None:
    """Write the picture of the goals into a folder, and the numbers behind it."""
    save(paint(goals_chart(result)), folder / "goals", PICTURE_DPI)
    write_tables({"goals": result.goals()}, folder)


def goal_words(result: Valuation) -> list[str]:
    """Say of every goal how far each arm comes in its year, or the last, and whether it is met."""
    said = []
    for aim in aims(result):
        parts = []
        for arm, shares in aim.shares.items():
            known = np.flatnonzero(~np.isnan(shares))
            if not len(known):
                continue
            if aim.goal.by is not None:
                known = known[aim.years[known] <= aim.goal.by]
            year = int(aim.years[known[-1]])
            share = share_of(float(shares[known[-1]]))
            met = aim.met_in(arm, year)
            name = _arm(result, arm)
            parts.append(
                t("{arm} {share} in {year}, met", arm=name, share=share, year=str(year))
                if met
                else t("{arm} {share} in {year}, not met", arm=name, share=share, year=str(year))
            )
        aimed = (
            t("{goal}, at most {share}", goal=aim.goal.label.text, share=share_of(aim.goal.share))
            if aim.goal.at_most
            else t(
                "{goal}, at least {share}", goal=aim.goal.label.text, share=share_of(aim.goal.share)
            )
        )
        said.append(
            t("Goal: {goal}. {parts}.", goal=aimed, parts="; ".join(parts))
            if parts
            else t("Goal: {goal}. There is nobody whom it is about.", goal=aimed)
        )
    return said


def _arm(result: Valuation, arm: str) -> str:
    if arm == WITHOUT:
        return t("Without the investment")
    return result.scenario.arms[arm].label.text
