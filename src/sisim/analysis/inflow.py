"""The inflow to a group, step by step: who comes, who is there, who is helped, who leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sisim.arrays import Ints
from sisim.engine.clock import Clock
from sisim.engine.counts import Result


@dataclass(frozen=True)
class Inflow:
    """The people of a group in one run, by step, in two arms: without, and another.

    Who moves to the municipality and is in the group already has not come into it: that is counted
    in `there` alone.

    Attributes:
        labels: The steps: "2027-03", or "2027" where a step is a year.
        came: How many come into the group in the step, (2, steps).
        left: How many leave it, the dead among them, (2, steps).
        there: How many are there at the end of it, (2, steps).
        helped: How many of those are in treatment then, (2, steps); nobody is without.
    """

    labels: tuple[str, ...]
    came: Ints
    left: Ints
    there: Ints
    helped: Ints

    @property
    def apart(self) -> int:
        """The first step in which somebody comes, leaves or is helped otherwise; 0 if none is."""
        in_treatment = np.pad(self.helped[:, :-1], ((0, 0), (1, 0)))  # as the step begins
        counts = (self.came, self.left, in_treatment)
        return int(np.argmax(np.any([one[0] != one[1] for one in counts], axis=0)))


def inflow(result: Result, group: str, arm: str) -> Inflow:
    """Return the inflow to a group in the first run, without and in an arm."""
    compiled, number = result.compiled, result.arms.index(arm)
    spec, arms = result.scenario.pathway.groups[group], [0, number]
    states = [compiled.state(spec.track, state) for state in spec.states]
    people = result.counts("stock")[0, arms][..., states].sum(axis=-1)
    entered = result.counts("entry")[0, arms][..., compiled.groups.index(group), :].sum(axis=-1)
    left = np.maximum(entered - np.diff(people, axis=-1), 0)
    treated = result.treatments("treated_state")[0, number - 1][..., states].sum(axis=(0, -1))
    there = people[:, 1:]
    helped = np.stack([np.zeros_like(treated[1:]), np.minimum(treated[1:], there[1])])
    return Inflow(_labels(compiled.clock, result.steps), entered, left, there, helped)


def _labels(clock: Clock, steps: Ints) -> tuple[str, ...]:
    years = clock.calendar_year(steps)
    if clock.per_year == 1:
        return tuple(map(str, years.tolist()))
    first = np.ceil(years * clock.per_year - 1e-6).astype(np.int64)
    parts = clock.moment(steps) - first + 1
    return tuple(f"{y}-{p:02d}" for y, p in zip(years.tolist(), parts.tolist(), strict=True))
