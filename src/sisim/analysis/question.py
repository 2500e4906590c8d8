"""Outcomes as functions of a scenario's numbers, and means of outcomes that may be undefined.

An outcome that is undefined in a replication is NaN there. What an analysis tells of a point is the
mean over those replications that have one, if at least half do; otherwise it is undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from sisim.arrays import Flags, Floats
from sisim.engine.counts import WITHOUT

Point = Mapping[str, Any]
"""Other values of some of the scenario's numbers, by dotted path; empty: the scenario itself."""
Ask = Callable[[Sequence[Point]], Floats]
"""The outcome at some points, (points, replications).

Replications are paired: number n has the same seed, so the same people and luck, at every point.
An outcome that is undefined is NaN.
"""
DEFINED_SHARE = 0.5
"""A mean is told where at least this share of the replications are defined."""
CONFIDENCE = 0.95
NEGLIGIBLE = 1e-9
"""A difference smaller than this share of the values compared is one of rounding."""


class Evaluates(Protocol):
    """What simulates a scenario with other values of some of its numbers: see `Evaluator`."""

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[pd.DataFrame]:
        """Return a table per point: a row per replication and arm, a column per measure."""


def together(ask: Ask, name: str, keys: Sequence[str]) -> Ask:
    """Return the same outcome with several numbers as one, called `name`: all have its value."""

    def asked(points: Sequence[Point]) -> Floats:
        return ask(
            [
                {
                    key: value
                    for one, value in point.items()
                    for key in (keys if one == name else [one])
                }
                for point in points
            ]
        )

    return asked


def evaluated(evaluator: Evaluates, points: Sequence[Point]) -> pd.DataFrame:
    """Return what comes of some points in one table, with a column `point` (from 0)."""
    found = evaluator.evaluate_many(points)
    return pd.concat([one.assign(point=n) for n, one in enumerate(found)], ignore_index=True)


def compared(table: pd.DataFrame, arm: str, measure: str) -> Floats:
    """Return a measure of an arm less that of `without`, (points, replications).

    Args:
        table: Columns: point, replication, arm, and the measure.
        arm: Which arm.
        measure: Which column. What only an arm with an investment has, such as a net present
            value, is a difference already and 0 in `without`.
    """
    wide = table.pivot(index=["point", "replication"], columns="arm", values=measure)
    own = wide[arm].to_numpy(np.float64)
    if WITHOUT in wide and arm != WITHOUT:
        # A ratio is not defined in `without`, and is not compared.
        own = own - np.nan_to_num(wide[WITHOUT].to_numpy(np.float64))
    return np.asarray(own.reshape(table["point"].nunique(), -1))


def mean_defined(values: Floats) -> Floats:
    """Return means over replications, the last axis; NaN where too few are defined.

    Examples:
        >>> mean_defined(np.array([[1.0, 3.0, np.nan], [np.nan, np.nan, 2.0]])).tolist()
        [2.0, nan]
    """
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    sums = np.where(known, values, 0.0).sum(axis=-1)
    told = (count > 0) & (count >= DEFINED_SHARE * values.shape[-1])
    return np.asarray(np.divide(sums, count, out=np.full(count.shape, np.nan), where=told))


def count_undefined(values: Floats) -> int:
    """Return in how many places an outcome is undefined."""
    return int((~np.isfinite(values)).sum())


def standard_error(values: Floats) -> float:
    """Return the standard error of a mean over replications, (replications,); NaN for a single one.

    Those in which the outcome is undefined are left out.
    """
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")


def half_width(deviation: float, n: int, confidence: float = CONFIDENCE) -> float:
    """Return half the width of a confidence interval of a mean (Student's t).

    Args:
        deviation: The standard deviation of a replication.
        n: How many replications, at least two.
        confidence: How sure the interval is.
    """
    return float(stdtrit(n - 1, (1 + confidence) / 2)) * deviation / float(np.sqrt(n))


def share_interval(hits: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return a confidence interval of a share (Wilson's score), which no share makes empty.

    Args:
        hits: In how many it is so.
        n: Of how many, at least one.
        confidence: How sure the interval is.

    Examples:
        >>> [round(end, 2) for end in share_interval(0, 20)]
        [0.0, 0.16]
    """
    from scipy.stats import binomtest

    ends = binomtest(hits, n).proportion_ci(confidence, method="wilson")
    return float(ends.low), float(ends.high)


def chance_of(one: Floats, other: Floats) -> float:
    """Return how often chance alone makes an outcome differ as much between two points.

    The two-sided p-value of the paired Student's t. A single replication cannot tell: of it every
    difference that is none of rounding counts as 0. So does an outcome that is defined in more
    replications at one of the points.

    Args:
        one: The outcome at a point, (replications,).
        other: That at another, in the same replications.
    """
    if count_undefined(one) != count_undefined(other):
        return 0.0
    change = other - one
    known = change[np.isfinite(change)]
    size = np.nanmax(np.abs([one, other]), initial=0.0)
    if not len(known) or np.abs(known).max() <= NEGLIGIBLE * size:
        return 1.0
    error = standard_error(known) if len(known) > 1 else 0.0
    if error <= NEGLIGIBLE * size:
        return 0.0 if known.mean() else 1.0
    return float(2 * stdtr(len(known) - 1, -abs(known.mean()) / error))


def beyond_chance(chances: Floats) -> Flags:
    """Return which of many comparisons are beyond chance, at 5 % for all of them together.

    Of forty idle numbers two would be named at 5 % each. Holm, "A simple sequentially rejective
    multiple test procedure", Scandinavian Journal of Statistics 6 (1979).

    Args:
        chances: The p-value of each comparison, any shape.

    Examples:
        >>> beyond_chance(np.array([0.04, 0.001])).tolist(), beyond_chance(np.full(3, 0.04)).any()
        ([True, True], np.False_)
    """
    # statsmodels' `multipletests` collects garbage in every call, which takes tenths of a second.
    flat = chances.ravel()
    order = np.argsort(flat, kind="stable")
    limits = (1 - CONFIDENCE) / np.arange(len(flat), 0, -1)
    told = np.zeros(len(flat), np.bool_)
    told[order] = np.logical_and.accumulate(flat[order] <= limits)
    return told.reshape(chances.shape)
