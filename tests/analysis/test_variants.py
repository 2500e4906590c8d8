"""Variants of a scenario: whatever is changed, the answer is that of a whole run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sisim
from sisim.analysis.variants import Variants
from sisim.economics.valuation import Valuation
from sisim.engine.compile import compile_scenario
from sisim.engine.trace import diverged_people, key_of
from sisim.engine.warm_up import run_once
from sisim.loading.load import changed
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sisim.load("placed-youth", {"population.residents": 2000, "time.years": 8})


@pytest.fixture(scope="module")
def variants(scenario: Scenario) -> Variants:
    return Variants(scenario, (3, 4))


def assert_same(found: Valuation, whole: Valuation) -> None:
    """Assert that the same is said of people and of money."""
    assert found.seeds == whole.seeds
    assert found.digest == whole.digest
    np.testing.assert_array_equal(found.counts.counts("stock"), whole.counts.counts("stock"))
    np.testing.assert_array_equal(found.counts.counts("entry"), whole.counts.counts("entry"))
    assert found.costs.equals(whole.costs)
    assert found.outcomes().equals(whole.outcomes())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"investments.team.reach": 0.4}, id="reach"),
        pytest.param({"investments.team.effects.2.ratio": 2.5}, id="a stronger effect"),
        pytest.param({"investments.team.effects.4.ratio": 0.4}, id="the inflow"),
        pytest.param({"investments.team.effects.3.scale": "odds_ratio"}, id="another scale"),
        pytest.param({"investments.team.effects.3.acts_on": "area"}, id="everyone in the area"),
        pytest.param({"investments.team.years": 4.0, "economy.discount_costs": 0.01}, id="years"),
        pytest.param({"investments.team.cost.running": 9e6}, id="money alone"),
        pytest.param({"drift.prices.care": 0.03}, id="prices"),
        pytest.param({"drift.volumes.referred": 0.03}, id="everyone"),
        pytest.param({"investments.team.target.features.age.from": 15}, id="another target group"),
    ],
)
def test_a_version_is_what_a_whole_run_gives(
    scenario: Scenario, variants: Variants, changes: dict[str, float]
) -> None:
    """However little is simulated again, nothing differs from a run of the changed scenario."""
    whole = sisim.run(changed(scenario, changes), seed=3, replications=2)
    assert_same(variants.valuation(changes), whole)


NOBODY = {"investments.team.reach": 0.0, "investments.team.new_way.reach": 0.0}
NONE = {f"investments.team.effects.{n}.ratio": 1.0 for n in range(4)}
LASTING = {f"investments.team.effects.{n}.persistence.years": 7.0 for n in range(3)}


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        pytest.param(NOBODY, {**LASTING, "investments.team.effects.0.ratio": 0.3}, id="nobody"),
        pytest.param(NONE, LASTING, id="no effect"),
    ],
)
def test_what_nothing_can_come_of_is_not_simulated_again(
    scenario: Scenario, changes: dict[str, float], idle: dict[str, float]
) -> None:
    variants = Variants(scenario, (3,))
    variants.valuation(changes)
    simulated = variants.simulated
    found = variants.valuation({**changes, **idle})
    assert variants.simulated == simulated
    assert_same(found, sisim.run(changed(scenario, {**changes, **idle}), seed=3, replications=1))
    area = variants.valuation({**changes, "investments.team.effects.4.ratio": 0.4})
    assert variants.simulated > simulated
    assert not area.costs.equals(found.costs)


@pytest.mark.parametrize(
    "changes",
    [
        {"pathway.resources.school_year.price": 1.0},
        {"pathway.tracks.school.states.grade_1.uses.school_year.amount": 2.0},
        {"economy.counting": "both"},
        {"economy.counting": "end"},
    ],
)
def test_the_same_people_cost_what_they_then_use_and_it_then_costs(
    scenario: Scenario, variants: Variants, changes: dict[str, Any]
) -> None:
    """What has been added up of the counts is used again only where it is the same."""
    before, simulated = variants.valuation({}), variants.simulated
    assert len(before.costs)
    found = variants.valuation(changes)
    assert variants.simulated == simulated
    assert not found.costs.equals(before.costs)
    assert_same(found, sisim.run(changed(scenario, changes), seed=3, replications=2))


def test_what_does_not_fit_is_said_as_in_a_file(variants: Variants) -> None:
    """The error names the value, and the next version is as good as ever."""
    with pytest.raises(ScenarioError, match="reach"):
        variants.valuation({"investments.team.reach": 1.5})
    with pytest.raises(ScenarioError, match="nothing called so"):
        variants.valuation({"investments.team.raech": 0.5})
    assert variants.valuation({}).seeds == (3, 4)


@pytest.mark.parametrize(
    "changes", [{"investments.team.reach": 0.4}, {"drift.volumes.referred": 0.03}]
)
def test_those_whose_lives_are_changed_are_those_of_a_whole_run(
    scenario: Scenario, variants: Variants, changes: dict[str, float]
) -> None:
    """Known by their keys, whoever else was simulated beside them."""
    found = variants.affected(changes)
    whole = run_once(compile_scenario(changed(scenario, changes)), seed=3)
    keys = {key_of(found.compiled, found.people, person) for person in found.who.tolist()}
    assert keys == {
        key_of(whole.compiled, whole.people, one) for one in diverged_people(whole).tolist()
    }
    assert len(found.enrolments) == len(whole.enrolments.record)


def test_a_scenario_that_cannot_be_kept_has_variants_too(scenario: Scenario) -> None:
    """An effect that may touch anyone is drawn down to one that touches few: a whole run."""
    ratio = "investments.team.effects.4.ratio"
    raising = changed(scenario, {ratio: 1.5})
    found = Variants(raising, (3,)).valuation({ratio: 0.8})
    assert_same(found, sisim.run(changed(raising, {ratio: 0.8}), seed=3, replications=1))


def test_what_fits_no_number_is_refused_wherever_it_is_asked(scenario: Scenario) -> None:
    """A number checked by itself is not rounded to one that fits."""
    for retain in (False, True):
        some = Variants(scenario, (3,), retain=retain)
        for key, value in {"capacity": 12.5, "reach": "0.5", "years": True}.items():
            with pytest.raises(ScenarioError, match=key):
                some.valuation({f"investments.team.{key}": value})
