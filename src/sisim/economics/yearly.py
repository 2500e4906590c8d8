"""What is counted or paid by calendar year: an array, and the table that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.engine.counts import Axis, tidy


@dataclass(frozen=True)
class Yearly:
    """What is counted or paid by calendar year, with the names of its places.

    Attributes:
        name: What it is.
        values: The array, (replications, arms, years) and one axis more where there are `kinds`.
        arms: The arm of each place along the second axis.
        years: The calendar year of each place along the third.
        kinds: The columns that say of what kind each place along the last axis is.
    """

    name: str
    values: NDArray[Any]
    arms: tuple[str, ...]
    years: NDArray[np.int64]
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

    def sum(self, places: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the sum over some places along the last axis, (replications, arms, years)."""
        total = np.zeros(self.values.shape[:3])
        # One after the other: then equal parts give equal sums, whatever arm they stand in.
        for place in places:
            total += self.values[..., place]
        return total
