"""Divergence of arms: who is at risk in which arm, and rows of their own for those who diverge.

An arm shares the row of everyone for whom nothing has yet come out differently in it (law L4).
"""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE
from sisim.engine.kernel.jit import compiled_function, inlined
from sisim.engine.kernel.thinning import (
    candidates_of_step,
    cross_track_bound,
    diverged_candidates_of_step,
    list_start,
    look_ahead,
    refresh_index,
    within_cross_track_bound,
)


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
    item.transition = tb.STAYS
    item.to = tb.STAYS
    return n + 1


@inlined
def active_arms(L, P, b, s):  # type: ignore[no-untyped-def]
    """Return how many arms to look at in a block: none if nobody can come out differently there."""
    # Of the type it has in the end: begun as a literal, its callers would be compiled twice.
    arms = np.int64(0)
    for a in range(P.diverged.shape[0]):
        works = P.block[b].affected == 1 or P.share_diverged[a]
        for area in range(L.area_active.shape[1]):
            works = works or L.area_active[a, area, s]
        if works:
            arms = P.diverged.shape[0]
    return arms


@compiled_function
def list_at_risk(L, P, B, W, diverged, arms, b, lo, hi, s, at, key):  # type: ignore[no-untyped-def]
    """List who might move in a step, on any track, in any arm; return (items, first own row).

    The step is the `at`:th of those for which the bounds `B` are given.
    """
    moment = L.first_step + s
    lane = np.uint64(moment & 3)
    bound, most, active = B.bound[B.step[at]], B.most[B.step[at]], B.active[B.step[at]]
    apart = np.bool_(False)
    for a in range(arms):
        apart = apart or diverged[a, tb.BLOCK] > 0
    n = 0
    if lane == 0:
        refresh_index(L, P, b, lo, hi, s, apart)
    end = lo + P.block[b].living
    start = list_start(P, lo)
    for k in range(L.n_tracks):
        anybody = False
        for age in range(P.block[b].youngest, P.block[b].oldest + 1):
            anybody = anybody or active[age, k]
        if not anybody:
            continue
        if P.drawn[b, k].moment != moment >> 2 or P.drawn[b, k].until < end:
            ahead = B.bound[B.four[at]]
            look_ahead(L, P, W, diverged, b, k, lo, end, moment >> 2, ahead, key)
        listed = P.drawn[b, k].listed
        count = candidates_of_step(P, k, lane, start, listed, bound, W.leavers)
        if L.track[k].cross_track:
            count = within_cross_track_bound(L, P, W.leavers, count, lane, most, k, s)
        for m in range(np.uint64(count)):
            which = np.uint64(W.leavers[m])
            u = P.draws[k, lane, which]
            i = np.uint64(P.living[np.uint64(P.listed[k, which])])
            state = P.state[k, i]
            n = list_item(W, n, i, i, 0, k, state, u)
            for a in range(arms):
                if (
                    L.may_diverge[a, state]
                    and not P.diverged[a, i]
                    and P.person[i].arrive <= s
                    and (
                        P.treated[a, i]
                        or L.area_active[a, P.person[i].area, s]
                        or (P.share_diverged[a] and L.by_peers[state])
                    )
                ):
                    n = list_item(W, n, i, i, a + 1, k, state, u)
    shared = n
    for a in range(arms):
        for k in range(L.n_tracks if diverged[a, tb.BLOCK] > 0 else 0):
            if P.drawn[b, k].moment != moment >> 2:
                continue
            count = diverged_candidates_of_step(
                P, k, lane, start, P.drawn[b, k].listed, a, bound, W.leavers
            )
            for m in range(np.uint64(count)):
                which = np.uint64(W.leavers[m])
                u = P.draws[k, lane, which]
                position = np.uint64(P.listed[k, which])
                i = np.uint64(P.living[position])
                row = i + np.uint64((a + 1) * P.n)
                state = P.state[k, row]
                if not L.state[state].cross_track or (
                    u * SCALE
                    <= cross_track_bound(
                        L, P, most[np.uint64(P.risk_class[position])], row, k, state, s
                    )
                ):
                    n = list_item(W, n, i, row, a + 1, k, state, u)
    return n, shared


@compiled_function
def diverge(P, W, diverged, n, shared, s):  # type: ignore[no-untyped-def]
    """Give a row to whoever comes out differently in an arm for the first time.

    What happens to them on other tracks in this step is as without; return the number of items.
    """
    extra = n
    for m in range(shared):
        item = W.work[m]
        if (
            item.arm == 0
            or item.transition == tb.AS_WITHOUT
            or P.diverged[item.arm - 1, item.person]
        ):
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
        P.diverged[a, i] = True
        P.divergence_step[a, i] = s + 1
        P.block[i // tb.BLOCK].affected = 1
        diverged[a, diverged[a, tb.BLOCK]] = i
        diverged[a, tb.BLOCK] += 1
        for k in range(P.state.shape[0]):
            t = tb.STAYS
            to = tb.STAYS
            for q in range(shared):
                other = W.work[q]
                if (
                    other.person == i
                    and other.track == k
                    and (
                        other.arm == 0
                        or (other.arm == item.arm and other.transition != tb.AS_WITHOUT)
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
