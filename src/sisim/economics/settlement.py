"""Outcome contracts, settled on what was counted: who has paid whom, and what it was worth.

Nothing here knows what a contract is about: it reads yearly series (an outcome, units of a
resource, costs), compares them with what was agreed, and pays. Every payment has one that pays and
one that receives, so that the parties' flows sum to zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import BAND_FROM, CARRIED, RANGE
from sisim.economics.finance import rate_of_return
from sisim.economics.ledger import (
    ORE,
    TRANSFERS,
    CostLine,
    Kind,
    Ledger,
    by_year,
    payer_principal,
    rewards,
)
from sisim.economics.measured_effect import Measured
from sisim.economics.prices import PriceList
from sisim.engine.tidy_tables import tidy
from sisim.scenario.contract import Contract, Measure, Payment, Tier
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Positive

PRIVATE = "private"
"""The principal of parties that are neither administrations nor funds."""
BEST_PRICE = 1e12
"""Above which no price is looked for."""


@dataclass(frozen=True)
class Facts:
    """What contracts are settled on.

    Attributes:
        book: The ledger, without contract payments.
        outcomes: The scenario's outcomes by year, (replications, arms, years): person-years in a
            group, entries or events.
        measured: What the evaluations say that payments follow.
    """

    book: Ledger
    outcomes: Mapping[str, Floats]
    measured: Measured = field(default_factory=dict)

    @cached_property
    def years(self) -> Ints:
        """The years counted, history included, (years,)."""
        result = self.book.result
        return np.unique(result.compiled.clock.year(result.steps))

    @cached_property
    def first(self) -> int:
        """The position of the year in which the scenario starts."""
        return int(np.searchsorted(self.years, self.book.result.scenario.time.first_year))

    @cached_property
    def lengths(self) -> Floats:
        """How much of each year is counted, (years,): 1, or less at the ends."""
        clock = self.book.result.compiled.clock
        _, steps = np.unique(clock.year(self.book.result.steps), return_counts=True)
        # A year of weeks is 52 or 53 of them, and whole.
        whole = np.abs(steps - clock.per_year) < 1
        return np.where(whole, 1.0, steps / clock.per_year)

    @cached_property
    def units(self) -> Mapping[str, Floats]:
        """Units of each resource by year, (replications, arms, years)."""
        used = self.book.result.used("use")
        yearly = by_year(self.book.result, rewards(self.book.result, used).sum(axis=3))
        return {name: yearly[:, :, : len(self.years), n] for n, name in enumerate(used.names)}

    @cached_property
    def use(self) -> Mapping[str, Floats]:
        """What each administration pays for what people use, (replications, arms, years)."""
        return self._sums(lambda line: line.kind == "use")

    @cached_property
    def costs(self) -> Mapping[str, Floats]:
        """The same with its part of the investments."""
        return self._sums(lambda line: line.kind not in TRANSFERS)

    def _sums(self, wanted: Callable[[CostLine], bool]) -> Mapping[str, Floats]:
        sums = self.book.sums(
            lambda line: line.administration if wanted(line) else None, yearly=True
        )
        return {name: amounts[..., : len(self.years)] for name, amounts in sums.items()}

    def series(self, measure: Measure) -> Floats:
        """Return what is measured by year, (replications, arms, years)."""
        if measure.outcome is not None:
            return self.outcomes[measure.outcome]
        if measure.resource is not None:
            return self.units[measure.resource]
        nothing = np.zeros((*self.book.amounts.shape[:2], len(self.years)))
        return sum((self.use.get(name, nothing) for name in measure.saved_by), nothing)


class Reading(NamedTuple):
    """How much better something was in each period than what it is compared with.

    Attributes:
        units: In its own units, (replications, periods).
        share: As a share of what it is compared with; 0 where that is nothing.
    """

    units: Floats
    share: Floats


def read(facts: Facts, measure: Measure, arm: int, periods: Sequence[Sequence[int]]) -> Reading:
    """Return the improvement over each of some periods, given as years.

    Without a comparison, both are the value itself; what is verified by an evaluation is what that
    says of all who took part.
    """
    if measure.verified_by is not None:
        return _verified(facts, measure, arm, len(periods))
    series = facts.series(measure)
    per = None if measure.per is None else facts.outcomes[measure.per]
    units, share = [], []
    for years in periods:
        at = np.searchsorted(facts.years, years)
        value = _value(series, per, at)
        got = value[:, arm]
        if measure.against == "none":
            expected = better = got
            units.append(got)
            share.append(got)
            continue
        expected = (
            value[:, 0]
            if measure.against == "without"
            else np.broadcast_to(
                _expected(facts, measure, series, per, arm, np.asarray(years)), got.shape
            )
        )
        better = got - expected if _more_is_better(facts, measure) else expected - got
        units.append(better)
        share.append(np.divide(better, expected, out=np.zeros(got.shape), where=expected > 0))
    return Reading(np.stack(units, axis=-1), np.stack(share, axis=-1))


def _verified(facts: Facts, measure: Measure, arm: int, periods: int) -> Reading:
    """Return the improvement that an evaluation finds in an arm: the same for every period."""
    effect = facts.measured.get((measure.verified_by or "", facts.book.result.arms[arm]))
    if effect is None:  # the arm has nothing of what is evaluated
        nothing = np.zeros((len(facts.book.amounts), periods))
        return Reading(nothing, nothing)
    # Without an answer nothing has been shown.
    avoided = np.nan_to_num(effect.estimate)
    size = np.abs(effect.expected)
    share = np.divide(avoided, size, out=np.zeros_like(avoided), where=size > 0)
    outcome = facts.book.result.scenario.outcomes.get(measure.outcome or "")
    # What is counted in months is paid for in person-years.
    per_unit = 12 if outcome is not None and outcome.group and outcome.count == "stock" else 1
    units, parts = (
        np.repeat(np.asarray(one)[:, None], periods, axis=1)
        for one in (avoided * effect.participants / per_unit, share)
    )
    return Reading(units, parts)


def _value(series: Floats, per: Floats | None, at: Ints) -> Floats:
    """Return the sum over some years, or the rate of two sums, (replications, arms)."""
    total = series[..., at].sum(axis=-1)
    if per is None:
        return np.asarray(total, np.float64)
    base = per[..., at].sum(axis=-1)
    return np.asarray(np.divide(total, base, out=np.zeros(total.shape), where=base > 0))


def _expected(
    facts: Facts, measure: Measure, series: Floats, per: Floats | None, arm: int, years: Ints
) -> Floats:
    """Return the trend-adjusted expectation: level x (1 + trend)^(years since that level).

    A level is of a whole year: of a part of one, as much is expected as that part is long.
    """
    if measure.level is not None:
        level: Floats | float = measure.level.value
        since = years - measure.periods[0][0]
    else:
        before = np.arange(facts.first - measure.years_before, facts.first)
        level = _value(series, per, before)[:, arm]
        level = level if per is not None else level / facts.lengths[before].sum()
        since = years - facts.years[before].mean()
    growth = (1.0 + measure.trend.value) ** since
    lengths = facts.lengths[np.searchsorted(facts.years, years)]
    expected = float(growth @ lengths)
    return np.asarray(level * (expected / lengths.sum() if per is not None else expected))


def _more_is_better(facts: Facts, measure: Measure) -> bool:
    outcomes = facts.book.result.scenario.outcomes
    return measure.outcome is not None and outcomes[measure.outcome].good == "high"


def earned(
    steps: Sequence[Tier], reading: Reading, read_as: str, whole: float = 1.0
) -> tuple[Floats, Ints]:
    """Return what a result earns and the number of the tier it reached (0: below them all).

    Args:
        steps: The tiers, from the lowest result to the highest.
        reading: The improvement.
        read_as: Whether the bounds are of its `share` or in its `units`.
        whole: What tiers pay is in these, SEK.
    """
    result = reading.share if read_as == "share" else reading.units
    amount, reached = np.zeros(result.shape), np.zeros(result.shape, np.int64)
    for number, step in enumerate(steps, start=1):
        if step.start is None:
            inside = np.ones(result.shape, bool)
        else:
            inside = result > step.start if step.from_ is None else result >= step.start
        if step.price is not None:
            pays = step.price.value * np.maximum(reading.units, 0.0)
        else:
            pays = np.full(result.shape, step.pays.value * whole if step.pays else 0.0)
        amount[inside], reached[inside] = pays[inside], number
    return amount, reached


@dataclass(frozen=True)
class Settlement:
    """What a contract came to in one arm.

    Attributes:
        name: The contract's key in the file.
        contract: The contract.
        arm: The arm that it was settled in.
        facts: What it was settled on.
    """

    name: str
    contract: Contract
    arm: str
    facts: Facts

    @property
    def years(self) -> Ints:
        """The years from the start of the scenario, (years,)."""
        return self.facts.years[self.facts.first :]

    @cached_property
    def parties(self) -> list[str]:
        """Who pays or receives, in the order of the file."""
        found = [
            p for payment in self.contract.payments.values() for p in (payment.from_, payment.to)
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def paid(self) -> Mapping[str, Floats]:
        """What is paid under each payment, SEK, (replications, years)."""
        return {name: self._paid(name) for name in self.contract.payments}

    def reached(self, name: str) -> Ints:
        """Return the tier that a payment reached in each period, (replications, periods).

        The last column, where periods are pooled, is that of all together.
        """
        return self._earned[name][1]

    def flow(self, party: str, *, financing: bool | None = None) -> Floats:
        """Return what a party receives less what it pays, SEK, (replications, years).

        Args:
            party: Who.
            financing: Only the payments that are financing, or only those that are not; unset, all.
        """
        net = np.zeros(self._shape)
        for name, payment in self.contract.payments.items():
            if financing is None or financing == payment.is_financing:
                net = net + self.paid[name] * ((payment.to == party) - int(payment.from_ == party))
        return net

    @cached_property
    def by_truth(self) -> Settlement:
        """The same, had the evaluations that payments follow found the true effect."""
        true = {key: effect.true for key, effect in self.facts.measured.items()}
        return replace(self, facts=replace(self.facts, measured=true))

    @property
    def verified(self) -> dict[str, str]:
        """The payments that follow an evaluation, and which."""
        return {
            name: payment.measure.verified_by
            for name, payment in self.contract.payments.items()
            if payment.measure is not None and payment.measure.verified_by is not None
        }

    def takes_part(self, party: str, *, financing: bool) -> bool:
        """Return whether a party pays or receives what is, or is not, financing."""
        return any(
            party in (payment.from_, payment.to)
            for payment in self.contract.payments.values()
            if payment.is_financing == financing
        )

    def gain(self, party: str) -> Floats:
        """Return what a payer's other costs have fallen by, investment paid, as `flow`."""
        costs = self.facts.costs.get(party)
        if costs is None:
            return np.zeros(self._shape)
        own = self._arm
        return np.asarray((costs[:, 0] - costs[:, own])[:, self.facts.first :])

    def result(self, party: str) -> Floats:
        """Return what the arm with the contract is worth to a party, as `flow`."""
        return self.flow(party) + self.gain(party)

    def is_private(self, party: str) -> bool:
        """Return whether a party is one that only the contract knows."""
        return party in self.contract.parties.names

    def returns(self, party: str) -> Floats:
        """Return the internal rate of return of a private party a year, (replications,).

        Not a number where it is undefined: see `rate_of_return`.
        """
        return np.array([_return(flow) for flow in self.flow(party)])

    def expected_return(self, party: str) -> float | None:
        """Return the internal rate of return of the mean flows, if there is a single one."""
        rate = _return(self.flow(party).mean(axis=0))
        return None if np.isnan(rate) else rate

    def carried_return(self, party: str) -> tuple[float, float, float] | None:
        """Return the internal rate of return of a private party a year, and its range.

        None unless there are runs enough to tell a range, and nearly all have a single rate.
        """
        mean, rates = self.expected_return(party), self.returns(party)
        known = rates[~np.isnan(rates)]
        if mean is None or len(rates) < BAND_FROM or len(known) < CARRIED * len(rates):
            return None
        low, high = np.quantile(known, RANGE)
        return mean, float(low), float(high)

    def break_even_price(self, name: str, party: str) -> float | None:
        """Return the price of a payment at which a party's mean result is zero.

        None if the payment has no price, is not the party's, or no price gives that.
        """
        payment = self.contract.payments[name]
        if payment.price is None or party not in (payment.from_, payment.to):
            return None

        def worth(price: float) -> float:
            changed = payment.model_copy(update={"price": Positive(value=price)})
            payments = {**self.contract.payments, name: changed}
            other = self.contract.model_copy(update={"payments": payments})
            again = Settlement(self.name, other, self.arm, self.facts)
            return float(again.result(party).mean(axis=0).sum())

        return _root(worth, payment.price.value or 1.0)

    # ------------------------------------------------------------------------ tables

    def flows(self) -> pd.DataFrame:
        """Return what was paid.

        Columns: contract, arm, payment, from, to, replication, year, amount.
        """
        payments = self.contract.payments
        axis = {
            "payment": np.array(list(payments)),
            "from": np.array([payment.from_ for payment in payments.values()]),
            "to": np.array([payment.to for payment in payments.values()]),
        }
        replications = {"replication": np.arange(self._shape[0])}
        amounts = np.stack(list(self.paid.values()))
        return self._named(tidy("amount", amounts, [axis, replications, {"year": self.years}]))

    def summary(self) -> pd.DataFrame:
        """Return what came of it for each party, sums over the years, means over replications.

        Columns: contract, arm, party, paid, received, net, net_low, net_high (10-90 % of the
        replications), gain, result, loses (share of replications with a net below zero), return.
        """
        rows = []
        for party in self.parties:
            net = self.flow(party).sum(axis=1)
            paid, received = (
                sum(
                    float(self.paid[name].sum(axis=1).mean())
                    for name, payment in self.contract.payments.items()
                    if getattr(payment, side) == party
                )
                for side in ("from_", "to")
            )
            low, high = np.quantile(net, RANGE)
            gain = float(self.gain(party).sum(axis=1).mean())
            rows.append(
                {
                    "party": party,
                    "paid": paid,
                    "received": received,
                    "net": float(net.mean()),
                    "net_low": float(low),
                    "net_high": float(high),
                    "gain": gain,
                    "result": float(net.mean()) + gain,
                    "loses": float((net < -ORE).mean()),
                    "return": self.expected_return(party) if self.is_private(party) else None,
                }
            )
        return self._named(pd.DataFrame(rows).astype({"return": float}))

    def tiers(self) -> pd.DataFrame:
        """Return how often each tier was reached; tier 0 is below the lowest.

        Columns: contract, arm, payment, period ("2026-2028", or "pooled"), tier, probability.
        """
        columns = ["payment", "period", "tier", "probability"]
        rows = [
            (name, period, tier, float((reached == tier).mean()))
            for name, payment in self.contract.payments.items()
            if _is_graded(payment)
            for period, reached in zip(_periods(payment), self.reached(name).T, strict=True)
            for tier in range(int(payment.steps[0].start is None), len(payment.steps) + 1)
        ]
        return self._named(pd.DataFrame(rows, columns=columns))

    def prices(self) -> pd.DataFrame:
        """Return the price of each priced payment, and that at which its parties break even.

        Columns: contract, arm, payment, party, price, break_even.
        """
        rows = [
            (name, party, payment.price.value, self.break_even_price(name, party))
            for name, payment in self.contract.payments.items()
            if payment.price is not None
            for party in (payment.from_, payment.to)
        ]
        columns = ["payment", "party", "price", "break_even"]
        return self._named(pd.DataFrame(rows, columns=columns).astype({"break_even": float}))

    def _named(self, table: pd.DataFrame) -> pd.DataFrame:
        table.insert(0, "contract", self.name)
        table.insert(1, "arm", self.arm)
        return table

    # ------------------------------------------------------------------------ parts

    @property
    def _arm(self) -> int:
        return self.facts.book.result.arms.index(self.arm)

    @property
    def _shape(self) -> tuple[int, int]:
        return self.facts.book.amounts.shape[0], len(self.years)

    @cached_property
    def _earned(self) -> dict[str, tuple[Floats, Ints]]:
        """What each measured payment earns by year, and the tiers it reached."""
        found: dict[str, tuple[Floats, Ints]] = {}
        waiting = [name for name, p in self.contract.payments.items() if p.measure is not None]
        while waiting:
            name = waiting.pop(0)
            before = self.contract.payments[name].unlocked_by
            if before is not None and before not in found:
                waiting.append(name)
                continue
            amounts, reached = self._earn(self.contract.payments[name])
            if before is not None:
                amounts = amounts * (found[before][0].cumsum(axis=1) > 0)
            found[name] = amounts, reached
        return found

    def _earn(self, payment: Payment) -> tuple[Floats, Ints]:
        measure = payment.measure
        assert measure is not None
        periods = [range(first, last + 1) for first, last in measure.periods]
        whole = self._whole(payment)
        reading = read(self.facts, measure, self._arm, periods)
        pay, reached = earned(payment.steps, reading, measure.read_as, whole)
        amounts = np.zeros(self._shape)
        due = np.array([period[-1] + payment.delay for period in periods])
        for column, year in enumerate(due):
            amounts[:, year - self.years[0]] += pay[:, column]
        if payment.pooled is not None and payment.price is not None:
            everything = [[year for period in periods for year in period]]
            reading = read(self.facts, measure, self._arm, everything)
            step = Tier.model_validate({"from": payment.pooled, "price": payment.price})
            together, hit = earned([step], reading, measure.read_as)
            # What single periods have been paid for is not paid for again.
            amounts[:, due[-1] - self.years[0]] += np.maximum(together[:, 0] - pay.sum(axis=1), 0)
            reached = np.concatenate([reached, hit], axis=1)
        return amounts, reached

    def _paid(self, name: str) -> Floats:
        payment = self.contract.payments[name]
        stated = np.zeros(self._shape[1])
        for year, amount in payment.by_year.items():
            stated[year - self.years[0]] = amount
        paid = np.tile(stated, (self._shape[0], 1))
        if payment.measure is not None:
            amounts, _ = self._earned[name]
            at_risk = stated * payment.at_risk.value
            paid = stated - at_risk + np.minimum(amounts, at_risk) if payment.amounts else amounts
        whole = self._whole(payment)
        if payment.cap_per_year is not None:
            paid = np.minimum(paid, payment.cap_per_year.value * whole)
        if payment.cap is not None:
            total = np.minimum(paid.cumsum(axis=1), payment.cap.value * whole)
            paid = np.diff(total, axis=1, prepend=0.0)
        return np.asarray(paid)

    def _whole(self, payment: Payment) -> float:
        """Return what shares are of: the sum of another payment, or a krona."""
        if payment.of is None:
            return 1.0
        return sum(self.contract.payments[payment.of].by_year.values())


def settle(facts: Facts) -> list[Settlement]:
    """Return every contract of a scenario, settled in each arm that it is about."""
    result = facts.book.result
    return [
        Settlement(name, contract, arm, facts)
        for name, contract in result.scenario.contracts.items()
        for arm in result.arms[1:]
        if contract.arm in (None, arm)
    ]


def with_contracts(book: Ledger, settlements: Iterable[Settlement]) -> Ledger:
    """Return a ledger with what contracts pay, as transfers of the kind "contract".

    Payments to and from those who finance it are of the kind "financing". What is paid in a year
    stands in its last cycle.
    """
    scenario, clock = book.result.scenario, book.result.compiled.clock
    years = clock.year(book.cycles)
    level = PriceList(scenario, years, current=book.current).level
    last = np.flatnonzero(np.diff(years, append=years[-1] + 1))
    where = {int(years[at]): at for at in last}
    lines: dict[CostLine, Floats] = {}
    for settled in settlements:
        at = [where[int(year)] for year in settled.years]
        arm = book.result.arms.index(settled.arm)
        kinds: tuple[Kind, ...] = ("contract", "financing")
        for kind, party in product(kinds, settled.parties):
            financing = kind == "financing"
            if not settled.takes_part(party, financing=financing):
                continue
            flow = settled.flow(party, financing=financing)
            line = CostLine(kind, settled.name, *_payer(scenario, settled, party))
            amounts = lines.setdefault(line, np.zeros(book.amounts.shape[:3]))
            amounts[:, arm, at] -= flow * level[at]
    if not lines:
        return book
    return book.with_lines(list(lines), np.stack(list(lines.values()), axis=-1))


def _payer(scenario: Scenario, settled: Settlement, party: str) -> tuple[str, str]:
    """Return what a party is called in a ledger, and its principal."""
    own = settled.contract.parties.names
    if party not in own:
        return party, payer_principal(scenario, party)
    first = scenario.private_payers.get(party) == own[party]
    return party if first else f"{settled.name}.{party}", PRIVATE


def _is_graded(payment: Payment) -> bool:
    """Return whether a payment tells results apart: by a threshold or tiers."""
    return len(payment.steps) > 1 or any(step.start is not None for step in payment.steps)


def _periods(payment: Payment) -> list[str]:
    assert payment.measure is not None
    periods = [
        str(first) if first == last else f"{first}-{last}"
        for first, last in payment.measure.periods
    ]
    return [*periods, "pooled"] if payment.pooled is not None else periods


def _return(flow: Floats) -> float:
    return rate_of_return(np.where(np.abs(flow) > ORE, flow, 0.0))


def _root(worth: Callable[[float], float], guess: float) -> float | None:
    """Return where `worth` is zero from 0 up: at once where it is linear, else by search."""
    none, some = worth(0.0), worth(guess)
    if abs(none) < ORE:  # nothing to cover: every price is good enough, or none matters
        return None
    tolerance = 1e-9 * max(abs(none), abs(some), 1.0)
    if some != none:
        line = -none * guess / (some - none)
        if line >= 0 and abs(worth(line)) <= tolerance:
            return float(line)
    high = guess
    while high < BEST_PRICE and none * worth(high) > 0:
        high *= 2
    if none * worth(high) >= 0:
        return None
    from scipy.optimize import brentq

    return float(brentq(worth, 0.0, high))
