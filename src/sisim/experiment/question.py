"""What is asked of a scenario: one outcome of one arm, as a function of the scenario's numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.engine.result import WITHOUT

Floats = NDArray[np.float64]
Point = Mapping[str, Any]
"""Other values of some of the scenario's numbers, by dotted path; empty: the scenario itself."""
Ask = Callable[[Sequence[Point]], Floats]
"""The outcome at some points, (points, replications).

Replications are paired: number n has the same seed, so the same people and luck, at every point.
"""


class Evaluates(Protocol):
    """What simulates a scenario with other values of some of its numbers: see `Evaluator`."""

    def evaluate_many(self, points: Sequence[Point]) -> pd.DataFrame:
        """Return a row per point, replication and arm, with a column per measure."""


@dataclass(frozen=True)
class Question:
    """A measure of an arm, compared with `without` for the same people.

    Attributes:
        evaluator: What simulates.
        arm: Which arm.
        measure: Which column: `net_present_value`, or an outcome of the file, of which the arm
            has so many more (or, negative, fewer) than without.
    """

    evaluator: Evaluates
    arm: str
    measure: str

    def __call__(self, points: Sequence[Point]) -> Floats:
        """Return the outcome at each point, (points, replications)."""
        return compared(self.evaluator.evaluate_many(points), self.arm, self.measure)


def compared(table: pd.DataFrame, arm: str, measure: str) -> Floats:
    """Return a measure of an arm less that of `without`, (points, replications).

    Args:
        table: Columns: point, replication, arm, and the measure.
        arm: Which arm.
        measure: Which column. What only an arm with an investment has, such as a net present
            value, is a difference already and 0 in `without`.
    """
    wide = table.pivot(index=["point", "replication"], columns="arm", values=measure)
    own = wide[arm].to_numpy(np.float64)
    if WITHOUT in wide and arm != WITHOUT:
        # A ratio is not defined in `without`, and is not compared.
        own = own - np.nan_to_num(wide[WITHOUT].to_numpy(np.float64))
    return np.asarray(own.reshape(table["point"].nunique(), -1))
