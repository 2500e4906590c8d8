"""Priors: how sure a number is before the data, by its distribution or its range (L8).

A prior is asked for by normal scores: 0 is its median, and scores of all priors that are standard
normal and independent are a draw of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats

from sisim.arrays import Floats
from sisim.scenario.distributions import moments_solved
from sisim.scenario.numbers import with_numbers
from sisim.scenario.psa_draws import is_uncertain
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

WIDEST = 6.0
"""Scores are taken no farther out than this: nothing of a prior is beyond."""


@dataclass(frozen=True)
class NumberPrior:
    """What is known of a number before the data.

    Attributes:
        path: Where it stands, as files write it.
        number: The number; it has a distribution or a range.
    """

    path: str
    number: Number

    def values(self, scores: Floats) -> Floats:
        """Return the values at normal scores, moved to where such a number can be."""
        share = stats.norm.cdf(np.clip(scores, -WIDEST, WIDEST))
        found = np.asarray(self._distribution.ppf(share), np.float64)
        return np.clip(found, self.number.floor, self.number.ceiling)

    def interval(self, share: float = 0.9) -> tuple[float, float]:
        """Return the middle part of it that has so large a share."""
        low, high = self.values(stats.norm.ppf([(1 - share) / 2, (1 + share) / 2]))
        return float(low), float(high)

    @cached_property
    def _distribution(self) -> Any:
        given = self.number.distribution
        if given is None:
            low, mode, high = self.number.low, self.number.value, self.number.high
            assert low is not None
            assert high is not None
            return _frozen("triangular", {"low": low, "mode": mode, "high": high})
        return _frozen(given.name, given.parameters)


def has_prior(number: Number) -> bool:
    """Return whether a number has a distribution or a range, and is no formula."""
    return number.formula is None and is_uncertain(number)


def with_free_numbers(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with other numbers.

    Args:
        scenario: The scenario.
        values: The numbers by their keys, as files write them.

    Raises:
        LookupError: If more follows from one of them than numbers, as the edges of a table.
    """
    known = type(scenario).model_fields
    return with_numbers(
        scenario,
        {
            path if path.partition(".")[0] in known else f"pathway.{path}": value
            for path, value in values.items()
        },
    )


def _frozen(name: str, parameters: dict[str, float]) -> Any:
    """Return the distribution as SciPy has it."""
    p = moments_solved(name, parameters)
    match name:
        case "beta":
            return stats.beta(p["alpha"], p["beta"])
        case "gamma":
            return stats.gamma(p["shape"], scale=p["scale"])
        case "lognormal":
            return stats.lognorm(p["sdlog"], scale=np.exp(p["meanlog"]))
        case "normal":
            return stats.norm(p["mean"], p["sd"])
        case "uniform":
            return stats.uniform(p["low"], p["high"] - p["low"])
        case "triangular":
            wide = p["high"] - p["low"]
            return stats.triang((p["mode"] - p["low"]) / wide, p["low"], wide)
    raise ValueError(f"no quantiles of {name}")
