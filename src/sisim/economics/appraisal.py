"""What an arm is worth: net present value, ratio, payback, deepest hole, rate of return.

Everything is compared with `without` for the same people in the same replication, counts from the
start of the scenario in the scenario's perspective, and leaves out what everyone has (ordinary
resources) unless asked for, as the figures do. Repayments to a fund move money within what is
appraised and are left out; payments for services under a contract count for those in the
perspective. What is received in the simulated years (pay, taxes, benefits) is no lower cost but
counts as one, for those in the perspective who receive it; `income` tells how much it is. It is the
investment that is appraised, however it is financed: an investor's capital is no receipt, and what
is paid for it no cost. What financing comes to stands by itself.

Definitions are those of Boardman et al., "Cost-Benefit Analysis", ch. 6, and Drummond et al.,
"Methods for the Economic Evaluation of Health Care Programmes", ch. 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.economics.finance import irr, rate_of_return
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import INCOME, OF_PHASE, ORE, USED, CostLine, Ledger, rewards
from sisim.engine.tidy_tables import Axis, labels, tidy
from sisim.scenario.scenario import Scenario

Estimate = tuple[float, float, float]
"""A mean over replications, and the low and high end of its 10-90 % range."""
AMOUNTS = (
    "invested",
    "lower_cost",
    "net",
    "financing",
    "tail",
    "income",
    "benefit_cost_ratio",
    "return_on_investment",
    "internal_rate_of_return",
    "deepest",
    "deepest_discounted",
)
"""What an appraisal measures in every replication.

`invested`, `lower_cost`, `net` and `financing` are present values; `tail` is what of the net lies
in the tail, discounted too: after the simulated years, or in the later lives of those who leave the
pathway; `income` is what of it is received, and not saved, by those who are simulated. At a
discount rate of 0 they are plain sums.
"""

UNDISCOUNTED = ("internal_rate_of_return", "deepest")
"""Those that are not discounted at the scenario's rate."""

BAND_FROM = 5
"""Fewer replications than this say too little about spread to give a range or draw a band."""
CARRIED = 0.9
"""What holds in a smaller share of the replications than this is not said to hold."""
RANGE = (0.1, 0.9)
"""The quantiles between which four in five of the replications lie."""
NAN = float("nan")


class Interval(NamedTuple):
    """A number over replications that are paired: with and without meet the same people.

    Attributes:
        mean: Its mean over those replications in which it is defined; of what is not a sum (a
            ratio, a rate, the deepest hole), what it is for the mean amounts: see `Appraisal`.
        low: The 10th percentile of the replications.
        high: The 90th percentile.
        standard_error: Of the mean; NaN for a single replication.
        replications: In how many it is defined.
        to_halve: How many replications would halve the standard error; None for a single one,
            which cannot tell it.
    """

    mean: float
    low: float
    high: float
    standard_error: float
    replications: int
    to_halve: int | None


def interval(values: NDArray[Any]) -> Interval:
    """Return the interval of a number over replications, (replications,); NaN is undefined.

    The standard error falls with the root of the replications: to halve it takes four times as
    many.

    Examples:
        >>> interval(np.array([1.0, 3.0])).standard_error
        1.0
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    n = len(known)
    if not n:
        return Interval(NAN, NAN, NAN, NAN, 0, None)
    low, high = np.quantile(known, RANGE)
    error = float(known.std(ddof=1) / np.sqrt(n)) if n > 1 else NAN
    mean = float(known.mean())
    return Interval(mean, float(low), float(high), error, n, 4 * n if n > 1 else None)


@dataclass(frozen=True)
class Appraisal:
    """What one arm is worth, in fixed prices.

    Attributes:
        arm: Which arm is compared with `without`.
        scenario: Whose perspective, rates and conventions.
        horizon: The cycles that count.
        cost: What the arm's investments cost, less what they replace, and what is paid for
            services under contracts, (replications, cycles).
        lower_cost: What is used less than without, (replications, cycles), and received more, in
            later lives too.
        later: What of that lies in the later lives of those who leave, (replications, cycles).
        income: What of it is received more by those who are simulated, (replications, cycles).
        paid_financiers: What those who finance it under a contract are paid less what they put
            in, (replications, cycles); no part of the cost.
    """

    arm: str
    scenario: Scenario
    horizon: Horizon
    cost: Floats
    lower_cost: Floats
    later: Floats
    income: Floats
    paid_financiers: Floats

    @cached_property
    def net(self) -> Floats:
        """The net saving, not discounted, (replications, cycles)."""
        return self.lower_cost - self.cost

    @cached_property
    def discounted(self) -> Floats:
        """The net saving, discounted, (replications, cycles)."""
        return self.net * self.horizon.factors(self.rate)

    @cached_property
    def years(self) -> Ints:
        """The years from the start, those of a tail too, (years,)."""
        return np.unique(self.horizon.years)

    @property
    def first_of_tail(self) -> int | None:
        """The first year with anything of a tail in it."""
        simulated = self.horizon.simulated
        return int(self.horizon.years[simulated]) if simulated < self.horizon.cycles else None

    @cached_property
    def present_values(self) -> dict[str, Floats]:
        """`invested`, `lower_cost`, `net` and `financing` of `AMOUNTS`, by replication."""
        return self._worth(self.cost, self.lower_cost, self.paid_financiers)

    @cached_property
    def amounts(self) -> dict[str, Floats]:
        """Every measure in `AMOUNTS`, by replication; NaN where it is not defined."""
        return self._measured(*self._parts)

    @cached_property
    def of_mean(self) -> dict[str, float]:
        """Every measure in `AMOUNTS` of the mean amounts by cycle; NaN where it is not defined.

        That of a ratio is the ratio of means: the mean of ratios is not that of the amounts shown.
        """
        course = (part.mean(axis=0, keepdims=True) for part in self._parts)
        return {name: float(values[0]) for name, values in self._measured(*course).items()}

    def interval(self, name: str) -> Interval:
        """Return one of `AMOUNTS`, of the mean amounts, with its range over the replications."""
        return interval(self.amounts[name])._replace(mean=self.of_mean[name])

    @property
    def ratio(self) -> float:
        """The benefit-cost ratio of the mean amounts; NaN if nothing is paid."""
        return self.of_mean["benefit_cost_ratio"]

    @property
    def gain(self) -> float:
        """The return on investment of the mean amounts: net / invested; NaN if nothing is paid."""
        return self.of_mean["return_on_investment"]

    @cached_property
    def payback(self) -> float | None:
        """The instant from which the mean accumulated net is never negative again."""
        return payback(self.horizon, self.cost, self.net)

    @cached_property
    def payback_discounted(self) -> float | None:
        """The same for the discounted net."""
        return payback(self.horizon, self.cost, self.discounted)

    @cached_property
    def hole(self) -> tuple[int, float] | None:
        """The year at whose end the mean accumulated net is lowest, and how low; None if never < 0.

        It is not discounted, and as deep as `deepest` of the mean amounts. A single run has its
        lowest at another time, and most go lower.
        """
        balance = np.cumsum(self.horizon.yearly(self.net).mean(axis=0))
        at = int(np.argmin(balance))
        return None if balance[at] > -ORE else (int(self.years[at]), float(balance[at]))

    @cached_property
    def rates_of_return(self) -> tuple[float, ...]:
        """The internal rates of return of the mean net: none if undefined, several if ambiguous."""
        return self.rates_of(self.net.mean(axis=0))

    @cached_property
    def pays_first(self) -> bool:
        """Whether the mean net of the first year that has any is negative, as of an investment."""
        flows = self._by_year(self.net.mean(axis=0))
        return bool((flows[np.flatnonzero(flows)[:1]] < 0).all())

    @property
    def banded(self) -> bool:
        """Whether there are replications enough to tell their range."""
        return len(self.cost) >= BAND_FROM

    @cached_property
    def chance(self) -> float:
        """The share of the replications in which the arm is worth at least what it costs."""
        return float((self.present_values["net"] >= -ORE).mean())

    def rates_of(self, flows: Floats) -> tuple[float, ...]:
        """Return the internal rates of return of flows by cycle, counted by year."""
        return irr(self._by_year(flows))

    def table(self) -> pd.DataFrame:
        """Return every measure with its interval.

        Columns: arm, measure, mean (of the mean amounts: see `interval`), low, high,
        standard_error, replications, to_halve, discount_rate (a year; 0 is not discounted).
        """
        rows = [
            {
                "measure": name,
                **self.interval(name)._asdict(),
                "discount_rate": 0.0 if name in UNDISCOUNTED else self.rate,
            }
            for name in AMOUNTS
        ]
        table = pd.DataFrame(rows).astype({"to_halve": "Int64"})
        return table.assign(arm=self.arm)[["arm", *table.columns]]

    def course(self) -> pd.DataFrame:
        """Return the net saving and its accumulation year by year.

        Columns: arm, year, tail (whether the year is partly or wholly in the tail), series ("net",
        "discounted", "accumulated", "accumulated_discounted"), mean, low, high.
        """
        yearly = {
            "net": self.horizon.yearly(self.net),
            "discounted": self.horizon.yearly(self.discounted),
        }
        yearly |= {
            "accumulated": np.cumsum(yearly["net"], axis=1),
            "accumulated_discounted": np.cumsum(yearly["discounted"], axis=1),
        }
        first = self.first_of_tail
        in_tail = np.zeros(len(self.years), bool) if first is None else self.years >= first
        parts = [
            pd.DataFrame(
                {
                    "arm": self.arm,
                    "year": self.years,
                    "tail": in_tail,
                    "series": name,
                    "mean": values.mean(axis=0),
                    "low": np.quantile(values, RANGE[0], axis=0),
                    "high": np.quantile(values, RANGE[1], axis=0),
                }
            )
            for name, values in yearly.items()
        ]
        return pd.concat(parts, ignore_index=True)

    @property
    def rate(self) -> float:
        """The discount rate of costs, a year; at 0 nothing is discounted."""
        return self.scenario.economy.discount_costs.value

    @property
    def _parts(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        return self.cost, self.lower_cost, self.later, self.income, self.paid_financiers

    def _by_year(self, flows: Floats) -> Floats:
        """Return the sums of flows by cycle over each year from the start, öre left out."""
        # By the month, noise would change sign every so often; a budget looks at years.
        found = self.horizon.yearly(flows)
        return np.where(abs(found) < ORE, 0.0, found)

    def _worth(
        self, cost: Floats, lower_cost: Floats, paid_financiers: Floats
    ) -> dict[str, Floats]:
        """Return what amounts by cycle, (replications, cycles), are worth at the start."""
        parts = (cost, lower_cost, paid_financiers)
        paid, gained, financing = (self.horizon.present_value(x, self.rate) for x in parts)
        return {
            "invested": paid,
            "lower_cost": gained,
            "net": gained - paid,
            "financing": financing,
        }

    def _measured(
        self,
        cost: Floats,
        lower_cost: Floats,
        later: Floats,
        income: Floats,
        paid_financiers: Floats,
    ) -> dict[str, Floats]:
        """Return every measure in `AMOUNTS` of amounts by cycle, (replications, cycles)."""
        worth = self._worth(cost, lower_cost, paid_financiers)
        paid, gained = worth["invested"], worth["lower_cost"]
        net = lower_cost - cost
        discounted = net * self.horizon.factors(self.rate)
        tail = discounted[:, self.horizon.simulated :].sum(axis=1)
        if self.horizon.continued:
            tail = self.horizon.present_value(later, self.rate)
        found = {
            **worth,
            "tail": tail,
            "income": self.horizon.present_value(income, self.rate),
            "benefit_cost_ratio": _ratio(gained, paid),
            "return_on_investment": _ratio(gained - paid, paid),
            "internal_rate_of_return": np.array(
                [rate_of_return(self._by_year(one)) for one in net]
            ),
            "deepest": _deepest(self.horizon.yearly(net)),
            "deepest_discounted": _deepest(self.horizon.yearly(discounted)),
        }
        assert set(found) == set(AMOUNTS)
        return found


def appraise(
    ledger: Ledger, arm: str, *, ordinary: bool = False, tail: bool = True, income: bool = True
) -> Appraisal:
    """Return what an arm is worth in the scenario's perspective.

    Args:
        ledger: The ledger in fixed prices.
        arm: Which arm, compared with `without`.
        ordinary: Whether what everyone has counts too.
        tail: Whether the scenario's tail, if it has one, is reckoned with.
        income: Whether what is received in the simulated years is, beside what is paid.
    """
    result = ledger.result
    number = result.arms.index(arm)
    shown = shown_lines(ledger, ordinary=ordinary)

    def part(line: CostLine) -> str | None:
        if line.kind == "repayment" or not shown(line) or (line.kind == INCOME and not income):
            return None
        return line.kind if line.kind in (*USED, INCOME, "financing") else "own"

    horizon = Horizon(result, ledger.amounts.shape[2], tail=tail)
    sums = ledger.over(horizon, part)
    nothing = np.zeros((len(ledger.amounts), horizon.cycles))
    more = {name: found[:, number] - found[:, 0] for name, found in sums.items()}
    used_less, later, received = (
        0.0 - more.get(kind, nothing) for kind in ("use", "later", INCOME)
    )
    return Appraisal(
        arm,
        result.scenario,
        horizon,
        more.get("own", nothing),
        used_less + later + received,
        later,
        received,
        more.get("financing", nothing),
    )


def totals(ledger: Ledger) -> pd.DataFrame:
    """Return the present value of all costs, ordinary ones too, and of each outcome weight.

    Columns: replication, arm, measure ("cost", or the name of a weight), discount_rate (a year;
    0 is not discounted), total.
    """
    result = ledger.result
    economy = result.scenario.economy
    weights = result.used("weight")
    gained = rewards(result, weights).sum(axis=3)
    horizon = Horizon(result, ledger.amounts.shape[2])

    def worth(flows: Floats, rate: float) -> Floats:
        return horizon.present_value(horizon.flows(flows), rate)

    found = [worth(ledger.total(), economy.discount_costs.value)] + [
        worth(gained[..., number], economy.discount_effects.value)
        for number in range(len(weights.names))
    ]
    axes: list[Axis] = [
        {"replication": np.arange(len(result.replications))},
        {"arm": labels(result.arms)},
        {"measure": labels(["cost", *weights.names])},
    ]
    rates = [economy.discount_costs.value, *[economy.discount_effects.value] * len(weights.names)]
    axes[-1] = {**axes[-1], "discount_rate": np.array(rates)}
    return tidy("total", np.stack(found, axis=-1), axes)


def payback(horizon: Horizon, cost: Floats, net: Floats) -> float | None:
    """Return the instant from which the mean accumulated net is no longer negative.

    It must stay out of the red for as long as the horizon reaches: an arm that has paid for itself
    and then loses it again has not paid for itself.

    Args:
        horizon: The cycles that count.
        cost: What the investment costs, (replications, cycles).
        net: What is accumulated, discounted or not, (replications, cycles).

    Returns:
        A decimal year, or None if that does not happen, or if nothing is invested.
    """
    invested = np.flatnonzero(cost.any(axis=0))
    if not len(invested):
        return None
    balance = np.cumsum(net.mean(axis=0))
    red = np.flatnonzero(balance < -ORE)
    if not len(red):
        return horizon.instant(int(invested[0]))
    # What a cycle brings is there when the cycle is over.
    return None if red[-1] + 1 == len(balance) else horizon.instant(int(red[-1]) + 2)


def headline(ledger: Ledger, worth: Appraisal) -> dict[str, Estimate]:
    """Return the numbers under the figures, each with its range over the replications.

    Args:
        ledger: The ledger in fixed prices.
        worth: What the arm is worth, without a tail, in costs alone.

    Returns:
        `helped`: how many times treatment has begun; `avoided`: how many fewer have come to the
        case in focus for the first time, to the end; `invested`: present value of the investment
        and of what the new way of working costs more than what it replaces, its parts being
        `investment`, `running` and `replaced` (negative); `lower_cost`: that of the reduced use;
        `net`: lower_cost - invested; `avoided_returns`: how many fewer times somebody has come
        back to the case; `affected`: how many have another life history than without, whether
        they took part or an effect on areas reached them (NaN if that is not known).
    """
    result = ledger.result
    number = result.arms.index(worth.arm)
    clock = result.compiled.clock
    before = clock.start - clock.history
    helped = result.treatments("started")[:, number - 1, :, before:].sum(axis=(1, 2, 3))
    first, returns = _avoided(ledger, number)
    counted = [one.affected for one in result.replications]
    affected = np.array([NAN if one is None else one[number - 1] for one in counted])
    found = {
        "helped": helped,
        "avoided": first,
        **{name: worth.present_values[name] for name in ("invested", "lower_cost", "net")},
        "avoided_returns": returns,
        "affected": affected,
        **_invested(ledger, worth, number),
    }
    values = np.stack(list(found.values()), axis=-1)
    low, high = np.quantile(values, RANGE, axis=0)
    return {
        name: (float(one.mean()), float(low[n]), float(high[n]))
        for n, (name, one) in enumerate(found.items())
    }


def _invested(ledger: Ledger, worth: Appraisal, number: int) -> dict[str, Floats]:
    """Return what is invested, by kind of cost, (replications,) each."""
    shown = shown_lines(ledger, ordinary=False)
    own = tuple(OF_PHASE.values())
    sums = ledger.over(
        worth.horizon, lambda line: line.kind if line.kind in own and shown(line) else None
    )
    nothing = np.zeros_like(worth.cost)
    return {
        kind: worth.horizon.present_value(
            sums[kind][:, number] - sums[kind][:, 0] if kind in sums else nothing, worth.rate
        )
        for kind in own
    }


def shown_lines(ledger: Ledger, *, ordinary: bool) -> Callable[[CostLine], bool]:
    """Return which lines count: those in perspective, what everyone has only if asked for."""
    scenario = ledger.result.scenario
    payers = {line.administration for line in ledger.lines} | set(scenario.pathway.administrations)
    bearing = {payer for payer in payers if scenario.bears(payer)}
    return lambda line: line.administration in bearing and (ordinary or not line.ordinary)


def _avoided(ledger: Ledger, arm: int) -> tuple[Floats, Floats]:
    """Return how many fewer come to the case in focus, the first time and again."""
    result = ledger.result
    figures = result.scenario.figures
    if figures is None:
        unknown = np.full(len(result.replications), NAN)
        return unknown, unknown
    group = result.compiled.groups.index(figures.case)
    clock = result.compiled.clock
    entered = result.counts("entry")[:, :, clock.start - clock.history :, group].sum(axis=2)
    fewer = np.asarray(entered[:, 0] - entered[:, arm], np.float64)
    return fewer[:, 0], fewer[:, 1]


def _deepest(net: Floats) -> Floats:
    """Return the lowest that the accumulated net of (replications, years) is, at most 0."""
    return np.asarray(np.minimum(np.cumsum(net, axis=1).min(axis=1, initial=0.0), 0.0))


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below; NaN where nothing is paid."""
    paid = below > ORE
    return np.asarray(np.divide(above, below, out=np.full(above.shape, NAN), where=paid))
