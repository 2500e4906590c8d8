"""System change as three gauges with their goals, and in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from sisim.economics.appraisal import BAND_FROM, interval
from sisim.evaluation.system_change import Gauge, Goal, SystemGauges
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import Subject, answer_chart, row_axis, share_axis
from sisim.report.chart.chart import Bars, Chart, Column, Key, Mark, Panel, Rule, Word
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal, people, share_of

SHARE, GOAL, CEILING = "with", "extra", "muted"
TALL = 0.34
"""How far above and below its row the line of a goal reaches."""


def gauge_label(name: Goal) -> str:
    """Return what a gauge is called."""
    return {
        "procured": t("Procurement that is paid by outcome"),
        "better": t("The target group that is markedly better off"),
        "reallocated": t("Resources that are reallocated"),
    }[name]


def draw_system(subject: Subject, found: SystemGauges) -> Figure:
    """Draw `system_chart`."""
    return paint(system_chart(subject, found))


def system_chart(subject: Subject, found: SystemGauges) -> Chart:
    """Return the gauges with their goals, and what effect would reach each.

    Args:
        subject: What is asked of which scenario.
        found: The gauges.
    """
    gauges = list(found.gauges.values())
    rows = row_axis([(gauge_label(one.name), _turn_words(found, one)) for one in gauges])
    marks: list[Mark] = [Rule("zero", 0.0, "y", width=1.5)]
    ends = [0.0]
    for number, one in enumerate(gauges):
        marks += _marks(found, one, -float(number), ends)
    low, high = min(ends), max(ends)
    axis = share_axis(low - 0.02 * (high - low), high + 0.16 * (high - low), 5)
    key = [Key(SHARE, t("share, and its range")), Key(GOAL, t("goal"), line="solid")]
    if any(np.isfinite(one.ceiling).any() for one in gauges):
        key.append(Key(CEILING, t("at most, if all were prevented"), line="dotted"))
    notes = [coupling_words(found)] if "better" in found.gauges else []
    return answer_chart(
        subject,
        t("Does the system change?"),
        t("{arm}: shares and goals", arm=subject.arm_label()),
        [Column((Panel("gauges", axis, rows, tuple(marks)),), key=tuple(key))],
        [*notes, *subject.few_runs],
        discounted=False,
    )


def _marks(found: SystemGauges, one: Gauge, y: float, ends: list[float]) -> Iterator[Mark]:
    """Yield a bar with its range, a goal, and the most that could be; `ends` grows."""
    own, ceiling = one.found, interval(one.ceiling).mean
    at, low = np.array([y]), np.array([min(own.mean, 0.0)])
    yield Bars(
        f"{one.name}-share", at, low, np.array([max(own.mean, 0.0)]), SHARE, 0.4, across=True
    )
    ends += [own.mean, 0.0]
    if own.replications >= BAND_FROM:
        yield Rule(f"{one.name}-range", y, "x", "ink", 3.0, ends=(own.low, own.high))
        ends += [own.low, own.high]
    across = (y - TALL, y + TALL)
    if one.goal is not None:
        yield Rule(f"{one.name}-goal", one.goal, "y", GOAL, 4.0, ends=across)
        yield Word(
            f"{one.name}-goal-said",
            share_of(one.goal),
            one.goal,
            y + TALL,
            "center",
            (0, 12),
            "extra_text",
        )
        ends.append(one.goal)
    if ceiling == ceiling:
        yield Rule(f"{one.name}-most", ceiling, "y", CEILING, 3.0, "dotted", ends=across)
        ends.append(ceiling)
    right = max(own.mean, own.high if own.replications >= BAND_FROM else own.mean, 0.0)
    yield Word(f"{one.name}-said", _share(found, one), right, y, "left", (9, 0), bold=True)


def _share(found: SystemGauges, one: Gauge) -> str:
    """Return a share as it is written beside its bar."""
    share = share_of(one.found.mean, 1)
    return t("at least {share}", share=share) if one.name == "better" and found.least else share


# ------------------------------------------------------------------------ words


def sentences(found: SystemGauges) -> list[str]:
    """Return what the gauges come to, a sentence a line."""
    return list(_sentences(found))


def _sentences(found: SystemGauges) -> Iterator[str]:
    for one in found.gauges.values():
        yield t(
            "{what}: {share}; {goal}.",
            what=gauge_label(one.name),
            share=_share(found, one),
            goal=_goal_words(one),
        )
        turn = _turn_words(found, one)
        if turn:
            yield turn
    if "procured" not in found.gauges:
        yield t(
            "Nothing is paid to providers outside: mark what is bought with bought = true, or "
            "describe a contract."
        )
    if found.group is not None and "better" in found.gauges:
        yield t(
            "The target group: {n} followed per run; {share} of the residents come into it per "
            "year.",
            n=people(float(found.group.mean())),
            share=share_of(found.per_year, 1),
        )
        worse = interval(np.zeros(1) if found.worse is None else found.worse).mean
        if worse > 0:
            yield t("As much worse off: {share}.", share=share_of(worse, 1))
        yield coupling_words(found)


def coupling_words(found: SystemGauges) -> str:
    """Return what the share that is better off rests on, as a sentence."""
    if found.least:
        return t(
            "At least: nobody lives twice, and how many gain depends on how the luck of the two "
            "lives is coupled. Here it is the same luck, which gives the smallest share that "
            "agrees with both risks."
        )
    return t(
        "Nobody lives twice, and how many gain so much depends on how the luck of the two lives "
        "is coupled. Here it is the same luck; another coupling could give a larger or a smaller "
        "share."
    )


def _goal_words(one: Gauge) -> str:
    if one.goal is None:
        return t("no goal is stated")
    goal = share_of(one.goal)
    if not one.told:
        return t("whether the goal of {goal} is reached is not told by these runs", goal=goal)
    if one.found.mean >= one.goal:
        return t("the goal of {goal} is reached", goal=goal)
    return t("the goal of {goal} is not reached", goal=goal)


def _turn_words(found: SystemGauges, one: Gauge) -> str:
    """Return what effect would reach a goal, as a sentence; empty where it is not known."""
    turn, goal = one.turn, one.goal
    if turn is None or goal is None:
        return ""
    if not turn.roots:
        if turn.side == "above":
            return t("The goal of {goal} is reached even without the effect.", goal=share_of(goal))
        return t(
            "The goal of {goal} is not reached however strong the effect is.", goal=share_of(goal)
        )
    needed = found.needed(one.name)
    if len(needed) == 1:
        ((path, ratio),) = needed.items()
        return t(
            "To reach {goal} the ratio of the effect must be {ratio} (in the file {own}).",
            goal=share_of(goal),
            ratio=decimal(ratio, 2),
            own=decimal(found.ratios[path], 2),
        )
    return t(
        "To reach {goal} the strength of all effects in the file must be multiplied by {times}.",
        goal=share_of(goal),
        times=decimal(turn.roots[0], 1),
    )
