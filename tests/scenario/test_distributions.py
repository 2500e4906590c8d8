"""Distributions have the mean and the spread that they say."""

import numpy as np
import pytest
from helpers.small_files import Write

from sisim.loading.load import load_scenario
from sisim.scenario.distributions import PARAMETERS, draw_one
from sisim.scenario.errors import ScenarioError

GIVEN: dict[str, tuple[dict[str, float], float, float]] = {
    "beta": ({"mean": 0.3, "sd": 0.1}, 0.3, 0.1),
    "gamma": ({"shape": 4.0, "scale": 2.0}, 8.0, 4.0),
    "lognormal": ({"meanlog": 0.0, "sdlog": 0.5}, np.exp(0.125), 0.6039),
    "normal": ({"mean": -2.0, "sd": 3.0}, -2.0, 3.0),
    "uniform": ({"low": 1.0, "high": 3.0}, 2.0, 2 / np.sqrt(12)),
    "triangular": ({"low": 0.0, "mode": 1.0, "high": 2.0}, 1.0, np.sqrt(1 / 6)),
}


@pytest.mark.parametrize("name", GIVEN)
def test_each_distribution_has_its_mean_and_spread(name: str) -> None:
    parameters, mean, sd = GIVEN[name]
    rng = np.random.default_rng(1)
    sample = [draw_one(name, parameters, rng) for _ in range(20_000)]
    assert np.mean(sample) == pytest.approx(mean, abs=4 * sd / np.sqrt(20_000))
    assert np.std(sample) == pytest.approx(sd, rel=0.05)


def test_a_beta_or_gamma_by_its_moments_is_the_same_as_by_its_parameters() -> None:
    size = 0.3 * 0.7 / 0.01 - 1
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    moments = draw_one("beta", {"mean": 0.3, "sd": 0.1}, one)
    assert moments == pytest.approx(
        draw_one("beta", {"alpha": 0.3 * size, "beta": 0.7 * size}, other)
    )


@pytest.mark.parametrize(
    "distribution",
    [
        '{ name = "beta", mean = 0.1 }',
        '{ name = "beta", mean = 0.1, sd = 0.9 }',
        '{ name = "uniform", low = 2, high = 1 }',
        '{ name = "normal", mean = 0, sd = -1 }',
    ],
)
def test_an_impossible_distribution_is_answered(write: Write, distribution: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(
            write(
                (
                    "probability = 0.1\n",
                    f"probability = {{ value = 0.1, distribution = {distribution} }}\n",
                )
            )
        )
    (problem,) = caught.value.problems
    assert problem.key == "transitions.home_again.probability.distribution"


def test_every_distribution_can_be_drawn() -> None:
    assert set(GIVEN) == set(PARAMETERS) - {"fixed"}
