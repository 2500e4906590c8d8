"""Individual resource use: the counts of a run, kept apart by person.

The engine counts by state and area and keeps no person's use. Here the very same run is taken step
by step through a window of time and looked at, so that nobody is drawn anew (law L3), everybody's
units sum to those of the run, and prices still come afterwards (law L5). Nothing is invested.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.engine.compile import compile_scenario
from sisim.engine.enrolment import eligible, risks
from sisim.engine.kernel.hazards import multiplier
from sisim.engine.kernel.jit import compiled_function
from sisim.engine.kernel.observation import observe
from sisim.engine.population import People
from sisim.engine.resource_use import amounts, per_move, per_step
from sisim.engine.simulation import Simulation
from sisim.engine.tables import Compiled
from sisim.scenario.scenario import Arm, Scenario
from sisim.scenario.types import Text

NOTHING = Arm(label=Text(sv="Utan insats", en="Without any investment"), investments={})
"""An arm in which nothing is invested, for what is asked of arms only."""


@dataclass(frozen=True)
class Individuals:
    """Everyone who is a resident at some time in a window that begins with the scenario.

    Attributes:
        compiled: The compiled scenario.
        seed: The seed of the run.
        people: Who they are.
        at_start: Whether they are residents when the window opens, (people,).
        periods: The parts of the window: their calendar year, and their year of the window (0...).
        units: What each uses of the pathway's resources, (periods, people, resources).
        now: In which groups they are when the window opens, (groups, people).
        ever: In which groups they are at the start of some step of the window, (groups, people).
        targets: In which investments' target groups they are at the opening, (investments, people).
        risk: Of the transitions asked for, their rate or probability at the opening; NaN for those
            who are not residents then.
    """

    compiled: Compiled
    seed: int
    people: People
    at_start: Flags
    periods: tuple[tuple[int, int], ...]
    units: Floats
    now: Flags
    ever: Flags
    targets: Flags
    risk: dict[str, Floats]


def with_arms_alone(scenario: Scenario, arms: dict[str, Arm]) -> Scenario:
    """Return a scenario with other arms, and without what is said of those it had."""
    return scenario.model_copy(update={"arms": arms, "contracts": {}, "figures": None})


def in_target(simulation: Simulation, investment: str) -> Ints:
    """Return who is in an investment's target group, nothing being invested, at a step begun."""
    compiled, columns = simulation.compiled, simulation.columns
    found = np.empty(columns.n, np.int64)
    count = eligible(
        compiled.tables.transitions,
        compiled.tables.features,
        columns,
        compiled.tables.target,
        compiled.tables.alternative,
        0,
        compiled.investments.index(investment),
        0,
        columns.n,
        simulation.step,
        False,
        found,
    )
    return found[:count]


def individuals(
    scenario: Scenario,
    seed: int,
    *,
    cycles: Floats,
    years: float = 5,
    risk_of: tuple[str, ...] = (),
    threads: int | None = None,
) -> Individuals:
    """Return what each resident uses in the first years of a scenario, if nothing is invested.

    A move is known by the states it leads from and to. Where several transitions lead that way and
    use different things, each such move uses their mean, weighed by how often each has happened.

    Args:
        scenario: Whose people.
        seed: The seed of the run.
        cycles: How much the state at each counted point counts in each cycle, (points, cycles).
        years: How long the window is; no longer than the scenario.
        risk_of: Transitions whose risk is wanted for everyone at the opening.
        threads: How many threads to use; the result does not depend on it.
    """
    compiled = compile_scenario(with_arms_alone(scenario, {"nothing": NOTHING}))
    clock = compiled.clock
    last = min(clock.start + max(clock.steps(years), 1), clock.end)
    simulation = Simulation(compiled, seed, threads=threads)
    simulation.advance(clock.start)
    simulation.logging = True
    window = _Window(compiled, clock.start, last, cycles)
    uses = _Uses(compiled, window, simulation.columns.n)
    n, who = simulation.columns.n, simulation.people
    opening: _Opening | None = None
    ever = np.zeros((len(compiled.groups), n), np.bool_)
    seen = np.zeros(n, np.bool_)
    for step in range(clock.start, last + 1):
        if step < clock.end:
            simulation.begin()
        here = simulation.columns.alive[:n] & (who.arrive <= step)
        uses.add_states(simulation, here, step)
        seen |= here
        if step == last:
            break
        inside = _groups(compiled, simulation.columns.state, n) & here
        ever |= inside
        if opening is None:
            opening = _Opening(
                here, inside, _targets(simulation), _risks(simulation, here, risk_of)
            )
            events_before = _events(simulation)
        uses.add_entries(here & (who.arrive == step), step)
        simulation.finish()
    assert opening is not None
    uses.add_moves(simulation, _events(simulation) - events_before)
    kept = np.flatnonzero(seen)
    return Individuals(
        compiled=compiled,
        seed=seed,
        people=who.only(kept),
        at_start=opening.here[kept],
        periods=window.periods,
        units=uses.units[:, kept],
        now=opening.groups[:, kept],
        ever=ever[:, kept],
        targets=opening.targets[:, kept],
        risk={name: values[kept] for name, values in opening.risk.items()},
    )


class _Opening(NamedTuple):
    """Everyone as the window opens: residents, groups, target groups, and risks asked for."""

    here: Flags
    groups: Flags
    targets: Flags
    risk: dict[str, Floats]


class _Uses:
    """Units used by each person in each period, added up step by step.

    Attributes:
        units: Float64 (periods, people, resources).
    """

    def __init__(self, compiled: Compiled, window: _Window, people: int) -> None:
        self._compiled, self._window = compiled, window
        self._amounts = per_step(compiled, "use")
        self._using = np.asarray(self._amounts.any(axis=1))
        self._history = _HistoryUses(compiled)
        pathway = compiled.scenario.pathway
        self._entry = amounts(pathway.entry, pathway, "use")
        self.units = np.zeros((len(window.periods), people, len(pathway.resources)))

    def add_states(self, simulation: Simulation, here: Flags, step: int) -> None:
        """Add what residents use in their states, by who is there at the start of the step."""
        for period, weight in self._window.parts(step):
            for state in simulation.columns.state[:, : len(here)]:
                some = np.flatnonzero(here & self._using[state])
                self.units[period, some] += weight * self._amounts[state[some]]
            self._history.add(simulation, np.flatnonzero(here), weight, self.units[period])

    def add_entries(self, new: Flags, step: int) -> None:
        """Add what those who become residents in a step use."""
        if self._entry.any():
            self.units[self._window.period(step), np.flatnonzero(new)] += self._entry

    def add_moves(self, simulation: Simulation, events: Floats) -> None:
        """Add what moves in the window use; `events`: how often each transition has happened."""
        arrive = simulation.people.arrive
        moves = simulation.log()
        moves = moves[moves["row"] < len(arrive)]
        moves = moves[moves["step"] - 1 >= arrive[moves["row"]]]
        for (origin, to), each in uses_of_moves(self._compiled, events).items():
            these = moves[(moves["origin"] == origin) & (moves["to"] == to)]
            periods = [self._window.period(int(step) - 1) for step in these["step"]]
            np.add.at(self.units, (np.array(periods, np.int64), these["row"]), each)


class _Window:
    """The periods of a window, and how much each point counts in them."""

    def __init__(self, compiled: Compiled, first: int, last: int, cycles: Floats) -> None:
        clock = compiled.clock
        steps = np.arange(first, last)
        years = clock.year(steps)
        since = ((steps - first) / clock.per_year + 1e-9).astype(np.int64)
        pairs = list(zip(years.tolist(), since.tolist(), strict=True))
        self.periods = tuple(dict.fromkeys(pairs))
        self._first = first
        self._period = [self.periods.index(pair) for pair in pairs]
        start = first - clock.history
        own = cycles[start : start + len(steps) + 1, start : start + len(steps)]
        self._weights = np.zeros((len(steps) + 1, len(self.periods)))
        np.add.at(self._weights.T, np.array(self._period), own.T)

    def period(self, step: int) -> int:
        """Return the period of a step."""
        return self._period[step - self._first]

    def parts(self, step: int) -> list[tuple[int, float]]:
        """Return in which periods the state at the start of a step counts, and how much."""
        weights = self._weights[step - self._first]
        return [(int(p), float(weights[p])) for p in np.flatnonzero(weights)]


def _groups(compiled: Compiled, state: NDArray[np.uint16], n: int) -> Flags:
    sight = compiled.tables.features
    return np.array(
        [sight.member[g, state[sight.group_track[g], :n]] for g in range(len(compiled.groups))],
        np.bool_,
    ).reshape(len(compiled.groups), n)


def _targets(simulation: Simulation) -> Flags:
    """Return who is in each investment's target group at a step begun, (investments, people)."""
    found = np.zeros((len(simulation.compiled.investments), simulation.columns.n), np.bool_)
    for number, name in enumerate(simulation.compiled.investments):
        found[number, in_target(simulation, name)] = True
    return found


def _risks(simulation: Simulation, here: Flags, names: tuple[str, ...]) -> dict[str, Floats]:
    """Return the rate or probability of named transitions for residents, NaN for others."""
    compiled, people = simulation.compiled, np.flatnonzero(here)
    seen = np.empty((max(len(compiled.features), 1), 1))
    found = {}
    for name in names:
        values = np.empty(len(people))
        risks(
            compiled.tables.transitions,
            compiled.tables.features,
            simulation.columns,
            1,
            compiled.transitions.index(name),
            people,
            simulation.step,
            seen,
            values,
        )
        found[name] = np.full(len(here), np.nan)
        found[name][people] = values
    return found


def _events(simulation: Simulation) -> Floats:
    """Return how often each transition has happened so far, nothing being invested."""
    return np.asarray(simulation.tally().event[0].sum(axis=(0, 1)), np.float64)


def uses_of_moves(compiled: Compiled, counts: Floats) -> dict[tuple[int, int], Floats]:
    """Return what a move from one state to another uses, where it uses anything."""
    pathway = compiled.scenario.pathway
    uses = per_move(compiled, "use")
    ways: dict[tuple[int, int], list[int]] = {}
    for name, spec in pathway.transitions.items():
        number = compiled.transitions.index(name)
        for origin, to in product(spec.origin, spec.to):
            pair = compiled.state(spec.track, origin), compiled.state(spec.track, to)
            ways.setdefault(pair, []).append(number)
    found = {}
    for pair, numbers in ways.items():
        if not uses[numbers].any():
            continue
        weights = counts[numbers] if counts[numbers].any() else np.ones(len(numbers))
        found[pair] = np.average(uses[numbers], axis=0, weights=weights)
    return found


class _HistoryUses:
    """What is used in states by amounts that depend on a person's history."""

    def __init__(self, compiled: Compiled) -> None:
        resources = list(compiled.scenario.pathway.resources)
        rows = compiled.tables.layout.use
        kept = [n for n, use in enumerate(compiled.uses) if use[0] == "use"]
        self._rows = rows[kept]
        self._columns = np.array([resources.index(compiled.uses[n][1]) for n in kept], np.int64)

    def add(self, simulation: Simulation, people: Ints, weight: float, units: Floats) -> None:
        """Add what people use in a step that has begun."""
        if len(self._rows):
            tables = simulation.compiled.tables
            _add_history_uses(
                tables.transitions,
                tables.features,
                self._rows,
                self._columns,
                simulation.columns,
                people,
                simulation.step,
                weight,
                units,
            )


@compiled_function
def _add_history_uses(R, V, use, column, P, people, s, weight, units):  # type: ignore[no-untyped-def]
    """Add to `units` (people, resources) what each of `people` uses by base x factors."""
    for q in range(people.shape[0]):
        i = people[q]
        for m in range(use.shape[0]):
            if P.state[R.state[use[m].state].track, i] == use[m].state:
                amount = use[m].amount
                for r in range(use[m].first, use[m].last):
                    amount *= multiplier(R, r, observe(V, P, R.reference[r].feature, i, i, 0, s))
                units[i, column[m]] += weight * amount
