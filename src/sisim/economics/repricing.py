"""Other money for the same people: what a run has counted, priced anew without a simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sisim.engine.counts import Result
from sisim.loading.load import SET, changed
from sisim.scenario.errors import Problem, Reason, ScenarioError


def reprice(counts: Result, changes: Mapping[str, Any]) -> Result:
    """Return the same counts under other prices, costs, payers or discounting (law L5).

    Args:
        counts: What was counted.
        changes: Other values by dotted path, in the scenario or its pathway.

    Raises:
        ScenarioError: With everything that is wrong in the changes, and with every key that has a
            bearing on people, who would have to be simulated again.
    """
    scenario = changed(counts.scenario, changes)
    if counts.differs_in_money_only(scenario):
        return counts.repriced(scenario)
    reason = Reason("This changes people and not only money: the scenario must be run again.")
    problems = [
        Problem(SET, key, reason)
        for key, value in changes.items()
        if not counts.differs_in_money_only(changed(counts.scenario, {key: value}))
    ]
    raise ScenarioError(problems or [Problem(SET, ", ".join(changes), reason)])
