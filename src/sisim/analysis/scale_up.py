"""What a new way of working takes at full scale, and the largest version that a budget affords.

Question 11: before a social investment starts it is worked out what full scale means in money, and
if that cannot be had, a smaller version is weighed. A version is smaller by its reach (a share of
those in need), its places, or its areas; each is taken as far as the budget goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from sisim.analysis.cell import Runner, Setup
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.measures import NPV, measured
from sisim.analysis.question import Point, compared
from sisim.analysis.stages import Progress, Stages
from sisim.analysis.threshold import break_even
from sisim.arrays import Floats
from sisim.economics.ledger import CostLine
from sisim.economics.valuation import Valuation
from sisim.engine.clock import Clock
from sisim.engine.effects import coverage
from sisim.scenario.scenario import Investment, NewWay, Scenario

NEW_WAY = "new_way_of_working"
Lever = Literal["full", "reach", "capacity", "areas"]
LEVERS: tuple[Lever, ...] = ("reach", "capacity", "areas")
POINTS = 3
"""The cost rises all the way with each lever, so that few points tell where it meets the budget."""
ASKED = POINTS + 5
"""About how many points it takes to find out how far a lever goes."""


@dataclass(frozen=True)
class Version:
    """The new way of working in full or smaller.

    Attributes:
        lever: What makes it smaller.
        value: How far that goes: a share, places, or how many areas; None for the scenario's own.
        values: What is changed in the scenario.
        affordable: Whether it is within the budget.
        costs: SEK in the first whole year at full scale: gross, replaced (what is stopped), net,
            (replications, 3).
        treated: Participants at a time that year, on average, (replications,).
    """

    lever: Lever
    value: float | None
    values: Mapping[str, Any]
    affordable: bool
    costs: Floats
    treated: Floats


@dataclass(frozen=True)
class Implementation:
    """What it takes to go to full scale.

    Attributes:
        scenario: The scenario.
        arm: The arm in which the investment becomes a new way of working.
        investment: Which investment.
        seeds: The seed of each replication.
        budget: SEK a year that there is, net of what is stopped; None if that was not asked.
        year: The first whole year at full scale, or the last of the scenario.
        at_full_scale: Whether full scale is reached before that year.
        yearly: Money by year. Columns: replication, year, kind (investment, running, replaced, and
            use: the change in what administrations pay otherwise), administration, amount.
        rollout: When it begins and is at full scale in each area. Columns: area, begins, full_scale
            (decimal years).
        versions: Full scale, and the largest that is afforded by each lever that can be used.
        worth: What each version is worth over all years. Columns: version (its number),
            replication, net_present_value, and outcome.NAME compared with without.
    """

    scenario: Scenario
    arm: str
    investment: str
    seeds: tuple[int, ...]
    budget: float | None
    year: int
    at_full_scale: bool
    yearly: pd.DataFrame
    rollout: pd.DataFrame
    versions: tuple[Version, ...]
    worth: pd.DataFrame

    @property
    def full(self) -> Version:
        """The new way as the scenario has it."""
        return self.versions[0]

    @cached_property
    def lacking(self) -> float | None:
        """SEK a year by which full scale goes beyond the budget; 0 if it is within it."""
        if self.budget is None:
            return None
        return max(float(self.full.costs[:, 2].mean()) - self.budget, 0.0)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Everything as tables, the years and versions as means with standard errors."""
        by = ["year", "kind", "administration"]
        grouped = self.yearly.groupby(by, sort=False, observed=True)["amount"]
        yearly = pd.DataFrame({"amount": grouped.mean(), "amount_error": grouped.sem()})
        rows = []
        for number, one in enumerate(self.versions):
            row: dict[str, Any] = {
                "version": one.lever,
                "value": one.value,
                "affordable": one.affordable,
            }
            parts = dict(zip(("gross", "replaced", "net"), one.costs.T, strict=True))
            own = self.worth[self.worth["version"] == number].drop(
                columns=["version", "replication"]
            )
            parts |= {"treated": one.treated, **{str(c): own[c].to_numpy() for c in own}}
            for name, values in parts.items():
                row[name] = float(values.mean()) if len(values) else np.nan
                row[f"{name}_error"] = float(stats.sem(values)) if len(values) > 1 else np.nan
            rows.append(row)
        return {
            "implementation-years": yearly.reset_index(),
            "implementation-versions": pd.DataFrame(rows),
            "implementation-areas": self.rollout,
        }


def implementation(
    scenario: Scenario,
    arm: str | None = None,
    *,
    investment: str | None = None,
    budget: float | None = None,
    seed: int | None = None,
    replications: int | None = None,
    simulated: Valuation | None = None,
    progress: Progress | None = None,
) -> Implementation:
    """Return what full scale takes, and the largest version that a budget affords.

    Args:
        scenario: The scenario.
        arm: Which arm; unset: the last with a new way of working.
        investment: Which investment; unset: the arm's first that becomes a new way of working.
        budget: SEK a year that there is for it in ordinary operation, in fixed prices, over and
            above what it lets be stopped; unset: only full scale is worked out.
        seed: The seed of the first replication; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        simulated: What came out of the scenario, if it has been simulated: of its replications.
        progress: Called with the runs done and about how many there are.

    Raises:
        LookupError: If there is no such arm or investment, or none becomes a new way of working.
    """
    arm, investment = chosen(scenario, arm, investment)
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    seeds = tuple(range(first, first + count)) if simulated is None else simulated.seeds
    spec = scenario.investments[investment]
    assert spec.new_way is not None
    clock = Clock.of(scenario)
    rollout = _rollout(scenario, spec, clock)
    year, reached = _full_year(rollout, clock, scenario.time.whole_years or scenario.time.all_years)
    smaller = len(LEVERS) * (budget is not None)
    # Full scale, each lever, and what each smaller version gives.
    count = len(seeds)
    stages = Stages([count, *([ASKED * count] * smaller), smaller * count], progress)
    whole = Evaluator(
        scenario,
        arm=arm,
        outcomes=[NPV, "outcome.*"],
        replications=count,
        seed=seeds[0],
        progress=lambda *_: stages.part(),
    )
    stages.begin(0)
    # All that is told of full scale is of the same runs.
    runs = _simulated(whole.setup, seeds, stages.part) if simulated is None else [simulated]
    costs, treated, parts, worth = _at_full_scale(runs, arm, investment, year, whole.setup.outcomes)
    fits = budget is None or float(costs[:, 2].mean()) <= budget
    versions = [Version("full", None, {}, fits, costs, treated)]
    if budget is not None and not fits:
        ask = _Costs(_until(scenario, year), arm, investment, seeds, year, stages.part)
        for number, lever in enumerate(LEVERS, 1):
            stages.begin(number)
            found = _largest(ask, scenario, spec.new_way, investment, lever, budget, versions[0])
            if found is not None:
                versions.append(found)
    stages.begin(1 + smaller)
    return Implementation(
        scenario=scenario,
        arm=arm,
        investment=investment,
        seeds=seeds,
        budget=budget,
        year=year,
        at_full_scale=reached,
        yearly=parts,
        rollout=rollout,
        versions=tuple(versions),
        worth=pd.concat([worth, *_worth_of_smaller(whole, versions, arm)], ignore_index=True),
    )


def chosen(scenario: Scenario, arm: str | None, investment: str | None) -> tuple[str, str]:
    """Return which arm and investment are meant: one that becomes a new way of working.

    Raises:
        LookupError: If there is none.
    """
    arms = [
        (name, [i for i, ending in one.investments.items() if ending == NEW_WAY])
        for name, one in scenario.arms.items()
    ]
    for name, own in reversed(arms):
        if arm in (None, name) and own and (investment is None or investment in own):
            return name, investment or own[0]
    raise LookupError(arm or investment or NEW_WAY)


class _Costs:
    """The yearly cost of the new way at full scale, as a function of the scenario's numbers."""

    def __init__(
        self,
        scenario: Scenario,
        arm: str,
        investment: str,
        seeds: Sequence[int],
        year: int,
        told: Callable[[], None],
    ) -> None:
        self._runner = Runner(Setup(scenario, (), (arm,)), threads=None)
        self._investment = investment
        self._arm = arm
        self._seeds = seeds
        self._year = year
        self._told = told

    def of(self, values: Mapping[str, Any]) -> tuple[Floats, Floats]:
        """Return gross, replaced and net, (replications, 3), and who is treated at a time."""
        costs, treated = [], []
        for seed in self._seeds:
            result = self._runner.variants.valuation(values, [seed])
            costs.append(_costs_in(result, self._investment, self._arm, self._year))
            treated.append(_treated_in(result, self._investment, self._arm, self._year))
            self._told()
        return np.concatenate(costs), np.concatenate(treated)

    def over(self, budget: float) -> Callable[[Sequence[Point]], Floats]:
        """Return by how much the net cost goes beyond a budget, as a question to be asked."""

        def ask(points: Sequence[Point]) -> Floats:
            return np.array([self.of(point)[0][:, 2] - budget for point in points])

        return ask


def _largest(
    ask: _Costs,
    scenario: Scenario,
    spec: NewWay,
    investment: str,
    lever: Lever,
    budget: float,
    full: Version,
) -> Version | None:
    """Return the largest version by one lever that a budget affords; None if it cannot be used."""
    key = f"investments.{investment}.new_way.{lever}"
    if lever == "areas":
        areas = spec.areas or list(scenario.population.areas)
        if len(areas) < 2:
            return None
        for count in range(len(areas) - 1, 0, -1):
            values: dict[str, Any] = {key: areas[:count]}
            costs, treated = ask.of(values)
            if float(costs[:, 2].mean()) <= budget:
                return Version(lever, float(count), values, True, costs, treated)
        return Version(
            lever, 0.0, {}, False, np.zeros_like(full.costs), np.zeros_like(full.treated)
        )
    whole = lever == "capacity"
    most = float(full.treated.max())
    if spec.capacity is not None:
        most = min(most, float(spec.capacity))
    if whole and most < 2:
        return None
    # Who is in treatment varies over the year: the places in use are more than the mean.
    low, high = (1.0, float(round(1.5 * most))) if whole else (0.0, spec.reach.value)
    cheapest = {key: round(low) if whole else low}
    costs, treated = ask.of(cheapest)
    if float(costs[:, 2].mean()) > budget:
        return Version(lever, low, cheapest, False, costs, treated)
    found = break_even(ask.over(budget), key, high, low, high, whole=whole, points=POINTS)
    if not found.roots:  # the lever leaves the cost as it is, or all of it is within the budget
        return None
    # Places and percent are whole; a root is a little uncertain, and a budget is not.
    size = 1.0 if whole else 0.01
    for steps in range(floor(found.roots[0] / size), -1, -1):
        value = max(round(steps * size, 2), low)
        values = {key: round(value) if whole else value}
        costs, treated = ask.of(values)
        if float(costs[:, 2].mean()) <= budget:
            break
    return Version(lever, value, values, True, costs, treated)


def _rollout(scenario: Scenario, spec: Investment, clock: Clock) -> pd.DataFrame:
    """Return when the new way begins and is at full scale in each area."""
    areas = list(scenario.population.areas) or [""]
    _, new_way = coverage(spec, NEW_WAY, clock, areas)
    rows = []
    for name, path in zip(areas, new_way, strict=True):
        begun, full = np.flatnonzero(path > 0), np.flatnonzero(path >= 1)
        rows.append(
            {
                "area": name,
                "begins": _instant(clock, begun[0]) if len(begun) else np.nan,
                "full_scale": _instant(clock, full[0]) if len(full) else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _instant(clock: Clock, step: Any) -> float:
    return float((clock.first_moment + int(step)) / clock.per_year)


def _full_year(rollout: pd.DataFrame, clock: Clock, years: range) -> tuple[int, bool]:
    """Return the first whole year at full scale, or the last of all, and whether it is reached."""
    last = years[-1]
    begun = rollout[rollout["begins"].notna()]
    full = begun["full_scale"]
    if not len(begun) or full.isna().any():
        return last, False
    since = float(full.max()) - _instant(clock, clock.start)
    year = clock.start_year + ceil(since - 1e-6)
    return min(year, last), year <= last


def _until(scenario: Scenario, year: int) -> Scenario:
    """Return the scenario until the end of a year: nothing depends on what comes later."""
    years = min(year + 1 - scenario.time.first_year, scenario.time.years)
    time = scenario.time.model_copy(update={"years": years})
    return scenario.model_copy(update={"time": time, "figures": None})


def _simulated(setup: Setup, seeds: Sequence[int], told: Callable[[], None]) -> Iterator[Valuation]:
    """Yield what comes out of a scenario, one replication at a time."""
    variants = Runner(setup, threads=None).variants
    for seed in seeds:
        yield variants.valuation({}, [seed])
        told()


def _at_full_scale(
    runs: Iterable[Valuation], arm: str, investment: str, year: int, outcomes: Sequence[str]
) -> tuple[Floats, Floats, pd.DataFrame, pd.DataFrame]:
    """Return costs and participants of a version, money by year, and worth: see `Implementation`.

    Args:
        runs: Replications of the scenario, one or several at a time.
        arm: Which arm.
        investment: Which investment.
        year: The year of the costs.
        outcomes: The measures that it is worth.
    """
    costs, treated = list[Floats](), list[Floats]()
    years, worth = list[pd.DataFrame](), list[pd.DataFrame]()
    done = 0
    for result in runs:
        costs.append(_costs_in(result, investment, arm, year))
        treated.append(_treated_in(result, investment, arm, year))
        years.append(_yearly(result, arm, investment, done))
        worth.append(_compared(measured(result, outcomes), 0, arm, outcomes, done))
        done += len(result.seeds)
    return (
        np.concatenate(costs),
        np.concatenate(treated),
        pd.concat(years, ignore_index=True),
        pd.concat(worth, ignore_index=True),
    )


def _costs_in(result: Valuation, investment: str, arm: str, year: int) -> Floats:
    """Return gross, replaced and net of an investment in a year, SEK, (replications, 3)."""

    def own(line: CostLine) -> str | None:
        return line.kind if line.item == investment and line.kind != "use" else None

    sums = result.ledger.sums(own, yearly=True)
    place = result.counts.arms.index(arm), result.ledger.years.tolist().index(year)
    zeros = np.zeros(len(result.seeds))
    one = {kind: amounts[(slice(None), *place)] for kind, amounts in sums.items()}
    gross = one.get("running", zeros) + one.get("investment", zeros)
    replaced = -one.get("replaced", zeros)
    return np.stack([gross, replaced, gross - replaced], axis=1)


def _treated_in(result: Valuation, investment: str, arm: str, year: int) -> Floats:
    """Return the participants at a time of an investment, mean of a year, (replications,)."""
    table = result.yearly_participants()
    own = table[
        (table["investment"] == investment) & (table["year"] == year) & (table["arm"] == arm)
    ]
    months = own.groupby("replication")["treated_months"].sum()
    return months.reindex(range(len(result.seeds)), fill_value=0).to_numpy(np.float64) / 12


def _yearly(result: Valuation, arm: str, investment: str, before: int) -> pd.DataFrame:
    """Return money by year, the replications numbered from `before`: see `Implementation`."""
    place = result.counts.arms.index(arm)
    start = result.scenario.time.first_year

    def kept(line: CostLine) -> tuple[str, str] | None:
        if line.kind == "use":
            return None if line.ordinary else (line.kind, line.administration)
        return (line.kind, line.administration) if line.item == investment else None

    sums = result.ledger.sums(kept, yearly=True)
    return pd.DataFrame(
        [
            {
                "replication": before + number,
                "year": int(year),
                "kind": kind,
                "administration": payer,
                "amount": float(amount),
            }
            for number in range(len(result.seeds))
            for (kind, payer), amounts in sums.items()
            for year, amount in zip(
                result.ledger.years, amounts[number, place] - amounts[number, 0], strict=True
            )
            if year >= start
        ]
    )


def _worth_of_smaller(
    evaluator: Evaluator, versions: Sequence[Version], arm: str
) -> Iterator[pd.DataFrame]:
    """Yield what each smaller version is worth that can be afforded."""
    for number, one in enumerate(versions):
        if one.lever != "full" and one.affordable:
            table = evaluator.evaluate(one.values)
            yield _compared(table, number, arm, evaluator.setup.outcomes, 0)


def _compared(
    table: pd.DataFrame, version: int, arm: str, outcomes: Sequence[str], before: int
) -> pd.DataFrame:
    """Return what a version is worth, the replications numbered from `before`."""
    columns = {name: compared(table.assign(point=0), arm, name)[0] for name in outcomes}
    runs = before + np.arange(table["replication"].nunique())
    return pd.DataFrame({"version": version, "replication": runs, **columns})
