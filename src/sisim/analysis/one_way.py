"""One number at a time from its lowest to its highest, and two numbers at a time in a grid.

Deterministic one-way and two-way sensitivity analysis as in Briggs, Claxton & Sculpher, "Decision
Modelling for Health Economic Evaluation", ch. 4, on common random numbers: a bar of the tornado is
a difference between the same people.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sisim.analysis.question import (
    Ask,
    Point,
    beyond_chance,
    chance_of,
    count_undefined,
    mean_defined,
    standard_error,
)
from sisim.analysis.varied import VariedNumber
from sisim.arrays import Floats
from sisim.i18n import source_text


def one_way(ask: Ask, varied: Sequence[VariedNumber], turn: float | None = 0.0) -> pd.DataFrame:
    """Return the outcome at the low and the high end of each number, all others as they are.

    Args:
        ask: The outcome.
        varied: The numbers.
        turn: The value at which the outcome turns from loss to gain; None: it has none.

    Returns:
        A row per number, the one that matters most first. Columns: key, value, low, high, grade,
        source, base (the outcome as the scenario is), at_low, at_high, swing (the outcome at high
        less that at low), swing_error (its standard error, of paired replications), changes_sign
        (whether the outcome is on another side of `turn` at an end than at the base), above (in how
        many replications it is above `turn` at the base), undefined,
        undefined_low, undefined_high (in how many replications it is undefined at the base, at low
        and at high), tells (whether the number makes a difference beyond chance, of all the
        numbers together).
    """
    points: list[Point] = [{}]
    for factor in varied:
        points += [{factor.key: factor.low}, {factor.key: factor.high}]
    found = ask(points)
    base = found[0]
    rows, chances = list[dict[str, object]](), list[list[float]]()
    for number, factor in enumerate(varied):
        low, high = found[1 + 2 * number], found[2 + 2 * number]
        ends = mean_defined(np.array([low, high]))
        rows.append(
            {
                "key": factor.key,
                "value": factor.value,
                "low": factor.low,
                "high": factor.high,
                "grade": factor.grade,
                "source": source_text(factor.source),
                "base": float(mean_defined(base)),
                "at_low": ends[0],
                "at_high": ends[1],
                "swing": ends[1] - ends[0],
                "swing_error": standard_error(high - low),
                "changes_sign": turn is not None and _turns(base, low, high, turn),
                "above": None if turn is None else int((base > turn).sum()),
                "undefined": count_undefined(base),
                "undefined_low": count_undefined(low),
                "undefined_high": count_undefined(high),
            }
        )
        chances.append([chance_of(*pair) for pair in ((low, high), (base, low), (base, high))])
    table = pd.DataFrame(rows)
    table["tells"] = np.any(beyond_chance(np.array(chances)), axis=1).tolist()
    # Both ends may lie on the same side of the base: what counts is how far the bar reaches.
    known = table[["at_low", "at_high", "base"]]
    reach = (known.max(axis=1) - known.min(axis=1)).fillna(0.0).to_numpy()
    return table.iloc[np.argsort(-reach, kind="stable")].reset_index(drop=True)


def _turns(base: Floats, low: Floats, high: Floats, turn: float) -> bool:
    """Return whether an outcome is on another side of `turn` at an end than at the base."""
    sides = np.sign(mean_defined(np.array([base, low, high])) - turn)
    return bool((sides[1:] * sides[0] < 0).any())


def two_way(
    ask: Ask, across: tuple[str, Sequence[float]], up: tuple[str, Sequence[float]]
) -> pd.DataFrame:
    """Return the outcome for every pair of values of two numbers.

    Args:
        ask: The outcome.
        across: A key and its values.
        up: Another key and its values.

    Returns:
        A row per pair. Columns: the two keys, mean, standard_error, undefined (in how many
        replications the outcome is).

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
            "mean": mean_defined(found),
            "standard_error": [standard_error(one) for one in found],
            "undefined": [count_undefined(one) for one in found],
        }
    )
