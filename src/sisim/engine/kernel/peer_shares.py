"""Shares among peers: how many people each group of peers has, and in a shared state, by arm."""

from __future__ import annotations

import numpy as np

from sisim.engine.kernel.jit import compiled_function


@compiled_function
def count_peers(member, tracks, n, person, state, alive, peers, diverged, s, found):  # type: ignore[no-untyped-def]
    """Count residents by group of peers, and those of them who are in a group of states.

    Args:
        member: Whether a state is in each share's group of states, bool (shares, states + 1).
        tracks: The track of that group, (shares,).
        n: How many people there are in all.
        person: As in `Columns`, as are `state`, `alive`, `peers` and `diverged`.
        state: Their states.
        alive: Whether they are there.
        peers: Their groups of peers.
        diverged: Who has a row of their own in an arm.
        s: The step.
        found: Gets the counts added, int64 (1 + arms, shares, groups of peers, 2): inside, and in
            all. Arm 0 is `without`; the others are differences from it.
    """
    for q in range(np.uint64(tracks.shape[0])):
        here = state[np.uint64(tracks[q])]
        for i in range(np.uint64(n)):
            if alive[i] and person[i].arrive <= s:
                group = np.uint64(peers[q, i])
                found[0, q, group, 0] += member[q, here[i]]
                found[0, q, group, 1] += 1
        # Who has no row of their own in an arm stands there as without.
        for a in range(np.uint64(diverged.shape[0])):
            arm = a + np.uint64(1)
            for i in range(np.uint64(n)):
                if diverged[a, i] and person[i].arrive <= s:
                    row, group = i + arm * np.uint64(n), np.uint64(peers[q, i])
                    found[arm, q, group, 0] -= alive[i] and member[q, here[i]]
                    found[arm, q, group, 1] -= alive[i]
                    found[arm, q, group, 0] += alive[row] and member[q, here[row]]
                    found[arm, q, group, 1] += alive[row]
