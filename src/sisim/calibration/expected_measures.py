"""Measures of calibration targets read off the exact cohort, with no chance in them.

Those that count people, events or units of everyone: each agrees with the measure of the same name
in `sisim.calibration.targets` as the number of simulated people grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sisim.arrays import Floats
from sisim.calibration.targets import Names
from sisim.engine.cohort import Cohort, NotExact
from sisim.scenario.errors import Reason
from sisim.scenario.pathway import Pathway

PLAIN = "per"
"""The only argument, beside what is counted, of a measure that counts everyone."""


def expected_measure(cohort: Cohort, name: str, arguments: Mapping[str, Any]) -> float:
    """Return the expected value of a measure.

    Args:
        cohort: The expected course of a scenario without any investment.
        name: The measure.
        arguments: What it is given.

    Raises:
        NotExact: If it has no exact value: see `require_expected`.
    """
    require_expected(cohort.compiled.scenario.pathway, name, arguments)
    given = {key: value for key, value in arguments.items() if value is not None}
    return EXPECTED[name](cohort, **given)


def require_expected(pathway: Pathway, name: str, arguments: Mapping[str, Any]) -> None:
    """Check that a measure can be read off the exact cohort.

    Raises:
        NotExact: If it follows each person, counts only some, or where moves lead is not counted.
    """
    if name not in EXPECTED:
        raise NotExact(name, Reason("it depends on each person's history"))
    of = "resource" if name == "use_per_year" else "group"
    for key, value in arguments.items():
        if key not in (of, PLAIN) and value is not None:
            raise NotExact(f"{name}.{key}", Reason("only some of the residents are counted"))
    if name == "entry_rate":
        _entering(pathway, arguments[of])


def _everyone(cohort: Cohort) -> float:
    """Return the time that people are residents, in years."""
    track = cohort.compiled.tables.layout.track[0]
    people = _stock(cohort)[:, track["first"] : track["last"]]
    return float(people.sum()) / cohort.compiled.clock.per_year


def _stock(cohort: Cohort) -> Floats:
    """Return expected people by counted step and state, without any investment."""
    return np.asarray(cohort.stock[0, :-1].sum(axis=1))


def _inside(cohort: Cohort, names: Names) -> float:
    """Return the time that residents are in a group, a "track.state" or several, in years."""
    wanted = _states(cohort.compiled.scenario.pathway, names)
    columns = [number for number, state in enumerate(cohort.compiled.states) if state in wanted]
    return float(_stock(cohort)[:, columns].sum()) / cohort.compiled.clock.per_year


def _states(pathway: Pathway, names: Names) -> set[tuple[str, str]]:
    found = set[tuple[str, str]]()
    for name in (names,) if isinstance(names, str) else names:
        group = pathway.groups.get(name)
        if group is not None:
            found |= {(group.track, state) for state in group.states}
        else:
            track, _, state = name.partition(".")
            found.add((track, state))
    return found


def _entering(pathway: Pathway, names: Names) -> list[str]:
    """Return the transitions by which a group is entered.

    Raises:
        NotExact: If some of those that a transition moves enter it, and others do not.
    """
    wanted, found = _states(pathway, names), []
    for name, one in pathway.transitions.items():
        origins = {(one.track, state) in wanted for state in one.origin}
        goals = {(one.track, state) in wanted for state in one.to}
        if False in origins and True in goals:
            if len(origins) == 1 and len(goals) == 1:
                found.append(name)
            else:
                reason = Reason("it leads both into what is counted and elsewhere")
                raise NotExact(f"transitions.{name}", reason)
    return found


def _point_share(cohort: Cohort, group: Names, per: float = 1.0) -> float:
    return per * _inside(cohort, group) / _everyone(cohort)


def _entry_rate(cohort: Cohort, group: Names, per: float = 1.0) -> float:
    names = _entering(cohort.compiled.scenario.pathway, group)
    columns = [cohort.compiled.transitions.index(name) for name in names]
    return per * float(cohort.events[0][:, columns].sum()) / _everyone(cohort)


def _use_per_year(cohort: Cohort, resource: Names, per: float = 1.0) -> float:
    units = 0.0
    for name in (resource,) if isinstance(resource, str) else resource:
        for track, spec in cohort.compiled.scenario.pathway.tracks.items():
            for state, content in spec.states.items():
                use = content.uses.get(name)
                if use is not None and not use.factors:
                    units += use.amount.value * _inside(cohort, f"{track}.{state}")
    return per * units / _everyone(cohort)


EXPECTED: dict[str, Callable[..., float]] = {
    "point_share": _point_share,
    "entry_rate": _entry_rate,
    "use_per_year": _use_per_year,
}
"""The measures that have an exact value, by name."""
