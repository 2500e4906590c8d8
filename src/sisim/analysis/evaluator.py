"""A scenario as a function: values in, measures out, always with the same luck.

It is what root finding, sensitivity and the value of information ask, again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

import pandas as pd

from sisim.analysis.cell import Cell, Runner, Setup
from sisim.analysis.executors import Batch, Done, Executor, run_batch
from sisim.analysis.measures import NPV, chosen
from sisim.analysis.question import Ask, Point, compared, evaluated
from sisim.analysis.variants import RUNS, SCENARIOS
from sisim.arrays import Floats
from sisim.engine.counts import WITHOUT
from sisim.scenario.scenario import Scenario

MOST_KEPT = 10
"""Most simulations remembered, for memory's sake: each may take a hundred MB."""
WORTH_STARTING = 16
"""Fewer simulations than this are run here: to start processes would take longer."""


class Evaluator:
    """Runs a scenario with other values, on common random numbers.

    Every evaluation has the same seeds, so that two differ by their values and not by luck. Where
    only money differs from a simulation that is remembered, nothing is simulated.

    Args:
        scenario: Whose values are changed.
        arm: The only arm that is wanted, compared with `without`; unset: all.
        outcomes: The measures that are wanted, or patterns of them: see
            `sisim.analysis.measures.names`.
        replications: How many seeds; unset: as the scenario says.
        seed: The first of them; unset: the scenario's.
        threads: Threads of a simulation in this process; the result does not depend on it.
        executor: Where many evaluations run: see `sisim.analysis.executors`; unset: in this
            process, where few of them run in any case.
        progress: Called with the runs done and the runs asked for, since the beginning.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        arm: str | None = None,
        outcomes: Sequence[str] = (NPV,),
        replications: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        executor: Executor | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        count = scenario.replications if replications is None else replications
        first = scenario.seed if seed is None else seed
        self.scenario = scenario
        self.arm = arm
        self.seeds = tuple(range(first, first + count))
        self.setup = Setup(
            scenario, tuple(chosen(scenario, outcomes)), () if arm is None else (arm,)
        )
        self.executor = executor
        self._progress = progress
        self._asked = self._done = 0
        self._runner = Runner(self.setup, threads=threads, runs=max(min(count, MOST_KEPT), RUNS))

    @property
    def simulated(self) -> int:
        """How many simulations have been run in this process."""
        return self._runner.variants.simulated

    def evaluate(self, values: Mapping[str, Any]) -> pd.DataFrame:
        """Return the measures with some values changed, a row per replication and arm.

        Columns: replication, seed, arm (`without` first, then `arm`, or all), and the outcomes.

        Args:
            values: Other values by dotted path, as in `{"investments.team.reach": 0.6}`.

        Raises:
            ScenarioError: If a value does not fit.
        """
        return self.evaluate_many([values])[0]

    def evaluate_many(self, points: Iterable[Mapping[str, Any]]) -> list[pd.DataFrame]:
        """Return the tables of several evaluations, in their order: see `evaluate`.

        Args:
            points: Other values by dotted path, for each evaluation.

        Raises:
            ScenarioError: If a value does not fit.
        """
        asked = list(points)
        self._asked += len(asked) * len(self.seeds)
        found: list[dict[int, pd.DataFrame]] = [{} for _ in asked]
        with closing(self._run(self._batches(asked))) as finished:
            for batch, rows, _ in finished:
                for cell in batch:
                    found[cell.draw][cell.replication] = rows[rows["cell"] == cell.id]
                self._done += len(batch)
                if self._progress is not None:
                    self._progress(self._done, self._asked)
        seeds = range(len(self.seeds))
        return [self._kept(pd.concat([runs[n] for n in seeds])) for runs in found]

    def outcome(self, measure: str) -> Ask:
        """Return a measure of the arm, compared with `without`, as a function of other values.

        Args:
            measure: One of the evaluator's: `net_present_value`, or an outcome of the file, of
                which the arm has so many more (or, negative, fewer) than without.

        Raises:
            ValueError: If the evaluator was not told which arm.
        """
        arm = self.arm
        if arm is None:
            raise ValueError("an outcome is that of one arm")

        def asked(points: Sequence[Point]) -> Floats:
            return compared(evaluated(self, points), arm, measure)

        return asked

    def _run(self, batches: list[Batch]) -> Generator[Done, None, None]:
        people = self._runner.variants.people
        simulations = {(people(cell.values), cell.seed) for batch in batches for cell in batch}
        if self.executor is not None and len(simulations) >= WORTH_STARTING:
            yield from self.executor.run(self.setup, iter(batches))
            return
        for batch in batches:
            yield run_batch(self._runner, batch)

    def _batches(self, points: list[Mapping[str, Any]]) -> list[Batch]:
        """Return evaluations as cells: those that share a simulation in the same batch.

        Variants of the arms, and of money alone, share the baseline of their seed.
        """
        variants, groups = self._runner.variants, dict[str, list[int]]()
        people = [variants.people(values) for values in points]
        # Those with the same people follow one another: few runs are remembered.
        for number in sorted(range(len(points)), key=people.__getitem__):
            shared = "arms" if variants.of_arms(points[number]) else people[number]
            groups.setdefault(shared, []).append(number)
        return [
            [
                Cell(f"{number}/{seed}", 0, points[number], number, replication, seed)
                for number in group[start : start + SCENARIOS]
            ]
            for group in groups.values()
            for start in range(0, len(group), SCENARIOS)
            for replication, seed in enumerate(self.seeds)
        ]

    def _kept(self, rows: pd.DataFrame) -> pd.DataFrame:
        table = rows[["replication", "seed", "arm", *self.setup.outcomes]]
        if self.arm is not None:
            table = table[table["arm"].isin([WITHOUT, self.arm])]
        return table.reset_index(drop=True)
