"""Break-even values: the outcome along the range of each number, and where it turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sisim.analysis.measures import why_undefined
from sisim.analysis.threshold import BreakEven
from sisim.analysis.varied import grade_of
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Scale,
    Subject,
    answer_canvas,
    scale_for,
    subtitle_of,
    ticks_up,
    undefined_canvas,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import lower
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    FINE,
    INK,
    MUTED,
    SKY,
    VERMILION,
    WIDE,
    label,
    place,
    points,
    wrap,
    write,
)

MOST = 3
"""The most numbers that are drawn beside each other."""


def draw_break_even(subject: Subject, found: Sequence[BreakEven]) -> Figure:
    """Draw a panel per number: the outcome along its range, and where it is zero."""
    shown = list(found)[:MOST]
    values = np.concatenate([one.curve["mean"].to_numpy() for one in shown])
    scale = scale_for(subject, values)
    title = t("What does it take to break even?")
    if np.isnan(values).all():
        return undefined_canvas(subject, title, sentences(subject, found))
    notes = [
        t("One number at a time, the same people and luck throughout."),
        *(subject.few_runs or [t("Bands: twice the standard error.")]),
    ]
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    wide = (WIDE - 20) / len(shown)
    bands = np.concatenate(
        [
            (one.curve["mean"] + sign * _band(one, subject)).to_numpy()
            for one in shown
            for sign in (-1, 1)
        ]
    )
    turn = shown[0].turn
    low, high = min(turn, float(np.nanmin(bands))), max(turn, float(np.nanmax(bands)))
    room = 0.12 * (high - low) or 1.0
    for number, one in enumerate(shown):
        left = 20 + number * wide
        axes = place(figure, left + 64, 178, wide - 104, 362)
        axes.set_ylim(low - room, high + room)
        _panel(figure, axes, left, wide, one, subject, scale)
    return figure


def _band(one: BreakEven, subject: Subject) -> pd.Series[float]:
    """Return twice the standard error along a curve; 0 where there are too few runs to tell it."""
    told = len(subject.seeds) >= BAND_FROM
    return one.curve["standard_error"].fillna(0.0) * (2.0 if told else 0.0)


def _panel(
    figure: Figure,
    axes: Axes,
    left: float,
    wide: float,
    one: BreakEven,
    subject: Subject,
    scale: Scale,
) -> None:
    words = Assumptions(subject.scenario)
    name = words.name(one.key)
    lines = wrap(figure, name, wide - 30, bold=True).split("\n")[:2]
    for row, line in enumerate(lines):
        write(figure, left, 76 + 24 * row, line, bold=True)
    said = wrap(figure, answer(one, words, short=True), wide - 30).split("\n")[:1]
    write(figure, left, 76 + 24 * 2, said[0], color=BLUE if one.roots else DARK_ORANGE)
    x, y = one.curve["value"].to_numpy(), one.curve["mean"].to_numpy()
    error = _band(one, subject).to_numpy()
    axes.fill_between(x, y - error, y + error, color=SKY, alpha=0.35, linewidth=0, zorder=1)
    axes.plot(x, y, color=BLUE, linewidth=points(3.5), zorder=3)
    axes.axhline(one.turn, color=INK, linewidth=points(2), zorder=2)
    axes.set_xlim(x[0], x[-1])
    ticks_up(axes, 5, scale)
    axes.set_xticks(
        np.linspace(x[0], x[-1], 3),
        [words.value(one.key, float(v)) for v in np.linspace(x[0], x[-1], 3)],
    )
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.get_xticklabels()[-1].set_horizontalalignment("right")
    for root in one.roots:
        axes.plot(
            [root],
            [one.turn],
            marker="o",
            markersize=points(14),
            color=BLUE,
            zorder=5,
            markeredgecolor="white",
        )
    if one.low <= one.value <= one.high:
        axes.axvline(
            one.value, color=VERMILION, linewidth=points(2.5), linestyle=(0, (4, 2)), zorder=2
        )
        right = one.value > (x[0] + x[-1]) / 2
        now = t("now {value}", value=words.value(one.key, one.value))
        label(
            axes,
            (one.value, axes.get_ylim()[0]),
            now,
            color="#A84300",
            align="right" if right else "left",
            shift=(-7 if right else 7, 14),
        )
    grade = words.grade(grade_of(subject.scenario, one.key))
    if grade:
        write(
            figure, left + 64 + (wide - 104) / 2, 584, grade, size=FINE, color=MUTED, align="center"
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
        sure = "" if error != error else f" ± {words.value(one.key, 2 * error)}"
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
    turn = found[0].turn
    head = t(
        "{arm}: where {what} is {n}, one number at a time.",
        arm=subject.arm_label(),
        what=lower(subject.label()),
        n=scale_for(subject, [turn]).text(turn) if turn else t("zero"),
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
