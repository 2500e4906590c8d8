"""Emulator of a scenario: counts interpolated between knots that are simulated, for the sliders.

Everything is linear in the counts (see `sisim.engine.counts`), so a position between two knots is
read off the straight line between their counts. What several values do is added
up from what each does alone. This is for an eye that follows a moving hand: what is told, saved or
decided on is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.analysis.variants import Variants
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Replication, Result
from sisim.engine.simulation import Tally

Counts = list[NDArray[Any]]


@dataclass(frozen=True)
class Knots:
    """The positions at which a value that can be moved is simulated.

    Attributes:
        start: Where the scenario says that it stands.
        changes: What each position means, by dotted path; in rising order, and nothing where it is
            the start.
    """

    start: float
    changes: Mapping[float, Mapping[str, Any]]

    def first(self) -> Iterator[float]:
        """Yield the knots that tell the most first: the ends, then what lies between."""
        inner = sorted(at for at in self.changes if at != self.start)
        while inner:
            yield inner.pop()
            if inner:
                yield inner.pop(0)


class Emulator:
    """A piecewise linear metamodel of the counts, additive over the values that can be moved.

    Args:
        variants: The scenario, and what simulates it.
        knots: Where each of the values is simulated, by name.
    """

    def __init__(self, variants: Variants, knots: Mapping[str, Knots]) -> None:
        self._variants, self._knots = variants, knots
        self._first = variants.seeds[:1]
        self._money = {
            name
            for name, one in knots.items()
            if all(variants.money(path) for change in one.changes.values() for path in change)
        }
        lines = [
            [(name, at) for at in one.first()]
            for name, one in knots.items()
            if name not in self._money and all(map(variants.quick, one.changes.values()))
        ]
        # The ends of every value before the middle of any.
        self._left = [one for turn in zip_longest(*lines) for one in turn if one is not None]
        # What each knot adds to the start, which adds nothing to itself.
        self._known: dict[str, dict[float, Counts | None]] = {}
        self._lock = Lock()

    @property
    def left(self) -> int:
        """How many knots are still to be simulated."""
        return len(self._left)

    def learn(self) -> None:
        """Simulate the next knot; nothing where all are known, or another does so now."""
        if not self._left or not self._lock.acquire(blocking=False):
            return
        try:
            name, at = self._left[0]
            base, there = (
                _counts(self._variants.valuation(values, self._first).counts.replications[0])
                for values in ({}, self._knots[name].changes[at])
            )
            added = [new - old for new, old in zip(there, base, strict=True)]
            line = self._known.get(name, {self._knots[name].start: None})
            self._known[name] = {**line, at: added}
            del self._left[0]
        finally:
            self._lock.release()

    def results(
        self,
        settled: Valuation,
        moved: Mapping[str, tuple[float, float]],
        changes: Mapping[str, Any],
    ) -> Valuation | None:
        """Return nearly what comes of a version, None where too little is known.

        Args:
            settled: A version of the same scenario that has been simulated.
            moved: From where to where each value has been moved since.
            changes: All that differs from the scenario, by dotted path.

        Raises:
            ScenarioError: If a value does not fit.
        """
        parts: list[tuple[float, Counts]] = []
        for name, (before, now) in moved.items():
            if name in self._money:
                continue
            there, here = self._interpolated(name, now), self._interpolated(name, before)
            if there is None or here is None:
                return None
            parts += [*there, *((-weight, added) for weight, added in here)]
        scenario = self._variants.scenario_with(changes)
        result = settled.counts
        return Valuation(
            Result(
                replace(result.compiled, scenario=scenario),
                tuple(_with(one, parts) for one in result.replications),
            )
        )

    def _interpolated(self, name: str, at: float) -> list[tuple[float, Counts]] | None:
        """Return what a position adds to the start, as shares of what the two beside it add."""
        known = self._known.get(name, {})
        low = max((one for one in known if one <= at), default=None)
        high = min((one for one in known if one >= at), default=None)
        if low is None or high is None:
            return None
        share = (at - low) / (high - low) if high > low else 0.0
        beside = ((1 - share, known[low]), (share, known[high]))
        return [(weight, added) for weight, added in beside if weight and added is not None]


def _counts(one: Replication) -> Counts:
    """Return what the arms have counted; the arm without is the same in every version."""
    tally = [getattr(one.tally, field.name)[1:] for field in fields(Tally)]
    affected = np.zeros(len(one.started)) if one.affected is None else one.affected
    treated = (one.started, one.treated, one.treated_state, one.treated_before)
    return [*tally, *treated, affected]


def _with(one: Replication, parts: list[tuple[float, Counts]]) -> Replication:
    """Return a replication to which shares of other counts have been added."""
    if not parts:
        return one
    arms = [now.astype(np.float64) for now in _counts(one)]
    for weight, added in parts:
        for now, more in zip(arms, added, strict=True):
            now += weight * more
    names = [field.name for field in fields(Tally)]
    tally = {
        name: np.concatenate([getattr(one.tally, name)[:1], arm])
        for name, arm in zip(names, arms, strict=False)
    }
    started, treated, treated_state, treated_before, affected = arms[len(names) :]
    return replace(
        one,
        tally=Tally(**tally),
        started=started,
        treated=treated,
        treated_state=treated_state,
        treated_before=treated_before,
        affected=affected,
    )
