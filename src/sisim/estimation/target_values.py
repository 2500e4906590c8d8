"""Values of calibration targets where numbers are others: simulated, or computed exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.executors import Batch, Executor
from sisim.arrays import Floats
from sisim.calibration.expected_measures import expected_measure
from sisim.calibration.life_histories import histories, run_logged
from sisim.engine.cohort import expected
from sisim.engine.compile import compile_scenario
from sisim.engine.tables import Compiled
from sisim.estimation.calibration_file import CalibrationTarget
from sisim.estimation.finished_runs import FinishedRuns
from sisim.estimation.number_prior import with_free_numbers
from sisim.scenario.scenario import Scenario

MOST_WORK = 2e8
"""Where more rows are gone through step by step, a simulation is faster than the exact cohort."""
Values = Mapping[str, float]
"""Other numbers, by their keys."""
Tell = Callable[[int], None]
"""Told how many more runs are done."""


@dataclass(frozen=True)
class TargetSetup:
    """What all runs of a calibration have in common; it can be sent to another process.

    Attributes:
        scenario: The scenario without any investment.
        targets: What is measured.
    """

    scenario: Scenario
    targets: tuple[CalibrationTarget, ...]

    def runner(self, threads: int | None = 1) -> TargetRunner:
        """Return what runs cells of it."""
        return TargetRunner(self, threads)


class TargetRunner:
    """Simulates a scenario with other numbers, and measures the targets.

    Args:
        setup: What the runs have in common.
        threads: Threads of a simulation; the result does not depend on it.
    """

    def __init__(self, setup: TargetSetup, threads: int | None = 1) -> None:
        self.setup, self._threads = setup, threads

    def rows(self, batch: Sequence[Cell]) -> pd.DataFrame:
        """Return the targets of some cells, in order. Columns: draw, replication, the targets."""
        rows: list[dict[str, Any]] = []
        known: Values | None = None
        compiled: Compiled | None = None
        for cell in batch:
            if compiled is None or cell.values != known:
                known, compiled = (
                    cell.values,
                    compile_scenario(with_free_numbers(self.setup.scenario, cell.values)),
                )
            lives = histories(run_logged(compiled, cell.seed, threads=self._threads))
            head = {"draw": cell.draw, "replication": cell.replication}
            rows.append(head | {one.name: one.measured(lives) for one in self.setup.targets})
        return pd.DataFrame(rows)


def simulated_targets(
    executor: Executor,
    setup: TargetSetup,
    points: Sequence[Values],
    seeds: Sequence[int],
    tell: Tell,
    kept: FinishedRuns,
) -> Floats:
    """Return the targets at points, simulated with the same seeds at each.

    Args:
        executor: Where the runs take place.
        setup: What is run and measured.
        points: The numbers.
        seeds: The seeds.
        tell: Told of each point's runs as they are done.
        kept: Runs that have been done, which are not done again; new ones are added.

    Returns:
        Values, (points, seeds, targets); NaN where a target has none.
    """
    found = np.full((len(points), len(seeds), len(setup.targets)), np.nan)
    names = [one.name for one in setup.targets]

    def batches() -> Iterator[Batch]:
        for number, values in enumerate(points):
            cells = [
                Cell(f"{number}-{index}", 0, values, number, index, seed)
                for index, seed in enumerate(seeds)
                if kept.of(values, seed) is None
            ]
            # A point's seeds share what is compiled, unless there are too few points for all hands.
            size = max(len(cells), 1) if len(points) > 2 * executor.workers else 1
            yield from (cells[at : at + size] for at in range(0, len(cells), size))

    for number, values in enumerate(points):
        for index, seed in enumerate(seeds):
            before = kept.of(values, seed)
            if before is not None:
                found[number, index] = before
                tell(1)
    for done in executor.run(setup, batches()):
        rows = done.rows[names].to_numpy(np.float64)
        found[done.rows["draw"], done.rows["replication"]] = rows
        number = int(done.rows["draw"].iloc[0])
        kept.add(points[number], [seeds[index] for index in done.rows["replication"]], rows)
        tell(len(rows))
    return found


def exact_targets(setup: TargetSetup, points: Sequence[Values], tell: Tell) -> Floats:
    """Return the expected targets at points, (points, 1, targets).

    Raises:
        NotExact: If the course, or a target, has no exact value.
    """
    found = np.empty((len(points), 1, len(setup.targets)))
    for number, values in enumerate(points):
        cohort = expected(with_free_numbers(setup.scenario, values), most_work=MOST_WORK)
        found[number, 0] = [
            expected_measure(cohort, one.target.measure, one.target.arguments)
            for one in setup.targets
        ]
        tell(1)
    return found
