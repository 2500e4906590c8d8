"""A scenario for fewer residents or more: its investments in proportion to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sisim.checks.run_size import require_fits
from sisim.scenario.scenario import Cost, Scenario

FIXED = ("start_up", "running")
"""What a cost is however many take part: it follows the size of the investment."""


Read = Callable[[Mapping[str, Any]], Scenario]
"""Reads a scenario with other values, by dotted path."""


def for_residents(
    read: Read, changes: Mapping[str, Any], residents: int | None
) -> tuple[Scenario, dict[str, Any]]:
    """Return a scenario for so many residents, and all that is changed in it.

    Args:
        read: How it is read.
        changes: What is changed in it anyhow.
        residents: How many there shall be; None: as many as it says.

    Raises:
        ScenarioError: With everything that is wrong, and if so many cannot be simulated.
    """
    given = read(changes)
    if residents is None:
        return given, dict(changes)
    population = given.population.model_copy(update={"residents": residents})
    # Before places and costs, which would be too large as well, and hide why.
    require_fits(given.model_copy(update={"population": population}), replications=1)
    all_changes = {**changes, **of_size(given, residents)}
    return read(all_changes), all_changes


def of_size(scenario: Scenario, residents: int) -> dict[str, Any]:
    """Return the changes that give a scenario so many residents.

    Places and fixed costs are scaled in proportion. Otherwise a project for a whole municipality
    would meet a part of its people, and cost as much: another investment, of which even the sign
    may differ. What is agreed in kronor with a fund or in a contract is as the file says.

    Args:
        scenario: As it is written; its population is open.
        residents: How many there shall be.

    Returns:
        Other values by dotted path.
    """
    given = scenario.population.residents
    changes: dict[str, Any] = {"population.residents": residents}
    if given is None or given == residents:
        return changes
    share = residents / given
    for name, investment in scenario.investments.items():
        parts = {f"investments.{name}": investment.capacity}
        costs = {f"investments.{name}.cost": investment.cost}
        if investment.new_way is not None:
            way = f"investments.{name}.new_way"
            parts[way] = investment.new_way.capacity
            costs[f"{way}.cost"] = investment.new_way.cost
            if investment.new_way.replaces is not None:
                costs[f"{way}.replaces"] = investment.new_way.replaces
        for place, capacity in parts.items():
            if capacity is not None:
                changes[f"{place}.capacity"] = max(1, round(capacity * share))
        for place, cost in costs.items():
            changes |= _scaled(place, cost, share)
    return changes


def _scaled(place: str, cost: Cost, share: float) -> dict[str, Any]:
    """Return the fixed amounts of a cost times a share, their ranges with them."""
    found: dict[str, Any] = {}
    for key in FIXED:
        amount = getattr(cost, key)
        if amount.value:
            ends = {"value": amount.value, "low": amount.low, "high": amount.high}
            known = {name: end * share for name, end in ends.items() if end is not None}
            found[f"{place}.{key}"] = known if len(known) > 1 else known["value"]
    return found
