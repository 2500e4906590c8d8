"""Goals as lines: how large a share comes how far, beside what was aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator
from matplotlib.typing import LineStyleType

from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.comparison_text import footer
from sisim.report.formats import decimal, share_of
from sisim.report.frame import EDGE
from sisim.report.result_files import PICTURE_DPI, write_tables
from sisim.report.style import (
    BLACK,
    BLUE,
    DARK_ORANGE,
    FINE,
    GREEN,
    HIGH,
    MUTED,
    ORANGE,
    PURPLE,
    VERMILION,
    WIDE,
    canvas,
    fit,
    place,
    points,
    save,
    width_of,
    wrap,
    write,
)
from sisim.scenario.scenario import Goal

MOST = 6
"""So many goals find room."""
LINES: list[tuple[str, LineStyleType]] = [
    (BLACK, (0, (8 / 3, 4 / 3))),
    (BLUE, "solid"),
    (VERMILION, (0, (5, 1))),
    (GREEN, (0, (1, 1))),
    (PURPLE, (0, (4, 1, 1, 1))),
]
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


def draw_goals(result: Valuation) -> Figure:
    """Draw every goal as a line, and the share that each arm comes to year by year."""
    found = aims(result)[:MOST]
    scenario, runs = result.scenario, len(result.seeds)
    figure = canvas(WIDE, HIGH)
    title = t("Goals, and what comes of them: {title}", title=scenario.title.text)
    write(figure, EDGE, 10, fit(figure, title, WIDE - 2 * EDGE, 22, bold=True), size=22, bold=True)
    arms = [WITHOUT, *scenario.arms]
    drawn = {arm: LINES[n % len(LINES)] for n, arm in enumerate(arms)}
    top = _key(figure, result, drawn)
    columns = min(len(found), 2 if len(found) in (2, 4) else 3) or 1
    rows = -(-len(found) // columns)
    for index, aim in enumerate(found):
        row, column = divmod(index, columns)
        wide, high = (WIDE - 2 * EDGE) / columns, (HIGH - top - 60) / rows
        left, above = EDGE + column * wide, top + row * high
        label = aim.goal.label.text
        for line, text in enumerate(wrap(figure, label, wide - 40, bold=True).split("\n")[:2]):
            write(figure, left, above + 21 * line, text, bold=True)
        axes = place(figure, left + 64, above + 58, wide - 104, high - 104)
        _panel(axes, aim, drawn, banded=runs >= BAND_FROM)
    write(figure, EDGE, HIGH - 22, footer(result), size=FINE, color=MUTED)
    if runs >= BAND_FROM:
        text = t("Bands: 10–90% of {n} runs.", n=decimal(runs))
        write(figure, WIDE - EDGE, HIGH - 22, text, size=FINE, color=MUTED, align="right")
    return figure


def _panel(
    axes: Axes, aim: Aim, drawn: Mapping[str, tuple[str, LineStyleType]], *, banded: bool
) -> None:
    """Draw a goal as a line, and the share that each arm comes to."""
    years = aim.years
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    shown = [s for each in aim.shares.values() for s in each[~np.isnan(each)]]
    most = max([aim.goal.share, *shown])
    axes.set_ylim(0, min(1.04, 1.15 * most))
    axes.yaxis.set_major_locator(MultipleLocator(0.25 if most > 0.5 else 0.1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: share_of(y)))
    middle = aim.goal.by or int(years[len(years) // 2])
    axes.set_xticks([int(years[0]), middle, int(years[-1])])
    axes.axhline(aim.goal.share, color=ORANGE, linewidth=points(3), zorder=2)
    text = t("Goal {share}", share=share_of(aim.goal.share))
    axes.annotate(
        text,
        (0, aim.goal.share),
        xycoords=("axes fraction", "data"),
        color=DARK_ORANGE,
        xytext=(points(4), points(4)),
        textcoords="offset points",
        fontweight="bold",
        fontsize=points(FINE),
        zorder=6,
    )
    if aim.goal.by is not None:
        axes.axvline(aim.goal.by, color=ORANGE, linewidth=points(1.5), zorder=1)
    for arm, shares in aim.shares.items():
        color, style = drawn[arm]
        axes.plot(years, shares, color=color, linestyle=style, linewidth=points(3), zorder=4)
        if banded and aim.goal.delivery is None:
            axes.fill_between(
                years,
                aim.low[arm],
                aim.high[arm],
                color=color,
                alpha=0.12,
                linewidth=0,
                zorder=1,
            )


def write_goals(result: Valuation, folder: Path) -> None:
    """Write the picture of the goals into a folder, and the numbers behind it."""
    save(draw_goals(result), folder / "goals", PICTURE_DPI)
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


def _key(
    figure: Figure, result: Valuation, drawn: Mapping[str, tuple[str, LineStyleType]]
) -> float:
    """Write what each line stands for; return where the next thing may stand."""
    left, top = EDGE, 46.0
    for arm, (color, style) in drawn.items():
        text = _arm(result, arm)
        wide = 54 + width_of(figure, text) + 34
        if left > EDGE and left + wide > WIDE:
            left, top = EDGE, top + 26
        x = np.array([left, left + 44]) / WIDE
        y = [1 - (top + 11) / HIGH] * 2
        figure.add_artist(Line2D(x, y, color=color, linestyle=style, linewidth=points(3)))
        write(figure, left + 54, top, text)
        left += wide
    return top + 40
