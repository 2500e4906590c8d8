"""The largest chance of leaving that anyone in a state can have: who need not be looked at.

Most people stay where they are. A draw is first compared with a bound by state, year of age and
class of background (thinning; Lewis & Shedler 1979), then with how much of that bound is left
beside the person's states on other tracks. Only who is still a candidate is observed.
"""

from __future__ import annotations

from math import ceil
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.engine import kernel
from sisim.engine.draws import QUAD
from sisim.engine.population import People
from sisim.engine.tables import (
    AGE,
    AGE_CALENDAR,
    ATTRIBUTE,
    COMPANY,
    CYCLE,
    DIRECT,
    EFFECT,
    LOOK_UP,
    MONTH,
    STATE,
    TIME_IN_STATE,
    TIMES,
    WHEN_AGE,
    WHEN_CYCLE,
    WHEN_MONTH,
    CompanyRow,
    Compiled,
    FactorReference,
    Rule,
    Sight,
    StayRow,
)

DRIFT_YEARS = 5
"""Bounds on leaving allow for the drift of this many years, and are worked out so often."""
MOST_BOUNDS = 96
"""Most times, and fours of them, for which bounds are kept; a stride may need one for each step."""


class Company(NamedTuple):
    """What lowers the greatest value of each transition; fields as in `Layout`."""

    company: NDArray[np.void]
    stay: NDArray[np.void]
    part: NDArray[np.float32]


def company_of(rule: Rule, sight: Sight, references: list[FactorReference]) -> Company:
    """Return what a person's states, and how long they have stayed, leave of each transition.

    The states and tracks whose transitions any of them lowers are marked.
    """
    company = np.zeros((len(rule.out), COMPANY), CompanyRow)
    stay = np.zeros(len(rule.out), StayRow)
    # What lowers nothing is 1, whatever the state.
    values = [np.ones(len(rule.state))]

    def add(part: NDArray[np.float64]) -> int:
        values.append(part)
        return sum(map(len, values[:-1]))

    for state in rule.state:
        for j in range(state["first"], state["last"]):
            found = _parts(rule.out[j], rule, sight, references)
            beside = [
                (float(part.min()), number, part)
                for (kind, number), part in found.items()
                if kind == STATE and number != state["track"] and part.min() < 1.0
            ]
            # Those that lower it the most, where there are more than are looked at.
            for c, (_, number, part) in enumerate(sorted(beside, key=itemgetter(0))[:COMPANY]):
                company[j, c] = number, add(part) - sight.track[number]["first"]
            own = found.get((TIME_IN_STATE, int(state["track"])))
            if own is not None:
                stay[j] = add(own), len(own) - 1
            state["accompanied"] |= bool(beside) or own is not None
            sight.track[state["track"]]["accompanied"] |= state["accompanied"]
    return Company(company, stay, np.concatenate(values).astype(np.float32))


def _parts(
    transition: int, rule: Rule, sight: Sight, references: list[FactorReference]
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return a transition's factors as parts of their greatest value, by kind and argument."""
    row = rule.transition[transition]
    own = range(row["first"], row["last"])
    effects = [r for first, last in rule.effects[:, transition] for r in range(first, last)]
    if any(references[r].scale != TIMES for r in (*own, *effects)):
        return {}
    found: dict[tuple[int, int], NDArray[np.float64]] = {}
    for r in own:
        feature, values = sight.feature[references[r].feature], references[r].values
        if references[r].kind == LOOK_UP and feature["kind"] in (STATE, TIME_IN_STATE):
            key = int(feature["kind"]), int(feature["arg"])
            part = values[:-1] / (values.max() or 1.0)
            before = found.get(key, np.ones(1))
            length = max(len(part), len(before))
            found[key] = np.prod(
                [np.pad(one, (0, length - len(one)), "edge") for one in (part, before)], axis=0
            )
    return found


class Held(NamedTuple):
    """The bounds that hold in some steps."""

    bound: NDArray[np.uint32]  # (times, slots, states + 1) draw up to which anybody might leave
    most: NDArray[np.float32]  # (times, slots, out) greatest rate or probability of each transition
    active: NDArray[np.bool_]  # (times, years of age, tracks) where anybody might move at all
    when: NDArray[np.int64]  # (steps,) which of them holds at a step
    ahead: NDArray[np.int64]  # (steps,) which bound holds for all steps drawn for together with it


class Bounds:
    """The largest chance of leaving each state, by year of age and class of background.

    Args:
        compiled: The compiled scenario.
        who: Its people.
        headroom: How much further from 1 the ratio of an effect may be than in the scenario.
    """

    def __init__(self, compiled: Compiled, who: People, headroom: float = 1.0) -> None:
        self._compiled = compiled
        self._excess = _excess(compiled) * headroom
        self._largest = _largest(compiled, who, self._excess)
        tables = compiled.tables
        self._drifts = bool((tables.rule.drift != 1.0).any())
        feature = tables.sight.feature
        self._by_cycle = bool((feature["kind"] == CYCLE).any())
        self._cycles = set(feature["arg"][feature["kind"] == WHEN_CYCLE].tolist())
        self._begins = sum(1 << int(m) for m in feature["arg"][feature["kind"] == WHEN_MONTH])
        self._seasons = _seasons(compiled)
        self._known: dict[tuple[int, ...], int] = {}
        self._together: dict[frozenset[tuple[int, ...]], int] = {}
        self._times = [self._when(step) for step in range(compiled.clock.end)]
        self._held: dict[tuple[int, int], Held] = {}
        slots, layout = self._largest.shape[1], tables.layout
        # Not touched, and so taking no memory, until there are so many different times.
        self._bound = np.empty((MOST_BOUNDS, slots, len(tables.rule.state)), np.uint32)
        self._most = np.empty((MOST_BOUNDS, slots, len(tables.rule.out)), np.float32)
        self._active = np.empty((MOST_BOUNDS, layout.slot_ages, layout.n_tracks), np.bool_)

    def hold_for(self, compiled: Compiled) -> bool:
        """Return whether the bounds hold for another version of the arms, too."""
        return bool((_excess(compiled) <= self._excess).all())

    def between(self, first: int, stop: int) -> Held:
        """Return the bounds in use in the steps [first, stop)."""
        if (first, stop) in self._held:
            return self._held[first, stop]
        clock = self._compiled.clock
        begin, end = first - clock.lane(first), stop + -clock.lane(stop) % QUAD
        # For a step that is not simulated the nearest that is.
        steps = [min(max(step, 0), clock.end - 1) for step in range(begin, end)]
        times = [self._times[step] for step in steps]
        fours = [frozenset(times[n : n + QUAD]) for n in range(0, len(times), QUAD)]
        # What is known needs no more room: a step of a stride whose bounds are in use, asked for by
        # itself, must have nothing worked out anew in the place of what other threads now read.
        new = len({*times} - self._known.keys()) + len({*fours} - self._together.keys())
        if self._unused() + new > MOST_BOUNDS:
            self._known.clear()
            self._together.clear()
            self._held.clear()
        for step, time in zip(steps, times, strict=True):
            if time not in self._known:
                self._known[time] = self._unused()
                self._work_out(self._known[time], step, time[0])
        for four in fours:
            if four not in self._together:
                parts = [self._known[time] for time in four]
                self._together[four] = number = self._unused()
                np.max(self._bound[parts], axis=0, out=self._bound[number])
        asked = range(first - begin, stop - begin)
        self._held[first, stop] = Held(
            self._bound,
            self._most,
            self._active,
            np.array([self._known[times[n]] for n in asked], np.int64),
            np.array([self._together[fours[n // QUAD]] for n in asked], np.int64),
        )
        return self._held[first, stop]

    def _unused(self) -> int:
        return len(self._known) + len(self._together)

    def _when(self, step: int) -> tuple[int, ...]:
        """Return what the bounds depend on: period of drift, season, months beginning, cycle."""
        clock, sight = self._compiled.clock, self._compiled.tables.sight
        calendar = sight.calendar[step + sight.origin]
        month, cycle = int(calendar["month"]), step - clock.start
        return (
            int(max(cycle, 0) / clock.per_year // DRIFT_YEARS) if self._drifts else 0,
            month if month in self._seasons else 0,
            int(calendar["begins"]) & self._begins,
            step if self._by_cycle or cycle in self._cycles else -1,
        )

    def _work_out(self, number: int, step: int, period: int) -> None:
        clock, tables = self._compiled.clock, self._compiled.tables
        begin, end = (
            clock.start + round((period + n) * DRIFT_YEARS * clock.per_year) for n in (0, 1)
        )
        kernel.leaving_bounds(
            tables.rule,
            tables.sight,
            self._largest,
            step,
            tables.rule.drift[:, max(begin - 1, 0) : end + 1].max(axis=1),
            np.empty((kernel.MAX_OUT + 1, self._largest.shape[1])),
            self._bound[number],
            self._most[number],
        )
        layout = tables.layout
        somewhere = self._bound[number, :, :-1] > 0
        by_age = somewhere.reshape(layout.slot_ages, layout.slot_classes, -1).any(axis=1)
        self._active[number] = np.logical_or.reduceat(by_age, layout.track["first"], axis=1)


def _seasons(compiled: Compiled) -> set[int]:
    """Return the months in which some table of calendar months differs from its usual value."""
    found: set[int] = set()
    for reference in compiled.references:
        if compiled.tables.sight.feature[reference.feature]["kind"] == MONTH:
            last = len(reference.values) - 2
            months = [float(reference.values[min(m, last)]) for m in range(1, 13)]
            usual = max(set(months), key=months.count)
            found |= {m for m, value in enumerate(months, 1) if value != usual}
    return found


def _excess(compiled: Compiled) -> NDArray[np.float64]:
    """Return how far above 1 the multiplier of each effect may come, per unit of strength."""
    found = np.zeros(len(compiled.references))
    for r, reference in enumerate(compiled.references):
        if reference.kind == EFFECT:
            feature = compiled.tables.sight.feature[reference.feature]
            modified = compiled.tables.sight.effect[feature["arg"]]["modifier"] >= 0
            found[r] = abs(reference.ratio - 1.0) if modified else max(reference.ratio - 1.0, 0.0)
    return found


def _largest(compiled: Compiled, who: People, excess: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the greatest multiplier of each reference in each slot, float64 (references, slots).

    A slot is a year of age and a class of background: in it ages lie within a year and the steps
    until slots are next looked up.
    """
    layout, sight = compiled.tables.layout, compiled.tables.sight
    out = np.ones((layout.slot_ages, layout.slot_classes, len(compiled.references)))
    digits = {}
    radix = 1
    for number, size in compiled.background:
        digits[number] = np.arange(layout.slot_classes) // radix % size
        radix *= size
    for r, reference in enumerate(compiled.references):
        feature = sight.feature[reference.feature]
        values = reference.values
        if reference.kind == DIRECT:
            out[:, :, r] = who.numbers[feature["arg"]].max(initial=0.0)
        elif reference.kind == EFFECT:
            modifier = int(sight.effect[feature["arg"]]["modifier"])
            strength = 1.0 if modifier < 0 else np.abs(who.numbers[modifier]).max(initial=0.0)
            out[:, :, r] = 1.0 + excess[r] * strength
        elif feature["kind"] in (AGE, AGE_CALENDAR):
            for age in range(layout.slot_ages):
                # Slots are looked up every fourth step; a year is no whole number of weeks.
                low, high = age - 1, age + 2 + ceil(3 / layout.slot_steps)
                if feature["kind"] == AGE:
                    low, high = age * layout.slot_steps, (age + 1) * layout.slot_steps + 4
                if age == layout.slot_ages - 1:
                    high = len(values)
                last = len(values) - 2
                out[age, :, r] = values[min(max(low, 0), last) : min(high, last) + 1].max()
        elif feature["kind"] == WHEN_AGE:
            for age in range(layout.slot_ages - 1):
                low, high = age * layout.slot_steps, (age + 1) * layout.slot_steps + 4
                out[age, :, r] = float(low <= feature["arg"] < high)
        elif feature["kind"] == ATTRIBUTE and feature["arg"] in digits:
            out[:, :, r] = values[digits[int(feature["arg"])]]
        else:
            out[:, :, r] = values.max()
    slots = layout.slot_ages * layout.slot_classes
    return np.ascontiguousarray(out.reshape(slots, len(compiled.references)).T)
