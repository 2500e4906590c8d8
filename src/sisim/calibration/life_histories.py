"""From a run to life histories, and from a pathway to its targets beside what is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Flags
from sisim.calibration.targets import Histories, TrackHistory, evaluate
from sisim.engine.compile import compile_scenario
from sisim.engine.draws import U32, draw_many
from sisim.engine.simulation import Progress, Simulation
from sisim.engine.tables import Compiled
from sisim.loading.files import read, shipped
from sisim.loading.load import load_scenario
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Population, Scenario, Time
from sisim.scenario.types import Text

NAME = "targets"
USUAL = "placed-youth"
"""The ready scenario whose municipality is that of its pathway."""


def plain(
    pathway: Pathway, *, residents: int | None = None, years: float | None = None
) -> Scenario:
    """Return a scenario of a pathway in which nothing is invested.

    Who moves in, and at what ages, is as in the ready scenario `USUAL` if it is of this pathway:
    that is an assumption about the municipality and stands in its file.

    Args:
        pathway: The pathway.
        residents: How many live there; as the pathway's `calibration` says if None.
        years: How long they are observed, after a warm-up in which everyone is born; likewise.
    """
    usual = pathway.calibration
    residents = usual.residents if residents is None else residents
    population = Population(residents=residents, max_age=usual.max_age)
    if usual.closed:
        population = Population(cohort=residents)
    path = shipped("scenario")[USUAL]
    if read(path).data["pathway"] == pathway.name:
        population = load_scenario(path).population.model_copy(update={"residents": residents})
    return Scenario(
        name=NAME,
        title=Text(sv="Utan insats", en="Without any investment"),
        pathway=pathway,
        time=Time(years=usual.years if years is None else years, warm_up=usual.warm_up),
        population=population,
    )


class Lives(NamedTuple):
    """Everyone's moves in one arm, and when they left; people are numbered as in the run.

    Attributes:
        person: Who moved, int32 (moves,), in order; then by step.
        step: From which step a move holds.
        origin: The state left, by number.
        to: The state entered.
        left: The step from which each is there no more, (people,).
    """

    person: NDArray[np.int32]
    step: NDArray[np.int32]
    origin: NDArray[np.int32]
    to: NDArray[np.int32]
    left: NDArray[np.int32]


def run_logged(
    compiled: Compiled, seed: int, *, threads: int | None = None, progress: Progress | None = None
) -> Simulation:
    """Return a run to its end, with every move kept."""
    simulation = Simulation(compiled, seed, threads=threads, logging=True)
    end = compiled.clock.end
    while simulation.step < end:
        simulation.advance(min(12, end - simulation.step))
        if progress is not None:
            progress(simulation.step, end)
    return simulation


def lives(
    simulation: Simulation, moves: NDArray[np.void], arm: int = 0, *, of: Flags | None = None
) -> Lives:
    """Return everyone's moves in an arm, from what a run has kept.

    A row of an arm begins where the arm first comes out otherwise for a person (law L4): what
    happened to them before is as without.

    Args:
        simulation: A run to its end, with logging.
        moves: Its log.
        arm: Which arm: 0 is without any investment, 1 the first of those simulated.
        of: Whose moves, (people,); None: everyone's.
    """
    compiled, who = simulation.compiled, simulation.people
    n = len(who)
    if of is not None:
        moves = moves[of[moves["row"] % n]]
    row = moves["row"]
    here = row < n if compiled.arms else np.ones(len(row), np.bool_)
    thinned = np.zeros(n, np.bool_)
    if arm:
        columns = simulation.columns
        apart = columns.diverged[arm - 1]
        since = columns.divergence_step[arm - 1]
        common = here.copy()
        mine = row[here]
        common[here] = ~apart[mine] | (moves["step"][here] < since[mine])
        here = common | ((row >= arm * n) & (row < (arm + 1) * n))
        # Whom an arm keeps from moving in differs from the step of arrival, and is never there.
        thinned = apart & (since <= who.arrive)
    found = moves[here]
    person = found["row"] % n
    if arm:
        order = np.lexsort((found["step"], person))
        found, person = found[order], person[order]
    # The log is long: it is let go of when what is needed of it has been copied.
    step, origin, to = (np.ascontiguousarray(found[name]) for name in ("step", "origin", "to"))
    left = np.minimum(who.born + compiled.tables.layout.max_age, compiled.clock.end)
    leaving = np.flatnonzero(compiled.tables.layout.state["exit"][to] == 1)
    # Somebody may leave by several tracks in the same step: it is the same step.
    left[person[leaving]] = step[leaving]
    left[thinned] = who.arrive[thinned]
    return Lives(np.ascontiguousarray(person, np.int32), step, origin, to, left)


def spells(
    simulation: Simulation, lived: Lives, *, of: Flags | None = None
) -> dict[str, TrackHistory]:
    """Return people's spells on each track, those of the run's own making too.

    Args:
        simulation: A run to its end, with logging.
        lived: The moves of one arm.
        of: Whose spells, (people,), at most those whose moves there are; None: everyone's.
    """
    compiled, who = simulation.compiled, simulation.people
    some = np.ones(len(who), np.bool_) if of is None else of
    people, numbered = np.flatnonzero(some), np.cumsum(some) - 1
    found = {}
    for number, track in enumerate(compiled.tracks):
        first, last = (int(compiled.tables.layout.track[number][end]) for end in ("first", "last"))
        here = np.flatnonzero((lived.to >= first) & (lived.to < last))
        one = _track(
            begun=_start_states(simulation, track, first, some) + first,
            born=who.start[some],
            left=lived.left[some],
            person=numbered[lived.person[here]],
            step=lived.step[here],
            state=lived.to[here],
        )
        found[track] = one._replace(person=people[one.person])
    return found


def histories(simulation: Simulation) -> Histories:
    """Return the lives without any investment of everyone who is a resident while counted.

    Lives begin at birth, also those of movers-in and of people born in the warm-up: what has
    happened to someone before is known.

    Args:
        simulation: A run to its end, with logging.
    """
    compiled, who = simulation.compiled, simulation.people
    clock = compiled.clock
    person, step, _, to, left = lives(simulation, simulation.log())
    layout = compiled.tables.layout
    leaving = np.flatnonzero(layout.state["exit"][to] == 1)
    exits = {state: person[leaving[to[leaving] == state]] for state in np.unique(to[leaving])}
    seen = np.maximum(who.arrive, clock.history) < left
    number = np.cumsum(seen, dtype=np.int32) - 1
    kept = seen[person]
    person, step, to = number[person[kept]], step[kept], to[kept]
    tracks = {}
    for track, spec in compiled.scenario.pathway.tracks.items():
        first = compiled.state(track, next(iter(spec.states)))
        here = np.flatnonzero((to >= first) & (to < first + len(spec.states)))
        tracks[track] = _track(
            begun=_start_states(simulation, track, first, seen),
            born=who.start[seen],
            left=left[seen],
            person=person[here],
            step=step[here],
            state=to[here] - first,
        )
    return Histories(
        pathway=compiled.scenario.pathway,
        tracks=tracks,
        born=who.born[seen].astype(np.int64),
        arrived=who.arrive[seen].astype(np.int64),
        left=left[seen].astype(np.int64),
        attributes={
            name: codes[seen].astype(np.int64)
            for name, codes in zip(compiled.attributes, who.codes, strict=False)
        },
        first=clock.history,
        horizon=clock.end,
        month=int(clock.month(np.array([0]))[0]),
        exits={
            ".".join(names): number[found[seen[found]]].astype(np.int64)
            for state, names in enumerate(compiled.states)
            if layout.state["exit"][state]
            for found in (exits.get(state, np.empty(0, np.int32)),)
        },
    )


def _start_states(simulation: Simulation, track: str, first: int, seen: Flags) -> NDArray[np.int32]:
    """Return the state in which each person begins, by the draw that the kernel begins them by."""
    who, layout = simulation.people, simulation.compiled.tables.layout
    spec = layout.track[simulation.compiled.tracks.index(track)]
    if spec["last"] == first + 1:
        return np.zeros(int(seen.sum()), np.int32)
    u = draw_many(who.lo[seen], who.hi[seen], 0, U32(spec["start"]), simulation.key)
    areas = who.area[seen]
    begun = np.empty(len(u), np.int32)
    for area, shares in enumerate(layout.start_share[:, first : spec["last"] - 1]):
        here = areas == area
        begun[here] = np.searchsorted(shares, u[here], "right")
    return begun


def _track(
    *,
    begun: NDArray[np.int32],
    born: NDArray[np.int32],
    left: NDArray[np.int32],
    person: NDArray[np.int32],
    step: NDArray[np.int32],
    state: NDArray[np.int32],
) -> TrackHistory:
    """Return the spells of one track from where people begin and their moves, in order."""
    people = len(begun)
    # Each person's spells are one more than their moves, the first of them from birth.
    count = np.bincount(person, minlength=people) + 1
    opening = np.cumsum(count) - count
    moved = np.arange(len(person)) + person + 1
    who = np.repeat(np.arange(people), count)
    states, start = np.empty(len(who), np.int64), np.empty(len(who), np.int64)
    states[opening], states[moved] = begun, state
    start[opening], start[moved] = born, step
    end = np.empty_like(start)
    end[:-1] = start[1:]
    end[opening + count - 1] = left
    # What is entered in the very step in which somebody leaves lasts no time.
    lasting = start < end
    return TrackHistory(who[lasting], states[lasting], start[lasting], end[lasting])


def targets(
    pathway: Pathway,
    *,
    residents: int | None = None,
    years: float | None = None,
    seeds: Sequence[int] = (1,),
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return every calibration target of a pathway beside what is simulated.

    Args:
        pathway: The pathway.
        residents: How many live in the simulated municipality; unset, as the pathway says.
        years: How long they are observed; likewise.
        seeds: One run for each.
        progress: Called with the steps done and the steps in all.

    Returns:
        As `evaluate`, with `simulated` as the mean over the runs, their `least` and `most`, and
        whether the mean is `inside`.
    """
    compiled = compile_scenario(plain(pathway, residents=residents, years=years))
    steps = compiled.clock.end
    runs = []
    for number, seed in enumerate(seeds):

        def tell(done: int, _: int, before: int = number * steps) -> None:
            if progress is not None:
                progress(before + done, len(seeds) * steps)

        runs.append(evaluate(pathway, histories(run_logged(compiled, seed, progress=tell))))
    table = runs[0]
    simulated = pd.concat([run["simulated"] for run in runs], axis=1)
    mean = simulated.mean(axis=1)
    inside = (table["low"] <= mean) & (mean <= table["high"])
    return table.assign(
        simulated=mean, least=simulated.min(axis=1), most=simulated.max(axis=1), inside=inside
    )
