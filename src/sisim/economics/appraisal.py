"""What an arm is worth: discounted totals, when it has paid for itself, the numbers in a row.

Everything is compared with `without`, counts from the start of the scenario in the scenario's
perspective, and leaves out what everyone has (ordinary resources) unless asked for, as the figures
do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.economics.ledger import Ledger, Line, rewards
from sisim.economics.rewards import discount_factors
from sisim.engine.result import Axis, labels, tidy

Floats = NDArray[np.float64]
Estimate = tuple[float, float, float]
"""A mean over replications, and the low and high end of its 10-90 % range."""


def totals(ledger: Ledger) -> pd.DataFrame:
    """Return the present value of all costs, ordinary ones too, and of each outcome weight.

    Columns: replication, arm, measure ("cost", or the name of a weight), total.
    """
    result = ledger.result
    economy = result.scenario.economy
    weights = result.used("weight")
    gained = rewards(result, weights).sum(axis=3)
    worth = [_sum(ledger, ledger.total(), economy.discount_costs.value)] + [
        _sum(ledger, gained[..., number], economy.discount_effects.value)
        for number in range(len(weights.names))
    ]
    axes: list[Axis] = [
        {"replication": np.arange(len(result.replications))},
        {"arm": labels(result.arms)},
        {"measure": labels(["cost", *weights.names])},
    ]
    return tidy("total", np.stack(worth, axis=-1), axes)


def break_even(ledger: Ledger, arm: str, ordinary: bool = False) -> float | None:
    """Return the instant from which the accumulated net saving of an arm is no longer negative.

    The net saving is discounted and averaged over the replications. It must stay out of the red
    for as long as the scenario looks: an arm that has paid for itself and then loses it again has
    not paid for itself.

    Returns:
        A decimal year, or None if that does not happen within the horizon.
    """
    result = ledger.result
    number = result.arms.index(arm)
    cost = ledger.total(_shown(ledger, ordinary))
    factors = _factors(ledger, result.scenario.economy.discount_costs.value)
    saving = (cost[:, 0] - cost[:, number]).mean(axis=0) * factors
    shown = _shown(ledger, ordinary)
    invested = ledger.total(lambda line: line.kind != "use" and shown(line))[0, number]
    if not invested.any():
        return None
    balance = np.cumsum(saving)
    red = np.flatnonzero(balance < -0.005)  # less than an öre is rounding
    at = red[-1] + 1 if len(red) else int(np.flatnonzero(invested)[0])
    if at == len(balance):
        return None
    # What a cycle brings is there when the cycle is over.
    over = 1 if len(red) else 0
    return result.instant(int(ledger.cycles[at]) + over)


def headline(ledger: Ledger, arm: str, ordinary: bool = False) -> dict[str, Estimate]:
    """Return the numbers under the figures, each with its range over the replications.

    Returns:
        `helped`: how many have begun treatment; `avoided`: how many fewer have entered the case in
        focus, to the end; `invested`: present value of the investment and of what the new way of
        working costs more than what it replaces; `lower_cost`: that of the reduced use; `net`:
        lower_cost - invested.
    """
    result = ledger.result
    number = result.arms.index(arm)
    shown = _shown(ledger, ordinary)
    rate = result.scenario.economy.discount_costs.value
    helped = result.treatments("started")[:, number - 1].sum(axis=(1, 2, 3))
    own = _sum(ledger, ledger.total(lambda line: line.kind != "use" and shown(line)), rate)
    use = _sum(ledger, ledger.total(lambda line: line.kind == "use" and shown(line)), rate)
    invested, lower_cost = own[:, number], use[:, 0] - use[:, number]
    return {
        "helped": _estimate(helped),
        "avoided": _estimate(_avoided(ledger, number)),
        "invested": _estimate(invested),
        "lower_cost": _estimate(lower_cost),
        "net": _estimate(lower_cost - invested),
    }


def _shown(ledger: Ledger, ordinary: bool) -> Callable[[Line], bool]:
    """Return which lines count: those in perspective, what everyone has only if asked for."""
    scenario = ledger.result.scenario
    return lambda line: scenario.bears(line.administration) and (ordinary or not line.ordinary)


def _avoided(ledger: Ledger, arm: int) -> Floats:
    result = ledger.result
    figures = result.scenario.figures
    if figures is None:
        return np.full(len(result.replications), np.nan)
    group = result.compiled.groups.index(figures.case)
    entered = result.counts("entry")[:, :, :, group].sum(axis=(2, 3))
    return np.asarray(entered[:, 0] - entered[:, arm], np.float64)


def _factors(ledger: Ledger, rate: float) -> Floats:
    """Return the discount factor of each cycle; what lies before the start does not count."""
    clock = ledger.result.compiled.clock
    before = clock.start - clock.history
    exponent = ledger.result.scenario.economy.exponent
    after = discount_factors(len(ledger.cycles) - before, rate, exponent, clock.per_year)
    return np.concatenate([np.zeros(before), after])


def _sum(ledger: Ledger, flows: Floats, rate: float) -> Floats:
    """Return the present value of (..., cycles)."""
    return np.asarray((flows * _factors(ledger, rate)).sum(axis=-1))


def _estimate(values: NDArray[Any]) -> Estimate:
    low, high = np.quantile(values, [0.1, 0.9])
    return float(values.mean()), float(low), float(high)
