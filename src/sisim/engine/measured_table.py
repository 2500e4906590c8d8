"""What was measured, as a tidy table: by year and occasion, beside the groups it rests on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.engine.counts import Result
from sisim.engine.measurements import ANSWERED, ASKED, BESIDE, SQUARES, TOTAL

RESULT = "result"
"""What an instrument shows, among the quantities; the others are groups."""


def measured(result: Result) -> pd.DataFrame:
    """Return what was measured in each year and on each occasion, of all areas.

    Columns: replication, year, arm, measurement, months (after the beginning; none where it is
    measured by the calendar), quantity (`result`, or the share in a group), asked, number (of those
    whom the mean is of), mean, sd, number_without, without (of the same people in their life
    without, where it is measured after they have begun).
    """
    names = ["replication", "year", "arm", "measurement", "months", "quantity", "asked"]
    rows = [
        (replication, *row)
        for number in range(len(result.compiled.measurements))
        for replication, one in enumerate(result.replications)
        for row in _rows(result, number, one.measured[number].sum(axis=4))
    ]
    return pd.DataFrame(rows, columns=[*names, "number", "mean", "sd", "number_without", "without"])


def _rows(result: Result, number: int, found: Floats) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a measurement, from (lives, arms, steps, occasions, columns)."""
    name = result.compiled.measurements[number].name
    measurement = result.scenario.measurements[name]
    occasions = [float(month) for month in measurement.months] or [np.nan]
    years = result.compiled.clock.year(result.steps)
    own, other = (_by_year(life, years) for life in found)
    for place in np.argwhere(own[..., ASKED] > 0).tolist():
        arm, year, occasion = place
        when = int(years[0]) + year, result.arms[arm], name, occasions[occasion]
        here, there = own[arm, year, occasion], other[arm, year, occasion]
        for column, quantity in enumerate([RESULT, *measurement.beside]):
            without = _summary(there, column)[:2]
            yield (*when, quantity, int(here[ASKED]), *_summary(here, column), *without)


def _by_year(found: Floats, years: Ints) -> Floats:
    """Return the sums of (arms, steps, ...) over each year."""
    firsts = np.flatnonzero(np.diff(years, prepend=years[0] - 1))
    return np.asarray(np.add.reduceat(found, firsts, axis=1))


def _summary(sums: Floats, place: int) -> tuple[int, float, float]:
    """Return of how many, the mean, and the standard deviation between people."""
    if place:
        asked = sums[ASKED]
        mean = sums[BESIDE + place - 1] / asked if asked else np.nan
        return int(asked), float(mean), float(np.sqrt(max(mean * (1 - mean), 0.0)))
    count = sums[ANSWERED]
    if not count:
        return 0, np.nan, np.nan
    mean = sums[TOTAL] / count
    spread = max(sums[SQUARES] / count - mean**2, 0.0)
    return int(count), float(mean), float(np.sqrt(spread))
