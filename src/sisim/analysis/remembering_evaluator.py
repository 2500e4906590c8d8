"""An evaluator that remembers each run where it outlives the process, and repeats none."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Protocol

import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.executors import Batch, Done, run_batch
from sisim.scenario.scenario import Scenario

Row = dict[str, Any]
"""The arm, and each outcome."""


class RunMemory(Protocol):
    """What came of runs, by the values and the seed."""

    def known(self, values: Mapping[str, Any], seed: int) -> list[Row] | None:
        """Return what came of a run, a row per arm; None if that is not known."""

    def learn(self, values: Mapping[str, Any], seed: int, rows: list[Row]) -> None:
        """Remember what came of a run."""


class RememberingEvaluator(Evaluator):
    """An evaluator whose runs are remembered, so that an analysis goes on where it was left.

    Args:
        scenario: Whose values are changed.
        memory: What came of the runs of earlier evaluations.
        more: As of an `Evaluator`.
    """

    def __init__(self, scenario: Scenario, memory: RunMemory, **more: Any) -> None:
        super().__init__(scenario, **more)
        self._memory = memory

    def _run(self, batches: list[Batch]) -> Generator[Done, None, None]:
        """Run one cell after the other: what has come of one is remembered before the next."""
        for batch in batches:
            found = [(cell, self._memory.known(cell.values, cell.seed)) for cell in batch]
            for seed in {cell.seed for cell in batch}:
                missing = (cell.values for cell, rows in found if rows is None)
                self._runner.variants.expect(missing, seed)
            for cell, rows in found:
                if rows is not None:
                    yield Done([cell], self._table(cell, rows), 0.0)
                    continue
                done = run_batch(self._runner, [cell])
                told = done.rows[["arm", *self.setup.outcomes]].to_dict("records")
                new = [{str(name): value for name, value in row.items()} for row in told]
                self._memory.learn(cell.values, cell.seed, new)
                yield done

    def _table(self, cell: Cell, rows: list[Row]) -> pd.DataFrame:
        head = {"cell": cell.id, "replication": cell.replication, "seed": cell.seed}
        return pd.DataFrame([{**head, **row} for row in rows])
