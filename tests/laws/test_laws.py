"""The laws of the simulation, on worlds of every kind (design, section 3)."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from helpers.strategies import (
    FAMILIES,
    RATIOS,
    World,
    arm,
    arm_of,
    assert_same,
    by_name,
    investment,
    move,
    run,
    simulation,
    track,
    worlds,
)
from helpers.strategies import world as made_world
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sisim.engine import simulation as running
from sisim.engine.simulation import Simulation

few = settings(max_examples=20)


def draws_of_its_own(world: World) -> World:
    """Return the world with one more track, which nothing else looks at."""
    more = copy.deepcopy(world)
    more["pathway"]["tracks"] = {"extra": track("here", "there"), **more["pathway"]["tracks"]}
    more["pathway"]["transitions"] |= {
        "go": move("here", "there", "extra", rate=1),
        "return": move("there", "here", "extra", probability=0.1),
    }
    return more


# People are conserved.


@given(worlds())
@few
def test_everyone_is_in_one_state_of_every_track(world: World) -> None:
    """On every track, in every arm, at every point, in every cell, the same people are counted."""
    done = run(world)
    of_track = np.array([done.compiled.tracks.index(t) for t, _ in done.compiled.states])
    counts = done.tally().stock
    residents = counts[..., of_track == 0].sum(axis=-1)
    assert (counts >= 0).all()
    for number in range(1, len(done.compiled.tracks)):
        assert (counts[..., of_track == number].sum(axis=-1) == residents).all()


@given(worlds())
@few
def test_counts_are_what_one_finds_by_counting_the_people(world: World) -> None:
    """Residents are those of before, less who left and aged out, and whoever arrives.

    The stocks kept as differences while people move are compared with a head count of every arm.
    """
    ongoing = simulation(world)
    compiled, columns = ongoing.compiled, ongoing.columns
    person, clock = columns.person, compiled.clock
    n, arms = columns.n, len(compiled.arms)
    expected = []
    while ongoing.step < clock.end:
        ongoing.advance(1)
        here = np.zeros((1 + arms, len(compiled.states)), int)
        stays = (person["arrive"] < ongoing.step) & (person["last"] > ongoing.step)
        for number in range(1 + arms):
            rows = np.arange(n)
            if number:
                rows = rows + np.where(columns.diverged[number - 1], number * n, 0)
            rows = rows[stays & columns.alive[rows]]
            for of_track in range(len(compiled.tracks)):
                np.add.at(here[number], columns.state[of_track, rows], 1)
        expected.append(here)
    tally = ongoing.tally()
    for point in range(clock.history + 1, clock.end + 1):
        record = point - clock.history
        arrived = tally.arrivals[:, record].sum(axis=1)
        counted = tally.stock[:, record].sum(axis=1)
        new = counted - expected[point - 1]
        assert (new >= 0).all()
        for of_track in range(len(compiled.tracks)):
            own = [n for n, (t, _) in enumerate(compiled.states) if t == compiled.tracks[of_track]]
            assert (new[:, own].sum(axis=1) == arrived).all()


@given(worlds())
@few
def test_the_events_explain_the_stocks(world: World) -> None:
    """In a closed cohort without exits, a state's stock changes by who enters and who leaves."""
    assume("cohort" in world["population"])
    for spec in world["pathway"]["tracks"].values():
        for state in spec["states"].values():
            state["exit"] = False
    done = run(world)
    tally, compiled = done.tally(), done.compiled
    for name, spec in world["pathway"]["tracks"].items():
        moves = [t for t, m in world["pathway"]["transitions"].items() if m["track"] == name]
        events = sum(tally.event[..., compiled.transitions.index(t)].sum(axis=2) for t in moves)
        own = [compiled.state(name, state) for state in spec["states"]]
        changes = np.diff(tally.stock[..., own].sum(axis=2), axis=1)
        # Everyone who moves leaves one state and enters another.
        assert (changes.sum(axis=-1) == 0).all()
        assert (np.abs(changes).sum(axis=-1) <= 2 * events).all()


@pytest.mark.parametrize("ratio", [0, 5])
def test_an_effect_on_an_area_begins_when_one_moves_there(ratio: float) -> None:
    """Movers have the same past in every arm, arrive in all, and are all counted."""
    made = made_world(
        tracks={"life": track("alive", "dead", exits=("dead",))},
        transitions={"die": move("alive", "dead", rate=0.3)},
        time={"start": "2026-01", "years": 6},
        population={
            "residents": 1000,
            "max_age": 10,
            "movers_in": {"per_year": 0.1, "below": [5], "shares": [0, 1]},
        },
        investments={
            "care": investment(
                years=6, effects=[{"on": ["die"], "ratio": ratio, "acts_on": "area"}]
            )
        },
        arms={"cared-for": arm(care="continues")},
    )
    done = run(made)
    tally, columns = done.tally(), done.columns
    assert (tally.arrivals[0] == tally.arrivals[1]).all()
    rows = np.arange(columns.n) + np.where(columns.diverged[0], columns.n, 0)
    residents = columns.alive[rows] & (columns.person["arrive"] <= done.step)
    assert tally.stock[1, -1].sum() == residents.sum()


# Synchronous steps (L2).


@given(worlds(), st.randoms(use_true_random=False))
@few
def test_the_order_of_tracks_does_not_matter(world: World, random: Any) -> None:
    """A file with its tracks in another order says the same."""
    tracks = list(world["pathway"]["tracks"].items())
    random.shuffle(tracks)
    shuffled = copy.deepcopy(world)
    shuffled["pathway"]["tracks"] = dict(tracks)
    left, right = by_name(run(world)), by_name(run(shuffled))
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


# A draw belongs to a person, a moment and a purpose (L3).


@given(worlds())
@few
def test_a_null_investment_changes_nothing(world: World) -> None:
    """An investment whose every ratio is 1 leaves every count as without, bit for bit."""
    factors = world["pathway"]["factors"]
    for factor in factors.values():
        if factor["feature"].startswith("exposure."):
            factor["values"], factor["default"] = {"never": 1.0}, 1.0
    for spec in world["investments"].values():
        for effect in spec["effects"]:
            effect["ratio"] = 1
    done = run(world)
    assert not done.columns.diverged.any()
    for name in world["arms"]:
        assert_same(arm_of(done, name), arm_of(done, "without"))


@given(worlds())
@few
def test_one_more_track_moves_nobody(world: World) -> None:
    """A track that nothing looks at changes nothing on the other tracks."""
    left, right = by_name(run(world)), by_name(run(draws_of_its_own(world)))
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


@given(worlds(arms=3))
@few
def test_arms_side_by_side_are_as_each_alone(world: World) -> None:
    """One more arm, and the investments that only it has, change nothing in the others."""
    together = run(world)
    for name, spec in world["arms"].items():
        alone = copy.deepcopy(world)
        alone["arms"] = {name: spec}
        done = run(alone)
        assert_same(arm_of(done, name), arm_of(together, name))
        assert_same(arm_of(done, "without"), arm_of(together, "without"))


@given(worlds())
@few
def test_one_more_investment_moves_nobody_whom_it_does_not_reach(world: World) -> None:
    """An investment that no arm has, or that nobody can get, changes nothing."""
    more = copy.deepcopy(world)
    some = next(iter(world["pathway"]["transitions"]))
    effect = {"on": [some], "ratio": 0}
    more["investments"] = {
        "idle": investment(start="2026-07", effects=[effect]),
        "unreached": investment(start="2026-07", effects=[effect], reach=0),
        **world["investments"],
    }
    for spec in more["arms"].values():
        spec["investments"] = {"unreached": "continues", **spec["investments"]}
    assert_same(run(more).tally(), run(world).tally())


@given(worlds(people=5000))
@settings(max_examples=4)
def test_threads_and_interruptions_do_not_matter(world: World) -> None:
    """One thread or two, at one go or step by step, logging or not: the counts are the same."""
    at_once = run(world)
    stepwise = simulation(world, threads=2)
    for _ in range(at_once.compiled.clock.end):
        stepwise.begin()
        stepwise.finish()
    assert_same(at_once.tally(), stepwise.tally())
    assert_same(at_once.tally(), run(world, logging=True).tally())


@given(worlds())
@few
def test_a_longer_horizon_gives_the_same_first_years(world: World) -> None:
    """What happens does not depend on how far the scenario looks."""
    longer = copy.deepcopy(world)
    longer["time"]["years"] += 2
    left, right = run(world).tally(), run(longer).tally()
    steps = left.event.shape[1]
    for name, points in (("stock", 1), ("event", 0), ("entry", 0), ("arrivals", 1), ("use", 1)):
        np.testing.assert_array_equal(
            getattr(left, name)[:, : steps + points],
            getattr(right, name)[:, : steps + points],
            err_msg=name,
        )


def lives(done: Simulation, arm: int = 0) -> dict[tuple[int, int], list[tuple[int, ...]]]:
    """Return every person's moves (moment, state left, state entered) by the person's key."""
    moves = done.log()
    n = done.columns.n
    found: dict[tuple[int, int], list[tuple[int, ...]]] = {
        (int(lo), int(hi)): [] for lo, hi in zip(done.people.lo, done.people.hi, strict=True)
    }
    for one in moves[moves["row"] // n == arm]:
        i = one["row"] % n
        key = int(done.people.lo[i]), int(done.people.hi[i])
        moment = int(one["step"]) + done.compiled.clock.first_moment
        found[key].append((moment, int(one["origin"]), int(one["to"])))
    return found


@given(worlds(shared=False, invest=False))
@few
def test_a_longer_warm_up_changes_nobodys_life(world: World) -> None:
    """Whoever is born in both runs lives the same life in both.

    But for what siblings have in common: a child may have an elder one in the longer run alone.
    """
    assume("residents" in world["population"])
    if "families" in world["population"]:
        world["population"]["families"] = {**FAMILIES, "in_common": []}
    longer = copy.deepcopy(world)
    world["time"]["warm_up"], longer["time"]["warm_up"] = 4, 6
    left, right = lives(run(world, logging=True)), lives(run(longer, logging=True))
    both = left.keys() & right.keys()
    assert both
    for key in both:
        assert left[key] == right[key]


def assert_no_move_is_hidden(world: World) -> None:
    """Assert that looking closer only at those who might move finds every move there is."""
    between = running.StateBounds.between

    def everyone(self: Any, first: int, stop: int, **how: bool) -> Any:
        held = between(self, first, stop, **how)
        return held._replace(
            bound=np.full_like(held.bound, 2**32 - 1),
            most=np.full_like(held.most, 1e30),
            active=np.ones_like(held.active),
        )

    bounded = run(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running.StateBounds, "between", everyone)
        unbounded = run(world)
    assert_same(bounded.tally(), unbounded.tally())


@given(worlds())
@settings(max_examples=30)
def test_no_move_is_hidden_by_the_bounds(world: World) -> None:
    """Bounds on the chance of leaving save time, and nothing else."""
    assert_no_move_is_hidden(world)


@pytest.mark.parametrize("step", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("feature", ["age", "age.calendar"])
@pytest.mark.parametrize("values", [[0, 1, 0], [1, 0, 1]])
def test_no_birthday_is_missed_by_the_bounds(step: str, feature: str, values: list[int]) -> None:
    """Bounds hold through the year in which an age is reached, in steps of any length."""
    for age, start in ((0, "2026-01"), (18.5, "2025-07"), (19, "2027-01")):
        assert_no_move_is_hidden(
            made_world(
                step=step,
                tracks={"life": track("a", "b")},
                factors={"f": {"feature": feature, "below": [3, 20], "values": values}},
                transitions={
                    "go": move("a", "b", probability=0.5, factors=["f"]),
                    "back": move("b", "a", probability=1),
                },
                time={"start": start, "years": 4},
                population={"cohort": 200, "age": age},
            )
        )


@given(worlds(shared=False, invest=False), st.sampled_from((0, 0.3, 0.9)))
@few
def test_a_lower_risk_only_removes_or_delays_a_first_event(world: World, ratio: float) -> None:
    """With a lower chance of leaving the state one starts in, nobody leaves it earlier."""
    lower = copy.deepcopy(world)
    name, spec = next(iter(world["pathway"]["tracks"].items()))
    first = next(iter(spec["states"]))
    for transition in lower["pathway"]["transitions"].values():
        if transition["track"] == name and transition["from"] == first:
            for how in ("rate", "probability"):
                if isinstance(transition.get(how), dict):
                    transition[how]["value"] *= ratio
                elif how in transition:
                    transition[how] *= ratio
    usual, fewer = run(world, logging=True), run(lower, logging=True)
    state = usual.compiled.state(name, first)

    def leaving(moves: list[tuple[int, ...]]) -> float:
        return next((moment for moment, origin, _ in moves if origin == state), np.inf)

    after = lives(fewer)
    # Those who start elsewhere may come to the state at another time, and are left out.
    track_states = range(state, state + len(spec["states"]))
    for key, moves in lives(usual).items():
        on_track = [m for m in moves if m[1] in track_states]
        if on_track and on_track[0][1] == state:
            assert leaving(after[key]) >= leaving(moves)


@given(worlds(invest=False))
@settings(max_examples=10)
def test_one_person_can_be_replayed_alone(world: World) -> None:
    """A few people simulated by themselves live as they did among the others."""
    among = run(world, logging=True)
    few_people = np.arange(0, len(among.people), 37)
    shares = np.zeros((among.compiled.clock.end + 1, *among.columns.share.shape), np.int32)
    if among.shares:
        shares[:] = np.stack(among.shares)
    alone = simulation(
        world, only=among.people.only(few_people), recorded_shares=shares, logging=True
    )
    alone.advance(among.compiled.clock.end)
    whole = lives(among)
    for key, moves in lives(alone).items():
        assert moves == whole[key]


# Untouched people cost nothing, and are the same (L4).


@given(worlds())
@few
def test_an_investment_that_reaches_nobody_makes_nobody_differ(world: World) -> None:
    """Without participants and without effects on areas, no arm has a row of its own."""
    for spec in world["investments"].values():
        spec["effects"] = [e for e in spec["effects"] if e.get("acts_on") != "area"]
        spec["reach"] = spec["new_way"]["reach"] = 0
    done = run(world)
    assert not done.columns.treated.any()
    assert not done.columns.diverged.any()


@given(worlds(shared=False))
@few
def test_only_touched_people_differ(world: World) -> None:
    """Where nothing is shared and nothing acts on areas, only the treated come out differently."""
    for spec in world["investments"].values():
        spec["effects"] = [e for e in spec["effects"] if e.get("acts_on") != "area"]
        spec["cost"]["per_participant"] = 1
    done = run(world)
    assert (done.columns.treated | ~done.columns.diverged).all()
    # Before anybody is treated, every arm is as without.
    first = min((past.start for past in done.enrolments.record), default=done.compiled.clock.end)
    record = max(first - done.compiled.clock.history, 0)
    tally = done.tally()
    assert (tally.event[1:, :record] == tally.event[:1, :record]).all()


@pytest.mark.parametrize("acts_on", ["area", "participants"])
@given(world=worlds(), ratio=st.sampled_from(RATIOS), data=st.data())
@settings(max_examples=15)
def test_an_arm_is_the_world_with_its_effect_written_into_the_pathway(
    acts_on: str, world: World, ratio: float, data: Any
) -> None:
    """Treating everybody from the start is the same as a pathway with one more factor."""
    world["time"] |= {"history": 0, "warm_up": 0}
    world["population"].pop("movers_in", None)
    world["pathway"]["factors"] |= {
        name: {"feature": "age", "below": [1], "values": [1, 2]}
        for name, factor in world["pathway"]["factors"].items()
        if factor["feature"].startswith("exposure.")
    }
    some = data.draw(st.sampled_from(sorted(world["pathway"]["transitions"])))
    scale = data.draw(st.sampled_from(("rate_ratio", "odds_ratio", "relative_risk")))
    written = copy.deepcopy(world)
    written["investments"], written["arms"] = {}, {}
    areas = world["population"].get("areas", {"all": None})
    written["pathway"]["factors"]["effect"] = {
        "feature": "area",
        "values": dict.fromkeys(areas, ratio),
        "scale": scale,
    }
    written["pathway"]["transitions"][some].setdefault("factors", []).append("effect")
    world["investments"] = {
        "all": investment(
            start=world["time"]["start"],
            effects=[{"on": [some], "ratio": ratio, "scale": scale, "acts_on": acts_on}],
        )
    }
    world["arms"] = {"treated": arm(all="continues")}
    assert_same(arm_of(run(world), "treated"), arm_of(run(written), "without"))
