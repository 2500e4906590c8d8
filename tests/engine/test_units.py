"""People of a kind belong to units of a stated size, and are each other's peers there."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.engine.clock import Clock
from sisim.engine.compile import compile_scenario
from sisim.engine.population import People, people
from sisim.engine.simulation import Simulation
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Population, Scenario, Time
from sisim.scenario.types import Text


def scenario(cohort: int, sizes: dict[str, Any]) -> Scenario:
    """Return a cohort at two kinds of workplace, in which illness is catching among peers."""
    pathway = Pathway.model_validate(
        {
            "name": "small",
            "title": "Small",
            "attributes": {
                "work": {"shares": {"small": 0.3, "large": 0.7}, "sizes": sizes},
            },
            "tracks": {
                "health": {
                    "label": "Health",
                    "start": {"well": 0.8, "ill": 0.2},
                    "states": {"well": {"label": "Well"}, "ill": {"label": "Ill"}},
                }
            },
            "groups": {"ill": {"label": "Ill", "track": "health", "states": ["ill"]}},
            "transitions": {
                "falls_ill": {
                    "track": "health",
                    "from": "well",
                    "to": "ill",
                    "rate": 3,
                    "factors": ["catching"],
                },
                "gets_well": {"track": "health", "from": "ill", "to": "well", "rate": 6},
            },
            "factors": {
                "catching": {
                    "feature": "share.ill",
                    "among": "attribute.work",
                    "below": [0.2, 0.4],
                    "values": [0.5, 1, 3],
                }
            },
        }
    )
    return Scenario(
        name="s",
        title=Text(sv="s", en="s"),
        pathway=pathway,
        time=Time(years=1),
        population=Population(cohort=cohort),
    )


def of(one: Scenario, seed: int = 1) -> People:
    """Return the people of a scenario."""
    return people(one, Clock.of(one), seed)


@settings(max_examples=25, deadline=None)
@given(
    cohort=st.integers(1, 400),
    small=st.integers(1, 30),
    large=st.integers(1, 60),
    seed=st.integers(0, 100),
)
def test_a_unit_has_one_kind_and_the_size_stated(
    cohort: int, small: int, large: int, seed: int
) -> None:
    found = of(scenario(cohort, {"small": small, "large": large}), seed)
    kind, unit = found.codes[0], found.units[0]
    number = [max(round(cohort * s / n), 1) for s, n in ((0.3, small), (0.7, large))]
    assert unit[kind == 0].max(initial=0) < number[0]
    assert unit[kind == 1].min(initial=number[0]) >= number[0]
    assert unit.max(initial=0) < sum(number)


def test_without_sizes_the_kind_is_the_unit() -> None:
    found = of(scenario(100, {}))
    np.testing.assert_array_equal(found.units, found.codes)


def test_sizes_change_nobodys_kind() -> None:
    plain, sized = of(scenario(300, {})), of(scenario(300, {"small": 10}))
    np.testing.assert_array_equal(plain.codes, sized.codes)


def test_peers_are_those_of_the_same_unit() -> None:
    compiled = compile_scenario(scenario(200, {"small": 5, "large": 10}))
    simulation = Simulation(compiled, 1, threads=1)
    simulation.advance(4)
    simulation.begin()
    ill = simulation.columns.state[0, :200] == compiled.state("health", "ill")
    unit = simulation.people.units[0]
    for number in np.unique(unit):
        here = unit == number
        share = simulation.columns.share[0, 0, number]
        assert share == ill[here].sum() * 1000 // here.sum()
