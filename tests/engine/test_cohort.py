"""The exact cohort: shares are shares, what is not exact is refused, and simulations scatter it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sisim.engine.cohort import Cohort, NotExact, expected
from sisim.engine.replications import simulate
from sisim.scenario.scenario import Scenario

PEOPLE = 20_000
Parts = dict[str, Any]


def scenario(
    pathway: Parts,
    *,
    years: float = 1,
    people: int = PEOPLE,
    population: Parts | None = None,
    **parts: Any,
) -> Scenario:
    """Return a scenario of a closed cohort, unless another population is given."""
    return Scenario.model_validate(
        {
            "name": "test",
            "title": "Test",
            "pathway": {"name": "test", "title": "Test", **pathway},
            "time": {"start": "2020-03", "years": years},
            "population": {"cohort": people} if population is None else population,
            **parts,
        }
    )


def track(*states: str, start: Any = None, exits: tuple[str, ...] = ()) -> Parts:
    """Return a track."""
    return {
        "label": "Track",
        "start": start or states[0],
        "states": {s: {"label": s, "exit": s in exits} for s in states},
    }


def move(origin: str, to: Any, of: str = "health", **how: Any) -> Parts:
    """Return a transition."""
    return {"track": of, "from": origin, "to": to, **how}


TWO_STATES: Parts = {
    "tracks": {"health": track("well", "ill")},
    "transitions": {"falls_ill": move("well", "ill", probability=0.1)},
}


def with_factor(**factor: Any) -> Parts:
    """Return the pathway of two states with a factor on its transition."""
    falls_ill = move("well", "ill", probability=0.1, factors=["it"])
    group = {"label": "Ill", "track": "health", "states": ["ill"]}
    return TWO_STATES | {
        "transitions": {"falls_ill": falls_ill},
        "factors": {"it": factor},
        "groups": {"sick": group},
    }


def investment(**parts: Any) -> Parts:
    """Return what adds an investment, and an arm that has it, to a scenario."""
    own = {
        "label": "It",
        "start": "2020-03",
        "years": 1,
        "target": {},
        "cost": {"payer": "nobody"},
        "effects": [{"on": ["falls_ill"], "ratio": 0.5, "scale": "relative_risk"}],
    }
    arms = {"arm": {"label": "Arm", "investments": {"it": "ends"}}}
    return {"investments": {"it": own | parts}, "arms": arms}


class TestByHand:
    """Small courses that can be worked out by hand."""

    def test_additive_probabilities(self) -> None:
        """Shares follow powers of the matrix; events are people times chance."""
        cohort = expected(scenario(TWO_STATES, people=1000))
        well = 0.9 ** np.arange(13)
        assert cohort.state_shares("health")["well"].to_numpy() == pytest.approx(well)
        assert cohort.events[0, :, 0] == pytest.approx(100 * well[:-1])
        assert cohort.stock[0, :, 0] == pytest.approx(1000 * np.stack([well, 1 - well], axis=1))

    def test_attribute_is_a_mixture(self) -> None:
        """A background that scales a risk gives the mean of two courses, not of two risks."""
        pathway = with_factor(feature="attribute.risk", values={"high": 3.0})
        pathway |= {"attributes": {"risk": {"shares": {"low": 0.75, "high": 0.25}}}}
        found = expected(scenario(pathway)).state_shares("health")["well"].to_numpy()
        steps = np.arange(13)
        assert found == pytest.approx(0.75 * 0.9**steps + 0.25 * 0.7**steps)

    def test_redrawn_attribute_is_a_hidden_track(self) -> None:
        """A background that is redrawn moves like a track of its own, from its shares."""
        pathway = with_factor(feature="attribute.risk", values={"high": 3.0})
        risk = {"shares": {"low": 0.75, "high": 0.25}, "redraw": {"value": 0.5, "per": "month"}}
        cohort = expected(scenario(pathway | {"attributes": {"risk": risk}}))
        again = 1 - np.exp(-0.5)
        high = again * 0.25 + (1 - again) * np.eye(2)[1]
        chain = np.array([[1 - again * 0.25, again * 0.25], [1 - high[1], high[1]]])
        shares, well = np.array([0.75, 0.25]), []
        for _ in range(13):
            well.append(shares.sum())
            shares = (shares * [0.9, 0.7]) @ chain
        assert cohort.state_shares("health")["well"].to_numpy() == pytest.approx(np.array(well))

    def test_start_ages_are_a_mixture(self) -> None:
        """A cohort of several ages is the mean of cohorts of one age, also by age at the start."""
        pathway = with_factor(feature="age.start", below=[41.0], values=[1.0, 3.0])
        ages = {"age": 40, "ages_below": [41, 43], "age_shares": [0.75, 0.25]}
        cohort = expected(scenario(pathway, population={"cohort": 1000, **ages}))
        steps = np.arange(13)
        well = cohort.state_shares("health")["well"].to_numpy()
        assert well == pytest.approx(0.75 * 0.9**steps + 0.25 * 0.7**steps)
        assert_scattered(cohort, 5)

    def test_exit(self) -> None:
        """Who enters an exit state, on any track, is gone from all; their events are counted."""
        pathway = {
            "tracks": {
                "health": track("well", "ill"),
                "life": track("here", "away", exits=("away",)),
            },
            "transitions": {
                "falls_ill": move("well", "ill", probability=0.1),
                "leaves": move("here", "away", "life", probability=0.2),
            },
        }
        cohort = expected(scenario(pathway, people=100))
        left = 1 - 0.8 ** np.arange(13)
        assert cohort.gone[0] == pytest.approx(100 * left)
        assert cohort.shares[0, :, -1] == pytest.approx(left)
        assert cohort.events[0, 0] == pytest.approx([10, 20])
        well = cohort.state_shares("health")["well"].to_numpy()
        assert well == pytest.approx((0.8 * 0.9) ** np.arange(13))

    def test_use_with_factors(self) -> None:
        """A use that depends on background is summed over backgrounds."""
        pathway = with_factor(feature="attribute.risk", values={"high": 3.0}) | {
            "attributes": {"risk": {"shares": {"low": 0.75, "high": 0.25}}},
            "weights": {"load": "Load"},
        }
        uses = {"load": {"amount": 12, "factors": ["it"]}}
        states = {"well": {"label": "Well", "weights": uses}, "ill": {"label": "Ill"}}
        pathway["tracks"] = {"health": {"label": "Health", "start": "well", "states": states}}
        cohort = expected(scenario(pathway, people=100))
        steps = np.arange(13)
        answer = 75 * 0.9**steps + 3 * 25 * 0.7**steps
        assert cohort.use[0, :, 0, 0] == pytest.approx(answer)
        weights = cohort.result.used("weight").states
        assert weights[0, 0, :, 0, 0] == pytest.approx(answer)

    def test_reach_is_a_mixture(self) -> None:
        """Participants are those who are willing, for as long as the treatment lasts."""
        parts = investment(reach=0.4, duration=6)
        cohort = expected(scenario(TWO_STATES, people=1000, **parts))
        steps = np.arange(13)
        treated = 0.95 ** np.minimum(steps, 6) * 0.9 ** np.maximum(steps - 6, 0)
        found = cohort.state_shares("health", "arm")["well"].to_numpy()
        assert found == pytest.approx(0.4 * treated + 0.6 * 0.9**steps)
        assert cohort.started[0, 0, :, 0] == pytest.approx(400.0 * (steps[:-1] == 0))
        assert cohort.treated[0, 0, :, 0] == pytest.approx(400.0 * (steps < 6))

    def test_a_tunnel(self) -> None:
        """Risk in the first two months of illness, and then none: three tunnels and one state."""
        pathway = TWO_STATES | {
            "tracks": {"health": track("ill", "well")},
            "transitions": {"recovers": move("ill", "well", probability=0.5, factors=["early"])},
            "factors": {
                "early": {"feature": "time_in_state", "below": [2.0], "values": [1.0, 0.0]}
            },
        }
        found = expected(scenario(pathway)).state_shares("health")["ill"].to_numpy()
        assert found == pytest.approx([1.0, 0.5, *[0.25] * 11])

    def test_entries_are_first_ones_or_not(self) -> None:
        """Who falls ill again is told from who falls ill for the first time."""
        pathway = with_factor(feature="visits.sick", below=[1.0], values=[1.0, 5.0])
        pathway["transitions"]["recovers"] = move("ill", "well", probability=1.0)
        outcomes = {"cases": {"label": "Cases", "group": "sick", "count": "entries"}}
        cohort = expected(scenario(pathway, people=1000, outcomes=outcomes))
        never, seldom, ill, first, again = 1000.0, 0.0, 0.0, [], []
        for _ in range(12):
            first.append(0.1 * never)
            again.append(0.5 * seldom)
            never, seldom, ill = never - first[-1], seldom - again[-1] + ill, first[-1] + again[-1]
        assert cohort.entry[0, :, 0, 0, 0] == pytest.approx(first)
        assert cohort.entry[0, :, 0, 0, 1] == pytest.approx(again)

    def test_those_who_drop_out(self) -> None:
        """Of those in treatment a share leaves each step; who is ill does not begin."""
        parts = investment(drop_out=1.2, target={"state.health": ["well"]}, duration=4)
        cohort = expected(scenario(TWO_STATES, people=1000, **parts))
        stays = np.exp(-0.1)
        inside = 1000 * stays ** np.arange(13) * (np.arange(13) < 4)
        assert cohort.treated[0, 0, :, 0] == pytest.approx(inside)
        assert cohort.started[0, 0, :, 0] == pytest.approx(1000.0 * (np.arange(12) == 0))
        # Those inside have half the risk, of which some have left before each step.
        treated, left, well = 1.0, 0.0, [1.0]
        for step in range(12):
            treated, left = treated * stays, left + treated * (1 - stays)
            if step == 0:
                treated, left = 1.0, 0.0
            if step >= 4:
                treated, left = 0.0, left + treated
            treated, left = treated * 0.95, left * 0.9
            well.append(treated + left)
        found = cohort.state_shares("health", "arm")["well"].to_numpy()
        assert found == pytest.approx(np.array(well))

    def test_the_gap_of_a_project_that_ends_closes(self) -> None:
        """Seven half-lives and the longest case after the end, less than 1 % of it is left."""
        pathway = {
            "tracks": {"health": track("well", "ill", start={"well": 0.7, "ill": 0.3})},
            "transitions": {
                "falls_ill": move("well", "ill", probability=0.03),
                "recovers": move("ill", "well", probability=0.07),
            },
        }
        longest = 66  # steps: one case in a hundred lasts longer, 0.93^66
        fading = {"kind": "half_life", "years": 0.5}
        effects = [{"on": "falls_ill", "ratio": 0.5, "persistence": fading}]
        parts = investment(effects=effects)
        parts["arms"]["arm"]["investments"]["it"] = "ends"
        cohort = expected(scenario(pathway, years=12, **parts))
        ill = [cohort.state_shares("health", arm)["ill"].to_numpy() for arm in (None, "arm")]
        gap = ill[0] - ill[1]
        assert (gap[1:] > 0).all()
        over = 12 + 7 * 6 + longest
        assert 0.0 < gap[over:].max() < 0.01 * gap.max()
        assert gap[12 + 6] > 0.1 * gap.max()

    def test_one_arm(self) -> None:
        """One arm can be asked for, beside without."""
        parts = investment()
        parts["arms"] |= {"other": {"label": "Other", "investments": {}}}
        everything = expected(scenario(TWO_STATES, **parts))
        one = expected(scenario(TWO_STATES, **parts), arm="arm")
        assert one.compiled.arms == ["arm"]
        assert (one.people == everything.people[:2]).all()
        assert (everything.people[2] == everything.people[0]).all()


class TestRefused:
    """What has no exact answer is refused, by name."""

    def test_peers(self) -> None:
        """Features of other people."""
        pathway = with_factor(feature="share.sick", below=[0.5], values=[1.0, 2.0])
        with pytest.raises(NotExact, match=r"share\.sick"):
            expected(scenario(pathway))

    def test_memory_without_bound(self) -> None:
        """More to be remembered than there is room for: every pattern of visits in four years."""
        pathway = with_factor(feature="visits.sick", window=48, below=[9.0], values=[1.0, 2.0])
        pathway["transitions"]["recovers"] = move("ill", "well", probability=0.5)
        with pytest.raises(NotExact, match="more must be remembered"):
            expected(scenario(pathway, years=6))

    def test_numeric_attribute(self) -> None:
        """Numeric attributes, where they matter."""
        frailty = {"distribution": "gamma", "parameters": {"mean": 1.0, "sd": 0.5}}
        unused = TWO_STATES | {"attributes": {"frailty": frailty}}
        assert expected(scenario(unused)).people.sum() == pytest.approx(13 * PEOPLE)
        used = with_factor(feature="attribute.frailty", direct=True)
        with pytest.raises(NotExact, match=r"attribute\.frailty"):
            expected(scenario(used | {"attributes": {"frailty": frailty}}))

    @pytest.mark.parametrize(
        ("parts", "named"),
        [
            ({"capacity": 10}, "capacity"),
            ({"learning": {"first": 0.5, "per_doubling": 0.9}}, "learning"),
            ({"target": {"share.sick": {"from": 0.1}}}, "target"),
        ],
    )
    def test_participation(self, parts: Parts, named: str) -> None:
        """Participation that depends on others."""
        group = {"sick": {"label": "Ill", "track": "health", "states": ["ill"]}}
        with pytest.raises(NotExact, match=named):
            expected(scenario(TWO_STATES | {"groups": group}, **investment(**parts)))

    def test_too_large(self) -> None:
        """A joint state space too large to be gone through."""
        states = tuple(f"s{n}" for n in range(30))
        tracks = {f"t{n}": track(*states) for n in range(4)}
        assert expected(scenario({"tracks": tracks})).joint == [("s0",) * 4]
        on = {
            f"{of}{n}": move(states[n], states[n + 1], of, probability=0.1)
            for of in tracks
            for n in range(29)
        }
        with pytest.raises(NotExact, match="joint states"):
            expected(scenario({"tracks": tracks, "transitions": on}))


def assert_scattered(cohort: Cohort, seed: int) -> None:
    """Assert that a simulation lies within its Monte Carlo error of the exact course."""
    compiled = cohort.compiled
    result = simulate(compiled.scenario, seed=seed).replications[0]
    for name in ("stock", "event", "arrivals"):
        exact, found = getattr(cohort, name), getattr(result.tally, name)
        assert found.shape == exact.shape
        # Sums of independent people: at most binomial. Two more, for counts that are rarely not 0.
        error = np.sqrt(exact * (1 - exact / PEOPLE).clip(0))
        assert (np.abs(found - exact) <= 5 * error + 2).all(), name
    # Added up through time the error is small. One person's events need not be independent: twice
    # the variance of a Poisson number allows for that.
    exact, found = cohort.event.sum(axis=(1, 2)), result.tally.event.sum(axis=(1, 2))
    assert (np.abs(found - exact) <= 5 * np.sqrt(2 * exact) + 2).all()
    for name in ("started", "treated", "treated_state", "treated_before"):
        exact, found = getattr(cohort, name), getattr(result, name)
        error = np.sqrt(exact * (1 - exact / PEOPLE).clip(0))
        assert (np.isnan(exact) | (np.abs(found - exact) <= 5 * error + 2)).all(), name


# ------------------------------------------------------------------------ generated pathways

FACTORS: Parts = {
    "by_sex": {"feature": "attribute.sex", "values": {"girl": 0.5, "boy": 1.5}},
    "by_mood": {"feature": "attribute.mood", "values": {"low": 2.0}},
    "by_age": {"feature": "age", "below": [10.25, 10.5], "values": [1.0, 0.5, 2.0]},
    "by_birth_year": {"feature": "age.calendar", "below": [11.0], "values": [0.5, 1.5]},
    "by_month": {"feature": "calendar.month", "below": [5.0, 8.0], "values": [1.0, 2.0, 0.5]},
    "by_cycle": {"feature": "calendar.step", "below": [4.0], "values": [2.0, 0.5]},
    "by_area": {"feature": "area", "values": {"north": 1.8}},
    "by_t0": {"feature": "state.t0", "values": {"s1": 2.0}},
    "by_t1": {"feature": "state.t1", "values": {"s1": 0.3}, "scale": "odds_ratio"},
    "by_t2": {"feature": "state.t2", "values": {"s1": 1.7}, "scale": "rate_ratio"},
    "ageing": {"feature": "age", "shape": "weibull", "parameters": {"shape": 2.0, "scale": 10.0}},
    "not_girls": {"feature": "attribute.sex", "values": {"girl": 0.0}},
    "both": {"product": ["by_sex", "by_month"]},
    "by_time": {"feature": "time_in_state", "below": [1.0, 3.0], "values": [1.0, 0.4, 2.0]},
    "wearing": {
        "feature": "time_in_state",
        "shape": "weibull",
        "parameters": {"shape": 2.0, "scale": 0.5},
    },
    "by_stay": {"feature": "time_in.late", "below": [2.0], "values": [0.5, 1.5]},
    "by_absence": {"feature": "time_since.late", "below": [2.0], "values": [2.0, 0.5]},
    "by_visits": {"feature": "visits.late", "below": [1.0, 3.0], "values": [1.0, 2.0, 0.3]},
    "lately": {"feature": "visits.late", "window": 3, "below": [1.0], "values": [0.6, 1.8]},
}
HISTORY = {"by_time", "wearing", "by_stay", "by_absence", "by_visits", "lately"}
GROUPS = {"late": {"label": "Late", "track": "t0", "states": ["s1"]}}
ATTRIBUTES: Parts = {
    "sex": {
        "shares": {"girl": 0.4, "boy": 0.6},
        "shares_by": {"north": {"girl": 0.7, "boy": 0.3}},
    },
    "mood": {"shares": {"high": 0.7, "low": 0.3}, "redraw": 2.0},
}
AREAS = {"north": {"label": "North", "share": 0.25}, "south": {"label": "South", "share": 0.75}}
GROUPINGS = {"sex": {"feature": "attribute.sex"}, "age": {"feature": "age", "below": [10.5]}}


@st.composite
def pathways(draw: st.DrawFn, *, history: bool = False) -> Parts:
    """Draw a pathway of a few tracks: additive, competing, staged and scheduled transitions.

    With a history chances depend on it too, and so does an outcome weight.
    """
    tracks: Parts = {}
    transitions: Parts = {}
    for number in range(draw(st.integers(1, 3))):
        name = f"t{number}"
        states = [f"s{n}" for n in range(draw(st.integers(2, 3)))]
        start = draw(st.sampled_from([states[0], {states[0]: 0.7, states[1]: 0.3}]))
        exits = (states[-1],) if draw(st.integers(0, 3)) == 0 else ()
        tracks[name] = track(*states, start=start, exits=exits)
        for origin in states:
            if origin not in exits:
                transitions |= draw(leaving(name, origin, [s for s in states if s != origin]))
    known = [f for f in FACTORS if not f.startswith("by_t") or f[3:] in tracks]
    known = [f for f in known if f not in HISTORY]
    if history:
        known = [*sorted(HISTORY), "by_sex", "by_t0"]
        used = {
            "load": {"amount": 12, "factors": draw(st.lists(st.sampled_from(known), max_size=2))}
        }
        tracks["t0"]["states"]["s1"]["weights"] = used
    for transition in transitions.values():
        here = known if transition["track"] == "t0" else [f for f in known if f not in HISTORY]
        transition["factors"] = draw(st.lists(st.sampled_from(here), max_size=2, unique=True))
        for to in transition["to"].values():
            to["factors"] = draw(st.lists(st.sampled_from(here), max_size=1))
    return {
        "step": "month",
        "tracks": tracks,
        "transitions": transitions,
        "factors": {name: FACTORS[name] for name in known},
        "attributes": ATTRIBUTES,
        "groupings": GROUPINGS,
        "groups": GROUPS if history else {},
        "weights": {"load": "Load"} if history else {},
    }


@st.composite
def leaving(draw: st.DrawFn, name: str, origin: str, others: list[str]) -> Parts:
    """Draw the transitions out of a state."""
    found: Parts = {}
    for number in range(draw(st.integers(1, 3))):
        destinations = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        how: Parts = {"to": {to: {"share": draw(st.floats(0.5, 2.0))} for to in destinations}}
        kind = draw(st.sampled_from(["rate", "probability", "schedule"]))
        if kind == "rate":
            how["rate"] = draw(st.floats(0.01, 2.0))
        else:
            how["probability"] = draw(st.floats(0.001, 0.06))
        if kind == "schedule":
            how["schedule"] = draw(st.sampled_from([{"month": 6}, {"age": 10.25}, {"cycle": 5}]))
        how["order"] = draw(st.integers(0, 2))
        found[f"{name}_{origin}_{number}"] = {"track": name, "from": [origin], **how}
    return found


@st.composite
def scenarios(draw: st.DrawFn, *, history: bool = False) -> Scenario:
    """Draw a scenario with an arm, of a closed cohort."""
    pathway = draw(pathways(history=history))
    effects = [
        {
            "on": draw(st.lists(st.sampled_from(list(pathway["transitions"])), min_size=1)),
            "ratio": draw(st.floats(0.0, 2.0)),
            "scale": draw(st.sampled_from(["rate_ratio", "odds_ratio", "relative_risk"])),
            "acts_on": draw(st.sampled_from(["area", "participants"])),
            "persistence": {"kind": "half_life", "years": 0.25},
        }
        for _ in range(draw(st.integers(0, 2)) if pathway["transitions"] else 0)
    ]
    parts = investment(
        start="2020-05",
        years=0.25,
        effects=effects,
        target=draw(st.sampled_from([{}, {"attribute.sex": ["girl"]}, {"age": {"from": 10.25}}])),
        reach=draw(st.sampled_from([1.0, 0.3])),
        areas=draw(st.sampled_from([[], ["north"]])),
        new_way={"delay": 1, "ramp": 2, "reach": 0.6, "cost": {"payer": "nobody"}},
    )
    parts["arms"]["arm"]["investments"]["it"] = draw(
        st.sampled_from(["ends", "continues", "new_way_of_working"])
    )
    population = {"cohort": PEOPLE, "age": 10.0, "areas": AREAS}
    drift = {"volumes": dict.fromkeys(list(pathway["transitions"])[:1], 0.5)}
    if history:
        parts["outcomes"] = {"late": {"label": "Late", "group": "late", "count": "entries"}}
    return scenario(pathway, population=population, drift=drift, **parts)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(scenarios())
def test_simulation_scatters_around_the_cohort(drawn: Scenario) -> None:
    """Shares are shares; a simulation of 20 000 is within its Monte Carlo error of the cohort."""
    cohort = expected(drawn)
    assert (cohort.shares >= 0).all()
    assert cohort.shares.sum(axis=-1) == pytest.approx(1)
    stock = cohort.stock.sum(axis=2)
    for name in cohort.compiled.tracks:
        here = [of == name for of, _ in cohort.compiled.states]
        present = stock[..., here].sum(axis=-1)
        assert present == pytest.approx(cohort.people.sum(axis=-1))
    assert_scattered(cohort, seed=1)


def test_an_effect_that_needs_another_part_is_the_mean_of_those_who_have_it_and_not() -> None:
    """By hand: 0.4 take part in the other one, which has no effect of its own."""
    effect = {
        **{"on": ["falls_ill"], "ratio": 0.5, "scale": "relative_risk"},
        "complement": {"investment": "other", "without": 0.2},
    }
    parts = investment(effects=[effect])
    area = {"on": ["falls_ill"], "ratio": 1, "acts_on": "area"}
    parts["investments"]["other"] = {**parts["investments"]["it"], "reach": 0.4, "effects": [area]}
    parts["arms"]["arm"]["investments"] |= {"other": "ends"}
    well = expected(scenario(TWO_STATES, **parts)).state_shares("health", "arm")["well"]
    steps = np.arange(13)
    assert well.to_numpy() == pytest.approx(0.4 * 0.95**steps + 0.6 * (1 - 0.1 * 0.9) ** steps)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(scenarios(history=True))
def test_what_is_remembered_of_people_is_made_states(drawn: Scenario) -> None:
    """Time in a state or group and earlier visits: a simulation scatters around the cohort."""
    cohort = expected(drawn)
    assert cohort.shares.sum(axis=-1) == pytest.approx(1)
    assert_scattered(cohort, seed=1)
    assert np.isfinite(cohort.entry).all()
    result = simulate(drawn, seed=1)
    for name in ("entry", "use"):
        exact, found = getattr(cohort, name), getattr(result.replications[0].tally, name)
        assert found.shape == exact.shape
        assert (np.abs(found - exact) <= 5 * np.sqrt(6 * exact) + 3).all(), name


TARGETS: tuple[Parts, ...] = (
    {},
    {"state.t0": ["s1"]},
    {"state.t0": ["s0"], "time_since.late": {"from": 2}},
    {"visits.late": {"from": 1}},
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much],
)
@given(pathways(history=True), st.data())
def test_who_takes_part_may_depend_on_what_happens(pathway: Parts, data: st.DataObject) -> None:
    """Target groups by state and history, drop-out, treatment again, and people who move in."""
    effects = [
        {
            "on": list(pathway["transitions"]),
            "ratio": data.draw(st.floats(0.0, 2.0)),
            "persistence": {"kind": "half_life", "years": 0.25},
        }
    ]
    parts = investment(
        start="2020-05",
        years=0.25,
        effects=effects,
        target=data.draw(st.sampled_from(TARGETS)),
        reach=data.draw(st.sampled_from([1.0, 0.3])),
        drop_out=data.draw(st.sampled_from([0.0, 3.0])),
        repeat=data.draw(st.booleans()),
        duration=data.draw(st.sampled_from([None, 2])),
        areas=data.draw(st.sampled_from([[], ["north"]])),
        new_way={"delay": 1, "ramp": 2, "reach": 0.6, "cost": {"payer": "nobody"}},
    )
    parts["arms"]["arm"]["investments"]["it"] = data.draw(
        st.sampled_from(["ends", "continues", "new_way_of_working"])
    )
    population: Parts = {"cohort": PEOPLE, "age": 10.0, "areas": AREAS}
    if data.draw(st.booleans()):
        population = {
            "residents": PEOPLE,
            "max_age": 1,
            "movers_in": {"per_year": 0.2, "below": [0.5], "shares": [0.3, 0.7]},
            "areas": AREAS,
        }
    pathway = pathway | {"attributes": {}, "groupings": {}}
    known = {name: one for name, one in pathway["factors"].items() if name != "by_sex"}
    pathway["factors"] = known
    for transition in pathway["transitions"].values():
        for part in (transition, *transition["to"].values()):
            part["factors"] = [name for name in part["factors"] if name in known]
    for state in pathway["tracks"]["t0"]["states"].values():
        for use in state.get("weights", {}).values():
            use["factors"] = [name for name in use["factors"] if name in known]
    drawn = scenario(pathway, population=population, **parts)
    try:
        cohort = expected(drawn, most_work=5e6)
    except NotExact:
        assume(False)
    result = simulate(drawn, seed=1).replications[0]
    for exact, found in (
        (cohort.stock, result.tally.stock),
        (cohort.event, result.tally.event),
        (cohort.started, result.started),
        (cohort.treated, result.treated),
        (cohort.treated_state, result.treated_state),
        (cohort.treated_before, result.treated_before),
    ):
        # Who moves in lives on: the number of people is not fixed, and events are not independent.
        assert (np.abs(found - exact) <= 5 * np.sqrt(2 * exact) + 3).all()


@pytest.mark.parametrize("duration", [None, 2])
def test_it_is_the_same_whether_participation_is_settled_or_not(duration: int | None) -> None:
    """Who hardly ever drops out is treated as those of whom all is known from the start."""
    factors = ["wearing"]
    pathway = {
        "tracks": {"t0": track("s0", "s1"), "t1": track("s0", "s1", exits=("s1",))},
        "transitions": {
            "a": move("s0", "s1", "t0", rate=1.0, factors=factors),
            "b": move("s1", "s0", "t0", rate=1.0),
            "c": move("s0", "s1", "t1", rate=1.0),
        },
        "factors": {"wearing": FACTORS["wearing"]},
    }
    fading = {"kind": "half_life", "years": 0.25}
    for ratio in (0.3, 1.0):
        effects = [{"on": ["a", "c"], "ratio": ratio, "persistence": fading}]
        courses = []
        for drop_out in (0.0, 1e-12):
            parts = investment(
                start="2020-05",
                years=0.25,
                effects=effects,
                areas=["north"],
                reach=0.3,
                duration=duration,
                drop_out=drop_out,
                new_way={"delay": 1, "ramp": 2, "reach": 0.6, "cost": {"payer": "nobody"}},
            )
            parts["arms"]["arm"]["investments"]["it"] = "new_way_of_working"
            population = {"cohort": 1000, "age": 10.0, "areas": AREAS}
            courses.append(expected(scenario(pathway, population=population, **parts)))
        for name in ("stock", "event", "started", "treated", "treated_state", "treated_before"):
            one, other = (getattr(course, name) for course in courses)
            assert other == pytest.approx(one, abs=1e-8), name
        if ratio == 1.0:
            assert courses[1].event[1] == pytest.approx(courses[1].event[0], abs=1e-9)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(pathways(history=True))
def test_history_in_an_open_population(pathway: Parts) -> None:
    """What is remembered begins when a life does, before people move in."""
    population = {
        "residents": PEOPLE,
        "max_age": 2,
        "movers_in": {"per_year": 0.2, "below": [0.5], "shares": [0.3, 0.7]},
        "areas": AREAS,
    }
    assert_scattered(expected(scenario(pathway, population=population)), seed=1)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(pathways(), st.sampled_from(["ends", "continues"]))
def test_open_population(pathway: Parts, ending: str) -> None:
    """In an open population too, with births, moves, growth, and entries prevented."""
    effects = [{"on": ["entry"], "ratio": 0.5, "acts_on": "area"}]
    parts = investment(years=0.5, effects=effects)
    parts["arms"]["arm"]["investments"]["it"] = ending
    population = {
        "residents": PEOPLE,
        "max_age": 2,
        "growth": 0.1,
        "movers_in": {"per_year": 0.2, "below": [0.5], "shares": [0.3, 0.7]},
        "areas": AREAS,
    }
    ages = {"by_age": {**FACTORS["by_age"], "below": [0.5, 1.0]}}
    pathway = pathway | {"factors": pathway["factors"] | ages}
    assert_scattered(expected(scenario(pathway, population=population, **parts)), seed=1)


def test_closed_form_as_steps_shrink() -> None:
    """Competing rates approach the closed form of continuous time in proportion to the step."""
    pathway = {
        "tracks": {"health": track("well", "ill", "dead")},
        "transitions": {
            "falls_ill": move("well", "ill", rate=0.10),
            "dies_well": move("well", "dead", rate=0.02),
            "dies_ill": move("ill", "dead", rate=0.15),
        },
    }
    errors = []
    for step, per_year in (("year", 1), ("quarter", 4), ("month", 12)):
        cohort = expected(scenario(pathway | {"step": step}, years=20, people=1))
        years = np.arange(20 * per_year + 1) / per_year
        ill = 0.10 / 0.03 * (np.exp(-0.12 * years) - np.exp(-0.15 * years))
        errors.append(np.abs(cohort.state_shares("health")["ill"] - ill).max())
    assert np.array(errors) / errors[-1] == pytest.approx([12, 3, 1], rel=0.1)
