"""One simulated municipality of which everything is known: both lives of every person.

The same run has every arm, and the same people with the same luck in each (law L3). What happens
to a person with the investment and without it is therefore known for everybody, and who was
offered a place, and when each was first in the target group, is kept beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from sisim.engine.affected import AffectedPeople
from sisim.engine.compile import compile_scenario
from sisim.engine.enrolment import Enrolment, risks
from sisim.engine.individual_use import in_target, uses_of_moves, with_arms_alone
from sisim.engine.population import People
from sisim.engine.rerun import run_without
from sisim.engine.resource_use import per_step
from sisim.engine.simulation import Simulation, has_past_of
from sisim.engine.tables import NEVER, Compiled
from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.scenario import Arm, Scenario
from sisim.scenario.types import Text

BESIDE = "nothing_beside"
"""An arm in which nothing is invested, in which risks are read."""
MOST_ALONE = 0.5
"""Greatest share of the people that is worth finding, to simulate them alone."""


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
        simulation: The run, of those people alone whom an arm can affect.
        who: Their numbers among everyone in the municipality.
        events: How often each transition happens to everyone, nothing being invested.
        first: By investment: the step in which each person was first in its target group without
            it; `NEVER` for who never was.
        risk: By investment and transition: what each person's risk was in that step.
        log: Every move.
        everyone: Whether everybody's life is read, and not only those of who may be in a study.
    """

    compiled: Compiled
    simulation: Simulation
    who: Ints
    events: Floats
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
        """Those of its people whom an arm can affect."""
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
        return uses_of_moves(self.compiled, self.events)

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
            ways = self._ways(outcome.transition)
            found = np.asarray(self._moved(arm, ways, since, until).sum(axis=0), np.float64)
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
        counts = self._moved(arm, list(move), since, until)
        for amount, count in zip(move.values(), counts, strict=True):
            found += amount * count
        return found

    def _ways(self, transition: str) -> list[tuple[int, int]]:
        spec = self.compiled.scenario.pathway.transitions[transition]
        pairs = product(dict.fromkeys(spec.origin), dict.fromkeys(spec.to))
        return [
            (self.compiled.state(spec.track, origin), self.compiled.state(spec.track, to))
            for origin, to in pairs
        ]

    def _moved(
        self, arm: int, ways: Sequence[tuple[int, int]], since: Ints, until: Ints
    ) -> NDArray[np.int64]:
        """Return how many moves of each kind each person makes in their time, (kinds, people)."""
        life, states = self.life(arm), len(self.compiled.states) + 1
        kind_of = np.full((states, states), len(ways))
        for kind, way in enumerate(ways):
            kind_of[way] = kind
        found = kind_of[life.origin, life.to]
        wanted = found < len(ways)
        number, person, step = found[wanted], life.person[wanted], life.step[wanted]
        inside = (step > since[person]) & (step <= until[person])
        n = len(since)
        counts = np.bincount(number[inside] * n + person[inside], minlength=len(ways) * n)
        return counts.reshape(len(ways), n)

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


class SimulatedMunicipalities:
    """Municipalities of one scenario, each with people and luck of its own.

    Whom no arm can affect has the same life in each (law L4), and is simulated without them alone.

    Args:
        compiled: The scenario: see `with_study_arms`.
        risk_of: By investment, the transitions whose risk is wanted for those in its target group.
    """

    def __init__(self, compiled: Compiled, risk_of: Mapping[str, Iterable[str]]) -> None:
        self.compiled, self._risk_of = compiled, risk_of
        self._affected = AffectedPeople(compiled)
        # Where most are affected it costs more to find them than it spares.
        self._few = self._affected.inferable

    @cached_property
    def _without(self) -> Compiled:
        return compile_scenario(self.compiled.scenario.model_copy(update={"arms": {}}))

    def one(self, seed: int, *, everyone: bool = False) -> Municipality:
        """Return the municipality of a seed, to the end of its run: see `Municipality.everyone`."""
        found = self.past(seed).go_on(self.compiled)
        found.everyone = everyone
        return found

    def past(self, seed: int) -> CommonPast:
        """Return the municipality of a seed up to where an investment first may act."""
        compiled, affected, who, without = self.compiled, None, None, None
        if self._few:
            affected = self._affected
            without, who = run_without(self._without, seed, affected)
            self._few = len(who) < MOST_ALONE * len(without.people)
        only = None if who is None or without is None else without.people.only(who)
        run = Simulation(compiled, seed, threads=1, only=only, logging=True)
        looking = _Looking(run, self._risk_of)
        starts = [compiled.clock.at(one.start) for one in compiled.scenario.investments.values()]
        _go_on(run, looking, min([run.enrolments.first_active, *starts]))
        everyone = np.arange(len(run.people)) if who is None else who
        return CommonPast(run, looking, run.drain(), everyone, without, affected)


@dataclass(frozen=True)
class CommonPast:
    """A municipality up to where an investment first may act, the same in every world.

    What differs between worlds are the investments, so that they have this past in common, and it
    is simulated once (law L3).

    Attributes:
        simulation: The run, of those people alone whom an arm can affect.
        looking: What was seen in it.
        log: Every move in it.
        who: Their numbers among everyone.
        without: The run of everyone to the end, nothing being invested; None if they are everyone.
        affected: Whom they are; None if they are everyone.
    """

    simulation: Simulation
    looking: _Looking
    log: NDArray[np.void]
    who: Ints
    without: Simulation | None
    affected: AffectedPeople | None

    def leads_to(self, compiled: Compiled, seed: int) -> bool:
        """Return whether a municipality with some investments has this past."""
        return (
            seed == self.simulation.seed
            and has_past_of(compiled, self.simulation.compiled)
            and (self.affected is None or self.affected.covers(AffectedPeople(compiled)))
        )

    def go_on(self, compiled: Compiled) -> Municipality:
        """Return the municipality at the end of a run with other investments."""
        run = self.simulation.going_on_with(compiled)
        run.enrolments.keeps_offers = True
        looking = self.looking.of(run)
        _go_on(run, looking, compiled.clock.end)
        log = np.concatenate([self.log, run.drain()])
        events = (self.without or run).tally().event[0].sum(axis=(0, 1))
        counted = np.asarray(events, np.float64)
        return Municipality(compiled, run, self.who, counted, looking.first, looking.risk, log)


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
