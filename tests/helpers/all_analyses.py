"""Every analysis of one outcome, with all that its picture and sentences say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.global_sensitivity import morris, sobol
from sisim.analysis.measures import turning_point
from sisim.analysis.one_way import one_way, two_way
from sisim.analysis.precision import precision
from sisim.analysis.question import Ask, Point, compared, evaluated
from sisim.analysis.scenario_diff import difference
from sisim.analysis.threshold import break_even
from sisim.analysis.varied import VariedNumber
from sisim.arrays import Floats
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.change_words import ChangeWords
from sisim.report.analysis.heat_map import draw_heat_map
from sisim.report.analysis.heat_map import sentences as of_heat_map
from sisim.report.analysis.precision_figure import draw_precision
from sisim.report.analysis.precision_figure import sentences as of_precision
from sisim.report.analysis.scenario_diff_figure import draw_difference
from sisim.report.analysis.scenario_diff_figure import sentences as of_difference
from sisim.report.analysis.sensitivity_bars import draw_morris, draw_sobol
from sisim.report.analysis.threshold_figure import draw_break_even
from sisim.report.analysis.threshold_figure import sentences as of_break_even
from sisim.report.analysis.tornado import draw_tornado, sentences
from sisim.scenario.scenario import Scenario

Answer = tuple[list[str], Callable[[], Figure]]
"""What is said, and what draws it."""


class Remembered:
    """Every measure of an arm at points, each simulated once."""

    def __init__(self, scenario: Scenario, arm: str, replications: int) -> None:
        self.evaluator = Evaluator(scenario, arm=arm, outcomes=["*"], replications=replications)
        self.arm = arm
        self._known: dict[str, pd.DataFrame] = {}

    def evaluate_many(self, points: Sequence[Point]) -> list[pd.DataFrame]:
        """Return a table per point."""
        names = [json.dumps(point, sort_keys=True) for point in points]
        new = dict(zip(names, points, strict=True))
        missing = {name: point for name, point in new.items() if name not in self._known}
        found = self.evaluator.evaluate_many(list(missing.values()))
        self._known |= dict(zip(missing, found, strict=True))
        return [self._known[name] for name in names]

    def outcome(self, measure: str) -> Ask:
        """Return a measure as a function of points."""

        def asked(points: Sequence[Point]) -> Floats:
            return compared(evaluated(self, points), self.arm, measure)

        return asked


def answers(
    subject: Subject, ask: Ask, varied: Sequence[VariedNumber], other: Floats | None = None
) -> Mapping[str, Answer]:
    """Return what each analysis says of an outcome, and its picture.

    Args:
        subject: What is asked.
        ask: The outcome.
        varied: At least two numbers.
        other: The outcome of another scenario, to compare with; unset: at the first number's high.
    """
    turn = turning_point(subject.measure)
    bars = one_way(ask, varied, turn)
    shares, effects = sobol(ask, varied, 2), morris(ask, varied, 2)
    grid = two_way(ask, *((one.key, [one.low, one.value, one.high]) for one in varied[:2]))
    runs = ask([{}])[0]
    sure = precision(runs, 1.0)
    end = ask([{varied[0].key: varied[0].high}])[0] if other is None else other
    both = {id(subject.scenario): runs}
    steps = difference(
        subject.scenario, subject.scenario.model_copy(), lambda one: both.get(id(one), end)
    )
    words = ChangeWords(subject.scenario, subject.scenario)
    found: dict[str, Answer] = {
        "one-way": (sentences(subject, bars), lambda: draw_tornado(subject, bars)),
        "sobol": (sentences(subject, shares), lambda: draw_sobol(subject, shares, {})),
        "morris": (sentences(subject, effects), lambda: draw_morris(subject, effects, {})),
        "heat map": (of_heat_map(subject, grid), lambda: draw_heat_map(subject, grid)),
        "precision": (of_precision(subject, sure), lambda: draw_precision(subject, runs, sure)),
        "compare": (
            of_difference(subject, steps, words),
            lambda: draw_difference(subject, steps, ("one", "two"), words),
        ),
    }
    if turn is not None:
        one = varied[0]
        turns = [break_even(ask, one.key, one.value, one.low, one.high, points=3, turn=turn)]
        found["break-even"] = (
            of_break_even(subject, turns),
            lambda: draw_break_even(subject, turns),
        )
    return found


def with_gaps(shape: Mapping[str, float], gaps: Callable[[Point], Any], replications: int) -> Ask:
    """Return a linear outcome that is undefined in some replications of some points.

    Args:
        shape: The slope of each number.
        gaps: Returns in which replications it is undefined at a point, (replications,).
        replications: How many there are.
    """
    luck = np.linspace(-1.0, 1.0, replications)

    def ask(points: Sequence[Point]) -> Floats:
        rows = []
        for point in points:
            value = sum(slope * float(point.get(key, 0.5)) for key, slope in shape.items())
            rows.append(np.where(gaps(point), np.nan, value + luck))
        return np.array(rows, float)

    return ask
