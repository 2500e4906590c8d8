"""Bounds on the chance of leaving each state, for thinning: who need not be observed.

Most people stay where they are. A draw is first compared with a bound by state, year of age and
class of background (thinning; Lewis & Shedler 1979), then with how much of that bound is left
beside the person's states on other tracks. Only who is still a candidate is observed.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine import kernel
from sisim.engine.draws import QUAD
from sisim.engine.population import People
from sisim.engine.tables import (
    AGE,
    AGE_CALENDAR,
    ATTRIBUTE,
    COMBINED,
    CROSS_TRACKS,
    CYCLE,
    DIRECT,
    EFFECT,
    LOOK_UP,
    MAX_OUT,
    MONTH,
    STATE,
    TIME_IN_STATE,
    WHEN_AGE,
    WHEN_CYCLE,
    WHEN_MONTH,
    Compiled,
    CrossTrackRow,
    FactorReference,
    FeatureTables,
    LeavingBounds,
    RunLayout,
    StayRow,
    TransitionTables,
)
from sisim.scenario.factor_table import TIMES

DRIFT_YEARS = 5
"""Bounds on leaving allow for the drift of this many years, and are worked out so often."""
MOST_BOUNDS = 192
"""Most times, and fours of them, for which bounds are kept; a stride may need one for each step."""


class CrossTrackTables(NamedTuple):
    """Shares of the bounds left by states on other tracks; fields as in `RunLayout`."""

    cross_track: NDArray[np.void]
    stay: NDArray[np.void]
    share_of_bound: NDArray[np.float32]


def cross_track_tables(
    transitions: TransitionTables, features: FeatureTables, references: list[FactorReference]
) -> CrossTrackTables:
    """Return how states on other tracks, and the time in the state, lower each transition's bound.

    The states and tracks whose transitions any of them lowers are marked.
    """
    cross_track = np.zeros((len(transitions.out), CROSS_TRACKS), CrossTrackRow)
    stay = np.zeros(len(transitions.out), StayRow)
    # What lowers nothing is 1, whatever the state.
    values = [np.ones(len(transitions.state))]

    def add(part: Floats) -> int:
        values.append(part)
        return sum(map(len, values[:-1]))

    for state in transitions.state:
        for j in range(state["first"], state["last"]):
            found = _parts(transitions.out[j], transitions, features, references)
            beside = [
                (float(part.min()), number, part)
                for (kind, number), part in found.items()
                if kind == STATE and number != state["track"] and part.min() < 1.0
            ]
            # Those that lower it the most, where there are more than are looked at.
            for c, (_, number, part) in enumerate(sorted(beside, key=itemgetter(0))[:CROSS_TRACKS]):
                cross_track[j, c] = number, add(part) - features.track[number]["first"]
            own = found.get((TIME_IN_STATE, int(state["track"])))
            if own is not None:
                stay[j] = add(own), len(own) - 1
            state["cross_track"] |= bool(beside) or own is not None
            features.track[state["track"]]["cross_track"] |= state["cross_track"]
    return CrossTrackTables(cross_track, stay, np.concatenate(values).astype(np.float32))


def _parts(
    transition: int,
    transitions: TransitionTables,
    features: FeatureTables,
    references: list[FactorReference],
) -> dict[tuple[int, int], Floats]:
    """Return a transition's factors as parts of their greatest value, by kind and argument."""
    row = transitions.transition[transition]
    own = range(row["first"], row["last"])
    effects = [r for first, last in transitions.effects[:, transition] for r in range(first, last)]
    if any(references[r].scale != TIMES for r in (*own, *effects)):
        return {}
    found: dict[tuple[int, int], Floats] = {}
    for r in own:
        feature, values = features.feature[references[r].feature], references[r].values
        if references[r].kind == LOOK_UP and feature["kind"] in (STATE, TIME_IN_STATE):
            key = int(feature["kind"]), int(feature["arg"])
            part = values[:-1] / (values.max() or 1.0)
            before = found.get(key, np.ones(1))
            length = max(len(part), len(before))
            found[key] = np.prod(
                [np.pad(one, (0, length - len(one)), "edge") for one in (part, before)], axis=0
            )
    return found


class StateBounds:
    """The largest chance of leaving each state, by year of age and class of background.

    Args:
        compiled: The compiled scenario.
        who: Its people.
        headroom: How much further from 1 the ratio of an effect may be than in the scenario.
    """

    def __init__(self, compiled: Compiled, who: People, headroom: float = 1.0) -> None:
        self._compiled = compiled
        self._first_active = first_active(compiled)
        self._excess = _excess(compiled) * headroom
        self._largest = _largest(compiled, who, self._excess)
        tables = compiled.tables
        self._drifts = bool((tables.transitions.drift != 1.0).any())
        feature = tables.features.feature
        self._by_cycle = bool((feature["kind"] == CYCLE).any())
        self._cycles = set(feature["arg"][feature["kind"] == WHEN_CYCLE].tolist())
        self._begins = sum(1 << int(m) for m in feature["arg"][feature["kind"] == WHEN_MONTH])
        self._seasons = _seasons(compiled)
        self._known: dict[tuple[int, ...], int] = {}
        self._together: dict[frozenset[tuple[int, ...]], int] = {}
        self._times = [self._when(step) for step in range(compiled.clock.end)]
        self._held: dict[tuple[int, int, bool], LeavingBounds] = {}
        classes, layout = self._largest.shape[1], tables.layout
        # Not written, and so taking no memory, until there are so many different times.
        self._bound = np.empty((MOST_BOUNDS, classes, len(tables.transitions.state)), np.uint32)
        self._most = np.empty((MOST_BOUNDS, classes, len(tables.transitions.out)), np.float32)
        self._active = np.empty((MOST_BOUNDS, layout.risk_ages, layout.n_tracks), np.bool_)

    def hold_for(self, compiled: Compiled) -> bool:
        """Return whether the bounds hold for another version of the arms, too."""
        earlier = first_active(compiled) < self._first_active
        return not earlier and bool((_excess(compiled) <= self._excess).all())

    def between(self, first: int, stop: int, *, baseline: bool = False) -> LeavingBounds:
        """Return the bounds in use in the steps [first, stop).

        Args:
            first: The first step.
            stop: The one after the last.
            baseline: They need not hold in any arm but `without`. Before an investment may act,
                no arm differs from it.
        """
        if (first, stop, baseline) in self._held:
            return self._held[first, stop, baseline]
        clock = self._compiled.clock
        begin, end = first - clock.lane(first), stop + -clock.lane(stop) % QUAD
        # For a step that is not simulated the nearest that is.
        steps = [min(max(step, 0), clock.end - 1) for step in range(begin, end)]
        times = [
            (*self._times[step], not baseline and step >= self._first_active) for step in steps
        ]
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
                self._work_out(self._known[time], step, time[0], arms=bool(time[-1]))
        for four in fours:
            if four not in self._together:
                parts = [self._known[time] for time in four]
                self._together[four] = number = self._unused()
                np.max(self._bound[parts], axis=0, out=self._bound[number])
        asked = range(first - begin, stop - begin)
        found = self._held[first, stop, baseline] = LeavingBounds(
            self._bound,
            self._most,
            self._active,
            np.array([self._known[times[n]] for n in asked], np.int64),
            np.array([self._together[fours[n // QUAD]] for n in asked], np.int64),
        )
        return found

    def _unused(self) -> int:
        return len(self._known) + len(self._together)

    def _when(self, step: int) -> tuple[int, ...]:
        """Return what the bounds depend on: period of drift, season, months beginning, cycle."""
        clock, features = self._compiled.clock, self._compiled.tables.features
        calendar = features.calendar[step + features.origin]
        month, cycle = int(calendar["month"]), step - clock.start
        return (
            int(max(cycle, 0) / clock.per_year // DRIFT_YEARS) if self._drifts else 0,
            month if month in self._seasons else 0,
            int(calendar["begins"]) & self._begins,
            step if self._by_cycle or cycle in self._cycles else -1,
        )

    def _work_out(self, number: int, step: int, period: int, *, arms: bool) -> None:
        clock, tables = self._compiled.clock, self._compiled.tables
        begin, end = (clock.start + clock.steps((period + n) * DRIFT_YEARS) for n in (0, 1))
        kernel.leaving_bounds(
            tables.transitions,
            tables.features,
            len(self._compiled.arms) if arms else 0,
            self._largest,
            step,
            tables.transitions.drift[:, max(begin - 1, 0) : end + 1].max(axis=1),
            np.empty((MAX_OUT + 1, self._largest.shape[1])),
            self._bound[number],
            self._most[number],
        )
        layout = tables.layout
        somewhere = self._bound[number, :, :-1] > 0
        by_age = somewhere.reshape(layout.risk_ages, layout.risk_backgrounds, -1).any(axis=1)
        self._active[number] = np.logical_or.reduceat(by_age, layout.track["first"], axis=1)


def first_active(compiled: Compiled) -> int:
    """Return the first step at which an investment may act, at the latest the scenario's start.

    It is the first of the four steps that are drawn for together.
    """
    clock = compiled.clock
    starts = (clock.at(one.start) for one in compiled.scenario.investments.values())
    active = min([clock.start, *starts])
    return max(active - clock.lane(active), 0)


def _seasons(compiled: Compiled) -> set[int]:
    """Return the months in which some table of calendar months differs from its usual value."""
    found: set[int] = set()
    for reference in compiled.references:
        if compiled.tables.features.feature[reference.feature]["kind"] == MONTH:
            last = len(reference.values) - 2
            months = [float(reference.values[min(m, last)]) for m in range(1, 13)]
            usual = max(set(months), key=months.count)
            found |= {m for m, value in enumerate(months, 1) if value != usual}
    return found


def _excess(compiled: Compiled) -> Floats:
    """Return how far above 1 the multiplier of each effect may come, per unit of strength."""
    found = np.zeros(len(compiled.references))
    for r, reference in enumerate(compiled.references):
        if reference.kind == EFFECT:
            feature = compiled.tables.features.feature[reference.feature]
            modified = _modifier(compiled.tables.features, feature) >= 0
            found[r] = abs(reference.ratio - 1.0) if modified else max(reference.ratio - 1.0, 0.0)
    return found


def _modifier(features: FeatureTables, feature: np.void) -> int:
    """Return the numeric attribute by which an effect is scaled; -1: none, as a risk it brings."""
    return -1 if feature["kind"] == STATE else int(features.effect[feature["arg"]]["modifier"])


def _largest(compiled: Compiled, who: People, excess: Floats) -> Floats:
    """Return the greatest multiplier of each reference, float64 (references, risk classes).

    A risk class is a year of age and a class of background: in it ages lie within a year and the
    steps until risk classes are next looked up.
    """
    layout, features = compiled.tables.layout, compiled.tables.features
    out = np.ones((layout.risk_ages, layout.risk_backgrounds, len(compiled.references)))
    digits = {}
    radix = 1
    for number, size in compiled.background:
        digits[number] = np.arange(layout.risk_backgrounds) // radix % size
        radix *= size
    for r, reference in enumerate(compiled.references):
        feature = features.feature[reference.feature]
        values = reference.values
        if reference.kind == DIRECT:
            out[:, :, r] = who.numbers[feature["arg"]].max(initial=0.0)
        elif reference.kind == EFFECT:
            modifier = _modifier(features, feature)
            strength = 1.0 if modifier < 0 else np.abs(who.numbers[modifier]).max(initial=0.0)
            out[:, :, r] = 1.0 + excess[r] * strength
        elif feature["kind"] in (AGE, AGE_CALENDAR):
            for age in range(layout.risk_ages):
                low, high = _ages(layout, int(feature["kind"]), age, len(values))
                last = len(values) - 2
                out[age, :, r] = values[min(max(low, 0), last) : min(high, last) + 1].max()
        elif feature["kind"] == COMBINED:
            out[:, :, r] = _largest_together(features, layout, feature, values, digits)
        elif feature["kind"] == WHEN_AGE:
            for age in range(layout.risk_ages - 1):
                low, high = (
                    age * layout.steps_per_risk_age,
                    (age + 1) * layout.steps_per_risk_age + 4,
                )
                out[age, :, r] = float(low <= feature["arg"] < high)
        elif feature["kind"] == ATTRIBUTE and feature["arg"] in digits:
            out[:, :, r] = values[digits[int(feature["arg"])]]
        else:
            out[:, :, r] = values.max()
    classes = layout.risk_ages * layout.risk_backgrounds
    return np.ascontiguousarray(out.reshape(classes, len(compiled.references)).T)


def _ages(layout: RunLayout, kind: int, age: int, length: int) -> tuple[int, int]:
    """Return between which values of an age, both included, people of a risk age are."""
    # Risk classes are looked up every fourth step; a year is no whole number of weeks.
    low, high = age - 1, age + 2 + ceil(3 / layout.steps_per_risk_age)
    if kind == AGE:
        low, high = age * layout.steps_per_risk_age, (age + 1) * layout.steps_per_risk_age + 4
    return low, length if age == layout.risk_ages - 1 else high


def _largest_together(
    features: FeatureTables,
    layout: RunLayout,
    feature: np.void,
    values: Floats,
    digits: dict[int, Ints],
) -> Floats:
    """Return the greatest multiplier of a table over several features, by risk age and class."""
    parts = features.part[feature["arg"] : feature["window"]]
    places = [features.band[one["first"] : one["first"] + one["length"]] for one in parts]
    before = [len(values) - 1, *(int(one["stride"]) for one in parts)]
    table = values[:-1].reshape([a // b for a, b in pairwise(before)])
    out = np.empty((layout.risk_ages, layout.risk_backgrounds))
    for age in range(layout.risk_ages):
        found = [table]
        for axis, (part, place) in enumerate(zip(parts, places, strict=True)):
            own = features.feature[part["feature"]]
            rows = np.arange(table.shape[axis])
            if own["kind"] in (AGE, AGE_CALENDAR):
                low, high = _ages(layout, int(own["kind"]), age, len(place))
                last = len(place) - 1
                rows = np.unique(place[min(max(low, 0), last) : min(high, last) + 1])
            if own["kind"] == ATTRIBUTE and own["arg"] in digits:
                chosen = place[digits[int(own["arg"])]]
                found = [
                    (found[0] if len(found) == 1 else found[n]).take([chosen[n]], axis=axis)
                    for n in range(layout.risk_backgrounds)
                ]
            else:
                found = [one.take(rows, axis=axis) for one in found]
        out[age] = [one.max() for one in found]
    return np.asarray(np.maximum(out, values[-1]))
