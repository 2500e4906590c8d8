"""Trace of one person: their life history in each arm, and what each risk was made of.

By law L3 a person's draws are their own, so a replay of one person equals the run. What people
share (places given, shares among peers) is taken from the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Ints
from sisim.engine import kernel
from sisim.engine.compile import compile_scenario
from sisim.engine.draws import SCALE, draw
from sisim.engine.enrolment import Enrolment, learned_shares
from sisim.engine.population import People
from sisim.engine.simulation import Progress, Simulation, run_to_end
from sisim.engine.tables import COMBINED, EFFECT, MAX_OUT, Compiled, TransitionTables
from sisim.scenario.errors import nearest
from sisim.scenario.factor_table import RATE
from sisim.scenario.scenario import Scenario

_MOVER = 1 << 31
WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class ObservedFactor:
    """A factor as it was for a person at a moment: a feature's value and the multiplier.

    `together` are the features of a table over several, with their values. `raw` is what stands in
    the file, where only a causal share of it acts.
    """

    name: str
    feature: str
    value: float
    multiplier: float
    is_effect: bool
    together: tuple[tuple[str, float], ...] = ()
    raw: float | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """A transition that was possible for a person at a step: base x factors, and the chance.

    `base` and `value` are a rate or a probability per step; `chance` is the transition's own share
    of the chance of leaving, after competition with the others.
    """

    transition: str
    is_rate: bool
    base: float
    factors: tuple[ObservedFactor, ...]
    value: float
    chance: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What could happen to a person on a track at a step in an arm, and what did."""

    step: int
    arm: str
    track: str
    state: str
    draw: float
    risks: tuple[Risk, ...]
    became: str


@dataclass(frozen=True, slots=True)
class LifeHistory:
    """One person in every arm.

    Attributes:
        key: Area, entry and number, as `area/2026-03/0`; movers-in have `m` before the number.
        attributes: Background by name.
        states: State of each track by arm and step, "" where the person is not simulated.
        moments: Every moment at which arms differ, or somebody moves, from the first difference.
        treatments: Treatments by arm.
    """

    key: str
    born: int
    arrive: int
    attributes: dict[str, str | float]
    states: dict[str, dict[str, list[str]]]
    moments: tuple[Moment, ...]
    treatments: dict[str, list[tuple[str, int, int | None]]]


def key_of(compiled: Compiled, who: People, person: int) -> str:
    """Return a person's key as people write it."""
    hi, lo = int(who.hi[person]), int(who.lo[person])
    moment = hi & 0xFFFFF
    year, part = _year_and_part(compiled, moment)
    mover = "m" if hi & _MOVER else ""
    return f"{compiled.areas[int(who.area[person])]}/{year:04d}-{part:02d}/{mover}{lo}"


def _year_and_part(compiled: Compiled, moment: int) -> tuple[int, int]:
    clock = compiled.clock
    step = np.array([moment - clock.first_moment])
    year = int(clock.calendar_year(step)[0])
    return year, moment - int(np.ceil(year * clock.per_year - 1e-6)) + 1


def find(compiled: Compiled, who: People, key: str) -> int:
    """Return the number of the person with a key.

    Raises:
        LookupError: Nobody has that key.
    """
    try:
        area, entry, number = key.split("/")
        year, part = (int(piece) for piece in entry.split("-"))
        mover = number.startswith("m")
        index = int(number.removeprefix("m"))
        place = compiled.areas.index(area)
    except ValueError as error:
        raise LookupError(key) from error
    moment = int(np.ceil(year * compiled.clock.per_year - 1e-6)) + part - 1
    hi = (place << 20) | moment | (_MOVER if mover else 0)
    found = np.flatnonzero((who.hi == np.uint32(hi)) & (who.lo == np.uint32(index)))
    if not len(found):
        raise LookupError(key)
    return int(found[0])


class UnknownPerson(LookupError):  # noqa: N818 (what is the matter, as the user would say)
    """Nobody has the key that was asked for.

    Attributes:
        nearest: The key of somebody who is there.
    """

    def __init__(self, key: str, nearest: str) -> None:
        super().__init__(key)
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Traced:
    """One person's life history in a run.

    Attributes:
        compiled: The compiled scenario.
        history: The life history in every arm.
        differing: How many people's lives differ between the arms, if the person was chosen among
            them; None if it was asked for by key.
    """

    compiled: Compiled
    history: LifeHistory
    differing: int | None


def trace(
    scenario: Scenario,
    key: str | None = None,
    *,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Traced:
    """Return one person's life history from a run of a scenario.

    Args:
        scenario: The scenario.
        key: The person's key; unset: the first one whose lives differ between the arms.
        seed: The seed of the run; unset: the scenario's.
        progress: Called with the steps done and the steps in all.

    Raises:
        UnknownPerson: Nobody has that key.
    """
    compiled = compile_scenario(scenario)
    seed = scenario.seed if seed is None else seed
    simulation = Simulation(compiled, seed)
    who, differing = simulation.people, None
    person = 0 if key is None else _known(compiled, who, key)
    run_to_end(simulation, progress)
    if key is None:
        found = diverged_people(simulation)
        differing, person = len(found), int(found[0]) if len(found) else 0
    history = life_history(
        compiled,
        who,
        person,
        seed=seed,
        enrolments=simulation.enrolments.record,
        shares=simulation.shares,
    )
    return Traced(compiled, history, differing)


def _known(compiled: Compiled, who: People, key: str) -> int:
    """Return the number of the person with a key."""
    try:
        person = find(compiled, who, key)
    except LookupError as error:
        raise UnknownPerson(key, _nearest(compiled, who, key)) from error
    found = key_of(compiled, who, person)
    if found != key:
        # There is no month 13, though whoever counts on finds somebody in the next year.
        raise UnknownPerson(key, found)
    return person


def _nearest(compiled: Compiled, who: People, key: str) -> str:
    """Return the key of somebody who is there: in that area, at about that time, if it says so."""
    area = nearest(key.partition("/")[0], compiled.areas)
    here = who.area == compiled.areas.index(area) if area else np.ones(len(who), bool)
    month = re.search(r"(\d{4})-(\d{2})", key)
    at = compiled.clock.start
    if month and 1 <= int(month[2]) <= 12:
        at = compiled.clock.at(month[0])
    candidates = np.flatnonzero(here) if here.any() else np.arange(len(who))
    return key_of(compiled, who, int(candidates[np.abs(who.arrive[candidates] - at).argmin()]))


def replay(
    compiled: Compiled,
    who: People,
    chosen: Ints,
    *,
    seed: int,
    enrolments: Sequence[Enrolment],
    shares: Sequence[NDArray[np.int32]],
) -> tuple[Simulation, list[Enrolment]]:
    """Return a simulation of some people alone, not yet begun, and their treatments.

    Args:
        compiled: The compiled scenario.
        who: The people of the run.
        chosen: The numbers among them of those who are replayed.
        seed: The seed of the run.
        enrolments: Every treatment of the run.
        shares: The shares among peers of the run by step, if there are any.
    """
    place = {int(person): number for number, person in enumerate(chosen)}
    own = [replace(past, person=place[past.person]) for past in enrolments if past.person in place]
    simulation = Simulation(
        compiled,
        seed,
        threads=1,
        only=who.only(chosen),
        recorded_shares=shares,
        recorded_enrolments=own,
    )
    simulation.columns.learned[:] = learned_shares(compiled, enrolments)
    return simulation, own


def life_history(
    compiled: Compiled,
    who: People,
    person: int,
    *,
    seed: int,
    enrolments: Sequence[Enrolment],
    shares: Sequence[NDArray[np.int32]],
) -> LifeHistory:
    """Return one person's life history in every arm, and the moments at which arms diverge.

    The arguments are those of `replay`.
    """
    simulation, own = replay(
        compiled, who, np.array([person]), seed=seed, enrolments=enrolments, shares=shares
    )
    arms = [WITHOUT, *compiled.arms]
    tracks = {
        track: number
        for number, track in enumerate(compiled.tracks)
        if not track.startswith("attribute:")
    }
    states: dict[str, dict[str, list[str]]] = {arm: {t: [] for t in tracks} for arm in arms}
    moments: list[Moment] = []
    while simulation.step < compiled.clock.end:
        step = simulation.step
        simulation.begin()
        rows = [_row(simulation, arm) for arm in range(len(arms))]
        before = _states_now(simulation, arms)
        pending = list(_pending(compiled, simulation, rows, arms))
        for arm in arms:
            for track, number in tracks.items():
                states[arm][track].append(before[arm][number])
        simulation.finish()
        columns = simulation.columns
        if step >= compiled.clock.history and columns.diverged.any() and columns.alive.any():
            moments += _diverging(pending, tracks, before, _states_now(simulation, arms))
    treatments: dict[str, list[tuple[str, int, int | None]]] = {}
    for past in own:
        treatments.setdefault(compiled.arms[past.arm], []).append(
            (compiled.investments[past.investment], past.start, past.end)
        )
    alone = simulation.people
    return LifeHistory(
        key=key_of(compiled, alone, 0),
        born=int(alone.born[0]),
        arrive=int(alone.arrive[0]),
        attributes=_attributes(compiled, alone),
        states=states,
        moments=tuple(moments),
        treatments=treatments,
    )


def _states_now(simulation: Simulation, arms: list[str]) -> dict[str, list[str]]:
    """Return the name of the person's state on each track, by arm; "" if they are not here."""
    names = [state for _, state in simulation.compiled.states] + [""]
    state = simulation.columns.state
    return {
        arm: [names[n] for n in state[:, _row(simulation, number)]]
        for number, arm in enumerate(arms)
    }


def _diverging(
    pending: list[Moment],
    tracks: dict[str, int],
    before: dict[str, list[str]],
    after: dict[str, list[str]],
) -> Iterator[Moment]:
    """Yield the moments on tracks (number by name) where somebody moved and arms now differ."""
    for moment in pending:
        number = tracks[moment.track]
        moved = any(after[arm][number] != before[arm][number] for arm in after)
        if moved and len({states[number] for states in after.values()}) > 1:
            yield replace(moment, became=after[moment.arm][number])


def _attributes(compiled: Compiled, who: People) -> dict[str, str | float]:
    """Return the one person's background by name, in the pathway's order."""
    attributes: dict[str, str | float] = {}
    for name, attribute in compiled.scenario.pathway.attributes.items():
        if name in compiled.attributes:
            code = int(who.codes[compiled.attributes.index(name), 0])
            attributes[name] = list(attribute.shares)[code]
        elif name in compiled.numbers:
            attributes[name] = float(who.numbers[compiled.numbers.index(name), 0])
    return attributes


def _row(simulation: Simulation, arm: int) -> int:
    """Return the row in which the one person of a replay lives in an arm."""
    return arm if arm and simulation.columns.diverged[arm - 1, 0] else 0


def _pending(
    compiled: Compiled, simulation: Simulation, rows: list[int], arms: list[str]
) -> Iterator[Moment]:
    """Yield what may happen in this step, from the snapshot at its start."""
    columns, rule = simulation.columns, compiled.tables.transitions
    for arm, row in enumerate(rows):
        if not columns.alive[row]:
            continue
        for number, track in enumerate(compiled.tracks):
            if track.startswith("attribute:"):
                continue
            found = risks(compiled, simulation, row, 0, arm, number)
            state = int(columns.state[number, row])
            if found and rule.state[state]["last"] > rule.state[state]["first"]:
                u = draw(
                    columns.lo[0],
                    columns.hi[0],
                    compiled.clock.first_moment + simulation.step,
                    compiled.tables.layout.track[number]["move"],
                    simulation.key,
                )
                yield Moment(
                    step=simulation.step,
                    arm=arms[arm],
                    track=track,
                    state=compiled.states[state][1],
                    draw=float(u) * SCALE,
                    risks=tuple(found),
                    became="",
                )


def risks(
    compiled: Compiled, simulation: Simulation, row: int, person: int, arm: int, track: int
) -> list[Risk]:
    """Return every transition open to a person on a track now, as base x factors.

    The numbers come from the kernel's own rule; nothing is worked out again.
    """
    rule, sight = compiled.tables.transitions, compiled.tables.features
    columns, step = simulation.columns, simulation.step
    raw = _raw(compiled)
    seen = np.zeros((max(len(compiled.features), 1), 1))
    values = np.zeros((MAX_OUT, 1))
    value = np.zeros(1)
    kernel.chances_of(rule, sight, columns, row, person, arm, track, step, seen, values)
    state = rule.state[columns.state[track, row]]
    found = []
    for place, t in enumerate(rule.out[state["first"] : state["last"]]):
        transition = rule.transition[t]
        used = list(range(transition["first"], transition["last"]))
        if arm:
            used += range(rule.effects[arm, t, 0], rule.effects[arm, t, 1])
        factors = []
        for r in used:
            reference = compiled.references[r]
            known = float(seen[reference.feature, 0])
            feature = sight.feature[reference.feature]
            several = feature["kind"] == COMBINED
            parts = sight.part[feature["arg"] : feature["window"]] if several else ()
            factors.append(
                ObservedFactor(
                    name=reference.name,
                    feature=compiled.features[reference.feature],
                    value=known,
                    multiplier=float(kernel.multiplier_of(rule, r, known)),
                    is_effect=reference.kind == EFFECT,
                    together=tuple(
                        (
                            compiled.features[part["feature"]],
                            float(
                                kernel.value_of(
                                    sight, columns, int(part["feature"]), row, person, arm, step
                                )
                            ),
                        )
                        for part in parts
                    ),
                    raw=None
                    if reference.raw is None
                    else float(kernel.multiplier_of(raw, r, known)),
                )
            )
        kernel.values_of(rule, t, arm, step, seen, 1, value)
        found.append(
            Risk(
                transition=compiled.transitions[t],
                is_rate=bool(transition["kind"] == RATE),
                base=float(transition["base"] * rule.drift[t, step]),
                factors=tuple(factors),
                value=float(value[0]),
                chance=float(values[place, 0]),
            )
        )
    return found


def _raw(compiled: Compiled) -> TransitionTables:
    """Return the tables of transitions with the values of the files, whatever share of them acts.

    They are looked up by the kernel's own rule, as those that act are.
    """
    tables = [one.values if one.raw is None else one.raw for one in compiled.references]
    rule = compiled.tables.transitions
    return rule._replace(table=np.concatenate([*tables, np.zeros(1)]))


def diverged_people(simulation: Simulation) -> Ints:
    """Return the people whose life history has diverged in some arm."""
    return np.flatnonzero(simulation.columns.diverged.any(axis=0))
