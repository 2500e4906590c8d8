"""The error of a step: that of the closed form, of coupled tracks, and silence where none is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.command_line import sisim as command
from scipy.linalg import expm

import sisim
from sisim.engine.cohort import expected
from sisim.engine.step_error import BOUND, step_errors
from sisim.scenario.scenario import Scenario

P4 = Path(__file__).parents[2] / "experiments/published/p4-illness-death.toml"


def scenario(transitions: dict[str, Any], *, step: str = "month", **parts: Any) -> Scenario:
    """Return a scenario of two tracks, work and health."""
    tracks = {
        name: {"label": name, "start": states[0], "states": {s: {"label": s} for s in states}}
        for name, states in (("work", ("on", "off")), ("health", ("well", "ill")))
    }
    pathway = {
        "name": "test",
        "title": "Test",
        "step": step,
        "tracks": tracks,
        "transitions": transitions,
        **parts,
    }
    time = {"start": "2020-01", "years": 5}
    population = {"cohort": 10}
    every = {"name": "test", "title": "Test", "pathway": pathway}
    return Scenario.model_validate({**every, "time": time, "population": population})


def move(of: str, origin: str, to: str, **how: Any) -> dict[str, Any]:
    """Return a transition."""
    return {"track": of, "from": origin, "to": to, **how}


@pytest.mark.parametrize("step", ["year", "quarter"])
def test_the_error_is_the_distance_from_the_closed_form(step: str) -> None:
    of = sisim.load(P4, {"step": step})
    shares = expected(of).state_shares("health").to_numpy()
    years = np.arange(len(shares)) / of.pathway.steps_per_year
    healthy = np.exp(-0.12 * years)
    ill = 0.10 / 0.03 * (healthy - np.exp(-0.15 * years))
    exact = np.stack([healthy, ill, 1 - healthy - ill], axis=1)
    (found,) = step_errors(of)
    assert found.error == pytest.approx(np.abs(shares - exact).max(), rel=1e-9)
    assert (found.fastest, found.rate, found.enough) == ("dies_ill", pytest.approx(0.15), "month")
    assert found.error_then <= BOUND < found.error


def test_a_negligible_error_is_not_told() -> None:
    assert step_errors(sisim.load(P4)) == []


def test_tracks_that_depend_on_each_other_are_one_chain() -> None:
    factors = {"sick": {"feature": "state.health", "values": {"ill": 4.0}}}
    of = scenario(
        {
            "leaves": move("work", "on", "off", rate=1.5, factors=["sick"]),
            "returns": move("work", "off", "on", rate=3.0),
            "falls_ill": move("health", "well", "ill", rate=2.0),
            "recovers": move("health", "ill", "well", rate=6.0),
        },
        factors=factors,
    )
    (found,) = step_errors(of)
    assert found.tracks == ("work", "health")
    assert (found.fastest, found.rate) == ("leaves", pytest.approx(6.0))
    out = {"on-well": 1.5, "on-ill": 6.0}
    names = ["on-well", "on-ill", "off-well", "off-ill"]
    q = np.zeros((4, 4))
    for n, name in enumerate(names):
        work, health = name.split("-")
        if work == "on":
            q[n, names.index(f"off-{health}")] = out[name]
        else:
            q[n, names.index(f"on-{health}")] = 3.0
        other = "ill" if health == "well" else "well"
        q[n, names.index(f"{work}-{other}")] = 2.0 if health == "well" else 6.0
        q[n, n] = -q[n].sum()
    cohort = expected(of)
    shares, start = cohort.shares[0, :, :-1], np.eye(4)[0]
    exact = np.stack([start @ expm(q * step / 12) for step in range(len(shares))])
    assert cohort.joint[1] == ("on", "ill")
    assert found.error == pytest.approx(np.abs(shares - exact).max(), rel=1e-6)


def test_where_continuous_time_is_not_defined_nothing_is_told() -> None:
    fast = {
        "falls_ill": move("health", "well", "ill", rate=9.0),
        "recovers": move("health", "ill", "well", rate=9.0),
    }
    assert len(step_errors(scenario(fast))) == 1
    jumps = {**fast, "recovers": move("health", "ill", "well", probability=0.5)}
    assert step_errors(scenario(jumps)) == []
    late = {"late": {"feature": "time_in_state", "below": [2.0], "values": [1.0, 2.0]}}
    waits = {**fast, "recovers": move("health", "ill", "well", rate=9.0, factors=["late"])}
    assert step_errors(scenario(waits, factors=late)) == []


def test_not_even_weeks_may_do() -> None:
    fast = {"a": move("work", "on", "off", rate=60.0), "b": move("work", "off", "on", rate=40.0)}
    (found,) = step_errors(scenario(fast))
    assert found.enough is None
    assert found.error > found.error_then > BOUND


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "with steps of a year shares of states are up to 2.1 percentage points"),
        ("sv", "med år som steg ligger andelarna i tillstånden upp till 2,1 procentenheter"),
    ],
)
def test_check_says_so(lang: str, said: str) -> None:
    result = command("check", str(P4), "--set", "step=year", lang=lang)
    assert result.exit_code == 0
    assert said in " ".join(result.output.split())
    assert {"en": "Steps of a month", "sv": "Med månad"}[lang] in " ".join(result.output.split())
