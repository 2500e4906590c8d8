"""Simulate social investments person by person, with and without, all else equal.

Load a scenario, run it, look at the result:

>>> import sisim
>>> scenario = sisim.load("placed-youth", {"population.residents": 2000, "replications": 2})
>>> result = sisim.run(scenario)
>>> sorted(result.costs["arm"].unique())
['new_way', 'project', 'without']
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sisim.engine.run import Progress
    from sisim.results import Results
    from sisim.scenario.scenario import Scenario

__all__ = ["load", "run"]

# What draws and simulates is slow to import: only who asks for it waits.


def load(source: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Return the scenario in a TOML file, or the ready scenario of that name.

    Args:
        source: The file, or the name.
        overrides: Other values by dotted path, as in `{"time.years": 15}`.

    Raises:
        sisim.scenario.problems.ScenarioError: With everything that is wrong in the file.
    """
    from sisim.scenario.load import load_scenario

    return load_scenario(source, overrides or {})


def run(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Return what comes of a scenario: people, money, figures and words.

    Args:
        scenario: What to simulate.
        seed: The seed of the first replication, the next ones following; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        threads: How many threads to use; the result does not depend on it.
        progress: Called with the steps done and the steps in all.
    """
    from sisim.engine.simulate import simulate
    from sisim.results import Results

    return Results(
        simulate(scenario, seed=seed, replications=replications, threads=threads, progress=progress)
    )
