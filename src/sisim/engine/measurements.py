"""Measured outcomes: what instruments show, and time to an event, at stated times in every arm.

What is shown is drawn per person, moment and instrument (law L3): the same person shows the same
noise in every arm, and nothing simulated changes when something is measured.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sisim.arrays import Floats, Ints
from sisim.engine.draws import SCALE, draw_many, purpose_code
from sisim.engine.enrolment import holds
from sisim.engine.kernel.hazards import apply_ratio, multiplier
from sisim.engine.kernel.jit import compiled_function
from sisim.engine.kernel.observation import observe
from sisim.engine.population import People
from sisim.engine.tables import Columns, Compiled, MeasurementRow
from sisim.scenario.factor_table import PROBABILITY
from sisim.scenario.measurement import Measurement

ASKED, ANSWERED, TOTAL, SQUARES, BESIDE = range(5)
"""Columns of what is kept: people asked, answers, their sum and squares; then groups' members."""


@compiled_function
def asked(R, V, P, first, last, alternative, arm, s, out):  # type: ignore[no-untyped-def]
    """Write the people alive whom a condition is about in an arm; return how many."""
    count = 0
    for i in range(P.n):
        row = i + arm * P.n if arm > 0 and P.diverged[arm - 1, i] else i
        if not P.alive[row] or P.person[i].arrive > s:
            continue
        fits = holds(R, V, P, first, last, row, i, arm, s)
        if fits:
            for part in range(alternative.shape[0]):
                fits = holds(R, V, P, alternative[part, 0], alternative[part, 1], row, i, arm, s)
                if fits:
                    break
        if fits:
            out[count] = i
            count += 1
    return count


@compiled_function
def base_times_factors(R, V, P, base, kind, first, last, arm, s, people, out):  # type: ignore[no-untyped-def]
    """Write base x factors of each person, as things stand for them in an arm."""
    for m in range(people.shape[0]):
        i = people[m]
        row = i + arm * P.n if arm > 0 and P.diverged[arm - 1, i] else i
        value = base
        for r in range(first, last):
            reference = R.reference[r]
            ratio = multiplier(R, r, observe(V, P, reference.feature, row, i, arm, s))
            value = apply_ratio(value, ratio, reference.scale, kind)
        out[m] = value


class Measurements:
    """What is measured in a run, and when.

    Attributes:
        found: By measurement, float64 (2, arms, steps, occasions, areas, columns): in people's own
            lives, and in the same people's life without. Occasions are the `months` of the file,
            one where it is measured by the calendar; columns are `ASKED`, ... and those beside.
    """

    def __init__(self, compiled: Compiled, who: People, key: NDArray[np.uint32]) -> None:
        self._compiled, self._who, self._key = compiled, who, key
        self._plans = [_Plan(compiled, row) for row in compiled.measurements]
        clock = compiled.clock
        size = 2, 1 + len(compiled.arms), clock.end - clock.history
        self.found = [
            np.zeros((*size, plan.occasions, len(compiled.areas), BESIDE + len(plan.beside)))
            for plan in self._plans
        ]
        self._due = np.zeros(clock.end + 1, np.bool_)
        for plan in self._plans:
            self._due |= plan.due

    def due(self, step: int) -> bool:
        """Return whether anything is measured at a step."""
        return bool(self._due[step])

    def next_due(self, step: int, stop: int) -> int:
        """Return the first step after one at which something is measured, at most `stop`."""
        later = np.flatnonzero(self._due[step + 1 : stop])
        return step + 1 + int(later[0]) if len(later) else stop

    def step(self, step: int, columns: Columns) -> None:
        """Measure what is due at a step that has begun."""
        for plan, found in zip(self._plans, self.found, strict=True):
            if not plan.due[step]:
                continue
            if plan.left is not None:
                self._follow(plan, plan.left, found, step, columns)
                continue
            for arm in range(0 if plan.after is None else 1, found.shape[1]):
                people = self._asked(plan, arm, step, columns)
                for occasion, some in plan.share_out(people, arm, step, columns):
                    lives = (arm,) if plan.after is None else (arm, 0)
                    for life, own in enumerate(lives):
                        place = life, arm, step - self._compiled.clock.history, occasion
                        found[place] += self._shown(plan, own, step, some, columns)

    def _follow(self, plan: _Plan, group: int, found: Floats, step: int, columns: Columns) -> None:
        """Count who enters a group now, and who of those of before are still there.

        What is asked of each is kept at the step of the entry, when the time has passed.
        """
        clock, areas = self._compiled.clock, len(self._compiled.areas)
        features = self._compiled.tables.features
        states = columns.state[features.group_track[group]]
        for arm in range(found.shape[1]):
            rows = np.arange(columns.n)
            if arm:
                rows = rows + np.where(columns.diverged[arm - 1], arm * columns.n, 0)
            here = columns.alive[rows] & features.member[group, states[rows]]
            here &= self._who.arrive <= step
            since = columns.memory["changed"][rows, group]
            for occasion, months in enumerate([0, *plan.months]):
                begun = step - months
                if begun < clock.history:
                    continue
                still = np.bincount(self._who.area[here & (since == begun)], minlength=areas)
                place = arm, begun - clock.history
                if not occasion:
                    plan.entered[place] = still
                else:
                    entered = plan.entered[place]
                    left = entered - still
                    values = np.stack([entered, entered, left, left], axis=1)
                    found[(0, *place, occasion - 1)] = values

    def _asked(self, plan: _Plan, arm: int, step: int, columns: Columns) -> Ints:
        tables = self._compiled.tables
        found = np.empty(columns.n, np.int64)
        count = asked(
            tables.transitions,
            tables.features,
            columns,
            *plan.row.condition,
            plan.row.alternative,
            arm,
            step,
            found,
        )
        return found[:count]

    def _shown(self, plan: _Plan, arm: int, step: int, people: Ints, columns: Columns) -> Floats:
        """Return what people come to in an arm, by area, (areas, columns)."""
        apart = columns.diverged[arm - 1, people] if arm else np.zeros(len(people), np.bool_)
        rows = people + np.where(apart, arm * columns.n, 0)
        # Whoever has died or left in this life shows nothing.
        here = columns.alive[rows]
        people, rows = people[here], rows[here]
        row, tables = plan.row, self._compiled.tables

        def values(base: float, kind: int, factors: tuple[int, int]) -> Floats:
            out = np.empty(len(people))
            at = (base, kind, *factors, arm, step, people, out)
            base_times_factors(tables.transitions, tables.features, columns, *at)
            return out

        noise = self._draw(f"measure:{plan.measurement.instrument}", people, step)
        shown = plan.shown(values(row.base, row.kind, row.factors), noise)
        chance = values(row.response, PROBABILITY, row.response_factors)
        answers = self._draw(f"response:{row.name}", people, step) < chance
        inside = [
            tables.features.member[group, columns.state[track, rows]]
            for group, track in plan.beside
        ]
        weights = [np.ones(len(people)), answers, shown * answers, shown**2 * answers, *inside]
        areas, count = self._who.area[people], len(self._compiled.areas)
        return np.array([np.bincount(areas, weight, count) for weight in weights]).T

    def _draw(self, purpose: str, people: Ints, step: int) -> Floats:
        """Return a uniform draw per person, the same in every arm."""
        moment = step + self._compiled.clock.first_moment
        lo, hi = self._who.lo[people], self._who.hi[people]
        return draw_many(lo, hi, moment, purpose_code(purpose), self._key)


class _Plan:
    """A measurement as a run needs it."""

    def __init__(self, compiled: Compiled, row: MeasurementRow) -> None:
        scenario, clock = compiled.scenario, compiled.clock
        self.row = row
        self._start = clock.start
        self.measurement: Measurement = scenario.measurements[row.name]
        name = self.measurement.instrument
        self.instrument = None if name is None else scenario.pathway.instruments[name]
        left = self.measurement.left
        self.left = None if left is None else compiled.groups.index(left)
        self.months = [clock.months(month) for month in self.measurement.months]
        self.occasions = max(len(self.months), 1)
        after = self.measurement.after
        self.after = None if after is None else compiled.investments.index(after)
        groups = compiled.tables.features.group_track
        numbers = [compiled.groups.index(group) for group in self.measurement.beside]
        self.beside = [(number, int(groups[number])) for number in numbers]
        size = 1 + len(compiled.arms), clock.end - clock.history, len(compiled.areas)
        self.entered = np.zeros(size if left is not None else (0, 0, 0), np.int64)
        self.due = np.zeros(clock.end + 1, np.bool_)
        if self.left is not None:
            self.due[clock.history : clock.end] = True
        elif self.measurement.month is not None:
            steps = np.arange(clock.start, clock.end)
            self.due[clock.start : clock.end] = clock.begins(steps, self.measurement.month)
        elif after is None:
            self.due[[clock.start + month for month in self.months]] = True
        else:
            first = clock.at(scenario.investments[after].start) + min(self.months)
            self.due[first : clock.end] = True

    def share_out(
        self, people: Ints, arm: int, step: int, columns: Columns
    ) -> Iterator[tuple[int, Ints]]:
        """Yield each occasion that a step is, and the people that it is about."""
        if self.after is not None:
            begun = columns.treatment["start"][arm - 1, self.after, people]
            for occasion, month in enumerate(self.months):
                yield occasion, people[begun == step - month]
        elif self.months:
            yield self.months.index(step - self._start), people
        else:
            yield 0, people

    def shown(self, base: Floats, uniform: Floats) -> Floats:
        """Return what an instrument shows, given its mean or probability and a draw each."""
        assert self.instrument is not None
        if self.instrument.mean is None:
            return np.asarray(uniform < base, np.float64)
        found = base + self.instrument.sd.value * ndtri(uniform + SCALE / 2)
        found = np.clip(found, self.instrument.low, self.instrument.high)
        return np.floor(found + 0.5) if self.instrument.whole else np.asarray(found)
