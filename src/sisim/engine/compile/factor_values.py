"""Tables of factors: the multiplier by whole-number value of the feature."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.engine.clock import Clock
from sisim.engine.tables import PER_MILLE
from sisim.scenario.factor_grid import GridAxis
from sisim.scenario.factor_table import category_values, default, otherwise
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor


def factor_values(factor: Factor, known: Features, clock: Clock, oldest: int) -> Floats:
    """Return a factor's multipliers; the last but one holds from there on, the last `otherwise`.

    Args:
        factor: The factor.
        known: What there is to depend on.
        clock: The calendar.
        oldest: An age, in steps, that nobody exceeds. No time and no count exceeds it either, so
            limits above it are not told apart.
    """
    assert factor.feature is not None
    if factor.direct:
        values = np.ones(1)
    elif factor.shape is not None:
        values = _shape(factor, clock)
    elif isinstance(factor.values, dict):
        table = category_values(factor, known)
        categories = known.categories(factor.feature) or ()
        values = np.array([table.get(category, default(factor)) for category in categories])
    else:
        scale = _steps_per_unit(factor.feature, factor.unit, clock)
        shift = clock.first_calendar_year if factor.feature == "calendar.year" else 0
        most = max(oldest, PER_MILLE) + 1
        limits = np.ceil(np.array(factor.below) * scale - 1e-9) - shift
        edges = np.clip(limits, 0, most).astype(np.int64)
        length = int(edges.max(initial=0)) + 1
        band = np.searchsorted(edges, np.arange(length), side="right")
        values = np.array([v.value for v in factor.values])[band]
    return np.append(values, otherwise(factor))


def bands_by_value(axis: GridAxis, known: Features, clock: Clock, oldest: int) -> Ints:
    """Return the place among a table's values by whole-number value of one of its features.

    The last one holds from there on.
    """
    if axis.categories is not None:
        order = known.categories(axis.name) or list(axis.categories)
        return np.array([axis.categories.get(one, 0) for one in order], np.int64)
    shift = clock.first_calendar_year if axis.name == "calendar.year" else 0
    limits = np.array(axis.lows) * _steps_per_unit(axis.name, None, clock)
    edges = np.clip(np.ceil(limits - 1e-9) - shift, 0, oldest + 1).astype(np.int64)
    return np.searchsorted(edges, np.arange(int(edges.max(initial=0)) + 1), side="right")


def band_edges(factor: Factor) -> Floats:
    """Return the edges and then the values of a factor over a number."""
    assert isinstance(factor.values, list)
    return np.array([*factor.below, *(value.value for value in factor.values)])


def _steps_per_unit(name: str, unit: str | None, clock: Clock) -> float:
    """Return how many steps one unit of a feature's bounds is; 1 for counts."""
    head = name.split(".")[0]
    if name == "age.calendar" or head in ("visits", "calendar", "attribute"):
        return 1.0
    if head == "share":
        return float(PER_MILLE)
    chosen = unit or ("year" if head == "age" else "month")
    return {"year": clock.per_year, "month": clock.per_year / 12, "step": 1.0}[chosen]


def _shape(factor: Factor, clock: Clock) -> Floats:
    """Return a named hazard's mean over each step, per year: exact for whoever stays."""
    p = {name: value.value for name, value in factor.parameters.items()}
    edges = np.arange(clock.end + clock.steps(120) + 2) / clock.per_year
    match factor.shape:
        case "weibull":
            cumulative = (edges / p["scale"]) ** p["shape"]
        case "gompertz":
            growth = np.minimum(p["b"] * edges, 700.0)
            cumulative = p["a"] * (np.expm1(growth) / p["b"] if p["b"] else edges)
        case _:
            cumulative = p["a"] * edges
    return np.diff(cumulative) * clock.per_year
