"""The social return on investment (SROI), its filters read from the simulation.

An SROI map records a change from before to after and takes away, by percentages that are guessed,
what would have happened anyway (deadweight), what others lose (displacement), what others bring
about (attribution) and what is lost year by year (drop-off): Nicholls et al. (2012), "A guide to
Social Return on Investment". Here both lives of every participant are known, so that each of them
is counted. What is valued is paid by nobody and is no part of the ledger (law L6).

Per participant, of what is unwanted: gross = before - with; effect = without - with; deadweight =
1 - effect / gross; displacement = -(effect on others) / (effect on participants).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from sisim.arrays import Floats
from sisim.economics.ledger import OF_PHASE, ledger
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.engine.replications import replication
from sisim.engine.simulation import Progress
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.evaluation.participants import Participants, earlier_cohorts, participants
from sisim.evaluation.study_data import unwanted
from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.scenario import Arm, OutcomeMeasure, Scenario
from sisim.scenario.social_values import SocialReturn

NAN = float("nan")
SURE = 2
"""So many standard errors on either side are told as an interval."""
MOST_SHARED = 4
"""Among at most so many investments an effect is shared by Shapley values: of n, 2^n arms."""
FADED = 0.1
"""An effect lasts for as long as it is at least this share of what it was in the first year."""
FILTERS = ("deadweight", "displacement", "attribution", "drop_off")
"""What is taken away, in the order of an SROI map."""
READ = ("gross", "effect", *FILTERS, "fit", "duration")
"""What is read from the simulation of each value; `fit` is R² of the drop-off."""
RATIOS = ("raw", "guessed", "simulated")
Sharing = Literal["alone", "shapley", "leave_one_out"]


class JackknifeInterval(NamedTuple):
    """A number of all runs together, and two standard errors on either side (jackknife).

    NaN where it is undefined; the ends are NaN of a single run.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ValueCounts:
    """What is counted of one value, in sums over people by run; of what is unwanted.

    Attributes:
        unit: Kronor that one unit is worth.
        recorded: Those of whom the level before is known, (runs,).
        before: What they had in the year before, (runs,).
        followed: Participants who are followed for the whole horizon, (runs,).
        without: What they have without the investments, by year since they began, (runs, years).
        with_: The same with them.
        subsets: What they have in the first year with some of the arm's investments, (runs,), by
            which these are.
        own: What participants avoid until the end, (runs,).
        others: What everybody else avoids until the end, (runs,).
    """

    unit: float
    recorded: Floats
    before: Floats
    followed: Floats
    without: Floats
    with_: Floats
    subsets: Mapping[frozenset[str], Floats]
    own: Floats
    others: Floats

    def of(self, runs: Sequence[int]) -> ValueCounts:
        """Return the sums over some runs."""

        def added(values: Floats) -> Floats:
            return np.asarray(values[list(runs)].sum(axis=0), np.float64)

        sums = {name: added(getattr(self, name)) for name in SUMS}
        subsets = {some: added(values) for some, values in self.subsets.items()}
        return ValueCounts(unit=self.unit, **sums, subsets=subsets)


SUMS = ("recorded", "before", "followed", "without", "with_", "own", "others")
"""The sums of `ValueCounts`, but for those of subsets."""


def sharing(investments: Sequence[str]) -> Sharing:
    """Return how an effect is shared among the investments of an arm."""
    if len(investments) < 2:
        return "alone"
    return "shapley" if len(investments) <= MOST_SHARED else "leave_one_out"


def shared_by(investments: Sequence[str], investment: str) -> list[frozenset[str]]:
    """Return the subsets of an arm's investments that its share of the effect takes.

    Those that are neither none nor all, whose effects are known anyhow.
    """
    every = frozenset(investments)
    match sharing(investments):
        case "alone":
            return []
        case "leave_one_out":
            return [every - {investment}]
    sizes = range(1, len(every))
    return [frozenset(some) for size in sizes for some in combinations(sorted(every), size)]


def attribution(effects: Mapping[frozenset[str], float], investment: str) -> float:
    """Return the share of an arm's effect that is due to its other investments.

    Args:
        effects: The effect of each subset of the arm's investments; of the empty one 0. Of them
            all those are needed that `shared_by` names, none and all.
        investment: Whose own share is taken away: its Shapley value (Shapley 1953), or where only
            the arm without it is known, what is lost without it.

    Examples:
        >>> both, one, other = frozenset("ab"), frozenset("a"), frozenset("b")
        >>> attribution({frozenset(): 0.0, one: 2.0, other: 1.0, both: 4.0}, "a")
        0.375
    """
    every = max(effects, key=len)
    whole = effects[every]
    if len(every) < 2:
        return 0.0
    if len(effects) < 2 ** len(every):
        own = whole - effects[every - {investment}]
    else:
        n, own = len(every), 0.0
        for some, effect in effects.items():
            if investment not in some:
                weight = factorial(len(some)) * factorial(n - len(some) - 1) / factorial(n)
                own += weight * (effects[some | {investment}] - effect)
    if whole == 0:
        return 0.0 if own == 0 else NAN
    return 1 - own / whole


def drop_off(effects: Floats) -> tuple[float, float]:
    """Return the yearly drop-off of an effect and R², by the exponential nearest to it.

    The effect in year k is a (1 - d)^k by least squares; d is negative where it grows.

    Args:
        effects: By year since people began, (years,); NaN is returned of fewer than two years, and
            where there is no effect at all.

    Examples:
        >>> [round(one, 6) for one in drop_off(np.array([1.0, 0.5, 0.25]))]
        [0.5, 1.0]
    """
    years = np.arange(len(effects))
    if len(effects) < 2 or not np.isfinite(effects).all() or not effects.any():
        return NAN, NAN
    size = float(np.abs(effects).max())
    scaled = np.asarray(effects / size)

    def missed(keep: float) -> float:
        shape = keep**years
        return float(((scaled - shape * (scaled @ shape) / (shape @ shape)) ** 2).sum())

    # Several minima may be: the best of a grid is where the search begins.
    step = 0.02
    near = min(np.arange(0.0, 2.0, step), key=missed)
    bounds = max(near - step, 0.0), near + step
    found = float(minimize_scalar(missed, bounds=bounds, method="bounded").x)
    keep = min((near, found, 0.0, 1.0), key=missed)
    spread = float(((scaled - scaled.mean()) ** 2).sum())
    rest = missed(keep)
    return 1 - float(keep), 1 - rest / spread if spread > 0 else float(rest < 1e-12)


def duration(effects: Floats) -> float:
    """Return for how many years an effect is at least a tenth of what it was in the first.

    Examples:
        >>> duration(np.array([0.2, 0.1, 0.01, 0.0]))
        2.0
    """
    if not len(effects) or not effects[0]:
        return 0.0
    faded = np.flatnonzero(effects / effects[0] < FADED)
    return float(faded[0]) if len(faded) else float(len(effects))


def deadweight(gross: float, effect: float) -> float:
    """Return the share of a recorded change that would have happened anyway; NaN of no change.

    Examples:
        >>> round(deadweight(0.156785, 0.086846), 4)
        0.4461
    """
    return 1 - effect / gross if gross else NAN


def displacement(own: float, others: float) -> float:
    """Return the share of what participants avoid that others have instead; NaN if it is nothing.

    Examples:
        >>> displacement(10.0, -2.0), displacement(0.0, 0.0)
        (0.2, 0.0)
    """
    if others == 0:
        return 0.0
    return -others / own if own else NAN


def effects_of(counts: ValueCounts) -> Floats:
    """Return what a participant avoids by year since they began, of summed counts, (years,)."""
    people = float(counts.followed)
    missing = np.full(len(counts.with_), NAN)
    return (counts.without - counts.with_) / people if people else missing


def read_from(counts: ValueCounts, investment: str) -> dict[str, float]:
    """Return every one of `READ` from counts summed over runs."""
    people, recorded = float(counts.followed), float(counts.recorded)
    effects = effects_of(counts)
    before = float(counts.before) / recorded if recorded else NAN
    gross = before - float(counts.with_[0]) / people if people else NAN
    first = float(counts.without[0])
    by_subset = {some: first - float(given) for some, given in counts.subsets.items()}
    rate, fit = drop_off(effects)
    return {
        "gross": gross,
        "effect": float(effects[0]),
        "deadweight": deadweight(gross, float(effects[0])),
        "displacement": displacement(float(counts.own), float(counts.others)),
        "attribution": attribution(by_subset, investment),
        "drop_off": rate,
        "fit": fit,
        "duration": duration(effects),
    }


@dataclass(frozen=True)
class SocialReturns:
    """The social return of an investment, as guessed and as simulated.

    Attributes:
        scenario: The scenario.
        arm: In which arm.
        investment: Of which investment.
        seeds: The seed of each run.
        values: What is counted of each value of the file.
        participants: How many begin, by run.
        cost: What the investment costs in all, SEK, not discounted, by run.
    """

    scenario: Scenario
    arm: str
    investment: str
    seeds: tuple[int, ...]
    values: Mapping[str, ValueCounts]
    participants: Floats
    cost: Floats

    @property
    def spec(self) -> SocialReturn:
        """What the file says."""
        assert self.scenario.sroi is not None
        return self.scenario.sroi

    @property
    def sharing(self) -> Sharing:
        """How the arm's effect is shared among its investments."""
        return sharing(list(self.scenario.arms[self.arm].investments))

    @cached_property
    def read(self) -> dict[str, dict[str, JackknifeInterval]]:
        """Every one of `READ`, by value."""
        found = {}
        for name, counts in self.values.items():

            def of(runs: Sequence[int], counts: ValueCounts = counts) -> Floats:
                one = read_from(counts.of(runs), self.investment)
                return np.array([one[key] for key in READ])

            found[name] = dict(zip(READ, self._over(of), strict=True))
        return found

    @cached_property
    def effects(self) -> dict[str, list[JackknifeInterval]]:
        """What a participant avoids by year since they began, by value."""
        found = {}
        for name, counts in self.values.items():

            def of(runs: Sequence[int], counts: ValueCounts = counts) -> Floats:
                return effects_of(counts.of(runs))

            found[name] = self._over(of)
        return found

    @cached_property
    def ratios(self) -> dict[str, JackknifeInterval]:
        """Every one of `RATIOS`; NaN where nothing is paid."""

        def of(runs: Sequence[int]) -> Floats:
            return np.array([self._ratio(name, runs) for name in RATIOS])

        return dict(zip(RATIOS, self._over(of), strict=True))

    @cached_property
    def steps(self) -> dict[str, list[float]]:
        """Kronor per participant, gross and after each of `FILTERS`, as guessed and simulated."""
        every = range(len(self.seeds))
        return {name: self._steps(name, every) for name in ("guessed", "simulated")}

    @property
    def cost_each(self) -> float:
        """What the investment costs per participant, SEK."""
        return self._cost(range(len(self.seeds)))

    @property
    def meaningless(self) -> list[str]:
        """The values whose deadweight is under 0 or over 1: there a ratio has no meaning."""
        return [
            name for name, found in self.read.items() if not 0 <= found["deadweight"].value <= 1
        ]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Each filter of each value, guessed and simulated.

        Columns: value, filter (of `READ`), guessed (NaN: nothing is), simulated, low, high (two
        standard errors), difference (simulated - guessed).
        """
        rows = []
        for name, found in self.read.items():
            for key, one in found.items():
                said = self.guessed(key)
                rows.append((name, key, said, *one, one.value - said))
        columns = ["value", "filter", "guessed", "simulated", "low", "high", "difference"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Everything as tables: filters, ratios, the effect by year and the steps."""
        ratios = [(name, *one) for name, one in self.ratios.items()]
        effects = [
            (name, year, *one)
            for name, years in self.effects.items()
            for year, one in enumerate(years, start=1)
        ]
        names = ("gross", *FILTERS)
        steps = [
            (kind, after, amount)
            for kind, amounts in self.steps.items()
            for after, amount in zip(names, amounts, strict=True)
        ]
        return {
            "sroi": self.table,
            "sroi-ratios": pd.DataFrame(ratios, columns=["ratio", "value", "low", "high"]),
            "sroi-effects": pd.DataFrame(
                effects, columns=["value", "year", "effect", "low", "high"]
            ),
            "sroi-steps": pd.DataFrame(steps, columns=["kind", "after", "amount"]),
        }

    def guessed(self, key: str) -> float:
        """Return what was guessed of one of `READ`; NaN: nothing is."""
        if key == "duration":
            return float(self.spec.horizon)
        return float(getattr(self.spec.guessed, key).value) if key in FILTERS else NAN

    def _steps(self, kind: str, runs: Sequence[int]) -> list[float]:
        """Return kronor per participant after each filter, of some runs together."""
        later = (1 + self.spec.discount.value) ** -np.arange(self.spec.horizon)
        found = np.zeros(1 + len(FILTERS))
        for counts in self.values.values():
            summed = counts.of(runs)
            one = read_from(summed, self.investment)
            share = {key: self.guessed(key) if kind == "guessed" else one[key] for key in FILTERS}
            effects = one["gross"] * (1 - share["drop_off"]) ** np.arange(len(later))
            effects = effects * (1 - share["deadweight"])
            if kind == "simulated":  # what the years are, and not the curve fitted to them
                effects = effects_of(summed)
            gross, net = one["gross"] * later.sum(), effects[0] * later.sum()
            # Nothing is shared out and nothing displaced of an effect that there is not.
            kept = 1 - share["displacement"]
            each = kept * (1 - share["attribution"])
            steps = np.array([gross, net, net * kept, net * each, effects @ later * each])
            found += counts.unit * steps
        return [float(amount) for amount in found]

    def _ratio(self, kind: str, runs: Sequence[int]) -> float:
        cost = self._cost(runs)
        if not cost > 0:
            return NAN
        amounts = self._steps("guessed" if kind == "raw" else kind, runs)
        return amounts[0 if kind == "raw" else -1] / cost

    def _cost(self, runs: Sequence[int]) -> float:
        people = float(self.participants[list(runs)].sum())
        return float(self.cost[list(runs)].sum()) / people if people else NAN

    def _over(self, of: Callable[[Sequence[int]], Floats]) -> list[JackknifeInterval]:
        """Return numbers of all runs together, their errors from leaving out each run in turn.

        Efron (1982), "The jackknife, the bootstrap and other resampling plans", ch. 3.
        """
        n = len(self.seeds)
        values = of(range(n))
        if n < 2:
            return [JackknifeInterval(float(one), NAN, NAN) for one in values]
        left = np.array([of([run for run in range(n) if run != out]) for out in range(n)])
        errors = np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
        return [
            JackknifeInterval(float(one), float(one - SURE * error), float(one + SURE * error))
            for one, error in zip(values, errors, strict=True)
        ]


def social_return(
    scenario: Scenario,
    arm: str,
    *,
    seed: int | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
) -> SocialReturns:
    """Return the social return of an investment, as guessed and as simulated.

    Args:
        scenario: The scenario, with `[sroi]`.
        arm: In which arm.
        seed: The seed of the first run; unset: the scenario's.
        replications: How many runs; unset: as many as the scenario says.
        progress: Called with the runs done and how many there are.

    Raises:
        LookupError: If the scenario has no `[sroi]` with values, or the investment is not among
            the arm's.
    """
    spec = scenario.sroi
    if spec is None or not spec.values:
        raise LookupError("sroi")
    own = list(scenario.arms[arm].investments)
    if not own or (spec.investment is not None and spec.investment not in own):
        raise LookupError(spec.investment or "investments")
    investment = spec.investment or own[0]
    first = scenario.seed if seed is None else seed
    runs = scenario.replications if replications is None else replications
    work = _ReturnWork(scenario, spec, arm, investment)
    found = []
    for number in range(runs):
        if progress is not None:
            progress(number, runs)
        found.append(work.run(first + number))
    values = {
        name: _stacked(value.per_unit.value, [one.values[name] for one in found])
        for name, value in spec.values.items()
    }
    people, cost = (np.array([one[n] for one in found]) for n in (1, 2))
    seeds = tuple(range(first, first + runs))
    return SocialReturns(scenario, arm, investment, seeds, values, people, cost)


class _ReturnRun(NamedTuple):
    """One run: the sums of each value in the order of `ValueCounts`, participants and cost."""

    values: dict[str, ValueCounts]
    participants: float
    cost: float


def _stacked(unit: float, runs: Sequence[ValueCounts]) -> ValueCounts:
    def of(values: Sequence[Floats]) -> Floats:
        return np.asarray(np.stack(values), np.float64)

    sums = {name: of([getattr(one, name) for one in runs]) for name in SUMS}
    subsets = {some: of([one.subsets[some] for one in runs]) for some in runs[0].subsets}
    return ValueCounts(unit=unit, **sums, subsets=subsets)


def measured_as(measure: OutcomeMeasure) -> tuple[StudyOutcome, float]:
    """Return an outcome of the file as what happens to each person in a year, and its unit.

    The unit is what a month or an event is of the outcome's own: a person-year or an event.
    """
    if measure.transition is not None:
        name, group, count = measure.transition, None, "events"
    else:
        name, group = None, measure.group
        count = "months" if measure.count == "stock" else "events"
    outcome = StudyOutcome(
        transition=name,
        group=group,
        within=12,
        count="months" if count == "months" else "events",
        good=measure.good,
    )
    return outcome, 1 / 12 if count == "months" else 1.0


class _ReturnWork:
    """What all runs have in common: the compiled scenario with the arms that are needed."""

    def __init__(self, scenario: Scenario, spec: SocialReturn, arm: str, investment: str) -> None:
        self._spec, self._arm, self._investment = spec, arm, investment
        whole = scenario.arms[arm]
        self._subsets = {
            some: f"with_{number}"
            for number, some in enumerate(shared_by(list(whole.investments), investment))
        }
        arms = {arm: whole, **dict(self._parts(whole))}
        study = with_study_arms(scenario.model_copy(update={"arms": arms}), arms)
        self._places = SimulatedMunicipalities(compile_scenario(study), {self._investment: ()})
        self._outcomes = {
            name: measured_as(scenario.outcomes[value.outcome])
            for name, value in spec.values.items()
        }

    def _parts(self, whole: Arm) -> Iterator[tuple[str, Arm]]:
        """Yield an arm with each subset of the investments that is needed."""
        for some, name in self._subsets.items():
            kept = {one: ending for one, ending in whole.investments.items() if one in some}
            yield name, whole.model_copy(update={"investments": kept})

    def run(self, seed: int) -> _ReturnRun:
        """Return what one run counts."""
        place = self._places.one(seed, everyone=True)
        arm = place.arm(self._arm)
        everyone = participants(place, arm, self._investment)
        values = {name: self._counts(place, everyone, name) for name in self._outcomes}
        return _ReturnRun(values, float(len(everyone.who)), self._cost(place, arm))

    def _counts(self, place: Municipality, taking: Participants, name: str) -> ValueCounts:
        arm, (outcome, unit) = place.arm(self._arm), self._outcomes[name]
        clock, horizon = place.compiled.clock, self._spec.horizon

        def measure(of: int, since: np.ndarray, until: np.ndarray) -> Floats:
            return unit * unwanted(outcome, place.measure(outcome, of, since, until))

        def yearly(of: int) -> Floats:
            return np.array([followed.during(measure, of, k, k + 1).sum() for k in range(horizon)])

        followed = taking.only(taking.since <= clock.end - clock.steps(horizon))
        if self._spec.years_before is None:
            followed = followed.only(followed.there_before)
            recorded, before = followed, followed.during(measure, 0, -1, 0)
        else:
            recorded = earlier_cohorts(place, self._investment, self._spec.years_before)
            before = recorded.during(measure, 0, 0, 1)
        subsets = {
            some: float(followed.during(measure, place.arm(of), 0, 1).sum())
            for some, of in self._subsets.items()
        }
        without, with_ = yearly(0), yearly(arm)
        every = frozenset(place.compiled.scenario.arms[self._arm].investments)
        subsets |= {frozenset(): float(without[0]), every: float(with_[0])}
        own, others = self._avoided(place, taking, measure)
        one = np.asarray
        return ValueCounts(
            unit=0.0,
            recorded=one(float(len(recorded.who))),
            before=one(before.sum()),
            followed=one(float(len(followed.who))),
            without=without,
            with_=with_,
            subsets={some: one(given) for some, given in subsets.items()},
            own=one(own),
            others=one(others),
        )

    def _avoided(
        self,
        place: Municipality,
        taking: Participants,
        measure: Callable[[int, np.ndarray, np.ndarray], Floats],
    ) -> tuple[float, float]:
        """Return what participants, and everybody else, avoid from the start to the end."""
        clock, people = place.compiled.clock, len(place.people)
        low, high = np.full(people, clock.start), np.full(people, clock.end)
        saved = measure(0, low, high) - measure(place.arm(self._arm), low, high)
        own = float(saved[taking.who].sum())
        mine = np.zeros(people, np.bool_)
        mine[taking.who] = True
        return own, float(saved[~mine].sum())

    def _cost(self, place: Municipality, arm: int) -> float:
        """Return what the investment costs in an arm, SEK: what it lets be stopped is taken off."""
        book = ledger(Result(place.compiled, (replication(place.simulation),)))
        kinds = set(OF_PHASE.values())
        own = book.total(lambda line: line.item == self._investment and line.kind in kinds)
        return float(own[0, arm].sum())
