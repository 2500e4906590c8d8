"""One simulated municipality of which everything is known: both lives of every person.

The same run has every arm, and the same people with the same luck in each (law L3). What happens
to a person with the investment and without it is therefore known for everybody, and who was
offered a place, and when each was first in the target group, is kept beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Flags, Floats, Ints
from sisim.calibration.life_histories import Lives, lives, spells
from sisim.calibration.targets import TrackHistory
from sisim.economics.prices import PriceList
from sisim.engine.enrolment import Enrolment, risks
from sisim.engine.individual_use import in_target, uses_of_moves, with_arms_alone
from sisim.engine.population import People
from sisim.engine.resource_use import per_step
from sisim.engine.simulation import Simulation, has_past_of
from sisim.engine.tables import NEVER, Compiled
from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.scenario import Arm, Scenario
from sisim.scenario.types import Text

BESIDE = "nothing_beside"
"""An arm in which nothing is invested, in which risks are read."""


def with_study_arms(scenario: Scenario, arms: Iterable[str]) -> Scenario:
    """Return a scenario with the arms that are evaluated, and one in which nothing is invested."""
    label = Text(sv="Utan insats", en="Without any investment")
    kept = {name: scenario.arms[name] for name in dict.fromkeys(arms)}
    found = with_arms_alone(scenario, {**kept, BESIDE: Arm(label=label, investments={})})
    return found.model_copy(update={"measurements": {}})


@dataclass
class Municipality:
    """A run to its end, of which all is kept.

    Attributes:
        compiled: Its scenario.
        simulation: The run.
        first: By investment: the step in which each person was first in its target group without
            it; `NEVER` for who never was.
        risk: By investment and transition: what each person's risk was in that step.
        log: Every move.
        everyone: Whether everybody's life is read, and not only those of who may be in a study.
    """

    compiled: Compiled
    simulation: Simulation
    first: dict[str, Ints]
    risk: dict[tuple[str, str], Floats]
    log: NDArray[np.void]
    everyone: bool = False
    _lives: dict[int, Lives] = field(default_factory=dict)
    _spells: dict[int, dict[str, TrackHistory]] = field(default_factory=dict)
    _begun: dict[tuple[int, str], tuple[Ints, Ints]] = field(default_factory=dict)
    _worth: dict[
        tuple[str | None, tuple[str, ...]], tuple[Floats, dict[tuple[int, int], float]]
    ] = field(default_factory=dict)

    @property
    def people(self) -> People:
        """Who lives there."""
        return self.simulation.people

    def arm(self, name: str) -> int:
        """Return the number of an arm among those simulated; 0 is without."""
        return self.compiled.arms.index(name) + 1

    def begun(self, arm: int, investment: str) -> tuple[Ints, Ints]:
        """Return the step in which each first begins and that in which it ends, (people,) each.

        Both are `NEVER` for who never begins.
        """
        key = arm, investment
        if key not in self._begun:
            start, end = np.full((2, len(self.people)), NEVER, np.int64)
            number = self.compiled.investments.index(investment)
            for one in self._record:
                mine = (one.arm, one.investment) == (arm - 1, number)
                if mine and start[one.person] == NEVER:
                    start[one.person] = one.start
                    end[one.person] = self.compiled.clock.end if one.end is None else one.end
            self._begun[key] = start, end
        return self._begun[key]

    @cached_property
    def _record(self) -> list[Enrolment]:
        return self.simulation.enrolments.record

    @cached_property
    def studied(self) -> Flags:
        """Who may be in a study: in some target group, offered a place, or given one, (people,)."""
        if self.everyone:
            return np.ones(len(self.people), np.bool_)
        found = np.zeros(len(self.people), np.bool_)
        for first in self.first.values():
            found |= first != NEVER
        for offer in self.simulation.enrolments.offers:
            found[offer.people] = True
        found[[one.person for one in self._record]] = True
        return found

    @cached_property
    def _units_of_moves(self) -> dict[tuple[int, int], Floats]:
        """The units of each resource that each kind of move uses."""
        events = np.asarray(self.simulation.tally().event[0].sum(axis=(0, 1)), np.float64)
        return uses_of_moves(self.compiled, events)

    @cached_property
    def _moves(self) -> NDArray[np.void]:
        """The moves of those who may be studied, in order."""
        moves = self.log[self.studied[self.log["row"] % len(self.people)]]
        return np.asarray(moves[np.lexsort((moves["origin"], moves["step"], moves["row"]))])

    def life(self, arm: int) -> Lives:
        """Return the moves in an arm of those who may be studied."""
        if arm not in self._lives:
            self._lives[arm] = lives(self.simulation, self._moves, arm, of=self.studied)
        return self._lives[arm]

    def spells(self, arm: int) -> dict[str, TrackHistory]:
        """Return the spells in an arm of those who may be studied."""
        if arm not in self._spells:
            self._spells[arm] = spells(self.simulation, self.life(arm), of=self.studied)
        return self._spells[arm]

    def measure(self, outcome: StudyOutcome, arm: int, since: Ints, until: Ints) -> Floats:
        """Return what happens to each person in an arm after one step and until another.

        Args:
            outcome: What is counted.
            arm: In which arm.
            since: The step after which each is followed, (people,).
            until: The step until which they are, (people,); as `since` for who is not studied.

        Returns:
            As many events, months, units or kronor as there are, (people,); unwanted or not.
        """
        if outcome.transition is not None:
            found = self._moved(arm, self._ways(outcome.transition), since, until)
            return found if outcome.count == "events" else (found > 0).astype(float)
        if outcome.group is not None:
            return self._in_group(arm, outcome, since, until)
        return self._used(arm, self._amounts(outcome), since, until)

    def used(
        self, arm: int, worth: Floats, since: Ints, until: Ints, *, moves: bool = True
    ) -> Floats:
        """Return what each person uses in an arm after one step and until another, (people,).

        Args:
            arm: In which arm.
            worth: What a unit of each resource is worth, in the order of the pathway.
            since: The step after which each is followed, (people,).
            until: The step until which they are, (people,); as `since` for who is not meant.
            moves: Whether what moves use counts, beside what is used in states.
        """
        state, move = self._per_step_and_move(worth)
        return self._used(arm, (state, move if moves else {}), since, until)

    def _used(
        self,
        arm: int,
        amounts: tuple[Floats, dict[tuple[int, int], float]],
        since: Ints,
        until: Ints,
    ) -> Floats:
        state, move = amounts
        found = self._time(arm, lambda spell: state[spell.state], since, until)
        for (origin, to), amount in move.items():
            found += amount * self._moved(arm, {(origin, to)}, since, until)
        return found

    def _ways(self, transition: str) -> set[tuple[int, int]]:
        spec = self.compiled.scenario.pathway.transitions[transition]
        return {
            (self.compiled.state(spec.track, origin), self.compiled.state(spec.track, to))
            for origin, to in product(spec.origin, spec.to)
        }

    def _moved(self, arm: int, ways: set[tuple[int, int]], since: Ints, until: Ints) -> Floats:
        """Return how many moves of some kinds each person makes in their time."""
        life, states = self.life(arm), len(self.compiled.states) + 1
        wanted = np.isin(
            life.origin.astype(np.int64) * states + life.to, [a * states + b for a, b in ways]
        )
        person, step = life.person[wanted], life.step[wanted]
        inside = (step > since[person]) & (step <= until[person])
        return np.bincount(person[inside], minlength=len(since)).astype(float)

    def _in_group(self, arm: int, outcome: StudyOutcome, since: Ints, until: Ints) -> Floats:
        number = self.compiled.groups.index(str(outcome.group))
        layout = self.compiled.tables.layout
        inside = layout.member[number].astype(bool)
        life = self.life(arm)
        # Who leaves by age in the very step in which they enter has no time there.
        entered = inside[life.to] & (life.step > since[life.person])
        entered &= life.step <= until[life.person]
        if outcome.count == "events":
            entered &= ~inside[life.origin]
        count = np.bincount(life.person[entered], minlength=len(since))
        if outcome.count == "events":
            return count.astype(float)
        # Where people are at the ends of the months in which they are followed.
        time = self._time(
            arm, lambda spell: inside[spell.state].astype(float), since + 1, until + 1
        )
        if outcome.count == "months":
            return time * 12 / self.compiled.clock.per_year
        return ((time > 0) | (count > 0)).astype(float)

    def _time(
        self,
        arm: int,
        worth: Callable[[TrackHistory], Floats],
        since: Ints,
        until: Ints,
    ) -> Floats:
        """Return the steps of each person's time in states, each worth what its spell says."""
        found = np.zeros(len(since))
        for spell in self.spells(arm).values():
            each = worth(spell)
            used = np.flatnonzero(each)
            person = spell.person[used]
            low = np.maximum(spell.start[used], since[person])
            steps = np.minimum(spell.end[used], until[person]) - low
            found += np.bincount(
                person, weights=np.maximum(steps, 0) * each[used], minlength=len(since)
            )
        return found

    def _amounts(self, outcome: StudyOutcome) -> tuple[Floats, dict[tuple[int, int], float]]:
        """Return the units or kronor of a step in each state, and of each kind of move.

        What depends on a person's history or on an effect's own ratio is not in it.
        """
        kind = outcome.resource, tuple(outcome.costs_of)
        if kind not in self._worth:
            self._worth[kind] = self._worked_out(outcome)
        return self._worth[kind]

    def _worked_out(self, outcome: StudyOutcome) -> tuple[Floats, dict[tuple[int, int], float]]:
        resources = self.compiled.scenario.pathway.resources
        if outcome.resource is not None:
            worth = np.array([float(name == outcome.resource) for name in resources])
        else:
            scenario = self.compiled.scenario
            prices = PriceList(scenario, np.array([scenario.time.first_year]), current=False)
            worth = np.array(
                [
                    prices.of(one)[0] * sum(one.shares.get(a, 0.0) for a in outcome.costs_of)
                    for one in resources.values()
                ]
            )
        return self._per_step_and_move(worth)

    def _per_step_and_move(self, worth: Floats) -> tuple[Floats, dict[tuple[int, int], float]]:
        """Return what a step in each state and each kind of move uses, by the worth of a unit."""
        moves = {way: float(each @ worth) for way, each in self._units_of_moves.items()}
        return per_step(self.compiled, "use") @ worth, {w: x for w, x in moves.items() if x}


def municipality(
    compiled: Compiled,
    seed: int,
    risk_of: Mapping[str, Iterable[str]],
    *,
    everyone: bool = False,
) -> Municipality:
    """Return a simulated municipality, of one world: see `CommonPast` and `Municipality`."""
    found = CommonPast(compiled, seed, risk_of).go_on(compiled)
    found.everyone = everyone
    return found


class CommonPast:
    """A municipality up to where an investment first may act, the same in every world.

    What differs between worlds are the investments, so that they have this past in common, and it
    is simulated once (law L3).

    Args:
        compiled: A scenario: see `with_study_arms`.
        seed: The seed of the municipality.
        risk_of: By investment, the transitions whose risk is wanted for those in its target group.
    """

    def __init__(self, compiled: Compiled, seed: int, risk_of: Mapping[str, Iterable[str]]) -> None:
        self.seed = seed
        self._simulation = Simulation(compiled, seed, threads=1, logging=True)
        self._looking = _Looking(self._simulation, risk_of)
        scenario = compiled.scenario
        starts = [compiled.clock.at(one.start) for one in scenario.investments.values()]
        until = min([self._simulation.enrolments.first_active, *starts])
        _go_on(self._simulation, self._looking, until)
        self._log = self._simulation.drain()

    def leads_to(self, compiled: Compiled, seed: int) -> bool:
        """Return whether a municipality with some investments has this past."""
        return seed == self.seed and has_past_of(compiled, self._simulation.compiled)

    def go_on(self, compiled: Compiled) -> Municipality:
        """Return the municipality at the end of a run with other investments."""
        simulation = self._simulation.going_on_with(compiled)
        simulation.enrolments.keeps_offers = True
        looking = self._looking.of(simulation)
        _go_on(simulation, looking, compiled.clock.end)
        log = np.concatenate([self._log, simulation.drain()])
        return Municipality(compiled, simulation, looking.first, looking.risk, log)


class _Looking:
    """When each person is first in each target group without any investment, and at what risk."""

    def __init__(self, simulation: Simulation, risk_of: Mapping[str, Iterable[str]]) -> None:
        n = len(simulation.people)
        self._simulation = simulation
        self.first = {name: np.full(n, NEVER, np.int64) for name in risk_of}
        self.risk = {
            (name, transition): np.full(n, np.nan)
            for name, transitions in risk_of.items()
            for transition in transitions
        }
        self._seen = np.empty((max(len(simulation.compiled.features), 1), 1))

    def of(self, simulation: Simulation) -> _Looking:
        """Return the same, to go on with in another run."""
        other = copy(self)
        other._simulation = simulation
        other.first = {name: first.copy() for name, first in self.first.items()}
        other.risk = {key: risk.copy() for key, risk in self.risk.items()}
        return other

    def look(self) -> None:
        """Look at a step that has begun."""
        simulation, compiled = self._simulation, self._simulation.compiled
        for name, found in self.first.items():
            people = in_target(simulation, name)
            new = people[found[people] == NEVER]
            if not len(new):
                continue
            found[new] = simulation.step
            for (of, transition), values in self.risk.items():
                if of != name:
                    continue
                some = np.empty(len(new))
                risks(
                    compiled.tables.transitions,
                    compiled.tables.features,
                    simulation.columns,
                    compiled.arms.index(BESIDE) + 1,
                    compiled.transitions.index(transition),
                    new,
                    simulation.step,
                    self._seen,
                    some,
                )
                values[new] = some


def _go_on(simulation: Simulation, looking: _Looking, until: int) -> None:
    while simulation.step < until:
        simulation.begin()
        looking.look()
        simulation.finish()
