"""Resource use: what people in states, moves and entries use, and what it comes to in a result.

The amounts of the pathway are told here once, for counts of people and for single persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine.consequences import consequences
from sisim.engine.effects import area_strength, fidelity_path
from sisim.engine.measurements import ANSWERED
from sisim.engine.simulation import Tally
from sisim.engine.tables import Compiled
from sisim.scenario.factor_table import effect_factor
from sisim.scenario.pathway import Entry, Pathway, State, Transition, Use
from sisim.scenario.scenario import Effect, Instead, Investment, Scenario
from sisim.scenario.types import Number

Kind = Literal["use", "weight"]
Array = NDArray[Any]


def names_of(pathway: Pathway, kind: Kind) -> list[str]:
    """Return the resources of a pathway, or its outcome weights, in order."""
    return list(pathway.resources if kind == "use" else pathway.weights)


def uses_of(content: State | Transition | Entry, kind: Kind) -> Mapping[str, Use]:
    """Return what a state, a transition or an entry uses, by name."""
    return content.uses if kind == "use" else content.weights


def amounts(content: State | Transition | Entry, pathway: Pathway, kind: Kind) -> Floats:
    """Return the amounts that a state, a transition or an entry uses, (names,).

    Those that depend on a person's history are 0 here: the run itself adds them up.
    """
    uses = uses_of(content, kind)
    return np.array(
        [
            uses[name].amount.value if name in uses and not uses[name].factors else 0.0
            for name in names_of(pathway, kind)
        ]
    )


def per_step(compiled: Compiled, kind: Kind) -> Floats:
    """Return what is used in a step in each state, (states + 1, names); the last is of nobody."""
    pathway = compiled.scenario.pathway
    found = np.zeros((len(compiled.states) + 1, len(names_of(pathway, kind))))
    for track, spec in pathway.tracks.items():
        for state, content in spec.states.items():
            own = amounts(content, pathway, kind) / compiled.clock.per_year
            found[compiled.state(track, state)] = own
    for one in consequences(compiled.scenario):
        if isinstance(one.spec, Instead) and kind == "use":
            for name, amount in one.spec.uses.items():
                place = compiled.state(one.track, one.state), names_of(pathway, kind).index(name)
                found[place] = amount.value / compiled.clock.per_year
    return found


def per_move(compiled: Compiled, kind: Kind) -> Floats:
    """Return what is used at each transition, (transitions, names)."""
    pathway = compiled.scenario.pathway
    found = np.zeros((len(compiled.transitions), len(names_of(pathway, kind))))
    for name, spec in pathway.transitions.items():
        found[compiled.transitions.index(name)] = amounts(spec, pathway, kind)
    for one in consequences(compiled.scenario):
        if isinstance(one.spec, Instead) and kind == "use":
            for name, amount in one.spec.once.items():
                place = compiled.transitions.index(one.track), names_of(pathway, kind).index(name)
                found[place] = amount.value
    return found


class Units(NamedTuple):
    """Amounts of resources or of outcome weights.

    Attributes:
        names: The resources or weights.
        states: Used in states, per step spent there, at every point (..., n + 1, areas, names).
        ends: The same with the effects of the step before each point: what is used at its end.
        moves: Used at transitions, in every step (..., n, areas, names).
        entries: Used at entry, and by answers to instruments, likewise.
    """

    names: list[str]
    states: Array
    ends: Array
    moves: Array
    entries: Array

    @property
    def events(self) -> Array:
        """Used at transitions and at entry, in every step."""
        return np.asarray(self.moves + self.entries)


class Own(NamedTuple):
    """An investment as an arm has it."""

    arm: int
    number: int
    investment: Investment
    ending: str
    stopped: Ints


class Run(Protocol):
    """A replication, of which the tally holds what depends on history."""

    @property
    def tally(self) -> Tally:
        """The counts, by arm."""

    @property
    def measured(self) -> Sequence[Floats]:
        """What is measured, by measurement."""


class Counted(Protocol):
    """A result whose people and events are counted."""

    @property
    def compiled(self) -> Compiled:
        """The compiled scenario."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""

    @property
    def replications(self) -> Sequence[Run]:
        """One run beside the other."""

    @property
    def points(self) -> Ints:
        """The start of each step, and the end."""

    def own_investments(self) -> Iterator[Own]:
        """Yield every investment of every arm."""

    def counts(self, name: str, by: Sequence[str] = ...) -> Array:
        """Return a tally of all replications."""

    def treatments(self, name: str) -> Array:
        """Return who begins or is in treatment."""

    def delivery(self, own: Own) -> tuple[Array, Array]:
        """Return how much of the project and of the new way runs."""


def _later(strength: Array, steps: int) -> Array:
    """Return strengths (points, areas) so many steps later; the first holds before them."""
    return np.concatenate([strength[:1].repeat(steps, axis=0), strength[: len(strength) - steps]])


class UseCount:
    """Resource use, or outcome weights, of the people in states and the events of a result."""

    def __init__(self, result: Counted, kind: Kind) -> None:
        self.result = result
        self.kind = kind
        self.compiled = compiled = result.compiled
        self.pathway = pathway = result.scenario.pathway
        self.names = names_of(pathway, kind)
        self.per_year = compiled.clock.per_year
        self.per_step = per_step(compiled, kind)
        # Those on areas come first, so that those on participants start from what they leave.
        effects = [
            (own, effect)
            for acts_on in ("area", "participants")
            for own in result.own_investments()
            for effect in own.investment.effects
            if effect.acts_on == acts_on and any(t.startswith(f"{kind}:") for t in effect.on)
        ]
        self.effects = sorted(effects, key=lambda one: one[1].order)

    def units(self) -> Units:
        """Return the amounts."""
        states = self._states(0)
        events = self.result.counts("event", ["area"])
        moves = np.zeros((*events.shape[:-1], len(self.names)))
        of_moves = per_move(self.compiled, self.kind)
        for transition, place in np.argwhere(of_moves).tolist():
            moves[..., place] += events[..., transition] * of_moves[transition, place]
        entries = np.zeros_like(moves)
        arrivals = self.result.counts("arrivals", ["area"])[:, :, :-1]
        if self.kind == "use":
            self._add_answers(entries)
        of_entry = amounts(self.pathway.entry, self.pathway, self.kind)
        for place in np.flatnonzero(of_entry).tolist():
            entries[..., place] += arrivals * of_entry[place]
        # Only where something is counted at the end of cycles does it matter what held in them.
        at_end = self.effects and self.result.scenario.economy.counting in ("end", "both")
        return Units(self.names, states, self._states(1) if at_end else states, moves, entries)

    def _states(self, after: int) -> Array:
        """Return what is used in states at every point, by the effects so many steps before it."""
        stock = self.result.counts("stock", ["area"])
        states = np.zeros((*stock.shape[:-1], len(self.names)))
        for track, spec in self.pathway.tracks.items():
            for state, content in spec.states.items():
                people = stock[..., self.compiled.state(track, state)]
                for name, use in {**self._added(state), **uses_of(content, self.kind)}.items():
                    amount = self._in_state(people, (track, state), name, use, after)
                    states[..., self.names.index(name)] += amount
        for one in consequences(self.result.scenario):
            number = self.compiled.state(one.track, one.state)
            for place in np.flatnonzero(self.per_step[number]).tolist():
                states[..., place] += stock[..., number] * self.per_step[number, place]
        return states

    def _add_answers(self, events: Array) -> None:
        """Add what those who answer an instrument use, in every arm."""
        for number, row in enumerate(self.compiled.measurements):
            name = self.result.scenario.measurements[row.name].instrument
            if name is None:
                continue
            for resource, use in self.pathway.instruments[name].uses.items():
                own = np.stack([r.measured[number][0] for r in self.result.replications])
                answers = own[..., ANSWERED].sum(axis=3)
                events[..., self.names.index(resource)] += answers * use.amount.value

    def _added(self, state: str) -> Mapping[str, Use]:
        """Return the uses that a state has only because an effect adds to them."""
        head, tail = f"{self.kind}:", f"@{state}"
        return {
            target.removeprefix(head).removesuffix(tail): Use(amount=Number(value=0))
            for _, effect in self.effects
            for target in effect.on
            if target.startswith(head) and target.endswith(tail)
        }

    def _in_state(
        self, people: Array, of: tuple[str, str], name: str, use: Use, after: int
    ) -> Array:
        """Return what `people` use in a state per step, (replications, arms, points, areas).

        Args:
            people: How many they are.
            of: The track, and the state.
            name: What they use.
            use: How much of it.
            after: How many steps before each point the effects lie that act on it.
        """
        track, state = of
        if use.factors:
            # Amounts that depend on history are added up person by person in the run itself.
            number = self.compiled.uses.index((self.kind, name, track, state))
            total = np.stack([r.tally.use[..., number] for r in self.result.replications])
        else:
            total = (
                people * self.per_step[self.compiled.state(track, state), self.names.index(name)]
            )
        targets = {f"{self.kind}:{name}", f"{self.kind}:{name}@{state}"}
        for own, effect in self.effects:
            if targets.isdisjoint(effect.on):
                continue
            here = people[:, own.arm]
            each = np.divide(total[:, own.arm], here, out=np.zeros(here.shape), where=here > 0)
            if effect.acts_on == "area":
                affected, strength = here, _later(self._in_areas(own, effect), after)
            else:
                affected = self._treated(own, track, state, after)
                strength = _later(self._in_treatment(own, effect), after)
            factor = np.maximum(effect_factor(effect.ratio.value, strength), 0.0)
            adds: Any = 0.0 if effect.adds is None else effect.adds.value / self.per_year
            if effect.sets is not None:
                adds = effect.sets.value / self.per_year - each
            total[:, own.arm] += affected * (each * (factor - 1.0) + adds * strength)
        return total

    def _in_areas(self, own: Own, effect: Effect) -> Array:
        """Return the strength of an effect on everyone in an area, (points, areas)."""
        clock, areas = self.compiled.clock, self.compiled.areas
        strength = area_strength(effect, own.investment, own.ending, clock, areas, own.stopped)
        return strength[:, self.result.points].T

    def _in_treatment(self, own: Own, effect: Effect) -> Array:
        """Return the strength of an effect on who is in treatment, (points, areas)."""
        fidelity = fidelity_path(own.investment, self.compiled.clock)[self.result.points]
        _, new_way = self.result.delivery(own)
        in_phase = {"always": new_way >= 0, "project": new_way == 0, "new_way": new_way > 0}
        return np.asarray(in_phase[effect.phase] * fidelity).T

    def _treated(self, own: Own, track: str, state: str, after: int) -> Array:
        """Return who is in treatment in a state, (replications, points, areas).

        With one step `after` it, who was in treatment in the step before each point.
        """
        place = (slice(None), own.arm - 1, own.number)
        by_state = self.result.treatments("treated_before" if after else "treated_state")[place]
        by_area = self.result.treatments("treated")[place]
        by_area = np.concatenate([by_area[:, :1].repeat(after, 1), by_area], axis=1)
        by_area = by_area[:, : by_state.shape[1]]
        everyone = by_area.sum(axis=-1, keepdims=True)
        shares = np.divide(by_area, everyone, out=np.zeros(by_area.shape), where=everyone > 0)
        return np.asarray(by_state[..., self.compiled.state(track, state), None] * shares)
