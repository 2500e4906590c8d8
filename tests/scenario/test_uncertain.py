"""Draws of uncertain numbers, and the register of who answers for them."""

import numpy as np
import pytest
from helpers.small_files import Write

from sisim.loading.load import load_scenario
from sisim.scenario.distributions import PARAMETERS, draw_one
from sisim.scenario.errors import ScenarioError
from sisim.scenario.psa_draws import draw
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario

GIVEN: dict[str, tuple[dict[str, float], float, float]] = {
    "beta": ({"mean": 0.3, "sd": 0.1}, 0.3, 0.1),
    "gamma": ({"shape": 4.0, "scale": 2.0}, 8.0, 4.0),
    "lognormal": ({"meanlog": 0.0, "sdlog": 0.5}, np.exp(0.125), 0.6039),
    "normal": ({"mean": -2.0, "sd": 3.0}, -2.0, 3.0),
    "uniform": ({"low": 1.0, "high": 3.0}, 2.0, 2 / np.sqrt(12)),
    "triangular": ({"low": 0.0, "mode": 1.0, "high": 2.0}, 1.0, np.sqrt(1 / 6)),
}


def rate(scenario: Scenario) -> float:
    """Return the rate of placement."""
    return float(scenario.pathway.transitions["placement"].rate or 0)


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


def test_a_draw_is_repeatable_and_differs_by_index_and_seed(write: Write) -> None:
    scenario = load_scenario(write())
    first = rate(draw(scenario, 0, 1))
    assert first == rate(draw(scenario, 0, 1))
    assert len({first, rate(draw(scenario, 1, 1)), rate(draw(scenario, 0, 2))}) == 3
    assert 0.005 <= first <= 0.02
    assert draw(scenario, 0, 1).pathway.transitions["home_again"].probability is (
        scenario.pathway.transitions["home_again"].probability
    )


def test_a_new_uncertain_number_moves_no_other(write: Write) -> None:
    before = draw(load_scenario(write()), 3, 1)
    ranged = "probability = { value = 0.1, low = 0.05, high = 0.2 }\n"
    after = draw(load_scenario(write(("probability = 0.1\n", ranged))), 3, 1)
    assert rate(before) == rate(after)


def test_several_numbers_are_drawn_together(write: Write) -> None:
    scenario = load_scenario(
        write(
            (
                "[time]\n",
                '[uncertainty.risk]\ndistribution = "dirichlet"\nalpha = [80, 20]\n'
                'paths = ["attributes.risk.shares.low", "attributes.risk.shares.high"]\n[time]\n',
            )
        )
    )
    shares = [draw(scenario, i, 1).pathway.attributes["risk"].shares for i in range(200)]
    assert all(s["low"].value + s["high"].value == pytest.approx(1) for s in shares)
    assert np.mean([s["high"].value for s in shares]) == pytest.approx(0.2, abs=0.015)


def test_a_draw_stays_where_such_a_number_can_be(write: Write) -> None:
    wide = 'probability = { value = 0.1, distribution = { name = "normal", mean = 0, sd = 1 } }\n'
    scenario = load_scenario(write(("probability = 0.1\n", wide)))
    drawn = [draw(scenario, i, 1).pathway.transitions["home_again"].probability for i in range(50)]
    assert {min(max(float(p or 0), 0), 1) for p in drawn} == {float(p or 0) for p in drawn}


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


def test_an_impossible_joint_distribution_is_answered(write: Write) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(
            write(
                (
                    "[time]\n",
                    '[uncertainty.x]\ndistribution = "multivariate_normal"\n'
                    'paths = ["transitions.placement.rat"]\nmean = [1, 2]\n[time]\n',
                )
            )
        )
    assert {p.key for p in caught.value.problems} == {"uncertainty.x", "uncertainty.x.paths.0"}


def test_every_distribution_can_be_drawn() -> None:
    assert set(GIVEN) == set(PARAMETERS) - {"fixed"}


def test_the_register_says_who_answers_for_each_number(write: Write) -> None:
    scenario = load_scenario(write(), {"time.years": 5, "investments.support.reach": 0.5})
    register = assumptions(scenario).set_index("key")
    placement = register.loc["transitions.placement.rate"]
    assert (placement.value, placement.low, placement.high) == (0.01, 0.005, 0.02)
    assert (placement.grade, placement.source) == ("measured", "Z")
    assert placement.file.endswith("small.toml")
    assert register.loc["investments.support.reach", "file"] == "--set"
    assert register.loc["drift.inflation", "file"] == ""
    by_age = register.loc["factors.by_age.values.1"]
    assert (by_age.grade, by_age.source) == ("assumption", "Y")
    assert not register.index.has_duplicates


def test_every_key_of_the_register_can_be_set(write: Write) -> None:
    path = write()
    register = assumptions(load_scenario(path))
    for key, value in zip(register.key, register.value, strict=True):
        changed = assumptions(load_scenario(path, {key: value})).set_index("key")
        assert changed.loc[key, "value"] == value
        assert changed.loc[key, "file"] == "--set"
