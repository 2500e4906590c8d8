"""Posteriors of a probability: a beta distribution updated by who moved, and of how many.

Moves are binomial, so that a beta distribution of the probability stays one. Without a prior it is
Jeffreys' (Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.8).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.optimize import least_squares

from sisim.estimation.rate_posterior import ENDS


class Beta(NamedTuple):
    """A beta distribution.

    Attributes:
        alpha: Its first shape: successes count here.
        beta: Its second: failures.
    """

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """The mean."""
        return self.alpha / (self.alpha + self.beta)

    def interval(self, ends: tuple[float, float] = ENDS) -> tuple[float, float]:
        """Return the quantiles at two probabilities."""
        low, high = stats.beta.ppf(ends, self.alpha, self.beta)
        return float(low), float(high)

    def updated(self, moved: float, of: float) -> Beta:
        """Return the distribution when so many have moved of those who could."""
        return Beta(self.alpha + moved, self.beta + of - moved)

    def less_sure(self, relative_variance: float) -> Beta:
        """Return one of the same mean whose relative variance is so much larger."""
        mean = self.mean
        variance = mean * (1 - mean) / (self.alpha + self.beta + 1) + relative_variance * mean**2
        size = max(mean * (1 - mean) / variance - 1, 0.5)
        return Beta(size * mean, size * (1 - mean))


JEFFREYS_BETA = Beta(0.5, 0.5)
"""What is known of a probability before any data, where nothing is to weigh in."""


@lru_cache(maxsize=256)
def beta_of_range(low: float, high: float) -> Beta:
    """Return the beta distribution whose 90 % range is given.

    Args:
        low: Its 5 % quantile, above 0.
        high: Its 95 % quantile, above `low` and below 1.

    Examples:
        >>> [round(end, 6) for end in beta_of_range(0.01, 0.05).interval()]
        [0.01, 0.05]
    """
    ends = np.log([low, high]), np.log1p([-low, -high])

    def apart(
        logs: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        found = stats.beta.ppf(ENDS, *np.exp(logs))
        return np.asarray(np.log(found) - np.log1p(-found) - (ends[0] - ends[1]))

    middle = (low + high) / 2
    size = max(middle * (1 - middle) / ((high - low) / 3.29) ** 2 - 1, 0.5)
    start = np.log([size * middle, size * (1 - middle)])
    solved = least_squares(apart, start, xtol=1e-12, ftol=1e-12, gtol=1e-12)
    alpha, beta = np.exp(solved.x)
    return Beta(float(alpha), float(beta))
