"""Yearly states of a sample of the people whose lives an investment changes, in every arm.

The sample is replayed alone: by law L3 its lives are those of the run it is taken from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sisim.analysis.variants import AffectedSample
from sisim.arrays import Flags, Ints
from sisim.engine.clock import Clock
from sisim.engine.enrolment import Enrolment
from sisim.engine.simulation import Simulation
from sisim.engine.trace import WITHOUT, key_of, replay

ABSENT = -1
"""The state of whoever is not there."""


@dataclass(frozen=True)
class YearlyStates:
    """States of some people at the start of each year, by arm.

    Attributes:
        keys: Who, as `sisim explain` names them.
        years: The calendar years, (years,).
        arms: `without`, then the others.
        names: (track, state) by number.
        states: The number of the state, (arms, people, years, tracks); ABSENT where not there.
        treated: Who takes part in an investment, bool (arms, people, years).
        of: How many people there are of whom these are a sample.
    """

    keys: tuple[str, ...]
    years: Ints
    arms: tuple[str, ...]
    names: list[tuple[str, str]]
    states: Ints
    treated: Flags
    of: int


def yearly_states(affected: AffectedSample, most: int) -> YearlyStates:
    """Return the yearly states of those affected, at most so many, spread evenly among them."""
    compiled, clock = affected.compiled, affected.compiled.clock
    spread = np.linspace(0, len(affected.who) - 1, min(most, len(affected.who)))
    chosen = affected.who[spread.astype(int)]
    sample, own = replay(
        compiled,
        affected.people,
        chosen,
        seed=affected.seed,
        enrolments=affected.enrolments,
        shares=affected.shares,
    )
    ends = clock.year(np.array([clock.history, clock.end - 1]))
    years = np.arange(ends[0], ends[1] + 1)
    arms = (WITHOUT, *compiled.arms)
    tracks = [n for n, name in enumerate(compiled.tracks) if not name.startswith("attribute:")]
    states = np.full((len(arms), len(chosen), len(years), len(tracks)), ABSENT, np.int64)
    treated = np.zeros(states.shape[:3], bool)
    for number, year in enumerate(years):
        step = max(clock.start + clock.steps(int(year) - clock.start_year), clock.history)
        sample.advance(step - sample.step)
        for arm in range(len(arms)):
            states[arm, :, number] = _states_now(sample, arm, tracks)
        for past in own:
            treated[past.arm + 1, past.person, number] |= _goes_on(past, step, clock)
    return YearlyStates(
        tuple(key_of(compiled, affected.people, int(person)) for person in chosen),
        years,
        arms,
        [(str(track), str(state)) for track, state in compiled.states],
        states,
        treated,
        len(affected.who),
    )


def _states_now(sample: Simulation, arm: int, tracks: list[int]) -> Ints:
    """Return the states of the people in an arm, (people, tracks); ABSENT where not there."""
    columns = sample.columns
    rows = np.arange(columns.n)
    if arm:
        rows = rows + np.where(columns.diverged[arm - 1], arm * columns.n, 0)
    seen = columns.state[:, rows][tracks].T.astype(np.int64)
    here = (columns.person["arrive"] < sample.step) & columns.alive[rows]
    return np.where(here[:, None] & (seen < len(sample.compiled.states)), seen, ABSENT)


def _goes_on(past: Enrolment, step: int, clock: Clock) -> bool:
    """Return whether a treatment goes on at some time in the year that begins at a step."""
    end = clock.end if past.end is None else past.end
    return bool(past.start < step + clock.per_year and end > step)
