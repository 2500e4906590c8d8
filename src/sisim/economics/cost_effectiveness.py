"""What an outcome costs: kronor per natural unit, dominance, several arms on one frontier.

Incremental cost-effectiveness ratios, strict and extended dominance as in Drummond et al.,
"Methods for the Economic Evaluation of Health Care Programmes", ch. 4, and, for the order of the
steps, `calculate_icers` of the R package dampack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sisim.arrays import Floats
from sisim.economics.appraisal import Interval, appraise, interval
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import ORE, Ledger, over_cycles, rewards
from sisim.economics.outcomes import outcome_units
from sisim.engine.counts import WITHOUT, Result
from sisim.scenario.types import Text

Verdict = Literal["dominant", "dominated", "costs_more", "saves_but_worse", "no_difference"]
Standing = Literal["frontier", "dominated", "extendedly_dominated"]
NOTHING = 1e-9


class FrontierPlace(NamedTuple):
    """Where a strategy stands among others.

    Attributes:
        standing: On the frontier, or dominated by one strategy (strictly) or by a mixture of two.
        icer: What one more unit costs than with the one before it on the frontier; NaN for the
            cheapest, and for who is not on the frontier.
    """

    standing: Standing
    icer: float


def frontier(
    costs: Sequence[float], effects: Sequence[float], *, hair: float = NOTHING
) -> list[FrontierPlace]:
    """Return where each strategy stands, effects being better the higher they are.

    A gain of no more than a `hair` is none.

    Examples:
        >>> [place.standing for place in frontier([0, 10, 12, 30], [0, 1, 0.5, 2])]
        ['frontier', 'frontier', 'dominated', 'frontier']
        >>> frontier([0, 25, 30], [0, 1, 2])[1]
        FrontierPlace(standing='extendedly_dominated', icer=nan)
    """
    standing: list[Standing] = ["frontier"] * len(costs)
    # The cheapest first, of equally cheap ones the best; of equals the first stays.
    order = sorted(range(len(costs)), key=lambda n: (costs[n], -effects[n]))
    kept: list[int] = []
    for number in order:
        if kept and effects[number] <= effects[kept[-1]] + hair:
            standing[number] = "dominated"
        else:
            kept.append(number)

    def ratio(one: int, two: int) -> float:
        return (costs[two] - costs[one]) / (effects[two] - effects[one])

    hull: list[int] = []
    for number in kept:
        while len(hull) > 1 and ratio(hull[-2], hull[-1]) > ratio(hull[-1], number):
            standing[hull.pop()] = "extendedly_dominated"
        hull.append(number)
    icers = dict(zip(hull[1:], map(ratio, hull, hull[1:]), strict=False))
    return [FrontierPlace(how, icers.get(n, float("nan"))) for n, how in enumerate(standing)]


class OutcomeMeasured(NamedTuple):
    """What is counted: an outcome of the file, or an outcome weight of the pathway.

    Attributes:
        name: Its name in the file.
        label: What a reader calls it.
        kind: People in a group (in person-years), or entries, events, or a weight.
        good: Whether low or high is good.
    """

    name: str
    label: Text
    kind: Literal["stock", "entries", "events", "weight"]
    good: Literal["low", "high"]


@dataclass(frozen=True)
class Effectiveness:
    """What one outcome costs in each arm, compared with `without`.

    Attributes:
        measure: What is counted.
        arms: The arms, `without` first.
        cost: What an arm costs more than `without`, discounted, (replications, arms).
        effect: What is gained, discounted: units avoided of what should be low, units more of
            what should be high, (replications, arms).
        counted: The same as it is counted, not discounted, (replications, arms).
        rates: The discount rates of costs and of effects, a year; at 0 nothing is discounted.
    """

    measure: OutcomeMeasured
    arms: tuple[str, ...]
    cost: Floats
    effect: Floats
    counted: Floats
    rates: tuple[float, float] = (0.0, 0.0)

    def verdict(self, arm: str) -> Verdict:
        """Return how the mean cost and effect of an arm compare with `without`."""
        return _verdict(*self._means(arm))

    def ratio(self, arm: str) -> float:
        """Return the mean cost per mean unit, where a ratio says anything; otherwise NaN.

        `costs_more`: kronor per unit gained. `saves_but_worse`: kronor saved per unit lost.
        """
        cost, effect = self._means(arm)
        tells = self.verdict(arm) in ("costs_more", "saves_but_worse")
        return cost / effect if tells else float("nan")

    def carried(self, arm: str) -> bool:
        """Return whether the runs carry the signs of cost and effect, so that a ratio says much.

        Each lies farther from zero than its 95 % interval (Student's t) reaches; one run carries
        nothing.
        """
        number, runs = self.arms.index(arm), len(self.cost)
        if runs < 2:
            return False
        reach = float(stdtrit(runs - 1, 0.975)) / np.sqrt(runs)
        return all(
            abs(values[:, number].mean()) > reach * values[:, number].std(ddof=1)
            for values in (self.cost, self.effect)
        )

    def agreeing(self, arm: str) -> float:
        """Return the share of the replications in which the verdict of the means holds."""
        number, verdict = self.arms.index(arm), self.verdict(arm)
        each = [
            _verdict(float(cost), float(effect))
            for cost, effect in zip(self.cost[:, number], self.effect[:, number], strict=True)
        ]
        return each.count(verdict) / len(each)

    def intervals(self, arm: str) -> tuple[Interval, Interval]:
        """Return the cost and the effect of an arm over the replications."""
        number = self.arms.index(arm)
        return interval(self.cost[:, number]), interval(self.effect[:, number])

    def units(self, arm: str) -> Interval:
        """Return what an arm gains as it is counted, not discounted, over the replications."""
        return interval(self.counted[:, self.arms.index(arm)])

    def shares(self, arm: str) -> tuple[float, float]:
        """Return in which shares of the replications an arm is no dearer, and is better."""
        number = self.arms.index(arm)
        cheaper = (self.cost[:, number] <= ORE).mean()
        return float(cheaper), float((self.effect[:, number] > NOTHING).mean())

    @cached_property
    def places(self) -> dict[str, FrontierPlace]:
        """Where each arm stands on the frontier of all of them, by their means."""
        found = frontier(list(self.cost.mean(axis=0)), list(self.effect.mean(axis=0)))
        return dict(zip(self.arms, found, strict=True))

    def table(self) -> pd.DataFrame:
        """Return a row per arm.

        Columns: outcome, arm, units, units_low, units_high (as counted), cost, cost_low, cost_high
        (discounted at discount_costs), effect, effect_low, effect_high (units discounted at
        discount_effects), verdict ("" for `without`), cost_per_unit, share_cheaper, share_better,
        standing, icer (of what is discounted), discount_costs, discount_effects.
        """
        rows = []
        for arm in self.arms:
            cost, effect = self.intervals(arm)
            cheaper, better = self.shares(arm)
            units = self.units(arm)
            rows.append(
                {
                    "outcome": self.measure.name,
                    "arm": arm,
                    "units": units.mean,
                    "units_low": units.low,
                    "units_high": units.high,
                    "cost": cost.mean,
                    "cost_low": cost.low,
                    "cost_high": cost.high,
                    "effect": effect.mean,
                    "effect_low": effect.low,
                    "effect_high": effect.high,
                    "verdict": "" if arm == WITHOUT else self.verdict(arm),
                    "cost_per_unit": self.ratio(arm),
                    "share_cheaper": cheaper,
                    "share_better": better,
                    "standing": self.places[arm].standing,
                    "icer": self.places[arm].icer,
                    "discount_costs": self.rates[0],
                    "discount_effects": self.rates[1],
                }
            )
        return pd.DataFrame(rows)

    def _means(self, arm: str) -> tuple[float, float]:
        number = self.arms.index(arm)
        return float(self.cost[:, number].mean()), float(self.effect[:, number].mean())


def _verdict(cost: float, effect: float) -> Verdict:
    """Return how a cost and an effect compare with none."""
    if abs(cost) <= ORE and abs(effect) <= NOTHING:
        return "no_difference"
    if effect >= -NOTHING and cost <= ORE:
        return "dominant"
    if effect <= NOTHING and cost >= -ORE:
        return "dominated"
    return "costs_more" if cost > 0 else "saves_but_worse"


def effectiveness(ledger: Ledger, *, ordinary: bool = False) -> list[Effectiveness]:
    """Return what each outcome of the file, and each outcome weight, costs in every arm."""
    result = ledger.result
    economy = result.scenario.economy
    rates = (economy.discount_costs.value, economy.discount_effects.value)
    horizon = Horizon(result, ledger.amounts.shape[2], tail=True)
    worths = [appraise(ledger, arm, ordinary=ordinary).amounts["net"] for arm in result.arms[1:]]
    cost = 0.0 - np.stack([np.zeros(len(result.replications)), *worths], axis=1)
    found = []
    for measure, counted in counted_measures(result, ledger.amounts.shape[2]):
        more = counted - counted[:, :1]
        gained = horizon.flows(more if measure.good == "high" else -more)
        effect = horizon.present_value(gained, rates[1])
        in_all = np.asarray(gained.sum(axis=-1))
        found.append(Effectiveness(measure, result.arms, cost, effect, in_all, rates))
    return found


def counted_measures(result: Result, cycles: int) -> list[tuple[OutcomeMeasured, Floats]]:
    """Return each measure with its units by cycle, (replications, arms, cycles)."""
    found: list[tuple[OutcomeMeasured, Floats]] = []
    for name, spec in result.scenario.outcomes.items():
        measure = OutcomeMeasured(name, spec.label, spec.count, spec.good)
        found.append((measure, over_cycles(outcome_units(result, spec), cycles)))
    weights = result.used("weight")
    gained = rewards(result, weights).sum(axis=3)
    for number, name in enumerate(weights.names):
        label = result.scenario.pathway.weights[name]
        found.append((OutcomeMeasured(name, label, "weight", "high"), gained[..., number]))
    return found
