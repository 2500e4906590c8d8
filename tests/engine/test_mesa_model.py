"""The scenario as a Mesa model: its people are agents, and the rule that moves them is the same."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from helpers.strategies import (
    World,
    arm,
    assert_same,
    events,
    group,
    investment,
    move,
    run,
    stock,
    track,
    world,
    worlds,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import sisim
from sisim.engine.mesa_model import Person, SocialInvestmentModel
from sisim.scenario.scenario import Scenario

few = settings(max_examples=15)
THREE: World = {
    "tracks": {"life": track("a", "b", "c")},
    "transitions": {
        # Nobody goes but by their own step; who is in b goes on at once.
        "go": move("a", "b", rate=0),
        "go_on": move("b", "c", probability=1),
    },
    "groups": {"beyond": group("life", "c")},
}


def model(of: World, **how: Any) -> SocialInvestmentModel:
    """Return a world as a model, from its very beginning unless told otherwise."""
    return SocialInvestmentModel(
        Scenario.model_validate(of), **{"seed": 1, "from_start": False, **how}
    )


def to_its_end(of: SocialInvestmentModel) -> SocialInvestmentModel:
    """Return a model when it has taken all its steps."""
    while of.running:
        of.step()
    return of


class Follower(Person):
    """Someone who decides for themselves to do what the rule says."""

    def step(self) -> None:
        """Do what the rule says."""
        super().step()


# The same lives.


@given(worlds())
@few
def test_the_model_counts_what_a_run_counts(made: World) -> None:
    """Step by step as Mesa goes, in every arm."""
    done = to_its_end(model(made))
    assert_same(done.simulation.tally(), run(made).tally())


@given(worlds(invest=False))
@few
def test_people_who_follow_the_rule_live_as_the_rule_lets_them(made: World) -> None:
    """The rule is written once: agents who ask for it get the very same lives."""
    done = to_its_end(model(made, person=Follower))
    assert_same(done.simulation.tally(), run(made).tally())


@given(worlds())
@few
def test_agents_and_reporters_see_what_is_counted(made: World) -> None:
    """In every arm the collected residents and groups are the stocks of the run."""
    for name in ("without", *made["arms"]):
        seen = model(made, arm=name)
        to_its_end(seen)
        table = seen.datacollector.get_model_vars_dataframe()
        tally = seen.simulation.tally()
        compiled, number = seen.compiled, seen.arm_number
        first = np.array([t == compiled.tracks[0] for t, _ in compiled.states])
        # A row is the state after a step; counting begins when the warm-up is over.
        counted = tally.stock[number].sum(axis=1)[(compiled.clock.history == 0) :]
        since = max(compiled.clock.history - 1, 0)
        assert table["residents"].tolist()[since:] == counted[:, first].sum(axis=1).tolist()
        for g, name_of in enumerate(compiled.groups):
            inside = compiled.tables.layout.member[g, :-1]
            assert table[name_of].tolist()[since:] == counted[:, inside].sum(axis=1).tolist()


# What people decide.


class Early(Person):
    """Someone who goes in the month after arrival, and otherwise follows the rule."""

    def step(self) -> None:
        """Go, if there is somewhere to go from."""
        if self.state["life"] == "a" and self.model.steps == self.model.when:  # type: ignore[attr-defined]
            self.move("life", "b")
        else:
            super().step()


@pytest.mark.parametrize("when", [2, 3, 4, 5, 6])
def test_who_has_moved_by_themselves_goes_on_by_the_rule(when: int) -> None:
    """Whichever month it is, the rule meets them in the state they have chosen at the next step."""
    made = world(**THREE)
    told = model(made, person=Early)
    told.when = when
    to_its_end(told)
    assert events(told.simulation, "go") == [100 * (m == when - 1) for m in range(24)]
    assert events(told.simulation, "go_on") == [100 * (m == when) for m in range(24)]
    assert stock(told.simulation, "c")[-1] == 100


class Still(Person):
    """Someone who does nothing, whatever the rule says."""

    def step(self) -> None:
        """Stay."""


def test_who_does_nothing_stays() -> None:
    """An own step that neither moves nor follows keeps everyone where they are."""
    made = world(**{**THREE, "transitions": {"go": move("a", "b", probability=1)}})
    assert stock(run(made), "b")[1:] == [100] * 24
    assert stock(to_its_end(model(made, person=Still)).simulation, "b") == [0] * 25


# As in Mesa.


def test_it_is_a_mesa_model() -> None:
    """Steps, seed, agent sets and the data collector are those Mesa's users know."""
    made = world(
        **THREE,
        attributes={"sex": {"label": "Sex", "shares": {"girl": 0.5, "boy": 0.5}}},
    )
    made["pathway"]["transitions"]["go"] = move("a", "b", probability=0.2)
    there = model(made)
    assert isinstance(there, mesa.Model)
    assert len(there.agents) == 100
    assert there.agents_by_type == {Person: there.agents}
    assert there.agent_types == [Person]
    for _ in range(5):
        there.step()
    assert there.steps == 5
    beyond = there.agents.select(lambda one: one.state["life"] == "c")
    assert 0 < len(beyond) < 100
    assert len(beyond) == there.count("beyond")
    by_sex = there.agents.groupby(lambda one: one.background["sex"]).count()
    assert set(by_sex) == {"girl", "boy"}
    assert sum(by_sex.values()) == 100
    assert there.agents.agg("age", np.max) == pytest.approx(5 / 12)
    someone = next(iter(beyond))
    assert [(left, to) for _, _, left, to in someone.history] == [("a", "b"), ("b", "c")]
    assert dict(someone.state) == {"life": "c"}
    assert repr(someone.state) == "{'life': 'c'}"
    table = there.datacollector.get_model_vars_dataframe()
    assert table["residents"].tolist() == [100] * 5
    assert table["beyond"].is_monotonic_increasing


def test_a_persons_risks_are_told_as_base_times_factors() -> None:
    """What may happen to someone now, by name."""
    made = world(**THREE)
    made["pathway"]["transitions"]["go"] = move("a", "b", probability=0.2)
    someone = next(iter(model(made).agents))
    assert [risk.transition for risk in someone.risks("life")] == ["go"]


def test_an_arm_is_seen_through_its_own_people() -> None:
    """In an arm that stops everyone, agents are where that arm has them."""
    stop = {"on": ["go"], "ratio": 0, "scale": "relative_risk"}
    made = world(
        **{**THREE, "transitions": {"go": move("a", "b", probability=1)}},
        investments={"help": investment(effects=[stop])},
        arms={"helped": arm(help="ends")},
    )
    without, helped = model(made), model(made, arm="helped")
    for one in (without, helped):
        one.step()
        one.step()
    assert {person.state["life"] for person in without.agents} == {"b"}
    assert {person.state["life"] for person in helped.agents} == {"a"}
    assert next(iter(helped.agents)).history == []


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"arm": "nobody"}, "unknown arm 'nobody'; the scenario has without, helped"),
        ({"arm": "helped", "person": Still}, "Still overrides step"),
    ],
)
def test_what_cannot_be_asked_for_is_said(how: World, message: str) -> None:
    """An arm that is not there; people who decide for themselves where an effect would act."""
    made = world(**THREE, investments={"help": investment()}, arms={"helped": arm(help="ends")})
    with pytest.raises(ValueError, match=message):
        model(made, **how)


@pytest.mark.parametrize(
    ("to", "message"),
    [("nowhere", "life has a, b, c"), ("c", "no transition of life leads from 'a' to 'c'")],
)
def test_a_move_the_pathway_does_not_know_is_refused(to: str, message: str) -> None:
    """With the states or the remedy."""
    with pytest.raises(ValueError, match=message):
        next(iter(model(world(**THREE)).agents)).move("life", to)


def test_its_people_cannot_be_replaced() -> None:
    """They are the people of the scenario."""
    there = model(world(**THREE))
    before = len(there.agents)
    with pytest.raises(AttributeError, match="cannot be replaced"):
        there.agents = []
    assert len(there.agents) == before


def test_nobody_steps_past_the_end() -> None:
    """The scenario has no month after its last, and says so."""
    ended = to_its_end(model(world(**THREE)))
    before = ended.simulation.tally()
    with pytest.raises(ValueError, match=r"ended before 2028-01: .*time\.years"):
        ended.step()
    assert_same(ended.simulation.tally(), before)


def test_the_last_row_is_the_state_after_the_last_step() -> None:
    """Also in a batch of runs, whose last row is that of each run."""
    changes = {"population.residents": 1500, "time.years": 6, "seed": 3}
    scenario = sisim.load("placed-youth", changes)
    counted = sisim.run(scenario, replications=1).counts
    groups = counted.compiled.groups
    number = groups.index("placed")
    inside = counted.compiled.tables.layout.member[number, :-1].astype(bool)
    end = counted.counts("stock")[0, :, -1][:, inside].sum(axis=1)
    rows = pd.DataFrame(
        mesa.batch_run(
            SocialInvestmentModel,
            {
                "source": "placed-youth",
                "overrides": [changes],
                "arm": ["without", "new_way"],
            },
            display_progress=False,
        )
    )
    arms = ("without", *counted.compiled.arms)
    for arm_name, placed in zip(rows["arm"], rows["placed"], strict=True):
        assert placed == end[arms.index(arm_name)]
    done = to_its_end(sisim.model("placed-youth", changes, arm="new_way"))
    table = done.datacollector.get_model_vars_dataframe()
    assert len(table) == done.steps
    assert table["placed"].iloc[-1] == done.count("placed") == end[arms.index("new_way")]


def test_every_row_is_the_state_after_its_step_alone_and_in_a_batch() -> None:
    """Residents and groups, in an arm with the investment, from the first counted step to the end.

    The run counts the opening and every step; a row is collected after each step.
    """
    changes = {"population.residents": 800, "time.years": 4, "time.history": 0, "seed": 5}
    counted = sisim.run(sisim.load("placed-youth", changes), replications=1).counts
    compiled, number = counted.compiled, counted.arms.index("new_way")
    stock = counted.counts("stock")[0, number, 1:]
    member = compiled.tables.layout.member[:, :-1].astype(bool)
    wanted = pd.DataFrame(
        {name: stock[:, member[g]].sum(axis=1) for g, name in enumerate(compiled.groups)}
    )
    first = [track == compiled.tracks[0] for track, _ in compiled.states]
    wanted.insert(0, "residents", stock[:, first].sum(axis=1))
    done = to_its_end(sisim.model("placed-youth", changes, arm="new_way"))
    table = done.datacollector.get_model_vars_dataframe()
    columns = list(wanted)
    np.testing.assert_array_equal(table[columns].tail(len(wanted)), wanted)
    rows = pd.DataFrame(
        mesa.batch_run(
            SocialInvestmentModel,
            {"source": "placed-youth", "overrides": [changes], "arm": ["new_way"]},
            data_collection_period=1,
            display_progress=False,
        )
    )
    np.testing.assert_array_equal(rows[columns].tail(len(wanted)), wanted)


def test_other_reporters_may_take_its_place() -> None:
    """Reporters on the model and on every agent, as Mesa's users write them."""
    there = model(world(**THREE))
    there.datacollector = mesa.DataCollector(
        model_reporters={"in_c": lambda one: one.count("beyond")},
        agent_reporters={"life": lambda one: one.state["life"]},
    )
    for _ in range(3):
        there.step()
    assert len(there.datacollector.get_model_vars_dataframe()) == 3
    last = there.datacollector.get_agent_vars_dataframe().xs(3, level="Step")
    assert len(last) == len(there.agents)


@given(worlds(), st.lists(st.booleans(), min_size=60, max_size=60))
@few
def test_it_does_not_matter_when_it_is_looked_at(made: World, looks: list[bool]) -> None:
    """Many steps at once and one at a time are the same run."""
    eager, lazy = model(made), model(made)
    while eager.running:
        eager.step()
        lazy.step()
        if looks[eager.steps % len(looks)]:
            assert len(eager.agents) == len(lazy.residents())
        assert eager.residents().size >= 0
    assert_same(lazy.simulation.tally(), eager.simulation.tally())
    assert lazy.datacollector.get_model_vars_dataframe().equals(
        eager.datacollector.get_model_vars_dataframe()
    )
