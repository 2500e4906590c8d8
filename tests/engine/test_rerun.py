"""Other versions of the arms, from a run that is kept."""

from __future__ import annotations

import copy

from helpers.strategies import World, amounts, assert_same_run, lowering, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim import load
from sisim.engine.clock import Clock
from sisim.engine.population import people
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun
from sisim.scenario.scenario import Scenario

few = settings(max_examples=12)


@st.composite
def versions(draw: st.DrawFn, world: World) -> World:
    """Return the world with other numbers in its investments."""
    made = copy.deepcopy(world)
    for investment in made["investments"].values():
        investment["reach"] = draw(amounts(0, 1))
        investment["years"] = draw(st.sampled_from((0.5, 1, 1.5)))
        investment["capacity"] = draw(st.sampled_from((None, 3, 30)))
        investment["duration"] = draw(st.sampled_from((None, 2, 9)))
        for effect in investment["effects"]:
            on_area = effect.get("acts_on") == "area"
            effect["ratio"] = draw(amounts(0, 1 if on_area else 4))
    return made


@given(worlds(shared=False).map(lowering), st.data())
@few
def test_another_version_of_the_arms_is_to_the_bit_what_a_full_run_gives(
    world: World, data: st.DataObject
) -> None:
    """Only those whom an arm can touch are simulated again, and nothing else could have changed."""
    kept = ArmRerun(Scenario.model_validate(world), seed=1, threads=1)
    for _ in range(2):
        version = Scenario.model_validate(data.draw(versions(world)))
        again = kept.rerun(version).replications[0]
        full = simulate(version, seed=1, replications=1, threads=1).replications[0]
        assert_same_run(again, full)


@given(worlds(shared=False).map(lowering))
@few
def test_the_run_that_is_kept_is_an_ordinary_run(world: World) -> None:
    """The first picture is what any run of the scenario shows."""
    scenario = Scenario.model_validate(world)
    full = simulate(scenario, seed=1, replications=1, threads=1).replications[0]
    assert_same_run(ArmRerun(scenario, seed=1, threads=1).result.replications[0], full)


def test_few_are_simulated_again() -> None:
    """In the ready scenario, those near care: a fiftieth of all."""
    scenario = load("placed-youth", {"population.residents": 1000})
    everyone = people(scenario, Clock.of(scenario), seed=1)
    assert 0 < len(ArmRerun(scenario, seed=1).affected) < 0.05 * len(everyone)
