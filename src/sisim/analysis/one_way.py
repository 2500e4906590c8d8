"""One number at a time from its lowest to its highest, and two numbers at a time in a grid.

Deterministic one-way and two-way sensitivity analysis as in Briggs, Claxton & Sculpher, "Decision
Modelling for Health Economic Evaluation", ch. 4, on common random numbers: a bar of the tornado is
a difference between the same people.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sisim.analysis.question import Ask, Floats, Point
from sisim.analysis.varied import Factor
from sisim.i18n import source_text


def one_way(ask: Ask, varied: Sequence[Factor]) -> pd.DataFrame:
    """Return the outcome at the low and the high end of each number, all others as they are.

    Returns:
        A row per number, the one that matters most first. Columns: key, value, low, high, grade,
        source, base (the outcome as the scenario is), at_low, at_high, swing (the outcome at high
        less that at low), swing_error (its standard error, of paired replications), changes_sign
        (whether the outcome has another sign at an end than at the base).
    """
    points: list[Point] = [{}]
    for factor in varied:
        points += [{factor.key: factor.low}, {factor.key: factor.high}]
    found = ask(points)
    base = found[0].mean()
    rows = []
    for number, factor in enumerate(varied):
        low, high = found[1 + 2 * number], found[2 + 2 * number]
        ends = np.array([low.mean(), high.mean()])
        rows.append(
            {
                "key": factor.key,
                "value": factor.value,
                "low": factor.low,
                "high": factor.high,
                "grade": factor.grade,
                "source": source_text(factor.source),
                "base": base,
                "at_low": ends[0],
                "at_high": ends[1],
                "swing": ends[1] - ends[0],
                "swing_error": standard_error(high - low),
                "changes_sign": bool((np.sign(ends) * np.sign(base) < 0).any()),
            }
        )
    table = pd.DataFrame(rows)
    # Both ends may lie on the same side of the base: what counts is how far the bar reaches.
    reach = np.ptp(table[["at_low", "at_high", "base"]].to_numpy(), axis=1)
    return table.iloc[np.argsort(-reach, kind="stable")].reset_index(drop=True)


def two_way(
    ask: Ask, across: tuple[str, Sequence[float]], up: tuple[str, Sequence[float]]
) -> pd.DataFrame:
    """Return the outcome for every pair of values of two numbers.

    Args:
        ask: The outcome.
        across: A key and its values.
        up: Another key and its values.

    Returns:
        A row per pair. Columns: the two keys, mean, standard_error.

    Raises:
        ValueError: If both keys are the same.
    """
    if across[0] == up[0]:
        raise ValueError(f"{across[0]} cannot be varied against itself")
    pairs = [(x, y) for y in up[1] for x in across[1]]
    found = ask([{across[0]: x, up[0]: y} for x, y in pairs])
    return pd.DataFrame(
        {
            across[0]: [x for x, _ in pairs],
            up[0]: [y for _, y in pairs],
            "mean": found.mean(axis=1),
            "standard_error": [standard_error(one) for one in found],
        }
    )


def standard_error(values: Floats) -> float:
    """Return the standard error of a mean over replications; NaN for a single one."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
