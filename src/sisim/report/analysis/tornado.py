"""The tornado: what each assumption alone does to the result, the most telling at the top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.analysis.measures import turning_point, why_undefined
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    name_row,
    records,
    row_axes,
    scale_for,
    subtitle_of,
    ticks_across,
    undefined_canvas,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import listing, lower, runs_of
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    INK,
    MUTED,
    ORANGE,
    PROJECTOR,
    bar,
    key_entry,
    label,
    points,
    write,
)

MOST = 7
"""The most bars that are drawn; the rest are counted in a note."""
LEFT, TOP, BROAD, TALL = 480.0, 112.0, 660.0, 480.0


def draw_tornado(subject: Subject, table: pd.DataFrame, *, averaged: bool = False) -> Figure:
    """Draw a bar per assumption, from the result at its lowest to that at its highest.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.one_way.one_way`.
        averaged: All combinations of low and high were run, and a bar is the mean over those of
            the others; otherwise the others are as in the scenario.
    """
    rows = table.head(MOST)
    base = float(table["base"].iloc[0])
    ends = rows[["at_low", "at_high"]].to_numpy()
    known = np.array([base, *ends.ravel()])
    known = known[~np.isnan(known)]
    scale = scale_for(subject, known)
    title = t("Which assumptions matter most?")
    if not len(known):
        return undefined_canvas(subject, title, sentences(subject, table))
    notes = [*_notes(table, len(rows), averaged), *subject.few_runs]
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    words = Assumptions(subject.scenario)

    lowest, highest = t("at its lowest"), t("at its highest")
    key_entry(figure, LEFT, 78, lowest, ORANGE, hatch="////", color=DARK_ORANGE)
    key_entry(figure, LEFT + 240, 78, highest, BLUE)
    axes = row_axes(figure, LEFT, TOP, BROAD, TALL, len(rows))
    turn = turning_point(subject.measure)
    marked = known if turn is None else np.append(known, turn)
    low, high = float(marked.min()), float(marked.max())
    reach = (high - low) or 1.0
    axes.set_xlim(low - 0.13 * reach, high + 0.13 * reach)
    for row, one in enumerate(records(rows)):
        _bars(axes, row, one, words)
        middle = TOP + TALL * (row + 0.6) / (len(rows) + 0.2)
        detail = [
            t("is {value}", value=words.value(one.key, one.value)),
            words.grade(one.grade),
            _undefined_ends(one),
        ]
        name_row(figure, middle, words.name(one.key), " · ".join(filter(None, detail)), LEFT - 110)
        swing = scale.text(one.swing, signed=True)
        write(figure, 1258, middle - 0.55 * PROJECTOR, swing, align="right", bold=True)
    write(figure, 1258, 78, t("from low to high"), align="right", color=MUTED)
    if base == base:
        axes.axvline(base, color=INK, linewidth=points(2), zorder=4)
    if turn is not None and (low < turn < high or base != turn):
        axes.axvline(turn, color=MUTED, linewidth=points(1.5), linestyle=(0, (2, 2)), zorder=1)
    ticks_across(axes, 6, scale)
    return figure


def _undefined_ends(one: Any) -> str:
    """Return at which ends of a number the outcome is undefined; empty if at none."""
    low, high = one.at_low != one.at_low, one.at_high != one.at_high
    if low and high:
        return t("no value at either end")
    if low:
        return t("no value at its lowest")
    return t("no value at its highest") if high else ""


def _bars(axes: Axes, row: int, one: Any, words: Assumptions) -> None:
    """Draw the bars from the base to both ends of a number, each with its value beside it.

    Where the outcome is undefined at the base they begin at the middle of the ends.
    """
    known = [end for end in (one.at_low, one.at_high) if end == end]
    if not known:
        return
    base = one.base if one.base == one.base else sum(known) / len(known)
    for end, value, hue, dark, hatch in (
        (one.at_low, one.low, ORANGE, DARK_ORANGE, "////"),
        (one.at_high, one.high, BLUE, BLUE, None),
    ):
        if end != end:
            continue
        bar(axes, row, end - base, hue, left=base, hatch=hatch, zorder=2)
        other = one.at_high if end == one.at_low else one.at_low
        other = base if other != other else other
        right = end > other if end != other else hue == BLUE
        # A label beside the far end; where both ends lie on one side, the nearer has none.
        if (end - base) * (other - base) > 0 and abs(end - base) < abs(other - base):
            continue
        label(
            axes,
            (max(end, base) if right else min(end, base), row),
            words.value(one.key, value),
            align="left" if right else "right",
            shift=(6 if right else -6, 0),
            color=dark,
        )


NAMED = 3
"""So many numbers are named in a sentence."""


def sentences(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return the most telling assumptions of any sensitivity analysis, and which turn the sign."""
    words = Assumptions(subject.scenario)
    ranking = _ranking(subject, table)
    head = subject.what()
    if "points" in table:
        first = table.iloc[0]
        return [*ranking, *_left_out(subject, first)]
    scale = scale_for(subject, table[["base", "at_low", "at_high"]].to_numpy().ravel())
    base = table.iloc[0]
    found = []
    if base["base"] == base["base"]:
        text = scale.said(float(base["base"]))
        runs = len(subject.seeds)
        found.append(
            t("{what} is {n} as the scenario is (runs: {runs}).", what=head, n=text, runs=runs)
        )
        found += _above(subject, base)
    found += subject.undefined(int(base["undefined"]), len(subject.seeds))
    found += [*ranking, *_undefined(subject, table)]
    if turning_point(subject.measure) is None or base["base"] != base["base"]:
        return found
    turning = [lower(words.name(str(key))) for key in table.loc[table["changes_sign"], "key"]]
    ends = table[["at_low", "at_high"]]
    if not turning and ends.isna().any(axis=None):
        return found
    return [*found, _turning(subject, turning)]


def _above(subject: Subject, base: Any) -> list[str]:
    """Return in how many runs the measure is above its turning point; nothing of a single run."""
    turn, runs = turning_point(subject.measure), len(subject.seeds) - int(base["undefined"])
    if turn is None or runs < 2:
        return []
    at = scale_for(subject, [turn]).text(turn) if turn else t("zero")
    return [t("It is above {limit} in {runs}.", limit=at, runs=runs_of(base["above"] / runs, runs))]


def _turning(subject: Subject, names: list[str]) -> str:
    """Return which assumptions alone take the measure past its turning point."""
    turn = turning_point(subject.measure)
    if not turn:
        if names:
            return t("Alone they can change its sign: {names}.", names=listing(names))
        return t("No assumption alone changes its sign within its range.")
    at = scale_for(subject, [turn]).text(turn)
    if names:
        return t("Alone they can take it past {n}: {names}.", n=at, names=listing(names))
    return t("No assumption alone takes it past {n} within its range.", n=at)


def _ranking(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return what the measure most depends on; that nothing matters, or that chance hides it.

    What is beyond chance is not called the most where something else may matter more.
    """
    words, head = Assumptions(subject.scenario), subject.what()

    def named(rows: pd.DataFrame) -> str:
        return listing([lower(words.name(str(key))) for key in rows["key"].head(NAMED)])

    telling, hidden = table[table["tells"]], table[~table["tells"]]
    first = telling[telling.index < hidden.index.min()] if len(hidden) else telling
    if len(first):
        return [t("{what}: most depends on {names}.", what=head, names=named(first))]
    if len(telling):
        larger = hidden[hidden.index < telling.index.min()]
        return [
            t(
                "{what}: beyond chance it depends on {names}; {others} may matter more, but the "
                "runs are too few to tell.",
                what=head,
                names=named(telling),
                others=named(larger),
            )
        ]
    size = next(name for name in ("swing", "total", "mu_star") if name in table)
    if table[size].isna().all():
        return []
    if not table[size].fillna(0.0).abs().max():
        return [t("{what}: nothing that was varied makes any difference.", what=head)]
    return [
        t("{what}: nothing that was varied makes a difference beyond chance.", what=head),
    ]


def _undefined(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return at the ends of which assumptions the measure is undefined in some runs, and why."""
    words = Assumptions(subject.scenario)
    some = table[(table["undefined_low"] > 0) | (table["undefined_high"] > 0)]
    if some.empty:
        return []
    runs = len(subject.seeds)
    parts = []
    for one in records(some):
        for count, value in ((one.undefined_low, one.low), (one.undefined_high, one.high)):
            if count:
                parts.append(
                    t(
                        "{name} {value} ({n} of {all})",
                        name=lower(words.name(one.key)),
                        value=words.value(one.key, value),
                        n=count,
                        all=runs,
                    )
                )
    why = why_undefined(subject.measure)
    return [
        t(
            "There is no value in some runs, as {why}, at: {places}.",
            why=why,
            places="; ".join(parts),
        )
    ]


def _left_out(subject: Subject, row: Any) -> list[str]:
    """Return how many points of a design are left out as the measure is undefined, and why."""
    if not row["undefined"]:
        return []
    return [
        t(
            "Points of the design left out, as there is no value at one of those that belong "
            "together ({why}): {n} of {all}.",
            n=int(row["undefined"]),
            all=int(row["points"]),
            why=why_undefined(subject.measure),
        )
    ]


def _notes(table: pd.DataFrame, shown: int, averaged: bool) -> list[str]:
    found = [
        t(
            "Every combination of low and high; a bar is the mean over those of the others, the "
            "line that of all."
        )
        if averaged
        else t("One assumption at a time; the line is the result as the scenario is.")
        if table["base"].notna().all()
        else t("One assumption at a time; the scenario as it is has no value.")
    ]
    if len(table) > shown:
        found.append(n_("1 more matters less.", "{n} more matter less.", len(table) - shown))
    error, longest = table["swing_error"].max(), float(table["swing"].abs().max())
    if error == error and longest == longest and longest:
        share = float(error) / longest
        found.append(
            t("Chance: a standard error of at most {n}% of the longest bar.", n=round(100 * share))
        )
    return found
