"""Sick-Sicker in other tools: the same people, chances and cycles, in one run, in turn.

Each is written as its users would write it for speed, in one thread. Measured is the processor time
of the cycles alone, which others on the computer move little: people are there, what compiles is
compiled. Each must give the published answer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sisim.arrays import Floats, Ints
from sisim.bench.sick_sicker import CYCLES, STATES, chances, exact_shares, sick_sicker
from sisim.bench.turns import SECONDS, take_turns

PEOPLE, FEWER = 1_000_000, 20_000
"""In how many people a tool is measured; an object for each of them takes longer."""
HEALTHY, SICK, SICKER, DEAD = range(len(STATES))
SURE = 0.001
"""How often the check says that answers differ where chance alone moves them."""
FEWEST = 20.0
"""A share is held to the exact one where so many are expected in the state, and out of it."""

Run = tuple[float, Ints]
"""The seconds of the cycles, and how many were in each state after each of them, (cycles, 4)."""


@dataclass(frozen=True)
class Peer:
    """A tool that Sick-Sicker is written in.

    Attributes:
        name: What it is called.
        package: The package that is needed.
        people: How many are simulated.
        run: Simulates so many people with a seed.
    """

    name: str
    package: str
    people: int
    run: Callable[[int, int], Run]

    @property
    def version(self) -> str | None:
        """The version that is installed; None: none is."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None


@dataclass(frozen=True)
class PeerComparison:
    """What came of all that are installed.

    Attributes:
        table: A row for each tool: `tool`, `version`, `people`, `least_ns` and `median_ns` per
            person and cycle, `times` (its least as a multiple of that of sisim), `deviation` (the
            share that lies farthest from the exact one, in standard errors).
        missing: The packages that are not installed.
        limit: How far the farthest of all may lie, in standard errors.
    """

    table: pd.DataFrame
    missing: tuple[str, ...]
    limit: float

    @property
    def equal(self) -> bool:
        """Whether all give the published answer, but for chance."""
        return bool((self.table["deviation"] <= self.limit).all())


def compare_peers(share: float = 1.0, *, seconds: float = SECONDS) -> PeerComparison:
    """Return how fast each tool that is installed simulates Sick-Sicker, and how near it comes.

    Args:
        share: Of how many people, as a share of what is measured otherwise.
        seconds: How long each tool is measured; three times at least.
    """
    here = [one for one in PEERS if one.version is not None]
    seeds = iter(range(1_000_000))

    def once(peer: Peer) -> Run:
        return peer.run(round(peer.people * share), next(seeds))

    for one in here:
        one.run(100, next(seeds))  # imported, and compiled
    found = take_turns(*(lambda one=one: once(one) for one in here), seconds=seconds)
    rows = []
    for one, runs in zip(here, found, strict=True):
        people = round(one.people * share)
        ns = [took / people / CYCLES * 1e9 for took, _ in runs]
        every = np.sum([counts for _, counts in runs], axis=0)
        rows.append(
            {
                "tool": one.name,
                "version": one.version,
                "people": people,
                "least_ns": min(ns),
                "median_ns": median(ns),
                "deviation": deviation(every, people * len(runs)),
            }
        )
    table = pd.DataFrame(rows)
    table["times"] = table["least_ns"] / table["least_ns"].iloc[0]
    tried = len(here) * CYCLES * len(STATES)
    missing = tuple(one.package for one in PEERS if one.version is None)
    return PeerComparison(table, missing, float(ndtri(1 - SURE / 2 / tried)))


def deviation(counts: Ints, people: int) -> float:
    """Return how far the share that is farthest from the exact one lies, in standard errors.

    Args:
        counts: How many were in each state after each cycle, (cycles, 4).
        people: Of how many.
    """
    exact = exact_shares()[1:]
    enough = people * np.minimum(exact, 1 - exact) >= FEWEST
    error = np.sqrt(exact * (1 - exact) / people)
    return float((np.abs(counts / people - exact)[enough] / error[enough]).max(initial=0.0))


def _sisim(people: int, seed: int) -> Run:
    from sisim.engine.simulation import Simulation

    simulation = Simulation(_compiled(people), seed, threads=1)
    begun = time.process_time()
    simulation.advance(CYCLES)
    took = time.process_time() - begun
    stock = simulation.tally().stock[0]
    return took, stock.reshape(len(stock), -1, len(STATES)).sum(axis=1)[1:]


@cache
def _compiled(people: int) -> Any:
    from sisim.engine.compile import compile_scenario
    from sisim.scenario.scenario import Scenario

    return compile_scenario(Scenario.model_validate(sick_sicker(people)))


def _bounds() -> Floats:
    """Return what a draw is compared with, by state: as many bounds as it is over, that state."""
    return np.cumsum(chances(), axis=1)[:, :-1]


def _counted(states: Any) -> Ints:
    return np.bincount(states, minlength=len(STATES))


def _numpy(people: int, seed: int) -> Run:
    bounds = [np.ascontiguousarray(column, np.float32) for column in _bounds().T]
    state, draws = np.zeros(people, np.int8), np.random.default_rng(seed)
    counts = []
    begun = time.process_time()
    for _ in range(CYCLES):
        draw = draws.random(people, dtype=np.float32)
        moved = (draw >= bounds[0][state]).astype(np.int8)
        for bound in bounds[1:]:
            moved += draw >= bound[state]
        state = moved
        counts.append(_counted(state))
    return time.process_time() - begun, np.array(counts)


def _numba(people: int, seed: int) -> Run:
    state, counts = np.zeros(people, np.int8), np.zeros((CYCLES, len(STATES)), np.int64)
    begun = time.process_time()
    _cycles()(state, _bounds(), np.random.default_rng(seed), counts)
    return time.process_time() - begun, counts


@cache
def _cycles() -> Callable[..., None]:
    """Return the compiled loop over people and cycles."""
    import numba as nb

    def cycles(state: Any, bounds: Any, draws: Any, counts: Any) -> None:
        for cycle in range(len(counts)):
            for person in range(len(state)):
                now = state[person]
                if now != DEAD:
                    draw, new = draws.random(), 0
                    while new < DEAD and draw >= bounds[now, new]:
                        new += 1
                    state[person] = now = new
                counts[cycle, now] += 1

    compiled: Callable[..., None] = nb.njit(cycles)
    return compiled


def _mesa(people: int, seed: int) -> Run:
    import mesa

    bounds = [tuple(row) for row in _bounds()]

    class Patient(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: Any) -> None:
            super().__init__(model)
            self.state = HEALTHY

        def step(self) -> None:
            if self.state != DEAD:
                draw = self.random.random()
                self.state = sum(draw >= bound for bound in bounds[self.state])

    model = mesa.Model(seed=seed)
    Patient.create_agents(model, people)
    counts = []
    begun = time.process_time()
    for _ in range(CYCLES):
        model.agents.do("step")
        counts.append(_counted(np.array(model.agents.get("state"))))
    return time.process_time() - begun, np.array(counts)


def _starsim(people: int, seed: int) -> Run:
    os.environ.setdefault("STARSIM_INSTALL_FONTS", "0")
    import starsim as ss

    disease = _starsim_module()()
    simulation = ss.Sim(
        n_agents=people,
        start=0,
        dur=CYCLES - 1,  # the start is a step, too
        dt=1,
        modules=disease,
        rand_seed=seed,
        copy_inputs=False,
        verbose=0,
    )
    simulation.init()
    begun = time.process_time()
    simulation.run()
    took = time.process_time() - begun
    living = np.array(disease.counts)
    return took, np.column_stack([living, people - living.sum(axis=1)])


@cache
def _starsim_module() -> Any:
    """Return the disease, as a module of Starsim; whoever is in no state of it is healthy."""
    import starsim as ss

    bounds = _bounds()

    class SickSicker(ss.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.define_states(ss.BoolState("sick"), ss.BoolState("sicker"))
            self.draws = ss.random()
            self.counts: list[tuple[int, int, int]] = []

        def step(self) -> None:
            # Who is in which state at the start of the step, before anybody moves.
            before = (~self.sick & ~self.sicker).uids, self.sick.uids, self.sicker.uids
            for state, people in enumerate(before):
                draw = self.draws.rvs(people)
                new = np.searchsorted(bounds[state], draw, side="right")
                self.sick[people] = new == SICK
                self.sicker[people] = new == SICKER
                self.sim.people.request_death(people[new == DEAD])

        def update_results(self) -> None:
            super().update_results()
            # Who has died in this step is still there, and in no state.
            living, sick, sicker = (
                int(flags.sum()) for flags in (self.sim.people.alive, self.sick, self.sicker)
            )
            self.counts.append((living - sick - sicker, sick, sicker))

    return SickSicker


PEERS = (
    Peer("sisim", "sisim", PEOPLE, _sisim),
    Peer("Numba", "numba", PEOPLE, _numba),
    Peer("NumPy", "numpy", PEOPLE, _numpy),
    Peer("Starsim", "starsim", PEOPLE, _starsim),
    Peer("Mesa", "mesa", FEWER, _mesa),
)
"""sisim from its file; Numba and NumPy by hand; Starsim and Mesa as frameworks."""
