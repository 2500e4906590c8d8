"""From one scenario to another: a step for each change, and one for what they do together."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Scale,
    Subject,
    answer_canvas,
    records,
    row_axes,
    scale_for,
    subtitle_of,
    ticks_across,
    undefined_canvas,
)
from sisim.report.analysis.change_words import ChangeWords
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    FINE,
    INK,
    MUTED,
    ORANGE,
    bar,
    label,
    points,
    wrap,
    write,
)

NOTHING = 1e-9
"""A relative error that is one of rounding."""
MOST = 7
"""The most changes that have a step of their own; the rest share one."""


def draw_difference(
    subject: Subject, table: pd.DataFrame, names: tuple[str, str], words: ChangeWords
) -> Figure:
    """Draw a waterfall from the result of the first scenario to that of the second.

    Args:
        subject: What is asked, of the first scenario.
        table: See `sisim.analysis.scenario_diff.difference`.
        names: What the two scenarios are called.
        words: What their differences are called.
    """
    title = t("What did the changes do?")
    ends_known = table.loc[table["kind"].isin(["first", "second"]), "result"]
    if ends_known.isna().any():
        return undefined_canvas(subject, title, sentences(subject, table, words))
    steps = _steps(table, names, words)
    scale = scale_for(subject, [step[2] for step in steps])
    notes = [t("Each change is made alone in the first scenario."), *subject.few_runs]
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    left, top, broad, tall = 480.0, 88.0, 700.0, 492.0
    axes = row_axes(figure, left, top, broad, tall, len(steps))
    ends: list[tuple[float, float]] = []
    level = 0.0
    for _, _, value, whole in steps:
        ends.append((0.0, value) if whole else (level, level + value))
        level = ends[-1][1]
    low, high = min(map(min, ends)), max(map(max, ends))
    if scale.first_year is None:
        low, high = min(0.0, low), max(0.0, high)
    else:  # A bar to a year begins at no zero.
        low = min(level for pair in ends for level in pair if level)
    reach = (high - low) or 1.0
    axes.set_xlim(low - 0.16 * reach, high + 0.16 * reach)
    axes.axvline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    for row, ((name, said, value, whole), (start, end)) in enumerate(zip(steps, ends, strict=True)):
        _step(axes, row, start, end, whole=whole)
        if row + 1 < len(steps):
            axes.plot(
                [end, end], [row + 0.28, row + 0.72], color=MUTED, linewidth=points(1.5), zorder=2
            )
        right = end >= start
        label(
            axes,
            (end, row),
            scale.text(value, signed=not whole),
            align="left" if right else "right",
            shift=(8 if right else -8, 0),
            bold=whole,
            color=INK if whole else BLUE if value >= 0 else DARK_ORANGE,
        )
        middle = top + tall * (row + 0.6) / (len(steps) + 0.2)
        lines = wrap(figure, name, left - 60, bold=whole).split("\n")[: 2 if len(steps) < 9 else 1]
        for number, line in enumerate(lines):
            write(
                figure,
                20,
                middle - 10 * len(lines) - (10 if said else 0) + 21 * number,
                line,
                bold=whole,
            )
        write(figure, 20, middle + 11 * len(lines) - 7, said, size=FINE, color=MUTED)
    ticks_across(axes, 5, scale)
    return figure


def _step(axes: Axes, row: int, start: float, end: float, *, whole: bool) -> None:
    """Draw a step of the waterfall: a whole bar, a rise, or a hatched fall."""
    hue = INK if whole else BLUE if end >= start else ORANGE
    hatch = None if whole or end >= start else "////"
    bar(axes, row, end - start, hue, left=start, height=0.56, hatch=hatch, zorder=3)


def sentences(subject: Subject, table: pd.DataFrame, words: ChangeWords) -> list[str]:
    """Return what each change did, a sentence a line."""
    scale = scale_for(subject, table[["result", "effect"]].to_numpy(float).ravel())
    found = []
    for one in records(table):
        if one.kind == "first":
            text = t(
                "{what} in the first scenario: {n}.", what=subject.what(), n=_level(one, scale)
            )
        elif one.kind == "second":
            text = t("In the second: {n}.", n=_level(one, scale))
        elif one.kind == "together":
            if isnan(one.effect):
                continue
            text = t(
                "The changes together, beyond each alone: {n}.", n=_effect(subject, one, scale)
            )
        else:
            text = _change(subject, one, scale, words.change(one.key))
        found.append(text)
    asked = table["undefined"].dropna()
    found += subject.undefined(int(asked.sum()), len(asked) * len(subject.seeds))
    return [*found, *subject.few_runs]


def _level(one: Any, scale: Scale) -> str:
    return t("no value") if isnan(one.result) else scale.said(one.result)


def _change(subject: Subject, one: Any, scale: Scale, name: str) -> str:
    """Return what a change does alone, with its margin where the runs are enough for one."""
    if not one.fits:
        return t("{what}: does not fit without the other changes.", what=name)
    if isnan(one.effect):
        return t("{what}: no value to compare with.", what=name)
    return t("{what}: {n}.", what=name, n=_effect(subject, one, scale))


def _effect(subject: Subject, one: Any, scale: Scale) -> str:
    """Return a difference, with its margin where the runs are enough for one."""
    effect = scale.said(one.effect, signed=True)
    if subject.few_runs or not one.effect_error > NOTHING * abs(one.effect):
        return effect
    error = scale.margin(2 * one.effect_error)
    return t("{n} ± {error} (two standard errors)", n=effect, error=error)


def _steps(
    table: pd.DataFrame, names: tuple[str, str], words: ChangeWords
) -> list[tuple[str, str, float, bool]]:
    """Return each step: its name, what is said of it, its size, and whether it is a whole bar."""
    rows = records(table)
    found = [(names[0], "", float(rows[0].result), True)]
    alone = [one for one in rows if one.kind == "change" and not isnan(one.effect) and one.effect]
    alone.sort(key=lambda one: -abs(one.effect))
    for one in alone[:MOST]:
        found.append((words.name(one.key), words.said(one.key), float(one.effect), False))
    rest = sum(float(one.effect) for one in alone[MOST:])
    if alone[MOST:]:
        text = n_("1 smaller change", "{n} smaller changes", len(alone) - MOST)
        found.append((text, "", rest, False))
    together = next(one for one in rows if one.kind == "together")
    if not isnan(together.effect) and abs(together.effect) > NOTHING * max(
        1.0, abs(float(rows[-1].result))
    ):
        found.append((t("Together, beyond each alone"), "", float(together.effect), False))
    found.append((names[1], "", float(rows[-1].result), True))
    return found
