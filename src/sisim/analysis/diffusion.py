"""Diffusion: how an investment spreads between municipalities, and what that comes to.

Each municipality that has not started does so in a year with chance 1 - exp(-(p + q x share seen)):
innovation and imitation (Bass, "A new product growth for model consumer durables", Management
Science 15(5), 1969), in discrete years and drawn for each municipality by itself. What each starter
gains is what the simulated municipality gains, by its residents and from the year in which it
starts. No Swedish estimate of p and q has been found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import numpy as np
import pandas as pd

from sisim.analysis.cell import Runner, Setup
from sisim.analysis.measures import measured
from sisim.arrays import Floats, Ints
from sisim.engine.draws import draw_many, purpose_code, seed_key
from sisim.engine.simulation import Progress
from sisim.loading.municipalities import Municipalities, made_up
from sisim.scenario.dates import months_until
from sisim.scenario.scenario import Scenario
from sisim.scenario.spread import SpreadPlan

Way = Literal["alone", "support", "programme"]
"""As things are; with support of capacity; with a national programme for this investment."""
PURPOSE = "spread"
RUNS = 200
NEVER = 1 << 20
"""The year of a start that does not come."""
PARTICIPANTS = "participants"
RANGE = (0.1, 0.9)
"""The quantiles between which four runs of five lie."""


def ways_of(spec: SpreadPlan) -> tuple[Way, ...]:
    """Return the ways to spread that a file compares."""
    found: list[Way] = ["alone"]
    if spec.support is not None:
        found.append("support")
    if spec.programme is not None:
        found.append("programme")
    return tuple(found)


def intensities(spec: SpreadPlan, way: Way, year: int, number: int = 0) -> tuple[float, float]:
    """Return p and q of an investment in a year, counted from 0.

    Args:
        spec: What the file says.
        way: In which way it spreads.
        year: Which year.
        number: Which of the investments that come; a programme is for the first.
    """
    p, q = spec.p.value, spec.q.value
    if way == "support" and spec.support is not None and year >= spec.support.lag:
        return p * spec.support.p.value, q * spec.support.q.value
    if way == "programme" and spec.programme is not None and not number:
        return (spec.programme.p.value if year < spec.programme.years else p), q
    return p, q


def starts(
    spec: SpreadPlan, places: Municipalities, way: Way, seeds: Sequence[int], number: int = 0
) -> Ints:
    """Return the year in which each municipality starts, counted from 0, (seeds, municipalities).

    `NEVER` is not within the years looked at. Draws belong to seed, municipality, year and
    investment (law L3): all ways meet the same luck, and a higher chance never starts later.

    Args:
        spec: What the file says.
        places: The municipalities.
        way: In which way it spreads.
        seeds: A run each.
        number: Which of the investments that come.
    """
    return np.asarray(pipeline(spec, places, way, seeds, number)[-1], np.int64)


def pipeline(
    spec: SpreadPlan, places: Municipalities, way: Way, seeds: Sequence[int], number: int = 0
) -> Ints:
    """Return when each municipality comes to each stage, and to its start, which is the last.

    Years counted from 0, (stages + 1, seeds, municipalities); `NEVER` for those who have left on
    the way. For arguments see `starts`.
    """
    keys = [blake2b(name.encode(), digest_size=8).digest() for name in places.names]
    words = np.array([np.frombuffer(key, "<u4") for key in keys], np.uint32)
    lo, hi = np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1])
    own = PURPOSE if not number else f"{PURPOSE}:{number}"
    purpose, generators = purpose_code(own), [seed_key(seed) for seed in seeds]

    def drawn(year: int, purpose: np.uint32) -> Floats:
        return np.stack([draw_many(lo, hi, year, purpose, key) for key in generators])

    wait, goes_on = [0], [np.ones((len(seeds), len(places.names)), bool)]
    for name, stage in spec.stages.items():
        luck = drawn(0, purpose_code(f"{own}:{name}"))
        wait.append(wait[-1] + stage.years)
        goes_on.append(goes_on[-1] & (luck < stage.goes_on.value))
    taken = np.full((len(seeds), len(places.names)), NEVER, np.int64)
    for year in range(number * spec.every, spec.years):
        p, q = intensities(spec, way, year, number)
        started = goes_on[-1] & (taken + wait[-1] < year)
        chance = -np.expm1(-(p + q * _seen(spec, places, started)))
        taken[(taken == NEVER) & (drawn(year, purpose) < chance)] = year
    return np.stack(
        [
            np.where(on & (taken != NEVER), taken + later, NEVER)
            for on, later in zip(goes_on, wait, strict=True)
        ]
    )


def _seen(spec: SpreadPlan, places: Municipalities, started: np.ndarray) -> Floats:
    """Return the share of others that each has seen succeed, (seeds, municipalities)."""
    country = started.mean(axis=1, keepdims=True)
    weight = spec.region_weight.value
    if not weight:
        return np.asarray(spec.power.value * np.broadcast_to(country, started.shape))
    sizes = np.bincount(places.regions)
    region = np.stack([np.bincount(places.regions, row) for row in started]) / sizes
    near = region[:, places.regions]
    return np.asarray(spec.power.value * (weight * near + (1 - weight) * country))


@dataclass(frozen=True)
class Course:
    """What a municipality gains by year since it started, with less without.

    Attributes:
        residents: How many live in the simulated municipality.
        years: How many years.
        amounts: By what it is (`participants`, `outcome.NAME`, `cost.PAYER`): the difference,
            (replications, years). Kronor in fixed prices, not discounted.
    """

    residents: float
    years: int
    amounts: Mapping[str, Floats]


def course_of(
    scenario: Scenario,
    arm: str,
    years: int,
    *,
    seed: int,
    replications: int,
    progress: Progress | None = None,
) -> Course:
    """Return what the simulated municipality gains by year since the investments start.

    It is simulated for as many years as are looked at, whatever the file says.

    Args:
        scenario: The scenario.
        arm: Which arm.
        years: How many years from the start.
        seed: Of the first replication.
        replications: How many.
        progress: Called with how many are done and how many there are.
    """
    begins = [scenario.investments[name].start for name in scenario.arms[arm].investments]
    opens = months_until(scenario.time.start)
    waits = min((months_until(one) for one in begins), default=opens) - opens
    first = int(waits // 12)
    time = scenario.time.model_copy(update={"years": float(first + years)})
    long = scenario.model_copy(update={"time": time, "contracts": {}, "figures": None})
    runner = Runner(Setup(long, (), (arm,)), threads=None)
    start = long.time.first_year + first
    wanted = [f"{kind}.{year}" for kind in _kinds(long) for year in range(start, start + years)]
    parts: dict[str, list[Floats]] = {}
    for number in range(replications):
        valued = runner.variants.valuation({}, [seed + number])
        table = measured(valued, wanted).set_index("arm")[wanted]
        change = (table.loc[arm] - table.loc["without"]).to_numpy(float).reshape(-1, years)
        for kind, own in zip(_kinds(long), change, strict=True):
            parts.setdefault(kind, []).append(own)
        who = valued.yearly_participants()
        begun = who[who["arm"] == arm].groupby("year")["started"].sum()
        parts.setdefault(PARTICIPANTS, []).append(
            begun.reindex(range(start, start + years), fill_value=0).to_numpy(float)
        )
        if progress is not None:
            progress(number + 1, replications)
    # A payer that is not affected is none of it.
    amounts = {kind: np.array(own) for kind, own in parts.items()}
    kept = {k: v for k, v in amounts.items() if not k.startswith("cost.") or np.any(v)}
    population = scenario.population
    size = float(population.residents or population.cohort or 1)
    return Course(size, years, kept)


def _kinds(scenario: Scenario) -> list[str]:
    own = [payer for one in scenario.investments.values() for payer in one.cost.shares]
    payers = dict.fromkeys([*scenario.pathway.administrations, *scenario.funds, *own])
    outcomes = [f"outcome.{name}" for name in scenario.outcomes]
    return [*outcomes, *(f"cost.{payer}" for payer in payers)]


@dataclass(frozen=True)
class Diffusion:
    """How an investment spreads, in many runs and in each way of the file.

    Attributes:
        scenario: The scenario.
        arm: The arm that each starter takes up.
        places: The municipalities.
        seeds: The seed of each run.
        course: What the simulated municipality gains by year since it started.
        begun: By way: the year in which each starts each investment that comes,
            (investments, runs, municipalities).
    """

    scenario: Scenario
    arm: str
    places: Municipalities
    seeds: tuple[int, ...]
    course: Course
    begun: Mapping[Way, Ints]

    @property
    def spec(self) -> SpreadPlan:
        """What the file says of the spread."""
        return self.scenario.spread or SpreadPlan()

    def shares(self, way: Way, number: int = 0) -> Floats:
        """Return the share that has started after each year, (runs, years)."""
        begun = self.begun[way][number]
        return np.stack([(begun <= year).mean(axis=1) for year in range(self.spec.years)], axis=1)

    @cached_property
    def stages(self) -> pd.DataFrame:
        """How many municipalities come to each stage of the first investment, in all years.

        Columns: way, stage ("" is the start), municipalities, low and high (four runs of five).
        """
        rows = []
        for way in self.begun:
            came = pipeline(self.spec, self.places, way, self.seeds) < self.spec.years
            for name, own in zip([*self.spec.stages, ""], came.sum(axis=2), strict=True):
                low, high = np.quantile(own, RANGE)
                rows.append((way, name, float(own.mean()), float(low), float(high)))
        return pd.DataFrame(rows, columns=["way", "stage", "municipalities", "low", "high"])

    @cached_property
    def adoption(self) -> pd.DataFrame:
        """The share that has started the first investment after so many years.

        Columns: way, year (1 is after the first), share, low and high (four runs of five), and sd
        between runs.
        """
        rows = []
        for way in self.begun:
            shares = self.shares(way)
            for year in range(self.spec.years):
                own = shares[:, year]
                low, high = np.quantile(own, RANGE)
                sd = float(own.std(ddof=1)) if len(own) > 1 else np.nan
                rows.append((way, year + 1, float(own.mean()), float(low), float(high), sd))
        return pd.DataFrame(rows, columns=["way", "year", "share", "low", "high", "sd"])

    @cached_property
    def sums(self) -> Mapping[tuple[Way, str], Floats]:
        """What it comes to in each run over all years, all investments and municipalities.

        By way and what it is: `municipality_years`, those of `Course.amounts`, and `cost.spread`
        (what support or a programme costs), (runs,).
        """
        found: dict[tuple[Way, str], Floats] = {}
        years, runs = self.spec.years, len(self.seeds)
        scale = self.places.residents / self.course.residents
        for way, begun in self.begun.items():
            left = np.maximum(years - begun, 0).astype(float)
            found[way, "municipality_years"] = left.sum(axis=(0, 2))
            # Residents who are so many years into it at the end, by run: (runs, years + 1).
            weights = np.zeros((runs, years + 1))
            for run in range(runs):
                lasts = left[:, run].astype(int)
                all_scales = np.broadcast_to(scale, lasts.shape)
                weights[run] = np.bincount(lasts.ravel(), all_scales.ravel(), years + 1)
            for kind, amounts in self.course.amounts.items():
                grown = np.concatenate([np.zeros((len(amounts), 1)), amounts.cumsum(axis=1)], 1)
                # Runs take the replications in turn: what chance does to both is in the range.
                found[way, kind] = (weights * grown[np.arange(runs) % len(grown)]).sum(axis=1)
            found[way, "cost.spread"] = np.full(runs, self._cost(way))
        return found

    def _cost(self, way: Way) -> float:
        """Return what it costs to further the spread, kronor over all years."""
        spec, number = self.spec, len(self.places.names)
        if way == "support" and spec.support is not None:
            return spec.support.cost.value * number * spec.years
        if way == "programme" and spec.programme is not None:
            return spec.programme.cost.value * number * min(spec.programme.years, spec.years)
        return 0.0

    @cached_property
    def totals(self) -> pd.DataFrame:
        """What it comes to over all years: see `sums`.

        Columns: way, what, mean, low and high (four runs of five).
        """
        rows = []
        for (way, kind), own in self.sums.items():
            low, high = np.quantile(own, RANGE)
            rows.append((way, kind, float(own.mean()), float(low), float(high)))
        return pd.DataFrame(rows, columns=["way", "what", "mean", "low", "high"])


def diffusion(
    scenario: Scenario,
    arm: str | None = None,
    *,
    places: Municipalities | None = None,
    runs: int = RUNS,
    seed: int | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
) -> Diffusion:
    """Return how an investment spreads between municipalities, and what that comes to.

    Args:
        scenario: The scenario; without `[spread]` its defaults hold.
        arm: The arm that each starter takes up; unset: the last.
        places: The municipalities; unset: as many as the file says are made up.
        runs: How many runs of the spread.
        seed: The seed of the first run and replication; unset: the scenario's.
        replications: Of the simulated municipality; unset: as the scenario says.
        progress: Called with how many replications are done and how many there are.

    Raises:
        LookupError: If there is no such arm, or none at all.
    """
    name = next(reversed(scenario.arms), "") if arm is None else arm
    if name not in scenario.arms:
        raise LookupError(name)
    spec = scenario.spread or SpreadPlan()
    first = scenario.seed if seed is None else seed
    who = made_up(spec.municipalities) if places is None else places
    seeds = tuple(range(first, first + runs))
    count = scenario.replications if replications is None else replications
    course = course_of(
        scenario, name, spec.years, seed=first, replications=count, progress=progress
    )
    numbers = range(spec.coming)
    begun = {
        way: np.stack([starts(spec, who, way, seeds, number) for number in numbers])
        for way in ways_of(spec)
    }
    return Diffusion(scenario, name, who, seeds, course, begun)
