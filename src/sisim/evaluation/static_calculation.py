"""The calculation per participant that calculators make, beside what is simulated.

A static calculation multiplies participants by what each uses less (a stated share of what they
used, or what a follow-up without a comparison group sees in the first year), by a unit price, and
by years in which the effect fades at a guessed rate. The same file simulated gives something else,
and the difference is split into parts that add up: each takes one thing of the static calculation
and puts what is counted in its place, in the order of `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.cash_releasing import CashLadder, cash_ladder
from sisim.economics.ledger import OF_PHASE, Ledger, ledger, rewards
from sisim.economics.prices import PriceList
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.engine.replications import replication
from sisim.engine.simulation import Progress
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.evaluation.participants import Measure, Participants, earlier_cohorts, participants
from sisim.scenario.scenario import Scenario
from sisim.scenario.social_values import SocialReturn

PARTS = ("queue", "regression", "fading", "return", "inflow", "use", "prices", "steps")
"""From the static calculation to the simulation, in this order.

`queue`: as many take part as do, and not as many as there is room for. `regression`: in the first
year they avoid what they do beside themselves without the investment, and not beside a level
before. `fading`: year by year they avoid what they do. `return`: years of participants in which
they use more than they would have, but for the first. `inflow`: everybody else, whom the project
does not reach or who come when it has ended. `use`, the rest: what effects change of the use
itself, which is counted of no person, and other differences of counting. `prices`: real price
growth. `steps`: what falls without a budget seeing it, as capacity or parts of a whole step.
"""
Level = Literal["start", "year"]
LEVELS: tuple[Level, ...] = ("start", "year")
"""The level from which use falls: what a year in the states costs in which participants begin, or
what was used in the year before."""


class StaticLine(NamedTuple):
    """A line of the static calculation: what one administration pays of one resource.

    Attributes:
        administration: Who pays.
        resource: What is used.
        participants: How many take part.
        before: Units per participant and year before, by the level.
        avoided: Units per participant and year that are avoided in the first year.
        price: SEK per unit, the share of it that the administration pays.
        years: For how many first years the effect counts, as it fades.
        amount: SEK.
    """

    administration: str
    resource: str
    participants: float
    before: float
    avoided: float
    price: float
    years: float
    amount: float


@dataclass(frozen=True)
class StaticCalculation:
    """The static calculation, and what is simulated.

    Amounts are fixed prices of the price level, not discounted, of those in the perspective,
    without what everyone has, from the start of the scenario to its end.

    Attributes:
        scenario: The scenario.
        arm: In which arm.
        investment: Of which investment.
        seeds: The seed of each run.
        level: The level before.
        effect: The share of it that each is said to use less; None: what is seen to fall.
        horizon: For how many years it counts.
        fades: The share of the effect that it lets go each year.
        planned: How many participants it counts with.
        participants: How many take part in the project, by run.
        lines: Its lines.
        parts: What is added to it, SEK, (runs, `PARTS`).
        static_cost: What the project costs by its participants, SEK.
        cost: What the arm's investments cost in the simulation, SEK, by run.
    """

    scenario: Scenario
    arm: str
    investment: str
    seeds: tuple[int, ...]
    level: Level
    effect: float | None
    horizon: int
    fades: float
    planned: float
    participants: Floats
    lines: tuple[StaticLine, ...]
    parts: Floats
    static_cost: float
    cost: Floats

    @property
    def static(self) -> float:
        """What is saved by the static calculation, SEK."""
        return sum(line.amount for line in self.lines)

    @property
    def lower_cost(self) -> Floats:
        """What is used less in the simulation, SEK, by run."""
        return np.asarray(self.static + self.parts[:, : PARTS.index("steps")].sum(axis=1))

    @property
    def seen(self) -> Floats:
        """What of it budgets see, SEK, by run."""
        return np.asarray(self.static + self.parts.sum(axis=1))

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The lines, and the steps from the static calculation to the simulation.

        `static`: the columns of `StaticLine`. `static-bridge`: part ("static", those of `PARTS`,
        "seen"), amount (SEK, means over the runs), error (of the mean; NaN of one run).
        """
        rows = [("static", self.static, 0.0)]
        columns = [*self.parts.T, self.seen]
        for name, amounts in zip((*PARTS, "seen"), columns, strict=True):
            n = len(amounts)
            error = float(amounts.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
            rows.append((name, float(amounts.mean()), error))
        return {
            "static": pd.DataFrame(self.lines, columns=list(StaticLine._fields)),
            "static-bridge": pd.DataFrame(rows, columns=["part", "amount", "error"]),
        }


class Claim(NamedTuple):
    """What a static calculation is told: see `static_calculation`."""

    level: Level | None
    effect: float | None
    planned: float | None


class _CalculationRun(NamedTuple):
    """One run: what is counted of participants and of everybody else.

    Units are (resources,); amounts are SEK.
    """

    recorded: int
    followed: int
    participants: int
    months: float
    year: Floats
    start: Floats
    without: Floats
    with_: Floats
    saved: float
    returned: float
    others: float
    at_first_prices: float
    lower_cost: float
    seen: float
    cost: float


def static_calculation(
    scenario: Scenario,
    arm: str,
    *,
    level: Level | None = None,
    effect: float | None = None,
    planned: float | None = None,
    seed: int | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
) -> StaticCalculation:
    """Return the static calculation of an arm's investment, and the steps to what is simulated.

    The years and the fading are those of `[sroi]`, with its `horizon` and `guessed.drop_off`;
    without it, five years and a tenth a year.

    Args:
        scenario: The scenario.
        arm: In which arm.
        level: The level before.
        effect: The share of it that each is said to use less; None: what is seen to fall.
        planned: How many participants it counts with; unset: as many as the places and the months
            of treatment have room for, or where the file does not tell that, as many as take part.
        seed: The seed of the first run; unset: the scenario's.
        replications: How many runs; unset: as many as the scenario says.
        progress: Called with the runs done and how many there are.

    Raises:
        LookupError: If the arm has no investment, or not that of `[sroi]`.
    """
    spec = scenario.sroi or SocialReturn()
    own = list(scenario.arms[arm].investments)
    if not own or (spec.investment is not None and spec.investment not in own):
        raise LookupError(spec.investment or "investments")
    work = _CalculationWork(scenario, arm, spec.investment or own[0], spec.years_before)
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    runs = []
    for number in range(count):
        if progress is not None:
            progress(number, count)
        runs.append(work.run(first + number))
    seeds = tuple(range(first, first + count))
    return work.calculation(seeds, runs, spec, Claim(level, effect, planned))


def room_for(scenario: Scenario, investment: str) -> float | None:
    """Return for how many participants a project has room; None where the file does not tell.

    All places are taken all the time that people are taken in, each for the whole treatment.
    """
    spec = scenario.investments[investment]
    if spec.capacity is None:
        return None
    if spec.duration is None:
        return float(spec.capacity)
    return spec.capacity * max(12 * spec.taken_in / spec.duration, 1.0)


class _CalculationWork:
    """What all runs have in common."""

    def __init__(
        self, scenario: Scenario, arm: str, investment: str, years_before: int | None
    ) -> None:
        self._scenario, self._arm, self._investment = scenario, arm, investment
        self._years_before = years_before
        self._compiled = compile_scenario(with_study_arms(scenario, [arm]))
        self._places = SimulatedMunicipalities(self._compiled, {investment: ()})
        resources, pathway = scenario.pathway.resources, scenario.pathway
        self._payers = {
            (payer, name): share
            for name, one in resources.items()
            for payer, share in one.shares.items()
            if scenario.bears(payer) and not one.ordinary
        }
        prices = PriceList(scenario, np.array([scenario.time.first_year]), current=False)
        self._prices = {name: float(prices.of(one)[0]) for name, one in resources.items()}
        self._worth = np.array(
            [
                self._prices[name]
                * sum(self._payers.get((payer, name), 0.0) for payer in pathway.administrations)
                for name in resources
            ]
        )
        self._used = np.flatnonzero(self._worth)
        spec, clock = scenario.investments[investment], self._compiled.clock
        self._project_ends = clock.at(spec.start) + clock.steps(spec.years)

    # ------------------------------------------------------------------------ one run

    def run(self, seed: int) -> _CalculationRun:
        """Return what one run counts."""
        place = self._places.one(seed, everyone=True)
        arm, clock = place.arm(self._arm), place.compiled.clock
        everyone = participants(place, arm, self._investment)
        taking = everyone.only(everyone.since < self._project_ends)
        # A whole first year, and a whole year before where it is their own.
        followed = taking.only(taking.since <= clock.end - clock.steps(1))
        if self._years_before is None:
            followed = followed.only(followed.there_before)
            recorded, begins = followed, -1
        else:
            recorded = earlier_cohorts(place, self._investment, self._years_before)
            begins = 0
        saved, returned, others = self._saved(place, arm, taking)
        book = ledger(Result(place.compiled, (replication(place.simulation),)))
        lower_cost, seen = self._falls(cash_ladder(book, self._arm))
        return _CalculationRun(
            len(recorded.who),
            len(followed.who),
            len(taking.who),
            self._months(place, arm, taking),
            self._units(recorded, 0, begins),
            self._yearly_use(recorded),
            self._units(followed, 0, 0),
            self._units(followed, arm, 0),
            saved,
            returned,
            others,
            self._at_first_prices(book, arm),
            lower_cost,
            seen,
            self._cost(book, arm),
        )

    def _units(self, who: Participants, arm: int, year: float) -> Floats:
        """Return the units of each resource that some people use in a year, in all."""

        def measure(one: Floats) -> Measure:
            return lambda of, since, until: who.place.used(of, one, since, until)

        return self._of_each(lambda one: who.during(measure(one), arm, year, year + 1))

    def _yearly_use(self, who: Participants) -> Floats:
        """Return what a year in the states costs in which some people are followed, in units."""
        per_year = who.place.compiled.clock.per_year

        def measure(one: Floats) -> Measure:
            return lambda of, since, until: who.place.used(of, one, since, until, moves=False)

        found = self._of_each(lambda one: who.during(measure(one), 0, 0, 1 / per_year))
        return found * per_year

    def _of_each(self, used: Callable[[Floats], Floats]) -> Floats:
        """Return the sum over people of what is used of each resource, (resources,)."""
        found = np.zeros(len(self._worth))
        for number in self._used:
            one = np.zeros(len(self._worth))
            one[number] = 1.0
            found[number] = used(one).sum()
        return found

    def _saved(
        self, place: Municipality, arm: int, taking: Participants
    ) -> tuple[float, float, float]:
        """Return what participants save, what of it they use more later on, and what others save.

        A year of a participant in which more is used than without is a return, but for the first.
        """
        clock, people = place.compiled.clock, len(place.people)

        def saving(since: Ints, until: Ints) -> Floats:
            without, with_ = (place.used(of, self._worth, since, until) for of in (0, arm))
            return without - with_

        mine = np.zeros(people, np.bool_)
        mine[taking.who] = True
        low, high = np.full(people, clock.start), np.full(people, clock.end)
        total = saving(low, high)
        since = np.full(people, clock.end)
        since[taking.who] = np.maximum(taking.since, clock.start)
        # What is left of a last year that the scenario cuts short is a year of its own.
        returned, year = 0.0, clock.steps(1)
        for k in range(1, -(-(clock.end - clock.start) // year)):
            low, high = (np.minimum(since + n * year, clock.end) for n in (k, k + 1))
            returned += float(np.minimum(saving(low, high)[mine], 0.0).sum())
        return float(total[mine].sum()), returned, float(total[~mine].sum())

    def _at_first_prices(self, book: Ledger, arm: int) -> float:
        """Return what is used less from the start to the end, at the prices of the first year."""
        result, clock = book.result, self._compiled.clock
        units = rewards(result, result.used("use")).sum(axis=3)[0, :, clock.start - clock.history :]
        return float((units[0] - units[arm]).sum(axis=0) @ self._worth)

    def _falls(self, ladder: CashLadder) -> tuple[float, float]:
        """Return what is used less from the start to the end, and what of it budgets see."""
        clock = self._compiled.clock
        kept = [
            rung != "intervention" and self._scenario.bears(line.administration)
            for line, rung in zip(ladder.lines, ladder.rungs, strict=True)
        ]
        before = clock.start - clock.history
        gross, seen = (one[0, before:, kept].sum() for one in (ladder.gross, ladder.seen))
        return float(gross), float(seen)

    def _months(self, place: Municipality, arm: int, taking: Participants) -> float:
        """Return for how many months participants are treated, in all."""
        begun, ended = place.begun(arm, self._investment)
        steps = np.minimum(ended, self._project_ends)[taking.who] - begun[taking.who]
        return float(steps.sum()) * 12 / place.compiled.clock.per_year

    def _cost(self, book: Ledger, arm: int) -> float:
        kinds = set(OF_PHASE.values())
        bears = self._scenario.bears
        own = book.total(lambda line: line.kind in kinds and bears(line.administration))
        return float((own[0, arm] - own[0, 0]).sum())

    # ------------------------------------------------------------------------ all runs

    def calculation(
        self, seeds: tuple[int, ...], runs: list[_CalculationRun], spec: SocialReturn, claim: Claim
    ) -> StaticCalculation:
        """Return the static calculation by what all runs have together, and the parts by run."""
        taking = np.array([one.participants for one in runs], np.float64)
        followed, recorded = (
            sum(getattr(one, n) for one in runs) for n in ("followed", "recorded")
        )
        levels = {name: _each([getattr(one, name) for one in runs], recorded) for name in LEVELS}
        costs = {name: float(levels[name] @ self._worth) for name in LEVELS}
        costlier: Level = "start" if costs["start"] > costs["year"] else "year"
        level = claim.level or costlier
        before = levels[level]
        with_ = _each([one.with_ for one in runs], followed)
        # What is not used before is no line of such a calculation.
        fall = np.where(before > 0, before - with_, 0.0)
        avoided = fall if claim.effect is None else before * claim.effect
        years = float(((1 - spec.guessed.drop_off.value) ** np.arange(spec.horizon)).sum())
        room = room_for(self._scenario, self._investment)
        planned = next(n for n in (claim.planned, room, float(taking.mean())) if n is not None)
        each = float(avoided @ self._worth) * years
        months = sum(one.months for one in runs) / max(float(taking.sum()), 1.0)
        return StaticCalculation(
            scenario=self._scenario,
            arm=self._arm,
            investment=self._investment,
            seeds=seeds,
            level=level,
            effect=claim.effect,
            horizon=spec.horizon,
            fades=spec.guessed.drop_off.value,
            planned=planned,
            participants=taking,
            lines=self._lines(planned, before, avoided, years),
            parts=np.array([self._parts(one, planned, each, years) for one in runs]),
            static_cost=self._static_cost(planned, months),
            cost=np.array([one.cost for one in runs]),
        )

    def _lines(
        self, planned: float, before: Floats, avoided: Floats, years: float
    ) -> tuple[StaticLine, ...]:
        names = list(self._scenario.pathway.resources)
        found = []
        for (payer, name), share in self._payers.items():
            number, price = names.index(name), self._prices[name] * share
            units = float(avoided[number])
            if before[number] > 0:
                amount = planned * units * price * years
                line = (payer, name, planned, float(before[number]), units, price, years, amount)
                found.append(StaticLine(*line))
        return tuple(sorted(found, key=lambda line: -abs(line.amount)))

    def _parts(
        self, run: _CalculationRun, planned: float, each: float, years: float
    ) -> list[float]:
        """Return the parts of one run, SEK, in the order of `PARTS`."""
        people = run.participants
        true = float(_each([run.without - run.with_], run.followed) @ self._worth) * years
        found = {
            "queue": (people - planned) * each,
            "regression": people * (true - each),
            "fading": run.saved - run.returned - people * true,
            "return": run.returned,
            "inflow": run.others,
            "use": run.at_first_prices - run.saved - run.others,
            "prices": run.lower_cost - run.at_first_prices,
            "steps": run.seen - run.lower_cost,
        }
        return [found[name] for name in PARTS]

    def _static_cost(self, planned: float, months: float) -> float:
        """Return what the project costs in the perspective, by its participants, SEK."""
        spec = self._scenario.investments[self._investment]
        cost = spec.cost
        length = months if spec.duration is None else spec.duration
        whole = cost.start_up.value + cost.running.value * spec.years
        of_each = cost.per_participant.value + cost.per_participant_month.value * length
        share = sum(part for payer, part in cost.shares.items() if self._scenario.bears(payer))
        return share * (whole + of_each * planned)


def _each(sums: list[Floats], people: int) -> Floats:
    """Return what each of some people has of sums over runs; nothing where there is nobody."""
    return np.asarray(sum(sums, np.zeros_like(sums[0])) / max(people, 1))
