"""Moves: transitions, entry to the population and exit from it, with their counts."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.draws import SCALE, draw
from sisim.engine.kernel.jit import compiled_function, inlined
from sisim.engine.kernel.leaving import count_leaver


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
def remove(L, P, C, row, i, arm, at, cell_step):  # type: ignore[no-untyped-def]
    """Take a person out of the population from step `at`."""
    arms = P.diverged.shape[0]
    if P.alive[row]:
        record = max(at - L.history, 0)
        if at > P.person[i].arrive and record < C.stock.shape[1]:
            cell = cell_of(L, P, i, cell_step)
            for k in range(L.n_tracks):
                C.stock[arm, record, cell, P.state[k, row]] -= 1
                if arm == 0:
                    for a in range(arms):
                        if P.diverged[a, i]:
                            C.stock[a + 1, record, cell, P.state[k, row]] += 1
        P.alive[row] = False
        if arm == 0:
            P.block[i // tb.BLOCK].left += 1
        for k in range(L.n_tracks):
            P.state[k, row] = L.gone


@compiled_function
def move_all(R, V, L, P, C, W, n, shared, arms, s, logging):  # type: ignore[no-untyped-def]
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
                    if P.diverged[a, i]:
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
                            if P.diverged[a, i]:
                                C.entry[a + 1, record, cell, g, again] -= 1
                remember_entry(L, P, g, row, s + 1)
        W.leavers[leavers] = row
        leavers += np.uint64(L.state[to].exit)
    for m in range(leavers):
        row = W.leavers[m]
        if L.leaver.shape[0] > 0:
            for track in range(L.n_tracks):
                way = np.int64(L.leaver_way[P.state[track, row]])
                if way > tb.BY_AGE:
                    who = np.uint64(row % P.n)
                    count_leaver(R, V, L, P, C, np.uint64(row), who, row // P.n, s + 1, way)
        remove(L, P, C, row, row % P.n, row // P.n, s + 1, s)


@inlined
def start_life(L, P, i, s, key):  # type: ignore[no-untyped-def]
    """Let a person begin to live, in start states drawn for them."""
    P.alive[i] = True
    area = np.uint64(P.person[i].area)
    for k in range(np.uint64(L.n_tracks)):
        state = np.uint64(L.track[k].first)
        if L.start_share[area, state] < 1.0:
            last = np.uint64(L.track[k].last - 1)
            u = draw(P.lo[i], P.hi[i], tb.ONCE, L.track[k].start, key) * SCALE
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
    for a in range(P.diverged.shape[0]):
        ratio = L.entry_ratio[a, P.person[i].area, s]
        if ratio < 1.0 and draw(P.lo[i], P.hi[i], tb.ONCE, L.p_entry, key) * SCALE >= ratio:
            row = np.uint64(np.int64(i) + (a + 1) * P.n)
            P.diverged[a, i] = True
            P.divergence_step[a, i] = s
            P.block[i // np.uint64(tb.BLOCK)].affected = 1
            P.alive[row] = False
            if s >= L.history:
                C.arrivals[a + 1, record, cell] -= 1
            for k in range(np.uint64(L.n_tracks)):
                C.stock[a + 1, record, cell, P.state[k, i]] -= 1
                P.state[k, row] = L.gone
