"""Hazards: a transition's rate or probability, base x factors x effects, and chances of leaving."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.kernel.jit import compiled_function, inlined, inlined_late
from sisim.engine.kernel.observation import observe
from sisim.scenario import factor_table

apply_ratio = inlined(factor_table.apply_ratio)
effect_factor = inlined(factor_table.effect_factor)


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

    The strength of an effect is the value of its feature.
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
        result = max(effect_factor(reference.ratio, value), 0.0)
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
    leave = (
        -np.expm1(-total) if R.transition[R.out[j]].kind == factor_table.RATE else min(total, 1.0)
    )
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


@compiled_function
def tabulate_constant_chances(R, track, seen, values):  # type: ignore[no-untyped-def]
    """Work out the chances in states where nothing but the state itself decides.

    `seen` (features, 1) and `values` (MAX_OUT, 1) are work space.
    """
    arm, step = np.int64(0), np.int64(0)
    one, people = np.uint64(0), np.uint64(1)
    for state in range(R.state.shape[0] - 1):
        if R.state[state].constant == 1:
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
                R.constant_chance[j] = values[j - first, 0]
                total += values[j - first, 0]
            if R.state[state].tabulated and total > 0.0:
                fallen = 0.0
                # Whoever has not fallen before falls to the last that there is any chance of.
                for j in range(first, last - 1):
                    fallen += R.constant_chance[j]
                    if fallen < total:
                        R.cumulative_share[state, j - first] = fallen / total


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
