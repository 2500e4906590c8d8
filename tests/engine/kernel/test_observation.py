"""What a factor can look at: every feature, at the very step where it changes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.strategies import (
    AREAS,
    World,
    arm,
    arm_of,
    events,
    group,
    investment,
    move,
    run,
    simulation,
    stock,
    track,
    world,
)
from scipy import stats

AB = {"life": track("a", "b")}


def first(found: list[int]) -> int:
    """Return the first step in which something happened; -1 if nothing did."""
    return int(np.flatnonzero(found)[0]) if any(found) else -1


def waiting_for(factor: World, **parts: World) -> list[int]:
    """Return when people go from a to b, which they do as soon as a factor lets them."""
    go = move("a", "b", probability=1, factors=["f"])
    parts = {"tracks": AB, "population": {"cohort": 10, "age": 5.5}, **parts}
    parts["transitions"] = {"go": go, **parts.get("transitions", {})}
    return events(run(world(factors={"f": factor}, **parts)), "go")


def from_(edge: float) -> World:
    """Return a table that is 0 below an edge and 1 from it."""
    return {"below": [edge], "values": [0, 1]}


@pytest.mark.parametrize(
    ("factor", "step"),
    [
        ({"feature": "age", **from_(6)}, 6),
        ({"feature": "age", "unit": "month", **from_(70)}, 4),
        ({"feature": "age", **from_(5.5)}, 0),
        # Born in July 2020: seven in the calendar year 2027.
        ({"feature": "age.calendar", **from_(7)}, 12),
        ({"feature": "time_in_state", **from_(3)}, 3),
        ({"feature": "time_in_state", "unit": "year", **from_(1)}, 12),
        ({"feature": "calendar.month", **from_(10)}, 9),
        ({"feature": "calendar.year", **from_(2027)}, 12),
        ({"feature": "calendar.step", **from_(4)}, 4),
    ],
)
def test_time_opens_the_door_at_the_very_step(factor: World, step: int) -> None:
    """Ages, durations and the calendar reach an edge in the step that begins there."""
    found = waiting_for(factor)
    assert first(found) == step
    assert found[step] == 10


def test_time_in_the_state_begins_anew_with_the_state() -> None:
    """Whoever comes back waits as long again."""
    found = waiting_for(
        {"feature": "time_in_state", **from_(3)},
        transitions={"back": move("b", "a", probability=1)},
    )
    assert np.flatnonzero(found).tolist() == [3, 8, 13, 18, 23]


CARE: World = {
    "tracks": {"life": track("a", "b"), "care": track("home", "foster", "residential")},
    "groups": {"placed": group("care", "foster", "residential")},
    "transitions": {
        "place": move("home", "foster", "care", probability=1, schedule={"cycle": 1}),
        "change": move("foster", "residential", "care", probability=1, schedule={"cycle": 3}),
        "return": move("residential", "home", "care", probability=1, schedule={"cycle": 5}),
    },
}
"""Placed from step 2, moved within care at 4, at home from 6."""


@pytest.mark.parametrize(
    ("factor", "step"),
    [
        ({"feature": "time_in.placed", "otherwise": 0, **from_(3)}, 5),
        ({"feature": "time_in.placed", "otherwise": 0, **from_(0)}, 2),
        ({"feature": "time_in.placed", "otherwise": 0, **from_(4)}, -1),
        ({"feature": "time_since.placed", "otherwise": 0, **from_(0)}, 6),
        ({"feature": "time_since.placed", "otherwise": 0, **from_(5)}, 11),
        ({"feature": "time_since.placed", "otherwise": 1, **from_(5)}, 0),
        ({"feature": "visits.placed", **from_(1)}, 2),
        ({"feature": "visits.placed", **from_(2)}, -1),
        ({"feature": "state.care", "values": {"residential": 1}, "default": 0}, 4),
        ({"feature": "state.care", "values": {"placed": 1}, "default": 0}, 2),
    ],
)
def test_groups_remember(factor: World, step: int) -> None:
    """Time in a group, time since it, visits to it, and being in it, on another track."""
    assert first(waiting_for(factor, **CARE)) == step


@pytest.mark.parametrize(("window", "last"), [(3, 4), (12, 13)])
def test_a_visit_is_forgotten_when_it_has_left_the_window(window: int, last: int) -> None:
    """Entered at step 2, it counts in that month and in the window - 1 months after it."""
    found = waiting_for(
        {"feature": "visits.placed", "window": window, **from_(1)},
        **{**CARE, "tracks": {**CARE["tracks"]}},
    )
    assert first(found) == 2
    gone = {"feature": "visits.placed", "window": window, "below": [1], "values": [1, 0]}
    ever = {"feature": "visits.placed", **from_(1)}
    made = world(
        **{
            **CARE,
            "transitions": {
                **CARE["transitions"],
                "go": move("a", "b", probability=1, factors=["gone", "ever"]),
            },
        },
        factors={"gone": gone, "ever": ever},
    )
    assert first(events(run(made), "go")) == last + 1


def test_many_visits_in_a_window_are_counted_each() -> None:
    """In and out every month: six entries in twelve months, and no more however long."""
    tracks = {"life": track("a", "b"), "care": track("home", "placed")}
    transitions = {
        "place": move("home", "placed", "care", probability=1),
        "return": move("placed", "home", "care", probability=1),
    }
    for visits, step in ((1, 1), (2, 3), (6, 11), (7, -1)):
        factor = {"feature": "visits.placed", "window": 12, **from_(visits)}
        groups = {"placed": group("care", "placed")}
        found = waiting_for(factor, tracks=tracks, transitions=transitions, groups=groups)
        assert first(found) == step


def test_who_begins_in_a_group_has_visited_it() -> None:
    """Being born into a group is the first visit, and time in it counts from then."""
    tracks = {"life": track("a", "b"), "care": track("placed", "home")}
    groups = {"placed": group("care", "placed")}
    for factor, step in (
        ({"feature": "visits.placed", **from_(1)}, 0),
        ({"feature": "time_in.placed", "otherwise": 0, **from_(2)}, 2),
        ({"feature": "time_since.placed", "otherwise": 0, **from_(0)}, -1),
    ):
        assert first(waiting_for(factor, tracks=tracks, groups=groups)) == step


def test_a_background_is_drawn_once_by_area() -> None:
    """Shares hold within sampling, other shares in an area that has its own."""
    sex = {
        "shares": {"girl": 0.5, "boy": 0.5},
        "shares_by": {"south": {"girl": 0, "boy": 1}},
    }
    made = world(
        attributes={"sex": sex},
        tracks=AB,
        factors={"girls": {"feature": "attribute.sex", "values": {"girl": 1}, "default": 0}},
        transitions={"go": move("a", "b", probability=1, factors=["girls"])},
        population={"cohort": 2000, "areas": {a: {"label": a, "share": 0.5} for a in AREAS}},
        groupings={"sex": {"feature": "attribute.sex"}},
    )
    done = run(made)
    north, south = done.people.area == 0, done.people.area == 1
    assert north.sum() == south.sum() == 1000
    assert (done.people.codes[0][south] == 1).all()
    girls = (done.people.codes[0] == 0).sum()
    assert girls == pytest.approx(500, abs=65)
    assert events(done, "go")[0] == girls
    # Counted by area and sex: girls in the north, none in the south, boys in the north and south.
    by_cell = arm_of(done, "without").stock[0].sum(axis=-1)
    assert by_cell.tolist() == [girls, 0, 1000 - girls, 1000]


def test_a_background_can_be_redrawn() -> None:
    """With a rate it changes, keeps its shares, and moves with nobody's other draws."""
    mood = {"shares": {"low": 0.3, "high": 0.7}, "redraw": 6}
    made = world(
        attributes={"mood": mood},
        tracks=AB,
        factors={"low": {"feature": "attribute.mood", "values": {"low": 1}, "default": 0}},
        transitions={"go": move("a", "b", probability=1, factors=["low"])},
        population={"cohort": 4000},
    )
    done = run(made)
    low = stock(done, "low", of_track="attribute:mood")
    assert np.mean(low) == pytest.approx(1200, abs=80)
    assert events(done, "go")[0] == low[0]
    # By and by everybody has been low.
    assert stock(done, "b")[-1] > 3780


def test_a_number_may_multiply_directly() -> None:
    """A numeric background of 2 doubles, of 0 prevents."""
    made = world(
        attributes={"weight": {"distribution": "uniform", "parameters": {"low": 0, "high": 2}}},
        tracks=AB,
        factors={"f": {"feature": "attribute.weight", "direct": True}},
        transitions={"go": move("a", "b", rate=12, factors=["f"])},
        population={"cohort": 4000},
    )
    done = run(made)
    weight = done.people.numbers[0]
    assert weight.mean() == pytest.approx(1, abs=0.05)
    moved = done.columns.since[:4000, 0] == 1
    low, high = weight < 0.2, weight > 1.8
    assert moved[low].mean() == pytest.approx(1 - np.exp(-0.1), abs=0.06)
    assert moved[high].mean() == pytest.approx(1 - np.exp(-1.9), abs=0.06)


def test_a_negative_number_prevents_and_takes_nothing_from_others() -> None:
    """A multiplier below zero is zero."""
    made = world(
        attributes={"x": {"distribution": "uniform", "parameters": {"low": -2, "high": -1}}},
        tracks={"life": track("a", "b", "c")},
        factors={"f": {"feature": "attribute.x", "direct": True}},
        transitions={"go": move("a", "b", rate=0.5, factors=["f"]), "do": move("a", "c", rate=1)},
        population={"cohort": 1000},
    )
    done = run(made)
    assert sum(events(done, "go")) == 0
    assert sum(events(done, "do")) == pytest.approx(1000 * (1 - np.exp(-2)), abs=45)


@pytest.mark.parametrize(
    ("name", "parameters", "law"),
    [
        ("normal", {"mean": 1, "sd": 2}, stats.norm(1, 2)),
        ("uniform", {"low": -1, "high": 2}, stats.uniform(-1, 3)),
        ("gamma", {"mean": 2, "sd": 1}, stats.gamma(4, scale=0.5)),
        ("gamma", {"shape": 2, "scale": 3}, stats.gamma(2, scale=3)),
        ("lognormal", {"meanlog": 0.1, "sdlog": 0.5}, stats.lognorm(0.5, scale=np.exp(0.1))),
        ("beta", {"alpha": 2, "beta": 5}, stats.beta(2, 5)),
    ],
)
def test_numbers_follow_their_distribution(name: str, parameters: World, law: stats.rv_continuous):
    """A numeric background is drawn from the distribution its file names."""
    made = world(
        attributes={"x": {"distribution": name, "parameters": parameters}},
        tracks=AB,
        population={"cohort": 2000},
    )
    assert stats.kstest(simulation(made).people.numbers[0], law.cdf).pvalue > 0.001


def test_the_share_of_peers_is_that_of_the_snapshot() -> None:
    """Peers in the same area: only where half are in the group do the others follow."""
    made = world(
        tracks={"life": track("a", "b")},
        attributes={"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        groups={"gone": group("life", "b")},
        factors={
            "half": {"feature": "share.gone", **from_(0.5)},
            "north": {"feature": "area", "values": {"north": 1}, "default": 0},
        },
        transitions={
            "lead": move("a", "b", probability=0.8, schedule={"cycle": 2}, factors=["north"]),
            "follow": move("a", "b", probability=1, factors=["half"], order=2),
        },
        population={"cohort": 1000, "areas": {a: {"label": a, "share": 0.5} for a in AREAS}},
    )
    done = run(made)
    follow = events(done, "follow")
    assert first(follow) == 3
    assert follow[3] == 500 - events(done, "lead")[2]
    assert sum(follow) == follow[3]
    for among, expected in (("all", -1), ("attribute.sex", -1)):
        made["pathway"]["factors"]["half"]["among"] = among
        assert first(events(run(made), "follow")) == expected
    made["pathway"]["factors"]["half"]["below"] = [0.3]
    assert sum(events(run(made), "follow")) == 1000 - events(run(made), "lead")[2]


def test_exposure_is_never_during_or_after() -> None:
    """In the arm it follows the treatment, step by step; without, it is never."""
    exposure = {"feature": "exposure.help", "default": 0}
    for when, start in (("during", 3), ("after", 8)):
        made = world(
            tracks=AB,
            factors={"f": {**exposure, "values": {when: 1}}},
            transitions={"go": move("a", "b", probability=1, factors=["f"])},
            investments={"help": investment(start="2026-04", duration=5)},
            arms={"helped": arm(help="ends")},
        )
        done = run(made)
        assert sum(events(done, "go")) == 0
        assert first(events(done, "go", "helped")) == start


@pytest.mark.parametrize("step", ["month", "year"])
@pytest.mark.parametrize("feature", ["age", "time_in_state"])
@pytest.mark.parametrize(
    ("shape", "parameters", "law"),
    [
        ("exponential", {"a": 0.3}, stats.expon(scale=1 / 0.3)),
        ("weibull", {"shape": 0.7, "scale": 3.0}, stats.weibull_min(0.7, scale=3)),
        ("weibull", {"shape": 2.0, "scale": 4.0}, stats.weibull_min(2, scale=4)),
        ("gompertz", {"a": 0.1, "b": 0.4}, stats.gompertz(0.25, scale=2.5)),
    ],
)
def test_survival_is_that_of_the_textbook(
    shape: str, parameters: World, law: stats.rv_continuous, feature: str, step: str
) -> None:
    """A hazard with a shape gives the survival of its distribution, exact at every point."""
    n = 3000
    made = world(
        step=step,
        tracks=AB,
        factors={"f": {"feature": feature, "shape": shape, "parameters": parameters}},
        transitions={"go": move("a", "b", rate=1, factors=["f"])},
        time={"start": "2026-01", "years": 6},
        population={"cohort": n},
    )
    done = run(made)
    left = np.array(stock(done, "a")) / n
    expected = law.sf(np.arange(len(left)) / done.compiled.clock.per_year)
    assert np.abs(left - expected).max() < 4.5 * np.sqrt(0.25 / n)


# Who is there to be looked at.


def open_population(**parts: World) -> World:
    """Return an open population of 1 200 below ten years of age, 120 born a year."""
    population = {"residents": 1200, "max_age": 10, **parts.pop("population", {})}
    return world(**{"tracks": AB, "population": population, **parts})


def test_births_are_as_many_as_keep_the_residents() -> None:
    """An open population is full from the first point, and as many are born every month."""
    done = run(open_population())
    without = arm_of(done, "without")
    assert without.arrivals.sum(axis=1).tolist() == [10] * 25
    assert without.stock.sum(axis=(1, 2)).tolist() == [1200] * 25


def test_births_grow_from_the_start() -> None:
    """With growth of half a year, every year half as many again are born."""
    done = run(open_population(population={"growth": 0.5}, time={"start": "2026-01", "years": 3}))
    born = arm_of(done, "without").arrivals[:-1].sum(axis=1).reshape(3, 12).sum(axis=1)
    assert born[1] / born[0] == pytest.approx(1.5, abs=0.02)
    assert born[2] / born[1] == pytest.approx(1.5, abs=0.02)
    assert born[0] == pytest.approx(120 * np.mean(1.5 ** (np.arange(12) / 12)), abs=1)


def test_everyone_ages_out_at_exactly_the_highest_age() -> None:
    """Somebody is in the last month below it, nobody is that old."""
    ages = {"age": {"feature": "age", "below": [10 - 1 / 12, 10]}}
    counted = arm_of(run(open_population(groupings=ages)), "without").stock.sum(axis=2)
    assert (counted[:, 1] == 10).all()
    assert (counted[:, 2] == 0).all()


def test_people_change_age_group_on_their_birthday() -> None:
    """In a cohort of five and a half everybody is six at the seventh point."""
    made = world(
        tracks=AB,
        transitions={"go": move("a", "b", rate=2), "back": move("b", "a", rate=2)},
        groupings={"age": {"feature": "age", "below": [6, 7]}},
        population={"cohort": 100, "age": 5.5},
    )
    counted = arm_of(run(made), "without").stock.sum(axis=2)
    assert counted[:, 0].tolist() == [100] * 6 + [0] * 19
    assert counted[:, 1].tolist() == [0] * 6 + [100] * 12 + [0] * 7


def test_movers_are_counted_from_arrival_but_have_a_past() -> None:
    """They come as many as said, at the ages said, and have already lived; only then they count."""
    made = open_population(
        population={
            "movers_in": {"per_year": 0.1, "below": [5, 6], "shares": [0, 1, 0]},
            "residents": 1200,
        },
        transitions={"go": move("a", "b", probability=1, schedule={"age": 4})},
    )
    done = run(made)
    person = done.columns.person
    movers = person["arrive"] > person["born"]
    age = (person["arrive"] - person["born"])[movers]
    assert (age >= 60).all()
    assert (age < 72).all()
    without = arm_of(done, "without")
    assert without.arrivals[:-1].sum() == 240 + 240
    # All moved at four, before they came: in the counts only those born here go.
    assert sum(events(done, "go")) == 240
    assert stock(done, "b")[0] > 720


def test_the_very_old_are_still_told_apart() -> None:
    """Ages over 130 are in the last group of ages, and still have a calendar age."""
    made = world(
        tracks=AB,
        factors={"f": {"feature": "age.calendar", **from_(141)}},
        transitions={"go": move("a", "b", probability=1, factors=["f"])},
        groupings={"age": {"feature": "age", "below": [100, 141]}},
        population={"cohort": 10, "age": 140},
    )
    done = run(made)
    counted = arm_of(done, "without").stock.sum(axis=2)
    assert counted[[0, 11, 12, 24]].tolist() == [[0, 10, 0], [0, 10, 0], [0, 0, 10], [0, 0, 10]]
    assert first(events(done, "go")) == 12


def test_one_person_and_nobody_can_be_simulated() -> None:
    """The smallest populations there are."""
    go = {"go": move("a", "b", probability=1)}
    assert stock(run(world(tracks=AB, transitions=go, population={"cohort": 1})), "b")[1] == 1
    nobody = {"residents": 1, "max_age": 100}
    time = {"start": "2026-01", "years": 0.25, "warm_up": 0}
    assert sum(stock(run(world(tracks=AB, population=nobody, time=time)), "a")) == 0
    few = {
        "cohort": 3,
        "areas": {"big": {"label": "Big", "share": 1}, "empty": {"label": "Empty", "share": 0.01}},
    }
    made = world(
        tracks=AB,
        groups={"gone": group("life", "b")},
        factors={"f": {"feature": "share.gone", **from_(0.1)}},
        transitions={"go": move("a", "b", rate=1, factors=["f"])},
        population=few,
    )
    assert stock(run(made), "a") == [3] * 25
