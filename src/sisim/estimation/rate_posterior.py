"""Posteriors of a rate: a gamma distribution updated by events and what would be expected of them.

Events are Poisson with mean ratio x expected, so that a gamma distribution of the ratio stays one.
Without a prior it is Jeffreys' (Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.8).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.optimize import brentq

ENDS = (0.05, 0.95)
"""What `low` and `high` of a number are: its 90 % range."""
WIDEST, NARROWEST = 0.2, 1e6
"""Shapes of the widest and the narrowest prior: a range of six orders, one of three per mille."""


class Gamma(NamedTuple):
    """A gamma distribution.

    Attributes:
        shape: Its shape.
        rate: The inverse of its scale.
    """

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        """The mean."""
        return self.shape / self.rate

    def interval(self, ends: tuple[float, float] = ENDS) -> tuple[float, float]:
        """Return the quantiles at two probabilities."""
        low, high = stats.gamma.ppf(ends, self.shape, scale=1 / self.rate)
        return float(low), float(high)

    def updated(self, events: float, expected: float) -> Gamma:
        """Return the distribution when so many events have come where so many were expected."""
        return Gamma(self.shape + events, self.rate + expected)


JEFFREYS = Gamma(0.5, 0.0)
"""What is known of a rate before any data, where nothing is to weigh in."""


@lru_cache(maxsize=256)
def gamma_of_range(low: float, high: float) -> Gamma:
    """Return the gamma distribution whose 90 % range is given.

    Args:
        low: Its 5 % quantile, above 0.
        high: Its 95 % quantile, above `low`.

    Examples:
        >>> [round(end, 6) for end in gamma_of_range(0.5, 2.0).interval()]
        [0.5, 2.0]
    """

    def wide(log_shape: float) -> float:
        ends = stats.gamma.ppf(ENDS, np.exp(log_shape))
        return float(np.log(ends[1] / ends[0]) - np.log(high / low))

    shape = float(np.exp(brentq(wide, np.log(WIDEST), np.log(NARROWEST), xtol=1e-12)))
    return Gamma(shape, float(stats.gamma.ppf(ENDS[1], shape)) / high)
