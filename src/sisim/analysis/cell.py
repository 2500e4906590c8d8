"""One cell of an experiment: a scenario with some of its values changed, run with one seed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from sisim.analysis.measures import measured
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Result, without_money
from sisim.engine.replications import simulate
from sisim.loading.load import changed
from sisim.scenario.scenario import Scenario

KEPT = 2
"""How many simulations are kept for cells that differ in money only."""
SCENARIOS = 8
"""How many scenarios are kept for cells that differ in their seed only."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is run: the values that are changed, and the seed.

    Attributes:
        id: A hash of all that decides what comes out.
        choice: Which combination of the levers.
        values: Other values by dotted path, levers first.
        draw: Which draw of the uncertain values; 0 is the only one where nothing is uncertain.
        replication: Which of the seeds.
        seed: The seed of every draw in the simulation.
    """

    id: str
    choice: int
    values: Mapping[str, Any]
    draw: int
    replication: int
    seed: int


@dataclass(frozen=True)
class Setup:
    """What all cells have in common; it can be sent to another process.

    Attributes:
        scenario: What is changed in each cell.
        outcomes: The measures that are kept: see `sisim.analysis.measures`.
        arms: The arms that are kept, `without` apart, which always is; empty: all.
    """

    scenario: Scenario
    outcomes: tuple[str, ...]
    arms: tuple[str, ...] = ()


@dataclass
class Runner:
    """Runs cells, and simulates anew only where people are touched, and not money alone (law L5).

    Args:
        setup: What the cells have in common.
        threads: Threads of a simulation; the result does not depend on it.
        kept: How many simulations are remembered.
    """

    setup: Setup
    threads: int | None = 1
    kept: int = KEPT
    simulated: int = 0
    """How many simulations have been run."""
    _counts: OrderedDict[Hashable, Result] = field(default_factory=OrderedDict, repr=False)
    _scenarios: OrderedDict[str, Scenario] = field(default_factory=OrderedDict, repr=False)

    def __post_init__(self) -> None:
        self._scenario = with_arms(self.setup.scenario, self.setup.arms)
        self._paths = MoneyPaths(self._scenario)

    def run(self, values: Mapping[str, Any], seed: int) -> pd.DataFrame:
        """Return the measures of a cell.

        Columns: replication (0), seed, arm, and the outcomes of the setup; a row per arm.

        Raises:
            ScenarioError: If a value does not fit.
        """
        return measured(self.results(values, seed), self.setup.outcomes)

    def results(self, values: Mapping[str, Any], seed: int) -> Valuation:
        """Return all that came of a cell."""
        scenario = self.scenario(values)
        key = (self._paths.people(values), seed)
        counts = self._counts.get(key)
        if counts is None:
            counts = simulate(lean(scenario), seed=seed, replications=1, threads=self.threads)
            # What has been counted is the same; what is said of it is the whole scenario's.
            counts = Result(replace(counts.compiled, scenario=scenario), counts.replications)
            self.simulated += 1
            self._counts[key] = counts
            while len(self._counts) > self.kept:
                self._counts.popitem(last=False)
        else:
            self._counts.move_to_end(key)
            if counts.scenario is not scenario:
                counts = counts.repriced(scenario)
        return Valuation(counts)

    def scenario(self, values: Mapping[str, Any]) -> Scenario:
        """Return the scenario of a cell."""
        key = canonical(values)
        found = self._scenarios.pop(key, None)
        if found is None:
            found = changed(self._scenario, values) if values else self._scenario
        self._scenarios[key] = found
        while len(self._scenarios) > SCENARIOS:
            self._scenarios.popitem(last=False)
        return found


class MoneyPaths:
    """Tells which values have a bearing on people, and which on money alone.

    Args:
        scenario: Where the values are changed.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._all = scenario.model_dump()  # with the same names as the other
        self._people = without_money(scenario)
        self._known: dict[str, bool] = {}

    def people(self, values: Mapping[str, Any]) -> str:
        """Return a key that is the same for values that give the same people."""
        return canonical({path: value for path, value in values.items() if not self.money(path)})

    def money(self, path: str) -> bool:
        """Return whether the value at a dotted path has a bearing on money alone."""
        if path not in self._known:
            parts = path.split(".")
            around = [t[:n] for t in (parts, ["pathway", *parts]) for n in range(1, len(t) + 1)]
            self._known[path] = any(
                _is_there(self._all, part) and not _is_there(self._people, part) for part in around
            )
        return self._known[path]


def lean(scenario: Scenario) -> Scenario:
    """Return a scenario with those groupings alone that its outcomes and goals look at.

    Nobody lives otherwise for it, and keeping people apart takes time.
    """
    used = {name for outcome in scenario.outcomes.values() for name in outcome.where}
    used |= {name for goal in scenario.goals.values() for name in goal.where}
    kept = {name: g for name, g in scenario.pathway.groupings.items() if name in used}
    pathway = scenario.pathway.model_copy(update={"groupings": kept})
    return scenario.model_copy(update={"pathway": pathway})


def canonical(values: Any) -> str:
    """Return values as a text that is the same for the same values."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def with_arms(scenario: Scenario, arms: Sequence[str]) -> Scenario:
    """Return a scenario that has only some of its arms; contracts may ask for all of them."""
    if not arms or scenario.contracts:
        return scenario
    kept = {name: arm for name, arm in scenario.arms.items() if name in arms}
    figures = scenario.figures
    if figures is not None and not {figures.project, figures.new_way} <= set(kept):
        figures = None
    return scenario.model_copy(update={"arms": kept, "figures": figures})


def _is_there(node: Any, parts: Sequence[str]) -> bool:
    """Return whether a dotted path leads anywhere below `node`; a key may itself have dots."""
    if not parts:
        return True
    if isinstance(node, list):
        inside = parts[0].isdigit() and int(parts[0]) < len(node)
        return inside and _is_there(node[int(parts[0])], parts[1:])
    if not isinstance(node, dict):
        return False
    return any(
        _is_there(node[".".join(parts[:length])], parts[length:])
        for length in range(len(parts), 0, -1)
        if ".".join(parts[:length]) in node
    )
