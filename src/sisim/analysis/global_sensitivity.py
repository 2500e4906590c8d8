"""Which numbers decide, when all of them vary at once: Sobol indices and Morris screening.

Sobol: the share of the outcome's variance that is due to a number alone (first order) and to it
together with others (total); Saltelli et al., "Global Sensitivity Analysis: The Primer", ch. 4.
Morris: the mean absolute effect of a step in a number (mu_star) and how much it depends on where
the step is taken (sigma); Campolongo, Cariboni & Saltelli 2007. Designs and estimators are those of
SALib. Designs are in probabilities, so that every number has the distribution that the file gives.
A base point or trajectory with a point at which the outcome is undefined is left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sisim.analysis.question import (
    CONFIDENCE,
    NEGLIGIBLE,
    Ask,
    mean_defined,
    standard_error,
)
from sisim.analysis.varied import VariedNumber
from sisim.arrays import Floats

LEVELS = 4
"""Levels of a Morris design: 0, 1/3, 2/3 and 1."""
INNER = 0.02
"""A Morris design keeps off the ends of a distribution, which may be infinitely far away."""


def sobol(ask: Ask, varied: Sequence[VariedNumber], size: int, seed: int = 1) -> pd.DataFrame:
    """Return the Sobol indices of the mean outcome.

    Args:
        ask: The outcome.
        varied: The numbers, at least two.
        size: How many base points, a power of 2: the scenario is simulated at
            size × (numbers + 2) points.
        seed: Of the scrambling of the design.

    Returns:
        A row per number, the one that matters most first. Columns: key, first, first_error, total,
        total_error (half widths of 95 % bootstrap intervals), tells (whether the total is above
        zero beyond chance, of all the numbers together), and, the same for all, points (of the
        design) and undefined (how many were left out). Without any variance every index is 0; with
        fewer than two base points left, NaN.

    Raises:
        ValueError: If there are fewer than two numbers, or size is not a power of 2.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    if size < 2 or size & (size - 1):
        raise ValueError(f"the number of base points ({size}) must be a power of 2")
    problem = _problem(varied)
    shares = design.sample(problem, size, calc_second_order=False, seed=seed)
    means = mean_defined(_outcomes(ask, varied, shares))
    kept = _whole(means, len(varied) + 2)
    columns = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
    indices = _estimated(
        lambda: analysis.analyze(problem, means[kept], calc_second_order=False, seed=seed),
        columns,
        means[kept],
        len(varied),
        len(varied) + 2,
    )
    wider = stats.norm.isf(_tail(len(varied))) / stats.norm.isf(_tail(1))
    indices["tells"] = indices["total"] - indices["total_error"] * wider > NEGLIGIBLE
    return _ranked(varied, indices, "total", kept)


def morris(
    ask: Ask, varied: Sequence[VariedNumber], trajectories: int, seed: int = 1
) -> pd.DataFrame:
    """Return Morris' elementary effects, for screening of many numbers.

    Args:
        ask: The outcome.
        varied: The numbers, at least two.
        trajectories: How many: the scenario is simulated at trajectories × (numbers + 1) points.
        seed: Of the design.

    Returns:
        A row per number, the one that matters most first. Columns: key, mu (the mean effect of
        going from the lowest to the highest of its distribution), mu_star (of its absolute value),
        mu_star_error (half width of a 95 % bootstrap interval), sigma, tells (whether mu_star is
        more than chance between replications makes of a number without effect), and, the same for
        all, points (of the design) and undefined (how many were left out). With fewer than two
        trajectories left, NaN.

    Raises:
        ValueError: If there are fewer than two numbers, or fewer than two trajectories.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    if trajectories < 2:
        raise ValueError(f"the number of trajectories ({trajectories}) must be at least 2")
    problem = _problem(varied)
    shares = design.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    outcomes = _outcomes(ask, varied, INNER + (1 - 2 * INNER) * shares)
    means = mean_defined(outcomes)
    kept = _whole(means, len(varied) + 1)
    columns = {name: name for name in ("mu", "mu_star", "sigma")} | {
        "mu_star_error": "mu_star_conf"
    }
    effects = _estimated(
        lambda: analysis.analyze(problem, shares[kept], means[kept], num_levels=LEVELS, seed=seed),
        columns,
        means[kept],
        len(varied),
        len(varied) + 1,
    )
    chance = _chance(shares[kept], outcomes[kept], len(varied))
    rounding = NEGLIGIBLE * np.abs(means[kept]).max(initial=0.0)
    effects["tells"] = effects["mu_star"] > np.maximum(chance, rounding)
    table = _ranked(varied, effects, "mu_star", kept)
    names = ["mu", "mu_star", "mu_star_error", "sigma", "tells", "points", "undefined"]
    return table[["key", *names]]


def _problem(varied: Sequence[VariedNumber]) -> dict[str, Any]:
    if len(varied) < 2:
        raise ValueError("a global analysis needs at least two uncertain numbers")
    names = [factor.key for factor in varied]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _outcomes(ask: Ask, varied: Sequence[VariedNumber], shares: Floats) -> Floats:
    """Return the outcome at each row of a design in probabilities, (rows, replications)."""
    values = np.column_stack([factor.quantile(shares[:, n]) for n, factor in enumerate(varied)])
    points = [
        {factor.key: float(x) for factor, x in zip(varied, row, strict=True)} for row in values
    ]
    return ask(points)


def _whole(means: Floats, size: int) -> np.ndarray:
    """Return which rows of a design belong to a base point, or trajectory, defined throughout."""
    defined = np.isfinite(means).reshape(-1, size).all(axis=1)
    return np.repeat(defined, size)


def _estimated(
    analyse: Callable[[], Any], columns: dict[str, str], means: Floats, numbers: int, size: int
) -> dict[str, Any]:
    """Return SALib's estimates by the names of our columns, each (numbers,).

    Args:
        analyse: Asks SALib.
        columns: Its names of them by ours.
        means: The outcomes, (rows,).
        numbers: How many numbers were varied.
        size: Rows of a base point or trajectory.
    """
    if len(means) < 2 * size:
        return {name: np.full(numbers, np.nan) for name in columns}
    if np.ptp(means) <= NEGLIGIBLE * np.abs(means).max():
        # A share of no variance is 0 / 0 to SALib.
        return {name: np.zeros(numbers) for name in columns}
    with warnings.catch_warnings():
        # Few base points give resamples without variance: their interval is NaN, and told as such.
        warnings.simplefilter("ignore", RuntimeWarning)
        found = analyse()
    return {name: np.asarray(found[theirs], np.float64) for name, theirs in columns.items()}


def _tail(numbers: int) -> float:
    """Return the probability of either tail of each of so many intervals (Bonferroni)."""
    return (1 - CONFIDENCE) / 2 / numbers


def _chance(shares: Floats, outcomes: Floats, numbers: int) -> Floats:
    """Return how large a mean absolute effect chance between replications makes, (numbers,).

    The standard errors of a number's steps, pooled over the trajectories, times the quantile of
    Student's t, for all the numbers together; 0 for a single replication, which cannot tell.
    """
    replications = outcomes.shape[1]
    size = numbers + 1
    found = np.zeros(numbers)
    if replications < 2 or not len(outcomes):
        return found
    errors: list[list[float]] = [[] for _ in range(numbers)]
    for start in range(0, len(outcomes), size):
        rows = slice(start, start + size)
        steps = np.diff(shares[rows], axis=0)
        for step, change in zip(steps, np.diff(outcomes[rows], axis=0), strict=True):
            moved = int(np.argmax(np.abs(step)))
            errors[moved].append(standard_error(change) / abs(step[moved]))
    for number, own in enumerate(errors):
        freedom = len(own) * (replications - 1)
        pooled = np.sqrt(np.mean(np.square(np.nan_to_num(own))))
        found[number] = stats.t.isf(_tail(numbers), freedom) * pooled
    return found


def _ranked(
    varied: Sequence[VariedNumber], columns: dict[str, Any], by: str, kept: np.ndarray
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "key": [factor.key for factor in varied],
            **columns,
            "points": len(kept),
            "undefined": int((~kept).sum()),
        }
    )
    return table.sort_values(by, ascending=False, kind="stable").reset_index(drop=True)
