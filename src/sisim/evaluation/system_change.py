"""System change: what is paid for by outcome, for how many it is better, which resources move.

Three shares, each with a goal and with how strong the effect would have to be to reach it:

1. *procured*: payments with a measure / all payments to providers outside;
2. *better*: those of a target group who have markedly less of an outcome with the investment than
   without it;
3. *reallocated*: activities that are ended and costs that budgets see fall / what would have been
   spent.

**What the second rests on.** Nobody lives twice, and how much each person gains depends on how the
luck of the two lives is coupled, of which no data say anything. Draws belong to a person, a moment
and a purpose and are used monotonically (law L3): of an effect in one direction on a single event
the share whose event is prevented is then the difference of the two risks, which is the smallest
share that any coupling allows. It is told as "at least". Of amounts (months, kronor), and where
some are worse off, it is the share of this coupling, and no bound.

Sources: Heckman, Smith & Clements, "Making the Most out of Programme Evaluations and Social
Experiments", Review of Economic Studies 64 (1997), on bounds for the distribution of effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd

from sisim.analysis.question import Point
from sisim.analysis.threshold import BreakEven, break_even
from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import Interval, interval
from sisim.economics.ledger import ORE
from sisim.economics.valuation import Valuation
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.engine.tables import NEVER
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.evaluation.study_data import unwanted
from sisim.scenario.numbers import numbers, with_numbers
from sisim.scenario.scenario import Scenario
from sisim.scenario.system_goals import Better, SystemChange

Goal = Literal["procured", "better", "reallocated"]
GOALS: tuple[Goal, ...] = get_args(Goal)
STRENGTH = "strength"
"""How strong all effects of an arm are together, as a share of what the file says of each."""
POINTS, FAR = 5, 3.0
"""So many strengths are tried to begin with; up to so many times the file's where nothing ends
it."""
NAN = float("nan")


@dataclass(frozen=True)
class Gauge:
    """A share and its goal.

    Attributes:
        name: Which.
        goal: The share that is aimed at; None: no goal is stated.
        shares: The share in each run, (replications,); NaN where there is nothing to share.
        ceiling: The most that could be, by run, if every unwanted outcome were prevented; NaN:
            not known.
        turn: How strong effects must be for the goal; None: not looked for.
    """

    name: Goal
    goal: float | None
    shares: Floats
    ceiling: Floats
    turn: BreakEven | None = None

    @property
    def found(self) -> Interval:
        """The share, with its range over the runs."""
        return interval(self.shares)

    @property
    def told(self) -> bool:
        """Whether the runs tell on which side of the goal the share is."""
        found = self.found
        return self.goal is not None and abs(found.mean - self.goal) > 2 * found.standard_error


@dataclass(frozen=True)
class SystemGauges:
    """What an arm changes in the system.

    Attributes:
        scenario: The scenario.
        arm: The arm.
        seeds: The seed of each run.
        gauges: The shares that can be told, by name.
        group: How many of the target group are followed, by run; None: nobody is looked at.
        worse: The share of them who have at least as much more of the outcome, by run.
        per_year: How many come into the group in a year, as a share of all residents.
        ratios: The ratios of the arm's effects by path, as the file has them.
    """

    scenario: Scenario
    arm: str
    seeds: tuple[int, ...]
    gauges: Mapping[Goal, Gauge]
    group: Ints | None
    worse: Floats | None
    per_year: float
    ratios: Mapping[str, float]

    @property
    def least(self) -> bool:
        """Whether the share that is better off is the smallest that agrees with both risks.

        It is, of an event that some are spared and nobody is brought; of amounts no bound follows.
        """
        spec = (self.scenario.system or SystemChange()).better
        event = spec is not None and (spec.outcome.transition or spec.outcome.group)
        ever = spec is not None and spec.outcome.count in (None, "ever")
        return bool(event) and ever and self.worse is not None and not np.nansum(self.worse)

    def needed(self, goal: Goal) -> dict[str, float]:
        """Return the ratio that each effect must have for a goal, by path; empty if none does."""
        turn = self.gauges[goal].turn
        if turn is None or not turn.roots:
            return {}
        return {path: _at(ratio, turn.roots[0]) for path, ratio in self.ratios.items()}

    def table(self) -> pd.DataFrame:
        """Return the gauges.

        Columns: measure, share, low, high (10-90 % of the runs), standard_error, goal, ceiling,
        strength (that reaches the goal, as a share of the file's; NaN if none does), side (of the
        goal, where none does).
        """
        rows = []
        for name, one in self.gauges.items():
            found, turn = one.found, one.turn
            rows.append(
                {
                    "measure": name,
                    "share": found.mean,
                    "low": found.low,
                    "high": found.high,
                    "standard_error": found.standard_error,
                    "goal": NAN if one.goal is None else one.goal,
                    "ceiling": interval(one.ceiling).mean,
                    "strength": turn.roots[0] if turn is not None and turn.roots else NAN,
                    "side": None if turn is None else turn.side,
                }
            )
        return pd.DataFrame(rows)


class _Counted:
    """One strength of the effects, counted in every run."""

    def __init__(self, scenario: Scenario, arm: str, seeds: Sequence[int]) -> None:
        spec = scenario.system or SystemChange()
        counts = simulate(scenario, seed=seeds[0], replications=len(seeds))
        result = Valuation(counts)
        unknown = np.full(len(seeds), NAN)
        self.shares: dict[Goal, Floats] = {
            "procured": procured(result, arm),
            "better": unknown,
            "reallocated": reallocated(result, arm),
        }
        self.group: Ints | None = None
        self.worse: Floats | None = None
        self.ceiling, self.per_year = unknown, NAN
        if spec.better is not None:
            investment = spec.better.investment or next(iter(scenario.arms[arm].investments))
            compiled = compile_scenario(with_study_arms(scenario, [arm]))
            places = SimulatedMunicipalities(compiled, {investment: ()})
            found = [_better(places.one(seed), arm, investment, spec.better) for seed in seeds]
            self.group = np.array([one.people for one in found])
            self.shares["better"] = np.array([one.better for one in found])
            self.worse = np.array([one.worse for one in found])
            self.ceiling = np.array([one.ceiling for one in found])
            self.per_year = float(np.mean([one.per_year for one in found]))


def system_change(
    scenario: Scenario,
    arm: str,
    *,
    seed: int | None = None,
    replications: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SystemGauges:
    """Return what an arm changes in the system, and what effect would reach each goal.

    Every strength of the effects meets the same people and the same luck.

    Args:
        scenario: The scenario.
        arm: The arm.
        seed: The seed of the first run; unset: the scenario's.
        replications: How many runs; unset: as many as the scenario says.
        progress: Called with the strengths tried, and about how many there will be.
    """
    first = scenario.seed if seed is None else seed
    seeds = tuple(range(first, first + (replications or scenario.replications)))
    ratios = effect_ratios(scenario, arm)
    spec = scenario.system or SystemChange()
    tried: dict[float, _Counted] = {}

    def at(strength: float) -> _Counted:
        if strength not in tried:
            if progress is not None:
                progress(len(tried), max(3 * POINTS, len(tried) + 1))
            values = {path: _at(ratio, strength) for path, ratio in ratios.items()}
            tried[strength] = _Counted(with_numbers(scenario, values), arm, seeds)
        return tried[strength]

    own = at(1.0)
    goals: dict[Goal, float | None] = {
        "procured": spec.procured,
        "better": None if spec.better is None else spec.better.goal,
        "reallocated": spec.reallocated,
    }
    gauges = {}
    for name in GOALS:
        shares, goal = own.shares[name], goals[name]
        if np.isnan(shares).all():
            continue
        ceiling = own.ceiling if name == "better" else np.full(len(seeds), NAN)
        turn = None
        if goal is not None and ratios:
            ask = partial(_beyond, at, name, goal)
            turn = break_even(ask, STRENGTH, 1.0, 0.0, _strongest(ratios), points=POINTS)
        gauges[name] = Gauge(name, goal, shares, ceiling, turn)
    return SystemGauges(scenario, arm, seeds, gauges, own.group, own.worse, own.per_year, ratios)


def _beyond(
    at: Callable[[float], _Counted], name: Goal, goal: float, points: Sequence[Point]
) -> Floats:
    """Return by how much a share is above its goal, (points, replications)."""
    return np.stack([at(float(point[STRENGTH])).shares[name] - goal for point in points])


def effect_ratios(scenario: Scenario, arm: str) -> dict[str, float]:
    """Return the ratios of an arm's effects by path, of those that are not 1."""
    used = scenario.arms[arm].investments
    found = {}
    for path, number in numbers(scenario.investments):
        name, _, rest = path.partition(".")
        parts = rest.split(".")
        if name in used and parts[0] == "effects" and parts[2:] == ["ratio"] and number.value != 1:
            found[f"investments.{path}"] = number.value
    return found


def _at(ratio: float, strength: float) -> float:
    """Return a ratio whose difference from none is so many times as large."""
    return max(1.0 + (ratio - 1.0) * strength, 0.0)


def _strongest(ratios: Mapping[str, float]) -> float:
    """Return the strength at which all that can be prevented is."""
    return max((1 / (1 - ratio) for ratio in ratios.values() if ratio < 1), default=FAR)


# ------------------------------------------------------------------------ better


@dataclass(frozen=True)
class _Share:
    """Who is better off in one run."""

    people: int
    better: float
    worse: float
    ceiling: float
    per_year: float


def _better(place: Municipality, arm: str, investment: str, spec: Better) -> _Share:
    """Return who of a target group is markedly better off, in one municipality.

    All are followed who come into the group from the start on and can be followed to the end.
    """
    clock, scenario = place.compiled.clock, place.compiled.scenario
    within = clock.months(spec.outcome.within)
    first = place.first[investment]
    areas = scenario.investments[investment].areas or list(scenario.population.areas)
    here = np.isin(place.people.area, [place.compiled.areas.index(area) for area in areas])
    follows = (first >= clock.start) & (first != NEVER) & (first + within <= clock.end)
    who = np.flatnonzero(follows & (here if areas else True))
    if not len(who):
        return _Share(0, NAN, NAN, NAN, 0.0)
    low = np.full(len(place.people), np.iinfo(np.int32).max, np.int64)
    high = np.full(len(low), -1, np.int64)
    low[who], high[who] = first[who], first[who] + within
    without, with_ = (
        unwanted(spec.outcome, place.measure(spec.outcome, number, low, high)[who])
        for number in (0, place.arm(arm))
    )
    hair = 1e-9 * spec.at_least
    gained = without - with_
    # Of what little is good, no more can be prevented than there is.
    most = without if spec.outcome.good == "low" else np.full(len(who), NAN)
    ceiling = float((most >= spec.at_least - hair).mean()) if not np.isnan(most).any() else NAN
    years = (clock.end - within - clock.start + 1) / clock.per_year
    everyone = scenario.population.residents or scenario.population.cohort
    residents = NAN if everyone is None else float(everyone)
    return _Share(
        len(who),
        float((gained >= spec.at_least - hair).mean()),
        float((gained <= -spec.at_least + hair).mean()),
        ceiling,
        len(who) / max(years, 1 / clock.per_year) / residents,
    )


# ------------------------------------------------------------------------ money


def procured(result: Valuation, arm: str) -> Floats:
    """Return the share of what is paid to providers outside that is paid by outcome, (runs,).

    From the start of the scenario on; NaN where nothing is paid to anyone outside.
    """
    book = result.settled
    number, since = result.counts.arms.index(arm), book.years >= result.scenario.time.first_year
    resources = result.scenario.pathway.resources
    bought = book.sums(
        lambda line: True if line.kind == "use" and resources[line.item].bought else None,
        yearly=True,
    )
    nothing = np.zeros(len(book.amounts))
    outside = bought[True][:, number][:, since].sum(axis=1) if bought else nothing
    measured = nothing
    for settled in result.contracts:
        if settled.arm != arm:
            continue
        for name, payment in settled.contract.payments.items():
            if payment.is_financing or not settled.is_private(payment.to):
                continue
            paid = settled.paid[name].sum(axis=1)
            outside = outside + paid
            measured = measured + (paid if payment.measure is not None else 0.0)
    return _ratio(measured, outside)


def reallocated(result: Valuation, arm: str) -> Floats:
    """Return the share of what would have been spent that is spent otherwise, (runs,).

    In the last whole year, without what everyone has: activities that are ended, and costs that
    budgets see fall; NaN where nothing would have been spent.
    """
    book = result.ledger
    number = result.counts.arms.index(arm)
    year = book.years == result.scenario.time.whole_years[-1]

    def part(name: str) -> Floats:
        sums = book.sums(
            lambda line: True if line.kind == name and not line.ordinary else None, yearly=True
        )
        found = sums[True] if sums else np.zeros(book.yearly.shape[:3])
        return np.asarray(found[:, :, year].sum(axis=2))

    spent = part("use")[:, 0]
    ended = 0.0 - part("replaced")[:, number]
    cash = result.cash[arm].reductions()
    freed = sum((own[:, year].sum(axis=1) for own in cash.values()), np.zeros(len(spent)))
    return _ratio(ended + freed, spent)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return a share, (runs,); NaN where there is nothing to share."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), NAN), where=whole > ORE))
