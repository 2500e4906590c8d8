"""The ledger: money by month, arm, administration and kind, from counts and prices.

Everything is linear in the counts, so sums hold whatever is added up first (law L6): payers to
administrations, administrations to principals, principals to the total, months to years; and
with - without = investment + running - replaced + change in use. Repayments, contract payments and
financing move money between those who pay, and sum to zero.

A ledger holds what is paid. What is received of what people use (`receivers`) is nobody's cost: it
is no part of a ledger, and counts, as later lives do, in what an arm is worth (`Ledger.over`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.economics.discounting import counted
from sisim.economics.horizon import Horizon, last_year
from sisim.economics.later_units import later_units
from sisim.economics.prices import PriceList
from sisim.engine.counts import ITEMS, PHASES, Result
from sisim.engine.resource_use import Units
from sisim.engine.tidy_tables import labels
from sisim.scenario.economy import FUND
from sisim.scenario.scenario import Cost, Scenario

Kind = Literal[
    "use",
    "income",
    "later",
    "investment",
    "running",
    "replaced",
    "repayment",
    "contract",
    "financing",
]
TRANSFERS: tuple[Kind, ...] = ("repayment", "contract", "financing")
"""Money that changes hands and buys nothing: it sums to zero over those who pay and receive.

Financing is what investors and others put in under a contract, and all that they are paid."""
KINDS: tuple[Kind, ...] = ("use", "investment", "running", "replaced", *TRANSFERS)
USED: tuple[Kind, ...] = ("use", "later")
"""What people use; `later` in the later lives of those who leave, which are no part of a ledger."""
INCOME: Kind = "income"
"""What is received of what people use in the simulated years, which is no part of a ledger either:
what is received in later lives is among the rest of them."""
OF_PHASE: dict[str, Kind] = {"project": "investment", "new_way": "running", "replaced": "replaced"}
COST_OF_PHASE = {"project": "cost", "new_way": "new_way.cost", "replaced": "new_way.replaces"}
"""Where the costs of a phase stand under an investment."""
ORE = 0.005
"""SEK; less than an öre is rounding."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class CostLine:
    """What is paid for (a resource or an investment), by whom, and what kind of cost it is."""

    kind: Kind
    item: str
    administration: str
    principal: str
    ordinary: bool = False


@dataclass(frozen=True)
class Ledger:
    """What every administration pays for everything, in every arm.

    Attributes:
        result: The counts that were priced.
        lines: What is paid for, and by whom.
        amounts: SEK, (replications, arms, cycles, lines); what is replaced is negative.
        lasting: What of the amounts of the last whole year does not happen once only, as a start-up
            does, (replications, arms, cycles of that year, lines).
        stops: How many cycles after the end it goes on, (arms, lines): none for what has ended by
            then, and for transfers.
        current: In the money of each year, rather than in that of the scenario's price level.
    """

    result: Result
    lines: tuple[CostLine, ...]
    amounts: Floats
    lasting: Floats
    stops: Floats
    current: bool = False

    @cached_property
    def cycles(self) -> Ints:
        """The steps of the clock to which the amounts belong, (cycles,)."""
        return self.result.points[: self.amounts.shape[2]]

    @cached_property
    def years(self) -> Ints:
        """The years, in order, (years,)."""
        return np.unique(self.result.compiled.clock.year(self.cycles))

    @cached_property
    def yearly(self) -> Floats:
        """The amounts by year, (replications, arms, years, lines)."""
        return by_year(self.result, self.amounts)

    @cached_property
    def income_lines(self) -> tuple[CostLine, ...]:
        """What is received of what people use in the simulated years, and by whom."""
        scenario = self.result.scenario
        return tuple(
            CostLine(INCOME, name, receiver, payer_principal(scenario, receiver), one.ordinary)
            for name, one in scenario.pathway.resources.items()
            for receiver in one.receivers
        )

    @cached_property
    def incomes(self) -> Floats:
        """What is received, as negative amounts, (replications, arms, cycles, income lines)."""
        resources = self.result.scenario.pathway.resources
        years = self.result.compiled.clock.year(self.cycles)
        prices = PriceList(self.result.scenario, years, current=self.current)
        units = self.result.used("use")
        amounts = rewards(self.result, units).sum(axis=3)
        columns = [
            amounts[..., units.names.index(line.item)]
            * prices.of(resources[line.item])
            * -resources[line.item].receivers[line.administration].value
            for line in self.income_lines
        ]
        return _joined(columns, self.amounts.shape[:3])

    def sums(self, key: Callable[[CostLine], K | None], *, yearly: bool = False) -> dict[K, Floats]:
        """Return the sum over the lines of each key, (replications, arms, cycles or years).

        Args:
            key: What a line is summed under; None leaves it out.
            yearly: By year, rather than by cycle.
        """
        amounts = self.yearly if yearly else self.amounts
        sums: dict[K, Floats] = {}
        # One line after the other: then equal counts give equal sums, whatever arm they stand in.
        for number, line in enumerate(self.lines):
            found = key(line)
            if found is not None:
                sums[found] = sums.get(found, 0.0) + amounts[..., number]
        return sums

    def over(self, horizon: Horizon, key: Callable[[CostLine], K | None]) -> dict[K, Floats]:
        """Return the sum over the lines of each key, (replications, arms, cycles of a horizon).

        Here alone the lines of what is received, and of later lives, stand beside those of costs.

        Args:
            horizon: From the start of the scenario to its end, and what tail it has: in that only
                what goes on is repeated.
            key: What a line is summed under; None leaves it out.
        """
        sums: dict[K, Floats] = {}
        since = np.arange(horizon.cycles - horizon.simulated)
        for number, line in enumerate(self.lines):
            found = key(line)
            if found is not None:
                own = self.amounts[:, :, horizon.before :, number]
                goes_on = since < self.stops[:, number, None]
                flows = horizon.with_tail(own, self.lasting[..., number], goes_on)
                sums[found] = sums.get(found, 0.0) + flows
        for number, line in enumerate(self.income_lines):
            found = key(line)
            if found is not None:
                own, last = self.incomes[..., number], self.incomes[:, :, horizon.last_year, number]
                flows = horizon.with_tail(own[..., horizon.before :], last)
                sums[found] = sums.get(found, 0.0) + flows
        if horizon.continued:
            lines, amounts = later_costs(self.result, current=self.current)
            for number, line in enumerate(lines):
                found = key(line)
                if found is not None:
                    sums[found] = sums.get(found, 0.0) + amounts[..., number]
        return sums

    def total(self, wanted: Callable[[CostLine], bool] = lambda _: True) -> Floats:
        """Return the sum over the lines that are wanted, (replications, arms, cycles)."""
        sums = self.sums(lambda line: True if wanted(line) else None)
        return sums.get(True, np.zeros(self.amounts.shape[:-1]))

    def with_lines(self, lines: Sequence[CostLine], amounts: Floats) -> Ledger:
        """Return the ledger with transfers added to it.

        Args:
            lines: Who pays or receives, and for what; their kinds are among `TRANSFERS`.
            amounts: SEK, (replications, arms, cycles, lines); what is received is negative.

        Raises:
            ValueError: If a line is no transfer, the shape is another than the ledger's, or what
                some pay is not what others receive, to the öre.
        """
        if costs := [line.kind for line in lines if line.kind not in TRANSFERS]:
            raise ValueError(f"only {' and '.join(TRANSFERS)} are transfers, not {costs[0]}")
        expected = (*self.amounts.shape[:3], len(lines))
        if amounts.shape != expected:
            raise ValueError(f"the amounts have the shape {amounts.shape}, not {expected}")
        for kind in TRANSFERS:
            own = amounts[..., [line.kind == kind for line in lines]]
            worst = float(np.abs(own.sum(axis=-1)).max(initial=0.0))
            if worst > ORE:
                raise ValueError(f"{kind}: {worst:.2f} kr are paid to nobody, or by nobody")
        once = np.zeros((*self.lasting.shape[:3], len(lines)))
        return replace(
            self,
            lines=(*self.lines, *lines),
            amounts=np.concatenate([self.amounts, amounts], axis=-1),
            lasting=np.concatenate([self.lasting, once], axis=-1),
            stops=np.concatenate([self.stops, np.zeros((len(self.stops), len(lines)))], axis=-1),
        )

    def table(self) -> pd.DataFrame:
        """Return the ledger as a tidy table.

        Columns: replication, step, month, arm, administration, principal, kind, item, amount.
        """
        names = ("administration", "principal", "kind", "item")
        lines = {name: labels([getattr(line, name) for line in self.lines]) for name in names}
        return self.result.table("amount", self.amounts, (), lines)


def ledger(result: Result, *, current: bool = False) -> Ledger:
    """Return what everything that `result` has counted costs.

    Args:
        result: What was counted.
        current: In the money of each year, rather than in that of the scenario's price level.
    """
    scenario = result.scenario
    shape, used, invested = bought(result, current=current)
    lines: list[CostLine] = []
    columns: list[Floats] = []
    for one in used:
        cost = one.cost
        for payer, share in one.shares.items():
            principal = payer_principal(scenario, payer)
            lines.append(CostLine("use", one.item, payer, principal, one.ordinary))
            columns.append(cost * share)
    last = last_year(result, shape[2])
    lasting = [column[:, :, last] for column in columns]
    stops = [np.full(len(result.arms), np.inf)] * len(columns)
    for (name, phase), parts in invested.items():
        costs = {one.part: one.cost for one in parts}
        own = {part: cost for part, cost in costs.items() if part in ITEMS}
        prepared = [cost for part, cost in costs.items() if part not in ITEMS]
        amount = sum(own.values(), np.zeros(shape))
        goes_on = (amount - own["start_up"])[:, :, last]
        if phase == "project":
            amount = amount + sum(prepared)
        for payer, share in parts[0].shares.items():
            lines.append(CostLine(OF_PHASE[phase], name, payer, payer_principal(scenario, payer)))
            columns.append(amount * share)
            lasting.append(goes_on * share)
            stops.append(phase_stops(result, name, phase))
    return Ledger(
        result,
        tuple(lines),
        _joined(columns, shape),
        _joined(lasting, (*shape[:2], last.stop - last.start)),
        _joined(stops, shape[1:2]),
        current,
    )


@dataclass(frozen=True)
class Purchase:
    """Something that is paid for by the unit: how much of it, and at what price.

    Attributes:
        kind: What kind of cost it is.
        item: The resource or the investment.
        part: What of an investment: one of `ITEMS`, or `preparation.NAME`; "" of a resource.
        key: Where its price stands, as `--set` takes it.
        given: The price as it stands there, in the money of `year`.
        year: The year of the price.
        units: How much, (replications, arms, cycles); what is replaced is negative.
        price: Of a unit, (cycles,).
        shares: The share of the price that each payer pays.
        ordinary: Whether everyone has it.
    """

    kind: Kind
    item: str
    part: str
    key: str
    given: float
    year: int
    units: Floats
    price: Floats
    shares: Mapping[str, float]
    ordinary: bool = False

    @property
    def cost(self) -> Floats:
        """What it costs, (replications, arms, cycles)."""
        return self.units * self.price


class Bought(NamedTuple):
    """All that is paid for by the unit.

    Attributes:
        shape: How many replications, arms and cycles there are.
        used: The resources that people use.
        invested: The parts of each investment, by its name and phase.
    """

    shape: tuple[int, int, int]
    used: list[Purchase]
    invested: dict[tuple[str, str], list[Purchase]]

    @property
    def every(self) -> list[Purchase]:
        """All of it, resources first."""
        return [*self.used, *chain.from_iterable(self.invested.values())]


def bought(result: Result, *, current: bool = False) -> Bought:
    """Return what is bought of everything that `result` has counted.

    Args:
        result: What was counted.
        current: In the money of each year, rather than in that of the scenario's price level.
    """
    scenario, units = result.scenario, result.used("use")
    amounts = rewards(result, units).sum(axis=3)
    cycles = amounts.shape[2]
    prices = PriceList(
        scenario, result.compiled.clock.year(result.points[:cycles]), current=current
    )
    used = [
        Purchase(
            "use",
            name,
            "",
            f"resources.{name}.price",
            one.price.value,
            one.price_year,
            amounts[..., number],
            prices.of(one),
            one.shares,
            one.ordinary,
        )
        for number, name in enumerate(units.names)
        for one in (scenario.pathway.resources[name],)
    ]
    items = over_cycles(result.investment_units, cycles)
    invested = {
        (name, phase): [
            *(
                Purchase(
                    OF_PHASE[phase],
                    name,
                    item,
                    f"investments.{name}.{COST_OF_PHASE[phase]}.{item}",
                    getattr(cost, item).value,
                    scenario.economy.price_level,
                    items[..., number, PHASES.index(phase), ITEMS.index(item)],
                    prices.at_level(getattr(cost, item), cost.price_type),
                    cost.shares,
                )
                for item in ITEMS
            ),
            *(_preparation(result, name, prices, cycles) if phase == "project" else ()),
        ]
        for number, name in enumerate(result.compiled.investments)
        for phase, cost in phase_costs(scenario, name).items()
    }
    return Bought(amounts.shape[:3], used, invested)


def _preparation(
    result: Result, investment: str, prices: PriceList, cycles: int
) -> Iterator[Purchase]:
    """Yield the parts of the preparation of an investment, all paid as its running cost is."""
    spec = result.scenario.investments[investment]
    for name, done in result.preparation(investment).items():
        yield Purchase(
            OF_PHASE["project"],
            investment,
            f"preparation.{name}",
            f"investments.{investment}.preparation.{name}.cost",
            spec.preparation[name].cost.value,
            result.scenario.economy.price_level,
            over_cycles(done[None], cycles),
            prices.at_level(spec.preparation[name].cost, spec.cost.price_type),
            spec.cost.shares,
        )


def later_costs(result: Result, *, current: bool = False) -> tuple[tuple[CostLine, ...], Floats]:
    """Return what the later lives of those who leave cost more than without, by cycle.

    They are priced as everything else is, in the scenario's price level and by its price growth.
    Of those who leave by an exit it is another's that would have been a principal's, as the file
    says: so that what everybody pays and gets is all there is.

    Args:
        result: What was counted, of a scenario with a tail that goes on from its pathway.
        current: In the money of each year.

    Returns:
        The lines, and amounts (replications, arms, cycles from the start, lines).
    """
    scenario, later, clock = result.scenario, later_units(result), result.compiled.clock
    tail, one = scenario.time.tail, scenario.continuation
    assert tail is not None
    assert one is not None
    cycles = clock.start + np.arange(later.units.shape[2])
    prices = PriceList(scenario, clock.year(cycles), current=current)
    lines: list[CostLine] = []
    columns: list[Floats] = []
    for number, resource in enumerate(tail.resources.values()):
        name, price = list(tail.resources)[number], prices.of(resource)
        for administration, share in resource.flows:
            principal = payer_principal(scenario, administration)
            instead = [one.exits.get(way or "", {}) for way in one.ways]
            payers = [given.get(principal, administration) for given in instead]
            for payer in dict.fromkeys(payers):
                ways = [n for n, found in enumerate(payers) if found == payer]
                of_payer = payer_principal(scenario, payer)
                units = later.units[:, :, :, ways, number].sum(axis=3)
                lines.append(CostLine("later", name, payer, of_payer, resource.ordinary))
                columns.append(units * price * share)
    return tuple(lines), _joined(columns, later.units.shape[:3])


def _joined(columns: Sequence[Floats], shape: tuple[int, ...]) -> Floats:
    """Return columns of a shape as the last axis of one array, though there be none."""
    return np.stack(columns, axis=-1) if columns else np.zeros((*shape, 0))


def phase_stops(result: Result, investment: str, phase: str) -> Floats:
    """Return how many cycles after the end an investment's phase still runs, by arm, (arms,).

    A project that ends does so when it is due; what runs at the end in another way goes on.
    """
    clock, number = result.compiled.clock, result.compiled.investments.index(investment)
    stops = np.zeros(len(result.arms))
    for own in result.own_investments():
        if own.number != number:
            continue
        project, new_way = result.delivery(own)
        runs = (project if phase == "project" else new_way)[:, -1].any()
        due = clock.at(own.investment.start) + clock.steps(own.investment.years) - clock.end
        ends = phase == "project" and own.ending == "ends"
        stops[own.arm] = 0.0 if not runs else due if ends else np.inf
    return stops


def rewards(result: Result, units: Units) -> Floats:
    """Return units by cycle as the scenario counts them, (..., cycles, areas, names)."""
    economy, clock = result.scenario.economy, result.compiled.clock
    how = economy.counting, economy.weights
    states = counted(units.states, *how, axis=2)
    if economy.counting == "end":
        states = counted(units.ends, *how, axis=2)
    elif economy.counting == "both":
        states = (units.states[:, :, :-1] + units.ends[:, :, 1:]) / 2
    cycles = states.shape[2]
    lengths = clock.lengths(clock.history + np.arange(cycles))
    states = states * lengths[:, None, None]
    if economy.events is None:
        return np.asarray(states + over_cycles(units.events, cycles))
    outside = [(0, 0)] * units.moves.ndim
    outside[2] = (0, 1) if economy.events == "start" else (1, 0)
    moves = counted(np.pad(units.moves, outside), *how, axis=2)
    return np.asarray(states + moves + over_cycles(units.entries, cycles))


def over_cycles(steps: NDArray[Any], cycles: int) -> NDArray[Any]:
    """Return what is counted by step, with nothing at the end point where that is a cycle too."""
    after = [(0, 0)] * steps.ndim
    after[2] = (0, cycles - steps.shape[2])
    return np.pad(steps, after) if cycles > steps.shape[2] else steps


def by_year(result: Result, values: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of (replications, arms, cycles, ...) over each year."""
    years = result.compiled.clock.year(result.points[: values.shape[2]])
    firsts = np.flatnonzero(np.diff(years, prepend=years[0] - 1))
    return np.asarray(np.add.reduceat(values, firsts, axis=2))


def phase_costs(scenario: Scenario, name: str) -> dict[str, Cost]:
    """Return what an investment costs, by phase."""
    investment = scenario.investments[name]
    costs = {"project": investment.cost}
    if investment.new_way is not None:
        costs["new_way"] = investment.new_way.cost
        if investment.new_way.replaces is not None:
            costs["replaced"] = investment.new_way.replaces
    return costs


def payer_principal(scenario: Scenario, payer: str) -> str:
    """Return whose administration or fund it is; a fund not described is its own principal."""
    if payer in scenario.funds:
        return scenario.funds[payer].principal
    return FUND if payer == FUND else scenario.pathway.administrations[payer].principal
