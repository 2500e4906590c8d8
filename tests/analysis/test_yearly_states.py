"""Yearly states of a sample are those of the lives that `explain` tells."""

from __future__ import annotations

import numpy as np
import pytest

import sisim
from sisim.analysis.variants import Variants
from sisim.analysis.yearly_states import ABSENT, YearlyStates, yearly_states
from sisim.engine.compile import compile_scenario
from sisim.engine.trace import LifeHistory, trace
from sisim.scenario.scenario import Scenario

SEED, MOST = 3, 12


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sisim.load("placed-youth", {"population.residents": 2000, "time.years": 8})


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> YearlyStates:
    return yearly_states(Variants(scenario, (SEED,)).affected({}), MOST)


@pytest.fixture(scope="module")
def lives(scenario: Scenario, found: YearlyStates) -> list[LifeHistory]:
    return [trace(scenario, key, seed=SEED).history for key in found.keys]


def test_states_are_those_at_the_start_of_each_year(
    found: YearlyStates, lives: list[LifeHistory], scenario: Scenario
) -> None:
    assert len(found.keys) == min(MOST, found.of) > 3
    clock = compile_scenario(scenario).clock
    steps = [max(clock.start + 12 * (y - clock.start_year), clock.history) for y in found.years]
    for person, life in enumerate(lives):
        for arm, name in enumerate(found.arms):
            for track, states in enumerate(life.states[name].values()):
                for year, step in enumerate(steps):
                    # Whoever enters in that very step is there from the next.
                    here = life.arrive < step and life.states[name]["residence"][step] == "resident"
                    number = found.states[arm, person, year, track]
                    assert (number != ABSENT) == here
                    assert number == ABSENT or found.names[number][1] == states[step]


def test_treatments_are_those_of_each_year(found: YearlyStates, lives: list[LifeHistory]) -> None:
    for person, life in enumerate(lives):
        for arm, name in enumerate(found.arms):
            assert found.treated[arm, person].any() == bool(life.treatments.get(name))
    assert found.treated.any()
    assert not found.treated[0].any()


def test_a_sample_is_spread_over_all_who_are_affected(scenario: Scenario) -> None:
    affected = Variants(scenario, (SEED,)).affected({})
    everyone, few = (yearly_states(affected, most) for most in (10**6, 3))
    assert len(everyone.keys) == everyone.of == few.of
    middle = (everyone.of - 1) // 2
    assert few.keys == tuple(everyone.keys[n] for n in (0, middle, everyone.of - 1))
    assert np.array_equal(few.states[:, 1], everyone.states[:, middle])
