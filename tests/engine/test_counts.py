"""What is counted: tables that add up, and what an investment is counted by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.strategies import arm, group, investment, move, track, world

from sisim.economics.ledger import ledger
from sisim.engine.counts import ITEMS, PHASES, WITHOUT, Result
from sisim.engine.replications import simulate
from sisim.results import Results
from sisim.scenario.digest import digest
from sisim.scenario.scenario import Scenario

COST = {
    "start_up": 100_000,
    "running": 500_000,
    "per_participant": 3_000,
    "per_participant_month": 2_000,
    "payer": "social",
}


def scenario(*effects: dict[str, Any], **changes: Any) -> Scenario:
    """Return a municipality with children placed now and then, and a team that may help them."""
    pathway = {
        "name": "care",
        "title": "Care",
        "principals": {"town": {"label": "The town"}},
        "administrations": {"social": {"label": "Social services", "principal": "town"}},
        "resources": {
            "day": {
                "label": "Day",
                "unit": "day",
                "price": 5500,
                "price_year": 2024,
                "administration": "social",
            },
            "inquiry": {
                "label": "Inquiry",
                "unit": "each",
                "price": 40_000,
                "price_year": 2024,
                "administration": "social",
            },
        },
        "weights": {"good": "Good years"},
        "attributes": {"risk": {"shares": {"low": 0.8, "high": 0.2}}},
        "factors": {"late": {"feature": "visits.placed", "below": [2], "values": [1, 1.5]}},
        "tracks": {
            "care": {
                "label": "Care",
                "start": "home",
                "states": {
                    "home": {"label": "Home", "weights": {"good": 1.0}},
                    "placed": {
                        "label": "Placed",
                        "uses": {"day": 365},
                        "weights": {"good": {"amount": 0.5, "factors": ["late"]}},
                    },
                },
            }
        },
        "groups": {"placed": {"label": "Placed", "track": "care", "states": ["placed"]}},
        "transitions": {
            "placed": {
                "track": "care",
                "from": "home",
                "to": "placed",
                "rate": 0.1,
                "uses": {"inquiry": 1},
            },
            "home_again": {"track": "care", "from": "placed", "to": "home", "rate": 0.8},
        },
        "groupings": {
            "age": {"feature": "age", "below": [7, 13]},
            "risk": {"feature": "attribute.risk"},
        },
    }
    data: dict[str, Any] = {
        "name": "trial",
        "title": "Trial",
        "pathway": pathway,
        "time": {"start": "2026-01", "years": 5, "history": 1},
        "population": {
            "residents": 800,
            "max_age": 20,
            "areas": {
                "north": {"label": "North", "share": 0.5},
                "south": {"label": "South", "share": 0.5},
            },
        },
        "investments": {
            "team": {
                "label": "Team",
                "start": "2026-01",
                "years": 1,
                "target": {"state.care": ["placed"]},
                "effects": list(effects),
                "cost": COST,
                "new_way": {"cost": COST, "replaces": {"running": 50_000, "payer": "social"}},
            }
        },
        "arms": {
            "ends": {"label": "Ends", "investments": {"team": "ends"}},
            "new_way": {"label": "New way", "investments": {"team": "new_way_of_working"}},
        },
        "economy": {"price_level": 2024},
        "replications": 2,
        "figures": {"project": "ends", "new_way": "new_way", "case": "placed", "year": 2027},
    }
    return Scenario.model_validate(data | changes)


@pytest.fixture(scope="module")
def nothing_done() -> Result:
    """Return the counts of an investment that costs but does nothing."""
    return simulate(scenario())


@pytest.fixture(scope="module")
def done() -> Result:
    """Return the counts of one that sends children home sooner."""
    return simulate(scenario({"on": ["home_again"], "ratio": 2.0}))


def test_an_investment_without_effect_gives_its_own_cost_and_nothing_else(
    nothing_done: Result,
) -> None:
    """Law L3: a null investment changes nothing, bit for bit."""
    for name in ("stock", "event", "entry", "arrivals"):
        counts = nothing_done.counts(name)
        assert (counts == counts[:, :1]).all()
    book = ledger(nothing_done)
    use = book.total(lambda line: line.kind == "use")
    own = book.total(lambda line: line.kind != "use")
    assert (use == use[:, :1]).all()
    assert not own[:, 0].any()
    started = nothing_done.treatments("started")[0, 0].sum()
    months = nothing_done.treatments("treated")[0, 0, :, :-1].sum()
    paid = 100_000 + 500_000 + 3_000 * started + 2_000 * months
    assert own[0, 1].sum() == pytest.approx(paid)
    assert started > 0
    difference = book.total()[0, 1] - book.total()[0, 0]
    assert np.allclose(difference, own[0, 1], rtol=0, atol=0.005)


def test_counts_kept_apart_add_up(done: Result) -> None:
    """Areas and groupings, in any order, hold the whole between them."""
    whole = done.counts("stock")
    apart = done.counts("stock", ["risk", "area"])
    assert apart.shape[3:5] == (2, 2)
    assert (apart.sum(axis=(3, 4)) == whole).all()
    by_age = done.people(["age"]).groupby(["replication", "step", "arm", "state"])["people"].sum()
    same = done.people().groupby(["replication", "step", "arm", "state"])["people"].sum()
    assert by_age.equals(same)
    risk = done.people(["risk"]).groupby("risk")["people"].sum()
    assert risk["high"] / risk.sum() == pytest.approx(0.2, abs=0.05)


def test_counts_are_not_kept_apart_by_anything_else(done: Result) -> None:
    """A grouping that does not exist is answered."""
    with pytest.raises(ValueError, match="shoe"):
        done.people(["shoe"])
    with pytest.raises(ValueError, match="risk"):
        done.units(["risk"])


def test_states_follow_from_moves_and_entries(done: Result) -> None:
    """Entries into a group are the moves into it; both are in the tables of the same months."""
    moves = done.moves().query("transition == 'placed'").groupby(["arm", "month"])["moves"].sum()
    entries = done.entries().groupby(["arm", "month"])["entries"].sum()
    assert (moves == entries).all()
    assert list(entries.index.get_level_values("month").unique()[[0, -1]]) == ["2025-01", "2030-12"]


def test_units_are_people_times_what_they_use(done: Result) -> None:
    """Days are counted from who is placed at the start of each month."""
    placed = done.people().query("state == 'placed' and month < '2031-01'")["people"]
    days = done.units().query("resource == 'day'")["units"]
    assert days.to_numpy() == pytest.approx(placed.to_numpy() * 365 / 12)
    inquiries = done.units(["area"]).query("resource == 'inquiry'")["units"].sum()
    assert inquiries == done.moves().query("transition == 'placed'")["moves"].sum()


def test_a_weight_that_depends_on_history_lies_between_its_bounds(done: Result) -> None:
    """Placed for the second time weighs half as much again."""
    people = done.counts("stock")[:, :, :-1]
    good = done.weights()["amount"].to_numpy().reshape(people.shape[:3]) * 12
    late = good - people[..., 0]
    assert (late >= people[..., 1] * 0.5 - 1e-3).all()
    assert (late <= people[..., 1] * 0.75 + 1e-3).all()
    assert (late > people[..., 1] * 0.5 + 1e-3).any()


def test_an_effect_may_act_on_what_is_used() -> None:
    """Nobody moves otherwise, but the new way uses fewer days, and participants other days."""
    result = simulate(
        scenario(
            {"on": ["use:day"], "ratio": 0.9, "acts_on": "area", "phase": "new_way"},
            {"on": ["use:day@placed"], "adds": 12.0, "phase": "project"},
        )
    )
    assert (result.counts("stock") == result.counts("stock")[:, :1]).all()
    days = result.units().query("resource == 'day'").set_index(["replication", "arm", "step"])
    units, placed = days["units"], result.treatments("treated_state")[0, 0, 0, :-1, 1]
    without, ends, new_way = (units[0, arm].to_numpy() for arm in (WITHOUT, "ends", "new_way"))
    assert ends == pytest.approx(without + placed)
    assert new_way[24:] == pytest.approx(without[24:] * 0.9)
    assert new_way[:24] == pytest.approx(ends[:24])


def test_an_effect_may_add_what_a_state_does_not_use() -> None:
    """As a medicine that everyone in a state gets."""
    effect = {"on": ["use:inquiry@home"], "adds": 12.0, "acts_on": "area", "phase": "new_way"}
    result = simulate(scenario(effect))
    home = result.counts("stock")[0, 2, 24:-1, result.compiled.state("care", "home")]
    units = result.used("use").states[0, 2, 24:-1, :, 1].sum(axis=-1)
    assert units == pytest.approx(home)


def test_what_an_investment_is_counted_by(done: Result) -> None:
    """A start, years of running, and what the new way replaces with a minus."""
    units = done.investment_units
    assert units.shape[-2:] == (len(PHASES), len(ITEMS))
    assert not units[:, 0].any()
    running = units[0, :, :, 0, :, ITEMS.index("running")].sum(axis=1)
    assert running == pytest.approx(np.array([[0, 0, 0], [1, 0, 0], [1, 4, -4]]))
    assert units[0, 2, :, 0, :, 0].sum(axis=0).tolist() == [1, 1, -1]
    assert done.investment_items()["units"].sum() == pytest.approx(units.sum())


def test_who_is_affected_by_an_effect_on_areas_is_counted_though_nobody_takes_part() -> None:
    """Lives that become different are counted, and no others."""

    def done(ratio: float) -> Results:
        effect = {"on": ["placed"], "ratio": ratio, "acts_on": "area", "phase": "new_way"}
        return Results(simulate(scenario(effect)))

    some, none = (done(ratio).headline("new_way") for ratio in (0.5, 1.0))
    assert some["affected"][0] > 0
    assert none["affected"] == (0.0, 0.0, 0.0)
    # Whoever does not come to the case has another life; others come later than they would have.
    assert some["affected"][0] >= some["avoided"][0] > 0


def test_what_a_report_asks_for(done: Result) -> None:
    """Years, instants and numbers in a row."""
    results = Results(done)
    assert results.phases("new_way") == [("project", 2026.0, 2027.0), ("new_way", 2027.0, 2031.0)]
    assert results.phases("ends") == [("project", 2026.0, 2027.0)]
    assert results.phases(WITHOUT) == []
    stock = results.yearly_stock("placed").set_index(["replication", "arm", "year"])["people"]
    months = done.people().query("state == 'placed' and arm == 'ends' and replication == 0")
    assert stock[0, "ends", 2026] == pytest.approx(months.query("0 <= step < 12")["people"].mean())
    entered = done.entries().groupby(["first", "arm"], observed=True)["entries"].sum() / 2
    headline = results.headline("ends")
    for name, first in (("avoided", True), ("avoided_returns", False)):
        fewer = entered[first, WITHOUT] - entered[first, "ends"]
        assert headline[name][0] == fewer
    assert headline["avoided_returns"][0] != 0
    entries = results.yearly_entries("placed")
    assert entries["count"].sum() == done.entries()["entries"].sum()


def test_a_hash_follows_the_content() -> None:
    """Of a scenario, whatever is written in it."""
    assert digest(scenario()) == digest(scenario())
    assert digest(scenario()) != digest(scenario(replications=3))


def test_a_use_by_the_share_of_peers_is_that_of_its_own_point_also_at_the_end() -> None:
    """Everyone falls ill in the last step: at the end all are ill, and use as then."""
    pathway = {
        "name": "peers",
        "title": "Peers",
        "step": "year",
        "weights": {"burden": "Burden"},
        "tracks": {
            "life": {
                "label": "Life",
                "start": "well",
                "states": {"well": {"label": "Well"}, "ill": {"label": "Ill"}},
            },
            "home": {
                "label": "Home",
                "start": "there",
                "states": {
                    "there": {
                        "label": "There",
                        "weights": {"burden": {"amount": 1, "factors": ["peers"]}},
                    }
                },
            },
        },
        "groups": {"ill": {"label": "Ill", "track": "life", "states": ["ill"]}},
        "factors": {"peers": {"feature": "share.ill", "below": [0.5], "values": [1, 10]}},
        "transitions": {
            "falls_ill": {
                "track": "life",
                "from": "well",
                "to": "ill",
                "probability": 1,
                "schedule": {"cycle": 2},
            }
        },
    }
    content = {
        "name": "test",
        "title": "Test",
        "pathway": pathway,
        "population": {"cohort": 20},
        "time": {"start": "2026-01", "years": 3},
    }
    result = simulate(Scenario.model_validate(content), replications=1)
    assert result.used("weight").states[0, 0, :, 0, 0] == pytest.approx([20, 20, 20, 200])


def test_what_depends_on_peers_is_used_otherwise_in_an_arm_by_those_nobody_has_treated() -> None:
    """Half of the people are kept well, and the others carry less for it."""
    of = world(
        step="year",
        weights={"burden": "Burden"},
        tracks={
            "life": track("well", "ill"),
            "home": {
                "label": "Home",
                "start": "there",
                "states": {
                    "there": {
                        "label": "There",
                        "weights": {"burden": {"amount": 1, "factors": ["peers"]}},
                    }
                },
            },
        },
        groups={"ill": group("life", "ill")},
        attributes={"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        factors={"peers": {"feature": "share.ill", "below": [0.7], "values": [1, 10]}},
        transitions={
            "falls_ill": move("well", "ill", probability=1, schedule={"cycle": 2}),
        },
        population={"cohort": 40},
        time={"start": "2026-01", "years": 3},
        investments={
            "help": investment(
                target={"attribute.sex": ["girl"]},
                years=3,
                effects=[{"on": "falls_ill", "ratio": 0.0}],
            )
        },
        arms={"helped": arm(help="ends")},
    )
    used = simulate(Scenario.model_validate(of), replications=1).used("weight").states
    assert used[0, 0, :, 0, 0] == pytest.approx([40, 40, 40, 400])
    assert used[0, 1, :, 0, 0] == pytest.approx([40, 40, 40, 40])
