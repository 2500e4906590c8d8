"""What a factor means: its multiplier by category, and how a multiplier acts on a risk.

One meaning for the checks, the compilation and the kernel, which compiles the arithmetic below.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sisim.scenario.condition import Bounds
from sisim.scenario.features import Features
from sisim.scenario.numbers import numbers, replace_numbers
from sisim.scenario.pathway import Factor, FactorFile, Scale
from sisim.scenario.types import Number

RATE, PROBABILITY = range(2)
"""Kinds of risk: a rate per step, a probability per step."""
TIMES, RATE_RATIO, ODDS_RATIO, RELATIVE_RISK = range(4)
"""Scales of a multiplier; on its natural scale it just multiplies."""


def scale_code(scale: Scale | None, kind: int) -> int:
    """Return how a multiplier acts on a rate or a probability."""
    natural = "rate_ratio" if kind == RATE else "relative_risk"
    if scale is None or scale == natural:
        return TIMES
    return {
        "rate_ratio": RATE_RATIO,
        "odds_ratio": ODDS_RATIO,
        "relative_risk": RELATIVE_RISK,
    }[scale]


def apply_ratio(value: Any, ratio: Any, scale: int, kind: int) -> Any:
    """Return a rate or probability per step after a multiplier on the scale stated.

    On its natural scale a multiplier multiplies. A rate ratio on a probability acts on the hazard
    -ln(1 - p); an odds ratio or relative risk on a rate acts on the probability 1 - exp(-rate).

    Args:
        value: The rate or probability; a number, or an array.
        ratio: The multiplier, likewise.
        scale: `TIMES`, `RATE_RATIO`, `ODDS_RATIO` or `RELATIVE_RISK`: see `scale_code`.
        kind: `RATE` or `PROBABILITY`.
    """
    result = value * ratio
    if scale != TIMES:
        p = value if kind != RATE else -np.expm1(-value)
        p = np.minimum(p, 1.0 - 1e-16)
        if scale == RATE_RATIO:
            p = -np.expm1(np.log1p(-p) * ratio)
        elif scale == ODDS_RATIO:
            odds = p / (1.0 - p) * ratio
            p = odds / (1.0 + odds)
        else:
            p = np.minimum(p * ratio, 1.0)
        result = p if kind != RATE else -np.log1p(-np.minimum(p, 1.0 - 1e-16))
    return result


def effect_factor(ratio: Any, strength: Any) -> Any:
    """Return the factor that an effect of some strength is: its ratio at 1, no effect at 0.

    Below 0 it makes no sense; where a modifier or a sum of strengths can bring it there, the
    caller takes 0.
    """
    return 1.0 - (1.0 - ratio) * strength


def acting(factor: Factor) -> Factor:
    """Return a factor with the values that act, of one whose values are a raw association.

    What acts of a raw ratio r is r ** s, s being the `causal_share`: log r^s = s log r, so that the
    rest, r^(1 - s), is confounding, on the scale on which ratios multiply. (As the proportion of a
    log hazard ratio that is explained: Lin, Fleming & De Gruttola, Statistics in Medicine 1997,
    16:1515. A share of the excess, 1 + s (r - 1), would be another convention: it lets less of the
    protection of a ratio under 1 act than of the risk of its inverse.)

    Returns:
        The factor itself if it says no share.
    """
    if factor.causal_share is None:
        return factor
    share = factor.causal_share.value

    def part(_: str, number: Number) -> Number:
        return number.model_copy(update={"value": max(number.value, 0.0) ** share})

    raw = {name: getattr(factor, name) for name in ("values", "table", "default", "otherwise")}
    found = {name: replace_numbers(old, part) for name, old in raw.items() if old is not None}
    if factor.content is not None:
        values = [max(value, 0.0) ** share for value in factor.content.values]
        found["content"] = FactorFile(**{**dict(factor.content), "values": values})
    return factor.model_copy(update={**found, "causal_share": None})


def table_values(factor: Factor) -> list[float]:
    """Return every value that stands in a factor's table, also for the rest and for no value."""
    tables = [factor.values, factor.table, factor.default, factor.otherwise]
    own = [number.value for _, number in numbers([one for one in tables if one is not None])]
    return own if factor.content is None else [*own, *factor.content.values]


def category_values(factor: Factor, features: Features) -> dict[str, float]:
    """Return a factor's multiplier by category, of those its table names; groups are spelt out."""
    assert factor.feature is not None
    assert isinstance(factor.values, dict)
    return {
        category: value.value
        for key, value in factor.values.items()
        for category in features.members(factor.feature, key)
    }


def default(factor: Factor) -> float:
    """Return the multiplier of the categories that a factor's table does not name."""
    return 1.0 if factor.default is None else factor.default.value


def otherwise(factor: Factor) -> float:
    """Return the multiplier for who has no value of the feature: not in the group, say."""
    return 1.0 if factor.otherwise is None else factor.otherwise.value


def condition_factor(feature: str, allowed: list[str] | Bounds) -> Factor:
    """Return a condition on one feature as a factor that is 1 where it holds and 0 elsewhere."""
    zero, one = Number(value=0), Number(value=1)
    if not isinstance(allowed, Bounds):
        values = dict.fromkeys(allowed, one)
        return Factor(feature=feature, values=values, default=zero, otherwise=zero)
    edges, inside = [], [one]
    if allowed.from_ is not None:
        edges.append(allowed.from_)
        inside = [zero, one]
    if allowed.below is not None:
        edges.append(allowed.below)
        inside.append(zero)
    return Factor(
        feature=feature, below=edges, values=inside, otherwise=zero, window=allowed.window
    )


def is_switched_off(factor: Factor) -> bool:
    """Return whether a factor over the share of peers is 1 whatever the share.

    Where people interact, an arm may differ for everyone: that time is spent only if they do.
    """
    off = all(value == 1 for value in table_values(factor))
    return off and (factor.feature or "").startswith("share.")
