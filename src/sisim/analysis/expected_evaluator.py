"""A scenario with other values by the exact cohort: no seeds, and no chance between runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
from cachetools import LRUCache

from sisim.analysis.measures import NPV, chosen, measured
from sisim.analysis.question import Point
from sisim.analysis.variants import Variants, with_arms
from sisim.economics.valuation import Valuation
from sisim.engine.cohort import expected
from sisim.engine.counts import Result
from sisim.scenario.scenario import Scenario

MOST_WORK = 5_000_000
"""Where more rows are gone through step by step, a simulation is about as fast."""
MOST_KEPT = 4


class ExpectedEvaluator:
    """Answers as an `Evaluator` does, with one replication that is the expected course.

    Where only money differs from a course that is remembered, nothing is computed again.

    Args:
        scenario: Whose values are changed.
        arm: The only arm that is wanted; unset: all.
        outcomes: The measures that are wanted, or patterns of them.
        progress: Called with the points done and the points asked for.

    Raises:
        NotExact: If the scenario has no exact answer, or none that is quick.
    """

    seeds: tuple[int, ...] = ()
    """None, as nothing is drawn."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        arm: str | None = None,
        outcomes: Sequence[str] = (NPV,),
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        wanted = with_arms(scenario, () if arm is None else (arm,))
        self._variants = Variants(wanted, (0,), retain=False)
        self._outcomes = chosen(scenario, outcomes)
        self._progress = progress
        self._courses: LRUCache[str, Result] = LRUCache(MOST_KEPT)
        self._course({})

    def evaluate_many(self, points: Sequence[Point]) -> list[pd.DataFrame]:
        """Return a table per point: a row per arm, a column per measure.

        Raises:
            NotExact: If a point has no exact answer.
            ScenarioError: If a value does not fit.
        """
        found = []
        for number, point in enumerate(points):
            found.append(measured(Valuation(self._course(point)), self._outcomes))
            if self._progress is not None:
                self._progress(number + 1, len(points))
        return found

    def _course(self, point: Point) -> Result:
        scenario, key = self._variants.scenario_with(point), self._variants.people(point)
        if key not in self._courses:
            self._courses[key] = expected(scenario, most_work=MOST_WORK).result
        known = self._courses[key]
        return replace(known, compiled=replace(known.compiled, scenario=scenario), _cache={})
