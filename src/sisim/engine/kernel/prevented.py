"""Prevented and hastened transitions: for whom an effect changes something, and what follows.

Whom it has happened to is told by the person's own draws, asked once more as if the effect were
not: by law L3 the same luck meets both. Effects that something follows from are let in one after
the other, in the order of the file, and each answers for what changes as it comes.
"""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE, draw
from sisim.engine.kernel.decisions import choose, leaves
from sisim.engine.kernel.hazards import apply_ratio, multiplier, share_out
from sisim.engine.kernel.jit import compiled_function, inlined, inlined_late
from sisim.engine.kernel.observation import observe


@inlined
def is_followed(R, V, r):  # type: ignore[no-untyped-def]
    """Return whether something follows from the effect that a reference is."""
    found = False
    feature = V.feature[R.reference[r].feature]
    if R.reference[r].kind == tb.EFFECT and feature.kind != tb.STATE:
        effect = V.effect[feature.arg]
        found = effect.follow_last > effect.follow_first
    return found


@inlined_late
def left_by(R, V, W, item, s, luck, until):  # type: ignore[no-untyped-def]
    """Return the transition by which someone leaves with two draws, and where to, or STAYS twice.

    Of the effects that something follows from, those `until` a place and a reference act. What is
    known of the person stands in the first row of `leaver_features`.
    """
    here, arm = np.int64(item.state), np.int64(item.arm)
    first, last = R.state[here].first, R.state[here].last
    for j in range(first, last):
        t = R.out[j]
        transition = R.transition[t]
        value = transition.base * R.drift[t, s]
        for part in range(2):
            begin = transition.first if part == 0 else R.effects[arm, t, 0]
            end = transition.last if part == 0 else R.effects[arm, t, 1]
            for r in range(begin, end):
                off = j > until[0] or (j == until[0] and r > until[1])
                if part == 1 and off and is_followed(R, V, r):
                    continue
                reference = R.reference[r]
                ratio = multiplier(R, r, W.leaver_features[0, reference.feature])
                if ratio != 1.0 and value > 0.0:
                    value = apply_ratio(value, ratio, reference.scale, transition.kind)
        W.values[j - first, 0] = value
    found = np.int64(tb.STAYS)
    to = np.int64(tb.STAYS)
    if leaves(R, here, luck[0], W.values, 0):
        if R.state[here].stages > 1:
            share_out(R, first, last, W.values, 0)
        for j in range(last - first):
            W.leaver_chances[0, j] = W.values[j, 0]
        found, to = choose(
            R, here, luck[1], luck[0], W.leaver_chances[0], W.leaver_features[0], W.weights
        )
    return np.int64(found), np.int64(to)


@inlined
def is_noted(W, count, i, arm, g):  # type: ignore[no-untyped-def]
    """Return whether something is among the `count` things that begin for a person in an arm."""
    found = False
    for q in range(count):
        one = W.followed[q]
        found = found or (one[0] == i and one[1] == arm and one[2] == g)
    return found


@compiled_function
def note_followed(R, V, P, track, W, n, s, moment, key):  # type: ignore[no-untyped-def]
    """Note for whom something follows of what has been decided in a step; return how much.

    For whom something follows gets a row of their own, though their decision be as without.
    """
    count = 0
    without = np.int64(0)
    for m in range(n):
        item = W.work[m]
        here, arm = np.int64(item.state), np.int64(item.arm)
        if arm == 0:
            without = np.int64(m)
        if arm == 0 or not R.state[here].followed:
            continue
        i, row = np.uint64(item.person), np.uint64(item.row)
        for j in range(R.state[here].feature_first, R.state[here].feature_last):
            f = np.uint64(V.state_feature[j])
            W.leaver_features[0, f] = observe(V, P, f, row, i, arm, s)
        u = item.draw * SCALE
        v = draw(P.lo[i], P.hi[i], moment, track[R.state[here].track].to, key) * SCALE
        before, _ = left_by(R, V, W, item, s, (u, v), (np.int64(-1), np.int64(-1)))
        for j in range(R.state[here].first, R.state[here].last):
            t = R.out[j]
            for r in range(R.effects[arm, t, 0], R.effects[arm, t, 1]):
                if not is_followed(R, V, r):
                    continue
                now, _ = left_by(R, V, W, item, s, (u, v), (np.int64(j), np.int64(r)))
                if (now == t) != (before == t):
                    effect = V.effect[V.feature[R.reference[r].feature].arg]
                    for g in range(effect.follow_first, effect.follow_last):
                        drawn = draw(P.lo[i], P.hi[i], moment, V.follow[g].purpose, key) * SCALE
                        if drawn < V.follow[g].share and not is_noted(W, count, i, arm, g):
                            W.followed[count, 0] = item.person
                            W.followed[count, 1] = arm
                            W.followed[count, 2] = g
                            count += 1
                            if item.transition == tb.AS_WITHOUT:
                                W.work[m].transition = W.work[without].transition
                                W.work[m].to = W.work[without].to
                before = now
    return count


@inlined
def list_move(V, P, W, n, i, arm, g, begins):  # type: ignore[no-untyped-def]
    """List that something begins, or ends, for a person in an arm; return how many are listed."""
    follow = V.follow[g]
    row = np.int64(i) + arm * P.n
    item = W.work[np.uint64(n)]
    item.person = i
    item.row = row
    item.arm = arm
    item.track = follow.track
    item.state = P.state[follow.track, row]
    item.draw = 0
    item.transition = follow.enter if begins else follow.leave
    item.to = follow.state if begins else follow.after
    return n + 1


@compiled_function
def list_followed(V, P, W, diverged, arms, n, count, s):  # type: ignore[no-untyped-def]
    """List what ends in a step, and the `count` things noted that begin; return the items.

    Only who has a row of their own can have any of them. What begins anew does not end first.
    """
    for a in range(arms):
        for m in range(diverged[a, tb.BLOCK]):
            i = np.int64(diverged[a, m])
            row = i + (a + 1) * P.n
            for g in range(V.follow.shape[0]):
                follow = V.follow[g]
                if (
                    P.state[follow.track, row] == follow.state
                    and s + 1 - P.since[row, follow.track] >= follow.lasts
                    and not is_noted(W, count, i, a + 1, g)
                ):
                    n = list_move(V, P, W, n, i, a + 1, g, False)
    for q in range(count):
        n = list_move(V, P, W, n, W.followed[q, 0], W.followed[q, 1], W.followed[q, 2], True)
    return n
