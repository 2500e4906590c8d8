"""The exact cohort: the expected course, computed on the product of the tracks' states (law L7).

Where chances depend on nobody else, everyone of one background in one joint state, with the same
memory of it (`person_memory`), has the same chances. So each of those is made a person, the
compiled rule of the kernel is asked what can happen to that person in a step, and shares of the
cohort flow accordingly. Nothing about the rule is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine import tables as tb
from sisim.engine.columns import columns as columns_of
from sisim.engine.compile import compile_scenario
from sisim.engine.correlation import Correlation
from sisim.engine.counts import Replication, Result
from sisim.engine.enrolment import EnrolmentPlan, Enrolments
from sisim.engine.expected_enrolment import ExpectedEnrolments, Taking, unsettled_targets
from sisim.engine.kernel.decisions import destination_weights
from sisim.engine.kernel.hazards import chances_of, multiplier, share_out, stage_end
from sisim.engine.kernel.jit import compiled_function, inlined
from sisim.engine.kernel.moves import cell_of
from sisim.engine.kernel.observation import observe
from sisim.engine.kernel.prevented import is_followed, left_by
from sisim.engine.person_memory import TooMuchMemory, TrackMemory, track_memories
from sisim.engine.population import People, category_bounds, start_ages
from sisim.engine.simulation import Tally
from sisim.engine.tables import NEVER, Columns, Compiled
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario

MOST = 500_000
"""Most joint states with memory x backgrounds x places in investments."""
MOST_OUTCOMES = 4_000_000
"""Most outcomes of a step for one row."""
PATIENCE = 3e9
"""So many rows through steps take about as long as a reader waits for an answer."""

_ENDLESS = Reason("it has endlessly many values")
_OTHERS = Reason("it depends on other people")
_SETTLED = {
    *(tb.AGE, tb.AGE_START, tb.AGE_CALENDAR, tb.ATTRIBUTE, tb.AREA),
    *(tb.MONTH, tb.YEAR, tb.CYCLE),
}
"""Features that do not depend on what happens to a person."""


_MOVING = {
    *(tb.AGE_CALENDAR, tb.MONTH, tb.YEAR, tb.CYCLE, tb.WHEN_MONTH, tb.WHEN_AGE, tb.WHEN_CYCLE),
    tb.COMBINED,
}
"""Features that time may change of itself, but for age, the same for all of a cohort."""


class NotExact(ValueError):  # noqa: N818 - it says what is the case
    """The expected course cannot be computed exactly; `part` of the scenario says why."""

    def __init__(self, part: str, why: Reason) -> None:
        super().__init__(part, why)
        self.part = part
        self.why = why

    def __str__(self) -> str:
        return Reason(
            "{part}: there is no exact answer, as {why}. Simulate it instead: sisim run.",
            part=self.part,
            why=self.why,
        ).text


@dataclass(frozen=True)
class Cohort:
    """Expected counts, by arm (0 is `without`) and point, in the shapes of `Tally`.

    Attributes:
        compiled: The compiled scenario, with the arms that were computed.
        joint: The state on each track, by joint state that can be reached.
        people: Expected people, float64 (1 + arms, points, joint states).
        gone: Expected people who have left by an exit, float64 (1 + arms, points).
        stock: The same people by cell and state, float64 (1 + arms, points, cells, states).
        event: Expected transitions in each step, float64 (1 + arms, steps, cells, transitions).
        entry: Expected entries into groups, first ever and again, float64 (1 + arms, steps, cells,
            groups, 2). NaN for groups of which nothing in the scenario counts entries.
        arrivals: Expected arrivals, float64 (1 + arms, points, cells).
        use: Expected use where it has factors, float64 (1 + arms, points, areas, uses).
        started: Expected treatments begun, float64 (arms, investments, steps, areas).
        treated: Expected people in treatment, float64 (arms, investments, points, areas).
        treated_state: The same by state, float64 (arms, investments, points, states).
        treated_before: Expected people at each point who were in treatment in the step before it,
            likewise. These four are NaN of investments of which nothing depends on who takes part.
    """

    compiled: Compiled
    joint: list[tuple[str, ...]]
    people: Floats
    gone: Floats
    stock: Floats
    event: Floats
    entry: Floats
    arrivals: Floats
    use: Floats
    started: Floats
    treated: Floats
    treated_state: Floats
    treated_before: Floats

    @property
    def shares(self) -> Floats:
        """Share of the cohort in each joint state, float64 (1 + arms, points, joint states + 1).

        The last one has left by an exit. In an open population nobody is counted as having left.
        """
        closed = self.compiled.scenario.population.cohort is not None
        gone = self.gone if closed else np.zeros_like(self.gone)
        every = np.concatenate([self.people, gone[..., None]], axis=-1)
        return np.asarray(every / every.sum(axis=-1, keepdims=True))

    @cached_property
    def result(self) -> Result:
        """The expected counts as a result of one replication, to be read like any other."""
        tally: Any = Tally
        counts = tally(
            stock=self.stock,
            event=self.event,
            entry=self.entry,
            arrivals=self.arrivals,
            use=self.use,
        )
        one = Replication(
            0, counts, self.started, self.treated, self.treated_state, self.treated_before
        )
        return Result(self.compiled, (one,))

    @property
    def events(self) -> Floats:
        """Expected transitions of everyone in each step, float64 (1 + arms, steps, transitions)."""
        return np.asarray(self.event.sum(axis=2))

    def state_shares(self, track: str, arm: str | None = None) -> pd.DataFrame:
        """Return the share in each state of a track at each point, in an arm (None: without)."""
        k = self.compiled.tracks.index(track)
        a = 0 if arm is None else 1 + self.compiled.arms.index(arm)
        names = [state for of, state in self.compiled.states if of == track]
        joint = self.shares[a, :, :-1]
        columns = {
            name: joint[:, [states[k] == name for states in self.joint]].sum(axis=1)
            for name in names
        }
        return pd.DataFrame(columns).rename_axis("point")


class _Counts(NamedTuple):
    """What is added up, in the shapes of `Cohort`."""

    people: Floats
    gone: Floats
    stock: Floats
    event: Floats
    entry: Floats
    arrivals: Floats
    use: Floats
    started: Floats
    treated: Floats
    treated_state: Floats
    treated_before: Floats


class _Luck(NamedTuple):
    """Work space for a decision by two draws: the fields of the kernel's that it uses."""

    values: Floats  # (transitions, 1)
    leaver_features: Floats  # (1, features)
    leaver_chances: Floats  # (1, transitions)
    weights: Floats  # (destinations,)


class _Decision(NamedTuple):
    """Whose decision it is: those in a state, in an arm."""

    state: Any
    arm: Any


class _Flow(NamedTuple):
    """What flows, and work space. A row is a background in a joint state with memory."""

    end: int
    joint: int  # joint states with memory; row = background x joint + joint state
    memory: Ints  # (tracks, joint) number of the state with memory on each track
    plain: Ints  # (joint,) number of the joint state without memory
    stride: Ints  # (tracks,)
    stays: Ints  # (tracks, states with memory) the next one without a move
    moves: Ints  # (tracks, states with memory, states) the next one after a move
    timed: Ints  # tracks on which the time in a state is remembered
    since: Ints  # (tracks, states with memory) steps in the state
    state: Ints  # (tracks, states with memory) the state
    group: Ints  # (remembered groups, 3) number, track, row of the window or -1
    group_since: Ints  # (remembered groups, states with memory) steps since it was entered or left
    people: Floats  # (2, rows) residents now, and after the step
    coming: Floats  # (2, rows) share of those of an area who have yet to arrive
    came: Floats  # (areas, steps + 1) people who arrive at each step
    gone: Floats  # (1,) people who have left by an exit
    seen: Floats  # (features, 1)
    values: Floats  # (transitions, 1)
    weights: Floats  # (destinations,)
    chance: Floats  # (states, notes) of moving to each state in the step
    stay: Floats  # (tracks, notes) of not moving
    code: Ints  # (2, most outcomes of a step)
    mass: Floats  # (2, most outcomes of a step)
    # A note has a bit for each thing that follows from an effect: whether the effect has prevented
    # or hastened something. What follows is the last tracks.
    noted: Ints  # (2, most outcomes of a step)
    own: int  # tracks that are the pathway's own
    over: Ints  # (tracks, states with memory) what follows ends after the step
    luck: _Luck
    edges: Floats  # (2, most edges) where decisions change, of the first draw and of the second


@inlined
def recall(P, F, i, s):  # type: ignore[no-untyped-def]
    """Give a row the memory that a person in it has at a step."""
    j = i % F.joint
    for m in range(F.timed.shape[0]):
        k = F.timed[m]
        P.since[i, k] = s - F.since[k, F.memory[k, j]]
    for m in range(F.group.shape[0]):
        g, k, w = F.group[m, 0], F.group[m, 1], F.group[m, 2]
        P.memory[i, g].changed = s - F.group_since[m, F.memory[k, j]]
        if w >= 0:
            P.window[i, w].at = s


@inlined
def count_entries(L, P, C, i, here, to, place, people):  # type: ignore[no-untyped-def]
    """Count a move into the groups that a person was not in; `place` is arm, record and cell."""
    for j in range(L.state[to].group_first, L.state[to].group_last):
        g = L.state_group[j]
        if not L.member[g, here]:
            again = 1 if P.memory[i, g].visits > 0 else 0
            C.entry[place[0], place[1], place[2], g, again] += people


@inlined
def state_chances(R, V, L, P, F, C, i, k, s, resident, people, place):  # type: ignore[no-untyped-def]
    """Fill `chance` with where a person moves on a track in a step, and `stay`; count events.

    `place` is arm, record and cell. Who is going to arrive does not leave before.
    """
    arm = np.int64(place[0])
    for x in range(V.track[k].first, V.track[k].last):
        F.chance[x, 0] = 0.0
    here = P.state[k, i]
    F.stay[k, 0] = 1.0 - chances_of(R, V, P, i, i, arm, k, s, F.seen, F.values)
    first = R.state[here].first
    for j in range(first, R.state[here].last):
        t = R.out[j]
        chance = F.values[j - first, 0]
        total = destination_weights(R, t, F.seen[:, 0], F.weights)
        start = R.transition[t].to_first
        if total == 0.0:  # every destination is closed to this person: they stay
            F.stay[k, 0] += chance
        elif chance > 0.0:
            C.event[place[0], place[1], place[2], t] += people * chance
            for d in range(start, R.transition[t].to_last):
                to = R.destination[d].state
                share = chance * F.weights[d - start] / total
                if R.state[to].exit and not resident:
                    F.stay[k, 0] += share
                else:
                    F.chance[to, 0] += share
                    if people > 0.0:
                        count_entries(L, P, C, i, here, to, place, people * share)


@inlined
def add_edge(F, side, n, edge):  # type: ignore[no-untyped-def]
    """Put an edge among the `n` of one of the two draws, in order; return how many there are."""
    edges = F.edges[side]
    m = n
    while m > 0 and edges[m - 1] > edge:
        edges[m] = edges[m - 1]
        m -= 1
    edges[m] = min(edge, 1.0)
    return n + 1


@inlined
def add_edges(R, F, here, sizes):  # type: ignore[no-untyped-def]
    """Add where a decision by the values in `luck` changes; return how many edges there are."""
    nu, nv = sizes
    first, last = R.state[here].first, R.state[here].last
    share_out(R, first, last, F.luck.values, 0)
    left = 0.0
    j = first
    while j < last:
        end = stage_end(R, j, last)
        total = 0.0
        for m in range(j, end):
            total += F.luck.values[m - first, 0]
        left += total
        nu = add_edge(F, 0, nu, left)
        part = 0.0
        for m in range(j, end):
            value = F.luck.values[m - first, 0]
            if value <= 0.0:
                continue
            t = R.out[m]
            weights = destination_weights(R, t, F.luck.leaver_features[0], F.luck.weights)
            inside = 0.0
            for d in range(R.transition[t].to_last - R.transition[t].to_first):
                inside += F.luck.weights[d]
                if weights > 0.0:
                    nv = add_edge(F, 1, nv, (part + value * inside / weights) / total)
            part += value
            nv = add_edge(F, 1, nv, part / total)
        j = end
    return nu, nv


@inlined
def noted_by(V, R, r):  # type: ignore[no-untyped-def]
    """Return the note of an effect that something follows from."""
    effect = V.effect[V.feature[R.reference[r].feature].arg]
    note = 0
    for g in range(effect.follow_first, effect.follow_last):
        note |= 1 << g
    return note


@compiled_function
def left_with(R, V, W, item, s, luck, until):  # type: ignore[no-untyped-def]
    """Return what `left_by` does, which is long, and is compiled once for all who ask."""
    return left_by(R, V, W, item, s, luck, until)


@inlined
def find_edges(R, V, F, item, s):  # type: ignore[no-untyped-def]
    """Find where decisions change, with and without each effect that something follows from."""
    here, arm = item.state, item.arm
    sizes = add_edge(F, 0, 0, 0.0), add_edge(F, 1, 0, 0.0)
    sizes = add_edge(F, 0, sizes[0], 1.0), add_edge(F, 1, sizes[1], 1.0)
    # Nobody leaves with a draw over 1: this alone works out the values.
    left_with(R, V, F.luck, item, s, (2.0, 0.0), (np.int64(-1), np.int64(-1)))
    sizes = add_edges(R, F, here, sizes)
    for j in range(R.state[here].first, R.state[here].last):
        t = R.out[j]
        for r in range(R.effects[arm, t, 0], R.effects[arm, t, 1]):
            if is_followed(R, V, r):
                left_with(R, V, F.luck, item, s, (2.0, 0.0), (np.int64(j), np.int64(r)))
                sizes = add_edges(R, F, here, sizes)
    return sizes


@inlined
def decided(R, V, F, item, s, draws):  # type: ignore[no-untyped-def]
    """Return where two draws lead, and the note of the effects that changed something."""
    here, arm = item.state, item.arm
    note = 0
    before, to = left_with(R, V, F.luck, item, s, draws, (np.int64(-1), np.int64(-1)))
    for j in range(R.state[here].first, R.state[here].last):
        t = R.out[j]
        for r in range(R.effects[arm, t, 0], R.effects[arm, t, 1]):
            if is_followed(R, V, r):
                until = (np.int64(j), np.int64(r))
                now, to = left_with(R, V, F.luck, item, s, draws, until)
                if (now == t) != (before == t):
                    note |= noted_by(V, R, r)
                before = now
    return to, note


@compiled_function
def followed_chances(R, V, P, F, i, k, s, resident, arm):  # type: ignore[no-untyped-def]
    """Fill `chance` and `stay` by note, where something follows from effects on a state.

    The two draws of a decision are a point in the unit square, which the decisions with and without
    each effect cut into rectangles: in each of them all people decide alike, and the same effects
    have prevented or hastened something for them.
    """
    here = P.state[k, i]
    for note in range(F.stay.shape[1]):
        F.stay[k, note] = 0.0
        for x in range(V.track[k].first, V.track[k].last):
            F.chance[x, note] = 0.0
    for j in range(R.state[here].feature_first, R.state[here].feature_last):
        f = V.state_feature[j]
        F.luck.leaver_features[0, f] = observe(V, P, f, i, i, arm, s)
    item = _Decision(np.int64(here), np.int64(arm))
    rows, columns = find_edges(R, V, F, item, s)
    for a in range(rows - 1):
        height = F.edges[0, a + 1] - F.edges[0, a]
        for b in range(columns - 1):
            area = height * (F.edges[1, b + 1] - F.edges[1, b])
            if area > 0.0:
                u, v = F.edges[0, a] + height / 2, (F.edges[1, b] + F.edges[1, b + 1]) / 2
                to, note = decided(R, V, F, item, s, (u, v))
                if to < 0 or (R.state[to].exit and not resident):
                    F.stay[k, note] += area
                else:
                    F.chance[to, note] += area


@inlined
def after(code, leaves, more):  # type: ignore[no-untyped-def]
    """Return the row that a person is in, told by one more track; -1: they have left."""
    return -1 if code < 0 or leaves else code + more


@inlined
def land(F, mass, here, size):  # type: ignore[no-untyped-def]
    """Let everything that has been spread arrive in its row, or be gone."""
    for m in range(size):
        if F.code[here, m] < 0:
            F.gone[0] += F.mass[here, m]
        else:
            mass[1, F.code[here, m]] += F.mass[here, m]


@inlined
def spread(R, V, F, C, i, mass, place, counted):  # type: ignore[no-untyped-def]
    """Move a row's mass to every joint state that its tracks, each by itself, may lead to.

    What follows from effects begins by what is noted on the tracks before, ends when it has lasted,
    and is counted as events at `place` (arm, record and cell).
    """
    here = 0
    size = 1
    j = i % F.joint
    F.code[0, 0] = i - j
    F.mass[0, 0] = mass[0, i]
    F.noted[0, 0] = 0
    for k in range(F.own):
        there = 1 - here
        more = 0
        first = V.track[k].first
        own = F.memory[k, j]
        notes = 1 if place[0] == 0 or not R.state[F.state[k, own]].followed else F.stay.shape[1]
        for m in range(size):
            code, part, noted = F.code[here, m], F.mass[here, m], F.noted[here, m]
            for note in range(notes):
                if F.stay[k, note] > 0.0:
                    F.code[there, more] = after(code, False, F.stays[k, own] * F.stride[k])
                    F.mass[there, more] = part * F.stay[k, note]
                    F.noted[there, more] = noted | note
                    more += 1
                for x in range(first, V.track[k].last):
                    if F.chance[x, note] > 0.0:
                        to = F.moves[k, own, x - first]
                        F.code[there, more] = after(code, R.state[x].exit, to * F.stride[k])
                        F.mass[there, more] = part * F.chance[x, note]
                        F.noted[there, more] = noted | note
                        more += 1
        here = there
        size = more
    for g in range(V.follow.shape[0]):
        there = 1 - here
        more = 0
        follow = V.follow[g]
        k = F.own + g
        own = F.memory[k, j]
        begun = F.moves[k, own, follow.state - V.track[k].first]
        for m in range(size):
            code, part, noted = F.code[here, m], F.mass[here, m], F.noted[here, m]
            share = follow.share if (noted >> g) & 1 else 0.0
            if share < 1.0:
                F.code[there, more] = after(code, False, F.stays[k, own] * F.stride[k])
                F.mass[there, more] = part * (1.0 - share)
                F.noted[there, more] = noted
                more += 1
                if counted and F.over[k, own]:
                    C.event[place[0], place[1], place[2], follow.leave] += part * (1.0 - share)
            if share > 0.0:
                F.code[there, more] = after(code, False, begun * F.stride[k])
                F.mass[there, more] = part * share
                F.noted[there, more] = noted
                more += 1
                if counted:
                    C.event[place[0], place[1], place[2], follow.enter] += part * share
        here = there
        size = more
    land(F, mass, here, size)


@inlined
def amount_used(R, V, L, P, i, arm, s, m):  # type: ignore[no-untyped-def]
    """Return what somebody of a row uses in a step of a use that has factors."""
    use = L.use[m]
    amount = 0.0
    if P.state[R.state[use.state].track, i] == use.state:
        amount = use.amount
        for r in range(use.first, use.last):
            value = observe(V, P, R.reference[r].feature, i, i, arm, s)
            amount *= multiplier(R, r, value)
    return amount


@inlined
def count(R, V, L, P, F, C, i, arm, s, record):  # type: ignore[no-untyped-def]
    """Count the people of a row at the start of a step."""
    area = P.person[i].area
    people = F.people[0, i]
    cell = cell_of(L, P, i, s)
    C.people[arm, record, F.plain[i % F.joint]] += people
    C.arrivals[arm, record, cell] += F.coming[0, i] * F.came[area, s]
    for k in range(L.n_tracks):
        C.stock[arm, record, cell, P.state[k, i]] += people
    for m in range(L.use.shape[0]):
        C.use[arm, record, area, m] += people * amount_used(R, V, L, P, i, arm, s, m)
    if arm > 0:
        for v in range(P.treatment.shape[1]):
            place = P.treatment[arm - 1, v, i]
            if place.start == s and s < F.end:
                C.started[arm - 1, v, record, area] += people
            if place.start != NEVER and place.end == NEVER:
                C.treated[arm - 1, v, record, area] += people
                for k in range(L.n_tracks):
                    C.treated_state[arm - 1, v, record, P.state[k, i]] += people


@inlined
def move(R, V, L, P, F, C, mass, resident, arm, s, record):  # type: ignore[no-untyped-def]
    """Let one kind of people, residents or those to come, take a step."""
    for i in range(P.n):
        mass[1, i] = 0.0
    for i in range(P.n):
        if mass[0, i] > 0.0:
            people = mass[0, i] if resident and record >= 0 else 0.0
            place = (arm, max(record, 0), cell_of(L, P, i, s))
            for k in range(F.own):
                state_chances(R, V, L, P, F, C, i, k, s, resident, people, place)
                if arm > 0 and R.state[P.state[k, i]].followed:
                    followed_chances(R, V, P, F, i, k, s, resident, arm)
            spread(R, V, F, C, i, mass, place, people > 0.0)
    for i in range(P.n):
        mass[0, i] = mass[1, i]


@compiled_function
def arrive(P, F, s):  # type: ignore[no-untyped-def]
    """Let those who are to come at a step arrive, and give every row its memory."""
    for i in range(P.n):
        F.people[0, i] += F.coming[0, i] * F.came[P.person[i].area, s]
        if F.people[0, i] > 0.0 or F.coming[0, i] > 0.0:
            recall(P, F, i, s)


@compiled_function
def count_before(L, P, F, C, arm, record):  # type: ignore[no-untyped-def]
    """Count who has been in treatment in an arm until now, before anyone arrives or begins."""
    for i in range(P.n):
        if F.people[0, i] > 0.0:
            for v in range(P.treatment.shape[1]):
                place = P.treatment[arm - 1, v, i]
                if place.start != NEVER and place.end == NEVER:
                    for k in range(L.n_tracks):
                        state = P.state[k, i]
                        C.treated_before[arm - 1, v, record, state] += F.people[0, i]


@compiled_function
def course(R, V, L, P, F, C, arm, s, last_arrival):  # type: ignore[no-untyped-def]
    """Count one birth cohort at the start of a step of an arm, and take it through the step.

    Who has yet to arrive lives as without any investment.
    """
    record = s - L.history
    for i in range(P.n):
        if F.people[0, i] > 0.0 or F.coming[0, i] > 0.0:
            # Once more: some have begun treatment since they arrived, and are in another row.
            recall(P, F, i, s)
            if record >= 0:
                count(R, V, L, P, F, C, i, arm, s, record)
    if record >= 0:
        C.gone[arm, record] += F.gone[0]
    if s < F.end:
        move(R, V, L, P, F, C, F.people, True, arm, s, record)
    if s < last_arrival:
        move(R, V, L, P, F, C, F.coming, False, 0, s, record)


@compiled_function
def unfold(R, V, L, P, F, C, s, chance, used):  # type: ignore[no-untyped-def]
    """Write where each row, by itself, leads in a step, its events, and what it uses.

    `chance` (rows, joint states) gets the chance of each joint state of the same background, and
    `used` (rows, uses) what is used where it has factors. A row's events stand in its cell of `C`.
    """
    for i in range(P.n):
        gone = False
        for k in range(L.n_tracks):
            gone = gone or R.state[P.state[k, i]].exit == 1
        if gone:
            continue
        recall(P, F, i, s)
        first = i - i % F.joint
        for j in range(F.joint):
            F.people[1, first + j] = 0.0
        F.people[0, i] = 1.0
        for k in range(L.n_tracks):
            state_chances(R, V, L, P, F, C, i, k, s, True, 1.0, (0, 0, i))
        spread(R, V, F, C, i, F.people, (0, 0, i), False)
        for j in range(F.joint):
            chance[i, j] = F.people[1, first + j]
        for m in range(L.use.shape[0]):
            used[i, m] = amount_used(R, V, L, P, i, 0, s, m)


class Operators:
    """What a step does to everyone alive of a closed cohort of one age, row by row (law L7).

    From these the expected course from any beginning is a product of matrices.

    Args:
        scenario: A closed cohort of one age, without investments.

    Attributes:
        compiled: The compiled scenario.
        joint: How many joint states with memory there are; a row is background x joint + state.
        backgrounds: The categories of the attributes of each background, (attributes, backgrounds).

    Raises:
        NotExact: As for `expected`.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.compiled = compiled = compile_scenario(scenario)
        _check_features(compiled)
        known = _backgrounds(compiled, {})
        self._space = space = _joint_space(compiled, len(known.share), 1, [])
        self.joint = len(space.plain)
        self.backgrounds = known.codes
        age = compiled.clock.steps(scenario.population.age)
        self._columns = columns_of(compiled, known.people(np.repeat(known.all, self.joint), -age))
        _remember(self._columns, space)
        self._flow = _flow(compiled, space, space.rows)
        self._known: tuple[Any, tuple[Floats, Floats, Floats]] | None = None
        self._counts = _counts(compiled, self.joint)._replace(
            event=np.zeros((1, 1, space.rows, len(compiled.transitions))),
            entry=np.zeros((1, 1, space.rows, len(compiled.groups), 2)),
        )

    def start(self, states: Sequence[str]) -> int:
        """Return the joint state, with no memory yet, of those who begin in a state per track."""
        found = 0
        tracks = self.compiled.tables.features.track
        for k, memory in enumerate(self._space.tracks):
            number = self.compiled.state(self.compiled.tracks[k], states[k])
            found = found * len(memory.every) + int(memory.start[number - int(tracks["first"][k])])
        return found

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._space.rows

    @property
    def states(self) -> Ints:
        """The state on each track, by number, (tracks, rows)."""
        return np.asarray(self._columns.state[:, : self.rows], np.int64)

    def step(self, s: int) -> tuple[Floats, Floats, Floats]:
        """Return chances (rows, joint), events (rows, transitions) and uses (rows, uses) of one.

        They are not to be changed: where nothing differs from the step before, they are the same.
        """
        told = self._told(s)
        if self._known is None or self._known[0] != told:
            self._known = told, self._unfolded(s)
        return self._known[1]

    def _told(self, s: int) -> Any:
        """Return what the rule knows of a step: the same at two steps where it does the same."""
        features, told = self.compiled.tables.features, []
        age = self.compiled.clock.steps(self.compiled.scenario.population.age) + s
        for reference in self.compiled.references:
            kind = features.feature["kind"][reference.feature]
            if kind == tb.AGE:
                told.append(float(reference.values[min(age, len(reference.values) - 2)]))
            elif kind in _MOVING:
                return s
        return tuple(told)

    def _unfolded(self, s: int) -> tuple[Floats, Floats, Floats]:
        tables, uses = self.compiled.tables, len(self.compiled.uses)
        chance, used = np.zeros((self.rows, self.joint)), np.zeros((self.rows, uses))
        self._counts.event[:] = 0.0
        unfold(
            tables.transitions,
            tables.features,
            tables.layout,
            self._columns,
            self._flow,
            self._counts,
            s,
            chance,
            used,
        )
        return chance, self._counts.event[0, 0].copy(), used


def expected(scenario: Scenario, *, arm: str | None = None, most_work: float = np.inf) -> Cohort:
    """Return the expected course of a scenario, computed exactly.

    Args:
        scenario: A closed cohort or an open population.
        arm: Compute this arm alone, beside `without`; None: all arms.
        most_work: Refuse what takes more rows through more steps than this.

    Raises:
        NotExact: If chances depend on a numeric attribute or on other people, or if more must be
            remembered than there is room for.
    """
    if arm is not None:
        scenario = scenario.model_copy(update={"arms": {arm: scenario.arms[arm]}})
    compiled = compile_scenario(scenario)
    _check_features(compiled)
    reach, taking = _participation(compiled)
    asked = [name for name in compiled.investments if name in {one.plan.name for one in taking}]
    # Counted before their shares are worked out, which takes long where they are many.
    space = _joint_space(compiled, _background_count(compiled, reach), _most_places(taking), asked)
    backgrounds = _backgrounds(compiled, reach)
    flow, counts = _flow(compiled, space, space.rows), _counts(compiled, len(space.names))
    _Courses(compiled, backgrounds, space, taking).run(flow, counts, most_work)
    for number, name in enumerate(compiled.investments):
        if not _asks_who_takes_part(compiled, name):
            for name in ("started", "treated", "treated_state", "treated_before"):
                getattr(counts, name)[:, number] = np.nan
    told = {one.number for memory in space.tracks for one in memory.groups if one.visits}
    counts.entry[..., [g for g in range(len(compiled.groups)) if g not in told], :] = np.nan
    return Cohort(compiled, space.names, *counts)


class _Courses:
    """The courses of all birth cohorts through all arms."""

    def __init__(
        self,
        compiled: Compiled,
        backgrounds: _Backgrounds,
        space: _JointSpace,
        taking: list[Taking],
    ) -> None:
        self._compiled, self._backgrounds, self._space = compiled, backgrounds, space
        joint = space.memory.shape[1]
        one = np.repeat(backgrounds.all, joint)
        self._one_place, self._joint = len(one), joint
        self._columns = columns_of(compiled, backgrounds.people(np.tile(one, space.places), 0))
        _remember(self._columns, space)
        self._start = np.zeros(space.rows)
        chances = _start_chances(compiled, self._columns, space)[: len(one)]
        self._start[: len(one)] = np.repeat(backgrounds.share, joint) * chances
        willing = {name: np.repeat(own, joint) for name, own in backgrounds.willing.items()}
        self._enrolments = {
            a + 1: ExpectedEnrolments(
                compiled, [one for one in taking if one.plan.arm == a], willing, len(one)
            )
            for a in {one.plan.arm for one in taking}
        }
        self._taking = {(one.plan.arm, one.plan.number) for one in taking}

    def run(self, flow: _Flow, counts: _Counts, most_work: float) -> None:
        """Let everyone flow, and count them.

        Raises:
            NotExact: If that takes more than `most_work` rows through steps.
        """
        compiled, columns = self._compiled, self._columns
        inflow = list(_inflow(compiled))
        steps = sum(last - max(born, 0) for born, last, _ in inflow) * (1 + len(compiled.arms))
        if len(self._start) * steps > most_work:
            raise NotExact("pathway", Reason("to compute it takes longer than to simulate it"))
        for born, last, came in inflow:
            columns.person["born"] = born
            columns.person["start"] = columns.person["arrive"] = max(born, 0)
            settled = _places(compiled, self._backgrounds, born, self._taking)
            last_arrival = int(np.flatnonzero(came.any(axis=(0, 1)))[-1])
            for arm in range(1 + len(compiled.arms)):
                flow.coming[0], flow.came[:] = self._start, came[arm]
                flow.people[0] = flow.gone[0] = 0.0
                for s in range(max(born, 0), last):
                    self._step(flow, counts, arm, s, settled.get(s), last_arrival)

    def _step(
        self,
        flow: _Flow,
        counts: _Counts,
        arm: int,
        s: int,
        settled: NDArray[np.void] | None,
        last_arrival: int,
    ) -> None:
        """Take everyone through a step; `settled` are the places that hold from now on."""
        columns, enrolments = self._columns, self._enrolments.get(arm)
        layout = self._compiled.tables.layout
        if arm and s >= layout.history:
            count_before(layout, columns, flow, counts, arm, s - layout.history)
        if settled is not None:
            places = np.repeat(settled, self._joint, axis=-1)
            for a, number in np.ndindex(places.shape[:2]):
                if (a, number) not in self._taking:
                    own = columns.treatment[a, number]
                    own[:] = np.tile(places[a, number], self._space.places)
            if enrolments is not None and s == int(columns.person["start"][0]):
                enrolments.begin(columns)
        arrive(columns, flow, s)
        if enrolments is not None and s < flow.end:
            enrolments.step(s, columns, flow.people[0])
        tables = self._compiled.tables
        course(
            tables.transitions,
            tables.features,
            tables.layout,
            columns,
            flow,
            counts,
            arm,
            s,
            last_arrival,
        )


@dataclass(frozen=True)
class _JointSpace:
    """The joint states with memory: every combination of those of the tracks.

    Attributes:
        tracks: The states with memory of each track.
        memory: The number of the state with memory on each track, (tracks, joint).
        plain: The number of the joint state without memory, (joint,).
        names: The state on each track, by joint state without memory that can be reached.
        backgrounds: How many backgrounds there are.
        places: How many combinations of places in investments.
    """

    tracks: list[TrackMemory]
    memory: Ints
    plain: Ints
    names: list[tuple[str, ...]]
    backgrounds: int
    places: int

    @property
    def rows(self) -> int:
        """How many rows there are: places x backgrounds x joint states with memory."""
        return self.places * self.backgrounds * len(self.plain)

    @property
    def sizes(self) -> list[int]:
        """How many states with memory each track has."""
        return [len(memory.every) for memory in self.tracks]


def _joint_space(
    compiled: Compiled, backgrounds: int, places: int, asked: list[str]
) -> _JointSpace:
    """Return the joint states with memory.

    Args:
        compiled: The scenario.
        backgrounds: How many backgrounds there are.
        places: How many combinations of places.
        asked: The investments whose target groups ask for what has happened to people.

    Raises:
        NotExact: If they are too many.
    """
    try:
        tracks = track_memories(compiled, _counted_groups(compiled), asked)
    except TooMuchMemory as error:
        why = Reason("more must be remembered of a person than there is room for")
        raise NotExact(f"pathway.tracks.{error.track}", why) from error
    sizes = [len(memory.every) for memory in tracks]
    rows = places * backgrounds * prod(sizes)
    if rows > MOST:
        raise NotExact(
            "pathway",
            Reason(
                "it has {rows} joint states, with what is remembered of people and backgrounds, "
                "more than {most}",
                rows=rows,
                most=MOST,
            ),
        )
    memory = np.indices(sizes).reshape(len(sizes), -1)
    plain, reached = np.zeros(memory.shape[1], np.int64), []
    for k, track in enumerate(tracks):
        states, number = np.unique([one.state for one in track.every], return_inverse=True)
        plain = plain * len(states) + number[memory[k]]
        reached.append([compiled.states[x][1] for x in states])
    names = list(product(*reached))
    return _JointSpace(tracks, memory, plain, names, backgrounds, places)


def _counted_groups(compiled: Compiled) -> frozenset[int]:
    """Return the groups into which the scenario counts entries."""
    scenario, names = compiled.scenario, set[str]()
    names |= {one.group for one in scenario.outcomes.values() if one.group}
    names |= {name for one in scenario.goals.values() for name in (one.group, one.of) if name}
    names |= {scenario.figures.case} if scenario.figures is not None else set()
    return frozenset(compiled.groups.index(name) for name in names)


def _remember(columns: Columns, space: _JointSpace) -> None:
    """Give each row its states, and what of their memory does not depend on when it is."""
    for k, memory in enumerate(space.tracks):
        own = np.tile(space.memory[k], space.places * space.backgrounds)
        rows = slice(0, len(own))
        columns.state[k, rows] = np.array([one.state for one in memory.every])[own]
        for place, group in enumerate(memory.groups):
            seen = [one.groups[place] for one in memory.every]
            columns.memory["visits"][rows, group.number] = np.array([v.visits for v in seen])[own]
            if group.window:
                words = np.array([v.word for v in seen], np.uint64)
                columns.window["mask"][rows, group.window_row] = words[own]


def _start_chances(compiled: Compiled, columns: Columns, space: _JointSpace) -> Floats:
    """Return the chance that somebody of a row's background begins there, (rows,)."""
    cumulative = compiled.tables.layout.start_share
    chance = np.diff(cumulative, prepend=0.0, axis=1)
    chance[:, compiled.tables.features.track["first"]] = cumulative[
        :, compiled.tables.features.track["first"]
    ]
    area = columns.person["area"]
    found = np.ones(len(area))
    for k, memory in enumerate(space.tracks):
        begins = np.zeros(len(memory.every), np.bool_)
        begins[memory.start[memory.start >= 0]] = True
        own = np.resize(space.memory[k], len(area))
        found *= chance[area, columns.state[k, : len(area)]] * begins[own]
    return found


def _outcomes(compiled: Compiled, states: list[int]) -> int:
    """Return how many ways there are for a step to come out, on all tracks together.

    Args:
        compiled: The compiled scenario.
        states: How many states each track has, without those of what effects bring with them.

    Raises:
        NotExact: If there are too many.
    """
    follow, asked = compiled.tables.features.follow, compiled.tables.transitions.state
    followed = {int(one["track"]) for one in asked if one["followed"]}
    ways = [(n + 1) << (len(follow) if k in followed else 0) for k, n in enumerate(states)]
    outcomes = prod(ways) << len(follow)
    if outcomes > MOST_OUTCOMES:
        raise NotExact("investments", Reason("more may follow from effects than there is room for"))
    return outcomes


def _flow(compiled: Compiled, space: _JointSpace, rows: int) -> _Flow:
    sizes, most, tracks = space.sizes, max(space.sizes), len(space.sizes)
    states = [int(track["last"] - track["first"]) for track in compiled.tables.features.track]
    stays, since, state, over = np.zeros((4, tracks, most), np.int64)
    follow = compiled.tables.features.follow
    moves = np.zeros((tracks, most, max(states)), np.int64)
    groups = [
        (k, place, one) for k, m in enumerate(space.tracks) for place, one in enumerate(m.groups)
    ]
    group_since = np.zeros((len(groups), most), np.int64)
    for k, memory in enumerate(space.tracks):
        stays[k, : sizes[k]] = memory.stays
        moves[k, : sizes[k], : states[k]] = memory.moves
        since[k, : sizes[k]] = [one.since for one in memory.every]
        state[k, : sizes[k]] = [one.state for one in memory.every]
        if k in follow["track"]:
            over[k, : sizes[k]] = state[k, memory.stays] != state[k, : sizes[k]]
    for m, (k, place, _) in enumerate(groups):
        group_since[m, : sizes[k]] = [one.groups[place].since for one in space.tracks[k].every]
    own, notes = tracks - len(follow), 1 << len(follow)
    outcomes = _outcomes(compiled, states[:own])
    rule = compiled.tables.transitions
    kinds = 2 * (len(rule.out) + len(rule.destination))
    return _Flow(
        end=compiled.clock.end,
        joint=space.memory.shape[1],
        memory=space.memory,
        plain=space.plain,
        stride=np.array([prod(sizes[k + 1 :]) for k in range(tracks)], np.int64),
        stays=stays,
        moves=moves,
        timed=np.flatnonzero(since.any(axis=1)),
        since=since,
        state=state,
        group=np.array([(one.number, k, one.window_row) for k, _, one in groups], np.int64).reshape(
            -1, 3
        ),
        group_since=group_since,
        people=np.empty((2, rows)),
        coming=np.empty((2, rows)),
        came=np.empty((len(compiled.areas), compiled.clock.end + 1)),
        gone=np.empty(1),
        seen=np.empty((max(len(compiled.features), 1), 1)),
        values=np.empty((tb.MAX_OUT, 1)),
        weights=np.empty(tb.MAX_OUT),
        chance=np.empty((len(compiled.states), notes)),
        stay=np.empty((tracks, notes)),
        code=np.empty((2, outcomes), np.int64),
        mass=np.empty((2, outcomes)),
        noted=np.empty((2, outcomes), np.int64),
        own=own,
        over=over,
        luck=_Luck(
            values=np.empty((tb.MAX_OUT, 1)),
            leaver_features=np.zeros((1, max(len(compiled.features), 1))),
            leaver_chances=np.empty((1, tb.MAX_OUT)),
            weights=np.empty(tb.MAX_OUT),
        ),
        edges=np.empty((2, 4 + (1 + len(rule.reference)) * kinds if len(follow) else 1)),
    )


def _counts(compiled: Compiled, joint: int) -> _Counts:
    arms, treatments = 1 + len(compiled.arms), (len(compiled.arms), len(compiled.investments))
    points = compiled.clock.end - compiled.clock.history + 1
    cells = int(np.prod([len(names) for names in compiled.groupings.values()]))
    areas, states = len(compiled.areas), len(compiled.states)
    return _Counts(
        people=np.zeros((arms, points, joint)),
        gone=np.zeros((arms, points)),
        stock=np.zeros((arms, points, cells, states)),
        event=np.zeros((arms, points - 1, cells, len(compiled.transitions))),
        entry=np.zeros((arms, points - 1, cells, len(compiled.groups), 2)),
        arrivals=np.zeros((arms, points, cells)),
        use=np.zeros((arms, points, areas, len(compiled.uses))),
        started=np.zeros((*treatments, points - 1, areas)),
        treated=np.zeros((*treatments, points, areas)),
        treated_state=np.zeros((*treatments, points, states)),
        treated_before=np.zeros((*treatments, points, states)),
    )


def _check_features(compiled: Compiled) -> None:
    """Refuse a rule that looks at what the joint state and the background do not tell."""
    tables = compiled.tables
    if compiled.scenario.time.tail is not None:
        why = Reason("who goes on after it, and in which state, is counted person by person")
        raise NotExact("time.tail", why)
    used = set(tables.features.state_feature.tolist())
    for use in tables.layout.use:
        used |= set(tables.transitions.reference["feature"][use["first"] : use["last"]].tolist())
    kinds = tables.features.feature["kind"]
    for together in tables.features.feature[[n for n in sorted(used) if kinds[n] == tb.COMBINED]]:
        used |= set(tables.features.part["feature"][together["arg"] : together["window"]].tolist())
    for number in sorted(used):
        kind = tables.features.feature["kind"][number]
        if kind == tb.AGE_START and compiled.scenario.population.movers_in is not None:
            raise NotExact(compiled.features[number], Reason("an age at moving in is not kept"))
        if kind in (tb.NUMBER, tb.SHARE):
            why = _OTHERS if kind == tb.SHARE else _ENDLESS
            raise NotExact(compiled.features[number], why)
    for name, investment in compiled.scenario.investments.items():
        for effect in investment.effects:
            if effect.modifier is not None:
                raise NotExact(f"investments.{name}: {effect.modifier}", _ENDLESS)
        if investment.learning is not None:
            raise NotExact(f"investments.{name}.learning", _OTHERS)
    for name, attribute in compiled.scenario.pathway.attributes.items():
        if attribute.of_movers is not None and compiled.scenario.population.movers_in is not None:
            raise NotExact(
                f"attributes.{name}.of_movers", Reason("backgrounds depend on who moves in")
            )


def _asks_who_takes_part(compiled: Compiled, investment: str) -> bool:
    """Return whether anything depends on who takes part: an effect, a feature, or a payment."""
    spec, features = compiled.scenario.investments[investment], compiled.tables.features.feature
    costs = [spec.cost, *([spec.new_way.cost] if spec.new_way else ())]
    exposures = features["arg"][features["kind"] == tb.EXPOSURE]
    complements = compiled.tables.features.effect["complement"]
    return (
        not spec.effects
        or any(effect.acts_on == "participants" for effect in spec.effects)
        or any(cost.per_participant.value or cost.per_participant_month.value for cost in costs)
        or compiled.investments.index(investment) in {*exposures, *complements}
    )


def _participation(compiled: Compiled) -> tuple[dict[str, Floats], list[Taking]]:
    """Return the draws at which who is willing changes, and whose participation is not settled.

    By investment with participants. It is settled by background, age and calendar, unless the
    target group asks for what has happened to people, they drop out, or some move in.
    """
    reach: dict[str, list[float]] = {}
    taking = []
    scenario = compiled.scenario
    for a, arm in enumerate(compiled.arms):
        for name, ending in scenario.arms[arm].investments.items():
            if not _asks_who_takes_part(compiled, name):
                continue
            plan = EnrolmentPlan(compiled, a, name, ending, np.empty(0, np.int32))
            investment, part = plan.investment, f"investments.{name}"
            new_way = investment.new_way
            if investment.capacity is not None or (new_way and new_way.capacity is not None):
                raise NotExact(f"{part}.capacity", _OTHERS)
            if investment.unit == "family":
                raise NotExact(f"{part}.unit", Reason("whom it is given to depends on siblings"))
            if (
                not _settled(compiled, name)
                or plan.drop_out > 0
                or scenario.population.movers_in is not None
            ):
                taking.append(Taking.of(plan, compiled.clock.end))
            reach[name] = [*reach.get(name, []), *plan.reach.ravel()]
    return {name: np.unique([0.0, 1.0, *found]) for name, found in reach.items()}, taking


def _settled(compiled: Compiled, investment: str) -> bool:
    """Return whether who is in a target group is settled by background, age and calendar.

    Raises:
        NotExact: If it depends on other people, or on a number drawn for each.
    """
    features, found = compiled.tables.features.feature, True
    for references in unsettled_targets(compiled, [investment]):
        for feature in compiled.tables.transitions.reference["feature"][references]:
            kind = features["kind"][feature]
            if kind in (tb.NUMBER, tb.SHARE):
                why = _OTHERS if kind == tb.SHARE else _ENDLESS
                raise NotExact(f"investments.{investment}.target", why)
            found &= kind in _SETTLED
    return found


def _most_places(taking: list[Taking]) -> int:
    """Return how many combinations of places there are in the arm with most."""
    arms = {one.plan.arm for one in taking}
    return max((prod(t.size for t in taking if t.plan.arm == a) for a in arms), default=1)


@dataclass(frozen=True)
class _Backgrounds:
    """Everything that is settled when a person enters.

    Attributes:
        share: Share of those in the area who have the background, float64 (backgrounds,).
        area: Area number.
        codes: Category of each categorical attribute, int16 (attributes, backgrounds).
        willing: The draw that stands for how willing people are, by investment.
        numbers: Number of numeric attributes (none of them matters).
    """

    share: Floats
    area: NDArray[np.uint8]
    codes: NDArray[np.int16]
    willing: dict[str, Floats]
    numbers: int

    @property
    def all(self) -> Ints:
        """Index of every background."""
        return np.arange(len(self.share))

    def people(self, index: Ints, born: int) -> People:
        """Return people with the backgrounds at `index`, born at a step."""
        n = len(index)
        enters = np.full(n, max(born, 0), np.int32)
        # In order: another layout would have everything compiled once more.
        codes = np.ascontiguousarray(self.codes[:, index])
        return People(
            lo=np.zeros(n, np.uint32),
            hi=np.zeros(n, np.uint32),
            born=np.full(n, born, np.int32),
            start=enters,
            arrive=enters,
            area=self.area[index],
            eldest=np.arange(n, dtype=np.int32),
            codes=codes,
            units=codes.astype(np.int32),
            numbers=np.zeros((self.numbers, n)),
        )


def _category_edges(compiled: Compiled) -> list[dict[str, Floats]]:
    """Return where the categories of the attributes that matter end on [0, 1), by area."""
    features = compiled.tables.features.feature
    matter = {int(f["arg"]) for f in features if f["kind"] == tb.ATTRIBUTE}
    matter |= {compiled.attributes.index(name) for name, _ in compiled.grouping_attributes}
    attributes = compiled.scenario.pathway.attributes
    return [
        {
            name: np.append(category_bounds(attributes[name], area), 1.0)
            for index, name in enumerate(compiled.attributes)
            if index in matter
        }
        for area in compiled.areas
    ]


def _background_count(compiled: Compiled, participation: dict[str, Floats]) -> int:
    """Return how many combinations there are of area, attributes that matter, and willingness."""
    willing = prod(len(ends) - 1 for ends in participation.values())
    return sum(
        willing * prod(len(ends) for ends in edges.values()) for edges in _category_edges(compiled)
    )


def _backgrounds(compiled: Compiled, participation: dict[str, Floats]) -> _Backgrounds:
    """Return every combination of area, the attributes that matter, and willingness."""
    joined = Correlation(compiled.scenario.pathway)
    area, codes, draws, share = [], [], [], []
    for number, edges in enumerate(_category_edges(compiled)):
        shares = joined.joint_shares(edges)
        places = [list(edges).index(n) if n in edges else -1 for n in compiled.attributes]
        wills = [
            list(zip((ends[1:] + ends[:-1]) / 2, np.diff(ends), strict=True))
            for ends in participation.values()
        ]
        for (values, part), *will in product(shares.items(), *wills):
            area.append(number)
            codes.append([values[place] if place >= 0 else 0 for place in places])
            draws.append([value for value, _ in will])
            share.append(part * float(np.prod([width for _, width in will])))
    n = len(share)
    return _Backgrounds(
        share=np.array(share),
        area=np.array(area, np.uint8),
        codes=np.array(codes, np.int16).reshape(n, len(compiled.attributes)).T,
        willing=dict(zip(participation, np.array(draws).reshape(n, -1).T, strict=True)),
        numbers=len(compiled.numbers),
    )


class _Certain(Enrolments):
    """Places given to backgrounds instead of people: how willing they are is known."""

    def __init__(
        self,
        compiled: Compiled,
        backgrounds: _Backgrounds,
        who: People,
        without: set[tuple[int, int]],
    ) -> None:
        super().__init__(compiled, who, np.zeros(2, np.uint32))
        self._willing = backgrounds.willing
        self._plans = [
            plan
            for plan in self._plans
            if plan.name in self._willing and (plan.arm, plan.number) not in without
        ]

    def _draw(
        self,
        plan: EnrolmentPlan,
        purpose: str,
        people: Ints,
        step: int | None,  # noqa: ARG002 - willingness is the same at every moment
    ) -> Floats:
        assert purpose == "reach", purpose
        return self._willing[plan.name][people]

    def _count(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        """Count nothing: shares are counted as they flow."""

    def _count_before(self, plan: EnrolmentPlan, step: int, columns: Columns) -> None:
        """Count nothing, likewise."""


def _places(
    compiled: Compiled, backgrounds: _Backgrounds, born: int, without: set[tuple[int, int]]
) -> dict[int, NDArray[np.void]]:
    """Return who is treated, by the step from which it holds, (arms, investments, backgrounds).

    Those investments in arms are left out whose participation is not settled.
    """
    first = max(born, 0)
    who = backgrounds.people(backgrounds.all, born)
    columns = columns_of(compiled, who)
    found = {first: columns.treatment.copy()}
    if backgrounds.willing:
        columns.alive[:] = True
        enrolments = _Certain(compiled, backgrounds, who, without)
        for step in range(first, compiled.clock.end):
            if enrolments.active(step):
                enrolments.step(step, columns)
                if (columns.treatment != found[max(found)]).any():
                    found[step] = columns.treatment.copy()
    return found


def _inflow(compiled: Compiled) -> Iterator[tuple[int, int, Floats]]:
    """Yield each birth cohort: its birth, its end, and who arrives, (1 + arms, areas, steps)."""
    clock, population = compiled.clock, compiled.scenario.population
    weights = [area.share.value for area in population.areas.values()] or [1.0]
    shares = np.array(weights)[:, None] / sum(weights)
    steps = np.arange(clock.end + 1)
    kept = np.minimum(compiled.tables.layout.entry_ratio, 1.0)
    thinning = np.concatenate([np.ones((1, *kept.shape[1:])), kept])
    if population.cohort is not None:
        came = shares * population.cohort * (steps == 0)
        for age, share in zip(*start_ages(population, clock), strict=True):
            yield -int(age), clock.end + 1, thinning * came * share
        return
    assert population.residents is not None
    lives = clock.steps(population.max_age)
    growth = (1 + population.growth.value) ** np.maximum(clock.years(steps), 0)
    moving = np.zeros(lives)
    movers = population.movers_in
    if movers is not None:
        parts = np.cumsum([0.0, *(share.value for share in movers.shares)])
        edges = np.array([0.0, *movers.below, population.max_age]) * clock.per_year
        ages = np.diff(np.interp(np.arange(lives + 1), edges, parts / parts[-1]))
        moving = population.residents * movers.per_year.value / clock.per_year * ages
    for born in range(clock.end + 1):
        came = (steps == born) * (population.residents / lives)
        last = min(born + lives, clock.end + 1)
        came[born:last] += moving[: last - born]
        yield born, last, thinning * shares * growth * came
