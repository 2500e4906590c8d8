"""The compiled rule that moves people: written once, for the run, the replay and the cohort.

A step has two halves. All decisions are made from the snapshot at its start; then all moves are
made (law L2). Most people stay where they are, so a draw is first compared with the largest chance
of leaving that anyone in that state can have (thinning; Lewis & Shedler 1979), and only for
candidates are features observed and chances worked out. An arm shares the row of everyone for whom
nothing has yet come out differently in it; who differs gets a row of their own (law L4).

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
MAX_OUT = 64
"""Most transitions out of one state, and most destinations of one transition."""
FIXED_POINT = 2.0**20
"""Amounts that depend on history are added up in whole numbers of this part, in any order."""

NEVER = tb.NEVER
RATE, TIMES, RATE_RATIO, ODDS_RATIO = tb.RATE, tb.TIMES, tb.RATE_RATIO, tb.ODDS_RATIO
AS_WITHOUT = -2
STAYS = -1

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
BlockRow = tb.row(living=np.int32, youngest=np.int32, oldest=np.int32)
WorkRow = tb.row(person=np.int32, arm=np.int32, track=np.int32, transition=np.int32, to=np.int32)
LogRow = tb.row(row=np.int32, step=np.int32, origin=np.int32, to=np.int32)


def compiled_function(function: Any) -> Any:
    """Compile a function that loops, once and for all (kept on disk)."""
    return nb.njit(nogil=True, cache=True, _nrt=False)(function)


def inlined(function: Any) -> Any:
    """Compile a function into each of its callers: what it takes is too wide to be handed over."""
    return nb.njit(nogil=True, inline="always", _nrt=False)(function)


class Columns(NamedTuple):
    """The people of a run. A row is a person in an arm: row = person + arm x people."""

    n: int
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    person: NDArray[np.void]  # (n,)
    codes: NDArray[np.int16]  # (attributes, n)
    numbers: NDArray[np.float64]
    state: NDArray[np.uint16]  # (tracks, rows)
    since: NDArray[np.int32]  # (tracks, rows)
    memory: NDArray[np.void]  # (groups, rows) last entered or left, and how often entered
    window: NDArray[np.void]  # (groups with a window, rows) bit k: entered k steps before `at`
    alive: NDArray[np.bool_]  # (rows,)
    differs: NDArray[np.bool_]  # (arms, n) has a row of their own
    place: NDArray[np.void]  # (arms, investments, n) last treatment
    touched: NDArray[np.bool_]  # (arms, n) has ever been treated
    # Within each block those alive in any arm stand first, in places of their own:
    living: NDArray[np.int32]  # (n,) who has each place
    living_lo: NDArray[np.uint32]  # (n,) their keys
    living_hi: NDArray[np.uint32]
    slot: NDArray[np.int32]  # (n,) their row of the bounds
    draws: NDArray[np.uint32]  # (tracks, 4, n) their draws of four steps
    spot: NDArray[np.int32]  # (n,) the place of each person
    block: NDArray[np.void]  # (blocks,)
    filled: NDArray[np.int64]  # (blocks, tracks) of which four steps the draws are
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

    values: NDArray[np.float64]  # (capacity, transitions): chances of who leaves
    weights: NDArray[np.float64]  # (MAX_OUT,) of destinations
    second: NDArray[np.uint32]  # (4, capacity): keys, purposes and second draws of who leaves
    work: NDArray[np.void]  # (capacity,)
    seen: NDArray[np.float64]  # (capacity, features)
    leavers: NDArray[np.int32]  # (capacity,) rows
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
def observe(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the value of a feature of a person now; -1 for `otherwise`."""
    feature = V.feature[f]
    kind = feature.kind
    arg = feature.arg
    value = 0.0
    if kind == tb.AGE:
        value = s - P.person[i].born
    elif kind == tb.ATTRIBUTE:
        value = P.codes[arg, i]
    elif kind == tb.STATE:
        value = np.int64(P.state[arg, row]) - V.track[arg].first
    elif kind == tb.TIME_IN_STATE:
        value = s - P.since[arg, row]
    elif kind == tb.TIME_IN_GROUP:
        inside = V.member[arg, P.state[V.group_track[arg], row]]
        value = s - P.memory[arg, row].changed if inside else -1.0
    elif kind == tb.TIME_SINCE_GROUP:
        inside = V.member[arg, P.state[V.group_track[arg], row]]
        gone = P.memory[arg, row].visits > 0 and not inside
        value = s - P.memory[arg, row].changed if gone else -1.0
    elif kind == tb.VISITS:
        value = P.memory[arg, row].visits
    elif kind == tb.VISITS_WINDOW:
        value = visits_in_window(P.window[arg, row], feature.window, s)
    elif kind == tb.AREA:
        value = P.person[i].area
    elif kind == tb.MONTH:
        value = V.calendar[s + V.origin].month
    elif kind == tb.AGE_CALENDAR:
        value = V.calendar[s + V.origin].year - V.calendar[P.person[i].born + V.origin].year
    elif kind == tb.YEAR:
        value = V.calendar[s + V.origin].year
    elif kind == tb.CYCLE:
        value = max(s - V.scenario_start, 0)
    elif kind == tb.NUMBER:
        value = P.numbers[arg, i]
    elif kind == tb.WHEN_MONTH:
        value = (V.calendar[s + V.origin].begins >> arg) & 1
    elif kind == tb.WHEN_AGE:
        value = 1.0 if s - P.person[i].born == arg else 0.0
    elif kind == tb.WHEN_CYCLE:
        value = 1.0 if s - V.scenario_start == arg else 0.0
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
def multiplier(R, r, seen):  # type: ignore[no-untyped-def]
    """Return the multiplier of a reference, given the features seen of a person.

    An effect of strength s is the factor 1 - (1 - ratio) s.
    """
    reference = R.reference[r]
    value = seen[reference.feature]
    if reference.kind == tb.LOOK_UP:
        at = np.int64(value)
        if at < 0:
            at = reference.length - 1
        elif at > reference.length - 2:
            at = reference.length - 2
        value = R.table[reference.table + at]
    elif reference.kind == tb.BANDS:
        # Edges, then one more value than edges.
        edges = reference.length // 2
        band = 0
        while band < edges and value >= R.table[reference.table + band]:
            band += 1
        value = R.table[reference.table + edges + band]
    elif reference.kind == tb.DIRECT:
        value = max(value, 0.0)
    elif reference.kind == tb.EFFECT:
        value = max(1.0 - (1.0 - reference.ratio) * value, 0.0)
    return value


@inlined
def transition_value(R, t, arm, s, seen):  # type: ignore[no-untyped-def]
    """Return a transition's rate per step or probability: base x factors x effects."""
    transition = R.transition[t]
    value = transition.base * R.drift[t, s]
    first = transition.first
    last = transition.last
    for part in range(2 if arm > 0 else 1):
        if part == 1:
            first = R.effects[arm, t, 0]
            last = R.effects[arm, t, 1]
        for r in range(first, last):
            ratio = multiplier(R, r, seen)
            if ratio != 1.0 and value > 0.0:
                value = apply_ratio(value, ratio, R.reference[r].scale, transition.kind)
    return value


@inlined
def combine(R, first, last, values):  # type: ignore[no-untyped-def]
    """Turn the values of a state's transitions into chances, in place; return their sum.

    Stages follow each other, each conditional on the earlier ones. Within a stage probabilities
    add; rates compete: P(leave) = 1 - exp(-sum), shared in proportion (law L2).
    """
    stay = 1.0
    j = first
    while j < last:
        opening = R.transition[R.out[j]]
        end = j
        total = 0.0
        while end < last and R.transition[R.out[end]].stage == opening.stage:
            total += values[end - first]
            end += 1
        if total > 0.0:
            leave = -np.expm1(-total) if opening.kind == RATE else min(total, 1.0)
            for k in range(j, end):
                values[k - first] *= leave * stay / total
            stay *= 1.0 - leave
        j = end
    return 1.0 - stay


@inlined
def chances(R, state, arm, s, seen, values):  # type: ignore[no-untyped-def]
    """Fill `values` with the chance of each transition out of a state; return their sum."""
    first = R.state[state].first
    last = R.state[state].last
    for j in range(first, last):
        values[j - first] = transition_value(R, R.out[j], arm, s, seen)
    return combine(R, first, last, values)


@inlined
def destination_weights(R, t, seen, weights):  # type: ignore[no-untyped-def]
    """Fill `weights` with share x factors of each destination; return their sum."""
    transition = R.transition[t]
    total = 0.0
    for d in range(transition.to_first, transition.to_last):
        destination = R.destination[d]
        weight = destination.share
        for r in range(destination.first, destination.last):
            weight *= multiplier(R, r, seen)
        weights[d - transition.to_first] = weight
        total += weight
    return total


@inlined
def pick(values, first, last, v):  # type: ignore[no-untyped-def]
    """Return where `v` falls among cumulative `values[first:last]`, and how far into it."""
    chosen = -1
    inside = 0.0
    for k in range(first, last):
        if values[k] > 0.0:
            chosen = k
            inside = min(v / values[k], 1.0)
            if v < values[k]:
                break
            v -= values[k]
    return chosen, inside


@inlined
def choose(R, state, v, u, values, seen, weights):  # type: ignore[no-untyped-def]
    """Return the transition and destination of someone who leaves with draws `u` and `v`.

    The first draw has decided that they leave, and decides in which stage; the second decides
    which transition and which destination, by inverse CDF in the file's order.
    """
    first = R.state[state].first
    last = R.state[state].last
    j = first
    end = first
    total = 0.0
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
    start = R.transition[t].to_first
    to = R.destination[start].state
    if (
        R.transition[t].to_last > start + 1
        or R.destination[start].last > R.destination[start].first
    ):
        total = destination_weights(R, t, seen, weights)
        d, inside = pick(weights, 0, R.transition[t].to_last - start, inside * total)
        if d < 0:
            # Every destination is closed to this person: they stay.
            t = STAYS
            to = STAYS
        else:
            to = R.destination[start + d].state
    return t, to


@compiled_function
def observe_all(V, P, rule_state, work, n, first_own, s, seen):  # type: ignore[no-untyped-def]
    """Fill `seen` with the features that matter to the first `n` items of work.

    From item `first_own` on, a person has a row of their own in the arm.
    """
    for m in range(n):
        item = work[m]
        i = item.person
        row = i if m < first_own else i + item.arm * P.n
        state = rule_state[P.state[item.track, row]]
        last = state.feature_base if item.arm == 0 else state.feature_last
        for j in range(state.feature_first, last):
            f = V.state_feature[j]
            seen[m, f] = observe(V, P, f, row, i, item.arm, s)


@compiled_function
def decide_all(R, track, P, W, n, first_own, s, moment, key):  # type: ignore[no-untyped-def]
    """Decide, for the first `n` items of work, who moves and where to.

    In an arm that shares a row, a decision that comes out as without is marked AS_WITHOUT.
    """
    lane = moment & 3
    leaving = 0
    for m in range(n):
        i = W.work[m].person
        k = W.work[m].track
        here = P.state[k, i if m < first_own else i + W.work[m].arm * P.n]
        u = P.draws[k, lane, P.spot[i]] * SCALE
        W.work[m].transition = STAYS
        W.work[m].to = STAYS
        if R.state[here].fixed:
            leaves = u < R.state[here].leave
        else:
            leaves = u < chances(R, here, W.work[m].arm, s, W.seen[m], W.values[leaving])
        if leaves:
            W.second[0, leaving] = P.lo[i]
            W.second[1, leaving] = P.hi[i]
            W.second[2, leaving] = track[k].to
            W.leavers[leaving] = m
            leaving += 1
    # The second draws are made together: alone, each would wait for the one before.
    fill_each(
        W.second[0, :leaving],
        W.second[1, :leaving],
        W.second[2, :leaving],
        moment,
        key,
        W.second[3, :leaving],
    )
    for q in range(leaving):
        m = W.leavers[q]
        i = W.work[m].person
        k = W.work[m].track
        here = P.state[k, i if m < first_own else i + W.work[m].arm * P.n]
        values = W.values[q]
        if R.state[here].fixed:
            values = R.fixed[R.state[here].first : R.state[here].last]
        u = P.draws[k, lane, P.spot[i]] * SCALE
        v = W.second[3, q] * SCALE
        t, to = choose(R, here, v, u, values, W.seen[m], W.weights)
        W.work[m].transition = t
        W.work[m].to = to
    without = 0
    for m in range(first_own if R.effects.shape[0] > 1 else 0):
        if W.work[m].arm == 0:
            without = m
        elif (
            W.work[m].transition == W.work[without].transition
            and W.work[m].to == W.work[without].to
        ):
            W.work[m].transition = AS_WITHOUT


@compiled_function
def candidates(u, slot, living, state, bound, first, last, out):  # type: ignore[no-untyped-def]
    """Write who in places [first, last) might leave their state, given their draws."""
    # Without a branch: whether a draw falls below is what a processor cannot guess.
    n = np.int64(0)
    for place in range(first, last):
        i = living[place]
        out[n] = i
        n += np.int64(u[place] <= bound[slot[place], state[i]])
    return n


@inlined
def settle(L, P, i, s, b, place):  # type: ignore[no-untyped-def]
    """Give a person a place among the living of their block."""
    P.living[place] = i
    P.living_lo[place] = P.lo[i]
    P.living_hi[place] = P.hi[i]
    P.spot[i] = place
    age = np.int32((max(s - P.person[i].born, 0) + 0.5) * L.slots_per_step)
    age = min(age, L.slot_ages - 1)
    P.slot[place] = age * L.slot_classes + P.person[i].group
    P.block[b].youngest = min(P.block[b].youngest, age)
    P.block[b].oldest = max(P.block[b].oldest, age)
    P.block[b].living += 1


@compiled_function
def survey(L, P, b, lo, hi, s):  # type: ignore[no-untyped-def]
    """Give places to those of a block who are alive in any arm, and look up their bounds."""
    P.block[b].living = 0
    P.block[b].youngest = L.slot_ages
    P.block[b].oldest = 0
    for i in range(lo, hi):
        if P.person[i].start > s:
            break
        alive = P.alive[i]
        for a in range(P.differs.shape[0]):
            alive = alive or (P.differs[a, i] and P.alive[i + (a + 1) * P.n])
        if alive:
            settle(L, P, i, s, b, lo + P.block[b].living)


@compiled_function
def fill_places(L, P, k, first, last, moment, key):  # type: ignore[no-untyped-def]
    """Make the draws of four steps on a track for those in places [first, last)."""
    fill(
        P.living_lo[first:last],
        P.living_hi[first:last],
        U32(moment >> 2),
        L.track[k].move,
        key,
        P.draws[k, 0, first:last],
        P.draws[k, 1, first:last],
        P.draws[k, 2, first:last],
        P.draws[k, 3, first:last],
    )


@compiled_function
def gather(L, P, W, own, b, lo, hi, s, bound, active, key):  # type: ignore[no-untyped-def]
    """List who might move in a step, on any track, in any arm; return (items, first own row).

    `bound` (slots, states + 1) and `active` (years of age, tracks) say who might at all.
    """
    arms = P.differs.shape[0]
    moment = L.first_step + s
    lane = moment & 3
    n = 0
    if lane == 0:
        survey(L, P, b, lo, hi, s)
    end = lo + P.block[b].living
    for k in range(L.n_tracks):
        anybody = False
        for age in range(P.block[b].youngest, P.block[b].oldest + 1):
            anybody = anybody or active[age, k]
        if not anybody:
            continue
        if P.filled[b, k] != moment >> 2:
            fill_places(L, P, k, lo, end, moment, key)
            P.filled[b, k] = moment >> 2
        count = candidates(
            P.draws[k, lane], P.slot, P.living, P.state[k], bound, lo, end, W.leavers
        )
        for m in range(count):
            i = W.leavers[m]
            W.work[n].person = i
            W.work[n].arm = 0
            W.work[n].track = k
            n += 1
            for a in range(arms):
                if (
                    L.may_differ[a, P.state[k, i]]
                    and not P.differs[a, i]
                    and P.person[i].arrive <= s
                    and (
                        P.touched[a, i]
                        or L.area_active[a, P.person[i].area, s]
                        or P.share_differs[a]
                    )
                ):
                    W.work[n].person = i
                    W.work[n].arm = a + 1
                    W.work[n].track = k
                    n += 1
    first_own = n
    for a in range(arms):
        for m in range(own[a, BLOCK]):
            i = own[a, m]
            row = i + (a + 1) * P.n
            for k in range(L.n_tracks):
                at = P.spot[i]
                if P.draws[k, lane, at] <= bound[P.slot[at], P.state[k, row]]:
                    W.work[n].person = i
                    W.work[n].arm = a + 1
                    W.work[n].track = k
                    n += 1
    return n, first_own


@compiled_function
def part_ways(P, W, own, n, first_own):  # type: ignore[no-untyped-def]
    """Give a row to whoever comes out differently in an arm for the first time.

    What happens to them on other tracks in this step is as without; return the number of items.
    """
    extra = n
    for m in range(first_own):
        item = W.work[m]
        if item.arm == 0 or item.transition == AS_WITHOUT or P.differs[item.arm - 1, item.person]:
            continue
        i = item.person
        a = item.arm - 1
        row = i + item.arm * P.n
        for k in range(P.state.shape[0]):
            P.state[k, row] = P.state[k, i]
            P.since[k, row] = P.since[k, i]
        for g in range(P.memory.shape[0]):
            P.memory[g, row] = P.memory[g, i]
        for w in range(P.window.shape[0]):
            P.window[w, row] = P.window[w, i]
        P.alive[row] = P.alive[i]
        P.differs[a, i] = True
        own[a, own[a, BLOCK]] = i
        own[a, BLOCK] += 1
        for k in range(P.state.shape[0]):
            t = STAYS
            to = STAYS
            for q in range(first_own):
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
    P.memory[g, row].visits += 1
    P.memory[g, row].changed = at
    w = L.group_window[g]
    if w >= 0:
        shift = at - P.window[w, row].at
        word = np.uint64(0)
        if shift < 64:
            word = P.window[w, row].mask << np.uint64(shift)
        P.window[w, row].mask = word | np.uint64(1)
        P.window[w, row].at = at


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
        for k in range(L.n_tracks):
            P.state[k, row] = L.gone


@compiled_function
def move_all(L, P, C, W, n, first_own, s, logging):  # type: ignore[no-untyped-def]
    """Make the moves: states, the memory of groups, the counts; then let go of who has left."""
    arms = P.differs.shape[0]
    record = s - L.history
    later = max(record + 1, 0)
    leavers = 0
    for m in range(n):
        arm = W.work[m].arm
        t = W.work[m].transition
        if t < 0 or (arm > 0 and m < first_own):
            continue
        i = W.work[m].person
        k = W.work[m].track
        to = W.work[m].to
        row = i + arm * P.n
        old = np.int64(P.state[k, row])
        counted = s >= P.person[i].arrive
        if not counted and L.state[to].exit:
            # Who is going to arrive has not moved away or died before.
            continue
        cell = cell_of(L, P, i, s)
        if counted:
            if record >= 0:
                C.event[arm, record, cell, t] += 1
            C.stock[arm, later, cell, old] -= 1
            C.stock[arm, later, cell, to] += 1
            if arm == 0:
                for a in range(arms):
                    if P.differs[a, i]:
                        if record >= 0:
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
        P.since[k, row] = s + 1
        for j in range(L.track[k].group_first, L.track[k].group_last):
            g = L.track_group[j]
            was = L.member[g, old]
            now = L.member[g, to]
            if now and not was:
                if counted and record >= 0:
                    again = 1 if P.memory[g, row].visits > 0 else 0
                    C.entry[arm, record, cell, g, again] += 1
                    if arm == 0:
                        for a in range(arms):
                            if P.differs[a, i]:
                                C.entry[a + 1, record, cell, g, again] -= 1
                remember_entry(L, P, g, row, s + 1)
            elif was and not now:
                P.memory[g, row].changed = s + 1
        if L.state[to].exit:
            W.leavers[leavers] = row
            leavers += 1
    for m in range(leavers):
        row = W.leavers[m]
        leave(L, P, C, row, row % P.n, row // P.n, s + 1, s)


@inlined
def first_born(person, lo, hi, born):  # type: ignore[no-untyped-def]
    """Return the first of [lo, hi) not born before a step: people stand in order of birth."""
    left = lo
    right = hi
    while left < right:
        middle = (left + right) // 2
        if person[middle].born < born:
            left = middle + 1
        else:
            right = middle
    return left


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
    first = lo + P.block[b].living
    while i < hi and P.person[i].start == s:
        enter(L, P, i, s, key)
        settle(L, P, i, s, b, lo + P.block[b].living)
        i += 1
    if lo + P.block[b].living > first:
        for k in range(L.n_tracks):
            fill_places(L, P, k, first, lo + P.block[b].living, L.first_step + s, key)
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
        if P.alive[P.arrivals[begin]]:
            arrive(L, P, C, P.arrivals[begin], s, key)
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
def enter(L, P, i, s, key):  # type: ignore[no-untyped-def]
    """Let a person begin to live, in start states drawn for them."""
    P.alive[i] = True
    for k in range(L.n_tracks):
        state = L.track[k].first
        if L.start_share[P.person[i].area, state] < 1.0:
            u = draw(P.lo[i], P.hi[i], 0, L.track[k].start, key) * SCALE
            while state < L.track[k].last - 1 and u >= L.start_share[P.person[i].area, state]:
                state += 1
        P.state[k, i] = state
        P.since[k, i] = s
    for g in range(L.group_track.shape[0]):
        P.memory[g, i].visits = 0
        P.memory[g, i].changed = s
        if L.group_window[g] >= 0:
            P.window[L.group_window[g], i].mask = 0
            P.window[L.group_window[g], i].at = s
        if L.member[g, P.state[L.group_track[g], i]]:
            remember_entry(L, P, g, i, s)


@compiled_function
def arrive(L, P, C, i, s, key):  # type: ignore[no-untyped-def]
    """Let a person become a resident; an investment that prevents entries thins them here."""
    record = max(s - L.history, 0)
    cell = cell_of(L, P, i, s)
    thinned = draw(P.lo[i], P.hi[i], 0, L.p_entry, key) * SCALE
    if s >= L.history:
        C.arrivals[0, record, cell] += 1
    for k in range(L.n_tracks):
        C.stock[0, record, cell, P.state[k, i]] += 1
    for a in range(P.differs.shape[0]):
        if thinned >= L.entry_ratio[a, P.person[i].area, s]:
            row = i + (a + 1) * P.n
            P.differs[a, i] = True
            P.alive[row] = False
            if s >= L.history:
                C.arrivals[a + 1, record, cell] -= 1
            for k in range(L.n_tracks):
                C.stock[a + 1, record, cell, P.state[k, i]] -= 1
                P.state[k, row] = L.gone


@compiled_function
def count_uses(R, V, L, P, C, W, lo, hi, s):  # type: ignore[no-untyped-def]
    """Add up uses that depend on a person's history; in an arm, the difference from without."""
    record = s - L.history
    seen = W.seen[0]
    for i in range(lo, hi):
        if s < P.person[i].arrive:
            continue
        for arm in range(P.differs.shape[0] + 1):
            shared = arm > 0 and not P.differs[arm - 1, i]
            if shared and not P.touched[arm - 1, i] and not P.share_differs[arm - 1]:
                continue
            for side in range(2 if arm > 0 else 1):
                # Side 0: what the person uses in this arm; side 1: what they use without.
                as_arm = arm if side == 0 else 0
                row = i if shared else i + as_arm * P.n
                if not P.alive[row]:
                    continue
                for m in range(L.use.shape[0]):
                    use = L.use[m]
                    if P.state[R.state[use.state].track, row] != use.state:
                        continue
                    amount = use.amount
                    for r in range(use.first, use.last):
                        f = R.reference[r].feature
                        seen[f] = observe(V, P, f, row, i, as_arm, s)
                        amount *= multiplier(R, r, seen)
                    parts = np.int64(np.round(amount * FIXED_POINT))
                    C.use[arm, record, P.person[i].area, m] += parts if side == 0 else -parts


@compiled_function
def run_blocks(  # type: ignore[no-untyped-def]
    R, V, L, P, C, W, first, stride, s0, s1, begun, bounds, active, variant, key, logging
):
    """Run steps [s0, s1) for every `stride`:th block, each through all the steps in turn.

    `begun`: whether the births and arrivals of step `s0` are already made.
    """
    for b in range(first, W.own.shape[0], stride):
        lo = b * BLOCK
        hi = min(lo + BLOCK, P.n)
        if P.person[lo].start >= s1 or P.person[hi - 1].last < s0:
            continue
        own = W.own[b]
        for s in range(s0, s1):
            if not (begun and s == s0):
                begin_step(L, P, C, lo, hi, s, key)
            if s >= L.history and L.use.shape[0] > 0:
                count_uses(R, V, L, P, C, W, lo, hi, s)
            which = variant[s - s0]
            n, first_own = gather(L, P, W, own, b, lo, hi, s, bounds[which], active[which], key)
            if V.state_feature.shape[0] > 0:
                observe_all(V, P, R.state, W.work, n, first_own, s, W.seen)
            decide_all(R, L.track, P, W, n, first_own, s, L.first_step + s, key)
            if P.differs.shape[0] > 0:
                n = part_ways(P, W, own, n, first_own)
            move_all(L, P, C, W, n, first_own, s, logging)


@compiled_function
def begin_blocks(L, P, C, own, s, key):  # type: ignore[no-untyped-def]
    """Make the births and arrivals of a step, so that places can be given before people move."""
    for b in range(own.shape[0]):
        lo = b * BLOCK
        hi = min(lo + BLOCK, P.n)
        if P.person[lo].start <= s <= P.person[hi - 1].last:
            begin_step(L, P, C, lo, hi, s, key)


@compiled_function
def leaving_bounds(R, V, largest, s, drift, values, out):  # type: ignore[no-untyped-def]
    """Write into `out` (slots, states + 1) the draw up to which anyone there might leave.

    `largest` (slots, references) holds the greatest multiplier each reference can give; features of
    the calendar are known exactly at step `s`, and `drift` (transitions,) bounds the drift.
    """
    n_states = R.state.shape[0] - 1
    for slot in range(out.shape[0]):
        for state in range(n_states):
            first = R.state[state].first
            last = R.state[state].last
            for j in range(first, last):
                t = R.out[j]
                transition = R.transition[t]
                most = 0.0
                for arm in range(R.effects.shape[0]):
                    value = transition.base * drift[t]
                    for part in range(2):
                        begin = transition.first if part == 0 else R.effects[arm, t, 0]
                        end = transition.last if part == 0 else R.effects[arm, t, 1]
                        for r in range(begin, end):
                            reference = R.reference[r]
                            feature = V.feature[reference.feature]
                            ratio = largest[slot, r]
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
                            if at >= 0:
                                ratio = R.table[reference.table + min(at, reference.length - 2)]
                            if value > 0.0 and ratio != 1.0:
                                value = apply_ratio(value, ratio, reference.scale, transition.kind)
                    most = max(most, value)
                values[j - first] = most
            total = combine(R, first, last, values)
            out[slot, state] = np.uint32(min(np.ceil(total * (1.0 + 1e-9) * 2.0**32), 2.0**32 - 1))
        out[slot, n_states] = 0


@compiled_function
def fix_chances(R, track, seen, values):  # type: ignore[no-untyped-def]
    """Work out the chances in states where nothing but the state itself decides."""
    for state in range(R.state.shape[0] - 1):
        if R.state[state].fixed == 1:
            first = R.state[state].first
            last = R.state[state].last
            for j in range(first, last):
                t = R.out[j]
                for r in range(R.transition[t].first, R.transition[t].last):
                    seen[R.reference[r].feature] = state - track[R.state[state].track].first
                values[j - first] = transition_value(R, t, 0, 0, seen)
            R.state[state].leave = combine(R, first, last, values)
            for j in range(first, last):
                R.fixed[j] = values[j - first]


@compiled_function
def chances_of(R, V, P, row, i, arm, track, s, seen, values):  # type: ignore[no-untyped-def]
    """Return the chance that one person leaves their state; `values` gets each transition's."""
    state = R.state[P.state[track, row]]
    for j in range(state.feature_first, state.feature_last):
        f = V.state_feature[j]
        seen[f] = observe(V, P, f, row, i, arm, s)
    return chances(R, P.state[track, row], arm, s, seen, values)


@compiled_function
def multiplier_of(R, r, seen):  # type: ignore[no-untyped-def]
    """Return the multiplier of a reference, given the features seen of a person."""
    return multiplier(R, r, seen)


@compiled_function
def value_of(R, t, arm, s, seen):  # type: ignore[no-untyped-def]
    """Return a transition's rate per step or probability, given the features seen of a person."""
    return transition_value(R, t, arm, s, seen)
