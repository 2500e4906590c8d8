"""Stepped wedge: areas that begin one after another, each its own comparison and the others'.

Two-way fixed effects: what differs between areas, and between periods, is deducted (Hussey & Hughes
2007, with fixed effects). Where effects differ between areas or grow with time the estimate weighs
them unequally, and some may count negatively (Goodman-Bacon 2021): it is not then the mean effect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.evaluation.estimate import ALPHA, Contrast, Estimate, Followed, answer, enough
from sisim.evaluation.least_squares import least_squares


def stepped_wedge(people: pd.DataFrame, *, period: str = "year", alpha: float = ALPHA) -> Estimate:
    """Return what is avoided by being treated, given area and period; errors by cluster.

    Args:
        people: The table of people: see `sisim.evaluation.estimate`. `treated` is whether the
            person's area had begun. Errors are by `cluster` if there is such a column, else by
            area; under ten clusters they are unreliable.
        period: The column of periods.
        alpha: How often the interval may miss.
    """

    def found(some: Followed) -> Contrast:
        enough(int(some.treated.sum()), int((~some.treated).sum()))
        table = some.table
        cluster = "cluster" if "cluster" in table else "area"
        # Within a cell nothing but the outcome differs, so its mean says as much as its people.
        codes = [pd.factorize(table[name])[0] for name in ("area", period, cluster)]
        keys = np.column_stack([*codes, some.treated])
        cells, where, size = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
        means = np.bincount(where.ravel(), some.outcome) / size
        areas = cells[:, :1] == np.arange(cells[:, 0].max() + 1)
        periods = cells[:, 1:2] == np.arange(1, cells[:, 1].max() + 1)
        x = np.hstack([cells[:, 3:], areas, periods]).astype(float)
        own = cells[:, 2].astype(np.int64)
        fit = least_squares(x, means, of=0, clusters=own, people=size.astype(float))
        return Contrast(-fit.coefficients[0], float(np.sqrt(fit.covariance[0, 0])), fit.freedom)

    also = [period, *(["cluster"] if "cluster" in people else [])]
    return answer(people, found, alpha=alpha, also=also)
