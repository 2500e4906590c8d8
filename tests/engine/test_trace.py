"""Traces of one person: whoever is replayed alone lives as in the run."""

from __future__ import annotations

from unittest.mock import patch

import pytest

import sisim
from sisim.engine import simulation
from sisim.engine.trace import UnknownPerson, trace
from sisim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sisim.load("placed-youth", {"population.residents": 1500, "time.years": 6})


def test_whoever_is_asked_for_by_key_is_the_one_that_is_chosen(scenario: Scenario) -> None:
    chosen = trace(scenario, seed=2)
    assert chosen.differing
    again = trace(scenario, chosen.history.key, seed=2)
    assert again.history == chosen.history
    assert again.differing is None


@pytest.mark.parametrize("key", [None, "municipality/m3"])
def test_the_people_of_a_run_are_made_once(scenario: Scenario, key: str | None) -> None:
    with patch.object(simulation, "people", wraps=simulation.people) as made:
        try:
            trace(scenario, key, seed=2)
        except UnknownPerson as error:
            trace(scenario, error.nearest, seed=2)
            assert made.call_count == 2
        else:
            assert made.call_count == 1


def test_nobody_is_simulated_for_somebody_who_is_not_there(scenario: Scenario) -> None:
    steps: list[int] = []
    with pytest.raises(UnknownPerson) as caught:
        trace(scenario, "nowhere/2026-01/0", progress=lambda done, _: steps.append(done))
    assert not steps
    assert trace(scenario, caught.value.nearest).history.key == caught.value.nearest
