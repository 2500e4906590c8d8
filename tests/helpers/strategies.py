"""Small worlds of every kind: pathways, populations and investments that Hypothesis makes up.

A world is the content of a scenario file as plain dictionaries, so that a test can change one thing
in it and ask what else then changes.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Replication
from sisim.engine.simulation import Simulation, Tally
from sisim.scenario.scenario import Scenario

World = dict[str, Any]

AREAS = ("north", "south")
RATIOS = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0)
FAMILIES: World = {
    "children": [0.2, 0.5, 0.3],
    "spacing": {"between": [0.8, 1, 1.5], "shares": [0.5, 0.5]},
    "in_common": ["sex", "weight"],
    "grown_at": 2.5,
}
SCALES = (None, "rate_ratio", "odds_ratio", "relative_risk")


def track(*states: str, start: Any = None, exits: tuple[str, ...] = ()) -> World:
    """Return a track of these states."""
    return {
        "label": "Track",
        "start": start or states[0],
        "states": {s: {"label": s, "exit": s in exits} for s in states},
    }


def move(origin: str | list[str], to: Any, of: str = "life", **how: Any) -> World:
    """Return a transition."""
    return {"track": of, "from": origin, "to": to, **how}


def group(of: str, *states: str) -> World:
    """Return a group of states of a track."""
    return {"label": "Group", "track": of, "states": list(states)}


def investment(**parts: Any) -> World:
    """Return an investment for everybody during a year from 2026, unless told otherwise."""
    return {
        "label": "Investment",
        "start": "2026-01",
        "years": 1,
        "target": {},
        "cost": {"payer": "fund"},
        **parts,
    }


def arm(**investments: str) -> World:
    """Return an arm with these investments, each with its ending."""
    return {"label": "Arm", "investments": investments}


def world(**parts: Any) -> World:
    """Return a world: keys of a pathway go there, other keys to the scenario."""
    own = (
        "step",
        "resources",
        "weights",
        "attributes",
        "tracks",
        "groups",
        "factors",
        "transitions",
        "groupings",
    )
    pathway = {"name": "test", "title": "Test", **{k: parts.pop(k) for k in own if k in parts}}
    return {
        "name": "test",
        "title": "Test",
        "pathway": pathway,
        "time": {"start": "2026-01", "years": 2},
        "population": {"cohort": 100},
        **parts,
    }


def changed(original: World, **pathway: Any) -> World:
    """Return a copy with other parts of the pathway."""
    result = copy.deepcopy(original)
    result["pathway"] |= pathway
    return result


def simulation(of: World, seed: int = 1, threads: int = 1, **how: Any) -> Simulation:
    """Return a simulation of a world, not yet begun."""
    return Simulation(compile_scenario(Scenario.model_validate(of)), seed, threads=threads, **how)


def run(of: World, seed: int = 1, **how: Any) -> Simulation:
    """Return a simulation of a world, run to its end."""
    result = simulation(of, seed, **how)
    result.advance(result.compiled.clock.end)
    return result


def assert_same(left: Tally, right: Tally) -> None:
    """Assert that two runs counted the same, bit for bit."""
    for name in ("stock", "event", "entry", "arrivals", "use", "left"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)


def arm_of(simulation: Simulation, name: str) -> Tally:
    """Return what one arm has counted ("without" is always there)."""
    tally = simulation.tally()
    number = 0 if name == "without" else 1 + simulation.compiled.arms.index(name)
    return Tally(
        *(getattr(tally, part)[number] for part in ("stock", "event", "entry", "arrivals", "use"))
    )


def assert_same_run(left: Replication, right: Replication) -> None:
    """Assert that two runs have counted the same, and treated the same people."""
    assert_same(left.tally, right.tally)
    for name in ("started", "treated", "treated_state", "treated_before"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
    assert list(left.enrolments) == list(right.enrolments)


def stock(of: Simulation, state: str, arm: str = "without", of_track: str = "life") -> list[int]:
    """Return how many are in a state at every point."""
    number = of.compiled.state(of_track, state)
    found: list[int] = arm_of(of, arm).stock[..., number].sum(axis=1).tolist()
    return found


def events(of: Simulation, transition: str, arm: str = "without") -> list[int]:
    """Return how often a transition happened in every step."""
    number = of.compiled.transitions.index(transition)
    found: list[int] = arm_of(of, arm).event[..., number].sum(axis=1).tolist()
    return found


def by_name(of: Simulation) -> dict[str, np.ndarray[Any, Any]]:
    """Return the stocks and events of every arm by the names they have in the file."""
    tally, compiled = of.tally(), of.compiled
    found = {f"{t}.{s}": tally.stock[..., n] for n, (t, s) in enumerate(compiled.states)}
    return found | {t: tally.event[..., n] for n, t in enumerate(compiled.transitions)}


# Worlds made up.


def amounts(low: float, high: float) -> SearchStrategy[float]:
    """Return numbers with few digits, so that examples can be read."""
    return st.integers(0, 20).map(lambda n: round(low + (high - low) * n / 20, 4))


@st.composite
def bands(draw: DrawFn, edges: tuple[float, ...]) -> World:
    """Return a list of values by bands."""
    below = sorted(set(draw(st.lists(st.sampled_from(edges), min_size=1, max_size=3))))
    values = st.sampled_from((0.0, 0.3, 1.0, 1.7, 3.0))
    return {
        "below": below,
        "values": draw(st.lists(values, min_size=len(below) + 1, max_size=len(below) + 1)),
    }


@st.composite
def categories(draw: DrawFn, names: tuple[str, ...]) -> World:
    """Return a table of values by category, with a default for the rest."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    values = {name: draw(st.sampled_from((0.0, 0.4, 1.0, 2.5))) for name in chosen}
    return {"values": values, "default": draw(st.sampled_from((0.5, 1.0, 2.0)))}


@st.composite
def factors(draw: DrawFn, tracks: World, groups: World, investments: int, shared: bool) -> World:
    """Return a factor over any feature there is."""
    some_group = st.sampled_from(sorted(groups))
    kinds = [
        "age",
        "age.calendar",
        "time_in_state",
        "time_in",
        "time_since",
        "visits",
        "window",
        "sex",
        "mood",
        "weight",
        "state",
        "area",
        "month",
        "year",
        "step",
        "weibull",
        "gompertz",
    ]
    kinds += ["share"] * (2 if shared else 0) + ["exposure"] * bool(investments)
    kind = draw(st.sampled_from(kinds))
    made: World
    match kind:
        case "age" | "age.calendar":
            made = {"feature": kind, **draw(bands((0, 1, 2, 2.5, 4, 7, 40)))}
        case "time_in_state":
            made = {"feature": kind, **draw(bands((1, 3, 6, 12, 24)))}
        case "time_in" | "time_since":
            made = {
                "feature": f"{kind}.{draw(some_group)}",
                **draw(bands((1, 3, 6, 12, 24))),
                "otherwise": draw(st.sampled_from((0.5, 1.0, 2.0))),
            }
        case "visits" | "window":
            made = {"feature": f"visits.{draw(some_group)}", **draw(bands((1, 2, 3)))}
            if kind == "window":
                made["window"] = draw(st.sampled_from((3, 6, 12)))
        case "sex":
            made = {"feature": "attribute.sex", **draw(categories(("girl", "boy", "other")))}
        case "mood":
            made = {"feature": "attribute.mood", **draw(categories(("low", "high")))}
        case "weight":
            made = {"feature": "attribute.weight", "direct": True}
        case "state":
            name = draw(st.sampled_from(sorted(tracks)))
            made = {"feature": f"state.{name}", **draw(categories(tuple(tracks[name]["states"])))}
        case "area":
            made = {"feature": kind, **draw(categories(AREAS))}
        case "month":
            made = {"feature": "calendar.month", **draw(bands((2, 6, 9)))}
        case "year":
            made = {"feature": "calendar.year", **draw(bands((2020, 2026, 2027, 2030)))}
        case "step":
            made = {"feature": "calendar.step", **draw(bands((1, 2, 10)))}
        case "weibull":
            shape, scale = draw(st.sampled_from((0.7, 1.0, 2.0))), draw(st.sampled_from((1.0, 5.0)))
            over = draw(st.sampled_from(("time_in_state", "age")))
            made = {
                "feature": over,
                "shape": "weibull",
                "parameters": {"shape": shape, "scale": scale},
            }
        case "gompertz":
            made = {"feature": "age", "shape": "gompertz", "parameters": {"a": 0.2, "b": 0.1}}
        case "share":
            among = draw(st.sampled_from(("area", "all", "attribute.sex")))
            made = {
                "feature": f"share.{draw(some_group)}",
                "among": among,
                **draw(bands((0.1, 0.3, 0.5))),
            }
        case _:
            name = f"invest{draw(st.integers(0, investments - 1))}"
            made = {
                "feature": f"exposure.{name}",
                **draw(categories(("never", "during", "after"))),
            }
    if kind not in ("weibull", "gompertz"):
        made["scale"] = draw(st.sampled_from(SCALES))
    return made


@st.composite
def transitions(
    draw: DrawFn, name: str, origin: str, states: tuple[str, ...], factors: tuple[str, ...]
) -> World:
    """Return a transition out of a state of a track."""
    some_factors = st.lists(st.sampled_from(factors), max_size=2, unique=True)
    to = draw(st.lists(st.sampled_from(states), min_size=1, max_size=3, unique=True))
    targets: World = {}
    for number, state in enumerate(to):
        targets[state] = {"share": draw(st.sampled_from((0.2, 0.5, 1.0)))}
        if number:  # the first has no factors, so that there always is somewhere to go
            targets[state]["factors"] = draw(some_factors)
    made: World = move(origin, targets, name, factors=draw(some_factors))
    made["order"] = draw(st.integers(1, 2))
    match draw(st.sampled_from(("rate", "per month", "probability", "month", "age", "cycle"))):
        case "rate":
            made["rate"] = draw(amounts(0, 2))
        case "per month":
            made["rate"] = {"value": draw(amounts(0, 0.3)), "per": "month"}
        case "probability":
            made["probability"] = draw(amounts(0, 0.3))
        case "month":
            made["probability"] = draw(amounts(0, 1))
            made["schedule"] = {"month": draw(st.sampled_from((1, 4, 8)))}
        case "age":
            made["probability"] = draw(amounts(0, 1))
            made["schedule"] = {"age": draw(st.sampled_from((0, 1, 3, 5.5)))}
        case _:
            made["probability"] = draw(amounts(0, 1))
            made["schedule"] = {"cycle": draw(st.sampled_from((1, 5)))}
    return made


@st.composite
def populations(draw: DrawFn, people: int) -> World:
    """Return a closed cohort or an open population, in two areas or in none."""
    made: World = {}
    if draw(st.booleans()):
        made["areas"] = {a: {"label": a, "share": draw(amounts(0.2, 1))} for a in AREAS}
    if draw(st.booleans()):
        made |= {"cohort": people, "age": draw(st.sampled_from((0, 2.5, 40)))}
        return made
    made |= {
        "residents": people,
        "max_age": draw(st.sampled_from((3, 6.5))),
        "growth": draw(st.sampled_from((0.0, 0.05))),
    }
    if draw(st.booleans()):
        made["movers_in"] = {
            "per_year": draw(amounts(0, 0.2)),
            "below": [1.5],
            "shares": [draw(amounts(0.1, 1)), 1],
        }
    if draw(st.booleans()):
        made["families"] = FAMILIES
    return made


@st.composite
def investments(
    draw: DrawFn, pathway: World, areas: tuple[str, ...], entry: bool, shared: bool
) -> World:
    """Return an investment with any kind of target, places, effects and ending."""
    tracks = pathway["tracks"]
    target: World = {}
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(tracks)))
        states = list(tracks[name]["states"])
        target[f"state.{name}"] = draw(st.lists(st.sampled_from(states), min_size=1, unique=True))
    if draw(st.booleans()):
        target["age"] = {"from": draw(st.sampled_from((0, 0.5, 1))), "below": 60}
    if draw(st.booleans()):
        target["attribute.sex"] = ["girl", "other"]
    if shared and draw(st.booleans()):
        target["share.group0"] = {"from": 0.1}
    any_of = []
    if draw(st.booleans()):
        any_of = [{"attribute.mood": ["low"]}, {"visits.group0": {"from": 1, "window": 12}}]
    some_transitions = st.lists(
        st.sampled_from(sorted(pathway["transitions"])), min_size=1, max_size=3, unique=True
    )
    effects = []
    for _ in range(draw(st.integers(1, 3))):
        on_area = draw(st.booleans())
        effects.append(
            {
                "on": draw(some_transitions),
                "ratio": draw(st.sampled_from(RATIOS)),
                "scale": draw(st.sampled_from(SCALES[1:])),
                "acts_on": "area" if on_area else "participants",
                "phase": draw(st.sampled_from(("always", "project", "new_way"))),
                "persistence": draw(persistences()),
                "modifier": draw(st.sampled_from((None, "weight"))),
                **draw(consequences(sorted(pathway["transitions"]))),
            }
        )
    if entry and draw(st.booleans()):
        effects.append({"on": ["entry"], "ratio": draw(amounts(0, 1)), "acts_on": "area"})
    made = investment(
        start=draw(st.sampled_from(("2026-07", "2026-11"))),
        years=draw(st.sampled_from((0.5, 1, 2))),
        target={"features": target, "any_of": any_of},
        reach=draw(amounts(0.3, 1)),
        capacity=draw(st.sampled_from((None, 5, 40))),
        selection=draw(selections(sorted(pathway["transitions"]))),
        duration=draw(st.sampled_from((None, 3, 6))),
        drop_out=draw(st.sampled_from((0, 1))),
        repeat=draw(st.booleans()),
        onset=draw(st.sampled_from((0, 6))),
        effects=effects,
    )
    if draw(st.booleans()):
        made["fidelity"] = {"at": [0, 1], "share": [0.5, 1]}
        if draw(st.booleans()):
            made["fidelity"] |= {"decay": 0.3, "refresher": draw(st.sampled_from((None, 3)))}
    if draw(st.booleans()):
        made["learning"] = {"first": draw(amounts(0, 1)), "per_doubling": draw(amounts(0.5, 1))}
    if draw(st.booleans()):
        made["preparation"] = {"staff": {"months": draw(st.sampled_from((0, 2)))}}
    if areas and draw(st.booleans()):
        made["areas"] = [areas[0]]
    made["new_way"] = {
        "delay": draw(st.sampled_from((0, 4))),
        "ramp": draw(st.sampled_from((0, 12))),
        "areas": draw(st.sampled_from(([], list(areas), list(areas[:1])))),
        "interval": 3,
        "reach": draw(amounts(0.5, 1)),
        "capacity": draw(st.sampled_from((None, 60))),
        "cost": {"payer": "fund"},
    }
    return made


@st.composite
def consequences(draw: DrawFn, transitions: list[str]) -> World:
    """Return what an effect may bring with it, or nothing."""
    made: World = {}
    if draw(st.integers(0, 2)) == 0:
        made["instead"] = {"months": draw(st.sampled_from((1, 4))), "share": draw(amounts(0, 1))}
    if draw(st.integers(0, 2)) == 0:
        made["harm"] = {
            "share": draw(amounts(0, 1)),
            "months": draw(st.sampled_from((2, 12))),
            "on": [draw(st.sampled_from(transitions))],
            "ratio": draw(st.sampled_from((0.5, 2.0))),
        }
    return made


def persistences() -> SearchStrategy[World]:
    """Return every kind of persistence."""
    return st.sampled_from(
        (
            {"kind": "none"},
            {"kind": "permanent"},
            {"kind": "half_life", "years": 0.5},
            {"kind": "linear", "years": 1},
            {"kind": "table", "at": [0, 1], "share": [1, 0.25]},
        )
    )


def selections(transitions: list[str]) -> SearchStrategy[World]:
    """Return every rule of selection."""
    at_risk = st.builds(
        lambda of, sure: {
            "rule": "highest_risk",
            "risk_of": of,
            "sensitivity": sure,
            "specificity": sure,
        },
        st.sampled_from(transitions),
        st.sampled_from((0.7, 1.0)),
    )
    return st.one_of(st.just({"rule": "first_come"}), st.just({"rule": "lottery"}), at_risk)


@st.composite
def worlds(
    draw: DrawFn, people: int = 300, shared: bool = True, arms: int = 2, invest: bool = True
) -> World:
    """Return a whole scenario."""
    tracks: World = {}
    for number in range(draw(st.integers(2, 4))):
        states = tuple(f"s{n}" for n in range(draw(st.integers(2, 4))))
        start: Any = states[0]
        if draw(st.booleans()):
            start = {states[0]: 0.7, states[1]: 0.3}
        exits = states[-1:] if number == 0 and len(states) > 2 else ()
        tracks[f"track{number}"] = track(*states, start=start, exits=exits)
    groups = {
        f"group{n}": group(name, *list(spec["states"])[1 : 1 + draw(st.integers(1, 2))])
        for n, (name, spec) in enumerate(tracks.items())
    }
    n_investments = draw(st.integers(1, 2)) if invest else 0
    made_factors = {
        f"factor{n}": draw(factors(tracks, groups, n_investments, shared))
        for n in range(draw(st.integers(2, 6)))
    }
    made_transitions = {}
    for name, spec in tracks.items():
        for state, content in spec["states"].items():
            others = tuple(s for s in spec["states"] if s != state)
            for number in range(0 if content["exit"] else draw(st.integers(1, 2))):
                made_transitions[f"{name}-{state}-{number}"] = draw(
                    transitions(name, state, others, tuple(made_factors))
                )
    for spec in tracks.values():
        for content in spec["states"].values():
            if draw(st.booleans()):
                use = {"amount": 365, "factors": [draw(st.sampled_from(sorted(made_factors)))]}
                content["uses"] = {"day": use}
    population = draw(populations(people))
    areas = tuple(population.get("areas", ()))
    for factor in made_factors.values():
        if factor["feature"] == "area" and not areas:
            factor["values"] = {"all": 1.5}
    day = {"label": "Day", "unit": "day", "price": 1, "price_year": 2024, "administration": "a"}
    made = world(
        resources={"day": day},
        step=draw(st.sampled_from(("month", "month", "week", "quarter", "year"))),
        attributes={
            "sex": {
                "shares": {"girl": 0.5, "boy": 0.4, "other": 0.1},
                "shares_by": {"south": {"girl": 0.2, "boy": 0.8, "other": 0}},
            },
            "mood": {"shares": {"low": 0.3, "high": 0.7}, "redraw": draw(amounts(0, 2))},
            "weight": {"distribution": "uniform", "parameters": {"low": 0, "high": 2}},
        },
        tracks=tracks,
        groups=groups,
        factors=made_factors,
        transitions=made_transitions,
        groupings={
            "age": {"feature": "age", "below": [1, 2.5, 45]},
            "sex": {"feature": "attribute.sex"},
        },
        time={
            "start": draw(st.sampled_from(("2026-01", "2026-04", "2026-07"))),
            "years": draw(st.sampled_from((1, 2, 3.5))),
            "history": draw(st.sampled_from((0, 1))),
        },
        population=population,
        drift={"volumes": {sorted(made_transitions)[0]: 0.1}},
    )
    if made["pathway"]["step"] == "year":
        made["time"]["years"] += 3
    names = [f"invest{n}" for n in range(n_investments)]
    made["investments"] = {
        name: draw(investments(made["pathway"], areas, "residents" in population, shared))
        for name in names
    }
    if n_investments > 1:
        for effect in made["investments"]["invest0"]["effects"]:
            if effect["acts_on"] == "participants" and draw(st.booleans()):
                effect["complement"] = {"investment": "invest1", "without": draw(amounts(0, 1))}
    if "families" in population:
        for spec in made["investments"].values():
            spec["unit"] = draw(st.sampled_from(("person", "family")))
    endings = st.sampled_from(("ends", "continues", "new_way_of_working"))
    made["arms"] = {
        f"arm{n}": arm(
            **{
                name: draw(endings)
                for name in draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
            }
        )
        for n in range(draw(st.integers(1, arms)) if invest else 0)
    }
    return made


def lowering(world: World) -> World:
    """Return the world without effects that make everyone in an area more likely to move.

    Nor is anything given to families.
    """
    made = copy.deepcopy(world)
    for investment in made["investments"].values():
        investment["unit"] = "person"
        for effect in investment["effects"]:
            if effect["acts_on"] == "area":
                effect |= {"ratio": min(effect["ratio"], 1.0), "modifier": None}
    return made
