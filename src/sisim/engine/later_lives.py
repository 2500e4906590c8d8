"""Later lives: what is expected to be used by those who leave a pathway to go on in another.

The tail's pathway is run once, as an exact cohort, from every combination of state, background and
age in which people leave. What comes out is resource units, not money (law L5): another price, or
another discount rate, needs nothing of it anew. And it is linear: who leaves in which combination,
with an investment and without, times what each is expected to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import ceil

import numpy as np
from cachetools import LRUCache

from sisim.arrays import Floats
from sisim.engine.cohort import Operators
from sisim.engine.compile.leaver_tables import leaver_ages
from sisim.engine.resource_use import Kind, names_of, per_move, per_step
from sisim.scenario.continuation import Continuation
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Population, Scenario, Time
from sisim.scenario.types import Positive, Text

_KEPT: LRUCache[str, LaterLives] = LRUCache(8)
"""By what they are computed from: a tornado comes back to the same lives again and again."""
_MONEY = {"title", "description", "principals", "administrations", "resources", "parameters"}
_MONEY |= {"targets", "calibration"}
"""What of a tail has no bearing on units; the value of a formula stands where it is used."""


@dataclass(frozen=True)
class LaterLives:
    """What is expected of one who leaves, by age, combination and whole year since leaving.

    Attributes:
        tail: The pathway in which they go on.
        ages: The ages in whole years at which people leave.
        classes: The name of each category of each combination, by (kind, track or attribute).
        units: Expected units of each resource, (ages, combinations, years since, resources).
        weights: Expected outcome weights, likewise.
        alive: Expected years lived, (ages, combinations, years since).
    """

    tail: Pathway
    ages: range
    classes: list[dict[tuple[str, str], str]]
    units: Floats
    weights: Floats
    alive: Floats


def later_lives(scenario: Scenario) -> LaterLives:
    """Return what is expected of those who leave a scenario's pathway for its tail.

    Raises:
        NotExact: If the tail's pathway has no exact answer.
    """
    tail, one = scenario.time.tail, scenario.continuation
    assert tail is not None
    assert one is not None
    ages = leaver_ages(scenario)
    told = [ages, scenario.pathway.name, *tail.resources, tail.model_dump_json(exclude=_MONEY)]
    key = " ".join(map(str, told))
    if key not in _KEPT:
        _KEPT[key] = _computed(tail, one, ages)
    return replace(_KEPT[key], tail=tail)


def classes(one: Continuation) -> list[dict[tuple[str, str], str]]:
    """Return the combinations of categories in which people leave, in the order of their codes."""
    names = [mapped.names for mapped in one.parts.values()]
    return [dict(zip(one.parts, chosen, strict=True)) for chosen in product(*names)]


def alone(tail: Pathway, one: Continuation, age: float) -> Scenario:
    """Return the tail's pathway as a scenario: a closed cohort from an age to the end.

    Its people may begin in any state that those who leave begin in, which is what the exact cohort
    asks for; who begins where is told by whoever uses it.
    """
    start: dict[str, str | dict[str, Positive]] = {
        name: {state: Positive(value=1.0) for state in mapped.names}
        for name, mapped in one.tracks.items()
    }
    return Scenario(
        name="later-lives",
        title=Text(sv="", en=""),
        pathway=tail,
        time=Time(years=float(one.until - age)),
        population=Population(cohort=1, age=float(age), start=start),
    )


def _computed(tail: Pathway, one: Continuation, ages: range) -> LaterLives:
    step = Operators(alone(tail, one, ages[0]))
    clock, combined = step.compiled.clock, classes(one)
    begins = np.array([_row(step, tail, told) for told in combined])
    sizes = [len(names_of(tail, kind)) for kind in _KINDS]
    found = np.zeros((len(ages), len(combined), ceil(one.until - ages[0]), sum(sizes) + 1))
    states = [tail.tracks[track].states[state] for track, state in step.compiled.states]
    exits = np.array([state.exit for state in states])
    # Who is gone stays so: only the other joint states are gone through.
    joint = np.flatnonzero(~exits[step.states[:, : step.joint]].any(axis=0))
    groups = []
    for background in np.unique(begins // step.joint):
        own = np.flatnonzero(begins // step.joint == background)
        first = np.zeros((len(own), len(joint)))
        first[np.arange(len(own)), np.searchsorted(joint, begins[own] % step.joint)] = 1.0
        here = np.zeros((len(ages), *first.shape))
        groups.append((background * step.joint + joint, own, first, here))
    starts = np.array([clock.steps(age - ages[0]) for age in ages])
    known: tuple[Floats, Floats, Floats] | None = None
    amount, chances = np.empty(0), list[Floats]()
    for s in range(clock.end):
        if step.step(s) is not known:
            known = step.step(s)
            amount = _amounts(step, known)
            chances = [known[0][np.ix_(rows, joint)] for rows, *_ in groups]
        begun = np.flatnonzero(starts <= s)
        year = ((s - starts[begun]) / clock.per_year + 1e-9).astype(int)
        for (rows, own, first, here), chance in zip(groups, chances, strict=True):
            here[starts == s] = first
            found[begun[:, None], own, year[:, None]] += here[begun] @ amount[rows]
            here[begun] = here[begun] @ chance
    units, weights, alive = np.split(found, np.cumsum(sizes), axis=-1)
    return LaterLives(tail, ages, combined, units, weights, alive[..., 0])


def _amounts(step: Operators, known: tuple[Floats, Floats, Floats]) -> Floats:
    """Return what each row uses in a step, its weights, and the years of it, (rows, names + 1)."""
    compiled, (_, events, used) = step.compiled, known
    columns = [
        per_step(compiled, kind)[step.states].sum(axis=0)
        + events @ per_move(compiled, kind)
        + _with_factors(step, used, kind)
        for kind in _KINDS
    ]
    return np.hstack([*columns, np.full((step.rows, 1), 1.0 / compiled.clock.per_year)])


_KINDS: tuple[Kind, ...] = ("use", "weight")


def _with_factors(step: Operators, used: Floats, kind: Kind) -> Floats:
    """Return what is used where it has factors, (rows, names)."""
    names = names_of(step.compiled.scenario.pathway, kind)
    found = np.zeros((len(used), len(names)))
    for column, (of, name, _, _) in enumerate(step.compiled.uses):
        if of == kind:
            found[:, names.index(name)] += used[:, column]
    return found


def _row(step: Operators, tail: Pathway, told: Mapping[tuple[str, str], str]) -> int:
    """Return the row in which people of a combination begin."""
    states = [str(told.get(("tracks", name), spec.start)) for name, spec in tail.tracks.items()]
    codes = step.backgrounds
    same = np.ones(codes.shape[1], np.bool_)
    for number, name in enumerate(step.compiled.attributes):
        category = list(tail.attributes[name].shares).index(told["attributes", name])
        if len(np.unique(codes[number])) > 1:  # an attribute that matters
            same &= codes[number] == category
    return int(np.flatnonzero(same)[0]) * step.joint + step.start(states)
