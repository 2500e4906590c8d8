"""One simulated municipality of which everything is known: both lives of every person.

The same run has every arm, and the same people with the same luck in each (law L3). What happens
to a person with the investment and without it is therefore known for everybody, and who was
offered a place, and when each was first in the target group, is kept beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.calibration.life_histories import Lives, lives, spells
from sisim.calibration.targets import TrackHistory
from sisim.economics.prices import PriceList
from sisim.engine.compile import compile_scenario
from sisim.engine.enrolment import risks
from sisim.engine.individual_use import in_target, uses_of_moves, with_arms_alone
from sisim.engine.population import People
from sisim.engine.resource_use import per_step
from sisim.engine.simulation import Simulation
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
    return with_arms_alone(scenario, {**kept, BESIDE: Arm(label=label, investments={})})


@dataclass
class Municipality:
    """A run to its end, of which all is kept.

    Attributes:
        compiled: Its scenario.
        simulation: The run.
        first: By investment: the step in which each person was first in its target group without
            it; `NEVER` for who never was.
        risk: By investment and transition: what each person's risk was in that step.
    """

    compiled: Compiled
    simulation: Simulation
    first: dict[str, Ints]
    risk: dict[tuple[str, str], Floats]
    _lives: dict[int, Lives] = field(default_factory=dict)
    _spells: dict[int, dict[str, TrackHistory]] = field(default_factory=dict)
    _log: np.ndarray | None = None

    @property
    def people(self) -> People:
        """Who lives there."""
        return self.simulation.people

    def arm(self, name: str) -> int:
        """Return the number of an arm among those simulated; 0 is without."""
        return self.compiled.arms.index(name) + 1

    def life(self, arm: int) -> Lives:
        """Return everyone's moves in an arm."""
        if arm not in self._lives:
            if self._log is None:
                self._log = self.simulation.log()
            self._lives[arm] = lives(self.simulation, self._log, arm)
        return self._lives[arm]

    def spells(self, arm: int) -> dict[str, TrackHistory]:
        """Return everyone's spells in an arm."""
        if arm not in self._spells:
            self._spells[arm] = spells(self.simulation, self.life(arm))
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
        state, move = self._amounts(outcome)
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
        # Where people are at the ends of the months in which they are followed.
        time = self._time(
            arm, lambda spell: inside[spell.state].astype(float), since + 1, until + 1
        )
        if outcome.count == "months":
            return time * 12 / self.compiled.clock.per_year
        life = self.life(arm)
        # Who leaves by age in the very step in which they enter has no time there.
        entered = inside[life.to] & (life.step > since[life.person])
        entered &= life.step <= until[life.person]
        count = np.bincount(life.person[entered], minlength=len(since))
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
        events = np.asarray(self.simulation.tally().event[0].sum(axis=(0, 1)), np.float64)
        moves = {
            way: float(each @ worth) for way, each in uses_of_moves(self.compiled, events).items()
        }
        return per_step(self.compiled, "use") @ worth, {w: x for w, x in moves.items() if x}


def municipality(
    scenario: Scenario,
    seed: int,
    investments: Iterable[str],
    risk_of: Mapping[str, Iterable[str]],
    *,
    compiled: Compiled | None = None,
) -> Municipality:
    """Return a simulated municipality.

    Args:
        scenario: Its scenario: see `with_study_arms`.
        seed: Its seed.
        investments: Whose target groups are looked for.
        risk_of: By investment, the transitions whose risk is wanted for those in the target group.
        compiled: The scenario compiled, if that is already done.
    """
    compiled = compile_scenario(scenario) if compiled is None else compiled
    simulation = Simulation(compiled, seed, threads=1, logging=True)
    simulation.enrolments.keeps_offers = True
    n = len(simulation.people)
    first = {name: np.full(n, NEVER, np.int64) for name in investments}
    risk = {
        (name, transition): np.full(n, np.nan)
        for name in first
        for transition in risk_of.get(name, ())
    }
    seen = np.empty((max(len(compiled.features), 1), 1))
    beside = compiled.arms.index(BESIDE) + 1
    for step in range(compiled.clock.end):
        simulation.begin()
        for name, found in first.items():
            people = in_target(simulation, name)
            new = people[found[people] == NEVER]
            if not len(new):
                continue
            found[new] = step
            for (of, transition), values in risk.items():
                if of != name:
                    continue
                some = np.empty(len(new))
                risks(
                    compiled.tables.transitions,
                    compiled.tables.features,
                    simulation.columns,
                    beside,
                    compiled.transitions.index(transition),
                    new,
                    step,
                    seen,
                    some,
                )
                values[new] = some
        simulation.finish()
    return Municipality(compiled, simulation, first, risk)
