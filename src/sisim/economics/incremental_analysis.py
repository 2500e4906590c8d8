"""Incremental cost-effectiveness analysis of a plain table: dominance, and the ratio of each step.

Takes strategies with what they cost and gain, from a simulation or from anywhere else. Names of
columns and statuses are those that users of dampack (`calculate_icers`) and heormodel
(`icer_table`) know. Method: Drummond et al., "Methods for the Economic Evaluation of Health Care
Programmes", ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from sisim.economics.cost_effectiveness import frontier
from sisim.i18n import t
from sisim.scenario.errors import nearest

Missing = Literal["raise", "drop"]
STRATEGY, COST, EFFECT = "strategy", "cost", "effect"
STATUS = {"frontier": "ND", "extendedly_dominated": "ED", "dominated": "D"}
"""Not dominated, dominated by a mixture of two others (extendedly), dominated by another."""


def icer_table(
    table: pd.DataFrame,
    *,
    strategy: str = STRATEGY,
    cost: str = COST,
    effect: str = EFFECT,
    missing: Missing = "raise",
) -> pd.DataFrame:
    """Return incremental cost-effectiveness ratios: who is dominated, and what each step costs.

    Args:
        table: A row per strategy, or several (the draws of a probabilistic analysis), of which the
            means are compared. Strategies are named in a column, or else by the index.
        strategy: The column with their names.
        cost: The column with what each costs.
        effect: The column with what each gains, more being better.
        missing: What is done with a cost or an effect that is missing (NaN): `raise` an error, or
            `drop` the strategy, which then stands last without a status.

    Returns:
        A row per strategy. Columns: strategy, cost, effect, inc_cost and inc_effect (more than the
        strategy before it on the frontier), icer (their ratio; NaN for the cheapest and for who is
        dominated), status ("ND" not dominated, "ED" extendedly dominated, "D" dominated). Those on
        the frontier stand first, the cheapest at the top. Of equal ones the first stays.

    Raises:
        ValueError: If a column is missing, a value is no number or infinite, or is missing.

    Examples:
        >>> table = pd.DataFrame(
        ...     {"cost": [0, 25, 30, 40], "effect": [0, 1, 2, 1]}, index=["no", "a", "b", "c"]
        ... )
        >>> icer_table(table)[["strategy", "icer", "status"]].values.tolist()
        [['no', nan, 'ND'], ['b', 15.0, 'ND'], ['a', nan, 'ED'], ['c', nan, 'D']]
    """
    named = table if strategy in table.columns else table.rename_axis(strategy).reset_index()
    require_columns(named, [strategy, cost, effect])
    values = finite(named, [cost, effect], strategy, missing)
    sums = pd.DataFrame({COST: values[cost], EFFECT: values[effect], STRATEGY: named[strategy]})
    # Where one row of a strategy lacks a value, so does its mean: rows are paired.
    by_name = sums.groupby(STRATEGY, sort=False)[[COST, EFFECT]]
    whole = by_name.count().eq(by_name.size(), axis=0)
    means = by_name.mean().where(whole).reset_index()
    known = means[[COST, EFFECT]].notna().all(axis=1)
    told = means[known].reset_index(drop=True)
    places = frontier(told[COST].tolist(), told[EFFECT].tolist(), hair=0.0)
    told["status"] = pd.Series([STATUS[place.standing] for place in places], dtype=object)
    told["icer"] = pd.Series([place.icer for place in places], dtype=float)
    order = {"ND": 0, "ED": 1, "D": 2}
    told = told.sort_values(
        ["status", COST, EFFECT],
        key=lambda column: column.map(order) if column.name == "status" else column,
        kind="stable",
    )
    on = told["status"] == "ND"
    for name, of in (("inc_cost", COST), ("inc_effect", EFFECT)):
        told[name] = told[of].where(on).diff().where(on)
    left = means[~known].assign(status=None, icer=np.nan, inc_cost=np.nan, inc_effect=np.nan)
    found = pd.concat([told, left], ignore_index=True) if len(left) else told
    columns = [STRATEGY, COST, EFFECT, "inc_cost", "inc_effect", "icer", "status"]
    return found[columns].reset_index(drop=True)


def require_columns(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Check that a table has rows, and columns of these names.

    Raises:
        ValueError: With the name that is missing, and the nearest that there is.
    """
    have = [str(name) for name in table.columns]
    for name in names:
        if name not in have:
            close = nearest(name, have)
            text = t(
                'The table has no column "{name}"; it has {names}.',
                name=name,
                names=", ".join(have) or "–",
            )
            more = "" if close is None else " " + t('Did you mean "{name}"?', name=close)
            raise ValueError(text + more)
    if table.empty:
        raise ValueError(t("The table has no rows."))


def finite(table: pd.DataFrame, columns: Sequence[str], who: str, missing: Missing) -> pd.DataFrame:
    """Return columns as numbers; what is missing is NaN where that is allowed.

    Args:
        table: The table.
        columns: Which columns.
        who: The column that tells whose a row is.
        missing: Whether a missing value is an error.

    Raises:
        ValueError: If a value is no number, is infinite, or is missing and may not be.
    """
    if missing not in ("raise", "drop"):
        raise ValueError(t('missing is "raise" or "drop", not "{given}".', given=missing))
    found = {}
    for name in columns:
        numbers = pd.to_numeric(table[name], errors="coerce").astype(np.float64)
        wrong = (numbers.isna() & table[name].notna()) | np.isinf(numbers)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            text = t(
                'Column "{name}" of {who} has "{value}", which is no finite number.',
                name=name,
                who=table[who].iloc[row],
                value=table[name].iloc[row],
            )
            raise ValueError(text)
        if missing == "raise" and numbers.isna().any():
            row = int(np.flatnonzero(numbers.isna())[0])
            text = t(
                'Column "{name}" of {who} has no value. Fill it in, or ask for missing="drop".',
                name=name,
                who=table[who].iloc[row],
            )
            raise ValueError(text)
        found[name] = numbers
    return pd.DataFrame(found)
