"""What a ledger is made of: units that are counted, and the unit price of each (micro-costing).

A ledger is the sum of units x price x share over its items (laws L5 and L6). Here they stand apart,
each with the key of the number that prices it, so that a krona can be followed to a count and a
source, and costs be worked out anew for other prices without another simulation (Drummond et al.,
"Methods for the Economic Evaluation of Health Care Programmes", ch. 7: resource use and unit costs
are reported separately).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.horizon import Horizon
from sisim.economics.later_units import later_units
from sisim.economics.ledger import (
    COST_OF_PHASE,
    INCOME,
    OF_PHASE,
    CostLine,
    Kind,
    bought,
    by_year,
    payer_principal,
    phase_costs,
    phase_stops,
)
from sisim.economics.prices import conversion
from sisim.engine.counts import ITEMS, Result
from sisim.scenario.pathway import Resource
from sisim.scenario.scenario import Cost, Scenario


@dataclass(frozen=True)
class Payer:
    """Who pays an item, or receives it.

    Attributes:
        line: The line of a ledger that it is part of.
        share: Of the price; what is received is negative.
        key: Of the number that says so; None where one pays all.
    """

    line: CostLine
    share: float
    key: str | None


@dataclass(frozen=True)
class Price:
    """What a unit costs.

    Attributes:
        key: Of the number in the scenario that says so.
        value: In the money of `year`.
        year: Of the price.
        type: Whose real growth it follows.
    """

    key: str
    value: float
    year: int
    type: str


@dataclass(frozen=True)
class CostItem:
    """Something that is counted, what a unit of it costs, and who pays.

    Attributes:
        kind: What kind of cost it is.
        item: The resource or the investment.
        part: What of an investment it is: `running`, say, or a part of its preparation; else "".
        price: Of a unit.
        units: Means over the replications by cycle of the ledger, history included, (arms, cycles);
            what is replaced is negative. Of later lives: those more than without, by cycle from the
            start.
        payers: Who pays.
        lasting: Whether it goes on in a tail.
        stops: How many cycles after the end it still does, (arms,).
    """

    kind: Kind
    item: str
    part: str
    price: Price
    units: Floats
    payers: tuple[Payer, ...]
    lasting: bool
    stops: Floats

    def yearly(self, result: Result) -> Floats:
        """Return the units by year of the ledger, (arms, years); not of later lives."""
        return np.asarray(by_year(result, self.units[None])[0])

    def difference(self, horizon: Horizon, arm: int) -> Floats:
        """Return units with an arm less those without, (cycles of a horizon,)."""
        if self.kind == "later":
            found = np.zeros(horizon.cycles)
            found[: self.units.shape[1]] = self.units[arm] - self.units[0]
            return found
        since = np.arange(horizon.cycles - horizon.simulated)
        both = [
            horizon.with_tail(
                self.units[which, horizon.before :],
                self.units[which, horizon.last_year] * self.lasting,
                since < self.stops[which],
            )
            for which in (0, arm)
        ]
        return np.asarray(both[1] - both[0])


def growth_key(scenario: Scenario, price_type: str) -> str | None:
    """Return the key of the real growth of a type of price; None: it does not grow."""
    known = scenario.drift.prices
    name = price_type if price_type in known else "general"
    return f"drift.prices.{name}" if name in known else None


def to_price_level(scenario: Scenario, price_year: int) -> float:
    """Return what a krona of a year is in the scenario's price level."""
    return conversion(price_year, scenario.economy.price_level, scenario.price_index)


def price_years(result: Result, horizon: Horizon) -> Ints:
    """Return the year whose prices hold in each cycle of a horizon, (cycles,).

    A tail that repeats the last year repeats its prices too.
    """
    years = horizon.years.copy()
    if horizon.tail is not None and not horizon.continued:
        last = result.compiled.clock.year(result.points[horizon.last_year])
        after = np.arange(horizon.cycles - horizon.simulated)
        years[horizon.simulated :] = last[after % len(last)]
    return np.asarray(years)


def cost_items(result: Result) -> list[CostItem]:
    """Return what everything that `result` has counted is made of.

    Units x price x share, summed over the items of a line, are that line's amounts in the mean, in
    fixed prices; what is received of what people use (kind "income") and what later lives cost
    more (kind "later") stand here too, which are no part of a ledger.
    """
    return [*_bought(result), *_later(result)]


def _later(result: Result) -> Iterator[CostItem]:
    scenario, one = result.scenario, result.scenario.continuation
    tail = scenario.time.tail
    if tail is None or one is None:
        return
    units = later_units(result).units.mean(axis=0)
    forever = np.full(len(result.arms), np.inf)
    for number, (name, resource) in enumerate(tail.resources.items()):
        for payer in _of_resource(scenario, name, resource, "later", "time.tail."):
            # Of those who leave by some exits it is another's that would have been a principal's.
            instead = [one.exits.get(way or "", {}) for way in one.ways]
            bearers = [
                given.get(payer.line.principal, payer.line.administration) for given in instead
            ]
            for bearer in dict.fromkeys(bearers):
                ways = [n for n, found in enumerate(bearers) if found == bearer]
                line = replace(
                    payer.line, administration=bearer, principal=payer_principal(scenario, bearer)
                )
                own = units[:, :, ways, number].sum(axis=2)
                payers = (replace(payer, line=line),)
                yield _priced("later", name, resource, own, payers, forever, "time.tail.")


def _of_resource(
    scenario: Scenario, name: str, one: Resource, kind: Kind, where: str = ""
) -> tuple[Payer, ...]:
    """Return who pays a resource, and who receives it."""

    def payer(who: str, share: float, side: str) -> Payer:
        of: Kind = INCOME if share < 0 and kind == "use" else kind
        line = CostLine(of, name, who, payer_principal(scenario, who), one.ordinary)
        alone = side == "payers" and one.administration is not None
        return Payer(line, share, None if alone else f"{where}resources.{name}.{side}.{who}")

    paid = [payer(who, share, "payers") for who, share in one.shares.items()]
    received = [payer(who, -share.value, "receivers") for who, share in one.receivers.items()]
    return (*paid, *received)


def _priced(
    kind: Kind,
    name: str,
    one: Resource,
    units: Floats,
    payers: tuple[Payer, ...],
    stops: Floats,
    where: str = "",
) -> CostItem:
    key = f"{where}resources.{name}.price"
    price = Price(key, one.price.value, one.price_year, one.price_type)
    return CostItem(kind, name, "", price, units, payers, True, stops)


def _bought(result: Result) -> Iterator[CostItem]:
    scenario, found = result.scenario, bought(result)
    forever = np.full(len(result.arms), np.inf)
    for one in found.used:
        resource = scenario.pathway.resources[one.item]
        payers = _of_resource(scenario, one.item, resource, "use")
        yield _priced("use", one.item, resource, one.units.mean(axis=0), payers, forever)
    for (name, phase), parts in found.invested.items():
        cost = phase_costs(scenario, name)[phase]
        payers = _of_investment(scenario, name, phase, cost)
        stops = phase_stops(result, name, phase)
        for one in parts:
            own = one.part in ITEMS
            if own and not one.given and one.part not in cost.model_fields_set:
                continue  # nothing is said of it
            price = Price(one.key, one.given, one.year, cost.price_type)
            units, lasts = one.units.mean(axis=0), own and one.part != "start_up"
            yield CostItem(one.kind, name, one.part, price, units, payers, lasts, stops)


def _of_investment(scenario: Scenario, name: str, phase: str, cost: Cost) -> tuple[Payer, ...]:
    """Return who pays a phase of an investment."""
    place = f"investments.{name}.{COST_OF_PHASE[phase]}.payer"
    return tuple(
        Payer(
            CostLine(OF_PHASE[phase], name, who, payer_principal(scenario, who)),
            share,
            None if isinstance(cost.payer, str) else f"{place}.{who}",
        )
        for who, share in cost.shares.items()
    )
