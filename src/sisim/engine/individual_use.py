"""What each person uses: the counts of a run, kept apart by person.

The engine counts by state and area and keeps no person's use. Here the very same run is taken step
by step through a window of time and looked at, so that nobody is drawn anew (law L3), everybody's
units sum to those of the run, and prices still come afterwards (law L5). Nothing is invested.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sisim.economics.discounting import counted
from sisim.engine.compile import compile_scenario
from sisim.engine.enrolment import eligible, risks
from sisim.engine.kernel.hazards import multiplier
from sisim.engine.kernel.jit import compiled_function
from sisim.engine.kernel.observation import observe
from sisim.engine.population import People
from sisim.engine.simulation import Simulation
from sisim.engine.tables import Compiled
from sisim.scenario.pathway import Pathway, Use
from sisim.scenario.scenario import Arm, Scenario
from sisim.scenario.types import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
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


def in_target(simulation: Simulation, investment: str) -> NDArray[np.int64]:
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
        years: How long the window is; no longer than the scenario.
        risk_of: Transitions whose risk is wanted for everyone at the opening.
        threads: How many threads to use; the result does not depend on it.
    """
    compiled = compile_scenario(with_arms_alone(scenario, {"nothing": NOTHING}))
    clock = compiled.clock
    first = clock.start
    last = min(first + max(clock.steps(years), 1), clock.end)
    simulation = Simulation(compiled, seed, threads=threads)
    simulation.advance(first)
    simulation.logging = True
    columns, who = simulation.columns, simulation.people
    n = columns.n
    window = _Window(compiled, first, last)
    units = np.zeros((len(window.periods), n, len(scenario.pathway.resources)))
    amounts, using = _amounts(compiled)
    history = _HistoryUses(compiled)
    opening = np.zeros(n, np.bool_)
    here = opening
    now = ever = np.zeros((len(compiled.groups), n), np.bool_)
    targets = np.zeros((len(compiled.investments), n), np.bool_)
    risk = {name: np.full(n, np.nan) for name in risk_of}
    arrived = _entry(scenario.pathway)
    seen = opening.copy()
    events_before = np.zeros(len(compiled.transitions))
    for step in range(first, last + 1):
        if step < clock.end:
            simulation.begin()
        here = columns.alive[:n] & (who.arrive <= step)
        for period, weight in window.parts(step):
            for track in range(len(compiled.tracks)):
                state = columns.state[track, :n]
                some = np.flatnonzero(here & using[state])
                units[period, some] += weight * amounts[state[some]]
            history.add(simulation, np.flatnonzero(here), weight, units[period])
        seen |= here
        if step == last:
            break
        inside = _groups(compiled, columns.state, n) & here
        ever = ever | inside
        if step == first:
            opening, now = here.copy(), inside
            for number, name in enumerate(compiled.investments):
                targets[number, in_target(simulation, name)] = True
            _risks(simulation, np.flatnonzero(here), risk)
            events_before = _events(simulation)
        if arrived.any():
            new = np.flatnonzero(here & (who.arrive == step))
            units[window.period(step), new] += arrived
        simulation.finish()
    moves = simulation.log()
    moves = moves[moves["row"] < n]
    moves = moves[moves["step"] - 1 >= who.arrive[moves["row"]]]
    used = _of_moves(compiled, _events(simulation) - events_before)
    for (origin, to), each in used.items():
        own = moves[(moves["origin"] == origin) & (moves["to"] == to)]
        periods = np.array([window.period(int(step) - 1) for step in own["step"]], np.int64)
        np.add.at(units, (periods, own["row"]), each)
    kept = np.flatnonzero(seen)
    return Individuals(
        compiled=compiled,
        seed=seed,
        people=who.only(kept),
        at_start=opening[kept],
        periods=window.periods,
        units=units[:, kept],
        now=now[:, kept],
        ever=ever[:, kept],
        targets=targets[:, kept],
        risk={name: values[kept] for name, values in risk.items()},
    )


class _Window:
    """The periods of a window, and how much each point counts in them."""

    def __init__(self, compiled: Compiled, first: int, last: int) -> None:
        clock, economy = compiled.clock, compiled.scenario.economy
        steps = np.arange(first, last)
        years = clock.year(steps)
        since = ((steps - first) / clock.per_year + 1e-9).astype(np.int64)
        pairs = list(zip(years.tolist(), since.tolist(), strict=True))
        self.periods = tuple(dict.fromkeys(pairs))
        self._first = first
        self._period = [self.periods.index(pair) for pair in pairs]
        # As the ledger counts: how much the state at each point counts in each cycle.
        points = clock.end - clock.history + 1
        cycles = counted(np.eye(points), economy.counting, economy.weights, axis=1)
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


def _amounts(compiled: Compiled) -> tuple[Floats, Flags]:
    """Return what is used per step in each state, and in which states anything is."""
    resources = list(compiled.scenario.pathway.resources)
    found = np.zeros((len(compiled.states) + 1, len(resources)))
    for track, spec in compiled.scenario.pathway.tracks.items():
        for state, content in spec.states.items():
            for name, use in content.uses.items():
                if not use.factors:
                    each = use.amount.value / compiled.clock.per_year
                    found[compiled.state(track, state), resources.index(name)] = each
    return found, np.asarray(found.any(axis=1))


def _entry(pathway: Pathway) -> Floats:
    return _vector(pathway, pathway.entry.uses)


def _vector(pathway: Pathway, uses: dict[str, Use]) -> Floats:
    return np.array(
        [uses[name].amount.value if name in uses else 0.0 for name in pathway.resources]
    )


def _groups(compiled: Compiled, state: NDArray[np.uint16], n: int) -> Flags:
    sight = compiled.tables.features
    return np.array(
        [sight.member[g, state[sight.group_track[g], :n]] for g in range(len(compiled.groups))],
        np.bool_,
    ).reshape(len(compiled.groups), n)


def _risks(simulation: Simulation, people: NDArray[np.int64], risk: dict[str, Floats]) -> None:
    compiled = simulation.compiled
    seen = np.empty((max(len(compiled.features), 1), 1))
    for name, values in risk.items():
        found = np.empty(len(people))
        risks(
            compiled.tables.transitions,
            compiled.tables.features,
            simulation.columns,
            1,
            compiled.transitions.index(name),
            people,
            simulation.step,
            seen,
            found,
        )
        values[people] = found


def _events(simulation: Simulation) -> Floats:
    """Return how often each transition has happened so far, nothing being invested."""
    return np.asarray(simulation.tally().event[0].sum(axis=(0, 1)), np.float64)


def _of_moves(compiled: Compiled, counts: Floats) -> dict[tuple[int, int], Floats]:
    """Return what a move from one state to another uses, where it uses anything."""
    pathway = compiled.scenario.pathway
    uses = np.zeros((len(compiled.transitions), len(pathway.resources)))
    ways: dict[tuple[int, int], list[int]] = {}
    for name, spec in pathway.transitions.items():
        number = compiled.transitions.index(name)
        uses[number] = _vector(pathway, spec.uses)
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

    def add(
        self, simulation: Simulation, people: NDArray[np.int64], weight: float, units: Floats
    ) -> None:
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
