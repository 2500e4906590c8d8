"""The outcomes that stand beside the money, step by step, from the counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.engine.result import Result
from sisim.scenario.scenario import OutcomeMeasure


def outcome(result: Result, measure: OutcomeMeasure) -> NDArray[Any]:
    """Return people in a group at the start of each step, or what happens in it.

    Returns:
        (replications, arms, steps).
    """
    compiled = result.compiled
    if measure.transition is not None:
        number = compiled.transitions.index(measure.transition)
        return np.asarray(result.counts("event")[..., number])
    assert measure.group is not None
    if measure.count == "stock":
        return stock(result, measure.group)
    number = compiled.groups.index(measure.group)
    return np.asarray(result.counts("entry")[..., number, :].sum(axis=-1))


def stock(result: Result, group: str) -> NDArray[Any]:
    """Return how many are in a group at the start of each step, (replications, arms, steps)."""
    spec = result.scenario.pathway.groups[group]
    states = [result.compiled.state(spec.track, state) for state in spec.states]
    return np.asarray(result.counts("stock")[:, :, :-1, states].sum(axis=-1))
