"""Which investments, in which form, for a budget: the best mix.

A multiple-choice knapsack (Kellerer, Pferschy & Pisinger, "Knapsack Problems", ch. 11): of every
case at most one form, all together within the budget, the worth as high as possible. Solved exactly
as an integer program by HiGHS (`scipy.optimize.milp`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass(frozen=True)
class Option:
    """One form in which a case can be invested in.

    Attributes:
        case: Which case: at most one of its options can be chosen.
        name: Which form, as an arm of its scenario.
        cost: What it takes of the budget.
        worth: What it is worth, net of what it costs: the mean over the runs.
        positive: In which share of the runs it is worth more than it costs; NaN: not known.
    """

    case: str
    name: str
    cost: float
    worth: float
    positive: float = float("nan")


def mix(options: Sequence[Option], budget: float) -> list[Option]:
    """Return the options that are worth the most together within a budget.

    Raises:
        ValueError: If the budget or a cost is negative.
    """
    if budget < 0 or any(option.cost < 0 for option in options):
        raise ValueError("a budget and what is paid from it cannot be negative")
    if not options:
        return []
    worth = np.array([option.worth for option in options])
    cost = np.array([option.cost for option in options])
    cases = list(dict.fromkeys(option.case for option in options))
    once = np.array([[option.case == case for option in options] for case in cases], float)
    # In shares of the budget and of the highest worth, for the solver's tolerances.
    scale = max(budget, float(cost.max(initial=0.0))) or 1.0
    found = milp(
        -worth / (np.abs(worth).max() or 1.0),
        constraints=[
            LinearConstraint(cost[None, :] / scale, ub=budget / scale),
            LinearConstraint(once, ub=1),
        ],
        integrality=np.ones(len(options)),
        bounds=Bounds(0, 1),
    )
    if found.x is None:  # nothing chosen is always within the budget
        raise RuntimeError(f"no mix was found: {found.message}")
    return [
        option
        for option, taken in zip(options, found.x, strict=True)
        if taken > 0.5 and option.worth > 0
    ]


def mixes(options: Sequence[Option], budgets: Sequence[float]) -> pd.DataFrame:
    """Return the best mix for each of several budgets.

    Returns:
        A row per budget and option. Columns: budget, case, option, cost, worth, positive, chosen.
    """
    rows = []
    for budget in budgets:
        chosen = mix(options, budget)
        rows += [
            {
                "budget": budget,
                "case": option.case,
                "option": option.name,
                "cost": option.cost,
                "worth": option.worth,
                "positive": option.positive,
                "chosen": option in chosen,
            }
            for option in options
        ]
    return pd.DataFrame(rows)
