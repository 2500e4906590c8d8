"""The tornado: what each assumption alone does to the result, the most telling at the top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.measures import why_undefined
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
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import Align, Bars, Chart, Column, Key, Line, Mark, Panel, Rule, Word
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import listing, lower, runs_of

MOST = 7
"""The most bars that are drawn; the rest are counted in a note."""
LOOKS = {"low": ("muted", "muted", True), "high": ("with", "with", False)}
"""The colour of the bar to either end, that of its text, and whether it is hatched."""


def draw_tornado(subject: Subject, table: pd.DataFrame, *, averaged: bool = False) -> Figure:
    """Draw `tornado_chart`."""
    return paint(tornado_chart(subject, table, averaged=averaged))


def tornado_chart(subject: Subject, table: pd.DataFrame, *, averaged: bool = False) -> Chart:
    """Return a bar per assumption, from the result at its lowest to that at its highest.

    Args:
        subject: What is asked.
        table: See `sisim.analysis.one_way.one_way`.
        averaged: All combinations of low and high were run, and a bar is the mean over those of
            the others; otherwise the others are as in the scenario.
    """
    rows, words, turn = table.head(MOST), Assumptions(subject.scenario), subject.turn
    base = float(table["base"].iloc[0])
    known = np.array([base, *rows[["at_low", "at_high"]].to_numpy().ravel()])
    known = known[~np.isnan(known)]
    title = t("Which assumptions matter most?")
    if not len(known):
        return undefined_chart(subject, title, sentences(subject, table))
    scale = scale_for(subject, known)
    marked = known if turn is None else np.append(known, turn)
    marks: list[Mark] = []
    if turn is not None and base != turn:
        marks.append(Rule("turn", turn, "y", width=1.5, dash="dotted"))
    for row, one in enumerate(records(rows)):
        marks += _bars(row, one, words, scale)
    if base == base:
        marks.append(Rule("base", base, "y", color="ink", width=2.0))
    said = [word.text for word in marks if isinstance(word, Word)]
    ends = with_room(float(marked.min()), float(marked.max()), said, said)
    names = row_axis([(words.name(one.key), _detail(one, words)) for one in records(rows)])
    column = Column(
        (Panel("bars", measure_axis(scale, *ends, 5), names, tuple(marks)),),
        caption=t("Bars end at the result; in bold: the change from the lowest to the highest."),
        key=(
            Key("muted", t("at its lowest"), hatched=True),
            Key("with", t("at its highest")),
        ),
    )
    notes = [*_notes(table, len(rows), averaged), *subject.few_runs]
    return answer_chart(subject, title, subtitle_of(subject, scale), [column], notes)


def _detail(one: Any, words: Assumptions) -> str:
    """Return what is said below the name of a number: what it is, and what it is built on."""
    detail = [words.told(one.key, one.value, (one.low, one.high)), words.grade(one.grade)]
    return " · ".join(filter(None, [*detail, _undefined_ends(one), _untold(one)]))


def _untold(one: Any) -> str:
    """Return why the bar of a number tells nothing; empty if it does."""
    if one.tells or one.swing != one.swing:
        return ""
    idle = one.at_low == one.base == one.at_high
    return t("makes no difference") if idle else t("within chance")


def _undefined_ends(one: Any) -> str:
    """Return at which ends of a number the outcome is undefined; empty if at none."""
    low, high = one.at_low != one.at_low, one.at_high != one.at_high
    if low and high:
        return t("no value at either end")
    if low:
        return t("no value at its lowest")
    return t("no value at its highest") if high else ""


def _bars(row: int, one: Any, words: Assumptions, scale: Scale) -> Sequence[Mark]:
    """Return the bars from the base to both ends of a number, each with its value beside it.

    Where the outcome is undefined at the base they begin at the middle of the ends. Where both
    ends lie on one side, the nearer is drawn in front, and only the farther has its value.
    """
    ends = {"low": (one.at_low, one.low), "high": (one.at_high, one.high)}
    ends = {name: end for name, end in ends.items() if end[0] == end[0]}
    if not ends:
        return []
    base = one.base if one.base == one.base else float(np.mean([at for at, _ in ends.values()]))
    bars, said, sides = list[Mark](), list[Mark](), set[bool]()
    for name, (at, value) in sorted(ends.items(), key=lambda end: -abs(end[1][0] - base)):
        color, dark, hatched = LOOKS[name]
        low, high = min(at, base), max(at, base)
        bars.append(Bars(f"{name}-{row}", [-row], [low], [high], color, 0.62, hatched, across=True))
        right = at > base if at != base else (not sides and name == "high") or sides == {False}
        if right in sides:
            continue
        sides.add(right)
        x, shift = (high, 6.0) if right else (low, -6.0)
        align: Align = "left" if right else "right"
        text = words.value(one.key, value)
        said.append(Word(f"{name}-{row}-said", text, x, -row, align, (shift, 0.0), dark))
    swing = scale.text(one.swing, signed=True)
    return [*bars, *said, Line(f"swing-{row}", [base], [-row], swing, bold=True)]


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
    if subject.turn is None or base["base"] != base["base"]:
        return found
    turning = [lower(words.name(str(key))) for key in table.loc[table["changes_sign"], "key"]]
    ends = table[["at_low", "at_high"]]
    if not turning and ends.isna().any(axis=None):
        return found
    return [*found, _turning(subject, turning)]


def _above(subject: Subject, base: Any) -> list[str]:
    """Return in how many runs the measure is above its turning point; nothing of a single run."""
    runs = len(subject.seeds) - int(base["undefined"])
    if subject.turn is None or runs < 2:
        return []
    above = runs_of(base["above"] / runs, runs)
    return [t("It is above {limit} in {runs}.", limit=subject.turn_words(), runs=above)]


def _turning(subject: Subject, names: list[str]) -> str:
    """Return which assumptions alone take the measure past its turning point."""
    if not subject.turn:
        if names:
            return t("Alone they can change its sign: {names}.", names=listing(names))
        return t("No assumption alone changes its sign within its range.")
    at = subject.turn_words()
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
