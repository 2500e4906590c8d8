"""What a decision document tells is asked of one simulation."""

from __future__ import annotations

from typing import Any

import pytest

from sisim.analysis.decision_findings import decision_findings, main_arm
from sisim.analysis.switching_values import Judged, simulate_retained
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario


def scenario(**changes: Any) -> Scenario:
    """Return the ready scenario with few residents and years."""
    few = {"population.residents": 800, "time.years": 4, "time.history": 0, "figures.year": 2028}
    return load_scenario("placed-youth", {**few, "replications": 1, **changes})


@pytest.fixture(scope="module")
def result() -> Judged:
    return Judged(*simulate_retained(scenario()))


def test_nothing_is_simulated_for_full_scale(
    result: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr("sisim.analysis.variants.simulate", refused)
    found = decision_findings(result)
    assert found.implementation is not None
    assert found.implementation.seeds == result.seeds
    assert found.one_way is None  # of too few runs none is retained


def test_a_section_that_is_left_out_is_not_asked_for(result: Judged) -> None:
    own = Judged(*simulate_retained(scenario(report={"leave_out": ["implementation"]})))
    assert decision_findings(own).implementation is None
    assert decision_findings(result).implementation is not None


def test_the_new_way_of_the_figures_is_told_of_first_and_else_the_last_arm() -> None:
    assert main_arm(scenario()) == "new_way"
    bare = scenario().model_copy(update={"figures": None})
    assert main_arm(bare) == list(bare.arms)[-1]
    assert main_arm(bare.model_copy(update={"arms": {}})) is None
