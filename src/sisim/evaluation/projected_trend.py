"""Interrupted time series: what earlier cohorts let expect, carried on to the treated ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from sisim.arrays import Flags, Floats
from sisim.evaluation.difference_in_differences import treated_areas
from sisim.evaluation.estimate import (
    ALPHA,
    Contrast,
    Estimate,
    Followed,
    NotEstimable,
    answer,
    enough,
)
from sisim.evaluation.mean_difference import contrast
from sisim.scenario.errors import Reason

Shape = Literal["level", "line"]


def projected_trend(
    people: pd.DataFrame,
    *,
    shape: Shape = "line",
    against: Sequence[str] = (),
    alpha: float = ALPHA,
) -> Estimate:
    """Return what the treated cohorts avoid of what earlier cohorts let expect.

    The line is drawn by least squares through the earlier cohorts, each weighed by its people, and
    read at the treated people's mean year. The error is that of the prediction: how sure the line
    is so far out, given how people within a cohort differ. That years differ by more than their
    people is not in it: three cohorts cannot tell.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. Of treated areas, those with
            `post` are the treated cohorts and the others the earlier ones.
        shape: "level": as the earlier cohorts on average; "line": along their trend.
        against: Areas whose own departure from their trend is deducted; other areas are left out.
        alpha: How often the interval may miss.
    """
    there = treated_areas(people)
    used = there | people["area"].isin(list(against)).to_numpy(bool)
    group = people.assign(treated=there & people["post"].to_numpy(bool))[used]

    def found(some: Followed) -> Contrast:
        own = treated_areas(some.table) if some.treated.any() else some.treated
        parts = _departure(some, own, shape, 1.0)
        if len(against):
            parts += _departure(some, ~own, shape, -1.0)
        return contrast(parts)

    return answer(group, found, alpha=alpha, also=["post", "year"])


def _departure(some: Followed, own: Flags, shape: Shape, sign: float) -> list[tuple[float, Floats]]:
    """Return the cohorts and their weights, whose sum is what was expected less what came."""
    y, year = some.outcome[own], some.table["year"].to_numpy(float)[own]
    post = some.table["post"].to_numpy(bool)[own]
    enough(int(post.sum()), int((~post).sum()))
    years, size = np.unique(year[~post], return_counts=True)
    weights = size / size.sum()
    if shape == "line":
        if len(years) < 2:
            raise NotEstimable(Reason("a line needs two earlier years or more"))
        middle = float(weights @ years)
        far = weights * (years - middle)
        ahead = float(year[post].mean()) - middle
        weights = weights + ahead * far / float(far @ (years - middle))
    earlier = [(sign * w, y[~post & (year == one)]) for w, one in zip(weights, years, strict=True)]
    after, count = np.unique(year[post], return_counts=True)
    share = -sign * count / count.sum()
    came = [(w, y[post & (year == one)]) for w, one in zip(share, after, strict=True)]
    return earlier + came
