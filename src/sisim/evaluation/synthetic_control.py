"""Synthetic control: areas weighed together so that they resemble the treated one beforehand.

Weights are at least 0 and sum to 1 (Abadie, Diamond & Hainmueller 2010). The error is that of
placebos (Abadie et al.; as a variance: Arkhangelsky et al. 2021, algorithm 4): each other area in
turn is taken for the treated one, of which nothing was avoided.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.evaluation.difference_in_differences import treated_areas
from sisim.evaluation.estimate import ALPHA, Contrast, Estimate, Followed, NotEstimable, answer
from sisim.scenario.errors import Reason

FEWEST_AREAS = 3
"""With fewer to weigh together there is no error to be had of placebos."""
STRICT = 1e4
"""How much harder the weights are held to their sum than to the years before."""
EVEN = 1e-7
"""How softly weights that fit equally well are held to be even."""


def synthetic_control(people: pd.DataFrame, *, alpha: float = ALPHA) -> Estimate:
    """Return what the treated areas avoid of what the weighed areas come to.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. Areas where anybody is treated
            are one; the years before are those without `post`.
        alpha: How often the interval may miss.
    """
    group = people.assign(treated=treated_areas(people))

    def found(some: Followed) -> Contrast:
        before, after = _yearly(some)
        donors = before.shape[1] - 1
        if donors < FEWEST_AREAS:
            raise NotEstimable(Reason("there are fewer than three other areas to weigh together"))
        gap = _gap(before, after, 0)
        placebos = [_gap(before[:, 1:], after[:, 1:], area) for area in range(donors)]
        return Contrast(gap, float(np.std(placebos, ddof=1)), donors - 1.0)

    return answer(group, found, alpha=alpha, also=["post", "year"])


def _yearly(some: Followed) -> tuple[Floats, Floats]:
    """Return mean outcomes, treated areas first, by year before and in all of after.

    Returns:
        (years before, areas), and (1, areas): after, each year weighs what it does of the treated.

    Raises:
        NotEstimable: If an area lacks a year.
    """
    table = some.table
    post = table["post"].to_numpy(bool)
    area = np.where(some.treated, 0, 1 + pd.factorize(table["area"], sort=True)[0])
    _, area = np.unique(area, return_inverse=True)
    if not some.treated.any() or not (post & some.treated).any() or post.all():
        raise NotEstimable(Reason("a group that is compared is empty"))
    years, year = np.unique(table["year"].to_numpy(), return_inverse=True)
    shape = (2, len(years), int(area.max()) + 1)
    cell = (post.astype(np.int64), year, area)
    count, total = np.zeros(shape), np.zeros(shape)
    np.add.at(count, cell, 1)
    np.add.at(total, cell, some.outcome)
    asked = count[:, :, 0] > 0
    if not count[asked].all():
        raise NotEstimable(Reason("an area has nobody in a year that is compared"))
    means = np.divide(total, count, out=np.zeros(shape), where=count > 0)
    share = count[1, asked[1], 0] / count[1, asked[1], 0].sum()
    return means[0, asked[0]], (share @ means[1, asked[1]])[None]


def weigh(own: Floats, others: Floats) -> Floats:
    """Return the weights of other areas that resemble an area most in the years before.

    Args:
        own: The area, (years,).
        others: The others, (years, areas).

    Returns:
        (areas,), at least 0, with the sum 1; of weights that fit equally well the most even ones,
        so that they do not depend on the order of areas.
    """
    areas = others.shape[1]
    scale = float(np.abs(others).max()) or 1.0
    a = np.vstack([others / scale, np.full((1, areas), STRICT), EVEN * np.eye(areas)])
    b = np.concatenate([own / scale, [STRICT], np.zeros(areas)])
    from scipy.optimize import nnls

    weights = nnls(a, b)[0]
    return np.asarray(weights / weights.sum())


def _gap(before: Floats, after: Floats, area: int) -> float:
    """Return what an area is below the others weighed together, afterwards."""
    others = np.delete(before, area, axis=1)
    weights = weigh(before[:, area], others)
    return float(np.delete(after, area, axis=1)[0] @ weights - after[0, area])
