"""Draws of uncertain numbers: repeatable, together where they belong together."""

import numpy as np
import pytest
from helpers.small_files import Write

from sisim.loading.load import load_scenario
from sisim.scenario.errors import ScenarioError
from sisim.scenario.psa_draws import draw
from sisim.scenario.scenario import Scenario


def rate(scenario: Scenario) -> float:
    """Return the rate of placement."""
    return float(scenario.pathway.transitions["placement"].rate or 0)


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
