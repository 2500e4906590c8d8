"""A scenario as a function: values in, measures out, always with the same luck.

It is what root finding, sensitivity and the value of information ask, again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from sisim.engine.result import WITHOUT
from sisim.experiment.cell import Cell, Runner, Setup
from sisim.experiment.executors import Executor
from sisim.experiment.measures import NPV, chosen
from sisim.scenario.scenario import Scenario


class Evaluator:
    """Runs a scenario with other values, on common random numbers.

    Every evaluation has the same seeds, so that two differ by their values and not by luck. Where
    only money differs from a simulation that is remembered, nothing is simulated.

    Args:
        scenario: Whose values are changed.
        arm: The only arm that is wanted, compared with `without`; unset: all.
        outcomes: The measures that are wanted, or patterns of them: see
            `sisim.experiment.measures.names`.
        replications: How many seeds; unset: as the scenario says.
        seed: The first of them; unset: the scenario's.
        threads: Threads of a simulation; the result does not depend on it.
        kept: How many simulations are remembered.
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
        kept: int | None = None,
    ) -> None:
        count = scenario.replications if replications is None else replications
        first = scenario.seed if seed is None else seed
        self.scenario = scenario
        self.arm = arm
        self.seeds = tuple(range(first, first + count))
        self.setup = Setup(
            scenario, tuple(chosen(scenario, outcomes)), () if arm is None else (arm,)
        )
        self._runner = Runner(self.setup, threads=threads, kept=kept or max(2 * count, 8))

    @property
    def simulated(self) -> int:
        """How many simulations have been run in this process."""
        return self._runner.simulated

    def evaluate(self, values: Mapping[str, Any]) -> pd.DataFrame:
        """Return the measures with some values changed, a row per replication and arm.

        Columns: replication, seed, arm (`without` first, then `arm`, or all), and the outcomes.

        Args:
            values: Other values by dotted path, as in `{"investments.team.reach": 0.6}`.

        Raises:
            ScenarioError: If a value does not fit.
        """
        parts = [
            self._runner.run(values, seed).assign(replication=number)
            for number, seed in enumerate(self.seeds)
        ]
        return self._kept(pd.concat(parts, ignore_index=True))

    def evaluate_many(
        self, points: Iterable[Mapping[str, Any]], executor: Executor | None = None
    ) -> list[pd.DataFrame]:
        """Return the tables of several evaluations, in their order: see `evaluate`.

        Args:
            points: Other values by dotted path, for each evaluation.
            executor: Where they run: see `sisim.experiment.executors`; unset: in this process.

        Raises:
            ScenarioError: If a value does not fit.
        """
        if executor is None:
            return [self.evaluate(values) for values in points]
        batches = [self._batch(number, values) for number, values in enumerate(points)]
        found: dict[int, pd.DataFrame] = {}
        for done in executor.run(self.setup, iter(batches)):
            rows = done.rows[["replication", "seed", "arm", *self.setup.outcomes]]
            found[done.batch[0].draw] = self._kept(rows.reset_index(drop=True))
        return [found[number] for number in range(len(batches))]

    def _batch(self, number: int, values: Mapping[str, Any]) -> list[Cell]:
        """Return an evaluation as cells: its seeds, all in one batch."""
        return [
            Cell(f"{number}/{seed}", 0, values, number, replication, seed)
            for replication, seed in enumerate(self.seeds)
        ]

    def _kept(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.arm is None:
            return table
        return table[table["arm"].isin([WITHOUT, self.arm])].reset_index(drop=True)
