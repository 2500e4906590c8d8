"""A scenario for fewer residents or more: its investments in proportion to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sisim.checks.run_size import require_fits
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

FIXED = ("start_up", "running", "refresher")
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

    What is of the whole municipality is scaled in proportion: places, fixed costs, and the steps in
    which costs are freed. Otherwise a project for a whole municipality would meet a part of its
    people, and cost as much: another investment, of which even the sign may differ. What is agreed
    in kronor with a fund or in a contract is as the file says.

    Args:
        scenario: As it is written; its population is open.
        residents: How many there shall be.

    Returns:
        Other values by dotted path.
    """
    given = scenario.population.residents
    if given is None or given == residents:
        return {"population.residents": residents}
    return in_proportion(scenario, residents, residents / given)


def in_proportion(scenario: Scenario, residents: int, share: float) -> dict[str, Any]:
    """Return so many residents, and what is of the whole municipality times a share, by path."""
    changes: dict[str, Any] = {"population.residents": residents}
    for path, amount in of_municipality(scenario, steps=True).items():
        if isinstance(amount, int):
            changes[path] = max(1, round(amount * share))
        else:
            changes[path] = _scaled(amount, share)
    return changes


def of_municipality(scenario: Scenario, *, steps: bool = False) -> dict[str, int | Number]:
    """Return what is of the whole municipality, however many live there, by dotted path.

    Places of investments and what they cost however many take part; with `steps` also the steps in
    which the cost of a resource is freed.
    """
    found: dict[str, int | Number] = {}
    for name, investment in scenario.investments.items():
        parts = {f"investments.{name}": investment.capacity}
        costs = {f"investments.{name}.cost": investment.cost}
        if investment.new_way is not None:
            way = f"investments.{name}.new_way"
            parts[way] = investment.new_way.capacity
            costs[f"{way}.cost"] = investment.new_way.cost
            if investment.new_way.replaces is not None:
                costs[f"{way}.replaces"] = investment.new_way.replaces
        found |= {f"{at}.capacity": places for at, places in parts.items() if places is not None}
        for at, cost in costs.items():
            amounts = {key: getattr(cost, key) for key in FIXED}
            found |= {f"{at}.{key}": amount for key, amount in amounts.items() if amount.value}
        for part, done in investment.preparation.items():
            if done.cost.value:
                found[f"investments.{name}.preparation.{part}.cost"] = done.cost
    if steps:
        for name, resource in scenario.pathway.resources.items():
            if resource.step_size is not None:
                found[f"pathway.resources.{name}.step_size"] = resource.step_size
    return found


@dataclass(frozen=True)
class ChangedSize:
    """A scenario whose number of people is another than its file says.

    Attributes:
        people: How many there are.
        before: How many the file says.
        scaled: What is of the whole municipality and was changed too: what it was, and is, by path.
        unscaled: What was not, by path.
    """

    people: int
    before: int
    scaled: dict[str, tuple[float, float]]
    unscaled: dict[str, float]


def changed_size(scenario: Scenario) -> ChangedSize | None:
    """Return what followed as the number of people was changed; None if it is that of the file."""
    population, before = scenario.population, scenario.before
    key = "residents" if population.cohort is None else "cohort"
    people, was = getattr(population, key), before.get(f"population.{key}")
    if people is None or was is None or people == was:
        return None
    own = {
        path: float(amount if isinstance(amount, int) else amount.value)
        for path, amount in of_municipality(scenario).items()
    }
    scaled = {path: (before[path], now) for path, now in own.items() if path in before}
    left = {path: now for path, now in own.items() if path not in before}
    return ChangedSize(people, int(was), scaled, left)


def _scaled(amount: Number, share: float) -> Any:
    """Return an amount times a share, its range with it."""
    ends = {"value": amount.value, "low": amount.low, "high": amount.high}
    known = {name: end * share for name, end in ends.items() if end is not None}
    return known if len(known) > 1 else known["value"]
