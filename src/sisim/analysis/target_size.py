"""How many people are in the target group of an investment when a scenario begins."""

from __future__ import annotations

from dataclasses import dataclass

from sisim.economics.discounting import cycle_weights
from sisim.engine.individual_use import individuals
from sisim.scenario.scenario import Scenario

OPENING = 0.01
"""Years that are looked at: the first step alone."""


@dataclass(frozen=True)
class TargetSize:
    """How many there are.

    Attributes:
        people: In the target group.
        residents: In all.
    """

    people: int
    residents: int


def target_size(scenario: Scenario, investment: str, seed: int | None = None) -> TargetSize:
    """Return how many are in an investment's target group at the start of the scenario.

    Args:
        scenario: The scenario.
        investment: The name of the investment.
        seed: The seed of the run whose people are counted; unset: the scenario's.
    """
    first = scenario.seed if seed is None else seed
    found = individuals(scenario, first, cycles=cycle_weights(scenario), years=OPENING)
    number = found.compiled.investments.index(investment)
    return TargetSize(int(found.targets[number, found.at_start].sum()), int(found.at_start.sum()))
