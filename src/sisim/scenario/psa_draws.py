"""Probabilistic parameters: one draw of every uncertain number, the same for all arms (L8)."""

from __future__ import annotations

import hashlib

import numpy as np

from sisim.scenario.distributions import draw_one
from sisim.scenario.numbers import numbers, recomputed, replace_numbers
from sisim.scenario.scenario import JointDistribution, Scenario
from sisim.scenario.types import Number


def draw(scenario: Scenario, index: int, seed: int) -> Scenario:
    """Return `scenario` with draw number `index` of all its uncertain numbers.

    A number with a distribution is drawn from it; one with only a range from the triangular
    distribution with its value as the mode; several together as `[uncertainty]` says; formulas
    follow from the parameters in them; all others stay. Every number has a stream of its own, named
    by its path, so that a new number in the file does not move the draws of the others.

    Raises:
        ScenarioError: If a formula has no value in this draw.
    """
    drawn = draw_values(scenario, index, seed)

    def change(path: str, number: Number) -> Number:
        if path not in drawn:
            return number
        # The range was that of the number before it was drawn.
        update = {"value": drawn[path], "low": None, "high": None, "distribution": None}
        return number.model_copy(update=update)

    return recomputed(replace_numbers(scenario, change))


def draw_values(scenario: Scenario, index: int, seed: int) -> dict[str, float]:
    """Return draw number `index` of every uncertain number, by its path: see `draw`."""
    joint = draw_together(scenario, index, seed)
    drawn: dict[str, float] = {}
    for path, number in numbers(scenario):
        written = path if path in joint else path.removeprefix("pathway.")
        if written in joint:
            drawn[path] = number.inside(joint[written])
        elif is_uncertain(number):
            drawn[path] = number.inside(_single(path, number, index, seed))
    return drawn


def draw_together(scenario: Scenario, index: int, seed: int) -> dict[str, float]:
    """Return draw number `index` of the numbers that are drawn together, by path as written."""
    return {
        path: float(value)
        for name, joint in scenario.uncertainty.items()
        for path, value in zip(joint.paths, _joint(joint, name, index, seed), strict=True)
    }


def is_uncertain(number: Number) -> bool:
    """Return whether a number is drawn on its own."""
    if number.distribution is not None:
        return number.distribution.name != "fixed"
    return number.low is not None and number.high is not None and number.low < number.high


def _single(path: str, number: Number, index: int, seed: int) -> float:
    rng = stream(path.removeprefix("pathway."), index, seed)
    if number.distribution is not None:
        return draw_one(number.distribution.name, number.distribution.parameters, rng)
    assert number.low is not None
    assert number.high is not None
    return float(rng.triangular(number.low, number.value, number.high))


def _joint(joint: JointDistribution, name: str, index: int, seed: int) -> list[float]:
    if joint.distribution == "draws":
        return joint.rows[index % len(joint.rows)]
    rng = stream(f"uncertainty.{name}", index, seed)
    if joint.distribution == "dirichlet":
        return list(rng.dirichlet(joint.alpha))
    drawn = rng.multivariate_normal(joint.mean, joint.covariance, method="eigh")
    return list(np.exp(drawn) if joint.on == "log" else drawn)


def stream(name: str, index: int, seed: int) -> np.random.Generator:
    """Return the generator of one name and number: each has draws of its own."""
    key = hashlib.blake2b(f"{seed}/{index}/{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
