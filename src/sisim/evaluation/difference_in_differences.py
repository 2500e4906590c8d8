"""Before and after: with other areas beside (difference-in-differences), or the same people alone.

Those areas are treated in which anybody is; `post` says who is followed from the investment's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from sisim.arrays import Flags, Floats
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
from sisim.evaluation.mean_difference import cluster_codes, cluster_columns, contrast
from sisim.scenario.errors import Reason

Scale = Literal["additive", "multiplicative"]
FEW_PAIRS = 25
"""With fewer who have changed than this, events before and after are tested exactly."""


def treated_areas(table: pd.DataFrame) -> Flags:
    """Return who lives in an area where anybody is treated, (people,)."""
    area = table["area"]
    return np.asarray(area.isin(area[table["treated"].to_numpy(bool)].unique()), bool)


def difference_in_differences(
    people: pd.DataFrame,
    *,
    scale: Scale = "additive",
    adjust: Sequence[str] = (),
    alpha: float = ALPHA,
    clustered: bool = False,
) -> Estimate:
    """Return what treated areas avoid more than other areas, from before to after.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. Treated and comparison are
            those in treated and in other areas, before and after.
        scale: "additive": without treatment, means would have moved equally much.
            "multiplicative": by the same ratio; of events the ratio is that of cumulative hazards,
            -log(1 - share), which is the one that rates keep. The effect is per person all the
            same; its error is by the delta method.
        adjust: The columns adjusted for, on the additive scale.
        alpha: How often the interval may miss.
        clustered: Errors by cluster (the column `cluster`, else `area`), on the additive scale.

    Raises:
        ValueError: If a multiplicative difference is to be adjusted or clustered.
    """
    if scale == "multiplicative" and (len(adjust) or clustered):
        raise ValueError("a multiplicative difference is neither adjusted nor clustered")
    group = people.assign(treated=treated_areas(people))

    def found(some: Followed) -> Contrast:
        y, there, post = some.outcome, some.treated, some.table["post"].to_numpy(bool)
        cells = [y[there == a, ...][post[there == a] == b] for a in (1, 0) for b in (1, 0)]
        enough(*map(len, cells))
        if scale == "multiplicative":
            return _multiplicative(cells, event=events(y))
        if not len(adjust) and not clustered:
            return contrast(list(zip((-1.0, 1.0, 1.0, -1.0), cells, strict=True)))
        x = np.column_stack([there & post, there, post, np.ones(len(y))])
        x = np.hstack([x, centred(design_matrix(some.table, adjust))])
        codes = cluster_codes(some.table) if clustered else None
        fit = least_squares(x, y, of=0, clusters=codes)
        return Contrast(-fit.coefficients[0], float(np.sqrt(fit.covariance[0, 0])), fit.freedom)

    also = ["post", *cluster_columns(people, clustered)]
    return answer(group, found, alpha=alpha, columns=adjust, also=also)


def _multiplicative(cells: Sequence[Floats], *, event: bool) -> Contrast:
    """Return what is avoided if the treated cell would have moved by the comparison's ratio.

    Args:
        cells: Outcomes of treated areas after and before, and of others after and before.
        event: Whether they are events, whose shares are turned into cumulative hazards.
    """
    means = np.array([y.mean() for y in cells])
    if means.min() <= 0:
        raise NotEstimable(Reason("a group has no outcome at all, so no ratio can be made"))
    if event and means.max() >= 1:
        raise NotEstimable(Reason("everyone in a group has the outcome, so no rate can be told"))
    errors = np.array([y.std(ddof=1) / len(y) ** 0.5 for y in cells])
    hazards = -np.log1p(-means) if event else means
    expected = hazards[1] * hazards[2] / hazards[3]
    without = 1 - np.exp(-expected) if event else expected
    # Of the logarithm of each hazard, then of the expected one.
    of_logs = (errors / (1 - means) if event else errors) / hazards
    steep = expected * np.exp(-expected) if event else expected
    error = np.hypot(errors[0], steep * float(np.linalg.norm(of_logs[1:])))
    return Contrast(float(without - means[0]), float(error))


def before_after(people: pd.DataFrame, *, alpha: float = ALPHA) -> Estimate:
    """Return how much less the treated have after than they had before.

    The mean of differences within persons, with a paired t-test; events that few begin or cease to
    have are tested exactly (McNemar). Nothing is compared with: what would have passed by itself
    is counted as an effect, regression to the mean above all.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. `before` is over as many
            months as `outcome`. Only the treated count.
        alpha: How often the interval may miss.
    """
    mine = people[people["treated"].to_numpy(bool)]

    def found(some: Followed) -> Contrast:
        before = some.table["before"].to_numpy(float)
        fewer = before - some.outcome
        one = contrast([(1.0, fewer)])
        better, changed = int((fewer > 0).sum()), int((fewer != 0).sum())
        if events(before) and events(some.outcome) and 0 < changed < FEW_PAIRS:
            from scipy.stats import binomtest

            wide = -float(special.stdtrit(one.freedom, alpha / 2)) * one.error
            p = float(binomtest(better, changed).pvalue)
            return one._replace(exact=(one.value - wide, one.value + wide, p))
        return one

    return answer(mine, found, alpha=alpha, also=["before"])
