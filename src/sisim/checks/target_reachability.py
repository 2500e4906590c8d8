"""Whether anyone can ever be in a target group."""

from __future__ import annotations

from collections.abc import Iterator

from sisim.checks.reachability import Reached, possible_categories, reachable
from sisim.scenario.condition import Bounds, Condition
from sisim.scenario.errors import Reason
from sisim.scenario.features import Features
from sisim.scenario.scenario import Investment, Scenario

Requirement = tuple[str, list[str] | Bounds]


def nobody(scenario: Scenario, features: Features, investment: Investment) -> list[Reason] | None:
    """Return why nobody can ever be in the target group; None if someone may be.

    Everything asked for of the same feature must be possible at once.
    """
    reached = reachable(features, scenario.population.start, lambda _: True)
    why: list[Reason] = []
    for requirements in _ways(investment.target):
        reason = _impossible(scenario, features, reached, requirements, investment.areas)
        if reason is None:
            return None
        why.append(reason)
    return why


def _ways(condition: Condition) -> Iterator[list[Requirement]]:
    """Return each list of requirements that, wholly met, meets the condition."""
    own: list[Requirement] = list(condition.features.items())
    if not condition.any_of:
        yield own
    for part in condition.any_of:
        for way in _ways(part):
            yield own + way


def _impossible(
    scenario: Scenario,
    features: Features,
    reached: Reached,
    requirements: list[Requirement],
    areas: list[str],
) -> Reason | None:
    categories: dict[str, set[str]] = {"area": set(areas)} if areas else {}
    bounds: dict[tuple[str, float | None], tuple[float, float]] = {}
    for feature, wanted in requirements:
        if isinstance(wanted, list):
            chosen = {member for name in wanted for member in features.members(feature, name)}
            possible = possible_categories(features, feature, reached)
            categories.setdefault(feature, chosen if possible is None else possible)
            categories[feature] = categories[feature] & chosen
            if possible is not None:
                categories[feature] &= possible
            if not categories[feature]:
                return Reason('no such "{feature}" is possible', feature=feature)
        else:
            low, high = _limits(scenario, feature)
            low, high = bounds.get((feature, wanted.window), (low, high))
            low = low if wanted.from_ is None else max(low, wanted.from_)
            high = high if wanted.below is None else min(high, wanted.below)
            bounds[feature, wanted.window] = (low, high)
            if low >= high:
                return Reason(
                    'no "{feature}" is at least {low} and below {high}',
                    feature=feature,
                    low=low,
                    high=high,
                )
    return None


def _limits(scenario: Scenario, feature: str) -> tuple[float, float]:
    """Return the least value of a feature and what all its values lie below."""
    infinite = float("inf")
    if feature in ("age", "age.calendar"):
        population = scenario.population
        if population.cohort is not None:
            highest = population.oldest + scenario.time.years + 1
            return (population.age, highest)
        return (0.0, population.max_age + (feature == "age.calendar"))
    if feature == "calendar.month":
        return (1.0, 13.0)
    if feature == "calendar.year":
        first = float(scenario.time.first_year)
        return (first, first + scenario.time.years + 1)
    if feature.startswith("share."):
        return (0.0, 1.0 + 1e-9)
    if feature.startswith("attribute."):
        return (-infinite, infinite)
    return (0.0, infinite)
