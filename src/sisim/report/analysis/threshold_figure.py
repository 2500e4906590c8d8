"""Break-even values: the outcome along the range of each number, and where it turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.measures import why_undefined
from sisim.analysis.threshold import BreakEven
from sisim.analysis.varied import grade_of
from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    between_ends,
    measure_axis,
    scale_for,
    subtitle_of,
    undefined_chart,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    FilledArea,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    Rule,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import lower

MOST = 3
"""The most numbers that are drawn beside each other."""
NOW = "#A84300"
"""Of the value in the scenario."""


def draw_break_even(subject: Subject, found: Sequence[BreakEven]) -> Figure:
    """Draw `break_even_chart`."""
    return paint(break_even_chart(subject, found))


def break_even_chart(subject: Subject, found: Sequence[BreakEven]) -> Chart:
    """Return a panel per number: the outcome along its range, and where it turns."""
    shown = list(found)[:MOST]
    values = np.concatenate([one.curve["mean"].to_numpy() for one in shown])
    title = t("What does it take to break even?")
    if np.isnan(values).all():
        return undefined_chart(subject, title, sentences(subject, found))
    scale = scale_for(subject, values)
    bands = [one.curve["mean"] + sign * _band(one, subject) for one in shown for sign in (-1, 1)]
    reached = np.append(np.concatenate(bands), shown[0].turn)
    ends = between_ends(float(np.nanmin(reached)), float(np.nanmax(reached)), 0.14)
    axis = measure_axis(scale, *ends, 5)
    columns = [_column(one, subject, axis) for one in shown]
    notes = [
        t("One number at a time, the same people and luck throughout."),
        *(subject.few_runs or [t("Bands: twice the standard error.")]),
    ]
    return answer_chart(subject, title, subtitle_of(subject, scale), columns, notes)


def _band(one: BreakEven, subject: Subject) -> pd.Series[float]:
    """Return twice the standard error along a curve; 0 where there are too few runs to tell it."""
    told = len(subject.seeds) >= BAND_FROM
    return one.curve["standard_error"].fillna(0.0) * (2.0 if told else 0.0)


def _column(one: BreakEven, subject: Subject, axis: Axis) -> Column:
    """Return what one number is called, where the outcome turns, and the curve along its range."""
    words = Assumptions(subject.scenario)
    x, y = one.curve["value"].to_numpy(np.float64), one.curve["mean"].to_numpy(np.float64)
    error = _band(one, subject).to_numpy(np.float64)
    ticks = tuple((at, words.value(one.key, at)) for at in _even(x))
    marks: list[Mark] = [
        FilledArea("band", x, np.subtract(y, error), np.add(y, error), "with", opacity=0.2),
        Rule("turn", one.turn, "x", "ink", 2.0),
        Line("curve", x, y, color="with", width=3.5),
        Points("turns", one.roots, [one.turn] * len(one.roots), "with", 15.0),
    ]
    if one.low <= one.value <= one.high:
        now = t("now {value}", value=words.value(one.key, one.value))
        at = [(one.value, axis.low + share * (axis.high - axis.low)) for share in (0.05, 0.95)]
        sides = ((52.0, 0.0), (-52.0, 0.0))
        marks += [
            Rule("now", one.value, "y", NOW, 2.5, "dashed", ends=(axis.low, axis.high)),
            Note("now-said", (now,), tuple(at), sides, color=NOW),
        ]
    grade = words.grade(grade_of(subject.scenario, one.key))
    return Column(
        (Panel("curve", Axis(float(x[0]), float(x[-1]), ticks), axis, tuple(marks)),),
        caption=f"{words.name(one.key)}\n{answer(one, words, short=True)}",
        after=grade,
    )


def answer(one: BreakEven, words: Assumptions, *, short: bool = False, margins: bool = True) -> str:
    """Return where the outcome turns, in a sentence; short: beside its curve.

    `margins`: whether there are runs enough for a margin of chance.
    """
    name = words.name(one.key)
    if one.roots:
        places = " / ".join(words.value(one.key, root) for root in one.roots)
        if short:
            return t("Breaks even at {value}", value=places)
        error = one.errors[0] if margins else float("nan")
        sure = "" if error != error else f" ± {words.margin(one.key, 2 * error)}"
        return t(
            "{what}: breaks even at {value}{sure}; it is {now} in the scenario.",
            what=name,
            value=places,
            sure=sure,
            now=words.value(one.key, one.value),
        )
    ends = {"low": words.value(one.key, one.low), "high": words.value(one.key, one.high)}
    if one.side is None:
        if short:
            return t("No value here")
        return t("{what}: no value anywhere from {low} to {high}.", what=name, **ends)
    if one.side == "below":
        text = (
            t("Never breaks even here")
            if short
            else t(
                "{what}: does not break even anywhere from {low} to {high}; it is nearest at "
                "{near}.",
                what=name,
                near=words.value(one.key, one.nearest or 0.0),
                **ends,
            )
        )
    else:
        text = (
            t("More than even all the way")
            if short
            else t(
                "{what}: more than breaks even everywhere from {low} to {high}; it is nearest at "
                "{near}.",
                what=name,
                near=words.value(one.key, one.nearest or 0.0),
                **ends,
            )
        )
    if one.sure:
        return text
    if short:
        return text + " " + t("(not sure)")
    return text + " " + t("The runs are too few to be sure of it.")


def sentences(subject: Subject, found: Sequence[BreakEven]) -> list[str]:
    """Return what the picture says."""
    words = Assumptions(subject.scenario)
    head = t(
        "{arm}: where {what} is {n}, one number at a time.",
        arm=subject.arm_label(),
        what=lower(subject.label()),
        n=subject.turn_words(),
    )
    margins = not subject.few_runs
    said = [head, *(answer(one, words, margins=margins) for one in found)]
    for one in found:
        points, runs = int((one.curve["undefined"] > 0).sum()), len(subject.seeds)
        if points and (one.roots or one.side is not None):
            said.append(
                t(
                    "{what}: at {n} of {all} points some runs have no value, as {why}.",
                    what=words.name(one.key),
                    n=points,
                    all=len(one.curve),
                    why=why_undefined(subject.measure),
                )
            )
        elif points:
            said += subject.undefined(int(one.curve["undefined"].sum()), runs * len(one.curve))
    return [*said, *subject.few_runs]


def _even(values: Floats) -> list[float]:
    """Return the ends of some values and what lies evenly between, where that is round numbers."""
    low, high = float(values[0]), float(values[-1])
    whole = not np.any(values % 1)
    for parts in (4, 5, 3, 2):
        found = [float(f"{at:.6g}") for at in np.linspace(low, high, parts + 1)]
        if all(at == float(f"{at:.2g}") and not (whole and at % 1) for at in found):
            return found
    return [low, high]
