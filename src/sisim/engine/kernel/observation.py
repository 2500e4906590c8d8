"""Observing features: the value that a feature has for a person at a step."""

from __future__ import annotations

import numpy as np

from sisim.engine import tables as tb
from sisim.engine.kernel.jit import compiled_function, inlined, inlined_late


@inlined
def treatment_strength(V, P, effect, i, arm, s):  # type: ignore[no-untyped-def]
    """Return how much of an effect a participant has: onset, fidelity, learning, persistence."""
    spec = V.effect[effect]
    given = P.treatment[arm - 1, spec.investment, i]
    timing = V.timing[arm - 1, spec.investment]
    strength = 0.0
    in_phase = spec.phase == tb.ALWAYS or (
        (spec.phase == tb.PROJECT) == (given.start < timing.project_end)
    )
    since = s - given.start
    if given.start != tb.NEVER and spec.begins <= since < spec.ends and in_phase:
        now = s
        if given.end != tb.NEVER and given.end < s:
            now = given.end
        strength = V.fidelity[arm - 1, spec.investment, now]
        strength *= P.learned[arm - 1, spec.investment, given.start]
        if spec.complement >= 0 and P.treatment[arm - 1, spec.complement, i].start == tb.NEVER:
            strength *= spec.without
        if timing.onset > 0.0:
            strength *= min((now - given.start) / timing.onset, 1.0)
        if given.end != tb.NEVER:
            strength *= V.persist[effect, s - given.end]
        if spec.modifier >= 0:
            strength *= P.numbers[spec.modifier, i]
    return strength


@inlined
def acts_here(V, P, effect, row):  # type: ignore[no-untyped-def]
    """Return whether an effect acts in the states that a person is in, on all tracks."""
    found = True
    for k in range(np.uint64(P.state.shape[0])):
        found = found and V.only_in[effect, np.uint64(P.state[k, row])]
    return found


@inlined
def effect_strength(V, P, feature, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return how much of an effect there is for a person now, participant or in an area."""
    effect = np.uint64(feature.arg)
    if feature.kind == tb.TREATMENT:
        value = treatment_strength(V, P, effect, i, arm, s)
    else:
        value = V.strength[effect, P.person[i].area, s]
        modifier = V.effect[effect].modifier
        if modifier >= 0:
            value *= P.numbers[modifier, i]
    if V.effect[effect].limited and not acts_here(V, P, effect, row):
        value = 0.0
    return value


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
def observe_track(V, P, feature, row, s):  # type: ignore[no-untyped-def]
    """Return a person's state on a track, or for how long they have been in it."""
    value = 0
    k = np.uint64(feature.arg)
    if feature.kind == tb.STATE:
        value = np.int64(P.state[k, row]) - V.track[k].first
    else:
        value = s - P.since[row, k]
    return value


@inlined_late
def observe_one(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the value of a feature of a person now; -1 for `otherwise`."""
    feature = V.feature[f]
    kind = feature.kind
    arg = np.uint64(feature.arg)
    now = np.uint64(s + V.origin)
    value = 0.0
    if kind == tb.AGE:
        value = s - P.person[i].born
    elif kind == tb.ATTRIBUTE:
        value = P.codes[arg, i]
    elif kind in (tb.STATE, tb.TIME_IN_STATE):
        value = observe_track(V, P, feature, row, s)
    elif kind == tb.TIME_IN_GROUP:
        inside = V.member[arg, P.state[np.uint64(V.group_track[arg]), row]]
        value = s - P.memory[row, arg].changed if inside else -1.0
    elif kind == tb.TIME_SINCE_GROUP:
        inside = V.member[arg, P.state[np.uint64(V.group_track[arg]), row]]
        gone = P.memory[row, arg].visits > 0 and not inside
        value = s - P.memory[row, arg].changed if gone else -1.0
    elif kind == tb.VISITS:
        value = P.memory[row, arg].visits
    elif kind == tb.VISITS_WINDOW:
        value = visits_in_window(P.window[row, arg], feature.window, s)
    elif kind == tb.AREA:
        value = P.person[i].area
    elif kind == tb.MONTH:
        value = V.calendar[now].month
    elif kind == tb.AGE_CALENDAR:
        value = V.calendar[now].year - V.calendar[np.uint64(P.person[i].born + V.origin)].year
    elif kind == tb.AGE_START:
        value = P.person[i].arrive - P.person[i].born
    elif kind == tb.YEAR:
        value = V.calendar[now].year
    elif kind == tb.CYCLE:
        value = max(s - V.scenario_start, 0)
    elif kind == tb.NUMBER:
        value = P.numbers[arg, i]
    elif kind == tb.WHEN_MONTH:
        value = (V.calendar[now].begins >> feature.arg) & 1
    elif kind == tb.WHEN_AGE:
        value = 1.0 if s - P.person[i].born == feature.arg else 0.0
    elif kind == tb.WHEN_CYCLE:
        value = 1.0 if s - V.scenario_start == feature.arg else 0.0
    elif kind == tb.SHARE:
        value = P.share[arm, arg, P.peers[arg, i]]
    elif arm > 0:
        if kind in (tb.TREATMENT, tb.NEW_WAY_HERE):
            value = effect_strength(V, P, feature, row, i, arm, s)
        else:
            given = P.treatment[arm - 1, arg, i]
            if given.start != tb.NEVER:
                value = 1.0 if given.end == tb.NEVER else 2.0
    return value


@compiled_function
def observe_together(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the place in a table over several features, -1 for who has no value of one."""
    place = 0
    feature = V.feature[f]
    for p in range(feature.arg, feature.window):
        part = V.part[p]
        at = np.int64(observe_one(V, P, np.uint64(part.feature), row, i, arm, s))
        if at < 0:
            place = -1
        elif place >= 0:
            place += V.band[part.first + min(at, part.length - 1)] * part.stride
    return place


@inlined_late
def observe(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the value of a feature of a person now, one or several together."""
    value = 0.0
    # Whatever integers a caller has, what is called is compiled for these alone.
    f, row, i, arm = np.uint64(f), np.uint64(row), np.uint64(i), np.int64(arm)
    if V.feature[f].kind == tb.COMBINED:
        value = observe_together(V, P, f, row, i, arm, s)
    else:
        value = observe_one(V, P, f, row, i, arm, s)
    return value


@compiled_function
def value_of(V, P, f, row, i, arm, s):  # type: ignore[no-untyped-def]
    """Return the value of a feature of one person now."""
    return observe_one(V, P, np.uint64(f), row, i, arm, s)
