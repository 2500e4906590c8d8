"""The tornado: what each assumption alone does to the result, the most telling at the top."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    lower,
    name_row,
    records,
    row_axes,
    scale_for,
    subtitle_of,
    ticks_across,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import listing
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
    scale = scale_for(subject, [base, *ends.ravel()])
    notes = _notes(table, len(rows), averaged)
    title = t("Which assumptions matter most?")
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    words = Assumptions(subject.scenario)

    lowest, highest = t("at its lowest"), t("at its highest")
    key_entry(figure, LEFT, 78, lowest, ORANGE, hatch="////", color=DARK_ORANGE)
    key_entry(figure, LEFT + 240, 78, highest, BLUE)
    axes = row_axes(figure, LEFT, TOP, BROAD, TALL, len(rows))
    low, high = min(base, 0.0, float(ends.min())), max(base, 0.0, float(ends.max()))
    reach = (high - low) or 1.0
    axes.set_xlim(low - 0.13 * reach, high + 0.13 * reach)
    for row, one in enumerate(records(rows)):
        _bars(axes, row, one, words)
        middle = TOP + TALL * (row + 0.6) / (len(rows) + 0.2)
        detail = [t("is {value}", value=words.value(one.key, one.value)), words.grade(one.grade)]
        name_row(figure, middle, words.name(one.key), " · ".join(filter(None, detail)), LEFT - 110)
        swing = scale.text(one.swing, signed=True)
        write(figure, 1258, middle - 0.55 * PROJECTOR, swing, align="right", bold=True)
    write(figure, 1258, 78, t("from low to high"), align="right", color=MUTED)
    axes.axvline(base, color=INK, linewidth=points(2), zorder=4)
    if low < 0 < high or base != 0:
        axes.axvline(0, color=MUTED, linewidth=points(1.5), linestyle=(0, (2, 2)), zorder=1)
    ticks_across(axes, 6, scale.size)
    return figure


def _bars(axes: Axes, row: int, one: Any, words: Assumptions) -> None:
    """Draw the bars from the base to both ends of a number, each with its value beside it."""
    base = one.base
    for end, value, hue, dark, hatch in (
        (one.at_low, one.low, ORANGE, DARK_ORANGE, "////"),
        (one.at_high, one.high, BLUE, BLUE, None),
    ):
        bar(axes, row, end - base, hue, left=base, hatch=hatch, zorder=2)
        other = one.at_high if end == one.at_low else one.at_low
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


def sentences(subject: Subject, table: pd.DataFrame) -> list[str]:
    """Return the most telling assumptions of any sensitivity analysis, and which turn the sign."""
    words = Assumptions(subject.scenario)
    names = listing([lower(words.name(str(key))) for key in table["key"].head(3)])
    head = f"{subject.arm_label()}: {lower(subject.label())}"
    found = [t("{what}: most depends on {names}.", what=head, names=names)]
    if "changes_sign" not in table:
        return found
    scale = scale_for(subject, table[["base", "at_low", "at_high"]].to_numpy().ravel())
    base = scale.said(float(table["base"].iloc[0]))
    text = t(
        "{what} is {n} as the scenario is (runs: {runs}).",
        what=head,
        n=base,
        runs=len(subject.seeds),
    )
    found.insert(0, text)
    turning = [lower(words.name(str(key))) for key in table.loc[table["changes_sign"], "key"]]
    found.append(
        t("Alone they can change its sign: {names}.", names=listing(turning))
        if turning
        else t("No assumption alone changes its sign within its range.")
    )
    return found


def _notes(table: pd.DataFrame, shown: int, averaged: bool) -> list[str]:
    found = [
        t(
            "Every combination of low and high; a bar is the mean over those of the others, the "
            "line that of all."
        )
        if averaged
        else t("One assumption at a time; the line is the result as the scenario is.")
    ]
    if len(table) > shown:
        found.append(t("{n} more matter less.", n=len(table) - shown))
    error = table["swing_error"].max()
    if error == error:
        share = float(error) / (float(table["swing"].abs().max()) or 1.0)
        found.append(
            t("Chance: a standard error of at most {n}% of the longest bar.", n=round(100 * share))
        )
    return found
