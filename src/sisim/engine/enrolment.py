"""Who gets a place: target group, reach, capacity, selection, duration, drop-out (law L10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.draws import draw_many, purpose_code
from sisim.engine.effects import coverage, learned, stopped_from
from sisim.engine.families import Siblings
from sisim.engine.kernel.hazards import look_up, multiplier, transition_values
from sisim.engine.kernel.jit import compiled_function, inlined
from sisim.engine.kernel.observation import observe
from sisim.engine.population import People
from sisim.engine.tables import AGE, BLOCK, LOOK_UP, NEVER, STATE, Columns, Compiled

PERSON, START, NUMBER = range(3)
"""Who is treated, from which step, and the how manieth of all treatments that have begun it is."""


@dataclass(slots=True)
class Enrolment:
    """One person's treatment: from step `start` until step `end` (exclusive; None: still on)."""

    arm: int
    investment: int
    person: int
    start: int
    end: int | None = None


class Offer(NamedTuple):
    """People who were in a target group in a step in which places were given.

    Attributes:
        arm: The number of the arm.
        investment: The number of the investment.
        step: The step.
        people: Who they are.
        willing: Who of them would take a place.
        score: Their risk, where it decides who gets a place; NaN otherwise.
        chosen: Who of them got one.
    """

    arm: int
    investment: int
    step: int
    people: Ints
    willing: Flags
    score: Floats
    chosen: Flags


@inlined
def holds(R, V, P, first, last, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return whether every condition in a range of references holds for a person."""
    found = True
    for r in range(np.uint64(first), np.uint64(last)):
        f = np.uint64(R.reference[r].feature)
        if multiplier(R, r, observe(V, P, f, row, i, arm, s)) == 0.0:
            found = False
            break
    return found


@inlined
def track_asked_for(R, V, first, last):  # type: ignore[no-untyped-def]
    """Return the track that the first of some conditions is about; -1 if it is not a state's.

    A state stands first in a target group. It excludes the most, and is quick to look up.
    """
    track = np.int64(-1)
    if first < last:
        reference = R.reference[np.uint64(first)]
        feature = V.feature[np.uint64(reference.feature)]
        if reference.kind == LOOK_UP and feature.kind == STATE:
            track = np.int64(feature.arg)
    return track


@compiled_function
def eligible(R, V, P, target, alternative, arm, inv, lo, hi, s, repeat, out):  # type: ignore[no-untyped-def]
    """Write the people in [lo, hi) in the target group and not yet treated; return how many.

    In the arm `without` (0) nobody is ever treated.
    """
    count = 0
    first, last = target[inv, 0], target[inv, 1]
    k = track_asked_for(R, V, first, last)
    # Unsigned: an index that may be negative costs as much as what it finds.
    for i in range(np.uint64(lo), np.uint64(hi)):
        row = np.uint64(i)
        if arm > 0 and P.diverged[arm - 1, i]:
            row = np.uint64(np.int64(i) + arm * P.n)
        if k >= 0:
            here = np.int64(P.state[np.uint64(k), row]) - V.track[np.uint64(k)].first
            if look_up(R, R.reference[np.uint64(first)], here) == 0.0:
                continue
        if not P.alive[row] or P.person[i].arrive > s:
            continue
        if arm > 0:
            place = P.treatment[arm - 1, inv, i]
            if place.start != NEVER and (not repeat or place.end == NEVER):
                continue
        fits = holds(R, V, P, first, last, row, i, arm, s)
        if not fits:
            continue
        # If the target group has alternatives, one of them must hold too.
        for part in range(alternative.shape[0]):
            if alternative[part, 0] == inv:
                fits = holds(R, V, P, alternative[part, 1], alternative[part, 2], row, i, arm, s)
                if fits:
                    break
        if fits:
            out[count] = i
            count += 1
    return count


def in_a_target_group(compiled: Compiled, columns: Columns, step: int) -> Ints:
    """Return who is in the target group of some investment in the arm `without`, as numbers."""
    tables = compiled.tables
    found = np.empty(columns.n, np.int64)
    parts = []
    for number in range(len(compiled.investments)):
        step_of = np.array([step])
        low, high = _of_ages(columns.person["born"], step_of, *ages(compiled, number))[:, 0]
        count = eligible(
            tables.transitions,
            tables.features,
            columns,
            tables.target,
            tables.alternative,
            0,
            number,
            low,
            high,
            step,
            False,
            found,
        )
        parts.append(found[:count].copy())
    return np.unique(np.concatenate(parts)) if parts else found[:0]


@compiled_function
def risks(R, V, P, arm, t, people, s, seen, out):  # type: ignore[no-untyped-def]
    """Write the value of a named transition for each person, as things stand in the arm."""
    transition = R.transition[t]
    for m in range(people.shape[0]):
        i = people[m]
        row = i + arm * P.n if P.diverged[arm - 1, i] else i
        for part in range(2):
            first = transition.first if part == 0 else R.effects[arm, t, 0]
            last = transition.last if part == 0 else R.effects[arm, t, 1]
            for r in range(first, last):
                f = R.reference[r].feature
                seen[f, 0] = observe(V, P, f, row, i, arm, s)
        transition_values(R, t, arm, s, seen, 1, out[m:])


@compiled_function
def count_taking_part(people, arm, n, diverged, alive, state, area, by_area, by_state):  # type: ignore[no-untyped-def]
    """Add up who of those with a place still lives here, by area, and by state on every track."""
    for i in people:
        row = i + (arm + 1) * n if diverged[arm, i] else i
        if alive[row]:
            by_area[area[i]] += 1
            for k in range(state.shape[0]):
                by_state[state[k, row]] += 1


class Enrolments:
    """The places of every investment in every arm, and what they have been used for.

    Attributes:
        started: Treatments begun, int64 (arms, investments, counted steps, areas).
        treated: People in treatment, int64 (arms, investments, counted points, areas).
        treated_state: The same by state, int64 (arms, investments, counted points, states).
        treated_before: People at a point who were in treatment in the step before it, likewise.
        keeps_offers: Whether `offers` are kept, as an evaluation asks for.
        offers: Who was in a target group when places were given, step by step, and what they were
            told.
    """

    def __init__(
        self,
        compiled: Compiled,
        who: People,
        key: NDArray[np.uint32],
        recorded: list[Enrolment] | None = None,
    ) -> None:
        self._compiled = compiled
        self.keeps_offers = False
        self.offers: list[Offer] = []
        self._who = who
        self._key = key
        self._recorded = None if recorded is None else _Recorded(recorded)
        self._seen = np.empty((max(len(compiled.features), 1), 1))
        clock, scenario = compiled.clock, compiled.scenario
        arms, investments = len(compiled.arms), len(compiled.investments)
        steps = clock.end - clock.history
        # Treatments in the order in which they began, and the ends that have come since.
        self._begun: list[tuple[tuple[int, int], Ints, int]] = []
        self._ended: list[tuple[Ints, int]] = []
        self._count_begun = 0
        self.started = np.zeros((arms, investments, steps, len(compiled.areas)), np.int64)
        self.treated = np.zeros((arms, investments, steps + 1, len(compiled.areas)), np.int64)
        self.treated_state = np.zeros(
            (arms, investments, steps + 1, len(compiled.states)), np.int64
        )
        self.treated_before = np.zeros_like(self.treated_state)
        self._unused = np.zeros(len(compiled.areas), np.int64)
        self._plans: list[EnrolmentPlan] = []
        for a, arm in enumerate(compiled.arms):
            for name, ending in scenario.arms[arm].investments.items():
                self._plans.append(EnrolmentPlan(compiled, a, name, ending, who.born))
        self._active_steps: Flags = np.zeros(clock.end + 1, np.bool_)
        for plan in self._plans:
            self._active_steps |= plan.active_steps
        families = scenario.population.families
        if families is not None and recorded is None:
            self._siblings = Siblings(who.eldest)
            self._grown_at = clock.steps(families.grown_at)

    def active(self, step: int) -> bool:
        """Return whether anybody may begin, be in, or end treatment at a step."""
        return bool(self._active_steps[step]) or any(plan.active.shape[1] for plan in self._plans)

    def any_active(self, before: int) -> bool:
        """Return whether anybody may have been in treatment before a step."""
        return bool(self._active_steps[:before].any())

    @property
    def first_active(self) -> int:
        """The first step in which anybody may be in treatment; the last one if there is none."""
        active = np.flatnonzero(self._active_steps)
        return int(active[0]) if len(active) else len(self._active_steps) - 1

    def concerned(self, first: int, stop: int) -> slice:
        """Return a range of people, all who may begin or be in treatment in some steps.

        It is never empty. Whom it is given to in a family, or as recorded, is not told by ages.
        """
        ends = []
        for plan in self._plans:
            ends.append(plan.active[PERSON])
            steps = first + np.flatnonzero(plan.active_steps[first:stop])
            low, high = plan.of_ages[:, steps]
            # Where nobody is of the ages, both are the place where they would have stood.
            somebody = low < high
            ends += [low[somebody], high[somebody] - 1]
        found = np.concatenate(ends)
        return slice(int(found.min()), int(found.max()) + 1) if len(found) else slice(0, 1)

    def among(self, who: Ints) -> Enrolments:
        """Return the same places, for some of the people alone, who are numbered anew.

        What is counted is counted in the whole; what else becomes of them is for `take_back`.
        """
        part = copy(self)
        part._who = self._who.only(who)
        part._plans = [plan.among(who, self._compiled, part._who.born) for plan in self._plans]
        part._begun, part._ended, part.offers = [], [], []
        return part

    def take_back(self, part: Enrolments, who: Ints) -> None:
        """Take over what has become of the places among some of the people."""
        for plan, own in zip(self._plans, part._plans, strict=True):
            plan.take_back(own, who)
        self._begun += [(place, who[people], step) for place, people, step in part._begun]
        self._ended += part._ended
        self._count_begun = part._count_begun
        self.offers += [offer._replace(people=who[offer.people]) for offer in part.offers]

    @property
    def record(self) -> list[Enrolment]:
        """Every treatment that has begun, in order."""
        if not self._begun:
            return []
        ends: list[int | None] = [None] * self._count_begun
        for numbers, step in self._ended:
            for number in numbers.tolist():
                ends[number] = step
        begun = (
            (*place, person, step)
            for place, people, step in self._begun
            for person in people.tolist()
        )
        return [Enrolment(*one, end) for one, end in zip(begun, ends, strict=True)]

    def step(self, step: int, columns: Columns) -> None:
        """End and begin treatments at the start of a step."""
        for plan in self._plans:
            self._count_before(plan, step, columns)
            if self._recorded is not None:
                self._repeat(plan, step, columns)
            else:
                self._end(plan, step, columns)
                self._begin(plan, step, columns)
            self._count(plan, step, columns)

    def count_end(self, step: int, columns: Columns) -> None:
        """Count who is in treatment at the last point."""
        for plan in self._plans:
            self._count_before(plan, step, columns)
            self._count(plan, step, columns)

    def _repeat(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        assert self._recorded is not None
        place = (plan.arm, plan.number, step)
        over = np.isin(plan.active[PERSON], self._recorded.ends[place])
        self._finish(plan, over, step, columns)
        self._enrol(plan, np.array(self._recorded.starts[place], np.int64), step, columns)

    def _end(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        if not plan.active.shape[1]:
            return
        people, begun = plan.active[PERSON], plan.active[START]
        if plan.by_family:
            families, member = np.unique(self._who.eldest[people], return_inverse=True)
            first = np.full(len(families), step)
            np.minimum.at(first, member, begun)
            begun = first[member]
        over = ~columns.alive[_rows(plan, people, columns)]
        if plan.duration is not None:
            over |= step - begun >= plan.duration
        if plan.drop_out > 0:
            over |= self._draw(plan, "drop-out", people, step) < plan.drop_out
        if not plan.everywhere[step]:
            over |= plan.stopped(self._who.area[people], step)
        self._finish(plan, over, step, columns)

    def _finish(self, plan: EnrolmentPlan, over: Flags, step: int, columns: Columns) -> None:
        """End the treatment of some of those who have one."""
        if not over.any():
            return
        ended = plan.active[:, over]
        columns.treatment["end"][plan.arm, plan.number, ended[PERSON]] = step
        self._ended.append((ended[NUMBER], step))
        plan.active = plan.active[:, ~over]

    def _begin(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        learning = plan.investment.learning
        if learning is not None:
            columns.learned[plan.arm, plan.number, step] = learned(learning, plan.cases)
        taking_part = plan.active[PERSON]
        if plan.by_family:
            taking_part = np.unique(self._who.eldest[taking_part])
            self._enrol(plan, self._children(plan, taking_part, step, columns), step, columns)
        if not plan.takes_in[step]:
            return
        reach = plan.reach[:, step]
        capacity = plan.capacity(step)
        free = None if capacity is None else max(capacity - len(taking_part), 0)
        queue = plan.investment.selection.rule == "first_come" and capacity is not None
        if free == 0 and not queue:
            return
        low, high = plan.of_ages[:, step]
        found = np.empty(high - low, np.int64)
        tables = self._compiled.tables
        count = eligible(
            tables.transitions,
            tables.features,
            columns,
            tables.target,
            tables.alternative,
            plan.arm + 1,
            plan.number,
            low,
            high,
            step,
            plan.investment.repeat,
            found,
        )
        people = found[:count]
        if plan.by_family:
            family = self._who.eldest[people]
            repeat = plan.investment.repeat
            barred = np.isin(family, taking_part) if repeat else plan.begun[family]
            people = people[~barred & (step - self._who.born[people] < self._grown_at)]
        asked = people
        willing = self._draw(plan, "reach", people, None) < reach[self._who.area[people]]
        people = people[willing]
        score = None
        if free is not None:
            people, score = self._select(plan, people, free, step, columns)
        if self.keeps_offers and len(asked):
            scores = np.full(len(asked), np.nan)
            if score is not None:
                scores[willing] = score
            chosen = np.isin(asked, people)
            place = plan.arm, plan.number, step
            self.offers.append(Offer(*place, asked, willing, scores, chosen))
        if plan.by_family:
            families = np.unique(self._who.eldest[people])
            plan.begun[families] = True
            people = self._children(plan, families, step, columns)
        self._enrol(plan, people, step, columns)

    def _select(
        self, plan: EnrolmentPlan, people: Ints, free: int, step: int, columns: Columns
    ) -> tuple[Ints, Floats | None]:
        """Return those who get the free places, and everyone's risk if it decides who does."""
        rule = plan.investment.selection
        tie = self._draw(plan, "lottery", people, step)
        order, risk = tie, None
        if rule.rule == "first_come":
            waiting = plan.seen[people] == step - 1
            plan.waiting_since[people] = np.where(waiting, plan.waiting_since[people], step)
            plan.seen[people] = step
            order = plan.waiting_since[people] + tie
        elif rule.rule == "highest_risk":
            assert rule.risk_of is not None
            t = self._compiled.transitions.index(rule.risk_of)
            tables = self._compiled.tables
            risk = np.empty(len(people))
            risks(
                tables.transitions,
                tables.features,
                columns,
                plan.arm + 1,
                t,
                people,
                step,
                self._seen,
                risk,
            )
            ranked = people[np.lexsort((tie, -risk))]
            high = np.isin(people, self._first(plan, ranked, free))
            # The screening sees who is at high risk through its sensitivity and specificity.
            u = self._draw(plan, "screening", people, None)
            flagged = u < np.where(high, rule.sensitivity.value, 1 - rule.specificity.value)
            order = np.where(flagged, 0.0, 1.0) + tie
        if not plan.by_family:
            return np.sort(people[first_in_order(order, free)]), risk
        ranked = people[np.argsort(order, kind="stable")]
        return np.sort(self._first(plan, ranked, free)), risk

    def _first(self, plan: EnrolmentPlan, ranked: Ints, free: int) -> Ints:
        """Return the first people in an order, or everyone of the first families in it."""
        if not plan.by_family:
            return ranked[:free]
        family = self._who.eldest[ranked]
        _, first = np.unique(family, return_index=True)
        return ranked[np.isin(family, family[np.sort(first)[:free]])]

    def _children(
        self, plan: EnrolmentPlan, families: NDArray[np.integer[Any]], step: int, columns: Columns
    ) -> Ints:
        """Return the children of families who live here now and do not yet take part."""
        children = self._siblings.of(families)
        differs = columns.diverged[plan.arm, children]
        place = columns.treatment[plan.arm, plan.number, children]
        here = columns.alive[children + np.where(differs, (plan.arm + 1) * columns.n, 0)]
        here &= (self._who.arrive[children] <= step) & (
            step - self._who.born[children] < self._grown_at
        )
        here &= (place["start"] == NEVER) | (place["end"] != NEVER)
        return np.sort(children[here])

    def _enrol(self, plan: EnrolmentPlan, people: Ints, step: int, columns: Columns) -> None:
        if not len(people):
            return
        columns.treatment["start"][plan.arm, plan.number, people] = step
        columns.treatment["end"][plan.arm, plan.number, people] = NEVER
        columns.treated[plan.arm, people] = True
        columns.block["affected"][people // BLOCK] = True
        new = np.empty((3, len(people)), np.int64)
        new[PERSON], new[START] = people, step
        new[NUMBER] = np.arange(self._count_begun, self._count_begun + len(people))
        self._count_begun += len(people)
        self._begun.append(((plan.arm, plan.number), people, step))
        plan.active = np.concatenate([plan.active, new], axis=1)
        plan.cases += len(people)
        record = step - self._compiled.clock.history
        if record >= 0:
            started = self.started[plan.arm, plan.number, record]
            started += np.bincount(self._who.area[people], minlength=len(started))

    def _count(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        record = step - self._compiled.clock.history
        if record < 0 or not plan.active.shape[1]:
            return
        place = (plan.arm, plan.number, record)
        self._add_up(plan, columns, self.treated[place], self.treated_state[place])

    def _count_before(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        """Count who has been in treatment until now, before any of it ends."""
        record = step - self._compiled.clock.history
        if record >= 0 and plan.active.shape[1]:
            place = (plan.arm, plan.number, record)
            self._add_up(plan, columns, self._unused, self.treated_before[place])

    def _add_up(self, plan: EnrolmentPlan, columns: Columns, by_area: Ints, by_state: Ints) -> None:
        """Add up who of those with a place still lives here."""
        count_taking_part(
            np.ascontiguousarray(plan.active[PERSON]),
            plan.arm,
            columns.n,
            columns.diverged,
            columns.alive,
            columns.state,
            self._who.area,
            by_area,
            by_state,
        )

    def _draw(self, plan: EnrolmentPlan, purpose: str, people: Ints, step: int | None) -> Floats:
        """Return a uniform draw per person; without a step, the same at every moment.

        A family's draws belong to its eldest child.
        """
        whose = self._who.eldest[people] if plan.by_family else people
        moment = 0 if step is None else step + self._compiled.clock.first_moment
        drawn: Floats = draw_many(
            self._who.lo[whose],
            self._who.hi[whose],
            moment,
            purpose_code(f"{purpose}:{plan.name}"),
            self._key,
        )
        return drawn


def first_in_order(order: Floats, count: int) -> Ints:
    """Return the places of the `count` least; of equal ones, those that stand first.

    A whole order of a long queue, of whom few get a place, takes eight times as long.

    Examples:
        >>> first_in_order(np.array([2.0, 1.0, 2.0, 0.5]), 3)
        array([1, 3, 0])
    """
    if count >= len(order):
        return np.arange(len(order))
    if count <= 0:
        return np.arange(0)
    limit = np.partition(order, count - 1)[count - 1]
    below, equal = np.flatnonzero(order < limit), np.flatnonzero(order == limit)
    return np.concatenate([below, equal[: count - len(below)]])


def learned_shares(compiled: Compiled, enrolments: Iterable[Enrolment]) -> Floats:
    """Return what had been learned by whoever began at each step, as `Columns.learned` has it.

    Args:
        compiled: The compiled scenario.
        enrolments: Every treatment of a run.
    """
    shape = len(compiled.arms), max(len(compiled.investments), 1), compiled.clock.end + 1
    begun = np.zeros(shape, np.int64)
    for one in enrolments:
        begun[one.arm, one.investment, one.start] += 1
    before, found = begun.cumsum(axis=-1) - begun, np.ones(shape)
    for number, name in enumerate(compiled.investments):
        learning = compiled.scenario.investments[name].learning
        if learning is not None:
            found[:, number] = learned(learning, before[:, number])
    return found


class _Recorded:
    """Recorded treatments: whose start, and whose end, by arm, investment and step."""

    def __init__(self, recorded: list[Enrolment]) -> None:
        self.starts: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
        self.ends: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
        for past in recorded:
            self.starts[past.arm, past.investment, past.start].append(past.person)
            if past.end is not None:
                self.ends[past.arm, past.investment, past.end].append(past.person)


class EnrolmentPlan:
    """One investment in one arm: its places through time, and who has them.

    `born`: the steps at which people are born, in order. `cases`: how many have begun so far.
    """

    def __init__(
        self, compiled: Compiled, arm: int, name: str, ending: str, born: NDArray[np.int32]
    ) -> None:
        clock = compiled.clock
        self.arm = arm
        self.name = name
        self.number = compiled.investments.index(name)
        self.investment = compiled.scenario.investments[name]
        self.active: Ints = np.empty((3, 0), np.int64)
        self.cases = 0
        investment = self.investment
        stopped = stopped_from(compiled.scenario, compiled.arms[arm], name, clock, compiled.areas)
        paths = coverage(investment, ending, clock, compiled.areas, stopped)
        self.project, self.new_way = paths
        scale = 0.0 if investment.new_way is None else investment.new_way.reach.value
        intake = self.project * (ending == "continues")
        intake[:, : clock.at(investment.start) + clock.steps(investment.taken_in)] = 1.0
        self.reach = np.maximum(
            self.project * intake * investment.reach.value, self.new_way * scale
        )
        self.takes_in: Flags = np.asarray(self.reach.any(axis=0))
        self._in_new_way: Flags = np.asarray(self.new_way.any(axis=0))
        self._delivers = (self.project > 0) | (self.new_way > 0)
        if ending == "new_way_of_working":
            # Between the project and the new way whoever has begun is seen through.
            start = clock.at(investment.start)
            coming = self.new_way.any(axis=1, keepdims=True)
            begun = self.project.any(axis=1, keepdims=True)
            goes_on = np.arange(clock.end + 1) < stopped[:, None]
            self._delivers[:, start:] |= (begun & coming & goes_on)[:, start:]
        self.everywhere: Flags = np.asarray(self._delivers.all(axis=0))
        self.active_steps: Flags = np.asarray(self._delivers.any(axis=0))
        months = investment.duration
        self.duration = None if months is None else clock.months(months)
        self.drop_out = -np.expm1(-investment.drop_out.per_year / clock.per_year)
        queued = investment.selection.rule == "first_come"
        # Where people of the ages in the target group stand, by step.
        self.of_ages = _of_ages(born, np.arange(clock.end + 1), *ages(compiled, self.number))
        people = len(born)
        self.waiting_since = np.full(people if queued else 0, NEVER, np.int64)
        self.seen = np.full(people if queued else 0, NEVER, np.int64)
        self.by_family = investment.unit == "family"
        self.begun = np.zeros(people if self.by_family else 0, np.bool_)

    def among(self, who: Ints, compiled: Compiled, born: NDArray[np.int32]) -> EnrolmentPlan:
        """Return the plan for some of the people alone, numbered anew; they are born at `born`."""
        part, steps = copy(self), np.arange(self.of_ages.shape[1])
        part.active = self.active.copy()
        part.active[PERSON] = np.searchsorted(who, self.active[PERSON])
        part.of_ages = _of_ages(born, steps, *ages(compiled, self.number))
        if len(self.seen):
            part.seen, part.waiting_since = self.seen[who], self.waiting_since[who]
        return part

    def take_back(self, part: EnrolmentPlan, who: Ints) -> None:
        """Take over what has become of some of the people, who are numbered anew in `part`."""
        self.active = part.active
        self.active[PERSON] = who[part.active[PERSON]]
        self.cases = part.cases
        if len(self.seen):
            self.seen[who], self.waiting_since[who] = part.seen, part.waiting_since

    def capacity(self, step: int) -> int | None:
        """Return the number of places at a step, or None if there is no limit."""
        spec = self.investment.new_way
        if self._in_new_way[step] and spec is not None:
            return spec.capacity
        return self.investment.capacity

    def stopped(self, area: NDArray[np.uint8], step: int) -> Flags:
        """Return for people in each area whether delivery has stopped there."""
        return np.asarray(~self._delivers[area, step])


def ages(compiled: Compiled, investment: int) -> tuple[int, int]:
    """Return the lowest and the highest age in steps of an investment's target group."""
    tables = compiled.tables
    youngest, oldest = 0, int(tables.layout.max_age) - 1
    for r in range(*tables.target[investment]):
        reference = compiled.references[r]
        feature = tables.features.feature[reference.feature]
        if feature["kind"] == AGE and reference.kind == LOOK_UP:
            allowed = np.flatnonzero(reference.values[:-1])
            if not len(allowed):
                return 1, 0
            youngest = max(youngest, int(allowed[0]))
            # The last value holds for every age from there on.
            if allowed[-1] < len(reference.values) - 2:
                oldest = min(oldest, int(allowed[-1]))
    return youngest, oldest


def _of_ages(born: NDArray[np.int32], steps: Ints, youngest: int, oldest: int) -> Ints:
    """Return where people of these ages stand at each step, who are in order of birth."""
    # Of the same type as the column, which would otherwise be copied whole.
    low = np.searchsorted(born, (steps - oldest).astype(born.dtype))
    high = np.searchsorted(born, (steps - youngest).astype(born.dtype), "right")
    return np.stack([low, np.maximum(low, high)])


def _rows(plan: EnrolmentPlan, people: Ints, columns: Columns) -> Ints:
    """Return the rows that people have in the arm of a plan."""
    return people + np.where(columns.diverged[plan.arm, people], (plan.arm + 1) * columns.n, 0)
