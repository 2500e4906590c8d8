"""Least squares with errors that hold where people differ unequally, or come in clusters.

Robust: HC1 (MacKinnon & White 1985), White's sandwich × n / (n - k). Clustered: CR1 (Liang & Zeger
1986), × g / (g - 1) · (n - 1) / (n - k), with g - 1 degrees of freedom (Cameron & Miller 2015).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.evaluation.estimate import NotEstimable
from sisim.scenario.errors import Reason

SMALLEST = 1e-10
"""A column of which the others leave a smaller share of its length untold is told by them."""


class Fit(NamedTuple):
    """A line, plane and so on through the outcomes.

    Attributes:
        coefficients: One for each column, (columns,).
        covariance: Of the coefficients, (columns, columns).
        freedom: Degrees of freedom of their errors.
    """

    coefficients: Floats
    covariance: Floats
    freedom: float


def least_squares(
    x: Floats,
    y: Floats,
    *,
    of: int,
    weights: Floats | None = None,
    clusters: Ints | None = None,
    people: Floats | None = None,
) -> Fit:
    """Return the least squares fit of outcomes, with robust or clustered errors.

    Args:
        x: (rows, columns). Columns that tell each other are let be, but for the one asked for.
        y: Outcomes, (rows,).
        of: The column that is asked for.
        weights: What each row weighs, (rows,), by a kernel; None: the same.
        clusters: Which cluster each row is of, (rows,), counted from 0; None: robust errors.
        people: How many people a row is the mean of, (rows,), with `clusters`: the numbers are
            then those of a fit of the people, if x is the same for all in a row.

    Raises:
        NotEstimable: If there are too few rows or clusters, or if the other columns tell the one
            that is asked for.
    """
    if people is not None:
        weights = people
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    a, b = x * root[:, None], y * root
    left, values, right = np.linalg.svd(a, full_matrices=False)
    kept = values > values.max(initial=0) * 1e-11
    rank, n = int(kept.sum()), float(len(y) if people is None else people.sum())
    if n <= rank:
        raise NotEstimable(Reason("there are fewer people than numbers to find"))
    others = np.delete(a, of, axis=1)
    column = a[:, of]
    apart = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
    if np.sum(apart**2) <= SMALLEST * np.sum(column**2):
        raise NotEstimable(Reason("who is treated follows from all the rest"))
    inverse = right[kept].T / values[kept]
    coefficients = inverse @ (left[:, kept].T @ b)
    scores = a * (b - a @ coefficients)[:, None]
    if clusters is None:
        inner, freedom = scores.T @ scores * n / (n - rank), n - rank
    else:
        g = int(clusters.max()) + 1
        if g < 2:
            raise NotEstimable(Reason("there is a single cluster"))
        sums = np.zeros((g, x.shape[1]))
        np.add.at(sums, clusters, scores)
        inner, freedom = sums.T @ sums * g / (g - 1) * (n - 1) / (n - rank), g - 1
    bread = inverse @ inverse.T
    return Fit(coefficients, bread @ inner @ bread, float(freedom))
