"""Decisions: who leaves their state in a step, by which transition, and where to."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE, fill_each
from sisim.engine.kernel.hazards import leaving_chance, multiplier, share_out, transition_values
from sisim.engine.kernel.jit import compiled_function, inlined, inlined_late
from sisim.engine.kernel.observation import observe


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
    to = R.only_destination[first + k]
    if to < 0:
        start = R.transition[t].to_first
        total = destination_weights(R, t, seen, weights)
        d, inside = pick(weights, 0, R.transition[t].to_last - start, inside * total)
        if d < 0:
            # Every destination is closed to this person: they stay.
            t = tb.STAYS
            to = tb.STAYS
        else:
            to = R.destination[start + d].state
    return t, to


@inlined
def sort_work(R, W, n):  # type: ignore[no-untyped-def]
    """Put work in states that are not constant in order of arm and state; return how much it is."""
    n_states = R.state.shape[0]
    W.ends[:] = 0
    for m in range(n):
        if not R.state[W.work[m].state].constant:
            W.ends[W.work[m].arm * n_states + W.work[m].state] += 1
    total = 0
    for k in range(W.ends.shape[0]):
        count = W.ends[k]
        W.ends[k] = total
        total += count
    if total > 0:
        for m in range(n):
            if not R.state[W.work[m].state].constant:
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

    Where chances are not constant, people in the same state go together: each of its features and
    factors is looked up for all of them in turn.
    """
    leaving = 0
    for m in range(np.uint64(n)):
        state = R.state[np.uint64(W.work[m].state)]
        if state.constant and W.work[m].draw * SCALE < state.leave:
            note_leaver(P, W, m, track[np.uint64(state.track)].to, leaving)
            if state.weighted:
                # Nothing but their own state can matter to where they go.
                for j in range(state.feature_first, state.feature_last):
                    own = W.work[m].state - track[state.track].first
                    W.leaver_features[leaving, V.state_feature[j]] = own
            leaving += 1
    total = sort_work(R, W, n) if leaving < n else 0
    begin = 0
    while begin < total:
        item = W.work[np.uint64(W.order[np.uint64(begin)])]
        here, arm = np.uint64(item.state), np.int64(item.arm)
        state = R.state[here]
        last = np.uint64(state.feature_base if arm == 0 else state.feature_last)
        end = min(W.ends[np.uint64(arm * R.state.shape[0] + item.state)], begin + tb.BATCH)
        people, start = np.uint64(end - begin), np.uint64(begin)
        for j in range(np.uint64(state.feature_first), last):
            f = np.uint64(V.state_feature[j])
            for q in range(people):
                one = W.work[np.uint64(W.order[start + q])]
                row, i = np.uint64(one.row), np.uint64(one.person)
                W.features[f, q] = observe(V, P, f, row, i, arm, s)
        for j in range(np.uint64(state.first), np.uint64(state.last)):
            values = W.values[j - np.uint64(state.first)]
            transition_values(R, np.uint64(R.out[j]), arm, s, W.features, people, values)
        for q in range(people):
            who = np.uint64(W.order[start + q])
            u = W.work[who].draw * SCALE
            if leaves(R, here, u, W.values, q):
                note_leaver(P, W, who, track[np.uint64(state.track)].to, leaving)
                if state.stages > 1:
                    share_out(R, state.first, state.last, W.values, q)
                at = np.uint64(leaving)
                for j in range(np.uint64(state.last - state.first)):
                    W.leaver_chances[at, j] = W.values[j, q]
                if state.weighted:
                    for j in range(np.uint64(state.feature_first), last):
                        f = np.uint64(V.state_feature[j])
                        W.leaver_features[at, f] = W.features[f, q]
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
        if R.state[here].tabulated:
            k = np.uint64(R.state[here].first)
            # As many for every state, so that the processor need not guess.
            for j in range(np.uint64(R.cumulative_share.shape[1])):
                k += np.uint64(v >= R.cumulative_share[here, j])
            t, to = R.out[k], R.only_destination[k]
        else:
            chance = W.leaver_chances[q]
            if R.state[here].constant:
                chance = R.constant_chance[R.state[here].first : R.state[here].last]
            u = W.work[m].draw * SCALE
            t, to = choose(R, here, v, u, chance, W.leaver_features[q], W.weights)
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
            W.work[m].transition = tb.AS_WITHOUT
