"""Other versions of the arms, from a run that is kept."""

from __future__ import annotations

import copy

import numpy as np
from helpers.strategies import World, amounts, assert_same_run, lowering, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim import load
from sisim.engine.affected import AffectedPeople
from sisim.engine.clock import Clock
from sisim.engine.compile import compile_scenario
from sisim.engine.population import people
from sisim.engine.replications import simulate
from sisim.engine.rerun import ArmRerun, run_without
from sisim.engine.simulation import Simulation
from sisim.engine.warm_up import run_once
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


@given(worlds().map(lowering))
@few
def test_those_whom_arms_can_affect_live_alone_as_they_do_among_everyone(world: World) -> None:
    """Found in a run without arms: the others have one life, and theirs do not depend on those."""
    compiled = compile_scenario(Scenario.model_validate(world))
    bare = compile_scenario(compiled.scenario.model_copy(update={"arms": {}}))
    without, who = run_without(bare, 1, AffectedPeople(compiled))
    whole = run_once(compiled, 1, threads=1)
    alone = Simulation(compiled, 1, threads=1, only=whole.people.only(who))
    while alone.step < compiled.clock.end:
        alone.begin()
        alone.finish()
    arms, n = len(compiled.arms) + 1, len(whole.people)
    others = np.setdiff1d(np.arange(n), who)
    assert not whole.columns.diverged[:, others].any()
    assert not whole.columns.treated[:, others].any()
    assert np.array_equal(whole.columns.state[:, others], without.columns.state[:, others])
    assert np.array_equal(whole.tally().event[0], without.tally().event[0])
    assert np.array_equal(whole.columns.diverged[:, who], alone.columns.diverged)
    for arm in range(arms):
        # Who has not diverged has no row of their own.
        own = who if arm == 0 else who[whole.columns.diverged[arm - 1, who]]
        rows, mine = arm * n + own, arm * len(who) + np.searchsorted(who, own)
        assert np.array_equal(whole.columns.state[:, rows], alone.columns.state[:, mine])
    told = [
        [(e.arm, e.investment, number[e.person], e.start, e.end) for e in run.enrolments.record]
        for run, number in ((whole, np.arange(n)), (alone, who))
    ]
    assert told[0] == told[1]


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
