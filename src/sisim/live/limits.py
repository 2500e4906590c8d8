"""Limits of the live page: one budget of memory and time for all visitors, whatever they ask by."""

from __future__ import annotations

from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.scenario import Scenario

LONGEST = 600.0
"""Seconds that one simulation may take."""
PER_PERSON, PER_RUN = 500.0, 2e6
"""Bytes of a person in an arm, and of what a run counts."""
PER_STEP = 2e-8
"""Seconds for a track of a person in a step."""


def budget() -> float:
    """Return the bytes that the simulations of all visitors may take together."""
    return 4e9


def require_allowed(scenario: Scenario, runs: int | None = None) -> None:
    """Check that a scenario is not more than a visitor may ask for.

    Args:
        scenario: The scenario.
        runs: How many runs; unset: as many as it says.

    Raises:
        ScenarioError: If it is, with what would be allowed.
    """
    runs = scenario.replications if runs is None else runs
    most = budget() / 2
    one, seconds = _size(scenario)
    if one + runs * PER_RUN > most:
        reason = Reason(
            "The simulation would take about {n} MB of memory, and the page gives at most {most} "
            "to one. Fewer residents, years or runs take less.",
            n=round((one + runs * PER_RUN) / 1e6),
            most=round(most / 1e6),
        )
        raise ScenarioError([Problem(Place(scenario.origin(""), 0), "", reason)])
    if runs * seconds > LONGEST:
        reason = Reason(
            "The simulation would take about {n} minutes, and the page gives at most {most} to "
            "one. Fewer residents, years or runs are sooner done; `sisim run` has no such limit.",
            n=round(runs * seconds / 60),
            most=round(LONGEST / 60),
        )
        raise ScenarioError([Problem(Place(scenario.origin(""), 0), "", reason)])


def share(scenario: Scenario, runs: int) -> tuple[int, float]:
    """Return how many runs of a scenario may be retained, and the bytes that it then takes."""
    one, _ = _size(scenario)
    kept = int(min(max((budget() / 2 - runs * PER_RUN) / one, 1), runs))
    return kept, runs * PER_RUN + kept * one


def _size(scenario: Scenario) -> tuple[float, float]:
    """Return the bytes and seconds of one run."""
    population, time = scenario.population, scenario.time
    people = float(population.residents or population.cohort or 0)
    years = time.years + time.history + (population.max_age if population.cohort is None else 0)
    steps = years * scenario.pathway.steps_per_year * len(scenario.pathway.tracks)
    return PER_PERSON * 2 * people * (1 + len(scenario.arms)), people * steps * PER_STEP
