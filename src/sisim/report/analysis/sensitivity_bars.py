"""Which numbers decide: bars of Sobol indices, or of Morris' elementary effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    records,
    row_axis,
    scale_for,
    share_axis,
    subtitle_of,
    undefined_chart,
    with_room,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.tornado import sentences
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Rule,
    Word,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import lower, share_of

MOST = 7
BASE_POINTS = 16
"""Fewer base points of a Sobol design say too little of chance for an interval."""


def draw_sobol(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Figure:
    """Draw `sobol_chart`."""
    return paint(sobol_chart(subject, table, grades))


def draw_morris(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Figure:
    """Draw `morris_chart`."""
    return paint(morris_chart(subject, table, grades))


def sobol_chart(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Chart:
    """Return the share of the variance that is due to each number alone, and with others.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.global_sensitivity.sobol`.
        grades: What each number is built on, by key.
    """
    rows = table.head(MOST)
    arm, what = subject.arm_label(), lower(subject.label())
    subtitle = t(
        "{arm}: share of the variance in {what}, all numbers varying at once", arm=arm, what=what
    )
    title = t("Which numbers decide?")
    if table["total"].isna().all():
        return undefined_chart(subject, title, sentences(subject, table))
    first = table.iloc[0]
    enough = (first["points"] - first["undefined"]) // (len(table) + 2) >= BASE_POINTS

    def bars(row: int, one: Any) -> tuple[list[Mark], float, str]:
        total, alone = max(one.total, 0.0), max(one.first, 0.0)
        marks: list[Mark] = [
            Bars(f"total-{row}", [-row], [0.0], [total], "#56B4E9", 0.62, True, across=True),
            Bars(f"first-{row}", [-row], [0.0], [alone], "with", 0.62, across=True),
        ]
        far = max(total, alone)
        if enough and one.total_error == one.total_error:
            # With few base points an interval may reach beyond the whole variance.
            ends = max(one.total - one.total_error, 0.0), min(one.total + one.total_error, 1.0)
            marks.append(Rule(f"chance-{row}", -row, "x", "ink", 2.0, ends=ends))
            far = max(far, ends[1])
        return marks, far, share_of(total)

    column = _column(subject, rows, grades, bars, lambda high: share_axis(0.0, high, 5))
    key = Key("with", t("alone")), Key("#56B4E9", t("together with others"), hatched=True)
    notes = [
        t("Sobol indices; lines: 95% intervals.")
        if enough
        else t("Sobol indices; intervals take at least {n} base points.", n=BASE_POINTS),
        *_notes(subject, table, rows),
    ]
    return answer_chart(subject, title, subtitle, [replace(column, key=key)], notes)


def morris_chart(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Chart:
    """Return the mean effect of each number over its range, and how it depends on the others.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.global_sensitivity.morris`.
        grades: What each number is built on, by key.
    """
    rows = table.head(MOST)
    scale = scale_for(subject, rows["mu_star"].to_numpy())
    title = t("Which numbers decide?")
    if table["mu_star"].isna().all():
        return undefined_chart(subject, title, sentences(subject, table))

    def bars(row: int, one: Any) -> tuple[list[Mark], float, str]:
        ends = max(one.mu_star - one.sigma, 0.0), one.mu_star + one.sigma
        marks: list[Mark] = [
            Bars(f"effect-{row}", [-row], [0.0], [one.mu_star], "with", 0.62, across=True),
            Rule(f"spread-{row}", -row, "x", "ink", 2.0, ends=ends),
        ]
        return marks, ends[1], scale.text(one.mu, signed=True)

    def axis(high: float) -> Axis:  # effects are differences, also of a year
        return value_axis(0.0, high, 5, scale.size)

    notes = [
        t(
            "Morris screening: the mean effect of going through a number's range, in either "
            "direction; the line is its spread over what the others are."
        ),
        *_notes(subject, table, rows),
    ]
    column = _column(subject, rows, grades, bars, axis)
    return answer_chart(subject, title, subtitle_of(subject, scale), [column], notes)


def _column(
    subject: Subject,
    rows: pd.DataFrame,
    grades: dict[str, str],
    bars: Callable[[int, Any], tuple[list[Mark], float, str]],
    axis: Callable[[float], Axis],
) -> Column:
    """Return a row per number.

    Args:
        subject: What is asked.
        rows: The numbers.
        grades: What each number is built on, by key.
        bars: Returns what is drawn in a row, where it ends, and what is written there.
        axis: Returns the horizontal axis, from where it ends.
    """
    words, known = Assumptions(subject.scenario), rows.dropna(subset=rows.columns[1])
    drawn = [(row, *bars(row, one)) for row, one in enumerate(records(known))]
    said = [Word(f"said-{row}", text, far, -row, shift=(8.0, 0.0)) for row, _, far, text in drawn]
    _, high = with_room(0.0, max(far for _, _, far, _ in drawn), (), [one.text for one in said])
    names = row_axis([(words.name(key), words.grade(grades.get(key))) for key in known["key"]])
    marks = [mark for _, own, _, _ in drawn for mark in own]
    return Column((Panel("bars", axis(high), names, (*marks, *said)),))


def _notes(subject: Subject, table: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Return how many numbers are not drawn, and what is said where none matters."""
    left = len(table) - len(rows)
    notes = [n_("1 more matters less.", "{n} more matter less.", left)] if left else []
    return notes if table["tells"].any() else [*notes, *sentences(subject, table)[:1]]
