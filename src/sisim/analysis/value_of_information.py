"""Decisions under uncertainty: acceptability, frontier, and what it is worth to know more.

Every function takes draws of the uncertain numbers, each the same for all strategies, and works on
the net benefit of each strategy in each draw: what it gains × what a unit is worth - what it costs.

Acceptability and frontier: Fenwick, Claxton & Sculpher 2001. Expected value of perfect information:
Briggs, Claxton & Sculpher, "Decision Modelling for Health Economic Evaluation", ch. 6. That of a
single number: regression of the net benefits on it, as Strong, Oakley & Brennan 2014, with a cubic
smoothing spline whose smoothness is chosen by generalised cross-validation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from sisim.arrays import Floats

FEWEST = 20
"""Fewer draws say nothing of a single number."""
CLEARLY = 0.05
"""How likely chance may be to make any of several idle numbers seem to have a bearing."""
MOST_KNOTS = 400
"""Draws are gathered in so many groups of neighbours before the spline, which it changes little."""


def net_benefit(costs: Floats, effects: Floats, worth: float) -> Floats:
    """Return the net benefit of each strategy in each draw, (draws, strategies).

    Args:
        costs: What each strategy costs, (draws, strategies).
        effects: What each gains, (draws, strategies).
        worth: What a unit of effect is worth.
    """
    return np.asarray(effects * worth - costs)


def best(benefits: Floats) -> int:
    """Return the strategy with the highest expected net benefit, of equals the first."""
    return int(np.argmax(benefits.mean(axis=0)))


def acceptability(
    costs: Floats, effects: Floats, worths: Sequence[float], names: Sequence[str]
) -> pd.DataFrame:
    """Return how likely each strategy is to be the best, by what a unit of effect is worth.

    Returns:
        Columns: worth, arm, probability (the acceptability curve; ties are shared), optimal
        (whether it has the highest expected net benefit: the frontier is the probability where
        this is true), net_benefit (expected), evpi (per decision, the same for every arm).
    """
    rows = []
    for worth in worths:
        benefits = net_benefit(costs, effects, worth)
        tops = benefits >= benefits.max(axis=1, keepdims=True)
        chance = (tops / tops.sum(axis=1, keepdims=True)).mean(axis=0)
        chosen, worth_of_knowing = best(benefits), evpi(benefits)
        rows += [
            {
                "worth": worth,
                "arm": name,
                "probability": chance[n],
                "optimal": n == chosen,
                "net_benefit": benefits[:, n].mean(),
                "evpi": worth_of_knowing,
            }
            for n, name in enumerate(names)
        ]
    return pd.DataFrame(rows)


def evpi(benefits: Floats) -> float:
    """Return the expected value of perfect information, from (draws, strategies).

    What is gained by choosing the best strategy in every draw, and not the one that is best on
    average.

    Examples:
        >>> evpi(np.array([[0.0, 10.0], [0.0, -10.0]]))
        5.0
    """
    return float(benefits.max(axis=1).mean() - benefits.mean(axis=0).max())


def evppi(benefits: Floats, drawn: Floats) -> float:
    """Return the expected value of perfect information on one number.

    Args:
        benefits: Net benefits, (draws, strategies).
        drawn: What the number is in each draw, (draws,).

    Raises:
        ValueError: If there are too few draws.
    """
    if len(drawn) < FEWEST:
        raise ValueError(f"{len(drawn)} draws are too few: at least {FEWEST} are needed")
    if np.ptp(drawn) == 0:
        return 0.0
    # Compared with one of them, a strategy has less noise; the choice between them is the same.
    against = benefits - benefits[:, :1]
    known = np.column_stack([_smooth(drawn, against[:, n]) for n in range(against.shape[1])])
    return max(0.0, float(known.max(axis=1).mean() - known.mean(axis=0).max()))


def evppi_table(benefits: Floats, drawn: Mapping[str, Floats]) -> pd.DataFrame:
    """Return the expected value of perfect information on each number, the highest first.

    Of many numbers and few draws some always seem to be worth something by chance. Whether one has
    a bearing on the choice at all is told by an F-test of a parabola, with a significance of 5 %
    for all numbers together (Bonferroni).

    Columns: key, evppi, share (of that on everything; NaN if that is nothing), beyond_chance.
    """
    whole = evpi(benefits)
    rows = [
        {
            "key": key,
            "evppi": evppi(benefits, values),
            "beyond_chance": _chance(benefits, values) * len(drawn) < CLEARLY,
        }
        for key, values in drawn.items()
    ]
    table = pd.DataFrame(rows, columns=["key", "evppi", "beyond_chance"]).astype({"evppi": float})
    table.insert(2, "share", table["evppi"] / whole if whole > 0 else np.nan)
    return table.sort_values("evppi", ascending=False, kind="stable").reset_index(drop=True)


def _chance(benefits: Floats, drawn: Floats) -> float:
    """Return how often chance would tie the net benefits as much to a number that is idle."""
    spread = float(np.ptp(drawn))
    if spread == 0:
        return 1.0
    x = (drawn - drawn.mean()) / spread
    curve = np.column_stack([np.ones_like(x), x, x**2])
    against = (benefits - benefits[:, :1])[:, 1:]
    against = against - against.mean(axis=0)
    left = against - curve @ np.linalg.lstsq(curve, against, rcond=None)[0]
    before, after = (against**2).sum(axis=0), (left**2).sum(axis=0)
    told = before > 0
    ratio = (before - after)[told] / 2 / np.maximum(after[told] / (len(x) - 3), 1e-300)
    found = special.fdtrc(2, len(x) - 3, ratio)
    return min(1.0, float(found.min() * len(found))) if len(found) else 1.0


def _smooth(x: Floats, y: Floats) -> Floats:
    """Return the smooth part of y as a function of x, at each x."""
    if np.ptp(y) == 0:
        return np.asarray(y)
    order = np.argsort(x, kind="stable")
    groups = np.array_split(order, min(len(x), MOST_KNOTS))
    middles = np.array([x[group].mean() for group in groups])
    heights = np.array([y[group].mean() for group in groups])
    weights = np.array([float(len(group)) for group in groups])
    # Equal values are one knot.
    knots, where = np.unique(middles, return_inverse=True)
    total = np.bincount(where, weights)
    level = np.bincount(where, weights * heights) / total
    if len(knots) < 5:
        return np.asarray(level[np.clip(np.searchsorted(knots, x), 0, len(knots) - 1)])
    # On a scale of its own, for the penalty is not without unit.
    low, wide = knots[0], knots[-1] - knots[0]
    size = float(np.std(level)) or 1.0
    from scipy.interpolate import make_smoothing_spline

    spline = make_smoothing_spline((knots - low) / wide, level / size, w=total / total.mean())
    return np.asarray(spline(np.clip((x - low) / wide, 0, 1)) * size)
