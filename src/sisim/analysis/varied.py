"""The numbers that an experiment varies: how far each can go, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, nearest
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.psa_draws import is_uncertain
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Distribution, Number

TAIL = 0.025
"""Of a number with a distribution and no range: what lies outside its low, and its high."""


@dataclass(frozen=True)
class VariedNumber:
    """A number of the scenario and how far it can go.

    Attributes:
        key: Its path, as `--set` takes it.
        value: What the scenario says.
        low: Lowest plausible.
        high: Highest plausible.
        grade: What it is built on, if the file says.
        source: Where it was read.
        number: What the file says of it, with its distribution; None: drawn evenly between low and
            high.
        floor: The lowest such a number can be at all.
        ceiling: The highest.
    """

    key: str
    value: float
    low: float
    high: float
    grade: str | None = None
    source: str | None = None
    number: Number | None = field(default=None, hash=False)
    floor: float = -np.inf
    ceiling: float = np.inf

    @cached_property
    def distribution(self) -> Any:
        """How it is drawn: a frozen distribution of `scipy.stats`; None: evenly.

        It is made when it is asked for: `scipy.stats` takes long to import, and sliders need none.
        """
        return None if self.number is None else _frozen(self.number)

    def quantile(self, shares: NDArray[Any]) -> Floats:
        """Return the values below which the number lies with these probabilities."""
        drawn = self.distribution
        found = self.low + shares * (self.high - self.low) if drawn is None else drawn.ppf(shares)
        return np.asarray(np.clip(found, self.floor, self.ceiling), np.float64)


def factors(
    scenario: Scenario, patterns: Sequence[str] = (), *, pathway: bool = False
) -> list[VariedNumber]:
    """Return the scenario's uncertain numbers: those with a range or a distribution.

    Args:
        scenario: The scenario.
        patterns: Only those whose key is like one of these, as in `investments.*`; unset: those
            that the scenario file itself gives.
        pathway: Those of the pathway too, if no patterns are given.

    Raises:
        ScenarioError: If nothing uncertain is called as a pattern says.
    """
    own = {path: number for path, number in numbers(scenario) if is_uncertain(number)}
    known = {path.removeprefix("pathway."): path for path in own}
    problems = []
    for pattern in patterns:
        if not any(fnmatchcase(key, pattern) for key in known):
            reason = Reason("No number called so has a range or a distribution to vary it in.")
            problems.append(Problem(Place("", 0), pattern, reason, nearest(pattern, known)))
    if problems:
        raise ScenarioError(problems)
    return [
        _factor(key, path, own[path], scenario)
        for key, path in known.items()
        if any(fnmatchcase(key, pattern) for pattern in patterns)
        or (not patterns and (pathway or key == path))
    ]


def _factor(key: str, path: str, number: Number, scenario: Scenario) -> VariedNumber:
    owner = owner_of(path, number, scenario)
    floor, ceiling = number.floor, number.ceiling
    low, high = number.low, number.high
    if low is None or high is None:
        ends = np.clip(_frozen(number).ppf([TAIL, 1 - TAIL]), floor, ceiling)
        low = float(ends[0] if low is None else low)
        high = float(ends[1] if high is None else high)
    return VariedNumber(
        key, number.value, low, high, owner.grade, owner.source, number, floor, ceiling
    )


def _frozen(number: Number) -> Any:
    """Return what a number is drawn from: the same as `sisim.scenario.psa_draws` draws from."""
    if number.distribution is None:
        assert number.low is not None
        assert number.high is not None
        return _triangular(number.low, number.value, number.high)
    return frozen(number.distribution)


def frozen(distribution: Distribution) -> Any:
    """Return a distribution of a file as a frozen distribution of `scipy.stats`."""
    from scipy import stats

    p = distribution.parameters
    match distribution.name:
        case "beta":
            if "mean" in p:
                size = p["mean"] * (1 - p["mean"]) / p["sd"] ** 2 - 1
                return stats.beta(p["mean"] * size, (1 - p["mean"]) * size)
            return stats.beta(p["alpha"], p["beta"])
        case "gamma":
            if "mean" in p:
                return stats.gamma((p["mean"] / p["sd"]) ** 2, scale=p["sd"] ** 2 / p["mean"])
            return stats.gamma(p["shape"], scale=p["scale"])
        case "lognormal":
            return stats.lognorm(p["sdlog"], scale=exp(p["meanlog"]))
        case "normal":
            return stats.norm(p["mean"], p["sd"])
        case "uniform":
            return stats.uniform(p["low"], p["high"] - p["low"])
        case "triangular":
            return _triangular(p["low"], p["mode"], p["high"])
    raise ValueError(f"a {distribution.name} number is not drawn")


@lru_cache(maxsize=4096)  # SciPy takes a millisecond to make one
def _triangular(low: float, mode: float, high: float) -> Any:
    from scipy.stats import triang

    return triang((mode - low) / (high - low), loc=low, scale=high - low)


def alike(scenario: Scenario, pattern: str) -> list[str]:
    """Return the keys of all numbers that are like a pattern, as effects.*.persistence.years."""
    keys = [path.removeprefix("pathway.") for path, _ in numbers(scenario, written=True)]
    return [key for key in keys if fnmatchcase(key, pattern)]


def value_at(scenario: Scenario, key: str) -> float | None:
    """Return the number at a key, also one without an owner; None if there is none."""
    if "*" in key:
        # Several at once have one value only if it is the same.
        known = {value_at(scenario, one) for one in alike(scenario, key)}
        return known.pop() if len(known) == 1 else None
    number = _number(scenario, key)
    if number is not None:
        return number.value
    for start in (scenario, scenario.pathway):
        found = _at(start, key.split("."))
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found)
    return None


def is_whole(scenario: Scenario, key: str) -> bool:
    """Return whether what stands at a key can only be a whole number, as a number of places."""
    found = _at(scenario, key.split("."))
    return key.rpartition(".")[2] == "capacity" or (
        isinstance(found, int) and not isinstance(found, bool)
    )


def grade_of(scenario: Scenario, key: str) -> str | None:
    """Return what the number at a key is built on, if the file says."""
    if "*" in key:
        grades = {grade_of(scenario, one) for one in alike(scenario, key)}
        return grades.pop() if len(grades) == 1 else None
    for path in (key, f"pathway.{key}"):
        number = dict(numbers(scenario)).get(path)
        if number is not None:
            return owner_of(path, number, scenario).grade
    return None


def _number(scenario: Scenario, key: str) -> Number | None:
    known = dict(numbers(scenario))
    return known.get(key) or known.get(f"pathway.{key}")


def _at(node: Any, parts: Sequence[str]) -> Any:
    """Return what a dotted path leads to below a model, a table or a list; None if nothing."""
    for part in parts:
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list):
            inside = part.isdigit() and int(part) < len(node)
            node = node[int(part)] if inside else None
        else:
            node = getattr(node, part, None)
    return node
