"""Steps of blocks of people: births and arrivals, uses that depend on history, decisions, moves."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.kernel.decisions import decide_all
from sisim.engine.kernel.divergence import active_arms, diverge, list_at_risk
from sisim.engine.kernel.hazards import multiplier
from sisim.engine.kernel.jit import compiled_function
from sisim.engine.kernel.leaving import count_leaver
from sisim.engine.kernel.moves import arrive, cell_of, move_all, remove, start_life
from sisim.engine.kernel.observation import observe
from sisim.engine.kernel.prevented import list_followed, note_followed
from sisim.engine.kernel.thinning import add_to_index, first_born


@compiled_function
def begin_step(R, V, L, P, C, lo, hi, s, key):  # type: ignore[no-untyped-def]
    """Ageing out, births, arrivals, and birthdays that change cell, at the start of step `s`."""
    arms = P.diverged.shape[0]
    record = max(s - L.history, 0)
    i = first_born(P.person, lo, hi, s - L.max_age)
    while i < hi and P.person[i].last == s:
        for arm in range(arms + 1):
            if arm == 0 or P.diverged[arm - 1, i]:
                if L.leaver.shape[0] > 0:
                    row = np.uint64(i + arm * P.n)
                    count_leaver(R, V, L, P, C, row, np.uint64(i), arm, s, tb.BY_AGE)
                remove(L, P, C, i + arm * P.n, i, arm, s, max(s - 1, P.person[i].born))
        i += 1
    i = lo if s == 0 else first_born(P.person, lo, hi, s)
    b = lo // tb.BLOCK
    while i < hi and P.person[i].start == s:
        start_life(L, P, np.uint64(i), s, key)
        add_to_index(L, P, np.uint64(i), s, b, lo)
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
                        if (arm == 0 or P.diverged[arm - 1, i]) and (
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
def begin_blocks(R, V, L, P, C, blocks, s, key):  # type: ignore[no-untyped-def]
    """Make the births and arrivals of a step, so that places can be given before people move."""
    for b in blocks:
        lo = b * tb.BLOCK
        hi = min(lo + tb.BLOCK, P.n)
        if P.person[lo].start <= s <= P.person[hi - 1].last:
            begin_step(R, V, L, P, C, lo, hi, s, key)


@compiled_function
def use_of(R, V, P, use, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return what a person uses in a step by base x factors, in the unit of what is counted."""
    amount = use.amount
    for r in range(use.first, use.last):
        f = np.uint64(R.reference[r].feature)
        amount *= multiplier(R, r, observe(V, P, f, row, i, arm, s))
    return np.int64(np.round(amount * tb.FIXED_POINT))


@compiled_function
def count_uses(R, V, L, P, C, lo, hi, s):  # type: ignore[no-untyped-def]
    """Add up uses that depend on a person's history; in an arm, the difference from without."""
    record = s - L.history
    for m in range(L.use.shape[0]):
        use = L.use[m]
        track = R.state[use.state].track
        for i in range(np.uint64(lo), np.uint64(hi)):
            # Who is not there has no state.
            if P.state[track, i] == use.state and s >= P.person[i].arrive:
                # Not 0 alone, for which the function would be compiled once more.
                without = np.int64(0)
                C.use[without, record, P.person[i].area, m] += use_of(
                    R, V, P, use, i, i, without, s
                )
    for arm in range(P.diverged.shape[0]):
        # Whose peers fare otherwise in an arm uses otherwise only what depends on them.
        anyone = np.bool_(False)
        for m in range(L.use.shape[0]):
            anyone = anyone or (P.share_diverged[arm] and L.use[m].by_peers == 1)
        for i in range(np.uint64(lo), np.uint64(hi)):
            shared = not P.diverged[arm, i]
            if shared and not P.treated[arm, i] and not anyone:
                continue
            if s < P.person[i].arrive:
                continue
            for side in range(2):
                # Side 0: what the person uses in this arm; side 1: what they use without.
                as_arm = arm + 1 if side == 0 else 0
                row = i if shared else i + np.uint64(as_arm * P.n)
                if not P.alive[row]:
                    continue
                for m in range(L.use.shape[0]):
                    use = L.use[m]
                    if P.state[R.state[use.state].track, row] == use.state:
                        parts = use_of(R, V, P, use, row, i, as_arm, s)
                        C.use[arm + 1, record, P.person[i].area, m] += (
                            parts if side == 0 else -parts
                        )


@compiled_function
def run_blocks(  # type: ignore[no-untyped-def]
    R, V, L, P, B, C, W, blocks, s0, s1, begun, key, logging
):
    """Run steps [s0, s1), with their bounds `B`, for some blocks, each through all in turn.

    `begun`: whether the births and arrivals of step `s0` are already made.
    """
    for b in blocks:
        lo = b * tb.BLOCK
        hi = min(lo + tb.BLOCK, P.n)
        if P.person[lo].start >= s1 or P.person[hi - 1].last < s0:
            continue
        diverged = W.diverged[b]
        for s in range(s0, s1):
            if not (begun and s == s0):
                begin_step(R, V, L, P, C, lo, hi, s, key)
            if s >= L.history and L.use.shape[0] > 0:
                count_uses(R, V, L, P, C, lo, hi, s)
            arms = active_arms(L, P, b, s)
            n, shared = list_at_risk(L, P, B, W, diverged, arms, b, lo, hi, s, s - s0, key)
            decide_all(R, V, P, L.track, W, n, shared, arms, s, L.first_step + s, key)
            if arms > 0:
                count = 0
                if V.follow.shape[0] > 0:
                    moment = L.first_step + s
                    count = note_followed(R, V, P, L.track, W, n, s, moment, key)
                n = diverge(P, W, diverged, n, shared, s)
                if V.follow.shape[0] > 0:
                    n = list_followed(V, P, W, diverged, arms, n, count, s)
            move_all(R, V, L, P, C, W, n, shared, arms, s, logging)
