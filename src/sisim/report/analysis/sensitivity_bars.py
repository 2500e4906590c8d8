"""Which numbers decide: bars of Sobol indices, or of Morris' elementary effects."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

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
from sisim.report.analysis.tornado import sentences
from sisim.report.formats import decimal, lower
from sisim.report.style import BLUE, INK, SKY, bar, key_entry, label, points

MOST = 7
BASE_POINTS = 16
"""Fewer base points of a Sobol design say too little of chance for an interval."""
LEFT, TOP, BROAD, TALL = 480.0, 112.0, 700.0, 480.0


def draw_sobol(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Figure:
    """Draw the share of the variance that is due to each number alone, and with others.

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
        return undefined_canvas(subject, title, sentences(subject, table))
    one = table.iloc[0]
    enough = (one["points"] - one["undefined"]) // (len(table) + 2) >= BASE_POINTS
    notes = [
        t("Sobol indices; lines: 95% intervals.")
        if enough
        else t("Sobol indices; intervals take at least {n} base points.", n=BASE_POINTS),
        *_notes(subject, table, rows),
    ]
    figure = answer_canvas(subject, title, subtitle, notes)
    key_entry(figure, LEFT, 78, t("alone"), BLUE)
    key_entry(figure, LEFT + 130, 78, t("together with others"), SKY, hatch="////", color=INK)
    axes = row_axes(figure, LEFT, TOP, BROAD, TALL, len(rows))
    # With few base points an interval may reach beyond the whole variance.
    margin = rows["total_error"].fillna(0.0) if enough else 0.0
    reach = min(float((rows["total"] + margin).max()), 1.0)
    axes.set_xlim(0, max(0.1, 1.12 * reach, 1.12 * float(rows["first"].max())))
    for row, one in enumerate(records(rows)):
        bar(axes, row, max(one.total, 0), SKY, hatch="////", zorder=2)
        axes.barh(row, max(one.first, 0), height=0.62, color=BLUE, zorder=3)
        far = max(one.total, one.first, 0)
        if enough and one.total_error == one.total_error:
            ends = [max(one.total - one.total_error, 0), min(one.total + one.total_error, 1)]
            axes.plot(ends, [row, row], color=INK, linewidth=points(2), zorder=4)
            far = max(*ends, one.first)
        label(axes, (far, row), decimal(max(one.total, 0), 2), shift=(8, 0))
    _names(figure, subject, rows, grades)
    ticks_across(axes, 5)
    return figure


def draw_morris(subject: Subject, table: pd.DataFrame, grades: dict[str, str]) -> Figure:
    """Draw the mean effect of each number over its range, and how much it depends on the others.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.global_sensitivity.morris`.
        grades: What each number is built on, by key.
    """
    rows = table.head(MOST)
    scale = scale_for(subject, rows["mu_star"].to_numpy())
    title = t("Which numbers decide?")
    if table["mu_star"].isna().all():
        return undefined_canvas(subject, title, sentences(subject, table))
    notes = [
        t(
            "Morris screening: the mean effect of going through a number's range, in either "
            "direction; the line is its spread over what the others are."
        ),
        *_notes(subject, table, rows),
    ]
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    axes = row_axes(figure, LEFT, TOP - 24, BROAD, TALL + 24, len(rows))
    reach = float((rows["mu_star"] + rows["sigma"]).max()) or 1.0
    axes.set_xlim(0, 1.15 * reach)
    for row, one in enumerate(records(rows)):
        axes.barh(row, one.mu_star, height=0.62, color=BLUE, zorder=2)
        ends = [max(one.mu_star - one.sigma, 0), one.mu_star + one.sigma]
        axes.plot(ends, [row, row], color=INK, linewidth=points(2), zorder=4)
        label(axes, (ends[1], row), scale.text(one.mu, signed=True), shift=(8, 0))
    _names(figure, subject, rows, grades, TOP - 24, TALL + 24)
    ticks_across(axes, 5, scale.size)  # effects are differences, also of a year
    return figure


def _names(
    figure: Figure,
    subject: Subject,
    rows: pd.DataFrame,
    grades: dict[str, str],
    top: float = TOP,
    tall: float = TALL,
) -> None:
    words = Assumptions(subject.scenario)
    for row, key in enumerate(rows["key"]):
        middle = top + tall * (row + 0.6) / (len(rows) + 0.2)
        name_row(figure, middle, words.name(key), words.grade(grades.get(key)), LEFT - 60)


def _notes(subject: Subject, table: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Return how many numbers are not drawn, and what is said where none matters."""
    left = len(table) - len(rows)
    notes = [n_("1 more matters less.", "{n} more matter less.", left)] if left else []
    return notes if table["tells"].any() else [*notes, *sentences(subject, table)[:1]]
