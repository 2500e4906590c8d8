"""One cell of an experiment: a scenario with some of its values changed, run with one seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sisim.analysis.measures import measured
from sisim.analysis.variants import RUNS, Variants, with_arms
from sisim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Cell:
    """What is run: the values that are changed, and the seed.

    Attributes:
        id: A hash of all that decides what comes out.
        choice: Which combination of the levers.
        values: Other values by dotted path, levers first.
        draw: Which draw of the uncertain values; 0 is the only one where nothing is uncertain.
        replication: Which of the seeds.
        seed: The seed of every draw in the simulation.
    """

    id: str
    choice: int
    values: Mapping[str, Any]
    draw: int
    replication: int
    seed: int

    @property
    def key(self) -> tuple[int, int, int]:
        """Which cell of its plan it is: its choice, draw and replication."""
        return self.choice, self.draw, self.replication


@dataclass(frozen=True)
class Setup:
    """What all cells have in common; it can be sent to another process.

    Attributes:
        scenario: What is changed in each cell.
        outcomes: The measures that are kept: see `sisim.analysis.measures`.
        arms: The arms that are kept, `without` apart, which always is; empty: all.
    """

    scenario: Scenario
    outcomes: tuple[str, ...]
    arms: tuple[str, ...] = ()

    def runner(self, threads: int | None = 1) -> Runner:
        """Return what runs cells of it."""
        return Runner(self, threads)


class Runner:
    """Runs cells on variants of their common scenario.

    Args:
        setup: What the cells have in common.
        threads: Threads of a simulation; the result does not depend on it.
        runs: How many simulations are remembered.
    """

    def __init__(self, setup: Setup, threads: int | None = 1, runs: int = RUNS) -> None:
        self.setup = setup
        scenario = with_arms(setup.scenario, setup.arms)
        self.variants = Variants(scenario, threads=threads, retain=False, runs=runs)

    def run(self, values: Mapping[str, Any], seed: int) -> pd.DataFrame:
        """Return the measures of a cell.

        Columns: replication (0), seed, arm, and the outcomes of the setup; a row per arm.

        Raises:
            ScenarioError: If a value does not fit.
        """
        return measured(self.variants.valuation(values, [seed]), self.setup.outcomes)

    def rows(self, batch: Sequence[Cell]) -> pd.DataFrame:
        """Return what comes of some cells, in order, arms within.

        Columns: cell, choice, draw, replication, seed, arm, the values of the cell by path, and the
        outcomes.
        """
        parts = []
        for seed in dict.fromkeys(cell.seed for cell in batch):
            self.variants.expect((cell.values for cell in batch if cell.seed == seed), seed)
        for cell in batch:
            rows = self.run(cell.values, cell.seed)
            outcomes = rows[[*self.setup.outcomes]]
            head = {
                "cell": cell.id,
                "choice": cell.choice,
                "draw": cell.draw,
                "replication": cell.replication,
                "seed": cell.seed,
                "arm": rows["arm"],
            }
            values = {path: [value] * len(rows) for path, value in cell.values.items()}
            given = pd.DataFrame({**head, **values}, index=rows.index)
            parts.append(pd.concat([given, outcomes], axis=1))
        return pd.concat(parts, ignore_index=True)
