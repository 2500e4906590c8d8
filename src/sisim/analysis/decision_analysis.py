"""Acceptability, its frontier and the value of information, of a plain table of costs and effects.

Takes the draws of a probabilistic analysis made anywhere, as users of dampack, hesim and heormodel
have them. What is worked out is that of `value_of_information`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sisim.analysis import value_of_information as value
from sisim.arrays import Floats
from sisim.economics.incremental_analysis import (
    COST,
    EFFECT,
    STRATEGY,
    Missing,
    finite,
    require_columns,
)
from sisim.i18n import t

DRAW = ("draw", "sample", "iteration", "sim")
"""What a column that numbers the draws may be called."""
Source = pd.DataFrame | tuple[pd.DataFrame, pd.DataFrame]
"""A row per draw and strategy; or costs and effects apart, a row per draw, strategies beside."""


def ceac(
    table: Source,
    wtp: float | Sequence[float],
    *,
    strategy: str = STRATEGY,
    cost: str = COST,
    effect: str = EFFECT,
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Return cost-effectiveness acceptability curves: how likely each strategy is to be the best.

    Args:
        table: A row per draw and strategy, or costs and effects apart (a row per draw, a column per
            strategy). Draws are told by a column called draw, sample, iteration or sim; without one
            each strategy has them in the same order.
        wtp: What a unit of effect is worth (willingness to pay), one or several.
        strategy: The column with the names of the strategies.
        cost: The column with what each costs.
        effect: The column with what each gains, more being better.
        missing: What is done with missing values (NaN): `raise` an error, or `drop` the draw.

    Returns:
        Columns: wtp, strategy, probability (ties are shared), on_frontier (whether it has the
        highest expected net benefit), net_benefit (expected).

    Raises:
        ValueError: If the table is not as told, with what is wrong.

    Examples:
        >>> costs = pd.DataFrame({"a": [0.0, 0.0], "b": [10.0, 10.0]})
        >>> effects = pd.DataFrame({"a": [0.0, 0.0], "b": [1.0, -1.0]})
        >>> ceac((costs, effects), [100.0])[["strategy", "probability"]].values.tolist()
        [['a', 0.5], ['b', 0.5]]
    """
    found = _drawn(table, strategy, cost, effect, missing)
    curve = value.acceptability(found.costs, found.effects, worths(wtp), found.names)
    names = {"worth": "wtp", "arm": STRATEGY, "optimal": "on_frontier"}
    return curve.rename(columns=names).drop(columns="evpi")


def ceaf(
    table: Source,
    wtp: float | Sequence[float],
    *,
    strategy: str = STRATEGY,
    cost: str = COST,
    effect: str = EFFECT,
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Return the acceptability frontier: the best choice at each worth, and how likely it is best.

    Arguments and errors are those of `ceac`.

    Returns:
        Columns: wtp, strategy, probability, net_benefit (expected).
    """
    curve = ceac(table, wtp, strategy=strategy, cost=cost, effect=effect, missing=missing)
    return curve[curve["on_frontier"]].drop(columns="on_frontier").reset_index(drop=True)


def evpi(
    table: Source,
    wtp: float | Sequence[float],
    *,
    strategy: str = STRATEGY,
    cost: str = COST,
    effect: str = EFFECT,
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Return the expected value of perfect information per decision.

    Arguments and errors are those of `ceac`.

    Returns:
        Columns: wtp, evpi.
    """
    found = _drawn(table, strategy, cost, effect, missing)
    rows = [(worth, value.evpi(found.benefits(worth))) for worth in worths(wtp)]
    return pd.DataFrame(rows, columns=["wtp", "evpi"])


def evppi(
    table: Source,
    parameters: pd.DataFrame,
    wtp: float | Sequence[float],
    *,
    strategy: str = STRATEGY,
    cost: str = COST,
    effect: str = EFFECT,
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Return the expected value of perfect information on each parameter alone.

    By regression of the net benefits on the parameter (Strong, Oakley & Brennan 2014), with a cubic
    smoothing spline. The other arguments and errors are those of `ceac`.

    Args:
        table: The draws.
        parameters: What was drawn: a row per draw, in the same order or told by the same column,
            and a column per parameter.
        wtp: What a unit of effect is worth, one or several.
        strategy: The column with the names of the strategies.
        cost: The column with what each costs.
        effect: The column with what each gains.
        missing: What is done with missing values: `raise` an error, or `drop` the draw.

    Returns:
        Columns: wtp, parameter, evppi, share (of that on everything), beyond_chance (whether the
        parameter has any bearing on the choice that chance does not explain); the highest first.
    """
    found = _drawn(table, strategy, cost, effect, missing, parameters)
    parts = [
        value.evppi_table(found.benefits(worth), found.parameters).assign(wtp=worth)
        for worth in worths(wtp)
    ]
    joined = pd.concat(parts, ignore_index=True).rename(columns={"key": "parameter"})
    return joined[["wtp", "parameter", "evppi", "share", "beyond_chance"]]


def worths(wtp: float | Sequence[float]) -> list[float]:
    """Return what a unit may be worth as a list.

    Raises:
        ValueError: If there is none, or one is negative or no number.
    """
    try:
        found = np.atleast_1d(np.asarray(wtp, np.float64))
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.ndim != 1 or not len(found) or not (found >= 0).all() or np.isinf(found).any():
        raise ValueError(t("wtp takes numbers of 0 or more: {given} is not.", given=str(wtp)))
    return [float(worth) for worth in found]


@dataclass(frozen=True)
class _Draws:
    """Costs and effects, (draws, strategies), and the parameters by name, (draws,)."""

    names: list[str]
    costs: Floats
    effects: Floats
    parameters: dict[str, Floats]

    def benefits(self, worth: float) -> Floats:
        """Return the net benefit of each strategy, (draws, strategies)."""
        return value.net_benefit(self.costs, self.effects, worth)


def _drawn(
    table: Source,
    strategy: str,
    cost: str,
    effect: str,
    missing: Missing,
    parameters: pd.DataFrame | None = None,
) -> _Draws:
    """Return the draws of a table, those with missing values left out where that is asked for."""
    costs, effects = _wide(table, strategy, cost, effect, missing)
    drawn = _parameters(parameters, costs, missing)
    known = costs.notna().all(axis=1).to_numpy() & effects.notna().all(axis=1).to_numpy()
    known &= drawn.notna().all(axis=1).to_numpy()
    if not known.any():
        raise ValueError(t("No draw has all its values."))
    return _Draws(
        [str(name) for name in costs.columns],
        costs.to_numpy(np.float64)[known],
        effects.to_numpy(np.float64)[known],
        {str(name): drawn[name].to_numpy(np.float64)[known] for name in drawn.columns},
    )


def _wide(
    table: Source, strategy: str, cost: str, effect: str, missing: Missing
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return costs and effects, a row per draw and a column per strategy."""
    if isinstance(table, tuple):
        costs, effects = table
        if list(costs.columns) != list(effects.columns) or len(costs) != len(effects):
            raise ValueError(t("Costs and effects have other strategies or draws than each other."))
        table = pd.concat(
            [
                pd.DataFrame(
                    {
                        DRAW[0]: np.arange(len(costs)),
                        strategy: str(name),
                        cost: costs[name].to_numpy(),
                        effect: effects[name].to_numpy(),
                    }
                )
                for name in costs.columns
            ],
            ignore_index=True,
        )
    require_columns(table, [strategy, cost, effect])
    numbers = finite(table, [cost, effect], strategy, missing)
    named = _numbering(table)
    draw = table.groupby(strategy).cumcount() if named is None else table[named]
    tidy = pd.DataFrame({DRAW[0]: draw, STRATEGY: table[strategy].astype(str)})
    tidy = tidy.assign(cost=numbers[cost], effect=numbers[effect])
    count = tidy.groupby(STRATEGY, sort=False)[DRAW[0]].agg(["size", "nunique"])
    every = tidy[DRAW[0]].nunique()
    if not (count == every).all(axis=None):
        who = count.index[(count != every).any(axis=1)][0]
        text = t("{who} does not have every draw once (in all: {n}).", who=who, n=every)
        raise ValueError(text)
    order = list(dict.fromkeys(tidy[STRATEGY]))
    costs, effects = (
        tidy.pivot(index=DRAW[0], columns=STRATEGY, values=of)[order] for of in (COST, EFFECT)
    )
    return costs, effects


def _numbering(table: pd.DataFrame) -> str | None:
    """Return the column that numbers the draws, if there is one."""
    return next((name for name in DRAW if name in table.columns), None)


def _parameters(
    parameters: pd.DataFrame | None, costs: pd.DataFrame, missing: Missing
) -> pd.DataFrame:
    """Return the parameters of each draw, in its order."""
    if parameters is None:
        return pd.DataFrame(index=costs.index)
    named = _numbering(parameters)
    own = parameters if named is None else parameters.set_index(named)
    if named is not None and set(own.index) == set(costs.index) and len(own) == len(costs):
        own = own.loc[costs.index]
    elif named is not None or len(own) != len(costs):
        raise ValueError(
            t(
                "The parameters have other draws than the table: {n} and {of}.",
                n=len(own),
                of=len(costs),
            )
        )
    if not len(own.columns):
        raise ValueError(t("There is no parameter."))
    names = list(own.columns)
    told = own.reset_index(drop=True).assign(_draw=[str(number) for number in costs.index])
    return finite(told, names, "_draw", missing)
