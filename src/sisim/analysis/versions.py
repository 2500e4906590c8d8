"""Versions of a scenario that differ in a few numbers, as quickly as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sisim.analysis.cell import MoneyPaths, lean
from sisim.economics.valuation import Valuation
from sisim.engine.affected import reusable_baseline
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.engine.enrolment import Enrolment
from sisim.engine.population import People
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun
from sisim.engine.simulation import Progress, run_once
from sisim.engine.tables import Compiled
from sisim.engine.trace import diverged_people
from sisim.loading.load import changed
from sisim.scenario.numbers import with_numbers
from sisim.scenario.scenario import Scenario

_WHO = (
    "target",
    "start",
    "repeat",
    "unit",
    "areas",
    "effects.on",
    "effects.acts_on",
    "effects.scale",
    "selection",
)
"""Keys of an investment that decide whom it may touch, or what it is."""


@dataclass(frozen=True)
class Met:
    """Whose lives an investment changes.

    Attributes:
        compiled: The scenario.
        seed: The seed of the run.
        people: Some people, among them all whose lives are changed.
        who: Those whose lives are, by number among `people`, int64 (met,).
        enrolments: Every treatment that has begun, by number among `people`.
        shares: Shares among peers by step, if there are any.
    """

    compiled: Compiled
    seed: int
    people: People
    who: NDArray[np.int64]
    enrolments: list[Enrolment]
    shares: list[NDArray[np.int32]]


class Versions:
    """A scenario whose future without investments is simulated once, and kept.

    What changes money only is priced anew (law L5); what changes investments is simulated again for
    those whom they can touch (law L4); anything else is simulated in full.

    Args:
        scenario: The scenario.
        seed: The seed of the first run, the next ones following.
        replications: How many runs.
        threads: Threads to use; the results do not depend on it.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replications: int = 1,
        threads: int | None = None,
    ) -> None:
        self.scenario = scenario
        self.seeds = range(seed, seed + replications)
        self._threads = threads
        self._paths = MoneyPaths(scenario)
        self._base = lean(scenario)
        self._kept: list[ArmRerun] = []
        # Versions are worked out one at a time, in the same columns.
        self._lock = Lock()

    def results(
        self, changes: Mapping[str, Any] | None = None, progress: Progress | None = None
    ) -> Valuation:
        """Return what comes of the scenario with some values changed.

        Args:
            changes: Other values by dotted path, as `--set` takes them.
            progress: Called with the steps done and the steps in all where people are simulated.

        Raises:
            ScenarioError: If a value does not fit.
        """
        changes = changes or {}
        of_people = [path for path in changes if not self.money(path)]
        scenario = self.scenario_with(changes)
        version = self._kept_version(scenario, of_people)
        if version is None:
            return Valuation(
                simulate(
                    scenario,
                    seed=self.seeds[0],
                    replications=len(self.seeds),
                    threads=self._threads,
                    progress=progress,
                )
            )
        with self._lock:
            self._keep(progress)
            runs = [one.rerun(version) if of_people else one.result for one in self._kept]
        # What has been counted is the same; what is said of it is the whole scenario's.
        compiled = replace(runs[0].compiled, scenario=scenario)
        return Valuation(Result(compiled, tuple(run.replications[0] for run in runs)))

    def met(self, changes: Mapping[str, Any] | None = None) -> Met:
        """Return whose lives a version changes in the first run.

        Args:
            changes: Other values by dotted path, as `--set` takes them.

        Raises:
            ScenarioError: If a value does not fit.
        """
        changes = changes or {}
        of_people = [path for path in changes if not self.money(path)]
        scenario = self.scenario_with(changes)
        version = self._kept_version(scenario, of_people)
        with self._lock:
            if version is None:
                run = run_once(compile_scenario(scenario), self.seeds[0], threads=self._threads)
            else:
                self._keep(None)
                run = self._kept[0].run(version)
            who = diverged_people(run)
        return Met(run.compiled, run.seed, run.people, who, run.enrolments.record, run.shares)

    def _kept_version(self, scenario: Scenario, of_people: Sequence[str]) -> Scenario | None:
        """Return what a run that is kept can answer for, None where a whole run is needed."""
        if not all(_changes_arms_only(path) for path in of_people):
            return None
        version = scenario.model_copy(update={"pathway": self._base.pathway})
        return version if reusable_baseline(self._base) and reusable_baseline(version) else None

    def _keep(self, progress: Progress | None) -> None:
        if self._kept:
            return
        for number, seed in enumerate(self.seeds):

            def told(done: int, end: int, before: int = number) -> None:
                if progress is not None:
                    progress(before * end + done, len(self.seeds) * end)

            self._kept.append(ArmRerun(self._base, seed, threads=self._threads, progress=told))

    def money(self, path: str) -> bool:
        """Return whether a value changes what things cost, and nobody's life (law L5)."""
        return self._paths.money(path)

    def quick(self, changes: Mapping[str, Any]) -> bool:
        """Return whether changes are answered for by those whom the investments can touch."""
        of_people = [path for path in changes if not self.money(path)]
        return self._kept_version(self.scenario_with(changes), of_people) is not None

    def scenario_with(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with changes; those of single numbers take no time.

        Raises:
            ScenarioError: If a value does not fit.
        """
        if all(_changes_arms_only(path) for path in changes):
            try:
                return with_numbers(self.scenario, changes)
            except (LookupError, TypeError, ValidationError):
                pass  # whatever is wrong, or is no number, the whole check says it or knows it
        return changed(self.scenario, changes)


def _changes_arms_only(path: str) -> bool:
    head, *rest = path.split(".")
    key = ".".join(part for part in rest[1:] if not part.isdigit())
    return head == "investments" and not key.startswith(_WHO)
