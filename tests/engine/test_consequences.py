"""What an effect brings with it: something given instead of what it prevents, a risk for some."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.strategies import (
    World,
    arm,
    by_name,
    events,
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

from sisim.economics.ledger import ledger
from sisim.engine.cohort import Cohort, expected
from sisim.engine.replications import simulate
from sisim.engine.simulation import Simulation
from sisim.scenario.scenario import Scenario

N = 4000
HOME: World = {
    "tracks": {"life": track("home", "placed", "moved")},
    "transitions": {
        "placement": move("home", "placed", rate=1.0),
        "moves": move("home", "moved", rate=0.6),
        "back": move("placed", "home", rate=2.0),
    },
}
COURSE = {"months": 6}


def world_with(of: World = HOME, years: float = 2, **effect: Any) -> World:
    """Return a world in which everyone at home is helped, by an effect of this kind."""
    return world(
        **of,
        population={"cohort": N},
        time={"start": "2026-01", "years": years},
        investments={
            "help": investment(years=years, effects=[{"on": ["placement"], "ratio": 0.5, **effect}])
        },
        arms={"helped": arm(help="ends")},
    )


def of_track(done: Simulation, name: str) -> Any:
    """Return who is in the second state of a track in the arm at the end, bool (people,)."""
    rows = done.columns.n + np.arange(done.columns.n)
    number = done.compiled.tracks.index(name)
    own = done.columns.state[number, rows]
    return done.columns.diverged[0] & (
        own == done.compiled.tables.layout.track[number]["first"] + 1
    )


@given(of=worlds(people=300), seed=st.integers(1, 50))
@settings(max_examples=15, deadline=None)
def test_what_costs_and_changes_nothing_moves_nobody(of: World, seed: int) -> None:
    """Whatever is given instead, lives are as without it, bit for bit (laws L3, L5)."""
    plain: World = {**of, "investments": {}}
    followed: World = {**of, "investments": {}}
    for name, spec in of["investments"].items():
        bare = [
            {k: v for k, v in e.items() if k not in ("instead", "harm")} for e in spec["effects"]
        ]
        on = [sorted(of["pathway"]["transitions"])[0]]
        none = {"share": 0.5, "months": 3, "on": on, "ratio": 1}
        given_ = [
            e
            if e["on"] == ["entry"]
            else {**e, "instead": {"months": 2, "share": 0.7}, "harm": none}
            for e in bare
        ]
        plain["investments"][name] = {**spec, "effects": bare}
        followed["investments"][name] = {**spec, "effects": given_}
    before, after = (by_name(run(one, seed)) for one in (plain, followed))
    for name, counts in before.items():
        np.testing.assert_array_equal(counts, after[name], err_msg=name)


def test_it_is_given_to_the_very_people_that_it_would_have_happened_to() -> None:
    """Who is placed without, and not with, at a moment that comes once, is given the course."""
    once = {"placement": move("home", "placed", probability=0.4, schedule={"cycle": 3})}
    of = {"tracks": {"life": track("home", "placed")}, "transitions": once}
    done = run(world_with(of, instead={"months": 600}, years=1))
    placed = done.compiled.state("life", "placed")
    without = done.columns.state[0, :N] == placed
    rows = np.where(done.columns.diverged[0], N, 0) + np.arange(N)
    with_it = done.columns.state[0, rows] == placed
    assert not (with_it & ~without).any()
    np.testing.assert_array_equal(of_track(done, "instead:help.1"), without & ~with_it)
    assert 0.4 * N * 0.4 < (without & ~with_it).sum() < 0.4 * N * 0.6


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("ratio", "key"), [(0.5, "placement"), (3.0, "placement"), (0.0, "moves")])
def test_as_many_as_the_chance_has_changed_by(order: int, ratio: float, key: str) -> None:
    """The number in a step is the chance without the effect less that with it, or the reverse."""
    of = {**HOME, "transitions": {**HOME["transitions"]}}
    of["transitions"]["moves"] = move("home", "moved", rate=0.6, order=order)
    done = run(world_with(of, on=[key], ratio=ratio, instead=COURSE))

    def chance(factor: float) -> float:
        rates = {"placement": 1.0 / 12, "moves": 0.6 / 12}
        rates[key] *= factor
        if order == 1:
            total = sum(rates.values())
            return rates[key] / total * -np.expm1(-total) if total else 0.0
        first = -np.expm1(-rates["placement"])
        return first if key == "placement" else (1 - first) * -np.expm1(-rates["moves"])

    at_home = np.array(stock(done, "home", "helped"))[:-1]
    sure = at_home.sum() * abs(chance(1) - chance(ratio))
    found = sum(events(done, "instead:help.1", "helped"))
    assert abs(found - sure) < 5 * np.sqrt(sure)
    assert not any(events(done, "instead:help.1"))


def test_it_lasts_as_long_as_stated_and_begins_anew() -> None:
    """Who is given the course is in it for so many months, and no longer than they live here."""
    once = {"placement": move("home", "placed", probability=1, schedule={"cycle": 3})}
    of = {"tracks": {"life": track("home", "placed")}, "transitions": once}
    done = run(world_with(of, ratio=0, instead=COURSE))
    assert stock(done, "given", "helped", "instead:help.1") == [0] * 4 + [N] * 6 + [0] * 15
    again = {"placement": move("home", "placed", probability=1, schedule={"month": 4})}
    twice = run(world_with({**of, "transitions": again}, ratio=0, instead={"months": 15}))
    assert stock(twice, "given", "helped", "instead:help.1") == [0] * 4 + [N] * 21
    assert np.flatnonzero(events(twice, "instead:help.1", "helped")).tolist() == [3, 15]


def test_an_earlier_discharge_is_followed_by_other_care() -> None:
    """An effect that hastens a transition brings it to whom it hastens it for."""
    of = {
        "tracks": {"life": track("placed", "home")},
        "transitions": {"back": move("placed", "home", probability=0.2)},
    }
    done = run(world_with(of, on=["back"], ratio=2, scale="relative_risk", instead=COURSE))
    hastened = np.array(events(done, "instead:help.1", "helped"))
    placed = np.array(stock(done, "placed", "helped"))[:-1]
    assert abs(hastened.sum() - 0.2 * placed.sum()) < 5 * np.sqrt(0.2 * placed.sum())
    # In the first step they are who is home with it and not without.
    assert hastened[0] == events(done, "back", "helped")[0] - events(done, "back")[0]


def test_a_share_is_exposed_to_a_risk_and_nobody_else() -> None:
    """Who stays at home at risk falls ill more often; the number exposed is the share."""
    of = {
        "tracks": {"life": track("home", "placed"), "need": track("well", "ill")},
        "transitions": {
            "placement": move("home", "placed", probability=1, schedule={"cycle": 3}),
            "neglect": move("well", "ill", "need", rate=0.3),
        },
    }
    harm = {"share": 0.25, "months": 12, "on": "neglect", "ratio": 4}
    done = run(world_with(of, ratio=0, harm=harm))
    exposed = np.array(stock(done, "exposed", "helped", "harm:help.1"))
    assert abs(exposed[4] - 0.25 * N) < 5 * np.sqrt(0.25 * 0.75 * N)
    assert (exposed[4:16] == exposed[4]).all()
    assert not exposed[16:].any()
    ill = np.array([stock(done, "ill", name, "need") for name in ("without", "helped")])
    assert (ill[0, :5] == ill[1, :5]).all()
    with_ = ill[1, 16] - ill[1, 4]
    less = (N - ill[0, 4]) / N
    plain = ill[0, 16] - ill[0, 4]
    more = exposed[4] * less * (np.exp(-0.3) - np.exp(-0.3 * 4))
    assert abs(with_ - plain - more) < 5 * np.sqrt(more)
    # Of who is not exposed nobody has another life in it.
    nobody = run(world_with(of, ratio=0, harm={**harm, "share": 0}))
    assert stock(nobody, "ill", "helped", "need") == stock(nobody, "ill", "without", "need")


def test_it_is_paid_at_its_price_and_the_money_adds_up() -> None:
    """So much a year while it lasts, and once when it begins; all else is as it was (law L6)."""
    once = {"placement": move("home", "placed", probability=1, schedule={"cycle": 3})}
    of: World = {
        "tracks": {"life": track("home", "placed")},
        "transitions": once,
        "resources": {
            "open_care": {
                "label": "Open care",
                "unit": "course",
                "price": 1000,
                "price_year": 2024,
                "administration": "social",
            }
        },
    }
    instead = {"months": 6, "share": 0.5, "uses": {"open_care": 12}, "once": {"open_care": 3}}
    made = world_with(of, ratio=0, instead=instead)
    made["pathway"] |= {
        "principals": {"town": {"label": "Town"}},
        "administrations": {"social": {"label": "Social", "principal": "town"}},
    }
    result = simulate(Scenario.model_validate(made), seed=2, threads=1)
    number = result.counts("event")[0, 1, :, result.compiled.transitions.index("instead:help.1")]
    assert abs(number.sum() - N / 2) < 5 * np.sqrt(N / 4)
    units = result.units().groupby("arm").units.sum()
    assert units["without"] == 0
    assert units["helped"] == pytest.approx(number.sum() * (6 + 3))
    assert ledger(result).total()[0, 1].sum() == pytest.approx(number.sum() * 9 * 1000)


def exact(of: World) -> Cohort:
    """Return the expected course of a world."""
    return expected(Scenario.model_validate(of))


def people(cohort: Cohort, track_: str, state: str) -> Any:
    """Return how many are expected in a state of the arm, by point."""
    return cohort.stock[1, :, :, cohort.compiled.state(track_, state)].sum(axis=-1)


def test_the_exact_course_of_what_is_prevented_once_is_known() -> None:
    """0.4 of 4000 would be placed and half of them are: 800, of whom 0.7 have six months."""
    once = {"placement": move("home", "placed", probability=0.4, schedule={"cycle": 3})}
    of = {"tracks": {"life": track("home", "placed")}, "transitions": once}
    given_ = {"months": 6, "share": 0.7}
    found = exact(world_with(of, scale="relative_risk", instead=given_, years=1))
    known = [0.0] * 4 + [0.7 * 800] * 6 + [0.0] * 3
    assert people(found, "instead:help.1", "given") == pytest.approx(known)
    assert people(found, "life", "placed") == pytest.approx([0] * 4 + [800] * 9)
    events_ = found.events[1, :, found.compiled.transitions.index("instead:help.1")]
    assert events_ == pytest.approx([0] * 3 + [560] + [0] * 8)
    assert not found.events[0, :, found.compiled.transitions.index("instead:help.1")].any()


def test_what_an_exactly_computed_harm_does_is_known() -> None:
    """Those exposed (a quarter of 800) move at a doubled probability in each of two months."""
    ways = {
        "placement": move("home", "placed", probability=0.4, schedule={"cycle": 3}),
        "moves": move("home", "moved", probability=0.1, schedule={"cycle": 5}),
    }
    of = {"tracks": {"life": track("home", "placed", "moved")}, "transitions": ways}
    harm = {"share": 0.25, "months": 2, "on": ["moves"], "ratio": 2, "scale": "relative_risk"}
    found = exact(world_with(of, scale="relative_risk", harm=harm, years=1))
    moves = found.events[:, 5, found.compiled.transitions.index("moves")]
    assert moves == pytest.approx([2400 * 0.1, 3000 * 0.1 + 200 * 0.2])


@st.composite
def followed(draw: st.DrawFn) -> World:
    """Return a world whose effects are followed by something, of every kind."""
    rates = st.floats(0.1, 2.5)
    second = st.sampled_from([1, 2])
    ways = {
        "placement": move("home", {"placed": 3.0, "secure": 1.0}, rate=draw(rates)),
        "moves": move("home", "moved", rate=draw(rates), order=draw(second)),
        "back": move(["placed", "secure"], "home", probability=0.2),
        "ill": move("well", "ill", "health", rate=draw(rates)),
        "dies": move("ill", "dead", "health", rate=0.2),
        "heals": move("ill", "well", "health", rate=1.0),
    }
    of = {
        "tracks": {
            "life": track("home", "placed", "secure", "moved"),
            "health": track("well", "ill", "dead", exits=("dead",)),
        },
        "transitions": ways,
    }
    effects = []
    for number in range(draw(st.integers(1, 2))):
        months = st.integers(1, 4)
        given_ = {"months": draw(months), "share": draw(st.sampled_from([1.0, 0.6]))}
        harm = {
            "share": 0.5,
            "months": draw(months),
            "on": draw(st.sampled_from([["moves"], ["ill", "back"]])),
            "ratio": draw(st.sampled_from([0.5, 3.0])),
        }
        brought = draw(st.sampled_from([{"instead": given_}, {"harm": harm}]))
        on = draw(st.sampled_from([["placement"], ["moves"], ["back"], ["ill", "placement"]]))
        ratio = draw(st.sampled_from([0.0, 0.5, 2.0]))
        effects.append({"on": on, "ratio": ratio, "order": number + 1, **brought})
    made = world_with(of, years=1)
    made["investments"]["help"]["effects"] = effects
    return made


@settings(max_examples=40, deadline=None)
@given(of=followed(), seed=st.integers(1, 100))
def test_the_exact_course_is_that_of_simulations(of: World, seed: int) -> None:
    """Whom something is prevented for, what they are given, how long, what harm does to them."""
    course = exact(of)
    result = simulate(Scenario.model_validate(of), seed=seed).replications[0]
    for computed, found in ((course.stock, result.tally.stock), (course.event, result.tally.event)):
        assert (np.abs(found - computed) <= 5 * np.sqrt(2 * computed) + 3).all()
    began = [n for n, name in enumerate(course.compiled.transitions) if ":" in name]
    assert np.allclose(course.event[0][..., began], 0)


def test_nothing_that_follows_leaves_the_exact_course_as_it_is() -> None:
    """Something given that costs and does nothing changes neither lives nor their chances."""
    plain, with_it = exact(world_with()), exact(world_with(instead=COURSE))
    for state in ("home", "placed", "moved"):
        assert people(with_it, "life", state) == pytest.approx(people(plain, "life", state))
