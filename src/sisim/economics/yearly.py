"""What is counted or paid by year: an array, and the table that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine.tidy_tables import Axis, tidy


def year_at(instant: float, first: int) -> int:
    """Return the year that an instant lies in or ends, and the first for the start itself.

    Args:
        instant: In decimal years from the start.
        first: The scenario's first year.

    Examples:
        >>> year_at(2027.7, first=2026), year_at(2028.0, first=2026), year_at(2026.0, first=2026)
        (2027, 2027, 2026)
    """
    return max(first, ceil(instant - 1e-9) - 1)


@dataclass(frozen=True)
class Yearly:
    """What is counted or paid by year, with the names of its places.

    Attributes:
        name: What it is.
        values: The array, (replications, arms, years) and one axis more where there are `kinds`.
        arms: The arm of each place along the second axis.
        years: The year of each place along the third.
        kinds: The columns that say of what kind each place along the last axis is.
    """

    name: str
    values: NDArray[Any]
    arms: tuple[str, ...]
    years: Ints
    kinds: Axis = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """Return a tidy table: replication, arm, year, the columns of `kinds`, and the name."""
        axes: list[Axis] = [
            {"replication": np.arange(self.values.shape[0])},
            {"arm": np.array(self.arms)},
            {"year": self.years},
            *([self.kinds] if self.kinds else []),
        ]
        return tidy(self.name, self.values, axes)

    def within(self, years: range) -> Yearly:
        """Return the same of some years only."""
        inside = np.isin(self.years, years)
        return replace(self, values=self.values[:, :, inside], years=self.years[inside])

    def sum(self, places: Sequence[int] | Ints) -> Floats:
        """Return the sum over some places along the last axis, (replications, arms, years)."""
        total = np.zeros(self.values.shape[:3])
        # One after the other: then equal parts give equal sums, whatever arm they stand in.
        for place in places:
            total += self.values[..., place]
        return total
