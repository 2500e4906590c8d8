"""From one scenario to another: a step for each change, and one for what they do together."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Scale,
    Subject,
    answer_chart,
    measure_axis,
    records,
    row_axis,
    scale_for,
    subtitle_of,
    undefined_chart,
    with_room,
)
from sisim.report.analysis.change_words import ChangeWords
from sisim.report.chart.chart import Bars, Chart, Column, Mark, Panel, Rule, Word
from sisim.report.chart.matplotlib_painter import paint

NOTHING = 1e-9
"""A relative error that is one of rounding."""
MOST = 7
"""The most changes that have a step of their own; the rest share one."""


def draw_difference(
    subject: Subject, table: pd.DataFrame, names: tuple[str, str], words: ChangeWords
) -> Figure:
    """Draw `difference_chart`."""
    return paint(difference_chart(subject, table, names, words))


def difference_chart(
    subject: Subject, table: pd.DataFrame, names: tuple[str, str], words: ChangeWords
) -> Chart:
    """Return a waterfall from the result of the first scenario to that of the second.

    Args:
        subject: What is asked, of the first scenario.
        table: See `sisim.analysis.scenario_diff.difference`.
        names: What the two scenarios are called.
        words: What their differences are called.
    """
    title = t("What did the changes do?")
    ends_known = table.loc[table["kind"].isin(["first", "second"]), "result"]
    if ends_known.isna().any():
        return undefined_chart(subject, title, sentences(subject, table, words))
    steps = _steps(table, names, words)
    scale = scale_for(subject, [value for _, _, value, _ in steps])
    ends: list[tuple[float, float]] = []
    for _, _, value, whole in steps:
        level = ends[-1][1] if ends else 0.0
        ends.append((0.0, value) if whole else (level, level + value))
    # A bar to a year begins at no zero.
    reached = [at for pair in ends for at in pair if at or scale.first_year is None]
    texts = [scale.text(value, signed=not whole) for _, _, value, whole in steps]
    low, high = with_room(min(reached), max(reached), texts, texts)
    marks: list[Mark] = [Rule("zero", 0.0, "y", width=1.5)] if low < 0 < high else []
    for row, (_, _, _, whole) in enumerate(steps):
        marks += _step(row, ends[row], texts[row], whole=whole, low=low)
    marks += [
        Rule(f"level-{row}", end, "y", width=1.5, ends=(-row - 0.28, -row - 0.72))
        for row, (_, end) in enumerate(ends[:-1])
    ]
    rows = row_axis([(name, said) for name, said, _, _ in steps])
    panel = Panel("steps", measure_axis(scale, low, high, 5), rows, tuple(marks))
    notes = [t("Each change is made alone in the first scenario."), *subject.few_runs]
    return answer_chart(subject, title, subtitle_of(subject, scale), [Column((panel,))], notes)


def _step(
    row: int, ends: tuple[float, float], text: str, *, whole: bool, low: float
) -> tuple[Bars, Word]:
    """Return a step of the waterfall: a whole bar, a rise, or a hatched fall; and its size."""
    start, end = ends
    rises = end >= start
    color, dark = (
        ("ink", "ink") if whole else ("with", "with") if rises else ("extra", "extra_text")
    )
    sides = [max(min(ends), low)], [max(ends)]
    return (
        Bars(f"step-{row}", [-row], *sides, color, 0.56, not (whole or rises), across=True),
        Word(
            f"said-{row}",
            text,
            end,
            -row,
            "left" if rises else "right",
            (8.0 if rises else -8.0, 0.0),
            dark,
            bold=whole,
        ),
    )


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
