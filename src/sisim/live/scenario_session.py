"""A scenario in use by visitors: its baseline is simulated once, its variants on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from sisim.analysis.emulator import Emulator
from sisim.analysis.life_costs import LifeCosts, life_costs
from sisim.analysis.variants import Variants
from sisim.analysis.yearly_states import YearlyStates, yearly_states
from sisim.economics.valuation import Valuation
from sisim.engine.population import people
from sisim.engine.simulation import Progress
from sisim.engine.trace import LifeHistory, find, life_history
from sisim.live.computations import GivenUp
from sisim.live.limits import require_allowed
from sisim.live.sliders import main_sliders
from sisim.report.risk_words import Words
from sisim.scenario.scenario import Scenario

Changes = Mapping[str, Any]
"""Other values by dotted path, as `--set` takes them."""


@dataclass(frozen=True)
class Life:
    """One person in every arm: what happens, the words for it, and what it costs."""

    history: LifeHistory
    words: Words
    costs: LifeCosts


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

    def life(self, person: str, changes: Changes) -> Life:
        """Return one person's lives side by side, and what they cost.

        Raises:
            LookupError: Nobody has that key.
        """
        counts = self.results(changes, 1).counts
        compiled, run = counts.compiled, counts.replications[0]
        who = people(compiled.scenario, compiled.clock, self.seed)
        number = find(compiled, who, person)
        found = life_history(
            compiled,
            who,
            number,
            seed=self.seed,
            enrolments=run.enrolments,
            shares=run.shares,
        )
        return Life(found, Words(compiled), life_costs(compiled, who, number, run))

    def yearly_states(
        self, changes: Changes, most: int = 150, progress: Progress | None = None
    ) -> YearlyStates:
        """Return the states of some of those whose lives are affected, at most so many."""
        affected = self._variants.affected(changes, self._begin(changes, 1, progress))
        return yearly_states(affected, most)
