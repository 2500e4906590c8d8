"""Places in an investment: who gets them, for how long, and what they do (law L10)."""

from __future__ import annotations

import copy
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from helpers.strategies import (
    AREAS,
    FAMILIES,
    World,
    arm,
    arm_of,
    assert_same,
    assert_same_run,
    changed,
    events,
    group,
    investment,
    move,
    run,
    simulation,
    stock,
    track,
    world,
    worlds,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.economics.ledger import ledger
from sisim.engine.enrolment import first_in_order
from sisim.engine.replications import simulate
from sisim.engine.simulation import Simulation
from sisim.engine.trace import replay
from sisim.scenario.scenario import Scenario

N = 200


@given(st.lists(st.integers(0, 6)), st.integers(0, 40))
def test_the_first_of_a_queue_are_those_of_the_whole_order(order: list[int], count: int) -> None:
    numbers = np.array(order, float)
    whole = np.argsort(numbers, kind="stable")[:count]
    assert sorted(first_in_order(numbers, count)) == sorted(whole)


FOREVER: World = {
    "tracks": {"life": track("a", "b")},
    "transitions": {
        "go": move("a", "b", probability=0.5),
        "back": move("b", "a", probability=1),
    },
}
"""Half of those in a go every month, and come back after one."""
STOP = {"on": ["go"], "ratio": 0, "scale": "relative_risk"}
AREA_SHARES = {a: {"label": a, "share": 0.5} for a in AREAS}


def helped(
    ending: str = "ends", of: World = FOREVER, people: Any = None, **parts: Any
) -> Simulation:
    """Return a run of two years in which an investment stops people from going."""
    spec = investment(**{"effects": [STOP], "years": 1, **parts})
    return run(
        world(
            **{"population": people or {"cohort": N}, **of},
            investments={"help": spec},
            arms={"helped": arm(help=ending)},
        )
    )


def treated(done: Simulation, areas: bool = False) -> list[Any]:
    """Return how many are in treatment at every point but the last, where nothing more happens."""
    found = done.enrolments.treated[0, 0, :-1]
    return (found if areas else found.sum(axis=1)).tolist()


def people(done: Simulation) -> set[int]:
    """Return who has been treated."""
    return {past.person for past in done.enrolments.record}


# Who is offered a place.


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, {"girl", "boy"}),
        ({"attribute.sex": ["girl"]}, {"girl"}),
        ({"attribute": {"sex": ["girl", "boy"]}}, {"girl", "boy"}),
        ({"attribute.sex": ["girl"], "area": ["south"]}, set()),
        ({"any_of": [{"attribute.sex": ["boy"]}, {"area": ["south"]}]}, {"boy"}),
        ({"any_of": [{"attribute.sex": ["boy"]}, {"area": ["north"]}]}, {"girl", "boy"}),
        ({"any_of": [{"age": {"from": 50}}, {"area": ["south"]}]}, set()),
        (
            {"features": {"attribute.sex": ["girl"]}, "any_of": [{"attribute.sex": ["boy"]}]},
            set(),
        ),
        (
            {"features": {"attribute.sex": ["girl"]}, "any_of": [{"age": {"from": 0}}]},
            {"girl"},
        ),
    ],
)
def test_everything_in_a_target_must_hold_and_one_of_its_alternatives(
    target: World, expected: set[str]
) -> None:
    """Conditions by category, one by one, together, and as alternatives; all live in the north."""
    made = {
        **FOREVER,
        "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        "population": {
            "cohort": N,
            "areas": {"north": {"label": "n", "share": 1}, "south": {"label": "s", "share": 1e-9}},
        },
    }
    done = helped(of=made, target=target)
    sexes = {"girl": set(np.flatnonzero(done.people.codes[0] == 0).tolist())}
    sexes["boy"] = set(range(N)) - sexes["girl"]
    assert people(done) == set().union(*(sexes[name] for name in expected))


@pytest.mark.parametrize(
    ("bounds", "start", "last"),
    [
        ({"from": 6}, 6, 11),
        ({"below": 6}, 0, 5),
        ({"from": 6, "below": 6.25}, 6, 8),
        ({"from": 7}, -1, -1),
    ],
)
def test_bounds_include_the_first_and_exclude_the_last(
    bounds: World, start: int, last: int
) -> None:
    """By age: at least `from`, less than `below`, when treated a month at a time."""
    done = helped(
        people={"cohort": 10, "age": 5.5}, target={"age": bounds}, duration=1, repeat=True
    )
    found = np.flatnonzero(treated(done)).tolist()
    assert found == (list(range(start, last + 1)) if start >= 0 else [])


def test_bounds_hold_for_durations_counts_and_peers() -> None:
    """Time in a group, visits in a window, and the share of peers choose people too."""
    made = changed(
        world(**FOREVER), groups={"gone": group("life", "b")}, transitions=FOREVER["transitions"]
    )["pathway"]
    of = {key: made[key] for key in ("tracks", "groups", "transitions")}
    assert helped(of=of, target={"visits.gone": {"from": 3}}).enrolments.record[0].start == 5
    assert not people(helped(of=of, target={"time_in.gone": {"from": 1}}))
    assert helped(of=of, target={"time_since.gone": {"from": 2}}).enrolments.record[0].start >= 4
    recent = helped(of=of, target={"visits.gone": {"from": 3, "window": 5}})
    assert {past.start for past in recent.enrolments.record} > {5}
    first = helped(of=of, target={"share.gone": {"from": 0.3}}).enrolments.record[0]
    assert first.start == 1


@pytest.mark.parametrize(("edge", "expected"), [(-0.5, 0.69), (0, 0.5), (0.5, 0.31), (1.5, 0.07)])
def test_bounds_hold_for_numbers_drawn(edge: float, expected: float) -> None:
    """A numeric background is compared as it is, fractions and negative numbers too."""
    attribute = {"distribution": "normal", "parameters": {"mean": 0, "sd": 1}}
    of = {**FOREVER, "attributes": {"x": attribute}}
    done = helped(of=of, target={"attribute.x": {"from": edge}}, people={"cohort": 1000})
    assert people(done) == set(np.flatnonzero(done.people.numbers[0] >= edge).tolist())
    assert len(people(done)) == pytest.approx(1000 * expected, abs=65)


def test_reach_is_the_same_people_however_often_they_are_asked() -> None:
    """Half of them are never reached, month after month; a larger reach adds to the same ones."""
    half, more = helped(reach=0.5), helped(reach=0.8)
    assert 0.35 * N < len(people(half)) < 0.65 * N
    assert treated(half)[0] == treated(half)[11] == len(people(half))
    assert people(half) < people(more)
    assert not people(helped(reach=0))
    assert len(people(helped(reach=1))) == N


def test_a_project_has_its_areas() -> None:
    """Only those who live there are treated."""
    done = helped(people={"cohort": N, "areas": AREA_SHARES}, areas=["south"])
    assert treated(done, areas=True)[0] == [0, N // 2]


# Who gets a place when places are short.


@pytest.mark.parametrize("rule", ["first_come", "lottery", "highest_risk"])
def test_places_are_never_more_than_there_are(rule: str) -> None:
    """All places are used while somebody waits, and a place left free is given to the next."""
    done = helped(capacity=15, duration=4, drop_out=2, selection={"rule": rule, "risk_of": "go"})
    assert treated(done) == [15] * 12 + [0] * 12
    assert len(people(done)) > 60


@given(worlds())
@settings(max_examples=15)
def test_capacity_holds_in_any_world(made: World) -> None:
    """Never more in treatment than places, and nobody twice at a time."""
    for spec in made["investments"].values():
        spec["capacity"] = spec["new_way"]["capacity"] = 7
        spec["unit"] = "person"
    done = run(made)
    assert (done.enrolments.treated.sum(axis=-1) <= 7).all()
    spans: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for past in done.enrolments.record:
        end = done.compiled.clock.end if past.end is None else past.end
        key = past.arm, past.investment, past.person
        spans.setdefault(key, []).append((past.start, end))
    for key, times in spans.items():
        again = made["investments"][done.compiled.investments[key[1]]]["repeat"]
        assert len(times) == 1 or again
        assert all(a[1] <= b[0] for a, b in pairwise(times))


RISKY: World = {
    "tracks": {"life": track("a", "b"), "need": track("none", "some")},
    "attributes": {"risk": {"shares": {"low": 0.5, "high": 0.5}}},
    "factors": {"risk": {"feature": "attribute.risk", "values": {"high": 5}}},
    "transitions": {
        **FOREVER["transitions"],
        "go": move("a", "b", probability=0.05, factors=["risk"]),
        # Half of them are in need from the first, the others from the fourth month.
        "need": move("none", "some", "need", probability=1, schedule={"cycle": 3}),
    },
    "population": {"cohort": N, "start": {"need": {"none": 0.5, "some": 0.5}}},
}


def chosen(rule: str, sure: float = 1, **parts: Any) -> tuple[Simulation, list[int]]:
    """Return who gets 40 places that are few, in order of beginning."""
    selection = {"rule": rule, "sensitivity": sure, "specificity": sure}
    if rule == "highest_risk":
        selection["risk_of"] = "go"
    spec = {"capacity": 40, "duration": 6, "target": {"state.need": ["some"]}, **parts}
    done = helped(of=RISKY, selection=selection, **spec)
    return done, [past.person for past in done.enrolments.record]


OPEN: World = {
    "tracks": FOREVER["tracks"],
    "transitions": {
        "go": move("a", "b", probability=0.02),
        "back": move("b", "a", probability=0.1),
    },
    "population": {
        "residents": 6000,
        "max_age": 20,
        "movers_in": {"per_year": 0.05, "below": [10], "shares": [0.5, 0.5]},
    },
}


@pytest.mark.parametrize("unit", ["person", "family"])
@pytest.mark.parametrize("rule", ["first_come", "lottery", "highest_risk"])
def test_whom_places_concern_are_waited_for(rule: str, unit: str) -> None:
    """Others may be some steps ahead; yet it is as if everyone went step by step.

    Some go on with what they began long after the ages of the target group.
    """
    spec = investment(
        effects=[{"on": ["go"], "ratio": 0.5, "persistence": {"kind": "half_life", "years": 0.5}}],
        target={"age": {"from": 3, "below": 10}},
        capacity=30,
        duration=40,
        drop_out=0.3,
        unit=unit,
        selection={"rule": rule, "risk_of": "go"},
    )
    made = world(**OPEN, investments={"help": spec}, arms={"helped": arm(help="ends")})
    if unit == "family":
        made["population"] = {**made["population"], "families": {**FAMILIES, "grown_at": 18}}
    made["time"]["years"] = 3
    stepwise = simulation(made)
    for _ in range(stepwise.compiled.clock.end):
        stepwise.begin()
        stepwise.finish()
    assert len(stepwise.enrolments.record) > 30
    for threads in (1, 2, 3):
        at_once = run(made, threads=threads)
        assert at_once.enrolments.record == stepwise.enrolments.record
        assert_same(at_once.tally(), stepwise.tally())


def test_the_rules_choose_different_people() -> None:
    """First come, lottery and risk order fill as many places, with other people."""
    found = {rule: chosen(rule)[1] for rule in ("first_come", "lottery", "highest_risk")}
    assert {len(who) for who in found.values()} == {80}
    assert len({frozenset(who) for who in found.values()}) == 3


def test_who_came_first_is_served_first() -> None:
    """Those in need from the beginning get the places that come free, before the later ones."""
    done, who = chosen("first_come")
    early = {past.person for past in done.enrolments.record[:40]}
    needed = set(who[40:])
    # Nobody who came later than the first step began while the first ones were still waiting.
    starts = run(world(**{**RISKY, "transitions": {}}))
    some = starts.compiled.state("need", "some")
    from_start = set(np.flatnonzero(starts.columns.state[1] == some).tolist())
    assert early | needed <= from_start
    assert not set(chosen("lottery")[1]) <= from_start


def test_those_at_the_highest_risk_come_first_when_it_is_seen() -> None:
    """A perfect screening takes only those at high risk, a useless one takes anybody."""

    def share_at_high_risk(sure: float) -> float:
        done, who = chosen("highest_risk", sure, target={}, duration=None)
        return float((done.people.codes[0][who] == 1).mean())

    perfect, good, useless = (share_at_high_risk(sure) for sure in (1, 0.8, 0.5))
    assert perfect == 1
    assert useless < 0.75
    assert useless < good < perfect


def test_free_places_go_to_everyone_whatever_the_rule() -> None:
    """Where places are enough nobody is left out."""
    for rule in ("first_come", "lottery", "highest_risk"):
        assert len(set(chosen(rule, 0.5, capacity=N)[1])) == N


# How long.


def test_treatment_lasts_as_long_as_is_said() -> None:
    """With a duration it ends by itself; without, with the project."""
    assert treated(helped(duration=5)) == [N] * 5 + [0] * 19
    assert treated(helped()) == [N] * 12 + [0] * 12
    assert treated(helped(duration=18)) == [N] * 12 + [0] * 12
    assert treated(helped(duration=5, repeat=True)) == [N] * 12 + [0] * 12


def test_some_drop_out() -> None:
    """At a rate of 2.4 a year 18 per cent are lost every month, and do not come back."""
    found = treated(helped(drop_out=2.4, people={"cohort": 4000}))
    assert found[0] == 4000
    assert found[6] / 4000 == pytest.approx(np.exp(-1.2), abs=0.035)
    assert sorted(found, reverse=True) == found


def test_who_dies_leaves_their_place() -> None:
    """A place is free again when someone has left the population."""
    of = {
        "tracks": {"life": track("alive", "dead", exits=("dead",))},
        "transitions": {"die": move("alive", "dead", probability=0.1)},
    }
    done = helped(of=of, effects=[], capacity=10)
    assert treated(done)[:12] == [10] * 12
    assert len(people(done)) > 15


# What it does.


def effects_seen(of: World = FOREVER, **parts: Any) -> np.ndarray[Any, Any]:
    """Return the share of those in a who go, in every step of the arm."""
    done = helped(of=of, people={"cohort": 3000}, **parts)
    return np.array(events(done, "go", "helped")) / stock(done, "a", "helped")[:-1]


def test_an_effect_works_at_once_and_ends_at_once() -> None:
    """Nobody goes while treated; from the step after, as many as ever."""
    found = effects_seen(duration=5)
    assert (found[:5] == 0).all()
    assert found[5:] == pytest.approx(0.5, abs=0.05)


def test_an_effect_can_grow() -> None:
    """With an onset of ten months it is half grown after five."""
    found = effects_seen(onset=10)
    strength = np.minimum(np.arange(12) / 10, 1)
    assert found[:12] == pytest.approx(0.5 * (1 - strength), abs=0.06)


@pytest.mark.parametrize(
    ("persistence", "kept"),
    [
        ({"kind": "none"}, lambda years: 0 * years),
        ({"kind": "permanent"}, lambda years: 1 + 0 * years),
        ({"kind": "half_life", "years": 0.5}, lambda years: 0.5 ** (years / 0.5)),
        ({"kind": "linear", "years": 1}, lambda years: np.maximum(1 - years, 0)),
        (
            {"kind": "table", "at": [0, 0.5], "share": [0.8, 0.2]},
            lambda years: np.interp(years, [0, 0.5], [0.8, 0.2]),
        ),
    ],
)
@pytest.mark.parametrize("acts_on", ["participants", "area"])
def test_an_effect_fades_as_its_persistence_says(
    acts_on: str, persistence: World, kept: Any
) -> None:
    """Share by share, from the end of treatment on."""
    effect = {**STOP, "persistence": persistence, "acts_on": acts_on}
    found = effects_seen(effects=[effect], years=0.25)
    expected = 0.5 * (1 - kept(np.arange(21) / 12))
    assert (found[:3] == 0).all()
    if acts_on == "participants":
        assert found[3:] == pytest.approx(expected, abs=0.06)
    else:  # delivery is last at the step before: what is left is counted from there
        assert found[3:] == pytest.approx(expected, abs=0.11)


def test_a_poorly_delivered_effect_is_a_smaller_one() -> None:
    """Fidelity grows from half to full in a year."""
    found = effects_seen(fidelity={"at": [0, 1], "share": [0.5, 1]})
    strength = 0.5 + 0.5 * np.arange(12) / 12
    assert found[:12] == pytest.approx(0.5 * (1 - strength), abs=0.06)


def test_an_effect_may_be_larger_for_some() -> None:
    """A numeric background scales it: nothing for 0, all of it for 1."""
    of = {
        **FOREVER,
        "attributes": {"x": {"distribution": "uniform", "parameters": {"low": 0, "high": 1}}},
    }
    done = helped(of=of, effects=[{**STOP, "modifier": "x"}], people={"cohort": 3000})
    x = done.people.numbers[0]
    assert effects_seen(of=of, effects=[{**STOP, "modifier": "x"}])[:12] == pytest.approx(
        0.25, abs=0.06
    )
    assert done.columns.diverged[0][x > 0.9].mean() > done.columns.diverged[0][x < 0.02].mean()


def test_effects_multiply() -> None:
    """Two effects on the same transition are one with the product of their ratios."""
    half = {**STOP, "ratio": 0.5}
    two = helped(effects=[half, half])
    one = helped(effects=[{**STOP, "ratio": 0.25}])
    assert_same(arm_of(two, "helped"), arm_of(one, "helped"))


def test_an_effect_on_entries_thins_them() -> None:
    """Births of the area become fewer in the arm, by draws of their own."""
    population = {"residents": 6000, "max_age": 5, "areas": AREA_SHARES}
    effect = {"on": ["entry"], "ratio": 0.4, "acts_on": "area"}
    done = helped(effects=[effect], people=population, areas=["south"])
    without, arrived = (arm_of(done, name).arrivals for name in ("without", "helped"))
    assert arrived[:12, 0].sum() == without[:12, 0].sum()
    assert arrived[:12, 1].sum() / without[:12, 1].sum() == pytest.approx(0.4, abs=0.08)
    assert (arrived[12:] == without[12:]).all()


# How it ends.


def delivered(ending: str, **new_way: Any) -> list[list[int]]:
    """Return how many are in treatment by step and area, in a project of half a year."""
    spec = {"cost": {"payer": "fund"}, **new_way}
    return treated(
        helped(
            ending,
            years=0.5,
            new_way=spec,
            areas=["north"],
            people={"cohort": N, "areas": AREA_SHARES},
        ),
        areas=True,
    )


HALF = N // 2


def test_it_ends() -> None:
    """The money stops, delivery stops."""
    assert delivered("ends") == [[HALF, 0]] * 6 + [[0, 0]] * 18


def test_it_continues() -> None:
    """In the same size, in the same areas."""
    assert delivered("continues") == [[HALF, 0]] * 24


def test_it_becomes_the_new_way_of_working() -> None:
    """Full scale for everyone in need, everywhere."""
    assert delivered("new_way_of_working") == [[HALF, 0]] * 6 + [[HALF, HALF]] * 18


def test_the_new_way_may_wait() -> None:
    """Whoever has begun is seen through, nobody begins until the delay is over."""
    found = delivered("new_way_of_working", delay=4)
    assert found == [[HALF, 0]] * 10 + [[HALF, HALF]] * 14


def test_the_new_way_comes_area_by_area() -> None:
    """In the order given, an interval apart."""
    found = delivered("new_way_of_working", areas=["south", "north"], interval=3)
    assert [south for _, south in found] == [0] * 6 + [HALF] * 18


def test_the_new_way_grows_to_full_scale() -> None:
    """Over its ramp more and more are reached, up to its own reach."""
    found = np.array(delivered("new_way_of_working", ramp=8, reach=0.5))
    south = found[:, 1]
    assert (south[:6] == 0).all()
    assert (np.diff(south) >= 0).all()
    assert 0 < south[6] < south[13] == south[-1]
    assert south[-1] == pytest.approx(HALF / 2, abs=20)


def test_the_new_way_has_its_own_places() -> None:
    """As many as it says; unset, no limit."""
    few = {"cost": {"payer": "fund"}, "capacity": 30}
    found = treated(helped("new_way_of_working", years=0.5, capacity=10, new_way=few))
    assert found == [10] * 6 + [30] * 18
    del few["capacity"]
    found = treated(helped("new_way_of_working", years=0.5, capacity=10, new_way=few))
    assert found == [10] * 6 + [N] * 18


def test_an_effect_may_belong_to_a_phase() -> None:
    """Of the project or of the new way, by when a person began, or in an area by the calendar."""
    new_way = {"cost": {"payer": "fund"}}
    for phase, acts_on, stopped in (
        ("project", "area", range(6)),
        ("new_way", "area", range(6, 24)),
        ("always", "area", range(24)),
        ("project", "participants", range(24)),
        ("new_way", "participants", range(0)),
    ):
        done = helped(
            "new_way_of_working",
            years=0.5,
            new_way=new_way,
            effects=[{**STOP, "phase": phase, "acts_on": acts_on}],
        )
        found = np.array(events(done, "go", "helped"))
        assert np.flatnonzero(found == 0).tolist() == list(stopped)


def test_an_effect_on_an_area_needs_no_participants() -> None:
    """Everybody there goes more seldom, whether or not they are among those who take part."""
    done = helped(
        effects=[{**STOP, "acts_on": "area"}],
        areas=["south"],
        reach=0.5,
        people={"cohort": N, "areas": AREA_SHARES},
    )
    differs, taking_part = done.columns.diverged[0], done.columns.treated[0]
    assert not differs[done.people.area == 0].any()
    assert differs[done.people.area == 1].all()
    assert 0 < taking_part[done.people.area == 1].mean() < 1


@given(price=st.sampled_from((0.0, 1.0, 250.0)), monthly=st.sampled_from((0.0, 7.0)))
@settings(max_examples=6, deadline=None)
def test_who_takes_part_is_never_decided_by_a_price(price: float, monthly: float) -> None:
    """A price per participant moves nobody, and may be given after the run (laws L3, L5)."""
    of = changed(
        world(
            **FOREVER,
            population={"cohort": N},
            investments={
                "help": investment(
                    effects=[{**STOP, "ratio": 0.5, "acts_on": "area"}], years=1, reach=0.7
                )
            },
            arms={"helped": arm(help="ends")},
            economy={"discount_costs": 0.0},
        ),
        factors={"help": {"feature": "exposure.help", "values": {"during": 0.5, "after": 2}}},
        transitions={
            "go": move("a", "b", probability=0.3, factors=["help"]),
            "back": move("b", "a", probability=1),
        },
    )
    free = Scenario.model_validate(of)
    of["investments"]["help"]["cost"] |= {
        "per_participant": price,
        "per_participant_month": monthly,
    }
    dear = Scenario.model_validate(of)
    before, again = (simulate(one, seed=3, threads=1) for one in (free, dear))
    assert_same_run(before.replications[0], again.replications[0])
    assert before.replications[0].started.sum() > 0
    paid = ledger(before.repriced(dear)).total()
    np.testing.assert_array_equal(paid, ledger(again).total())
    assert (paid.sum() > 0) == (price + monthly > 0)


def test_intake_ends_and_whoever_has_begun_is_seen_through() -> None:
    """Who begins last gets the whole treatment; nobody begins after the intake."""
    target = {"state.life": ["a"]}
    of: World = {
        "tracks": {"life": track("b", "a")},
        "transitions": {"comes": move("b", "a", probability=0.15)},
    }
    done = helped(of=of, years=2, intake=1, duration=9, target=target)
    begun = {one.start for one in done.enrolments.record}
    assert min(begun) == 1
    assert max(begun) == 11
    assert {one.end - one.start for one in done.enrolments.record if one.end} == {9}
    cut = helped(of=of, years=1, duration=9, target=target)
    assert min(one.end - one.start for one in cut.enrolments.record if one.end) == 1
    same = helped(of=of, years=1, intake=1, duration=9, target=target)
    assert same.enrolments.record == cut.enrolments.record
    goes_on = helped("continues", of=of, intake=1, target=target)
    assert max(one.start for one in goes_on.enrolments.record) > 11


def test_a_project_may_begin_area_by_area() -> None:
    """In the order listed, so many months apart; they end together, and cost by their shares."""
    of = {"cohort": N, "areas": AREA_SHARES}
    cost = {"payer": "fund", "running": 1200}
    stepped = {"areas": ["south", "north"], "interval": 4, "cost": cost}
    done = helped(people=of, **stepped)
    found = treated(done, areas=True)
    assert [north for north, _ in found] == [0] * 4 + [N // 2] * 8 + [0] * 12
    assert [south for _, south in found] == [N // 2] * 12 + [0] * 12
    made = world(
        **FOREVER,
        population=of,
        investments={"help": investment(effects=[{**STOP, "acts_on": "area"}], **stepped)},
        arms={"helped": arm(help="ends")},
    )
    result = simulate(Scenario.model_validate(made), seed=1, threads=1)
    goes = result.moves(by=["area"]).query("arm == 'helped' and transition == 'go'")
    none = goes[goes.moves == 0].groupby("area").step.agg(["min", "max"])
    assert none.loc["south"].tolist() == [0, 11]
    assert none.loc["north"].tolist() == [4, 11]
    paid = ledger(result).total()[0, 1]
    np.testing.assert_allclose(paid, [50] * 4 + [100] * 8 + [0] * 12)


@pytest.mark.parametrize("acts_on", ["participants", "area"])
def test_an_investment_takes_the_place_of_another(acts_on: str) -> None:
    """From its start the other's people lose its effect, and its cost falls away, for good."""
    effect = [{**STOP, "acts_on": acts_on}]
    cost = {"payer": "fund", "running": 1200, "per_participant_month": 1}
    new = investment(
        start="2026-07", years=0.5, effects=[{**STOP, "ratio": 1}], stops=["old"], target={}
    )
    made = world(
        **FOREVER,
        population={"cohort": N},
        investments={"old": investment(years=2, effects=effect, cost=cost), "new": new},
        arms={"old": arm(old="ends"), "both": arm(old="ends", new="ends"), "new": arm(new="ends")},
    )
    result = simulate(Scenario.model_validate(made), seed=1, threads=1)
    goes = result.counts("event")[0, :, :, result.compiled.transitions.index("go")]
    assert goes[1].sum() == 0
    assert not goes[2, :6].any()
    assert goes[2, 6:].min() > N / 4
    np.testing.assert_array_equal(goes[3], goes[0])
    paid = ledger(result).total()[0]
    np.testing.assert_allclose(paid[1], [100 + N] * 24)
    np.testing.assert_allclose(paid[2], [100 + N] * 6 + [0] * 18)


def test_where_an_investment_takes_the_place_of_another() -> None:
    """Only where it is delivered itself; what is stopped before it begins has stopped nothing."""
    of = {"cohort": N, "areas": AREA_SHARES}
    effect = [{**STOP, "acts_on": "area"}]
    made = world(
        **FOREVER,
        population=of,
        investments={
            "old": investment(years=2, effects=effect),
            "new": investment(
                start="2026-07", years=1.5, effects=[{**STOP, "ratio": 1}], stops=["old"]
            ),
            "first": investment(
                years=2, effects=[{**STOP, "ratio": 1}], stops=["new"], areas=["south"]
            ),
        },
        arms={
            "both": arm(old="ends", new="ends"),
            "all": arm(old="ends", new="ends", first="ends"),
        },
    )
    result = simulate(Scenario.model_validate(made), seed=1, threads=1)
    goes = result.moves(by=["area"]).query("transition == 'go'").set_index(["arm", "area", "step"])
    moves = {key: goes.loc[key].moves.to_numpy() for key in product(("both", "all"), AREAS)}
    assert (moves["both", "south"][6:] > 0).all()
    assert not moves["all", "south"].any()
    np.testing.assert_array_equal(moves["all", "north"], moves["both", "north"])


# People who have something in common.


def test_peers_pull_each_other() -> None:
    """A rate raised by the share of peers raises events, and an effect on some reaches others."""
    of: World = {
        "tracks": {"life": track("a", "b")},
        "groups": {"gone": group("life", "b")},
        "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        "factors": {"peers": {"feature": "share.gone", "below": [0.1, 0.4], "values": [1, 3, 9]}},
        "transitions": {"go": move("a", "b", rate=0.5, factors=["peers"])},
        "population": {"cohort": 1000, "areas": AREA_SHARES},
    }
    alone = changed(world(**of), factors={"peers": {"feature": "area", "values": {}, "default": 1}})
    assert sum(events(run(alone), "go")) < 0.9 * sum(events(run(world(**of)), "go"))
    done = helped(
        of=of,
        people=of["population"],
        effects=[STOP],
        areas=["south"],
        target={"attribute.sex": ["girl"]},
        years=2,
    )
    differs = done.columns.diverged[0]
    boys, south = done.people.codes[0] == 1, done.people.area == 1
    untouched = boys & south
    assert not done.columns.treated[0][boys].any()
    assert differs[untouched].sum() > 10  # helped by their peers
    assert not differs[~south].any()
    # Each boy of the south goes later or not at all: fewer have gone among his peers.
    gone = {name: arm_of(done, name).stock[..., 1].sum(axis=1) for name in ("without", "helped")}
    assert (gone["helped"] <= gone["without"]).all()


@settings(max_examples=20)
@given(made=worlds(people=60, arms=1), first=st.integers(0, 200), length=st.integers(1, 24))
def test_those_concerned_are_among_the_people(made: World, first: int, length: int) -> None:
    """Also where nobody is of the ages of a target group: what lies beyond has not been filled."""
    begun = simulation(made)
    end = begun.compiled.clock.end
    first, stop = min(first, end - 1), min(first + length, end)
    while begun.step < first:
        begun.advance(1)
    concerned = begun.enrolments.concerned(begun.step, stop)
    assert 0 <= concerned.start < concerned.stop <= len(begun.people)


def test_a_cohort_older_than_every_target_group_concerns_nobody() -> None:
    spec = investment(effects=[STOP], years=1, target={"age": {"below": 10}})
    begun = simulation(
        world(
            **{"population": {"cohort": N, "age": 40}, **FOREVER},
            investments={"help": spec},
            arms={"helped": arm(help="ends")},
        )
    )
    assert begun.enrolments.concerned(begun.step, begun.compiled.clock.end) == slice(0, 1)
    begun.advance(begun.compiled.clock.end)
    assert not people(begun)


# What depends on others: the cases before, and the part of another investment.

NOTHING_FIRST = {"first": 0, "per_doubling": 0}
"""The first cases have no effect at all, and the next ones the whole of it."""


def test_those_who_come_later_have_what_the_first_cases_taught() -> None:
    """Ten places for three months: of the first ten as many go as ever, of the next ones nobody."""
    done = helped(learning=NOTHING_FIRST, capacity=10, duration=3, people={"cohort": 300})
    begun = {past.person: past.start for past in done.enrolments.record}
    first = min(begun.values())
    apart = done.columns.diverged[0]
    assert sum(start == first for start in begun.values()) == 10
    assert not apart[[p for p, start in begun.items() if start == first]].any()
    assert apart[[p for p, start in begun.items() if start > first]].mean() > 0.7


def test_who_begin_together_share_what_was_learned() -> None:
    curve = {"first": 0.5, "per_doubling": 0.8}
    # After 100, 200, 300 cases.
    strength = 1 - 0.5 * 0.8 ** np.log2(1 + 100 * np.arange(4))
    done = helped(learning=curve, capacity=100, duration=1, people={"cohort": 3000})
    assert treated(done)[:4] == [100] * 4
    assert done.columns.learned[0, 0, [0, 1, 2, 3]] == pytest.approx(strength)


@given(worlds(people=150), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=8)
def test_nothing_to_learn_changes_nothing(world: World, first: float, per_doubling: float) -> None:
    """Who has all of the effect from the first case on; and, where there is none, anybody."""
    plain, learnt, null = (copy.deepcopy(world) for _ in range(3))
    for name in world["investments"]:
        plain["investments"][name].pop("learning", None)
        learnt["investments"][name]["learning"] = {"first": 1, "per_doubling": per_doubling}
        curve = {"first": first, "per_doubling": per_doubling}
        null["investments"][name] |= {"learning": curve}
        for effect in null["investments"][name]["effects"]:
            effect |= {"ratio": 1, "harm": None}
    assert_same(run(plain).tally(), run(learnt).tally())
    without = run(null)
    for name in world["arms"]:
        assert_same(arm_of(without, name), arm_of(without, "without"))


def test_the_more_the_first_case_has_the_fewer_go() -> None:
    """Draws are used monotonically: a stronger effect only takes events away."""
    counted = [
        np.array(
            events(
                helped(learning={"first": first, "per_doubling": 0.9}, people={"cohort": 500}),
                "go",
                "helped",
            )
        ).sum()
        for first in (0, 0.3, 0.6, 1)
    ]
    assert (np.diff(counted) < 0).all()


def test_whoever_is_replayed_alone_has_what_all_before_them_taught() -> None:
    done = helped(learning={"first": 0.2, "per_doubling": 0.7}, capacity=20, duration=2)
    record = done.enrolments.record
    chosen = np.unique([past.person for past in record[25:60]])
    alone, _ = replay(
        done.compiled, done.people, chosen, seed=done.seed, enrolments=record, shares=done.shares
    )
    alone.advance(done.compiled.clock.end)
    started = sorted({past.start for past in record})
    assert (alone.columns.learned[..., started] == done.columns.learned[..., started]).all()
    rows = np.concatenate([chosen, N + chosen])
    apart = done.columns.diverged[0, chosen]
    assert (alone.columns.diverged[0] == apart).all()
    own = np.concatenate([np.ones(len(chosen), bool), apart])
    assert (alone.columns.state[:, own] == done.columns.state[:, rows[own]]).all()


def both(without: float, **parts: Any) -> Simulation:
    """Return a run in which the effect is whole for those who take part in the region's, too."""
    needs = {"investment": "region", "without": without}
    spec = investment(effects=[{**STOP, "complement": needs}])
    region = investment(**{"reach": 0.5, "years": 2, **parts})
    return run(
        world(
            population={"cohort": N},
            **FOREVER,
            investments={"help": spec, "region": region},
            arms={"alone": arm(help="ends"), "helped": arm(help="ends", region="ends")},
        )
    )


def test_an_effect_is_whole_only_with_the_other_part() -> None:
    """Nothing is left of it without: so it is for who has not begun the other, and in their arm."""
    done = both(without=0)
    alone, together = done.columns.diverged
    assert not alone.any()
    region = {past.person for past in done.enrolments.record if past.investment == 1}
    assert 0.3 * N < len(region) < 0.7 * N
    assert set(np.flatnonzero(together).tolist()) == region


def test_where_all_is_left_of_it_the_other_part_adds_nothing() -> None:
    assert_same(arm_of(both(without=1), "alone"), arm_of(both(without=1), "helped"))


def test_it_lasts_where_the_other_part_has_been_begun() -> None:
    """Whoever has had the region's part has had it: a month is enough."""
    done = both(without=0, duration=1)
    assert events(done, "go", "helped") == events(both(without=0), "go", "helped")
