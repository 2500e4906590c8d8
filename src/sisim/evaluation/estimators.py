"""All designs of an evaluation and what each is estimated with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

import pandas as pd

from sisim.evaluation.difference_in_differences import before_after, difference_in_differences
from sisim.evaluation.discontinuity import discontinuity
from sisim.evaluation.estimate import ALPHA, Contrast, Estimate, Followed, NotEstimable, answer
from sisim.evaluation.matched_comparison import matched_difference
from sisim.evaluation.mean_difference import (
    adjusted_difference,
    difference_in_means,
    rate_ratio,
    weighted_difference,
)
from sisim.evaluation.projected_trend import projected_trend
from sisim.evaluation.stepped_wedge import stepped_wedge
from sisim.evaluation.synthetic_control import synthetic_control
from sisim.scenario.errors import Reason
from sisim.scenario.evaluation import Design

EstimatorKey = Literal["plain", "adjusted", "weighted", "rate_ratio"]

TWO_GROUPS: Mapping[EstimatorKey, Callable[..., Estimate]] = {
    "plain": difference_in_means,
    "adjusted": adjusted_difference,
    "weighted": weighted_difference,
    "rate_ratio": rate_ratio,
}
"""What two groups side by side are compared with."""


def process_only(people: pd.DataFrame, *, alpha: float = ALPHA) -> Estimate:
    """Return no estimate: a process evaluation has nothing to compare with."""

    def found(_: Followed) -> Contrast:
        raise NotEstimable(Reason("there is nothing to compare with"))

    return answer(people, found, alpha=alpha)


OWN: Mapping[Design, Callable[..., Estimate]] = {
    "stepped": stepped_wedge,
    "discontinuity": discontinuity,
    "difference": difference_in_differences,
    "synthetic": synthetic_control,
    "trend": projected_trend,
    "matched": matched_difference,
    "before_after": before_after,
    "process": process_only,
}
"""Designs that have an estimator of their own."""

MARYLAND: Mapping[Design, int | None] = {
    "lottery": 5,
    "stepped": 5,
    "discontinuity": 4,
    "difference": 3,
    "synthetic": 3,
    "trend": 2,
    "matched": 2,
    "other_areas": 1,
    "earlier_cohorts": 1,
    "before_after": 1,
    "process": None,
}
"""The level of each design on the Maryland scale; see `maryland`."""


def maryland(design: Design, *, drawn: bool = True, against: Sequence[str] = ()) -> int | None:
    """Return a design's level on the Maryland scale, a rule of thumb; None: it has none.

    Args:
        design: The design.
        drawn: Whether the order of a stepped wedge is drawn by lot.
        against: Areas that a trend is compared with.
    """
    if design == "stepped" and not drawn:
        return 3
    if design == "trend" and against:
        return 3
    return MARYLAND[design]


def estimate(
    people: pd.DataFrame,
    design: Design,
    *,
    estimator: EstimatorKey = "plain",
    **options: Any,
) -> Estimate:
    """Return what an evaluation with a design says, from a table of people.

    Args:
        people: The table: see `sisim.evaluation.estimate`.
        design: Its design.
        estimator: What two groups are compared with, in a lottery or with other areas or earlier
            cohorts; other designs have one of their own.
        options: What the estimator takes besides, as `alpha`, `adjust` or `match_on`.

    Raises:
        ValueError: If there is no such design or estimator, or the design has its own.
        KeyError: If the table lacks a column.

    Examples:
        >>> people = pd.DataFrame(
        ...     {"area": "north", "treated": [True] * 10 + [False] * 10, "outcome": [0.0, 1] * 10}
        ... )
        >>> estimate(people, "lottery").value
        0.0
    """
    if design not in get_args(Design) or estimator not in TWO_GROUPS:
        raise ValueError(f"there is no {design} with {estimator}")
    if design not in OWN:
        return TWO_GROUPS[estimator](people, **options)
    if estimator != "plain":
        raise ValueError(f"{design} has an estimator of its own")
    return OWN[design](people, **options)
