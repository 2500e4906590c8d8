"""Two groups side by side: plain, adjusted, weighted, or as a ratio of rates.

For a lottery, earlier cohorts and other areas: the designs differ in who is compared, not in how.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sisim.arrays import Flags, Floats, Ints
from sisim.evaluation.estimate import (
    ALPHA,
    Contrast,
    Estimate,
    Followed,
    NotEstimable,
    answer,
    centred,
    design_matrix,
    enough,
    events,
)
from sisim.evaluation.least_squares import least_squares
from sisim.scenario.errors import Reason

RARE = 5
"""With fewer expected in a group than this, counts are too few for a normal distribution."""


def difference_in_means(
    people: pd.DataFrame, *, alpha: float = ALPHA, clustered: bool = False
) -> Estimate:
    """Return the mean outcome of the comparison less that of the treated (Welch 1947).

    Where fewer than five events, or non-events, are expected in a group, the p-value is exact
    (Fisher's test; of counts that are more than events, the conditional test of two Poisson
    rates), and the interval of events is Newcombe's (1998, method 10).

    Args:
        people: The table of people: see `sisim.evaluation.estimate`.
        alpha: How often the interval may miss.
        clustered: Errors by cluster (the column `cluster`, else `area`), and not by person.
    """

    def found(some: Followed) -> Contrast:
        y, t = some.outcome, some.treated
        enough(int(t.sum()), int((~t).sum()))
        if clustered:
            x = np.column_stack([np.ones(len(y)), t])
            fit = least_squares(x, y, of=1, clusters=cluster_codes(some.table))
            return Contrast(-fit.coefficients[1], float(np.sqrt(fit.covariance[1, 1])), fit.freedom)
        one = contrast([(1.0, y[~t]), (-1.0, y[t])])
        return _rare(one, y[~t], y[t], alpha)

    return answer(people, found, alpha=alpha, also=cluster_columns(people, clustered))


def contrast(groups: Sequence[tuple[float, Floats]]) -> Contrast:
    """Return a weighted sum of the means of groups of different people.

    The error allows each group its own variance, with Welch & Satterthwaite's degrees of freedom;
    a single person is taken to vary as people do within the other groups.

    Args:
        groups: The weight and the outcomes of each.

    Raises:
        NotEstimable: If no group has two people.
    """
    enough(max(len(y) for _, y in groups))
    value = sum(weight * float(y.mean()) for weight, y in groups)
    sizes = np.array([len(y) for _, y in groups])
    squares = np.array([float(((y - y.mean()) ** 2).sum()) for _, y in groups])
    spare = np.where(sizes > 1, sizes - 1, (sizes - 1).sum())
    variances = np.where(sizes > 1, squares, squares.sum()) / spare
    parts = np.array([weight**2 for weight, _ in groups]) * variances / sizes
    total = float(parts.sum())
    if total == 0:
        return Contrast(value, 0.0)
    return Contrast(value, total**0.5, total**2 / float((parts**2 / spare).sum()))


def _rare(found: Contrast, comparison: Floats, treated: Floats, alpha: float) -> Contrast:
    """Return what was found with an exact test, where events are few."""
    from scipy import stats

    both = np.concatenate([comparison, treated])
    if np.any(both < 0) or np.any(both % 1):
        return found
    smallest, share = min(len(comparison), len(treated)), float(both.mean())
    c, t = int(comparison.sum()), int(treated.sum())
    if events(both):
        if min(share, 1 - share) * smallest >= RARE and found.error > 0:
            return found
        table = [[c, len(comparison) - c], [t, len(treated) - t]]
        low, high = newcombe(c, len(comparison), t, len(treated), alpha)
        error = found.error or (high - low) / (2 * float(special.ndtri(1 - alpha / 2)))
        return found._replace(error=error, exact=(low, high, float(stats.fisher_exact(table)[1])))
    if share * smallest >= RARE or found.error == 0:
        return found
    wide = float(special.stdtrit(found.freedom, 1 - alpha / 2)) * found.error
    p = stats.binomtest(t, t + c, len(treated) / len(both)).pvalue
    return found._replace(exact=(found.value - wide, found.value + wide, float(p)))


def newcombe(a: int, m: int, b: int, n: int, alpha: float) -> tuple[float, float]:
    """Return the interval of a/m - b/n of Newcombe (1998, method 10), from Wilson's two.

    Examples:
        >>> [round(end, 4) for end in newcombe(56, 70, 48, 80, 0.05)]
        [0.0524, 0.3339]
    """
    z = float(special.ndtri(1 - alpha / 2))

    def wilson(k: int, size: int) -> tuple[float, float]:
        p, middle = k / size, (2 * k + z**2) / (2 * (size + z**2))
        wide = z * (z**2 + 4 * size * p * (1 - p)) ** 0.5 / (2 * (size + z**2))
        return max(0.0, middle - wide), min(1.0, middle + wide)

    (low_a, high_a), (low_b, high_b) = wilson(a, m), wilson(b, n)
    p, q = a / m, b / n
    below = ((p - low_a) ** 2 + (high_b - q) ** 2) ** 0.5
    above = ((high_a - p) ** 2 + (q - low_b) ** 2) ** 0.5
    return p - q - below, p - q + above


def adjusted_difference(
    people: pd.DataFrame,
    *,
    adjust: Sequence[str] = (),
    within: Sequence[str] = (),
    alpha: float = ALPHA,
    clustered: bool = False,
) -> Estimate:
    """Return the difference adjusted for background, by least squares with HC1 errors.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`.
        adjust: The columns adjusted for; categories are indicators.
        within: Columns within whose values people are compared, as the rounds of a lottery: each
            value is a category. They are no background: the groups' gap at the start leaves them
            out.
        alpha: How often the interval may miss.
        clustered: Errors by cluster (the column `cluster`, else `area`), and not by person.
    """

    def found(some: Followed) -> Contrast:
        y, t = some.outcome, some.treated
        enough(int(t.sum()), int((~t).sum()))
        strata = design_matrix(some.table[list(within)].astype(str), within)
        x = np.hstack([design_matrix(some.table, adjust), strata])
        x = np.column_stack([t, np.ones(len(y)), centred(x)])
        codes = cluster_codes(some.table) if clustered else None
        fit = least_squares(x, y, of=0, clusters=codes)
        return Contrast(-fit.coefficients[0], float(np.sqrt(fit.covariance[0, 0])), fit.freedom)

    also = [*within, *cluster_columns(people, clustered)]
    return answer(people, found, alpha=alpha, columns=adjust, also=also)


def weighted_difference(
    people: pd.DataFrame, *, adjust: Sequence[str], alpha: float = ALPHA
) -> Estimate:
    """Return the difference from a comparison weighted to be like the treated.

    Each in the comparison weighs the odds of being treated, by a logistic regression on the
    background (the effect on the treated: Hirano & Imbens 2001), divided by their sum. The error
    allows for the odds being estimated (M-estimation: Stefanski & Boos 2002).

    Args:
        people: The table of people: see `sisim.evaluation.estimate`.
        adjust: The columns that the chance to be treated depends on.
        alpha: How often the interval may miss.
    """

    def found(some: Followed) -> Contrast:
        y, t = some.outcome, some.treated
        enough(int(t.sum()), int((~t).sum()))
        x = np.column_stack([np.ones(len(y)), centred(design_matrix(some.table, adjust))])
        return _weighted(x, y, t, glm(x, t.astype(float), "binomial")[1])

    return answer(people, found, alpha=alpha, columns=adjust)


def _weighted(x: Floats, y: Floats, t: Flags, chance: Floats) -> Contrast:
    """Return the weighted difference, and its error from each person's influence on it."""
    n, odds = len(y), np.where(t, 0.0, chance / (1 - chance))
    mean, other = y[t].mean(), odds @ y / odds.sum()
    # How a coefficient of the chance moves the comparison's mean, and a person the coefficients.
    moves = (odds * (y - other)) @ x / odds.sum()
    inner = (x * (chance * (1 - chance))[:, None]).T @ x
    coefficients = np.linalg.solve(inner, (x * (t - chance)[:, None]).T)
    influence = odds * (y - other) / odds.sum() + moves @ coefficients
    influence -= np.where(t, y - mean, 0.0) / t.sum()
    error = float(np.sqrt(influence @ influence * n / (n - 1)))
    return Contrast(float(other - mean), error)


def rate_ratio(
    people: pd.DataFrame,
    *,
    adjust: Sequence[str] = (),
    alpha: float = ALPHA,
    clustered: bool = False,
) -> Estimate:
    """Return what a ratio of rates avoids per treated person.

    Poisson regression with robust errors, which holds for events, too (Zou 2004). What is avoided
    is what the treated would be expected to have at the comparison's rate, less what they have;
    its error is by the delta method.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`.
        adjust: The columns that rates depend on besides.
        alpha: How often the interval may miss.
        clustered: Errors by cluster (the column `cluster`, else `area`), and not by person.
    """

    def found(some: Followed) -> Contrast:
        y, t = some.outcome, some.treated
        enough(int(t.sum()), int((~t).sum()))
        if np.any(y < 0):
            raise NotEstimable(Reason("a rate cannot be made of amounts below zero"))
        if y[t].sum() == 0 or y[~t].sum() == 0:
            raise NotEstimable(Reason("a group has no outcome at all, so no ratio can be made"))
        x = np.column_stack([t, np.ones(len(y)), centred(design_matrix(some.table, adjust))])
        coefficients, expected = glm(x, y, "poisson")
        own = x[t]
        without = own * [0.0, *np.ones(x.shape[1] - 1)]
        untreated = np.exp(without @ coefficients)
        value = float((untreated - expected[t]).mean())
        slope = (without * untreated[:, None] - own * expected[t][:, None]).mean(axis=0)
        scores = x * (y - expected)[:, None]
        freedom: float = np.inf
        if clustered:
            codes = cluster_codes(some.table)
            sums = np.zeros((int(codes.max()) + 1, x.shape[1]))
            np.add.at(sums, codes, scores)
            scores, freedom = sums, len(sums) - 1.0
        if len(scores) < 2:
            raise NotEstimable(Reason("there is a single cluster"))
        moved = scores @ np.linalg.solve((x * expected[:, None]).T @ x, slope)
        error = float(np.sqrt(moved @ moved * len(scores) / (len(scores) - 1)))
        return Contrast(value, error, freedom)

    also = cluster_columns(people, clustered)
    return answer(people, found, alpha=alpha, columns=adjust, also=also)


def glm(x: Floats, y: Floats, family: str) -> tuple[Floats, Floats]:
    """Return a generalised linear model's coefficients, and what it expects of each person.

    Its link is the canonical one.

    Args:
        x: (people, columns).
        y: (people,).
        family: "binomial" or "poisson".

    Raises:
        NotEstimable: If it has no answer, as when the background tells who is treated.
    """
    # It takes a second to import, and most designs do without.
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    kind: Any = families.Binomial() if family == "binomial" else families.Poisson()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fit = GLM(y, x, family=kind).fit(maxiter=50)
    expected = np.asarray(fit.fittedvalues)
    apart = expected.min() > 1e-9 and (family == "poisson" or expected.max() < 1 - 1e-9)
    if not (fit.converged and np.isfinite(expected).all() and apart):
        raise NotEstimable(Reason("the background alone tells the groups apart, so none are alike"))
    return np.asarray(fit.params), expected


def cluster_codes(table: pd.DataFrame) -> Ints:
    """Return which cluster each person is of, counted from 0: by `cluster`, else by `area`."""
    return pd.factorize(table["cluster" if "cluster" in table else "area"])[0].astype(np.int64)


def cluster_columns(people: pd.DataFrame, clustered: bool) -> list[str]:
    """Return the column that errors are clustered by, if they are."""
    return ["cluster" if "cluster" in people else "area"] if clustered else []
