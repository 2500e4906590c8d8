"""Whom arms can touch, and that nothing is lost by taking them apart from the others."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest
from helpers.strategies import (
    FAMILIES,
    World,
    arm,
    assert_same_run,
    investment,
    lowering,
    move,
    run,
    simulation,
    track,
    world,
    worlds,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim import load
from sisim.engine import simulation as running
from sisim.engine.affected import ARM_COLUMNS, reusable_baseline, target_states
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import replication
from sisim.engine.simulation import Simulation
from sisim.engine.warm_up import run_once
from sisim.scenario.scenario import Scenario

few = settings(max_examples=25)
taken_apart: list[int] = []


@pytest.fixture(scope="module", autouse=True)
def _apart_at_once() -> Iterator[None]:
    """Take people apart in short windows too, and note how many are."""
    extract = running.extract

    def noting(*arguments):  # type: ignore[no-untyped-def]
        taken_apart.append(len(arguments[3]))
        return extract(*arguments)

    with (
        patch.object(running, "MIN_WINDOW", 4),
        patch.object(running, "MAX_AFFECTED", 1),
        patch.object(running, "extract", noting),
    ):
        yield


def step_by_step(made: World) -> Simulation:
    """Return a run in which everyone goes step by step, and nobody is taken apart."""
    found = simulation(made)
    for _ in range(found.compiled.clock.end):
        found.begin()
        found.finish()
    return found


@given(worlds(shared=False, people=5000).map(lowering), st.sampled_from((1, 2)))
@few
def test_taking_people_apart_changes_nothing(made: World, threads: int) -> None:
    """Counts, treatments, and who differs from when: to the bit as if all went step by step."""
    apart, together = run(made, threads=threads), step_by_step(made)
    assert_same_run(replication(apart), replication(together))
    for name in ARM_COLUMNS:
        left, right = (getattr(of.columns, name) for of in (apart, together))
        if name == "divergence_step":
            left, right = (
                of.columns.divergence_step[of.columns.diverged] for of in (apart, together)
            )
        np.testing.assert_array_equal(left, right, err_msg=name)


@given(worlds(people=3000))
@few
def test_nor_where_some_cannot_be_told(made: World) -> None:
    """The same with peers, families, and effects that move people who would have stayed."""
    assert_same_run(replication(run(made)), replication(step_by_step(made)))


def assert_apart_is_as_together(made: World) -> Simulation:
    """Assert that taking people apart changes nothing; return the run with it."""
    taken_apart.clear()
    apart = run(made)
    assert taken_apart
    assert_same_run(replication(apart), replication(step_by_step(made)))
    return apart


def test_who_is_saved_in_an_arm_lives_on_there_when_nobody_is_treated_any_more() -> None:
    """They have left the world without the arm, and its lists, before the others go on."""
    made = mortal(target={"state.life": ["ill"]}, effects=[{"on": ["dies"], "ratio": 0.1}])
    done = assert_apart_is_as_together(made)
    n = done.columns.n
    assert (done.columns.alive[n:] & done.columns.diverged[0] & ~done.columns.alive[:n]).any()


def test_what_lasts_makes_people_differ_when_nobody_is_treated_any_more() -> None:
    """Nobody is in treatment after the first year, but the effect stays with those who were."""
    lasting = {"on": ["dies"], "ratio": 0.1, "persistence": {"kind": "permanent"}}
    made = mortal(target={"state.life": ["ill"]}, duration=1, effects=[lasting])
    done = assert_apart_is_as_together(made)
    late = done.compiled.clock.at("2031-06")
    assert (done.columns.divergence_step[done.columns.diverged] > late).any()


def test_who_leaves_a_state_with_an_effect_on_everybody_is_told() -> None:
    """They were never in the target group, which asks for states of another track."""
    made = mortal(
        target={"state.work": ["idle"]},
        effects=[
            {"on": ["dies"], "ratio": 0.3, "acts_on": "area"},
            {"on": ["works"], "ratio": 2},
        ],
    )
    made["pathway"]["tracks"]["work"] = track("busy", "idle")
    made["pathway"]["transitions"] |= {
        "stops": move("busy", "idle", "work", rate=0.05),
        "works": move("idle", "busy", "work", rate=0.5),
    }
    done = assert_apart_is_as_together(made)
    assert (done.columns.diverged & ~done.columns.treated).any()


def test_whose_entry_is_prevented_is_told() -> None:
    """Also among those who move in, and have lived elsewhere before."""
    made = mortal(
        target={"state.life": ["ill"]},
        effects=[
            {"on": ["entry"], "ratio": 0.5, "acts_on": "area"},
            {"on": ["dies"], "ratio": 0.5},
        ],
    )
    made["population"] = {
        "residents": 3000,
        "max_age": 6.5,
        "movers_in": {"per_year": 0.2, "below": [1.5], "shares": [0.5, 0.5]},
    }
    done = assert_apart_is_as_together(made)
    older = done.people.arrive > done.people.start + 12
    assert (done.columns.diverged[0] & older).any()


def test_the_queue_is_remembered_from_window_to_window() -> None:
    """Who has waited the longest gets the next place, however long they have waited."""
    queue = {"capacity": 20, "duration": 3, "selection": {"rule": "first_come"}, "years": 4.5}
    made = mortal(target={"state.life": ["ill"]}, effects=[{"on": ["dies"], "ratio": 0.5}], **queue)
    assert_apart_is_as_together(made)


def test_few_are_taken_apart() -> None:
    """In the ready scenario those near care: a fiftieth of all."""
    scenario = load("placed-youth", {"population.residents": 2000})
    only = {"project": scenario.arms["project"]}
    compiled = compile_scenario(scenario.model_copy(update={"arms": only, "figures": None}))
    taken_apart.clear()
    done = run_once(compiled, 1)
    assert taken_apart
    assert 0 < max(taken_apart) < 0.02 * len(done.people)


def mortal(**more: object) -> World:
    """Return a world of people who fall ill and die, with an investment for a year in one arm."""
    made = world(
        tracks={"life": track("well", "ill", "dead", exits=("dead",))},
        transitions={
            "falls_ill": move("well", "ill", rate=0.3),
            "recovers": move("ill", "well", rate=0.3),
            "dies": move("ill", "dead", rate=0.3),
        },
        population={"cohort": 3000},
        # The investment begins as the second window does: nobody is born in it.
        time={"start": "2026-01", "years": 9},
    )
    return made | {
        "investments": {"care": investment(**{"start": "2030-01", **more})},
        "arms": {"treated": arm(care="ends")},
    }


def in_care(**more: object) -> World:
    """Return a world with an investment in those who are in one of two kinds of care."""
    made = world(
        tracks={"life": track("home", "foster", "residential")},
        transitions={
            "placed": move("home", "foster", rate=0.5),
            "moves": move("foster", "residential", rate=0.5),
            "returns": move("residential", "home", rate=0.5),
        },
    )
    return made | {
        "investments": {"team": investment(**more)},
        "arms": {"treated": arm(team="continues")},
    }


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ({"state.life": ["foster", "residential"]}, {"foster", "residential"}),
        ({"age": {"from": 0}, "state.life": ["foster"]}, {"foster"}),
        ({"age": {"from": 0}}, {"home", "foster", "residential"}),
        ({}, {"home", "foster", "residential"}),
    ],
)
def test_a_target_group_asks_for_states(target: World, found: set[str]) -> None:
    """Whoever is in none of them is not touched; if it asks for none, every state will do."""
    compiled = compile_scenario(Scenario.model_validate(in_care(target=target)))
    names = np.array([name for _, name in compiled.states])
    assert set(names[target_states(compiled)[: len(names)]]) == found


def test_who_can_be_told() -> None:
    """Not where it may be anyone: families, and effects that move those who would have stayed."""
    assert reusable_baseline(load("placed-youth"))
    assert not reusable_baseline(load("placed-youth", {"investments.team.effects.4.ratio": 1.5}))
    made = in_care(unit="family")
    made["population"] = {"residents": 100, "max_age": 3, "families": FAMILIES}
    assert not reusable_baseline(Scenario.model_validate(made))
