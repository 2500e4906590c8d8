"""Variants of a scenario: the scenario as a function of some of its values.

What changes prices only is priced again (law L5). What changes the arms only is simulated again for
the people whom the arms can affect (law L4), on a baseline run that is retained. Anything else is
simulated in full. Whichever way it is answered, the counts are those of a whole run, to the bit.

Sweeps, sensitivity analysis, break-even values, uncertainty, the live page and the lesson file all
ask here, and what has been simulated is remembered here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from sys import maxsize
from threading import Lock
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from pydantic import ValidationError

from sisim.arrays import Ints
from sisim.economics.valuation import Valuation
from sisim.engine.affected import reusable_baseline
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Replication, Result
from sisim.engine.enrolment import Enrolment
from sisim.engine.population import People
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun
from sisim.engine.simulation import Progress
from sisim.engine.tables import Compiled
from sisim.engine.trace import diverged_people
from sisim.engine.warm_up import MOST_KEPT, run_once
from sisim.loading.load import changed, with_checked_numbers
from sisim.scenario.digest import without_money
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import followers, with_numbers
from sisim.scenario.scenario import Investment, Scenario

Values = Mapping[str, Any]
"""Other values of a scenario by dotted path, as `--set` takes them."""

RUNS = 2
"""How many runs are remembered for variants that differ in money only."""
BASELINES = 10
"""Most baselines that are retained on demand."""
SCENARIOS = 48
"""How many scenarios are remembered for runs that differ in their seed only; each takes a MB."""
_DEFINING = (
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
"""Keys of an investment that decide which people it can affect, or what it is."""


@dataclass(frozen=True)
class AffectedSample:
    """The people whose lives an investment changes, in one run.

    Attributes:
        compiled: The scenario.
        seed: The seed of the run.
        people: Some people, among them all who are affected.
        who: Those affected, by number among `people`, int64 (affected,).
        enrolments: Every treatment that has begun, by number among `people`.
        shares: Shares among peers by step, if there are any.
    """

    compiled: Compiled
    seed: int
    people: People
    who: Ints
    enrolments: list[Enrolment]
    shares: list[NDArray[np.int32]]


class Variants:
    """A scenario as a function of some of its values, with common random numbers.

    Args:
        scenario: The scenario.
        seeds: The seeds of the runs, where a call does not say others.
        threads: Threads of a simulation; the counts do not depend on it.
        retain: Whether a baseline run is retained for each seed from the first, for variants of
            the arms to come, and numbers are each checked by themselves alone, as is enough for
            a slider. Else a baseline is retained when a second variant of the arms is asked for.
        runs: How many runs are remembered: each may take a hundred MB.
        baselines: How many baselines are retained; unset: of every seed, where they are retained
            at once. A run with a further seed is simulated in full.
    """

    simulated: int
    """How many runs have been made, in full or for those alone whom the arms can affect."""

    def __init__(
        self,
        scenario: Scenario,
        seeds: Sequence[int] = (1,),
        *,
        threads: int | None = None,
        retain: bool = True,
        runs: int = RUNS,
        baselines: int | None = None,
    ) -> None:
        self.scenario, self.seeds = scenario, tuple(seeds)
        self.simulated = 0
        self._threads, self._retain = threads, retain
        self._most = baselines if baselines is not None else maxsize if retain else BASELINES
        self._paths = MoneyPaths(scenario)
        self._base = lean(scenario)
        self._reusable = reusable_baseline(self._base)
        runs = max(runs, len(self.seeds))
        self._scenarios: LRUCache[str, Scenario] = LRUCache(SCENARIOS)
        self._runs: LRUCache[tuple[str, int], tuple[Compiled, Replication]] = LRUCache(runs)
        self._baselines: dict[int, ArmRerun] = {}
        self._last: Result | None = None
        self._asked: LRUCache[int, str] = LRUCache(1 << 16)
        self._expected: set[int] = set()
        # Reruns are made one at a time, in the same columns.
        self._lock = Lock()
        self._caches = Lock()

    # ------------------------------------------------------------------------ what comes out

    def valuation(
        self,
        values: Values | None = None,
        seeds: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> Valuation:
        """Return what comes of the scenario with some values changed.

        Args:
            values: The values.
            seeds: One after the other; unset: the variants' own.
            progress: Called with the steps done and the steps in all where people are simulated.

        Raises:
            ScenarioError: If a value does not fit.
        """
        values = values or {}
        seeds = self.seeds if seeds is None else tuple(seeds)
        scenario, key = self.scenario_with(values), self.people(values)
        with self._caches:
            runs = {seed: self._runs.get((key, seed)) for seed in seeds}
        missing = [seed for seed, run in runs.items() if run is None]
        made = self._simulated(scenario, values, missing, progress) if missing else {}
        with self._caches:
            for seed, run in made.items():
                self._runs[key, seed] = run
        found = [made.get(seed) or runs[seed] for seed in seeds]
        whole = [run for run in found if run is not None]
        # What has been counted is the same; what is said of it is the whole scenario's.
        counts = Result(replace(whole[0][0], scenario=scenario), tuple(run for _, run in whole))
        with self._caches:
            last = () if self._last is None else self._last.replications
            if self._last is not None and [*map(id, last)] == [*map(id, counts.replications)]:
                counts = self._last.under(scenario)
            self._last = counts
        return Valuation(counts)

    def affected(
        self, values: Values | None = None, progress: Progress | None = None
    ) -> AffectedSample:
        """Return whose lives a variant changes in the run of the first seed.

        Args:
            values: The values.
            progress: Called with the steps done and the steps in all where people are simulated.

        Raises:
            ScenarioError: If a value does not fit.
        """
        values, seed = values or {}, self.seeds[0]
        scenario = self.scenario_with(values)
        variant = self._rerunnable(scenario, values)
        with self._lock:
            if variant is None:
                compiled = compile_scenario(scenario)
                kept = self._is_kept(values, seed)
                run = run_once(compiled, seed, threads=self._threads, kept=kept, progress=progress)
            else:
                run = self._baseline(seed, progress).run(variant)
            who = diverged_people(run)
        return AffectedSample(
            run.compiled, run.seed, run.people, who, run.enrolments.record, run.shares
        )

    # ------------------------------------------------------------------------ what is changed

    def scenario_with(self, values: Values) -> Scenario:
        """Return the scenario with other values; single numbers of the arms take no time.

        Raises:
            ScenarioError: If a value does not fit.
        """
        key = canonical(values)
        with self._caches:
            found = self._scenarios.get(key)
        if found is None:
            found = self._changed(values)
            with self._caches:
                self._scenarios[key] = found
        return found

    def money(self, path: str) -> bool:
        """Return whether a value changes what things cost, and nobody's life (law L5)."""
        return self._paths.money(path)

    def people(self, values: Values) -> str:
        """Return what of some values has a bearing on people, as text."""
        return self._paths.people(self._acting(values))

    def of_arms(self, values: Values) -> bool:
        """Return whether values change nothing but the arms, and perhaps what things cost."""
        return all(self.money(path) or self._paths.arms(path) for path in values)

    def expect(self, variants: Iterable[Values], seed: int) -> None:
        """Retain a baseline of a seed at once, if several variants of the arms are to come.

        Otherwise the first of them would be a whole run from which no other has anything. The
        baseline that has been there longest gives way.
        """
        keys = {self.people(values) for values in variants if self.of_arms(values)}
        if not self._reusable or len(keys - {canonical({})}) < 2 or seed in self._baselines:
            return
        with self._lock:
            if self._baselines and len(self._baselines) >= self._most:
                del self._baselines[next(iter(self._baselines))]
        self._expected.add(seed)

    def hold(self, retained: Iterable[ArmRerun]) -> None:
        """Take over runs of the scenario that have been retained elsewhere, as baselines."""
        self._baselines |= {one.result.seeds[0]: one for one in retained}

    def quick(self, values: Values) -> bool:
        """Return whether a variant is answered by a rerun of the people whom arms can affect."""
        return self._rerunnable(self.scenario_with(values), values) is not None

    def _acting(self, values: Values) -> Values:
        """Return the values without those of effects that nobody is under, or that are none."""
        of_effects = {path: parts for path in values if (parts := _effect_parts(path))}
        if not of_effects:
            return values
        investments = self._investments_with(values)
        idle = {path for path, parts in of_effects.items() if _is_idle(investments, *parts)}
        return {path: value for path, value in values.items() if path not in idle}

    def _investments_with(self, values: Values) -> Mapping[str, Investment]:
        """Return the investments with other values, where they can be told without the rest."""
        own = {path: value for path, value in values.items() if path.startswith("investments.")}
        if not any(map(self._paths.is_parameter, values)):
            with suppress(LookupError, TypeError, ValidationError, ScenarioError):
                return with_numbers(self.scenario, own).investments
        return self.scenario_with(values).investments

    def _changed(self, values: Values) -> Scenario:
        if not values:
            return self.scenario
        if self.of_arms(values):
            change = with_numbers if self._retain else with_checked_numbers
            try:
                return change(self.scenario, values)
            except (LookupError, TypeError, ValidationError, ScenarioError):
                pass  # whatever is wrong, or is no number, the whole check says it or knows it
        return changed(self.scenario, values, inside=True)

    # ------------------------------------------------------------------------ runs

    def _simulated(
        self,
        scenario: Scenario,
        values: Values,
        seeds: Sequence[int],
        progress: Progress | None,
    ) -> dict[int, tuple[Compiled, Replication]]:
        """Return a run for each seed, by a rerun where that can be."""
        self.simulated += len(seeds)
        variant = self._rerunnable(scenario, values)
        key = self.people(values)
        rerun = [] if variant is None else self._retained(seeds, key)
        whole = [seed for seed in seeds if seed not in rerun]
        kept = all(self._is_kept(values, seed) for seed in whole)
        found = self._whole_runs(scenario, whole, kept, progress)
        for number, seed in enumerate(rerun):

            def tell(done: int, end: int, before: int = number) -> None:
                if progress is not None:
                    progress(before * end + done, len(seeds) * end)

            assert variant is not None
            with self._lock:
                with self._caches:
                    known = self._runs.get((key, seed))  # another may just have asked for it
                if known is None:
                    baseline = self._baseline(seed, tell)
                    result = baseline.result if key == canonical({}) else baseline.rerun(variant)
                    known = result.compiled, result.replications[0]
            found[seed] = known
        return found

    def _whole_runs(
        self, scenario: Scenario, seeds: Sequence[int], kept: bool, progress: Progress | None
    ) -> dict[int, tuple[Compiled, Replication]]:
        """Return full runs: all at once, where their seeds follow one another."""
        if not seeds:
            return {}
        if list(seeds) != list(range(seeds[0], seeds[0] + len(seeds))):
            parts = [self._whole_runs(scenario, [seed], kept, progress) for seed in seeds]
            return {seed: run for part in parts for seed, run in part.items()}
        result = simulate(
            lean(scenario),
            seed=seeds[0],
            replications=len(seeds),
            threads=self._threads,
            kept=len(seeds) if kept else 0,
            progress=progress,
        )
        runs = ((result.compiled, run) for run in result.replications)
        return dict(zip(seeds, runs, strict=True))

    def _is_kept(self, values: Values, seed: int) -> bool:
        """Return whether a run has the past of the scenario itself, which is kept for its seed."""
        return self.of_arms(values) and 0 <= seed - min(self.seeds) < MOST_KEPT

    def _retained(self, seeds: Sequence[int], key: str) -> list[int]:
        """Return the seeds whose baseline is there, or is worth retaining and has room.

        It is worth retaining at once, or for a second variant of the arms.
        """
        there = [seed for seed in seeds if seed in self._baselines]
        others = [seed for seed in seeds if seed not in self._baselines]
        if not self._retain:
            others = [
                seed
                for seed in others
                if seed in self._expected or self._asked.setdefault(seed, key) != key
            ]
        return there + others[: max(self._most - len(self._baselines), 0)]

    def _rerunnable(self, scenario: Scenario, values: Values) -> Scenario | None:
        """Return what a retained baseline can answer for, None where a whole run is needed."""
        if not self._reusable or not self.of_arms(values):
            return None
        variant = scenario.model_copy(update={"pathway": self._base.pathway})
        return variant if reusable_baseline(variant) else None

    def _baseline(self, seed: int, progress: Progress | None) -> ArmRerun:
        found = self._baselines.get(seed)
        if found is None:
            kept = self._is_kept({}, seed)
            found = ArmRerun(self._base, seed, threads=self._threads, kept=kept, progress=progress)
            self._baselines[seed] = found
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
        self._following = followers(scenario)

    def arms(self, path: str) -> bool:
        """Return whether the value at a dotted path changes the arms alone, and perhaps money."""
        reached = self._reached(path)
        return all(self.money(one) or _changes_arms_only(one) for one in reached)

    def people(self, values: Values) -> str:
        """Return a key that is the same for values that give the same people."""
        return canonical({path: value for path, value in values.items() if not self.money(path)})

    def money(self, path: str) -> bool:
        """Return whether the value at a dotted path has a bearing on money alone."""
        if path not in self._known and self._parameter(path):
            self._known[path] = all(self.money(one) for one in self._reached(path))
        elif path not in self._known:
            parts = path.split(".")
            around = [t[:n] for t in (parts, ["pathway", *parts]) for n in range(1, len(t) + 1)]
            self._known[path] = any(
                _is_there(self._all, part) and not _is_there(self._people, part) for part in around
            )
        return self._known[path]

    def _reached(self, path: str) -> list[str]:
        """Return the paths of the numbers that follow a parameter; another path, as it is."""
        name = self._parameter(path)
        return [path] if name is None else self._following.get(name, [])

    def is_parameter(self, path: str) -> bool:
        """Return whether the value at a dotted path is a parameter, from which others follow."""
        return self._parameter(path) is not None

    @staticmethod
    def _parameter(path: str) -> str | None:
        head, _, rest = path.removeprefix("pathway.").partition(".")
        return rest.partition(".")[0] if head == "parameters" else None


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


def with_arms(scenario: Scenario, arms: Iterable[str]) -> Scenario:
    """Return a scenario that has only some of its arms; contracts may ask for all of them."""
    wanted = set(arms)
    if not wanted or scenario.contracts:
        return scenario
    kept = {name: arm for name, arm in scenario.arms.items() if name in wanted}
    if kept == scenario.arms:
        return scenario
    figures = scenario.figures
    if figures is not None and not {figures.project, figures.new_way} <= set(kept):
        figures = None
    # What asks something of arms that are gone asks nothing here.
    silo, system = scenario.silo, scenario.system
    parts = {
        "arms": kept,
        "figures": figures,
        "silo": silo if silo is not None and set(silo.arms) <= set(kept) else None,
        "system": system if system is not None and system.arm in (None, *kept) else None,
        "evaluations": {n: e for n, e in scenario.evaluations.items() if e.arm in (None, *kept)},
    }
    return scenario.model_copy(update=parts)


def _effect_parts(path: str) -> tuple[str, int, str] | None:
    """Return investment, number and key of the size, or of the persistence, of an effect."""
    parts = path.split(".")
    known = len(parts) > 4 and parts[0] == "investments" and parts[2] == "effects"
    if not known or not parts[3].isdigit() or parts[4] not in ("ratio", "persistence"):
        return None
    return parts[1], int(parts[3]), parts[4]


def _is_idle(investments: Mapping[str, Investment], name: str, number: int, key: str) -> bool:
    """Return whether nothing can come of another size, or persistence, of an effect."""
    one = investments[name]
    effect = one.effects[number]
    reaches = [one.reach.value, 0.0 if one.new_way is None else one.new_way.reach.value]
    if effect.acts_on == "participants" and not any(reaches):
        return True
    none = effect.ratio.value == 1 and effect.adds is None and effect.sets is None
    return key == "persistence" and none


def _changes_arms_only(path: str) -> bool:
    head, *rest = path.split(".")
    key = ".".join(part for part in rest[1:] if not part.isdigit())
    # A whole investment, or its list of effects, may name other transitions.
    return head == "investments" and key not in ("", "effects") and not key.startswith(_DEFINING)


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
