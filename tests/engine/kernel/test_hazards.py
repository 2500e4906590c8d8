"""When and how people move: moments, rates, probabilities, stages and destinations."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.strategies import World, events, group, move, run, simulation, stock, track, world

from sisim.engine.draws import draw_many, purpose_code
from sisim.engine.simulation import Simulation

AB = {"life": track("a", "b")}
N = 1000


def once(step: int, count: int, length: int) -> list[int]:
    """Return a list of zeros but for one step."""
    return [count if s == step else 0 for s in range(length)]


def luck(of: Simulation, step: int = 0, of_track: str = "life") -> np.ndarray:
    """Return the draws by which everybody's move on a track is decided."""
    moment = step + of.compiled.clock.first_moment
    return draw_many(of.people.lo, of.people.hi, moment, purpose_code(f"move:{of_track}"), of.key)


def leavers(value: World, factor: World | None = None, step: str = "month") -> tuple[int, ...]:
    """Return how many of a cohort leave in the first step, and the number by chance p."""
    factors = {} if factor is None else {"f": factor}
    go = move("a", "b", factors=list(factors), **value)
    made = world(
        step=step, tracks=AB, factors=factors, transitions={"go": go}, population={"cohort": N}
    )
    done = run(made)
    return events(done, "go")[0], done


@pytest.mark.parametrize(
    ("schedule", "moment"),
    [({"month": 8}, 7), ({"month": 1}, 0), ({"age": 6}, 6), ({"age": 5.5}, 0), ({"cycle": 3}, 3)],
)
def test_a_scheduled_outcome_is_drawn_at_its_moment_alone(schedule: World, moment: int) -> None:
    """A month, an age or a cycle: everyone whose outcome is certain moves then, and never else."""
    go = move("a", "b", probability=1, schedule=schedule)
    made = world(tracks=AB, transitions={"go": go}, population={"cohort": 10, "age": 5.5})
    assert events(run(made), "go") == once(moment, 10, 24)


def test_a_schedule_with_a_month_and_an_age_needs_both() -> None:
    """Whoever has another age in that month waits in vain."""
    for age, expected in ((6, 10), (6.5, 0)):
        go = move("a", "b", probability=1, schedule={"month": 8, "age": age})
        people = {"cohort": 10, "age": 5 + 5 / 12}
        made = world(tracks=AB, transitions={"go": go}, population=people)
        assert sum(events(run(made), "go")) == expected


@pytest.mark.parametrize(
    ("step", "moments"), [("week", [30, 82]), ("quarter", [2, 6]), ("year", [0, 1])]
)
def test_a_moment_comes_once_in_steps_of_any_length(step: str, moments: list[int]) -> None:
    """August lies in one step of every year, be it a week, a quarter or a year."""
    go = move("a", "b", probability=0.5, schedule={"month": 8})
    made = world(step=step, tracks=AB, transitions={"go": go}, population={"cohort": N})
    found = events(run(made), "go")
    assert np.flatnonzero(found).tolist() == moments
    assert found[moments[0]] == pytest.approx(N / 2, abs=70)


def test_the_first_cycle_is_that_of_the_start() -> None:
    """Cycle 0 is the first step of the scenario, not every step of its history."""
    go = move("a", "b", probability=1, schedule={"cycle": 0})
    time = {"start": "2026-01", "years": 1, "history": 1}
    assert events(run(world(tracks=AB, transitions={"go": go}, time=time)), "go") == once(
        12, 100, 24
    )


def test_a_run_may_start_in_any_month() -> None:
    """From July, August is the second step, and the next August comes a year later."""
    go = {"go": move("a", "b", probability=0.5, schedule={"month": 8})}
    time = {"start": "2026-07", "years": 2, "history": 0}
    found = events(run(world(tracks=AB, transitions=go, time=time)), "go")
    assert np.flatnonzero(found).tolist() == [1, 13]


@pytest.mark.parametrize(("step", "per_year"), [("week", 365.25 / 7), ("quarter", 4), ("year", 1)])
def test_a_rate_gives_the_same_share_in_steps_of_any_length(step: str, per_year: float) -> None:
    """P(leave) = 1 - exp(-rate x step), draw by draw."""
    found, done = leavers({"rate": 0.7}, step=step)
    assert found == (luck(done) < -np.expm1(-0.7 / per_year)).sum()


def test_a_rate_per_month_is_twelve_times_as_much_a_year() -> None:
    """The unit of a rate is its own."""
    assert leavers({"rate": {"value": 0.1, "per": "month"}})[0] == leavers({"rate": 1.2})[0]


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        ({"probability": 0.2}, None, 0.4),
        ({"probability": 0.2}, "relative_risk", 0.4),
        ({"probability": 0.7}, "relative_risk", 1.0),
        ({"probability": 0.2}, "odds_ratio", 0.5 / 1.5),
        ({"probability": 0.2}, "rate_ratio", 1 - 0.8**2),
        ({"rate": 3}, None, 1 - np.exp(-0.5)),
        ({"rate": 3}, "rate_ratio", 1 - np.exp(-0.5)),
        ({"rate": 3}, "relative_risk", 2 * (1 - np.exp(-0.25))),
        ({"rate": 3}, "odds_ratio", 2 * np.expm1(0.25) / (1 + 2 * np.expm1(0.25))),
    ],
)
def test_a_factor_acts_on_the_scale_it_says(value: World, scale: str, expected: float) -> None:
    """Rate ratios multiply hazards, odds ratios odds, relative risks probabilities."""
    factor = {"feature": "area", "values": {"all": 2}, "scale": scale}
    found, done = leavers(value, factor)
    assert found == (luck(done) < expected).sum()


@pytest.mark.parametrize("value", [{"rate": 0}, {"probability": 0}])
def test_nothing_happens_at_a_rate_of_zero(value: World) -> None:
    """Not even once."""
    assert leavers(value)[0] == 0


def test_a_certain_outcome_spares_nobody() -> None:
    """Probability 1 is certain, whatever the scale of its factors."""
    for scale in ("odds_ratio", "rate_ratio", "relative_risk"):
        factor = {"feature": "area", "values": {"all": 0.999999}, "scale": scale}
        assert leavers({"probability": 1})[0] == N
        assert leavers({"probability": 1}, {**factor, "values": {"all": 1}})[0] == N


def test_competing_rates_share_those_who_leave_in_proportion() -> None:
    """Leaving is decided by the sum of the rates, the way by their shares."""
    tracks = {"life": track("a", "b", "c")}
    transitions = {"left": move("a", "b", rate=1), "right": move("a", "c", rate=3)}
    done = run(world(tracks=tracks, transitions=transitions, population={"cohort": 4000}))
    left, right = events(done, "left"), events(done, "right")
    assert left[0] + right[0] == (luck(done) < -np.expm1(-4 / 12)).sum()
    assert sum(left) / (sum(left) + sum(right)) == pytest.approx(0.25, abs=0.03)


def test_probabilities_add_up_and_what_is_left_stays() -> None:
    """In a row the probabilities are additive."""
    tracks = {"life": track("a", "b", "c")}
    transitions = {
        "left": move("a", "b", probability=0.2),
        "right": move("a", "c", probability=0.3),
    }
    done = run(world(tracks=tracks, transitions=transitions, population={"cohort": N}))
    assert events(done, "left")[0] + events(done, "right")[0] == (luck(done) < 0.5).sum()


def test_what_comes_first_leaves_the_rest_to_others() -> None:
    """A later stage is conditional on the earlier ones."""
    tracks = {"life": track("a", "dead", "b")}
    transitions = {
        "go": move("a", "b", probability=1, order=2),
        "die": move("a", "dead", probability=0.3, order=1),
    }
    done = run(world(tracks=tracks, transitions=transitions, population={"cohort": N}))
    dead = (luck(done) < 0.3).sum()
    assert (events(done, "die")[0], events(done, "go")[0]) == (dead, N - dead)
    transitions["die"]["probability"] = 1
    done = run(world(tracks=tracks, transitions=transitions, population={"cohort": N}))
    assert (events(done, "die")[0], events(done, "go")[0]) == (N, 0)


def test_one_transition_may_lead_to_several_states() -> None:
    """Destinations are chosen in proportion to share x factors."""
    tracks = {"life": track("a", "b", "c", "d")}
    to = {"b": 1, "c": {"share": 3, "factors": ["girls"]}, "d": 0}
    made = world(
        attributes={"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        factors={"girls": {"feature": "attribute.sex", "values": {"girl": 1}, "default": 0}},
        tracks=tracks,
        transitions={"go": move("a", to, probability=1)},
        population={"cohort": 4000},
    )
    done = run(made)
    girls = (done.people.codes[0] == 0).sum()
    assert stock(done, "d")[1] == 0
    assert stock(done, "c")[1] == pytest.approx(0.75 * girls, abs=4 * np.sqrt(girls))
    boys = done.people.codes[0] == 1
    assert (done.columns.state[0, :4000][boys] == done.compiled.state("life", "b")).all()


def test_sixty_transitions_may_leave_a_state() -> None:
    """All of them happen, and nobody is lost."""
    transitions = {f"go{n}": move("a", "b", rate=0.1) for n in range(60)}
    transitions["back"] = move("b", "a", probability=1)
    done = run(world(tracks=AB, transitions=transitions, population={"cohort": 2000}))
    assert all(sum(events(done, name)) for name in transitions)
    assert events(done, "back")[1:] == [
        sum(events(done, f"go{n}")[s] for n in range(60)) for s in range(23)
    ]


def test_all_tracks_read_the_same_snapshot() -> None:
    """Two tracks that each wait for the other to be at home leave together."""
    home = {"values": {"home": 1}, "default": 0}
    made = world(
        tracks={"left": track("home", "out"), "right": track("home", "out")},
        factors={
            "left-home": {"feature": "state.left", **home},
            "right-home": {"feature": "state.right", **home},
        },
        transitions={
            "leave-left": move("home", "out", "left", probability=1, factors=["right-home"]),
            "leave-right": move("home", "out", "right", probability=1, factors=["left-home"]),
        },
    )
    done = run(made)
    assert events(done, "leave-left")[0] == events(done, "leave-right")[0] == 100


def test_whoever_leaves_the_population_leaves_every_track() -> None:
    """An exit on one track ends the counting on all; moves of the same step are still made."""
    made = world(
        tracks={"life": track("alive", "dead", exits=("dead",)), "school": track("in", "out")},
        transitions={
            "die": move("alive", "dead", probability=1, schedule={"cycle": 2}),
            "finish": move("in", "out", "school", probability=1, schedule={"cycle": 2}),
            "again": move("out", "in", "school", probability=1),
        },
    )
    done = run(made)
    assert stock(done, "in", of_track="school")[:5] == [100, 100, 100, 0, 0]
    assert sum(stock(done, "dead")) == sum(stock(done, "out", of_track="school")) == 0
    assert events(done, "finish")[2] == 100
    assert sum(events(done, "again")) == 0


def test_volumes_drift_from_the_start_of_the_scenario() -> None:
    """A probability that grows fourfold a year is certain after a year, and is as given before."""
    made = world(
        tracks=AB,
        transitions={"go": move("a", "b", probability=0.25), "back": move("b", "a", probability=1)},
        drift={"volumes": {"go": 3}},
        time={"start": "2026-01", "years": 2, "history": 1},
        population={"cohort": N},
    )
    done = run(made)
    waiting = stock(done, "a")
    found = events(done, "go")
    assert found[0] == (luck(done) < 0.25).sum()
    assert all(found[s] < waiting[s] for s in range(23))
    assert all(found[s] == waiting[s] for s in range(24, 36))


def test_a_step_can_be_taken_by_itself() -> None:
    """Two steps one by one, and nothing after the end."""
    made = world(tracks=AB, transitions={"go": move("a", "b", probability=1)})
    ongoing = simulation(made)
    ongoing.advance(1)
    assert ongoing.step == 1
    ongoing.advance(1000)
    ongoing.advance(1)
    assert ongoing.step == ongoing.compiled.clock.end == 24
    assert stock(ongoing, "b")[-1] == 100


def test_entries_into_a_group_are_counted_as_first_or_again() -> None:
    """Moves within the group are not entries."""
    made = world(
        tracks={"life": track("home", "foster", "residential")},
        groups={"care": group("life", "foster", "residential")},
        transitions={
            "place": move("home", "foster", probability=1),
            "change": move("foster", "residential", probability=1),
            "return": move("residential", "home", probability=1),
        },
    )
    entry = run(made).tally().entry[0].sum(axis=1)[:, 0]
    assert entry[:7].tolist() == [[100, 0], [0, 0], [0, 0], [0, 100], [0, 0], [0, 0], [0, 100]]
