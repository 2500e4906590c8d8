"""Which numbers decide, when all of them vary at once: Sobol indices and Morris screening.

Sobol: the share of the outcome's variance that is due to a number alone (first order) and to it
together with others (total); Saltelli et al., "Global Sensitivity Analysis: The Primer", ch. 4.
Morris: the mean absolute effect of a step in a number (mu_star) and how much it depends on where
the step is taken (sigma); Campolongo, Cariboni & Saltelli 2007. Designs and estimators are those of
SALib. Designs are in probabilities, so that every number has the distribution that the file gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.question import Ask, Floats
from sisim.analysis.varied import Factor

LEVELS = 4
"""Levels of a Morris design: 0, 1/3, 2/3 and 1."""
INNER = 0.02
"""A Morris design keeps off the ends of a distribution, which may be infinitely far away."""


def sobol(ask: Ask, varied: Sequence[Factor], size: int, seed: int = 1) -> pd.DataFrame:
    """Return the Sobol indices of the mean outcome.

    Args:
        ask: The outcome.
        varied: The numbers, at least two.
        size: How many base points, a power of 2: the scenario is simulated at
            size × (numbers + 2) points.
        seed: Of the scrambling of the design.

    Returns:
        A row per number, the one that matters most first. Columns: key, first, first_error, total,
        total_error (half widths of 95 % bootstrap intervals).

    Raises:
        ValueError: If there are fewer than two numbers, or size is not a power of 2.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    if size < 2 or size & (size - 1):
        raise ValueError(f"the number of base points ({size}) must be a power of 2")
    problem = _problem(varied)
    shares = design.sample(problem, size, calc_second_order=False, seed=seed)
    found = analysis.analyze(
        problem, _means(ask, varied, shares), calc_second_order=False, seed=seed
    )
    columns = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
    return _ranked(varied, {name: found[theirs] for name, theirs in columns.items()}, "total")


def morris(ask: Ask, varied: Sequence[Factor], trajectories: int, seed: int = 1) -> pd.DataFrame:
    """Return Morris' elementary effects, for screening of many numbers.

    Args:
        ask: The outcome.
        varied: The numbers, at least two.
        trajectories: How many: the scenario is simulated at trajectories × (numbers + 1) points.
        seed: Of the design.

    Returns:
        A row per number, the one that matters most first. Columns: key, mu (the mean effect of
        going from the lowest to the highest of its distribution), mu_star (of its absolute value),
        mu_star_error (half width of a 95 % bootstrap interval), sigma.

    Raises:
        ValueError: If there are fewer than two numbers, or fewer than two trajectories.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    if trajectories < 2:
        raise ValueError(f"the number of trajectories ({trajectories}) must be at least 2")
    problem = _problem(varied)
    shares = design.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    inside = INNER + (1 - 2 * INNER) * shares
    found = analysis.analyze(
        problem, shares, _means(ask, varied, inside), num_levels=LEVELS, seed=seed
    )
    columns = {name: name for name in ("mu", "mu_star", "sigma")} | {
        "mu_star_error": "mu_star_conf"
    }
    table = _ranked(
        varied, {name: np.asarray(found[theirs]) for name, theirs in columns.items()}, "mu_star"
    )
    return table[["key", "mu", "mu_star", "mu_star_error", "sigma"]]


def _problem(varied: Sequence[Factor]) -> dict[str, Any]:
    if len(varied) < 2:
        raise ValueError("a global analysis needs at least two uncertain numbers")
    names = [factor.key for factor in varied]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _means(ask: Ask, varied: Sequence[Factor], shares: Floats) -> Floats:
    """Return the mean outcome at each row of a design in probabilities."""
    values = np.column_stack([factor.quantile(shares[:, n]) for n, factor in enumerate(varied)])
    points = [
        {factor.key: float(x) for factor, x in zip(varied, row, strict=True)} for row in values
    ]
    return np.asarray(ask(points).mean(axis=1))


def _ranked(varied: Sequence[Factor], columns: dict[str, Any], by: str) -> pd.DataFrame:
    keys = [factor.key for factor in varied]
    table = pd.DataFrame({"key": keys, **{n: np.asarray(v, float) for n, v in columns.items()}})
    return table.sort_values(by, ascending=False, kind="stable").reset_index(drop=True)
