"""Thinning: candidates for leaving a state, found by comparing draws with bounds on the chance.

Most people stay where they are, so the draws of four steps at a time are first compared with the
largest chance of leaving that anyone in that state can have (Lewis & Shedler 1979), and only
candidates are observed. The living of each block stand in a compact index, in order of birth.
"""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE, U32, fill
from sisim.engine.kernel.hazards import apply_ratio, leaving_chance, look_up
from sisim.engine.kernel.jit import compiled_function, inlined


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
def risk_age(L, born, s):  # type: ignore[no-untyped-def]
    """Return the year of age by which the bounds of someone born at a step are looked up."""
    age = np.int32((max(s - born, 0) + 0.5) * L.risk_ages_per_step)
    return min(age, L.risk_ages - 1)


@inlined
def add_to_index(L, P, i, s, b, lo):  # type: ignore[no-untyped-def]
    """Give a person born now a position among the living of their block."""
    position = np.uint64(lo + P.block[b].living)
    age = risk_age(L, P.person[i].born, s)
    P.living[position] = i
    P.living_lo[position] = P.lo[i]
    P.living_hi[position] = P.hi[i]
    P.position[i] = position
    P.risk_class[position] = age * L.risk_backgrounds + P.person[i].background
    P.block[b].youngest = min(P.block[b].youngest, age)
    P.block[b].oldest = max(P.block[b].oldest, age)
    P.block[b].living += 1


@inlined
def rebuild_index(P, b, lo, born, apart):  # type: ignore[no-untyped-def]
    """Give positions to those of [lo, born) who are alive in any arm, and to nobody else."""
    # One loop after the other, none with a branch: so the processor never has to guess.
    end = np.uint64(lo)
    for one in range(np.uint64(lo), np.uint64(born)):
        alive = P.alive[one]
        if apart:
            for a in range(P.diverged.shape[0]):
                alive = alive or (P.diverged[a, one] and P.alive[one + np.uint64((a + 1) * P.n)])
        P.living[end] = one
        end += np.uint64(alive)
    for position in range(np.uint64(lo), end):
        i = np.uint64(P.living[position])
        P.living_lo[position] = P.lo[i]
        P.living_hi[position] = P.hi[i]
        P.position[i] = position
        P.risk_class[position] = P.person[i].background
    P.block[b].living = end - np.uint64(lo)
    P.block[b].left = 0


@compiled_function
def refresh_index(L, P, b, lo, hi, s, apart):  # type: ignore[no-untyped-def]
    """See who lives in a block, and look up the bounds of those of their age."""
    # To pass by a few who have left costs less than to give everyone else a new position.
    if P.block[b].left * tb.REINDEX_WHEN_LEFT > P.block[b].living:
        rebuild_index(P, b, lo, first_born(P.person, lo, hi, s + 1), apart)
    end = np.uint64(lo + P.block[b].living)
    if L.risk_ages > 1:
        for position in range(np.uint64(lo), end):
            i = np.uint64(P.living[position])
            age = risk_age(L, P.person[i].born, s)
            P.risk_class[position] = age * L.risk_backgrounds + P.person[i].background
    P.block[b].youngest = L.risk_ages
    P.block[b].oldest = 0
    if end > np.uint64(lo):
        # People stand in order of birth.
        P.block[b].youngest = risk_age(L, P.person[P.living[end - np.uint64(1)]].born, s)
        P.block[b].oldest = risk_age(L, P.person[P.living[lo]].born, s)


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
def leaving_bounds(R, V, arms, largest, s, drift, values, out, greatest):  # type: ignore[no-untyped-def]
    """Write into `out` (classes, states + 1) the draw up to which anyone there might leave.

    It holds in the arm `without` and the first `arms` others. Classes are risk classes. `largest`
    (references, classes) holds the greatest multiplier each reference can give; features of the
    calendar are known exactly at step `s`, and `drift` (transitions,) bounds the drift.
    `greatest` (classes, transitions out of states) gets the greatest rate or probability of each;
    `values` (MAX_OUT + 1, classes) is work space.
    """
    n_states = R.state.shape[0] - 1
    classes = np.uint64(out.shape[0])
    value = values[values.shape[0] - 1]
    for state in range(n_states):
        first = R.state[state].first
        last = R.state[state].last
        for j in range(first, last):
            t = R.out[j]
            transition = R.transition[t]
            most = values[j - first]
            most[:] = 0.0
            for arm in range(arms + 1):
                value[:] = transition.base * drift[t]
                for part in range(2):
                    begin = transition.first if part == 0 else R.effects[arm, t, 0]
                    end = transition.last if part == 0 else R.effects[arm, t, 1]
                    for r in range(begin, end):
                        reference = R.reference[r]
                        known = known_now(R, V, r, state, s)
                        for risk in range(classes):
                            ratio = known if known >= 0.0 else largest[r, risk]
                            if value[risk] > 0.0 and ratio != 1.0:
                                value[risk] = apply_ratio(
                                    value[risk], ratio, reference.scale, transition.kind
                                )
                for risk in range(classes):
                    most[risk] = max(most[risk], value[risk])
            for risk in range(classes):
                # More than single precision, and the product of a few factors in it, can lose.
                greatest[risk, j] = most[risk] * (1.0 + 1e-5)
        for risk in range(classes):
            total = leaving_chance(R, first, last, values, risk)
            out[risk, state] = np.uint32(min(np.ceil(total * (1.0 + 1e-9) * 2.0**32), 2.0**32 - 1))
    out[:, n_states] = 0


@inlined
def list_candidates(P, W, k, first, end, bound, out):  # type: ignore[no-untyped-def]
    """Write the positions of [first, end) of who might leave their state on a track; how many.

    The least of their four draws and their `bound` (classes, states + 1) tell.
    """
    # Without a branch: whether a draw falls below is what a processor cannot guess.
    n = np.uint64(0)
    risk, living, state = P.risk_class[first:end], P.living[first:end], P.state[k]
    for m in range(np.uint64(end - first)):
        out[n] = np.int64(m) + first
        at = np.uint64(risk[m])
        n += np.uint64(W.least[m] <= bound[at, state[np.uint64(living[m])]])
    return np.int64(n)


@inlined
def list_diverged_candidates(P, W, diverged, k, first, end, bound, n, out):  # type: ignore[no-untyped-def]
    """Add to `n` candidates those who might leave only in a row of their own; how many they are."""
    for a in range(P.diverged.shape[0]):
        for m in range(diverged[a, tb.BLOCK]):
            i = np.uint64(diverged[a, m])
            position = P.position[i]
            if position < first or position >= end or P.living[position] != i:
                continue
            least, of_slot = W.least[position - first], bound[np.uint64(P.risk_class[position])]
            listed = least <= of_slot[P.state[k, i]]
            for other in range(a):
                if P.diverged[other, i]:
                    listed |= least <= of_slot[P.state[k, i + np.uint64((other + 1) * P.n)]]
            if not listed and least <= of_slot[P.state[k, i + np.uint64((a + 1) * P.n)]]:
                out[n] = position
                n += 1
    return n


@inlined
def candidates_of_step(P, k, lane, first, listed, bound, out):  # type: ignore[no-untyped-def]
    """Write which of those listed might leave their state in a step; return how many."""
    n = np.uint64(0)
    positions, draws, state = P.listed[k, first:], P.draws[k, lane, first:], P.state[k]
    for m in range(np.uint64(listed)):
        position = np.uint64(positions[m])
        out[n] = np.int64(m) + first
        at = np.uint64(P.risk_class[position])
        n += np.uint64(draws[m] <= bound[at, state[np.uint64(P.living[position])]])
    return np.int64(n)


@inlined
def diverged_candidates_of_step(P, k, lane, first, listed, a, bound, out):  # type: ignore[no-untyped-def]
    """Write which of those listed have a row of their own and might leave its state."""
    n = np.uint64(0)
    arm = np.uint64((a + 1) * P.n)
    for m in range(np.uint64(first), np.uint64(first + listed)):
        position = np.uint64(P.listed[k, m])
        i = np.uint64(P.living[position])
        if P.diverged[a, i]:
            out[n] = m
            n += np.uint64(
                P.draws[k, lane, m] <= bound[np.uint64(P.risk_class[position]), P.state[k, i + arm]]
            )
    return np.int64(n)


@inlined
def cross_track_bound(L, P, most, row, k, here, s):  # type: ignore[no-untyped-def]
    """Return what a chance of leaving is at most, as things stand on a person's other tracks.

    That is the sum of `most` (transitions out of states,), each times its factors for their states
    and for how long they have stayed.
    """
    total = np.float32(0.0)
    stayed = np.uint32(s - P.since[row, k])
    for j in range(np.uint64(L.state[here].first), np.uint64(L.state[here].last)):
        # Always as many, so that the processor need not guess; 1 where there are fewer.
        value = most[j]
        for c in range(np.uint64(tb.CROSS_TRACKS)):
            beside = L.cross_track[j, c]
            value *= L.share_of_bound[beside.offset + P.state[beside.track, row]]
        value *= L.share_of_bound[L.stay[j].offset + min(stayed, L.stay[j].longest)]
        total += value
    return total


@inlined
def within_cross_track_bound(L, P, listed, count, lane, most, k, s):  # type: ignore[no-untyped-def]
    """Keep, of the first `count` in a list, those who might still leave; return how many."""
    # Unsigned here and below: an index that may be negative costs as much as what it finds.
    kept = np.uint64(0)
    for m in range(np.uint64(count)):
        at = np.uint64(listed[m])
        position = np.uint64(P.listed[k, at])
        i = np.uint64(P.living[position])
        here = P.state[k, i]
        listed[kept] = at
        stays = False
        if L.state[here].cross_track:
            risk = np.uint64(P.risk_class[position])
            stays = P.draws[k, lane, at] * SCALE > cross_track_bound(
                L, P, most[risk], i, k, here, s
            )
        kept += np.uint64(not stays)
    return np.int64(kept)


@inlined
def list_start(P, lo):  # type: ignore[no-untyped-def]
    """Return where the list of a block begins: there is one for each, or one for all in turn."""
    return lo if P.listed.shape[1] > tb.BLOCK else np.int64(0)


@compiled_function
def look_ahead(L, P, W, diverged, b, k, lo, end, moment, bound, key):  # type: ignore[no-untyped-def]
    """List who might move on a track in the four steps that are drawn for together.

    `bound` (classes, states + 1) holds for all four. It is done once for everyone in positions
    [lo, end), so whoever moves is listed already, and stays listed in the state they come to.
    """
    start = list_start(P, lo)
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
        positions = P.listed[k, start + listed :]
        draws = P.draws[k, :, start + listed :]
        more = list_candidates(P, W, k, first, end, bound, positions)
        more = list_diverged_candidates(P, W, diverged, k, first, end, bound, more, positions)
        for lane in range(np.uint64(4)):
            for m in range(np.uint64(more)):
                draws[lane, m] = W.drawn[lane, np.uint64(positions[m] - first)]
        listed += more
    P.drawn[b, k].moment = moment
    P.drawn[b, k].until = end
    P.drawn[b, k].listed = listed
