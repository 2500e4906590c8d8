"""A scenario in use by visitors: its baseline is simulated once, its variants on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

import numpy as np

from sisim.analysis.emulator import Emulator
from sisim.analysis.variants import Variants
from sisim.arrays import Flags, Ints
from sisim.economics.valuation import Valuation
from sisim.engine.enrolment import Enrolment
from sisim.engine.population import people
from sisim.engine.simulation import Progress, Simulation
from sisim.engine.trace import find, key_of, life_history
from sisim.live.computations import GivenUp
from sisim.live.limits import require_allowed
from sisim.live.sliders import main_sliders
from sisim.report.explanation import told
from sisim.report.risk_words import Words
from sisim.scenario.scenario import Scenario

Changes = Mapping[str, Any]
"""Other values by dotted path, as `--set` takes them."""
ABSENT = -1
"""The state of whoever is not there."""


@dataclass(frozen=True)
class Dots:
    """A sample of the people whose lives an investment changes, at the start of each year.

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


class ScenarioSession:
    """A scenario in use: its baseline is simulated once, its variants on demand.

    Args:
        scenario: The scenario.
        seed: The seed of the first run.
        replications: How many runs there are at most.
        baselines: How many runs are retained, so that what a slider changes is simulated for those
            alone whom it can affect; unset: all.

    Attributes:
        closed: Set when its memory is needed for others.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replications: int = 1,
        baselines: int | None = None,
    ) -> None:
        self.scenario, self.seed, self.replications = scenario, seed, replications
        self.closed = Event()
        seeds = range(seed, seed + replications)
        # What is shown, and what the hand has come from.
        self._variants = Variants(scenario, seeds, runs=2 * replications, baselines=baselines)
        self._emulator: Emulator | None = None
        self._lock = Lock()

    @property
    def emulator(self) -> Emulator:
        """The emulator of the main sliders."""
        with self._lock:
            if self._emulator is None:
                knots = {one.id: one.knots for one in main_sliders(self.scenario)}
                self._emulator = Emulator(self._variants, knots)
        return self._emulator

    def results(
        self, changes: Changes, runs: int | None = None, progress: Progress | None = None
    ) -> Valuation:
        """Return what comes of the scenario with some values changed.

        Args:
            changes: The values.
            runs: How many runs; unset: all there are.
            progress: Called with the steps done and the steps in all.

        Raises:
            ScenarioError: If a value does not fit.
            GivenUp: If the session has been closed.
        """
        go_on = self._begin(changes, runs or self.replications, progress)
        return self._variants.valuation(changes, self._variants.seeds[:runs], go_on)

    def _begin(self, changes: Changes, runs: int, progress: Progress | None) -> Progress:
        """Check what is asked for; return what is to be called while it is simulated."""

        def go_on(done: int, of: int) -> None:
            if self.closed.is_set():
                raise GivenUp
            if progress is not None:
                progress(done, of)

        go_on(0, 0)
        # A slider may stand for more than the file says.
        require_allowed(self._variants.scenario_with(changes), runs)
        return go_on

    def life(self, person: str, changes: Changes) -> str:
        """Return one person's lives side by side, and why they part: see `sisim explain`.

        Raises:
            LookupError: Nobody has that key.
        """
        counts = self.results(changes, 1).counts
        compiled, run = counts.compiled, counts.replications[0]
        everyone = people(compiled.scenario, compiled.clock, self.seed)
        found = life_history(
            compiled,
            self.seed,
            find(compiled, everyone, person),
            enrolments=list(run.enrolments),
            shares=np.stack(run.shares) if run.shares else None,
        )
        return told(found, Words(compiled))

    def dots(self, changes: Changes, most: int = 150, progress: Progress | None = None) -> Dots:
        """Return some of those whose lives are touched, at most so many, year by year."""
        met = self._variants.affected(changes, self._begin(changes, 1, progress))
        compiled, clock = met.compiled, met.compiled.clock
        spread = np.linspace(0, len(met.who) - 1, min(most, len(met.who)))
        chosen = met.who[spread.astype(int)]
        place = {int(person): number for number, person in enumerate(chosen)}
        own = [
            Enrolment(past.arm, past.investment, place[past.person], past.start, past.end)
            for past in met.enrolments
            if past.person in place
        ]
        replayed = Simulation(
            compiled,
            self.seed,
            threads=1,
            only=met.people.only(chosen),
            recorded_shares=np.stack(met.shares) if met.shares else None,
            recorded_enrolments=own,
        )
        first = int(clock.year(np.array([clock.history]))[0])
        last = int(clock.year(np.array([clock.end - 1]))[0])
        years = np.arange(first, last + 1)
        arms = ("without", *compiled.arms)
        tracks = [n for n, name in enumerate(compiled.tracks) if not name.startswith("attribute:")]
        states = np.full((len(arms), len(chosen), len(years), len(tracks)), ABSENT, np.int64)
        treated = np.zeros(states.shape[:3], bool)
        for number, year in enumerate(years):
            step = max(clock.start + clock.steps(int(year) - clock.start_year), clock.history)
            replayed.advance(step - replayed.step)
            columns = replayed.columns
            here = columns.person["arrive"] < step
            for arm in range(len(arms)):
                rows = np.arange(len(chosen))
                if arm:
                    rows = rows + np.where(columns.diverged[arm - 1], arm * columns.n, 0)
                seen = columns.state[:, rows][tracks].T.astype(np.int64)
                there = (here & columns.alive[rows])[:, None] & (seen < len(compiled.states))
                states[arm, :, number] = np.where(there, seen, ABSENT)
            for past in own:
                end = clock.end if past.end is None else past.end
                treated[past.arm + 1, past.person, number] |= (
                    past.start < step + clock.per_year and end > step
                )
        return Dots(
            tuple(key_of(compiled, met.people, int(person)) for person in chosen),
            years,
            arms,
            [(str(track), str(state)) for track, state in compiled.states],
            states,
            treated,
            len(met.who),
        )
