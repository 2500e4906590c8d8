"""The compiled rule that moves people: written once, for the run, the replay and the cohort.

A step has two halves. All decisions are made from the snapshot at its start; then all moves are
made (law L2). Most people stay where they are, so the draws of four steps at a time are first
compared with the largest chance of leaving that anyone in that state can have (thinning; Lewis &
Shedler 1979), and only for candidates are features observed and chances worked out. An arm shares
the row of everyone for whom nothing has yet come out differently in it; who differs gets a row of
their own (law L4).

Reference counting is switched off (`_nrt=False`): nothing here makes or keeps an array, and the
counting alone took forty times as long as the work.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE, U32, draw, fill, fill_each

BLOCK = 2048
"""People per block: what one thread works through at a time, sized for the cache."""
BATCH = 64
"""People in the same state whose chances are worked out together."""
MOST_LEFT = 8
"""The places of a block are given anew when more than one in so many has left."""
COMPANY = tb.COMPANY
MAX_OUT = 64
"""Most transitions out of one state, and most destinations of one transition."""
FIXED_POINT = 2.0**20
"""Amounts that depend on history are added up in whole numbers of this part, in any order."""

NEVER = tb.NEVER
RATE, TIMES, RATE_RATIO, ODDS_RATIO = tb.RATE, tb.TIMES, tb.RATE_RATIO, tb.ODDS_RATIO
AS_WITHOUT = -2
STAYS = -1
ONCE = np.int64(0)
"""The moment of what is drawn once in a life."""

PersonRow = tb.row(
    born=np.int32,
    start=np.int32,
    arrive=np.int32,
    last=np.int32,
    area=np.int32,
    cell=np.int32,
    group=np.int32,
)
MemoryRow = tb.row(changed=np.int32, visits=np.int32)
WindowRow = tb.row(mask=np.uint64, at=np.int32)
PlaceRow = tb.row(start=np.int32, end=np.int32)
BlockRow = tb.row(
    living=np.int32,
    left=np.int32,
    youngest=np.int32,
    oldest=np.int32,
    met=np.int32,  # whether anybody has been treated, or differs, in any arm
)
WorkRow = tb.row(
    person=np.int32,
    row=np.int32,
    arm=np.int32,
    track=np.int32,
    state=np.int32,
    draw=np.uint32,
    transition=np.int32,
    to=np.int32,
)
DrawnRow = tb.row(moment=np.int64, until=np.int32, listed=np.int32)
LogRow = tb.row(row=np.int32, step=np.int32, origin=np.int32, to=np.int32)


def compiled_function(function: Any) -> Any:
    """Compile a function that loops, once and for all (kept on disk)."""
    return nb.njit(nogil=True, cache=True, _nrt=False)(function)


def inlined(function: Any) -> Any:
    """Compile a function into each of its callers: what it takes is too wide to be handed over."""
    return nb.njit(nogil=True, cache=True, inline="always", _nrt=False)(function)


def inlined_late(function: Any) -> Any:
    """The same for a long function, first compiled once: copied as source it takes seconds each."""
    return nb.njit(nogil=True, forceinline=True, _nrt=False)(function)


class Columns(NamedTuple):
    """The people of a run. A row is a person in an arm: row = person + arm x people."""

    n: int
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    person: NDArray[np.void]  # (n,)
    codes: NDArray[np.int16]  # (attributes, n)
    numbers: NDArray[np.float64]
    state: NDArray[np.uint16]  # (tracks, rows)
    since: NDArray[np.int32]  # (rows, tracks)
    memory: NDArray[np.void]  # (rows, groups) last entered or left, and how often entered
    window: NDArray[np.void]  # (rows, groups with a window) bit k: entered k steps before `at`
    alive: NDArray[np.bool_]  # (rows,)
    differs: NDArray[np.bool_]  # (arms, n) has a row of their own
    parted: NDArray[np.int32]  # (arms, n) the step from which they have it
    place: NDArray[np.void]  # (arms, investments, n) last treatment
    touched: NDArray[np.bool_]  # (arms, n) has ever been treated
    # Within each block those alive in any arm stand first, in places of their own, among them some
    # who have lately left:
    living: NDArray[np.int32]  # (n,) who has each place
    living_lo: NDArray[np.uint32]  # (n,) their keys
    living_hi: NDArray[np.uint32]
    slot: NDArray[np.int32]  # (n,) their row of the bounds
    spot: NDArray[np.int32]  # (n,) the place of each person
    # Within each block those who might move in the four steps that are drawn for together:
    ahead: NDArray[np.int32]  # (tracks, n) their places
    draws: NDArray[np.uint32]  # (tracks, n, 4) their draws
    drawn: NDArray[np.void]  # (blocks, tracks) which four steps, up to which place, how many listed
    block: NDArray[np.void]  # (blocks,)
    share: NDArray[np.int32]  # (1 + arms, shares, groups of peers) per mille
    share_differs: NDArray[np.bool_]  # (arms,)
    peers: NDArray[np.int32]  # (shares, n) which group of peers a person belongs to
    arrivals: NDArray[np.int32]  # (n,) people in order of arrival
    arrivals_from: NDArray[np.int64]  # (steps + 2,) where each step's arrivals begin


class Counts(NamedTuple):
    """What a thread has counted. Arm 0 is `without`; the others are differences from it."""

    stock: NDArray[np.int32]  # (1 + arms, records, cells, states) changes
    event: NDArray[np.int32]  # (1 + arms, records, cells, transitions)
    entry: NDArray[np.int32]  # (1 + arms, records, cells, groups, 2): first ever, again
    arrivals: NDArray[np.int32]  # (1 + arms, records, cells)
    use: NDArray[np.int64]  # (1 + arms, records, areas, uses) in FIXED_POINT parts
    log: NDArray[np.void]  # (capacity,)
    log_size: NDArray[np.int64]  # (1,)


class Scratch(NamedTuple):
    """Work space of a thread."""

    work: NDArray[np.void]  # (capacity,) who might leave a state, in which arm
    order: NDArray[np.int32]  # (capacity,) the work by arm and state, so that like meets like
    ends: NDArray[np.int32]  # (arms x states,) where each arm and state ends in that order
    seen: NDArray[np.float64]  # (features, BATCH)
    values: NDArray[np.float64]  # (transitions, BATCH)
    leavers: NDArray[np.int32]  # (capacity,) work, places or rows
    drawn: NDArray[np.uint32]  # (4, BLOCK) draws of four steps
    least: NDArray[np.uint32]  # (BLOCK,) the least of the four
    second: NDArray[np.uint32]  # (4, capacity): keys, purposes and second draws of who leaves
    kept: NDArray[np.float64]  # (capacity, features) of who leaves
    chance: NDArray[np.float64]  # (capacity, transitions) of who leaves
    weights: NDArray[np.float64]  # (MAX_OUT,) of destinations
    own: NDArray[np.int32]  # (blocks, arms, BLOCK + 1) who has a row; the last place: how many


@inlined
def treatment(V, P, effect, i, arm, s):  # type: ignore[no-untyped-def]
    """Return how much of an effect a participant has now: onset, fidelity, persistence."""
    spec = V.effect[effect]
    place = P.place[arm - 1, spec.investment, i]
    placing = V.placing[arm - 1, spec.investment]
    strength = 0.0
    in_phase = spec.phase == tb.ALWAYS or (
        (spec.phase == tb.PROJECT) == (place.start < placing.project_end)
    )
    if place.start != NEVER and place.start <= s and in_phase:
        now = s
        if place.end != NEVER and place.end < s:
            now = place.end
        strength = V.fidelity[arm - 1, spec.investment, now]
        if placing.onset > 0.0:
            strength *= min((now - place.start) / placing.onset, 1.0)
        if place.end != NEVER:
            strength *= V.persist[effect, s - place.end]
        if spec.modifier >= 0:
            strength *= P.numbers[spec.modifier, i]
    return strength


@inlined
def popcount(word):  # type: ignore[no-untyped-def]
    """Return the number of bits set."""
    count = 0
    while word:
        word &= word - np.uint64(1)
        count += 1
    return count


@inlined
def visits_in_window(memory, window, s):  # type: ignore[no-untyped-def]
    """Return how many times a group was entered in the last `window` steps."""
    shift = s - memory.at
    count = 0
    if shift < window:
        word = memory.mask
        if window - shift < 64:
            word &= (np.uint64(1) << np.uint64(window - shift)) - np.uint64(1)
        count = popcount(word)
    return count


@inlined
def observe_track(V, P, feature, row, s):  # type: ignore[no-untyped-def]
    """Return a person's state on a track, or for how long they have been in it."""
    value = 0
    k = np.uint64(feature.arg)
    if feature.kind == tb.STATE:
        value = np.int64(P.state[k, row]) - V.track[k].first
    else:
        value = s - P.since[row, k]
    return value


@inlined_late
def observe(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the value of a feature of a person now; -1 for `otherwise`."""
    feature = V.feature[f]
    kind = feature.kind
    arg = np.uint64(feature.arg)
    now = np.uint64(s + V.origin)
    value = 0.0
    if kind == tb.AGE:
        value = s - P.person[i].born
    elif kind == tb.ATTRIBUTE:
        value = P.codes[arg, i]
    elif kind in (tb.STATE, tb.TIME_IN_STATE):
        value = observe_track(V, P, feature, row, s)
    elif kind == tb.TIME_IN_GROUP:
        inside = V.member[arg, P.state[np.uint64(V.group_track[arg]), row]]
        value = s - P.memory[row, arg].changed if inside else -1.0
    elif kind == tb.TIME_SINCE_GROUP:
        inside = V.member[arg, P.state[np.uint64(V.group_track[arg]), row]]
        gone = P.memory[row, arg].visits > 0 and not inside
        value = s - P.memory[row, arg].changed if gone else -1.0
    elif kind == tb.VISITS:
        value = P.memory[row, arg].visits
    elif kind == tb.VISITS_WINDOW:
        value = visits_in_window(P.window[row, arg], feature.window, s)
    elif kind == tb.AREA:
        value = P.person[i].area
    elif kind == tb.MONTH:
        value = V.calendar[now].month
    elif kind == tb.AGE_CALENDAR:
        value = V.calendar[now].year - V.calendar[np.uint64(P.person[i].born + V.origin)].year
    elif kind == tb.YEAR:
        value = V.calendar[now].year
    elif kind == tb.CYCLE:
        value = max(s - V.scenario_start, 0)
    elif kind == tb.NUMBER:
        value = P.numbers[arg, i]
    elif kind == tb.WHEN_MONTH:
        value = (V.calendar[now].begins >> feature.arg) & 1
    elif kind == tb.WHEN_AGE:
        value = 1.0 if s - P.person[i].born == feature.arg else 0.0
    elif kind == tb.WHEN_CYCLE:
        value = 1.0 if s - V.scenario_start == feature.arg else 0.0
    elif kind == tb.SHARE:
        value = P.share[arm, arg, P.peers[arg, i]]
    elif arm > 0:
        if kind == tb.TREATMENT:
            value = treatment(V, P, arg, i, arm, s)
        elif kind == tb.NEW_WAY_HERE:
            value = V.strength[arg, P.person[i].area, s]
            modifier = V.effect[arg].modifier
            if modifier >= 0:
                value *= P.numbers[modifier, i]
        else:
            place = P.place[arm - 1, arg, i]
            if place.start != NEVER:
                value = 1.0 if place.end == NEVER else 2.0
    return value


@inlined
def apply_ratio(value, ratio, scale, kind):  # type: ignore[no-untyped-def]
    """Return a rate or probability per step after a multiplier on the scale stated.

    On its natural scale a multiplier multiplies. A rate ratio on a probability acts on the hazard
    -ln(1 - p); an odds ratio or relative risk on a rate acts on the probability 1 - exp(-rate).
    """
    result = value * ratio
    if scale != TIMES:
        p = value if kind != RATE else -np.expm1(-value)
        p = min(p, 1.0 - 1e-16)
        if scale == RATE_RATIO:
            p = -np.expm1(np.log1p(-p) * ratio)
        elif scale == ODDS_RATIO:
            odds = p / (1.0 - p) * ratio
            p = odds / (1.0 + odds)
        else:
            p = min(p * ratio, 1.0)
        result = p if kind != RATE else -np.log1p(-min(p, 1.0 - 1e-16))
    return result


@inlined
def look_up(R, reference, value):  # type: ignore[no-untyped-def]
    """Return what stands in a table; the last but one goes on, the last is for `otherwise`."""
    at = np.int64(value)
    if at < 0:
        at = reference.length - 1
    elif at > reference.length - 2:
        at = reference.length - 2
    return R.table[np.uint64(reference.table + at)]


@inlined
def multiplier(R, r, value):  # type: ignore[no-untyped-def]
    """Return the multiplier that a reference gives for a value of its feature.

    An effect of strength s is the factor 1 - (1 - ratio) s.
    """
    reference = R.reference[np.uint64(r)]
    result = value
    if reference.kind == tb.LOOK_UP:
        result = look_up(R, reference, value)
    elif reference.kind == tb.BANDS:
        # Edges, then one more value than edges.
        edges = reference.length // 2
        band = 0
        while band < edges and value >= R.table[reference.table + band]:
            band += 1
        result = R.table[reference.table + edges + band]
    elif reference.kind == tb.DIRECT:
        result = max(value, 0.0)
    elif reference.kind == tb.EFFECT:
        result = max(1.0 - (1.0 - reference.ratio) * value, 0.0)
    return result


@inlined_late
def transition_values(R, t, arm, s, seen, n, out):  # type: ignore[no-untyped-def]
    """Fill `out` with a transition's rate per step or probability: base x factors x effects.

    It is worked out for `n` people at once, of whom (features, n) are seen.
    """
    transition = R.transition[t]
    base = transition.base * R.drift[t, s]
    people = np.uint64(n)
    for q in range(people):
        out[q] = base
    first = transition.first
    last = transition.last
    for part in range(2 if arm > 0 else 1):
        if part == 1:
            first = R.effects[arm, t, 0]
            last = R.effects[arm, t, 1]
        for r in range(np.uint64(first), np.uint64(last)):
            f = np.uint64(R.reference[r].feature)
            scale = R.reference[r].scale
            for q in range(people):
                ratio = multiplier(R, r, seen[f, q])
                if ratio != 1.0 and out[q] > 0.0:
                    out[q] = apply_ratio(out[q], ratio, scale, transition.kind)


@inlined
def stage_end(R, j, last):  # type: ignore[no-untyped-def]
    """Return where the stage that begins at `j` ends."""
    stage = R.transition[R.out[j]].stage
    while j < last and R.transition[R.out[j]].stage == stage:
        j += 1
    return j


@inlined
def stage_chance(R, j, end, first, values, q):  # type: ignore[no-untyped-def]
    """Return the sum of the values of a stage, and the chance of leaving that it gives.

    Within a stage probabilities add; rates compete: P(leave) = 1 - exp(-sum) (law L2).
    """
    total = 0.0
    for k in range(j, end):
        total += values[k - first, q]
    leave = -np.expm1(-total) if R.transition[R.out[j]].kind == RATE else min(total, 1.0)
    return total, leave


@inlined
def leaving_chance(R, first, last, values, q):  # type: ignore[no-untyped-def]
    """Return the chance of leaving: stages follow each other, each if the earlier ones fail."""
    stay = 1.0
    j = first
    while j < last:
        end = stage_end(R, j, last)
        _, leave = stage_chance(R, j, end, first, values, q)
        stay *= 1.0 - leave
        j = end
    return 1.0 - stay


@inlined_late
def share_out(R, first, last, values, q):  # type: ignore[no-untyped-def]
    """Turn the values of a state's transitions into chances, in place.

    What leaves in a stage is shared in proportion to the values.
    """
    stay = 1.0
    j = first
    while j < last:
        end = stage_end(R, j, last)
        total, leave = stage_chance(R, j, end, first, values, q)
        if total > 0.0:
            for k in range(j, end):
                values[k - first, q] *= leave * stay / total
        stay *= 1.0 - leave
        j = end


@inlined_late
def leaves(R, here, u, values, q):  # type: ignore[no-untyped-def]
    """Return whether someone leaves by a draw, as `leaving_chance` says.

    It need seldom be worked out: the chance is at most the sum of all rates and probabilities, and
    with rates alone, x in all, at least x - x^2 / 2.
    """
    state = R.state[here]
    total = 0.0
    for k in range(np.uint64(state.last - state.first)):
        total += values[k, q]
    found = False
    if u <= total * (1.0 + 1e-9):
        found = state.stages == 1 and u < (total - 0.5 * total * total) * (1.0 - 1e-9)
        if not found:
            found = u < leaving_chance(R, state.first, state.last, values, q)
    return found


@inlined
def destination_weights(R, t, seen, weights):  # type: ignore[no-untyped-def]
    """Fill `weights` with share x factors of each destination; return their sum."""
    transition = R.transition[t]
    total = 0.0
    for d in range(transition.to_first, transition.to_last):
        destination = R.destination[d]
        weight = destination.share
        for r in range(destination.first, destination.last):
            weight *= multiplier(R, r, seen[R.reference[r].feature])
        weights[d - transition.to_first] = weight
        total += weight
    return total


@inlined
def pick(values, first, last, v):  # type: ignore[no-untyped-def]
    """Return where `v` falls among cumulative `values[first:last]`, and how far into it."""
    chosen = -1
    left = 0.0
    for k in range(first, last):
        if values[k] > 0.0:
            chosen = k
            left = v
            if v < values[k]:
                break
            v -= values[k]
    return chosen, min(left / values[chosen], 1.0) if chosen >= 0 else 0.0


@inlined_late
def choose(R, state, v, u, values, seen, weights):  # type: ignore[no-untyped-def]
    """Return the transition and destination of someone who leaves with draws `u` and `v`.

    The first draw has decided that they leave, and decides in which stage; the second decides
    which transition and which destination, by inverse CDF in the file's order. `values` are chances
    where there are stages; within one, what matters is their proportions.
    """
    first = R.state[state].first
    last = R.state[state].last
    j = first
    end = first
    total = 0.0
    if R.state[state].stages == 1:
        end = last
        for k in range(last - first):
            total += values[k]
    while end < last:
        j = end
        stage = R.transition[R.out[j]].stage
        total = 0.0
        while end < last and R.transition[R.out[end]].stage == stage:
            total += values[end - first]
            end += 1
        if u < total:
            break
        u -= total
    k, inside = pick(values, j - first, end - first, v * total)
    t = R.out[first + k]
    to = R.sole[first + k]
    if to < 0:
        start = R.transition[t].to_first
        total = destination_weights(R, t, seen, weights)
        d, inside = pick(weights, 0, R.transition[t].to_last - start, inside * total)
        if d < 0:
            # Every destination is closed to this person: they stay.
            t = STAYS
            to = STAYS
        else:
            to = R.destination[start + d].state
    return t, to


@inlined
def sort_work(R, W, n):  # type: ignore[no-untyped-def]
    """Put work whose chances are not fixed in order of arm and state; return how much it is."""
    n_states = R.state.shape[0]
    W.ends[:] = 0
    for m in range(n):
        if not R.state[W.work[m].state].fixed:
            W.ends[W.work[m].arm * n_states + W.work[m].state] += 1
    total = 0
    for k in range(W.ends.shape[0]):
        count = W.ends[k]
        W.ends[k] = total
        total += count
    if total > 0:
        for m in range(n):
            if not R.state[W.work[m].state].fixed:
                k = W.work[m].arm * n_states + W.work[m].state
                W.order[W.ends[k]] = m
                W.ends[k] += 1
    return total


@inlined
def note_leaver(P, W, m, purpose, leaving):  # type: ignore[no-untyped-def]
    """Note who leaves, and whose second draw is needed."""
    i, at = np.uint64(W.work[np.uint64(m)].person), np.uint64(leaving)
    W.second[0, at] = P.lo[i]
    W.second[1, at] = P.hi[i]
    W.second[2, at] = purpose
    W.leavers[at] = m


@compiled_function
def find_leavers(R, V, P, track, W, n, s):  # type: ignore[no-untyped-def]
    """Note who of the first `n` items of work leaves their state; return how many.

    Where chances are not fixed, people in the same state go together: each of its features and
    factors is looked up for all of them in turn.
    """
    leaving = 0
    for m in range(np.uint64(n)):
        state = R.state[np.uint64(W.work[m].state)]
        if state.fixed and W.work[m].draw * SCALE < state.leave:
            note_leaver(P, W, m, track[np.uint64(state.track)].to, leaving)
            if state.weighs:
                # Nothing but their own state can matter to where they go.
                for j in range(state.feature_first, state.feature_last):
                    own = W.work[m].state - track[state.track].first
                    W.kept[leaving, V.state_feature[j]] = own
            leaving += 1
    total = sort_work(R, W, n) if leaving < n else 0
    begin = 0
    while begin < total:
        item = W.work[np.uint64(W.order[np.uint64(begin)])]
        here, arm = np.uint64(item.state), np.int64(item.arm)
        state = R.state[here]
        last = np.uint64(state.feature_base if arm == 0 else state.feature_last)
        end = min(W.ends[np.uint64(arm * R.state.shape[0] + item.state)], begin + BATCH)
        people, start = np.uint64(end - begin), np.uint64(begin)
        for j in range(np.uint64(state.feature_first), last):
            f = np.uint64(V.state_feature[j])
            for q in range(people):
                one = W.work[np.uint64(W.order[start + q])]
                row, i = np.uint64(one.row), np.uint64(one.person)
                W.seen[f, q] = observe(V, P, f, row, i, arm, s)
        for j in range(np.uint64(state.first), np.uint64(state.last)):
            values = W.values[j - np.uint64(state.first)]
            transition_values(R, np.uint64(R.out[j]), arm, s, W.seen, people, values)
        for q in range(people):
            who = np.uint64(W.order[start + q])
            u = W.work[who].draw * SCALE
            if leaves(R, here, u, W.values, q):
                note_leaver(P, W, who, track[np.uint64(state.track)].to, leaving)
                if state.stages > 1:
                    share_out(R, state.first, state.last, W.values, q)
                at = np.uint64(leaving)
                for j in range(np.uint64(state.last - state.first)):
                    W.chance[at, j] = W.values[j, q]
                if state.weighs:
                    for j in range(np.uint64(state.feature_first), last):
                        f = np.uint64(V.state_feature[j])
                        W.kept[at, f] = W.seen[f, q]
                leaving += 1
        begin = end
    return leaving


@compiled_function
def choose_moves(R, W, leaving, moment, key):  # type: ignore[no-untyped-def]
    """Choose where each of those who leave goes."""
    # The second draws are made together: alone, each would wait for the one before.
    fill_each(
        W.second[0, :leaving],
        W.second[1, :leaving],
        W.second[2, :leaving],
        moment,
        key,
        W.second[3, :leaving],
    )
    for q in range(np.uint64(leaving)):
        m = np.uint64(W.leavers[q])
        here = np.uint64(W.work[m].state)
        v = W.second[3, q] * SCALE
        if R.state[here].plain:
            k = np.uint64(R.state[here].first)
            # As many for every state, so that the processor need not guess.
            for j in range(np.uint64(R.falls.shape[1])):
                k += np.uint64(v >= R.falls[here, j])
            t, to = R.out[k], R.sole[k]
        else:
            chance = W.chance[q]
            if R.state[here].fixed:
                chance = R.fixed[R.state[here].first : R.state[here].last]
            u = W.work[m].draw * SCALE
            t, to = choose(R, here, v, u, chance, W.kept[q], W.weights)
        W.work[m].transition = t
        W.work[m].to = to


@inlined
def decide_all(R, V, P, track, W, n, shared, arms, s, moment, key):  # type: ignore[no-untyped-def]
    """Decide, for the first `n` items of work, who moves and where to.

    The first `shared` items are of people without a row of their own; in an arm, a decision of
    theirs that comes out as without is marked AS_WITHOUT.
    """
    leaving = find_leavers(R, V, P, track, W, n, s)
    choose_moves(R, W, leaving, moment, key)
    without = 0
    for m in range(shared if arms > 0 else 0):
        if W.work[m].arm == 0:
            without = m
        elif (
            W.work[m].transition == W.work[without].transition
            and W.work[m].to == W.work[without].to
        ):
            W.work[m].transition = AS_WITHOUT


@inlined
def candidates(P, W, k, first, end, bound, out):  # type: ignore[no-untyped-def]
    """Write the places of [first, end) of who might leave their state on a track; how many.

    The least of their four draws and their `bound` (slots, states + 1) tell.
    """
    # Without a branch: whether a draw falls below is what a processor cannot guess.
    n = np.uint64(0)
    slot, living, state = P.slot[first:end], P.living[first:end], P.state[k]
    for m in range(np.uint64(end - first)):
        out[n] = np.int64(m) + first
        at = np.uint64(slot[m])
        n += np.uint64(W.least[m] <= bound[at, state[np.uint64(living[m])]])
    return np.int64(n)


@inlined
def candidates_apart(P, W, own, k, first, end, bound, n, out):  # type: ignore[no-untyped-def]
    """Add to `n` candidates those who might leave only in a row of their own; how many they are."""
    for a in range(P.differs.shape[0]):
        for m in range(own[a, BLOCK]):
            i = np.uint64(own[a, m])
            place = P.spot[i]
            if place < first or place >= end or P.living[place] != i:
                continue
            least, of_slot = W.least[place - first], bound[np.uint64(P.slot[place])]
            listed = least <= of_slot[P.state[k, i]]
            for other in range(a):
                if P.differs[other, i]:
                    listed |= least <= of_slot[P.state[k, i + np.uint64((other + 1) * P.n)]]
            if not listed and least <= of_slot[P.state[k, i + np.uint64((a + 1) * P.n)]]:
                out[n] = place
                n += 1
    return n


@inlined
def candidates_now(P, k, lane, first, listed, bound, out):  # type: ignore[no-untyped-def]
    """Write which of those listed might leave their state in a step; return how many."""
    n = np.uint64(0)
    places, draws, state = P.ahead[k, first:], P.draws[k, first:], P.state[k]
    for m in range(np.uint64(listed)):
        place = np.uint64(places[m])
        out[n] = np.int64(m) + first
        at = np.uint64(P.slot[place])
        n += np.uint64(draws[m, lane] <= bound[at, state[np.uint64(P.living[place])]])
    return np.int64(n)


@inlined
def own_candidates(P, k, lane, first, listed, a, bound, out):  # type: ignore[no-untyped-def]
    """Write which of those listed have a row of their own and might leave its state."""
    n = np.uint64(0)
    arm = np.uint64((a + 1) * P.n)
    for m in range(np.uint64(first), np.uint64(first + listed)):
        place = np.uint64(P.ahead[k, m])
        i = np.uint64(P.living[place])
        if P.differs[a, i]:
            out[n] = m
            n += np.uint64(
                P.draws[k, m, lane] <= bound[np.uint64(P.slot[place]), P.state[k, i + arm]]
            )
    return np.int64(n)


@inlined
def company(L, P, most, row, k, here, s):  # type: ignore[no-untyped-def]
    """Return what a chance of leaving is at most, as things stand on a person's other tracks.

    That is the sum of `most` (transitions out of states,), each times its factors for their states
    and for how long they have stayed.
    """
    total = np.float32(0.0)
    stayed = np.uint32(s - P.since[row, k])
    for j in range(np.uint64(L.state[here].first), np.uint64(L.state[here].last)):
        # Always as many, so that the processor need not guess; 1 where there are fewer.
        value = most[j]
        for c in range(np.uint64(COMPANY)):
            beside = L.company[j, c]
            value *= L.part[beside.part + P.state[beside.track, row]]
        value *= L.part[L.stay[j].part + min(stayed, L.stay[j].longest)]
        total += value
    return total


@inlined
def beside_others(L, P, listed, count, lane, most, k, s):  # type: ignore[no-untyped-def]
    """Keep, of the first `count` in a list, those who might still leave; return how many."""
    # Unsigned here and below: an index that may be negative costs as much as what it finds.
    kept = np.uint64(0)
    for m in range(np.uint64(count)):
        at = np.uint64(listed[m])
        place = np.uint64(P.ahead[k, at])
        i = np.uint64(P.living[place])
        here = P.state[k, i]
        listed[kept] = at
        stays = False
        if L.state[here].accompanied:
            slot = np.uint64(P.slot[place])
            stays = P.draws[k, at, lane] * SCALE > company(L, P, most[slot], i, k, here, s)
        kept += np.uint64(not stays)
    return np.int64(kept)


@inlined
def first_born(person, lo, hi, born):  # type: ignore[no-untyped-def]
    """Return the first of [lo, hi) not born before a step: people stand in order of birth."""
    left = lo
    right = hi
    # Mostly it is none or all of them.
    if person[lo].born >= born:
        right = lo
    elif person[hi - 1].born < born:
        left = hi
    while left < right:
        middle = (left + right) // 2
        if person[middle].born < born:
            left = middle + 1
        else:
            right = middle
    return left


@inlined
def slot_age(L, born, s):  # type: ignore[no-untyped-def]
    """Return the year of age by which the bounds of someone born at a step are looked up."""
    age = np.int32((max(s - born, 0) + 0.5) * L.slots_per_step)
    return min(age, L.slot_ages - 1)


@inlined
def settle(L, P, i, s, b, lo):  # type: ignore[no-untyped-def]
    """Give a person born now a place among the living of their block."""
    place = np.uint64(lo + P.block[b].living)
    age = slot_age(L, P.person[i].born, s)
    P.living[place] = i
    P.living_lo[place] = P.lo[i]
    P.living_hi[place] = P.hi[i]
    P.spot[i] = place
    P.slot[place] = age * L.slot_classes + P.person[i].group
    P.block[b].youngest = min(P.block[b].youngest, age)
    P.block[b].oldest = max(P.block[b].oldest, age)
    P.block[b].living += 1


@inlined
def give_places(P, b, lo, born, apart):  # type: ignore[no-untyped-def]
    """Give places to those of [lo, born) who are alive in any arm, and to nobody else."""
    # One loop after the other, none with a branch: so the processor never has to guess.
    end = np.uint64(lo)
    for one in range(np.uint64(lo), np.uint64(born)):
        alive = P.alive[one]
        if apart:
            for a in range(P.differs.shape[0]):
                alive = alive or (P.differs[a, one] and P.alive[one + np.uint64((a + 1) * P.n)])
        P.living[end] = one
        end += np.uint64(alive)
    for place in range(np.uint64(lo), end):
        i = np.uint64(P.living[place])
        P.living_lo[place] = P.lo[i]
        P.living_hi[place] = P.hi[i]
        P.spot[i] = place
        P.slot[place] = P.person[i].group
    P.block[b].living = end - np.uint64(lo)
    P.block[b].left = 0


@compiled_function
def survey(L, P, b, lo, hi, s, apart):  # type: ignore[no-untyped-def]
    """See who lives in a block, and look up the bounds of those of their age."""
    # To pass by a few who have left costs less than to give everyone else a new place.
    if P.block[b].left * MOST_LEFT > P.block[b].living:
        give_places(P, b, lo, first_born(P.person, lo, hi, s + 1), apart)
    end = np.uint64(lo + P.block[b].living)
    if L.slot_ages > 1:
        for place in range(np.uint64(lo), end):
            i = np.uint64(P.living[place])
            age = slot_age(L, P.person[i].born, s)
            P.slot[place] = age * L.slot_classes + P.person[i].group
    P.block[b].youngest = L.slot_ages
    P.block[b].oldest = 0
    if end > np.uint64(lo):
        # People stand in order of birth.
        P.block[b].youngest = slot_age(L, P.person[P.living[end - np.uint64(1)]].born, s)
        P.block[b].oldest = slot_age(L, P.person[P.living[lo]].born, s)


@compiled_function
def look_ahead(L, P, W, own, b, k, lo, end, moment, bound, key):  # type: ignore[no-untyped-def]
    """List who might move on a track in the four steps that are drawn for together.

    `bound` (slots, states + 1) holds for all four. It is done once for everyone in places
    [lo, end), so whoever moves is listed already, and stays listed in the state they come to.
    """
    first = lo
    listed = 0
    if P.drawn[b, k].moment == moment:
        first = P.drawn[b, k].until
        listed = P.drawn[b, k].listed
    if first < end:
        fill(
            P.living_lo[first:end],
            P.living_hi[first:end],
            U32(moment),
            L.track[k].move,
            key,
            W.drawn[0],
            W.drawn[1],
            W.drawn[2],
            W.drawn[3],
            W.least,
        )
        places = P.ahead[k, lo + listed :]
        draws = P.draws[k, lo + listed :]
        more = candidates(P, W, k, first, end, bound, places)
        more = candidates_apart(P, W, own, k, first, end, bound, more, places)
        for m in range(np.uint64(more)):
            at = np.uint64(places[m] - first)
            for lane in range(np.uint64(4)):
                draws[m, lane] = W.drawn[lane, at]
        listed += more
    P.drawn[b, k].moment = moment
    P.drawn[b, k].until = end
    P.drawn[b, k].listed = listed


@inlined
def list_item(W, n, i, row, arm, k, state, u):  # type: ignore[no-untyped-def]
    """List someone who might leave a state; return how many are listed."""
    item = W.work[np.uint64(n)]
    item.person = i
    item.row = row
    item.arm = arm
    item.track = k
    item.state = state
    item.draw = u
    item.transition = STAYS
    item.to = STAYS
    return n + 1


@inlined
def arms_at_work(L, P, b, s):  # type: ignore[no-untyped-def]
    """Return how many arms to look at in a block: none if nobody can come out differently there."""
    # Of the type it has in the end: begun as a literal, its callers would be compiled twice.
    arms = np.int64(0)
    for a in range(P.differs.shape[0]):
        works = P.block[b].met == 1 or P.share_differs[a]
        for area in range(L.area_active.shape[1]):
            works = works or L.area_active[a, area, s]
        if works:
            arms = P.differs.shape[0]
    return arms


@compiled_function
def gather(L, P, B, W, own, arms, b, lo, hi, s, at, key):  # type: ignore[no-untyped-def]
    """List who might move in a step, on any track, in any arm; return (items, first own row).

    The step is the `at`:th of those for which the bounds `B` are given.
    """
    moment = L.first_step + s
    lane = np.uint64(moment & 3)
    bound, most, active = B.bound[B.when[at]], B.most[B.when[at]], B.active[B.when[at]]
    apart = np.bool_(False)
    for a in range(arms):
        apart = apart or own[a, BLOCK] > 0
    n = 0
    if lane == 0:
        survey(L, P, b, lo, hi, s, apart)
    end = lo + P.block[b].living
    for k in range(L.n_tracks):
        anybody = False
        for age in range(P.block[b].youngest, P.block[b].oldest + 1):
            anybody = anybody or active[age, k]
        if not anybody:
            continue
        if P.drawn[b, k].moment != moment >> 2 or P.drawn[b, k].until < end:
            ahead = B.bound[B.ahead[at]]
            look_ahead(L, P, W, own, b, k, lo, end, moment >> 2, ahead, key)
        listed = P.drawn[b, k].listed
        count = candidates_now(P, k, lane, lo, listed, bound, W.leavers)
        if L.track[k].accompanied:
            count = beside_others(L, P, W.leavers, count, lane, most, k, s)
        for m in range(np.uint64(count)):
            which = np.uint64(W.leavers[m])
            u = P.draws[k, which, lane]
            i = np.uint64(P.living[np.uint64(P.ahead[k, which])])
            state = P.state[k, i]
            n = list_item(W, n, i, i, 0, k, state, u)
            for a in range(arms):
                if (
                    L.may_differ[a, state]
                    and not P.differs[a, i]
                    and P.person[i].arrive <= s
                    and (
                        P.touched[a, i]
                        or L.area_active[a, P.person[i].area, s]
                        or P.share_differs[a]
                    )
                ):
                    n = list_item(W, n, i, i, a + 1, k, state, u)
    shared = n
    for a in range(arms):
        for k in range(L.n_tracks if own[a, BLOCK] > 0 else 0):
            if P.drawn[b, k].moment != moment >> 2:
                continue
            count = own_candidates(P, k, lane, lo, P.drawn[b, k].listed, a, bound, W.leavers)
            for m in range(np.uint64(count)):
                which = np.uint64(W.leavers[m])
                u = P.draws[k, which, lane]
                place = np.uint64(P.ahead[k, which])
                i = np.uint64(P.living[place])
                row = i + np.uint64((a + 1) * P.n)
                state = P.state[k, row]
                if not L.state[state].accompanied or (
                    u * SCALE <= company(L, P, most[np.uint64(P.slot[place])], row, k, state, s)
                ):
                    n = list_item(W, n, i, row, a + 1, k, state, u)
    return n, shared


@compiled_function
def part_ways(P, W, own, n, shared, s):  # type: ignore[no-untyped-def]
    """Give a row to whoever comes out differently in an arm for the first time.

    What happens to them on other tracks in this step is as without; return the number of items.
    """
    extra = n
    for m in range(shared):
        item = W.work[m]
        if item.arm == 0 or item.transition == AS_WITHOUT or P.differs[item.arm - 1, item.person]:
            continue
        i = item.person
        a = item.arm - 1
        row = i + item.arm * P.n
        for k in range(P.state.shape[0]):
            P.state[k, row] = P.state[k, i]
            P.since[row, k] = P.since[i, k]
        for g in range(P.memory.shape[1]):
            P.memory[row, g] = P.memory[i, g]
        for w in range(P.window.shape[1]):
            P.window[row, w] = P.window[i, w]
        P.alive[row] = P.alive[i]
        P.differs[a, i] = True
        P.parted[a, i] = s + 1
        P.block[i // BLOCK].met = 1
        own[a, own[a, BLOCK]] = i
        own[a, BLOCK] += 1
        for k in range(P.state.shape[0]):
            t = STAYS
            to = STAYS
            for q in range(shared):
                other = W.work[q]
                if (
                    other.person == i
                    and other.track == k
                    and (
                        other.arm == 0 or (other.arm == item.arm and other.transition != AS_WITHOUT)
                    )
                ):
                    t = other.transition
                    to = other.to
            W.work[extra].person = i
            W.work[extra].row = row
            W.work[extra].arm = item.arm
            W.work[extra].track = k
            W.work[extra].transition = t
            W.work[extra].to = to
            extra += 1
    return extra


@inlined
def cell_of(L, P, i, s):  # type: ignore[no-untyped-def]
    """Return the cell in which a person is counted at a step."""
    cell = P.person[i].cell
    if L.age_radix > 0:
        cell += L.cell_age[s - P.person[i].born] * L.age_radix
    return cell


@inlined
def remember_entry(L, P, g, row, at):  # type: ignore[no-untyped-def]
    """Note that a group is entered at a step."""
    P.memory[row, g].visits += 1
    P.memory[row, g].changed = at
    w = L.group_window[g]
    if w >= 0:
        shift = at - P.window[row, w].at
        word = np.uint64(0)
        if shift < 64:
            word = P.window[row, w].mask << np.uint64(shift)
        P.window[row, w].mask = word | np.uint64(1)
        P.window[row, w].at = at


@inlined
def leave(L, P, C, row, i, arm, at, cell_step):  # type: ignore[no-untyped-def]
    """Take a person out of the population from step `at`."""
    arms = P.differs.shape[0]
    if P.alive[row]:
        record = max(at - L.history, 0)
        if at > P.person[i].arrive and record < C.stock.shape[1]:
            cell = cell_of(L, P, i, cell_step)
            for k in range(L.n_tracks):
                C.stock[arm, record, cell, P.state[k, row]] -= 1
                if arm == 0:
                    for a in range(arms):
                        if P.differs[a, i]:
                            C.stock[a + 1, record, cell, P.state[k, row]] += 1
        P.alive[row] = False
        if arm == 0:
            P.block[i // BLOCK].left += 1
        for k in range(L.n_tracks):
            P.state[k, row] = L.gone


@compiled_function
def move_all(L, P, C, W, n, shared, arms, s, logging):  # type: ignore[no-untyped-def]
    """Make the moves: states, the memory of groups, the counts; then let go of who has left."""
    recorded = s >= L.history
    record = np.uint64(max(s - L.history, 0))
    later = np.uint64(max(s - L.history + 1, 0))
    leavers = np.uint64(0)
    for m in range(np.uint64(n)):
        item = W.work[m]
        if item.transition < 0 or (item.arm > 0 and np.int64(m) < shared):
            continue
        arm, i, k = np.uint64(item.arm), np.uint64(item.person), np.uint64(item.track)
        t, to = np.uint64(item.transition), np.uint64(item.to)
        row = np.uint64(item.row)
        old = np.uint64(P.state[k, row])
        counted = s >= P.person[i].arrive
        if not counted and L.state[to].exit:
            # Who is going to arrive has not moved away or died before.
            continue
        cell = np.uint64(cell_of(L, P, i, s))
        if counted:
            if recorded:
                C.event[arm, record, cell, t] += 1
            C.stock[arm, later, cell, old] -= 1
            C.stock[arm, later, cell, to] += 1
            if item.arm == 0:
                for a in range(arms):
                    if P.differs[a, i]:
                        if recorded:
                            C.event[a + 1, record, cell, t] -= 1
                        C.stock[a + 1, later, cell, old] += 1
                        C.stock[a + 1, later, cell, to] -= 1
        if logging:
            C.log[C.log_size[0]].row = row
            C.log[C.log_size[0]].step = s + 1
            C.log[C.log_size[0]].origin = old
            C.log[C.log_size[0]].to = to
            C.log_size[0] += 1
        P.state[k, row] = to
        P.since[row, k] = s + 1
        for j in range(L.state[old].group_first, L.state[old].group_last):
            g = np.uint64(L.state_group[j])
            if not L.member[g, to]:
                P.memory[row, g].changed = s + 1
        for j in range(L.state[to].group_first, L.state[to].group_last):
            g = np.uint64(L.state_group[j])
            if not L.member[g, old]:
                if counted and recorded:
                    again = np.uint64(P.memory[row, g].visits > 0)
                    C.entry[arm, record, cell, g, again] += 1
                    if item.arm == 0:
                        for a in range(arms):
                            if P.differs[a, i]:
                                C.entry[a + 1, record, cell, g, again] -= 1
                remember_entry(L, P, g, row, s + 1)
        W.leavers[leavers] = row
        leavers += np.uint64(L.state[to].exit)
    for m in range(leavers):
        row = W.leavers[m]
        leave(L, P, C, row, row % P.n, row // P.n, s + 1, s)


@inlined
def enter(L, P, i, s, key):  # type: ignore[no-untyped-def]
    """Let a person begin to live, in start states drawn for them."""
    P.alive[i] = True
    area = np.uint64(P.person[i].area)
    for k in range(np.uint64(L.n_tracks)):
        state = np.uint64(L.track[k].first)
        if L.start_share[area, state] < 1.0:
            last = np.uint64(L.track[k].last - 1)
            u = draw(P.lo[i], P.hi[i], ONCE, L.track[k].start, key) * SCALE
            while state < last and u >= L.start_share[area, state]:
                state += np.uint64(1)
        P.state[k, i] = state
        P.since[i, k] = s
    for g in range(np.uint64(L.group_track.shape[0])):
        P.memory[i, g].visits = 0
        P.memory[i, g].changed = s
        if L.group_window[g] >= 0:
            P.window[i, L.group_window[g]].mask = 0
            P.window[i, L.group_window[g]].at = s
        if L.member[g, P.state[np.uint64(L.group_track[g]), i]]:
            remember_entry(L, P, g, i, s)


@inlined
def arrive(L, P, C, i, s, key):  # type: ignore[no-untyped-def]
    """Let a person become a resident; an investment that prevents entries thins them here."""
    record = np.uint64(max(s - L.history, 0))
    cell = np.uint64(cell_of(L, P, i, s))
    if s >= L.history:
        C.arrivals[0, record, cell] += 1
    for k in range(np.uint64(L.n_tracks)):
        C.stock[0, record, cell, P.state[k, i]] += 1
    for a in range(P.differs.shape[0]):
        ratio = L.entry_ratio[a, P.person[i].area, s]
        if ratio < 1.0 and draw(P.lo[i], P.hi[i], ONCE, L.p_entry, key) * SCALE >= ratio:
            row = np.uint64(np.int64(i) + (a + 1) * P.n)
            P.differs[a, i] = True
            P.parted[a, i] = s
            P.block[i // np.uint64(BLOCK)].met = 1
            P.alive[row] = False
            if s >= L.history:
                C.arrivals[a + 1, record, cell] -= 1
            for k in range(np.uint64(L.n_tracks)):
                C.stock[a + 1, record, cell, P.state[k, i]] -= 1
                P.state[k, row] = L.gone


@compiled_function
def begin_step(L, P, C, lo, hi, s, key):  # type: ignore[no-untyped-def]
    """Ageing out, births, arrivals, and birthdays that change cell, at the start of step `s`."""
    arms = P.differs.shape[0]
    record = max(s - L.history, 0)
    i = first_born(P.person, lo, hi, s - L.max_age)
    while i < hi and P.person[i].last == s:
        for arm in range(arms + 1):
            if arm == 0 or P.differs[arm - 1, i]:
                leave(L, P, C, i + arm * P.n, i, arm, s, max(s - 1, P.person[i].born))
        i += 1
    i = lo if s == 0 else first_born(P.person, lo, hi, s)
    b = lo // BLOCK
    while i < hi and P.person[i].start == s:
        enter(L, P, np.uint64(i), s, key)
        settle(L, P, np.uint64(i), s, b, lo)
        i += 1
    # Whoever arrives at this step, in order of birth; find those of this block.
    begin = P.arrivals_from[s]
    end = P.arrivals_from[s + 1]
    while begin < end:
        middle = (begin + end) // 2
        if P.arrivals[middle] < lo:
            begin = middle + 1
        else:
            end = middle
    while begin < P.arrivals_from[s + 1] and P.arrivals[begin] < hi:
        one = np.uint64(P.arrivals[begin])
        if P.alive[one]:
            arrive(L, P, C, one, s, key)
        begin += 1
    if L.age_radix > 0 and P.person[lo].start <= s:
        for b in range(L.cell_edges.shape[0]):
            born = s - L.cell_edges[b]
            i = first_born(P.person, lo, hi, born)
            while i < hi and P.person[i].born == born:
                if P.person[i].arrive < s:
                    old = cell_of(L, P, i, s - 1)
                    new = cell_of(L, P, i, s)
                    for arm in range(arms + 1):
                        row = i + arm * P.n
                        if (arm == 0 or P.differs[arm - 1, i]) and (
                            P.alive[row] or (arm > 0 and P.alive[i])
                        ):
                            for k in range(L.n_tracks):
                                if P.alive[row]:
                                    C.stock[arm, record, old, P.state[k, row]] -= 1
                                    C.stock[arm, record, new, P.state[k, row]] += 1
                                if arm > 0 and P.alive[i]:
                                    C.stock[arm, record, old, P.state[k, i]] += 1
                                    C.stock[arm, record, new, P.state[k, i]] -= 1
                i += 1


@compiled_function
def count_uses(R, V, L, P, C, lo, hi, s):  # type: ignore[no-untyped-def]
    """Add up uses that depend on a person's history; in an arm, the difference from without."""
    record = s - L.history
    for i in range(np.uint64(lo), np.uint64(hi)):
        if s < P.person[i].arrive:
            continue
        for arm in range(P.differs.shape[0] + 1):
            shared = arm > 0 and not P.differs[arm - 1, i]
            if shared and not P.touched[arm - 1, i] and not P.share_differs[arm - 1]:
                continue
            for side in range(2 if arm > 0 else 1):
                # Side 0: what the person uses in this arm; side 1: what they use without.
                as_arm = arm if side == 0 else 0
                row = i if shared else i + np.uint64(as_arm * P.n)
                if not P.alive[row]:
                    continue
                for m in range(L.use.shape[0]):
                    use = L.use[m]
                    if P.state[R.state[use.state].track, row] != use.state:
                        continue
                    amount = use.amount
                    for r in range(use.first, use.last):
                        f = np.uint64(R.reference[r].feature)
                        value = observe(V, P, f, row, i, as_arm, s)
                        amount *= multiplier(R, r, value)
                    parts = np.int64(np.round(amount * FIXED_POINT))
                    C.use[arm, record, P.person[i].area, m] += parts if side == 0 else -parts


@compiled_function
def run_blocks(  # type: ignore[no-untyped-def]
    R, V, L, P, B, C, W, blocks, s0, s1, begun, key, logging
):
    """Run steps [s0, s1), with their bounds `B`, for some blocks, each through all in turn.

    `begun`: whether the births and arrivals of step `s0` are already made.
    """
    for b in blocks:
        lo = b * BLOCK
        hi = min(lo + BLOCK, P.n)
        if P.person[lo].start >= s1 or P.person[hi - 1].last < s0:
            continue
        own = W.own[b]
        for s in range(s0, s1):
            if not (begun and s == s0):
                begin_step(L, P, C, lo, hi, s, key)
            if s >= L.history and L.use.shape[0] > 0:
                count_uses(R, V, L, P, C, lo, hi, s)
            arms = arms_at_work(L, P, b, s)
            n, shared = gather(L, P, B, W, own, arms, b, lo, hi, s, s - s0, key)
            decide_all(R, V, P, L.track, W, n, shared, arms, s, L.first_step + s, key)
            if arms > 0:
                n = part_ways(P, W, own, n, shared, s)
            move_all(L, P, C, W, n, shared, arms, s, logging)


@compiled_function
def begin_blocks(L, P, C, blocks, s, key):  # type: ignore[no-untyped-def]
    """Make the births and arrivals of a step, so that places can be given before people move."""
    for b in blocks:
        lo = b * BLOCK
        hi = min(lo + BLOCK, P.n)
        if P.person[lo].start <= s <= P.person[hi - 1].last:
            begin_step(L, P, C, lo, hi, s, key)


@inlined
def known_now(R, V, r, state, s):  # type: ignore[no-untyped-def]
    """Return the multiplier of a reference for everyone in a state at a step; -1 if it may vary.

    That of the calendar is known, and that of the state itself.
    """
    reference = R.reference[r]
    feature = V.feature[reference.feature]
    at = -1
    if feature.kind == tb.MONTH:
        at = V.calendar[s + V.origin].month
    elif feature.kind == tb.WHEN_MONTH:
        at = (V.calendar[s + V.origin].begins >> feature.arg) & 1
    elif feature.kind == tb.CYCLE:
        at = max(s - V.scenario_start, 0)
    elif feature.kind == tb.WHEN_CYCLE:
        at = 1 if s - V.scenario_start == feature.arg else 0
    elif feature.kind == tb.STATE and feature.arg == R.state[state].track:
        at = state - V.track[feature.arg].first
    return look_up(R, reference, at) if at >= 0 else -1.0


@compiled_function
def leaving_bounds(R, V, largest, s, drift, values, out, greatest):  # type: ignore[no-untyped-def]
    """Write into `out` (slots, states + 1) the draw up to which anyone there might leave.

    `largest` (references, slots) holds the greatest multiplier each reference can give; features of
    the calendar are known exactly at step `s`, and `drift` (transitions,) bounds the drift.
    `greatest` (slots, transitions out of states) gets the greatest rate or probability of each;
    `values` (MAX_OUT + 1, slots) is work space.
    """
    n_states = R.state.shape[0] - 1
    slots = np.uint64(out.shape[0])
    value = values[values.shape[0] - 1]
    for state in range(n_states):
        first = R.state[state].first
        last = R.state[state].last
        for j in range(first, last):
            t = R.out[j]
            transition = R.transition[t]
            most = values[j - first]
            most[:] = 0.0
            for arm in range(R.effects.shape[0]):
                value[:] = transition.base * drift[t]
                for part in range(2):
                    begin = transition.first if part == 0 else R.effects[arm, t, 0]
                    end = transition.last if part == 0 else R.effects[arm, t, 1]
                    for r in range(begin, end):
                        reference = R.reference[r]
                        known = known_now(R, V, r, state, s)
                        for slot in range(slots):
                            ratio = known if known >= 0.0 else largest[r, slot]
                            if value[slot] > 0.0 and ratio != 1.0:
                                value[slot] = apply_ratio(
                                    value[slot], ratio, reference.scale, transition.kind
                                )
                for slot in range(slots):
                    most[slot] = max(most[slot], value[slot])
            for slot in range(slots):
                # More than single precision, and the product of a few factors in it, can lose.
                greatest[slot, j] = most[slot] * (1.0 + 1e-5)
        for slot in range(slots):
            total = leaving_chance(R, first, last, values, slot)
            out[slot, state] = np.uint32(min(np.ceil(total * (1.0 + 1e-9) * 2.0**32), 2.0**32 - 1))
    out[:, n_states] = 0


@compiled_function
def fix_chances(R, track, seen, values):  # type: ignore[no-untyped-def]
    """Work out the chances in states where nothing but the state itself decides.

    `seen` (features, 1) and `values` (MAX_OUT, 1) are work space.
    """
    arm, step = np.int64(0), np.int64(0)
    one, people = np.uint64(0), np.uint64(1)
    for state in range(R.state.shape[0] - 1):
        if R.state[state].fixed == 1:
            first, last = R.state[state].first, R.state[state].last
            for j in range(first, last):
                t = np.uint64(R.out[j])
                for r in range(R.transition[t].first, R.transition[t].last):
                    seen[R.reference[r].feature, 0] = state - track[R.state[state].track].first
                transition_values(R, t, arm, step, seen, people, values[j - first])
            R.state[state].leave = leaving_chance(R, first, last, values, one)
            share_out(R, first, last, values, one)
            total = 0.0
            for j in range(first, last):
                R.fixed[j] = values[j - first, 0]
                total += values[j - first, 0]
            if R.state[state].plain and total > 0.0:
                fallen = 0.0
                # Whoever has not fallen before falls to the last that there is any chance of.
                for j in range(first, last - 1):
                    fallen += R.fixed[j]
                    if fallen < total:
                        R.falls[state, j - first] = fallen / total


@compiled_function
def chances_of(R, V, P, row, i, arm, track, s, seen, values):  # type: ignore[no-untyped-def]
    """Return the chance that one person leaves their state.

    `seen` (features, 1) gets what matters of the person, `values` (MAX_OUT, 1) each transition's.
    """
    state = R.state[P.state[track, row]]
    for j in range(state.feature_first, state.feature_last):
        f = V.state_feature[j]
        seen[f, 0] = observe(V, P, f, row, i, arm, s)
    for j in range(state.first, state.last):
        transition_values(R, R.out[j], arm, s, seen, 1, values[j - state.first])
    leave = leaving_chance(R, state.first, state.last, values, 0)
    share_out(R, state.first, state.last, values, 0)
    return leave


@compiled_function
def multiplier_of(R, r, value):  # type: ignore[no-untyped-def]
    """Return the multiplier that a reference gives for a value of its feature."""
    return multiplier(R, r, value)


@compiled_function
def values_of(R, t, arm, s, seen, n, out):  # type: ignore[no-untyped-def]
    """Fill `out` with a transition's rate per step or probability for `n` people."""
    transition_values(R, t, arm, s, seen, n, out)
