"""The outcomes that stand beside the money, step by step, from the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.engine.counts import Result
from sisim.engine.effects import fidelity_path
from sisim.scenario.scenario import Goal, OutcomeMeasure

Where = Mapping[str, Sequence[str]]
"""Which people are meant: categories by area and by the pathway's groupings."""
EVERYBODY: Where = {}


def outcome(result: Result, measure: OutcomeMeasure) -> NDArray[Any]:
    """Return people in a group at the start of each step, or what happens in it.

    Returns:
        (replications, arms, steps).
    """
    if measure.transition is not None:
        number = result.compiled.transitions.index(measure.transition)
        return np.asarray(_counted(result, "event", measure.where)[..., number])
    assert measure.group is not None
    if measure.count == "stock":
        return stock(result, measure.group, measure.where)
    return entries(result, measure.group, measure.where)


def outcome_units(result: Result, measure: OutcomeMeasure) -> NDArray[Any]:
    """Return an outcome in units that add up over time: person-years, entries or events.

    Returns:
        (replications, arms, steps).
    """
    found = np.asarray(outcome(result, measure), np.float64)
    if measure.transition is None and measure.count == "stock":
        clock = result.compiled.clock
        return found * clock.lengths(result.steps) / clock.per_year
    return found


def stock(result: Result, group: str, where: Where = EVERYBODY) -> NDArray[Any]:
    """Return how many are in a group at the start of each step, (replications, arms, steps)."""
    spec = result.scenario.pathway.groups[group]
    states = [result.compiled.state(spec.track, state) for state in spec.states]
    return np.asarray(_counted(result, "stock", where)[:, :, :-1, states].sum(axis=-1))


def entries(result: Result, group: str, where: Where = EVERYBODY) -> NDArray[Any]:
    """Return how many enter a group in each step, (replications, arms, steps)."""
    number = result.compiled.groups.index(group)
    return np.asarray(_counted(result, "entry", where)[..., number, :].sum(axis=-1))


def _counted(result: Result, name: str, where: Where) -> NDArray[Any]:
    """Return one of the tally's counts among some people, (replications, arms, time, kind...)."""
    found = result.counts(name, list(where))
    for grouping, categories in where.items():
        chosen = [result.compiled.groupings[grouping].index(category) for category in categories]
        found = found[:, :, :, chosen].sum(axis=3)
    return np.asarray(found)


def share(result: Result, goal: Goal) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the two parts of the share that a goal is about: how many, of how many.

    Returns:
        Two arrays, each (replications, arms, steps). An arm that does not deliver the investment
        whose delivery is meant has 0 of 0.
    """
    if goal.delivery is not None:
        return _delivered(result, goal.delivery)
    assert goal.group is not None
    assert goal.of is not None
    count = stock if goal.count == "stock" else entries
    return count(result, goal.group, goal.where), count(result, goal.of, goal.where)


def _delivered(result: Result, investment: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return how fully an investment is delivered where it is, and whether it is at all."""
    runs, steps = len(result.seeds), len(result.steps)
    full, runs_there = np.zeros((2, runs, len(result.arms), steps))
    for own in result.own_investments():
        if own.number == result.compiled.investments.index(investment):
            project, new_way = result.delivery(own)
            there = (np.maximum(project, new_way)[:, :-1] > 0).any(axis=0)
            fidelity = fidelity_path(own.investment, result.compiled.clock)[result.steps]
            runs_there[:, own.arm] = there
            full[:, own.arm] = there * fidelity
    return full, runs_there
