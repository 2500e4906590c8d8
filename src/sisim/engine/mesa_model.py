"""Mesa model of a scenario: residents as agents, moved by the engine's own rule.

A person is a light view into the columns, made when asked for. A subclass of `Person` that
overrides `step` decides for itself, with `super().step()` for what the rule would do. Until there
is one, the engine takes many steps at once, up to the model's clock, when something is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector
from numpy.typing import NDArray

from sisim.arrays import Ints
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import OwnDecisions, Simulation
from sisim.engine.trace import WITHOUT, Risk, key_of, risks
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario


class States(Mapping[str, str]):
    """A person's current state by track, as a read-only mapping."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def __getitem__(self, track: str) -> str:
        model = self._person.model
        number = model.compiled.tracks.index(track)
        state = int(model.simulation.columns.state[number, self._person.row])
        return model.state_names[state]

    def __iter__(self) -> Iterator[str]:
        return iter(self._person.model.compiled.tracks)

    def __len__(self) -> int:
        return len(self._person.model.compiled.tracks)

    def __repr__(self) -> str:
        return repr(dict(self))


class Person(mesa.Agent):  # type: ignore[misc]
    """A resident, as a view into the columns of the model.

    Attributes:
        model: The model.
        unique_id: The person's number in the run.
    """

    model: SocialInvestmentModel

    def __init__(self, model: SocialInvestmentModel, unique_id: int) -> None:
        # The model holds everyone already: nobody is registered, counted or copied.
        self.model = model
        self.unique_id = unique_id
        self.pos = None

    @property
    def row(self) -> int:
        """The row in which the person lives in the model's arm."""
        model = self.model
        columns = model.simulation.columns
        own = model.arm_number > 0 and columns.diverged[model.arm_number - 1, self.unique_id]
        return self.unique_id + (model.arm_number * columns.n if own else 0)

    @property
    def key(self) -> str:
        """Area, entry and number: who this is in every run of the scenario with this seed."""
        return key_of(self.model.compiled, self.model.simulation.people, self.unique_id)

    @property
    def state(self) -> States:
        """The current state by track."""
        return States(self)

    @property
    def age(self) -> float:
        """Age in years."""
        model = self.model
        born = int(model.simulation.people.born[self.unique_id])
        return (model.simulation.step - born) / model.compiled.clock.per_year

    @property
    def area(self) -> str:
        """Where the person lives."""
        return self.model.compiled.areas[int(self.model.simulation.people.area[self.unique_id])]

    @property
    def background(self) -> dict[str, str | float]:
        """Categories and numbers drawn at entry, by attribute."""
        compiled, who = self.model.compiled, self.model.simulation.people
        specs = compiled.scenario.pathway.attributes
        found: dict[str, str | float] = {
            name: list(specs[name].shares)[int(who.codes[number, self.unique_id])]
            for number, name in enumerate(compiled.attributes)
        }
        for number, name in enumerate(compiled.numbers):
            found[name] = float(who.numbers[number, self.unique_id])
        return found

    @property
    def history(self) -> list[tuple[int, str, str, str]]:
        """Every move so far: step from which it holds, track, state left, state entered."""
        return self.model.history(self.unique_id)

    def risks(self, track: str) -> list[Risk]:
        """Return what may happen on a track now, as base x factors."""
        model = self.model
        number = model.compiled.tracks.index(track)
        return risks(
            model.compiled, model.simulation, self.row, self.unique_id, model.arm_number, number
        )

    def step(self) -> None:
        """Do what the rule says. An override calls this, or moves, or does neither."""
        self.model.follow_rule(self.unique_id)

    def move(self, track: str, state: str) -> None:
        """Move to a state in this step, instead of what the rule would do on that track.

        Raises:
            ValueError: The pathway has no transition between the two states.
        """
        self.model.move(self.unique_id, track, state)


class GroupCounts(DataCollector):  # type: ignore[misc]
    """Data collector of the residents and of the people in each group, a row after each step.

    Its columns are read off the engine's own counts, all at once when they are asked for, so that
    collecting costs nothing. Replace `model.datacollector` for other reporters.

    Args:
        model: The model.
    """

    def __init__(self, model: SocialInvestmentModel) -> None:
        names = ("residents", *model.compiled.groups)
        self._model = model
        self._rows: list[int] = []
        self._warm_up: dict[int, dict[str, int]] = {}
        super().__init__(model_reporters={name: _count_of(name) for name in names})

    def collect(self, model: SocialInvestmentModel) -> None:
        """Add a row for the state that the model is in now."""
        self._rows.append(model.now)
        if hasattr(self, "_collection_steps"):  # from Mesa 3.4: batch_run finds rows by it
            self._collection_steps.append(model.time)
        if model.now < model.compiled.clock.history:  # nothing is counted yet
            self._warm_up[model.now] = {name: ask(model) for name, ask in self._asked()}

    @property
    def model_vars(self) -> dict[str, list[int]]:
        """The counts by name, a value for each row."""
        courses = self._model.courses() if self._rows else {}
        return {
            name: [
                self._warm_up[step][name]
                if step in self._warm_up
                else int(courses[name][step - self._model.compiled.clock.history])
                for step in self._rows
            ]
            for name, _ in self._asked()
        }

    @model_vars.setter
    def model_vars(self, _: Any) -> None:
        """Ignore the storage that Mesa's constructor makes: the values are the engine's."""

    def _asked(self) -> list[tuple[str, Callable[[SocialInvestmentModel], int]]]:
        return list(self.model_reporters.items())


class SocialInvestmentModel(mesa.Model):  # type: ignore[misc]
    """Mesa model of a scenario, a step of the pathway at a time, seen in one arm.

    Args:
        source: The scenario: loaded, a file, or the name of a ready one.
        arm: The arm that `agents` and the reporters see; all arms are simulated.
        seed: The seed of every draw; unset: the scenario's.
        person: The class of the agents.
        from_start: Begin at the scenario's first counted step, not at the empty warm-up.
        overrides: Other values by dotted path, as in `{"time.years": 15}`, where `source` is a file
            or a name.

    Attributes:
        now: The step that begins next, counted from the first of the warm-up.
        compiled: The compiled scenario.

    Raises:
        ScenarioError: If something is wrong in the file.
        ValueError: The arm is unknown, or a person that decides for itself is asked for in an arm
            with investments (write the investment's effect in its `step` instead).
    """

    def __init__(
        self,
        source: Scenario | str | os.PathLike[str],
        *,
        arm: str = WITHOUT,
        seed: int | None = None,
        person: type[Person] = Person,
        from_start: bool = True,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        plan = source if isinstance(source, Scenario) else load_scenario(source, overrides or {})
        chosen = plan.seed if seed is None else seed
        super().__init__(rng=chosen)
        self.compiled = compile_scenario(plan)
        if arm not in (WITHOUT, *self.compiled.arms):
            arms = ", ".join((WITHOUT, *self.compiled.arms))
            raise ValueError(f"unknown arm {arm!r}; the scenario has {arms}")
        self._decides = person.step is not Person.step
        if self._decides and arm != WITHOUT:
            raise ValueError(
                f"{person.__name__} overrides step, which is possible in the arm {WITHOUT!r} only; "
                f"put what {arm!r} does into its step"
            )
        self.arm = arm
        self.arm_number = (WITHOUT, *self.compiled.arms).index(arm)
        self.state_names = [state for _, state in self.compiled.states] + [""]
        self._simulation = Simulation(self.compiled, chosen, logging=self._decides)
        self._logged: Simulation | None = self._simulation if self._decides else None
        self._log: tuple[int, NDArray[np.void]] = (-1, np.empty(0, np.void))
        self._begun = False
        self._person = person
        self._known: dict[int, Person] = {}
        self._followers: list[int] = []
        self._moves: list[tuple[int, int, int, int]] = []
        self.now = self.compiled.clock.history if from_start else 0
        self.datacollector: DataCollector = GroupCounts(self)

    @property
    def simulation(self) -> Simulation:
        """The engine's run, where the model's clock is.

        Between steps the next one has begun: who is born or comes in it is here already.
        """
        run = self._simulation
        if self._begun and run.step < self.now:
            run.finish()
            self._begun = False
        if run.step < self.now:
            run.advance(self.now - run.step)
        if not self._begun and run.step < self.compiled.clock.end:
            run.begin()
            self._begun = True
        return run

    @property
    def month(self) -> str:
        """The calendar month in which the next step begins."""
        step = np.array([self.now])
        clock = self.compiled.clock
        return f"{clock.calendar_year(step)[0]}-{clock.month(step)[0]:02d}"

    def step(self) -> None:
        """Take one step of the pathway.

        Raises:
            ValueError: The scenario has come to its end.
        """
        if self.now == self.compiled.clock.end:
            raise ValueError(
                f"the scenario ended before {self.month}: step while `running`, "
                "or give it more years (time.years)"
            )
        if self._decides:
            self._step_agents()
        self.now += 1
        self.running = self.now < self.compiled.clock.end
        self.datacollector.collect(self)

    def _step_agents(self) -> None:
        self._followers, self._moves = [], []
        present = self.residents()
        for number in present:
            self._agent(int(number)).step()
        # Who is not yet a resident lives by the rule.
        decides = np.zeros(self.simulation.columns.n, np.bool_)
        decides[present] = True
        decides[self._followers] = False
        moves = {(person, track): (t, to) for person, track, t, to in self._moves}
        own = OwnDecisions(decides, [(p, k, t, to) for (p, k), (t, to) in moves.items()])
        self.simulation.finish(own)
        self._begun = False

    def follow_rule(self, person: int) -> None:
        """Let the rule decide for a person in this step."""
        self._followers.append(person)

    def move(self, person: int, track: str, state: str) -> None:
        """Let a person move to a state in this step: see `Person.move`."""
        compiled, rule = self.compiled, self.compiled.tables.transitions
        k = compiled.tracks.index(track)
        if (track, state) not in compiled.states:
            raise ValueError(f"unknown state {state!r}; {track} has {', '.join(self._of(track))}")
        here, to = int(self.simulation.columns.state[k, person]), compiled.state(track, state)
        for t in rule.out[rule.state[here]["first"] : rule.state[here]["last"]]:
            first, last = rule.transition[t]["to_first"], rule.transition[t]["to_last"]
            if to in rule.destination["state"][first:last]:
                self._moves.append((person, k, int(t), to))
                return
        raise ValueError(
            f"no transition of {track} leads from {self.state_names[here]!r} to {state!r}; "
            "add one to the pathway, with a rate of 0 if only people's own step shall use it"
        )

    def _of(self, track: str) -> list[str]:
        return [state for name, state in self.compiled.states if name == track]

    def residents(self) -> Ints:
        """Return the numbers of the people who live here now, in the model's arm."""
        columns = self.simulation.columns
        here = columns.alive[self._rows()] & (columns.person["arrive"] <= self.simulation.step)
        return np.flatnonzero(here)

    @property
    def agents(self) -> AgentSet:
        """The residents, as an agent set of `Person` views."""
        return AgentSet([self._agent(int(n)) for n in self.residents()], random=self.random)

    @agents.setter
    def agents(self, agents: Any) -> None:  # noqa: ARG002 (Mesa's own signature)
        raise AttributeError("the agents are the people of the scenario and cannot be replaced")

    @property
    def agent_types(self) -> list[type]:
        """The one class of agents."""
        return [self._person]

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """The residents, under their class."""
        return {self._person: self.agents}

    def _agent(self, number: int) -> Person:
        if number not in self._known:
            self._known[number] = self._person(self, number)
        return self._known[number]

    def count(self, group: str) -> int:
        """Return how many residents are in a group of states now."""
        compiled, layout = self.compiled, self.compiled.tables.layout
        g = compiled.groups.index(group)
        states = self.simulation.columns.state[
            layout.group_track[g], self._rows()[self.residents()]
        ]
        return int(layout.member[g, states].sum())

    def courses(self) -> dict[str, Ints]:
        """Return the residents and the people in each group, from the first counted step to now.

        Returns:
            By `residents` and the names of groups, each (steps + 1,).
        """
        compiled, member = self.compiled, self.compiled.tables.layout.member
        stock = self.simulation.tally().stock[self.arm_number].sum(axis=1)
        stock = stock[: self.now - compiled.clock.history + 1]
        anywhere = np.array([track == compiled.tracks[0] for track, _ in compiled.states])
        found = {"residents": stock[:, anywhere].sum(axis=1)}
        found |= {
            name: stock[:, member[g, :-1].astype(bool)].sum(axis=1)
            for g, name in enumerate(compiled.groups)
        }
        if self.now < compiled.clock.end:  # a step is counted when it is taken
            found["residents"][-1] = len(self.residents())
            for name in compiled.groups:
                found[name][-1] = self.count(name)
        return found

    def _rows(self) -> Ints:
        """Return the row in which everyone lives in the model's arm."""
        columns = self.simulation.columns
        rows = np.arange(columns.n)
        if self.arm_number:
            rows += np.where(columns.diverged[self.arm_number - 1], self.arm_number * columns.n, 0)
        return rows

    def history(self, person: int) -> list[tuple[int, str, str, str]]:
        """Return every move of a person so far, in the model's arm."""
        log, columns, arm = self._moves_so_far(), self.simulation.columns, self.arm_number - 1
        mine = log[log["row"] == person]
        if self.arm_number and columns.diverged[arm, person]:
            before = mine[mine["step"] < columns.divergence_step[arm, person]]
            mine = np.concatenate([before, log[log["row"] == self._rows()[person]]])
        states = self.compiled.states
        return [
            (int(m["step"]), states[m["origin"]][0], states[m["origin"]][1], states[m["to"]][1])
            for m in mine
        ]

    def _moves_so_far(self) -> NDArray[np.void]:
        """Return the log of every move, made when it is first asked for.

        To keep a log costs as much as the run itself. Where nobody decides, the same run is
        therefore repeated with a log when a history is read (law L3).
        """
        if self._log[0] != self.now:
            if self._logged is None:
                self._logged = Simulation(self.compiled, self._simulation.seed, logging=True)
            run = self.simulation if self._decides else self._logged
            run.advance(self.now - run.step)
            self._log = (self.now, run.log())
        return self._log[1]


def _count_of(name: str) -> Callable[[SocialInvestmentModel], int]:
    if name == "residents":
        return lambda model: len(model.residents())
    return lambda model: model.count(name)
