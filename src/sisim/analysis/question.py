"""What is asked of a scenario: one outcome of one arm, as a function of the scenario's numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.engine.counts import WITHOUT

Floats = NDArray[np.float64]
Point = Mapping[str, Any]
"""Other values of some of the scenario's numbers, by dotted path; empty: the scenario itself."""
Ask = Callable[[Sequence[Point]], Floats]
"""The outcome at some points, (points, replications).

Replications are paired: number n has the same seed, so the same people and luck, at every point.
"""


class Evaluates(Protocol):
    """What simulates a scenario with other values of some of its numbers: see `Evaluator`."""

    def evaluate_many(self, points: Sequence[Point]) -> Sequence[pd.DataFrame]:
        """Return a table per point: a row per replication and arm, a column per measure."""


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
        return compared(evaluated(self.evaluator, points), self.arm, self.measure)


def together(ask: Ask, name: str, keys: Sequence[str]) -> Ask:
    """Return the same outcome with several numbers as one, called `name`: all have its value."""

    def asked(points: Sequence[Point]) -> Floats:
        return ask(
            [
                {
                    key: value
                    for one, value in point.items()
                    for key in (keys if one == name else [one])
                }
                for point in points
            ]
        )

    return asked


def evaluated(evaluator: Evaluates, points: Sequence[Point]) -> pd.DataFrame:
    """Return what comes of some points in one table, with a column `point` (from 0)."""
    found = evaluator.evaluate_many(points)
    return pd.concat([one.assign(point=n) for n, one in enumerate(found)], ignore_index=True)


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
