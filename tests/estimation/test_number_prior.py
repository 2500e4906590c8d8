"""Priors: their quantiles are those of what `uncertainty` draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sisim.estimation.number_prior import NumberPrior, has_prior
from sisim.scenario.distributions import draw_one
from sisim.scenario.types import Number, Probability

DISTRIBUTIONS: list[dict[str, Any]] = [
    {"name": "beta", "alpha": 2.0, "beta": 5.0},
    {"name": "beta", "mean": 0.3, "sd": 0.1},
    {"name": "gamma", "shape": 3.0, "scale": 0.2},
    {"name": "gamma", "mean": 1.0, "sd": 0.4},
    {"name": "lognormal", "meanlog": -1.0, "sdlog": 0.5},
    {"name": "normal", "mean": 0.5, "sd": 0.2},
    {"name": "uniform", "low": 0.2, "high": 0.9},
    {"name": "triangular", "low": 0.0, "mode": 0.2, "high": 1.0},
]


@pytest.mark.parametrize("given", DISTRIBUTIONS)
def test_a_prior_is_what_is_drawn(given: dict[str, Any]) -> None:
    number = Number.model_validate({"value": 0.4, "distribution": given})
    rng = np.random.default_rng(1)
    parameters = {key: value for key, value in given.items() if key != "name"}
    drawn = [draw_one(given["name"], parameters, rng) for _ in range(2000)]
    values = NumberPrior("x", number).values(rng.standard_normal(2000))
    assert stats.ks_2samp(drawn, values).pvalue > 0.001


def test_a_range_is_triangular_and_a_share_stays_one() -> None:
    number = Probability.model_validate({"value": 0.1, "low": 0.0, "high": 0.4})
    assert NumberPrior("x", number).interval(1.0) == pytest.approx((0.0, 0.4), abs=0.001)
    normal = {"name": "normal", "mean": 0.1, "sd": 5.0}
    wide = Probability.model_validate({"value": 0.1, "distribution": normal})
    assert NumberPrior("x", wide).interval() == (0.0, 1.0)


def test_a_plain_number_and_a_formula_have_none() -> None:
    assert not has_prior(Number(value=1.0))
    assert not has_prior(Number(value=1.0, low=0.5, high=2.0, formula="2 * x"))
    assert has_prior(Number(value=1.0, low=0.5, high=2.0))
