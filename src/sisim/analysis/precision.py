"""How sure a mean over replications is, and how many more would make it as sure as is wished.

Replications are paired: with and without meet the same people and the same luck, and what is
looked at is their difference. Intervals are those of Student's t; the number needed, and the rule
that runs until it is reached, are those of Law, "Simulation Modeling and Analysis", ch. 9.4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf, isfinite, nan

import numpy as np
from scipy.special import ndtri

from sisim.analysis.question import CONFIDENCE, half_width
from sisim.arrays import Floats

FEWEST = 2
"""A single replication cannot tell how sure it is."""


@dataclass(frozen=True)
class Precision:
    """A mean over paired replications and how sure it is.

    Attributes:
        mean: The mean.
        deviation: The standard deviation between replications.
        half_width: Half the width of the confidence interval of the mean; inf for a single one.
        replications: How many there are, those in which the outcome is undefined too.
        confidence: Of the interval.
        wished: The half width that is wished for, if one is.
        undefined: In how many replications the outcome is undefined; they are left out.
    """

    mean: float
    deviation: float
    half_width: float
    replications: int
    confidence: float = CONFIDENCE
    wished: float | None = None
    undefined: int = 0

    @property
    def defined(self) -> int:
        """In how many replications the outcome is defined."""
        return self.replications - self.undefined

    @property
    def low(self) -> float:
        """The low end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """The high end of the interval."""
        return self.mean + self.half_width

    @property
    def reached(self) -> bool:
        """Whether it is as sure as is wished."""
        return self.wished is not None and self.half_width <= self.wished

    @property
    def needed(self) -> int | None:
        """How many replications are needed in all; None if nothing is wished, or none can tell."""
        if self.wished is None or not isfinite(self.half_width):
            return None
        defined = replications_needed(self.deviation, self.wished, self.confidence)
        return ceil(defined * self.replications / self.defined)

    @property
    def more(self) -> int | None:
        """How many replications are still needed."""
        return None if self.needed is None else max(self.needed - self.replications, 0)


def precision(
    values: Floats, wished: float | None = None, confidence: float = CONFIDENCE
) -> Precision:
    """Return how sure the mean of paired replications is.

    Args:
        values: A difference between arms, (replications,); NaN where it is undefined.
        wished: The half width of the interval that is wished for, in the same unit.
        confidence: Of the interval.

    Examples:
        >>> round(precision(np.array([1.0, 2.0, 3.0])).half_width, 3)
        2.484
    """
    known = values[np.isfinite(values)]
    n, undefined = len(known), len(values) - len(known)
    mean = float(np.mean(known)) if n else nan
    if n < FEWEST:
        return Precision(mean, nan, inf, len(values), confidence, wished, undefined)
    deviation = float(np.std(known, ddof=1))
    half = half_width(deviation, n, confidence)
    return Precision(mean, deviation, half, len(values), confidence, wished, undefined)


def replications_needed(deviation: float, wished: float, confidence: float = CONFIDENCE) -> int:
    """Return the fewest replications whose interval has at most a half width.

    Args:
        deviation: The standard deviation between replications.
        wished: The half width.
        confidence: Of the interval.

    Raises:
        ValueError: If the half width is not over 0.

    Examples:
        >>> replications_needed(10.0, 2.0)
        99
    """
    if not wished > 0:
        raise ValueError(f"the wished half width ({wished}) must be over 0")
    # That of the normal distribution is too few, and not by much: count up from it.
    z = float(ndtri((1 + confidence) / 2))
    n = max(FEWEST, ceil((z * deviation / wished) ** 2))
    while half_width(deviation, n, confidence) > wished:
        n += 1
    return n


def until(
    run: Callable[[int, int], Floats],
    wished: float,
    *,
    first: int = 10,
    most: int = 1000,
    confidence: float = CONFIDENCE,
) -> tuple[Precision, Floats]:
    """Run replications until their mean is as sure as is wished.

    Args:
        run: Returns the values of replications, given the number of the first and how many.
        wished: The half width of the interval that is wished for.
        first: How many to begin with; few make it stop too early by chance.
        most: Where to give up.
        confidence: Of the interval.

    Returns:
        How sure it became, and the value of every replication.
    """
    values = run(0, min(max(first, FEWEST), most))
    found = precision(values, wished, confidence)
    # Where nearly every run is undefined, more of them hardly tell anything.
    while not found.reached and len(values) < most and found.defined >= FEWEST:
        # The deviation is itself uncertain: never more than twice as many at a time.
        more = min(max(found.more or 1, 1), len(values), most - len(values))
        values = np.concatenate([values, run(len(values), more)])
        found = precision(values, wished, confidence)
    return found, values
