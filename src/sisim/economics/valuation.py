"""Valuation of a simulated scenario: its counts and its money in one object.

The engine counts people; `Valuation` prices them (law L5). It is what the engine hands to every
analysis and every report, as `Result` is what the simulation hands to economics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Protocol, Self

import numpy as np
import pandas as pd

from sisim.economics.appraisal import Appraisal, Estimate, appraise, headline, totals
from sisim.economics.budget_impact import Budget, budget
from sisim.economics.cash_releasing import CashLadder, cash_ladder
from sisim.economics.cost_effectiveness import Effectiveness, effectiveness
from sisim.economics.distribution import WhoGains, who_gains
from sisim.economics.fund_portfolio import Portfolio, by_basis
from sisim.economics.ledger import CostLine, Ledger, by_year, ledger
from sisim.economics.measured_effect import Measured, measured_effects
from sisim.economics.outcomes import EVERYBODY, Where, outcome, outcome_units, share, stock
from sisim.economics.per_person import Incremental, incremental, per_person
from sisim.economics.perspectives import Perspectives, perspectives
from sisim.economics.prices import PriceList
from sisim.economics.repayment import Repayments, repayments, with_repayments
from sisim.economics.settlement import Facts, Settlement, settle, with_contracts
from sisim.economics.yearly import Yearly
from sisim.engine.counts import Array, Result
from sisim.engine.measured_table import measured
from sisim.engine.tidy_tables import Axis
from sisim.loading.load import SET, changed
from sisim.scenario.errors import Problem, Reason, ScenarioError
from sisim.scenario.fund import Basis
from sisim.scenario.scenario import OutcomeMeasure, Scenario

DeliveryPeriod = tuple[Literal["project", "new_way"], float, float]


class Provenance(Protocol):
    """What a number was made by: which scenario, seeds and version."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replication."""

    @property
    def version(self) -> str:
        """The version of sisim that simulated it."""

    @property
    def digest(self) -> str:
        """A short hash of the scenario."""


class Valuation:
    """Counts and money of a simulated scenario.

    What is by year is (replications, arms, years) and has one axis more where it names kinds;
    years are whole from the start (`Clock.year`). Every
    table is tidy and has the columns `replication`, `year` (int) and `arm` ("without" or the name
    of an arm) beside those named below. Instants are decimal
    years from the start: 2026.5 is half a year into the year that begins in 2026.

    Args:
        counts: What was counted. Its tables, by area and by the pathway's groupings, are at
            `counts.people(by=...)`, `counts.units()` and so on.
    """

    def __init__(self, counts: Result) -> None:
        self.counts = counts
        self._appraised: dict[str, Appraisal] = {}

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.counts.scenario

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replication."""
        return self.counts.seeds

    @property
    def version(self) -> str:
        """The version of sisim that simulated it."""
        return self.counts.version

    @property
    def digest(self) -> str:
        """A short hash of the scenario."""
        return self.counts.digest

    def __repr__(self) -> str:
        """Return who, when and how often in a line."""
        scenario, arms = self.scenario, ", ".join(self.counts.arms)
        start, years = scenario.time.first_year, scenario.time.years
        return (
            f"<{type(self).__name__} {scenario.name!r}: {years:g} years from {start}, "
            f"arms {arms}, {len(self.seeds)} replications>"
        )

    # ------------------------------------------------------------------------ counts and money

    @cached_property
    def people(self) -> pd.DataFrame:
        """How many are in each state at the start of each step: see `Result.people`."""
        return self.counts.people()

    @cached_property
    def traces(self) -> pd.DataFrame:
        """The share of the people in each state of each track, over time.

        Columns: arm, cycle (0 is the start; the last is the end), time (years from the start),
        track, state, people, share. Means over the replications. Of a closed cohort it is the
        share of all who began: what is left is who has left by an exit.
        """
        counts, clock = self.counts, self.counts.compiled.clock
        points = counts.points - clock.start
        since = points >= 0
        people = counts.counts("stock").mean(axis=0)[:, since]
        track, state = (np.array(names) for names in zip(*counts.compiled.states, strict=True))
        whole = self.scenario.population.cohort
        share = np.empty_like(people)
        for name in counts.compiled.tracks:
            own = people[..., track == name]
            total = own.sum(axis=-1, keepdims=True) if whole is None else whole
            share[..., track == name] = np.divide(own, total, out=0 * own, where=total > 0)
        arms, times, states = people.shape
        axes = np.indices(people.shape).reshape(3, -1)
        cycle = points[since][axes[1]]
        return pd.DataFrame(
            {
                "arm": np.array(counts.arms)[axes[0]],
                "cycle": cycle,
                "time": cycle / clock.per_year,
                "track": track[axes[2]],
                "state": state[axes[2]],
                "people": people.reshape(arms * times * states),
                "share": share.reshape(arms * times * states),
            }
        )

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What every administration pays in each step, in fixed prices: see `Ledger.table`."""
        return self.settled.table()

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Present values of costs and outcome weights, by replication and arm."""
        return totals(self.ledger)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger in fixed prices."""
        return ledger(self.counts)

    @cached_property
    def contracts(self) -> list[Settlement]:
        """The scenario's outcome contracts, settled in each arm that they are about."""
        return settle(Facts(self.ledger, self.outcome_units, self.evaluated))

    @cached_property
    def evaluated(self) -> Measured:
        """What the evaluations say that the money of a fund or a contract follows."""
        return measured_effects(self.counts)

    @cached_property
    def outcome_units(self) -> Mapping[str, Array]:
        """The outcomes by year in units that add up: person-years in a group, entries or events."""
        return {
            name: by_year(self.counts, outcome_units(self.counts, measure))
            for name, measure in self.scenario.outcomes.items()
        }

    @cached_property
    def appraisal(self) -> Mapping[str, Appraisal]:
        """What each arm is worth in the scenario's perspective, in fixed prices."""
        return {arm: appraise(self.settled, arm) for arm in self.counts.arms[1:]}

    @cached_property
    def cash(self) -> Mapping[str, CashLadder]:
        """What each arm saves, gross and as budgets see it, in fixed prices."""
        return {arm: cash_ladder(self.ledger, arm) for arm in self.counts.arms[1:]}

    @cached_property
    def effectiveness(self) -> list[Effectiveness]:
        """What each outcome, and each outcome weight, costs in every arm."""
        return effectiveness(self.settled)

    @cached_property
    def per_person(self) -> pd.DataFrame:
        """Costs and effects of every arm, in all and per person: see `per_person`."""
        return per_person(self.settled)

    @cached_property
    def incremental(self) -> list[Incremental]:
        """The arms compared by each measure of effects, per person: dominance and ratios."""
        return incremental(self.settled)

    @cached_property
    def who_gains(self) -> Mapping[str, WhoGains]:
        """What each arm means to every payer, as present values in fixed prices."""
        return {arm: who_gains(self.settled, arm) for arm in self.counts.arms[1:]}

    @cached_property
    def perspectives(self) -> Mapping[str, Perspectives]:
        """What each arm is worth in every perspective, and who benefits."""
        return {arm: perspectives(self.settled, arm) for arm in self.counts.arms[1:]}

    @cached_property
    def funds(self) -> Mapping[str, list[Repayments]]:
        """What each fund pays and gets back, by arm: see `repayments`."""
        books = {"fixed": lambda: self.ledger, "current": lambda: self._current}
        funds = self.scenario.funds
        return {
            arm: [
                repayments(books[one.repayment.prices](), name, arm, self.evaluated)
                for name, one in funds.items()
            ]
            for arm in self.counts.arms[1:]
        }

    @cached_property
    def portfolios(self) -> Mapping[str, Mapping[Basis, Portfolio]]:
        """What becomes of each fund that has a portfolio, by basis of repayment."""
        start = self.scenario.time.first_year
        return {
            name: by_basis(
                {arm: self.repayment(arm, name) for arm in self.counts.arms[1:]},
                terms,
                np.arange(start, start + terms.portfolio.years),
            )
            for name, terms in self.scenario.funds.items()
            if terms.portfolio is not None
        }

    def repayment(self, arm: str, fund: str | None = None) -> Repayments:
        """Return what a fund (unset: the first) pays and gets back in `arm`.

        Raises:
            LookupError: If there is no such fund.
        """
        known = {one.fund: one for one in self.funds[arm]}
        if not known or (fund is not None and fund not in known):
            names = ", ".join(known) or "no fund"
            raise LookupError(f'there is no fund "{fund or ""}": the scenario has {names}')
        return next(iter(known.values())) if fund is None else known[fund]

    def budget(self, arm: str) -> Budget:
        """Return the budget frames beside the repayments of `arm`, in their prices."""
        found = self.funds[arm]
        current = bool(found) and self.scenario.funds[found[0].fund].repayment.prices == "current"
        return budget(self._current if current else self.ledger, arm, found)

    def repriced(self, changes: Mapping[str, Any]) -> Self:
        """Return the same counts under other prices, costs, payers or discounting (law L5).

        Nothing is simulated.

        Args:
            changes: Other values by dotted path, as in `{"economy.discount_costs": 0.05}`.

        Raises:
            ScenarioError: With everything that is wrong in the changes, and with every key that
                has a bearing on people, who would have to be simulated again.
        """
        counts = self.counts
        scenario = changed(counts.scenario, changes)
        if counts.differs_in_money_only(scenario):
            return type(self)(counts.repriced(scenario))
        reason = Reason("This changes people and not only money: the scenario must be run again.")
        problems = [
            Problem(SET, key, reason)
            for key, value in changes.items()
            if not counts.differs_in_money_only(changed(counts.scenario, {key: value}))
        ]
        raise ScenarioError(problems or [Problem(SET, ", ".join(changes), reason)])

    @cached_property
    def settled(self) -> Ledger:
        """The ledger in fixed prices, with repayments and contract payments in it."""
        found = [one for arm in self.funds.values() for one in arm]
        return with_contracts(with_repayments(self.ledger, found), self.contracts)

    @cached_property
    def _current(self) -> Ledger:
        return ledger(self.counts, current=True)

    # ------------------------------------------------------------------------ by year

    def costs_by_year(self, ordinary: bool = False, current: bool = False) -> Yearly:
        """Return the costs by year, kinds being `administration` and `kind`.

        Args:
            ordinary: With what everyone has.
            current: In the money of each year, rather than in that of the price level.
        """
        book = self._current if current else self.ledger

        def part(line: CostLine) -> tuple[str, str] | None:
            return (line.administration, line.kind) if ordinary or not line.ordinary else None

        sums = book.sums(part, yearly=True)
        administrations, kinds = zip(*sums, strict=True)
        axis = {"administration": np.array(administrations), "kind": np.array(kinds)}
        return self._yearly("amount", np.stack(list(sums.values()), axis=-1), axis)

    def cost_without_price_growth(self, year: int, *, ordinary: bool, current: bool) -> float:
        """Return what is used in a year without an investment, at the prices of the first year.

        In the scenario's perspective, as a mean over the replications.

        Args:
            year: The year.
            ordinary: With what everyone has.
            current: Without inflation since the first year, too.
        """
        scenario, book = self.scenario, self._current if current else self.ledger
        first = scenario.time.first_year
        prices = PriceList(scenario, np.array([first, year]), current=current)
        amounts = book.yearly[:, 0, int(np.searchsorted(book.years, year))].mean(axis=0)
        found = 0.0
        for amount, line in zip(amounts, book.lines, strict=True):
            counts = line.kind == "use" and scenario.bears(line.administration)
            if counts and (ordinary or not line.ordinary):
                then, now = prices.of(scenario.pathway.resources[line.item])
                found += float(amount) * (then / now if now else 1.0)
        return found

    def entries_by_year(self, group: str) -> Yearly:
        """Return the entries into a group by year, `first` (never in it before) or not."""
        number = self.counts.compiled.groups.index(group)
        entries = by_year(self.counts, self.counts.counts("entry")[..., number, :])
        return self._yearly("count", entries, {"first": np.array([True, False])})

    def stock_by_year(self, group: str) -> Yearly:
        """Return the mean number of people in a group over the steps of each year."""
        return self._yearly("people", self._stock(group))

    def yearly_costs(self, ordinary: bool = False, current: bool = False) -> pd.DataFrame:
        """Return the costs by year as a table: see `costs_by_year`.

        Columns: replication, year, arm, administration, kind, amount.
        """
        return self.costs_by_year(ordinary, current).table()

    def yearly_entries(self, group: str) -> pd.DataFrame:
        """Return the entries into a group by year as a table.

        Columns: replication, year, arm, first, count.
        """
        return self.entries_by_year(group).table()

    def yearly_stock(self, group: str) -> pd.DataFrame:
        """Return the mean number of people in a group over the steps of each year as a table.

        Columns: replication, year, arm, people.
        """
        return self.stock_by_year(group).table()

    def yearly_participants(self) -> pd.DataFrame:
        """Return who is helped, by year.

        Columns: replication, year, arm (not `without`), investment, started, treated_months.
        """
        names = self.counts.compiled.investments
        months = np.array(
            [self.counts.months_in_steps(self.scenario.investments[name]) for name in names]
        ).reshape(len(names), len(self.counts.steps))
        started = by_year(self.counts, self._treatments("started"))
        treated = by_year(self.counts, self._treatments("treated") * months.T)
        axis = {"investment": np.array(names)}
        table = self._yearly("started", started, axis).table()
        return table.assign(treated_months=treated.ravel())

    def measured(self) -> pd.DataFrame:
        """Return what instruments have shown; see `sisim.engine.measured_table.measured`."""
        return measured(self.counts)

    def outcomes(self) -> pd.DataFrame:
        """Return the outcomes that stand beside the money.

        Columns: replication, year, arm, outcome, value.
        """
        measures = self.scenario.outcomes
        shape = (len(self.counts.replications), len(self.counts.arms), len(self._years), 0)
        values = [self._outcome(measure) for measure in measures.values()]
        axis = {"outcome": np.array(list(measures))}
        found = np.stack(values, -1) if values else np.zeros(shape)
        return self._yearly("value", found, axis).table()

    def goals(self) -> pd.DataFrame:
        """Return the shares that the scenario's goals are about, pooled over a goal's `years`.

        Columns: replication, year, arm, goal, part, whole (the share is part / whole).
        """
        goals = self.scenario.goals
        found = []
        for goal in goals.values():
            parts = np.stack([by_year(self.counts, p) for p in share(self.counts, goal)], axis=-1)
            total = np.cumsum(parts, axis=2)
            total[:, :, goal.years :] -= total[:, :, : -goal.years].copy()
            total[:, :, : goal.years - 1] = 0  # Too early for as many years.
            found.append(total)
        shape = (len(self.counts.replications), len(self.counts.arms), len(self._years), 0)
        axis = {"goal": np.array(list(goals))}
        part, whole = (
            self._yearly(
                name,
                np.stack([one[..., place] for one in found], -1) if found else np.zeros(shape),
                axis,
            ).table()
            for place, name in enumerate(("part", "whole"))
        )
        return part.assign(whole=whole["whole"])

    def phases(self, arm: str) -> Sequence[DeliveryPeriod]:
        """Return when the project and the new way of working run in `arm`. They are instants."""
        names: tuple[Literal["project", "new_way"], ...] = ("project", "new_way")
        spans: dict[Literal["project", "new_way"], list[int]] = {}
        for own in self.counts.own_investments():
            if self.counts.arms[own.arm] != arm:
                continue
            for name, part in zip(names, self.counts.delivery(own), strict=True):
                runs = self.counts.steps[part[:, :-1].any(axis=0)]
                if len(runs):
                    spans.setdefault(name, []).extend((int(runs[0]), int(runs[-1]) + 1))
        instant = self.counts.instant
        return [(name, instant(min(s)), instant(max(s))) for name, s in spans.items()]

    def break_even(self, arm: str) -> float | None:
        """Return the instant when the accumulated net of `arm` has turned positive for good."""
        return self._simulated(arm).payback_discounted

    def chance(self, arm: str) -> float:
        """Return the share of the replications in which `arm` is paid back: see `break_even`."""
        return self._simulated(arm).chance

    def headline(self, arm: str) -> Mapping[str, Estimate]:
        """Return the numbers under the figures of `arm`: see `economics.appraisal.headline`."""
        return headline(self.ledger, self._simulated(arm))

    # ------------------------------------------------------------------------ parts

    def _simulated(self, arm: str) -> Appraisal:
        """Return what an arm is worth in costs of the years that are simulated, without a tail."""
        if arm not in self._appraised:
            self._appraised[arm] = appraise(self.ledger, arm, tail=False, income=False)
        return self._appraised[arm]

    @cached_property
    def _years(self) -> Array:
        return np.unique(self.counts.compiled.clock.year(self.counts.steps))

    def _treatments(self, name: str) -> Array:
        """Return who begins or is in treatment, (replications, arms, steps, investments)."""
        steps = len(self.counts.steps)
        return np.moveaxis(self.counts.treatments(name)[:, :, :, :steps].sum(axis=-1), 2, -1)

    def _stock(self, group: str, where: Where = EVERYBODY) -> Array:
        """Return the mean stock of a group by year, (replications, arms, years)."""
        people = stock(self.counts, group, where)
        steps = by_year(self.counts, np.ones_like(people))
        return np.asarray(by_year(self.counts, people) / steps)

    def _outcome(self, measure: OutcomeMeasure) -> Array:
        """Return an outcome by year, (replications, arms, years)."""
        if measure.group is not None and measure.count == "stock":
            return self._stock(measure.group, measure.where)
        return by_year(self.counts, outcome(self.counts, measure))

    def _yearly(self, name: str, values: Array, *kinds: Axis) -> Yearly:
        first = int(self._years[0])
        arms = self.counts.arms[-values.shape[1] :]
        return Yearly(name, values, arms, np.arange(first, first + values.shape[2]), *kinds)
