"""Matched comparison: each treated person beside those most like them.

Matching is with replacement, and all who are equally near are taken (Abadie & Imbens 2006), so that
nothing depends on the order of people. The error is theirs for a population (theorem 7): how
people who are alike differ, how differences vary between the treated, and how often the same people
serve as comparison. Within strata alone it is that of a stratified comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.evaluation.estimate import (
    ALPHA,
    Contrast,
    Estimate,
    Followed,
    NotEstimable,
    answer,
    design_matrix,
    enough,
)
from sisim.scenario.errors import Reason

SAME = 1e-9
"""Distances that differ by less are the same."""
AT_A_TIME = 500
"""So many people are held against all others at a time."""
FEW_VALUES = 2
"""A column of numbers with no more values than this is matched exactly, as categories are."""


def matched_difference(
    people: pd.DataFrame,
    *,
    match_on: Sequence[str],
    ratio: int = 1,
    caliper: float | None = None,
    alpha: float = ALPHA,
) -> Estimate:
    """Return the mean outcome of matched people less that of the treated.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`.
        match_on: Columns in which matched people are alike: exactly in categories (and numbers of
            two values), as nearly as can be in numbers, each measured in its standard deviations.
        ratio: How many are matched to each treated person; more if they are equally near.
        caliper: The largest distance, in standard deviations; None: any. A treated person with
            nobody so near is left out, and what is estimated is the effect on the others.
        alpha: How often the interval may miss.
    """

    def found(some: Followed) -> Contrast:
        y, t = some.outcome, some.treated
        enough(int(t.sum()), int((~t).sum()))
        strata, near = _columns(some.table, match_on)
        # Of each: how much their matches have of the outcome; how they vary among their likes; how
        # much they serve as comparison, and the sum of the squares of each such service.
        other, variance, serves, squares = np.full((4, len(y)), [[np.nan], [0], [0], [0]])
        for mine, theirs in _pairs(strata, np.flatnonzero(t), np.flatnonzero(~t)):
            for few in _in_parts(mine):
                weights = _nearest(near[few], near[theirs], ratio, caliper)
                matched = weights.any(axis=1)
                other[few[matched]] = weights[matched] @ y[theirs]
                serves[theirs] += weights.sum(axis=0)
                squares[theirs] += (weights**2).sum(axis=0)
            for few in _in_parts(theirs):
                variance[few] = _variance(few, theirs, near, y)
        used = t & ~np.isnan(other)
        n = int(used.sum())
        if n < 2:
            raise NotEstimable(Reason("fewer than two of the treated have anybody like them"))
        gains = other[used] - y[used]
        value = float(gains.mean())
        spread = float(((gains - value) ** 2).sum()) * n / (n - 1)
        served = float(((serves**2 - squares) * variance).sum())
        error = max(spread + served, 0.0) ** 0.5 / n
        return Contrast(value, error, used=used | (serves > 0))

    return answer(people, found, alpha=alpha, columns=match_on)


def _columns(table: pd.DataFrame, match_on: Sequence[str]) -> tuple[Ints, Floats]:
    """Return each person's stratum, and what is matched nearly, in standard deviations."""
    numbers = [
        name
        for name in match_on
        if pd.api.types.is_numeric_dtype(table[name]) and table[name].nunique() > FEW_VALUES
    ]
    exact = [name for name in match_on if name not in numbers]
    strata = table.groupby(exact, sort=False).ngroup().to_numpy() if exact else np.zeros(len(table))
    x = design_matrix(table, numbers)
    return strata.astype(np.int64), np.asarray(x / x.std(axis=0))


def _pairs(strata: Ints, treated: Ints, comparison: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield who is treated and who is not, in each stratum that has both."""
    for one in np.unique(strata[treated]):
        theirs = comparison[strata[comparison] == one]
        if len(theirs):
            yield treated[strata[treated] == one], theirs


def _in_parts(people: Ints) -> Iterator[Ints]:
    """Yield people some at a time, whose distances to all others fit in memory."""
    for first in range(0, len(people), AT_A_TIME):
        yield people[first : first + AT_A_TIME]


def _distances(a: Floats, b: Floats) -> Floats:
    """Return Euclid's distances, (of a, of b)."""
    total = np.zeros((len(a), len(b)))
    for column in range(a.shape[1]):
        total += np.subtract.outer(a[:, column], b[:, column]) ** 2
    return np.sqrt(total)


def _nearest(mine: Floats, theirs: Floats, ratio: int, caliper: float | None) -> Floats:
    """Return how much each of theirs counts for each of mine, (mine, theirs), in sum 1 or 0."""
    far = _distances(mine, theirs)
    last = min(ratio, far.shape[1]) - 1
    limit = np.partition(far, last, axis=1)[:, last] + SAME
    taken = far <= (limit if caliper is None else np.minimum(limit, caliper + SAME))[:, None]
    return np.asarray(taken / np.maximum(taken.sum(axis=1, keepdims=True), 1))


def _variance(few: Ints, theirs: Ints, near: Floats, y: Floats) -> Floats:
    """Return how much few of them differ from those nearest: how people who are alike vary."""
    if len(theirs) == 1:
        return np.zeros(1)
    far = _distances(near[few], near[theirs])
    far[few[:, None] == theirs] = np.inf
    taken = far <= far.min(axis=1, keepdims=True) + SAME
    count = taken.sum(axis=1)
    return np.asarray(count / (count + 1) * (y[few] - taken @ y[theirs] / count) ** 2)
