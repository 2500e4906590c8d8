"""From a scenario to its counts: the same people, one run per seed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sisim.arrays import Ints
from sisim.checks.run_size import SIDE_BY_SIDE, require_fits
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Replication, Result
from sisim.engine.simulation import Progress, Simulation
from sisim.engine.warm_up import MOST_KEPT, run_once
from sisim.portable import usable_cores
from sisim.scenario.scenario import Scenario


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    threads: int | None = None,
    kept: int = MOST_KEPT,
    progress: Progress | None = None,
) -> Result:
    """Return the counts of a scenario.

    Args:
        scenario: What to simulate.
        seed: The seed of the first replication, the next ones following; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        threads: How many threads to use; the result does not depend on it.
        kept: Of how many of them, the first ones, the warm-up is kept on disk: see
            `sisim.engine.warm_up`.
        progress: Called with the steps done and the steps in all.

    Raises:
        sisim.scenario.errors.ScenarioError: If the run does not fit in memory.
    """
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    require_fits(scenario, count)
    compiled = compile_scenario(scenario)
    cores = threads or usable_cores()
    done = [0] * count

    def one(number: int, threads: int) -> Replication:
        def tell(steps: int, end: int) -> None:
            done[number] = steps
            if progress is not None:
                progress(sum(done), count * end)

        own = number < kept
        run = run_once(compiled, first + number, threads=threads, kept=own, progress=tell)
        return replication(run)

    # Whole replications waste nothing on waiting for each other; those left over share the threads.
    people = scenario.population.residents or scenario.population.cohort or 0
    beside = count - count % cores if people <= SIDE_BY_SIDE else 0
    with ThreadPoolExecutor(cores) as pool:
        runs = list(pool.map(lambda number: one(number, 1), range(beside)))
    runs += [one(number, cores) for number in range(beside, count)]
    return Result(compiled, tuple(runs))


def replication(simulation: Simulation) -> Replication:
    """Return what a finished run has counted."""
    places = simulation.enrolments
    return Replication(
        seed=simulation.seed,
        tally=simulation.tally(),
        started=places.started,
        treated=places.treated,
        treated_state=places.treated_state,
        treated_before=places.treated_before,
        enrolments=places.record,
        shares=simulation.shares,
        measured=simulation.measurements.found,
        affected=simulation.columns.diverged.sum(axis=1),
        too_young=_too_young(simulation),
    )


def _too_young(simulation: Simulation) -> Ints:
    """Return how many of the affected are left at the end, too young to go on in the tail."""
    columns, first = simulation.columns, simulation.compiled.tables.layout.leaver_from
    young = simulation.step - columns.person["born"] < first
    there = columns.person["arrive"] <= simulation.step
    found = [
        (apart & young & there & columns.alive[(arm + 1) * columns.n : (arm + 2) * columns.n]).sum()
        for arm, apart in enumerate(columns.diverged)
    ]
    return np.array(found, np.int64)
