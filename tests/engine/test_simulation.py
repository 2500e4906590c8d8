"""A run that goes on with other investments is the run that had them from the start."""

import copy
from typing import Any

import numpy as np
import pytest
from helpers.strategies import (
    arm,
    assert_same,
    investment,
    move,
    run,
    simulation,
    track,
    world,
    worlds,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Simulation
from sisim.loading.load import load_scenario
from sisim.scenario.scenario import Scenario


def without_effects(made: dict[str, Any]) -> dict[str, Any]:
    """Return the world with investments that do nothing."""
    found = copy.deepcopy(made)
    for one in found["investments"].values():
        one["effects"] = []
    return found


def up_to_the_start(of: Simulation) -> Simulation:
    """Return a run that has come to where an investment first may act."""
    clock = of.compiled.clock
    starts = [clock.at(one.start) for one in of.compiled.scenario.investments.values()]
    until = min([of.enrolments.first_active, *starts])
    while of.step < until:
        of.begin()
        of.finish()
    return of


def moves(of: Simulation, *before: Any) -> list[tuple[int, ...]]:
    """Return every move of a run, and those of its past, in one order."""
    return sorted(map(tuple, np.concatenate([*before, of.drain()]).tolist()))


@settings(max_examples=25)
@given(made=worlds(people=150), seed=st.integers(0, 99))
def test_a_run_that_goes_on_is_the_run_from_the_start(made: dict[str, Any], seed: int) -> None:
    begun = up_to_the_start(simulation(made, seed, logging=True))
    past = begun.drain()
    for other in (made, without_effects(made)):
        whole = run(other, seed, logging=True)
        rest = begun.going_on_with(whole.compiled)
        rest.advance(rest.compiled.clock.end)
        assert_same(rest.tally(), whole.tally())
        assert rest.enrolments.record == whole.enrolments.record
        assert moves(rest, past) == moves(whole)


def test_a_ready_case_goes_on_without_what_its_effects_bring_with_them() -> None:
    scenario = load_scenario("placed-youth", {"population.residents": 1500})
    assert scenario.investments["team"].effects[0].instead is not None
    idle = scenario.investments["team"].model_copy(update={"effects": []})
    other = scenario.model_copy(update={"investments": {**scenario.investments, "team": idle}})
    begun = up_to_the_start(Simulation(compile_scenario(scenario), 2, threads=1))
    compiled = compile_scenario(other)
    assert len(compiled.tracks) < len(begun.compiled.tracks)
    rest, whole = begun.going_on_with(compiled), Simulation(compiled, 2, threads=1)
    rest.advance(compiled.clock.end)
    whole.advance(compiled.clock.end)
    assert_same(rest.tally(), whole.tally())


def test_a_run_that_is_over_stays_as_it_is() -> None:
    scenario = load_scenario("placed-youth", {"population.residents": 1500})
    over = Simulation(compile_scenario(scenario), 2, threads=1)
    over.advance(over.compiled.clock.end)
    before = over.tally()
    over.advance(48)
    assert over.step == over.compiled.clock.end
    assert_same(over.tally(), before)


def test_a_run_does_not_go_on_as_one_with_another_past() -> None:
    made = world(
        tracks={"life": track("well", "ill")},
        transitions={"falls": move("well", "ill", rate=0.5)},
        investments={"team": investment()},
        arms={"project": arm(team="ends")},
    )
    late = simulation(made)
    late.advance(late.compiled.clock.end)
    with pytest.raises(ValueError, match="no common past"):
        late.going_on_with(late.compiled)
    longer = copy.deepcopy(made)
    longer["time"]["years"] += 1
    with pytest.raises(ValueError, match="not the same"):
        simulation(made).going_on_with(compile_scenario(Scenario.model_validate(longer)))
