"""The small pathways meet their targets whoever is drawn, and say where every number is from."""

from __future__ import annotations

import pytest

from sisim.calibration.life_histories import targets
from sisim.loading.load import load_pathway
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.pathway import Pathway

# Care and prison are rare: enough people for each target to be more than chance.
RESIDENTS = {"leaving-prison": 40_000, "older-people": 15_000, "adults-far-from-work": 15_000}
YEARS = {"leaving-prison": 20, "older-people": 15, "adults-far-from-work": 15}
SEEDS = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module", params=RESIDENTS)
def small(request: pytest.FixtureRequest) -> Pathway:
    """Return each small pathway in turn."""
    return load_pathway(request.param)


def test_every_target_is_met_with_every_seed(small: Pathway) -> None:
    name = small.name
    found = targets(small, residents=RESIDENTS[name], years=YEARS[name], seeds=SEEDS)
    assert len(found) >= 5
    outside = found[(found["least"] < found["low"]) | (found["most"] > found["high"])]
    assert outside.empty, outside[["low", "high", "least", "most"]].to_string()


def test_every_target_and_every_number_says_where_it_is_from(small: Pathway) -> None:
    # What is so by definition, or by the calendar, needs no source: a one, a nought, a whole year.
    plain = {0.0, 1.0, 12.0, 365.0}
    nameless = [
        path
        for path, number in numbers(small, written=True)
        if number.value not in plain and owner_of(path, number, small).source is None
    ]
    assert nameless == []
    assert all(target.source for target in small.targets.values())


def test_small_is_small(small: Pathway) -> None:
    assert len(small.tracks) <= 5
    assert len(small.transitions) <= 12
