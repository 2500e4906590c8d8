"""Limits of the live page: one budget of memory and time for all visitors, whatever they ask by."""

from __future__ import annotations

from functools import cache

from sisim.analysis.variants import lean
from sisim.checks.run_size import PROCESS, require_fits, run_size, slowness
from sisim.portable import memory
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.scenario import Scenario

PART = 1 / 3
"""The part of this computer's memory that the simulations of all visitors may take together."""
LONGEST = 600.0
"""Seconds that one simulation may take."""


@cache
def budget() -> float:
    """Return the bytes that the simulations of all visitors may take together."""
    return PART * memory()


def require_allowed(scenario: Scenario, runs: int | None = None) -> None:
    """Check that a scenario is not more than a visitor may ask for.

    Args:
        scenario: The scenario.
        runs: How many runs; unset: as many as it says.

    Raises:
        ScenarioError: If it is, with what would be allowed.
    """
    runs = scenario.replications if runs is None else runs
    require_fits(lean(scenario), runs, PROCESS + budget())
    seconds = run_size(lean(scenario), runs).seconds * slowness()
    if seconds > LONGEST:
        reason = Reason(
            "The simulation would take about {n} minutes, and the page gives at most {most} to "
            "one. Fewer residents, years or runs are sooner done; `sisim run` has no such limit.",
            n=round(seconds / 60),
            most=round(LONGEST / 60),
        )
        raise ScenarioError([Problem(Place(scenario.origin(""), 0), "", reason)])


def share(scenario: Scenario, runs: int) -> tuple[int, float]:
    """Return how many runs of a scenario are to be retained, and the bytes that it then takes.

    With all of them a slider is answered the soonest; but one scenario leaves half of the budget
    to others, where it can.
    """
    one, every = (run_size(lean(scenario), n, cores=1).memory - PROCESS for n in (1, runs))
    kept = int(min(max((budget() / 2 - every) / one, 1), runs))
    return kept, every + (kept - 1) * one
