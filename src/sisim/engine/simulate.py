"""From a scenario to its counts: the same people, one run per seed."""

from __future__ import annotations

from sisim.engine.compile import compile_scenario
from sisim.engine.result import Replication, Result
from sisim.engine.run import Progress, Simulation, run_once
from sisim.scenario.scenario import Scenario


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Return the counts of a scenario.

    Args:
        scenario: What to simulate.
        seed: The seed of the first replication, the next ones following; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        threads: How many threads to use; the result does not depend on it.
        progress: Called with the steps done and the steps in all.
    """
    compiled = compile_scenario(scenario)
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    steps = compiled.clock.end

    def one(number: int) -> Replication:
        def tell(done: int, _: int) -> None:
            if progress is not None:
                progress(number * steps + done, count * steps)

        return replication(run_once(compiled, first + number, threads=threads, progress=tell))

    return Result(compiled, tuple(one(number) for number in range(count)))


def replication(simulation: Simulation) -> Replication:
    """Return what a finished run has counted."""
    places = simulation.enrolments
    return Replication(
        seed=simulation.seed,
        tally=simulation.tally(),
        started=places.started,
        treated=places.treated,
        treated_state=places.treated_state,
        enrolments=places.record,
        shares=simulation.shares,
    )
