"""Leaving the population for later years: in which state and with which background, by arm."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.kernel.hazards import multiplier
from sisim.engine.kernel.jit import compiled_function
from sisim.engine.kernel.observation import observe


@compiled_function
def count_leaver(R, V, L, P, C, row, i, arm, at, way):  # type: ignore[no-untyped-def]
    """Count someone who leaves at the start of step `at` to go on in another pathway.

    `way` is how they leave; who has not yet arrived, or is too young, does not go on.
    """
    age = at - P.person[i].born - L.leaver_from
    record = at - L.history
    if age < 0 or record < 0 or record >= C.left.shape[1] or at < P.person[i].arrive:
        return
    if P.alive[row]:
        years = np.uint64(min(age // L.steps_per_risk_age, C.left.shape[3] - 1))
        code = 0
        for m in range(L.leaver.shape[0]):
            r = np.uint64(L.leaver[m].reference)
            f = np.uint64(R.reference[r].feature)
            category = np.int64(np.round(multiplier(R, r, observe(V, P, f, row, i, arm, at))))
            code += category * L.leaver[m].stride
        C.left[arm, record, way, years, code] += 1
        if arm == 0:
            for a in range(P.diverged.shape[0]):
                if P.diverged[a, i]:
                    C.left[a + 1, record, way, years, code] -= 1


@compiled_function
def count_remaining(R, V, L, P, C, s):  # type: ignore[no-untyped-def]
    """Count everyone who is left when the simulated years are over, in every arm."""
    for i in range(P.n):
        for arm in range(P.diverged.shape[0] + 1):
            if arm == 0 or P.diverged[arm - 1, i]:
                row = np.uint64(i + arm * P.n)
                count_leaver(R, V, L, P, C, row, np.uint64(i), arm, s, tb.BY_AGE)
