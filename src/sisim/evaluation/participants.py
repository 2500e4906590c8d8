"""The participants of an investment, in a municipality where both lives of everybody are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.tables import NEVER
from sisim.evaluation.municipality import Municipality

Measure = Callable[[int, Ints, Ints], Floats]
"""What each person has in an arm, after one step and until another: (people,)."""


@dataclass(frozen=True)
class Participants:
    """Some people, each followed from a step of their own.

    Attributes:
        place: Where they live.
        who: Their numbers.
        since: The step from which each is followed.
    """

    place: Municipality
    who: Ints
    since: Ints

    def during(self, measure: Measure, arm: int, first: float, last: float) -> Floats:
        """Return what each has in an arm between two times, in years from their own step."""
        clock, people = self.place.compiled.clock, len(self.place.people)
        low = np.full(people, np.iinfo(np.int32).max, np.int64)
        high = np.full(people, -1, np.int64)
        low[self.who] = self.since + clock.steps(first)
        high[self.who] = self.since + clock.steps(last)
        return measure(arm, low, high)[self.who]

    def only(self, some: Flags) -> Participants:
        """Return some of them."""
        return Participants(self.place, self.who[some], self.since[some])

    @property
    def there_before(self) -> Flags:
        """Who has lived here for a year when followed, (people followed,)."""
        year = self.place.compiled.clock.steps(1)
        return np.asarray(self.place.people.arrive[self.who] <= self.since - year)


def participants(place: Municipality, arm: int, investment: str) -> Participants:
    """Return who takes part in an investment in an arm, from when each first begins."""
    begun, _ = place.begun(arm, investment)
    who = np.flatnonzero(begun != NEVER)
    return Participants(place, who, begun[who])


def earlier_cohorts(place: Municipality, investment: str, years: int) -> Participants:
    """Return who came into the target group in the years before the start, where it is given.

    Each is followed from then on; nobody of them takes part.
    """
    spec, compiled = place.compiled.scenario.investments[investment], place.compiled
    first = place.first[investment]
    start = compiled.clock.at(spec.start)
    here = (first >= start - compiled.clock.steps(years)) & (first < start)
    if spec.areas:
        here &= np.isin(place.people.area, [compiled.areas.index(area) for area in spec.areas])
    who = np.flatnonzero(here)
    return Participants(place, who, first[who])
