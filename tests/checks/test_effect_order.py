"""When an effect acts: in which states, in which part of a treatment, before or after another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.strategies import World, arm, events, investment, move, run, track, world

from sisim.engine.cohort import expected
from sisim.engine.replications import simulate
from sisim.scenario.scenario import Scenario

N = 2000
STOP: World = {"on": ["go"], "ratio": 0}
HOME: World = {
    "tracks": {"life": track("home", "placed"), "work": track("here", "away", start="here")},
    "groups": {"off": {"label": "Off", "track": "work", "states": ["away"]}},
    "transitions": {
        "go": move("home", "placed", probability=0.3),
        "back": move("placed", "home", probability=1),
        "leaves": move("here", "away", "work", probability=0.5),
    },
}


def helped(*effects: World, **parts: Any) -> World:
    """Return a world in which everyone is helped for two years, with these effects."""
    return world(
        **HOME,
        population={"cohort": N},
        investments={"help": investment(years=2, effects=list(effects), **parts)},
        arms={"helped": arm(help="ends")},
    )


@pytest.mark.parametrize("acts_on", ["participants", "area"])
@pytest.mark.parametrize("name", ["away", "off"])
def test_an_effect_may_act_only_in_states_of_another_track(acts_on: str, name: str) -> None:
    """Who is not in them goes as often as without; a group stands for its states."""
    made = helped({**STOP, "acts_on": acts_on, "only_in": {"work": [name]}})
    done = run(made)
    went = np.array(events(done, "go", "helped"))
    exact = expected(Scenario.model_validate(made))
    go = exact.compiled.transitions.index("go")
    assert (np.abs(went - exact.events[1, :, go]) < 5 * np.sqrt(exact.events[1, :, go]) + 3).all()
    # In each step half of those who are still here leave: so few go in the end.
    here = 0.5 ** np.arange(24)
    home = exact.state_shares("life", "helped")["home"].to_numpy()[:-1]
    assert exact.events[1, 0, go] == pytest.approx(0.3 * N)
    assert (exact.events[1, :, go] <= 0.3 * N * here * 1.0001).all()
    assert home[-1] == pytest.approx(1, abs=1e-4)


def test_an_effect_may_act_in_a_part_of_the_treatment() -> None:
    """Nobody goes in those months, and as many as without in the others."""
    made = helped({**STOP, "months": {"from": 3, "below": 9}})
    done = run(made)
    assert np.flatnonzero(np.array(events(done, "go", "helped")) == 0).tolist() == list(range(3, 9))
    exact = expected(Scenario.model_validate(made))
    go = exact.compiled.transitions.index("go")
    assert np.flatnonzero(exact.events[1, :, go] < 1e-9).tolist() == list(range(3, 9))
    # Parts that follow each other are as one effect for the whole time.
    parts = [{**STOP, "months": {"below": 9}}, {**STOP, "months": {"from": 9}}]
    assert not any(events(run(helped(*parts)), "go", "helped"))
    after = {**STOP, "months": {"from": 6, "below": 12}, "persistence": {"kind": "permanent"}}
    late = run(helped(after, duration=6))
    assert np.flatnonzero(np.array(events(late, "go", "helped")) == 0).tolist() == list(
        range(6, 12)
    )


WEIGHT = {"label": "Home", "weights": {"good": 0.5}}


def units_of(*effects: World) -> float:
    """Return the mean weight of a year in the state, by an arm with these effects."""
    life = {"label": "Life", "start": "home", "states": {"home": WEIGHT}}
    made = world(
        tracks={"life": life},
        population={"cohort": 10},
        investments={"help": investment(years=2, effects=list(effects))},
        arms={"helped": arm(help="ends")},
    )
    made["pathway"]["weights"] = {"good": "Good"}
    result = simulate(Scenario.model_validate(made), seed=1, threads=1)
    return float(result.weights().query("arm == 'helped'").amount.sum() / 20)


@pytest.mark.parametrize("acts_on", ["participants", "area"])
def test_an_effect_may_set_a_value(acts_on: str) -> None:
    """It takes the place of what there is, for participants or for everyone there."""
    sets = {"on": ["weight:good"], "sets": 0.9, "acts_on": acts_on}
    assert units_of(sets) == pytest.approx(0.9)
    assert units_of({**sets, "on": ["weight:good@home"], "sets": 0}) == pytest.approx(0)


def test_effects_on_the_same_act_by_their_order() -> None:
    """What is set, added to or multiplied depends on it; where the order is equal, the file's."""
    on = {"on": ["weight:good"], "acts_on": "area"}
    adds, halves, sets = {**on, "adds": 0.2}, {**on, "ratio": 0.5}, {**on, "sets": 1.0}
    assert units_of({**adds, "order": 1}, {**halves, "order": 2}) == pytest.approx(0.35)
    assert units_of({**adds, "order": 2}, {**halves, "order": 1}) == pytest.approx(0.45)
    assert units_of({**sets, "order": 2}, {**adds, "order": 3}) == pytest.approx(1.2)
    assert units_of({**sets, "order": 2}, {**adds, "order": 1}) == pytest.approx(1.0)
    hazard = {"on": ["go"], "ratio": 4, "scale": "rate_ratio"}
    share = {"on": ["go"], "ratio": 0.5, "scale": "relative_risk"}
    for first, chance in (("hazard", 0.5 * (1 - 0.7**4)), ("share", 1 - 0.85**4)):
        orders = (1, 2) if first == "hazard" else (2, 1)
        made = helped({**hazard, "order": orders[0]}, {**share, "order": orders[1]})
        exact = expected(Scenario.model_validate(made))
        go = exact.compiled.transitions.index("go")
        assert exact.events[1, 0, go] == pytest.approx(N * chance)
