"""Where and when an investment is delivered, how fully, and what is left of it afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.engine.clock import Clock
from sisim.engine.effects import (
    area_strength,
    coverage,
    fidelity_path,
    learned,
    persistence,
    preparation_path,
    refreshers,
)
from sisim.scenario.scenario import Effect, Investment, Learning

CLOCK = Clock(per_year=12, first_moment=0, history=12, start=12, end=84, start_year=1)
START = CLOCK.at("0001-01")
AREAS = ["north", "south", "west"]
FREE = {"payer": "social"}


def investment(**changes: Any) -> Investment:
    """Return a project of one year from the start."""
    data = {"label": "Team", "start": "0001-01", "years": 1, "target": {}, "cost": FREE}
    return Investment.model_validate(data | changes)


def effect(**changes: Any) -> Effect:
    """Return an effect on everybody in an area."""
    return Effect.model_validate({"on": ["placed"], "ratio": 0.5, "acts_on": "area"} | changes)


def runs(path: np.ndarray) -> list[tuple[int, int]]:
    """Return where each row is first and last above zero, in steps from the start."""
    return [(int(at[0]) - START, int(at[-1]) - START) for at in map(np.flatnonzero, path)]


def test_a_project_runs_for_its_years_and_one_that_continues_to_the_end() -> None:
    project, new_way = coverage(investment(areas=["south"]), "ends", CLOCK, AREAS)
    assert project.sum(axis=1).tolist() == [0, 12, 0]
    assert runs(project[1:2]) == [(0, 11)]
    assert not new_way.any()
    project, _ = coverage(investment(), "continues", CLOCK, AREAS)
    assert runs(project) == [(0, CLOCK.end - START)] * 3


def test_a_new_way_comes_to_one_area_after_the_other_and_grows_in_each() -> None:
    spec = {"delay": 2, "ramp": 4, "interval": 6, "areas": ["south", "north"], "cost": FREE}
    _, new_way = coverage(investment(new_way=spec), "new_way_of_working", CLOCK, AREAS)
    assert not new_way[2].any()  # west is not among its areas
    assert runs(new_way[:2])[1][0] == 12 + 2  # south, the first that is named
    assert runs(new_way[:2])[0][0] == 12 + 2 + 6
    for area, first in ((1, 14), (0, 20)):
        begins = START + first
        assert new_way[area, begins : begins + 5].tolist() == [0.25, 0.5, 0.75, 1.0, 1.0]
    _, never = coverage(investment(new_way=spec), "ends", CLOCK, AREAS)
    assert not never.any()


def test_a_new_way_without_a_ramp_is_at_full_scale_at_once_and_everywhere() -> None:
    spec = {"cost": FREE, "interval": 6}  # there are no areas to come to one after the other
    _, new_way = coverage(investment(new_way=spec), "new_way_of_working", CLOCK, AREAS)
    assert runs(new_way) == [(12, CLOCK.end - START)] * 3
    assert set(new_way.ravel()) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ({"kind": "none"}, [0.0, 0.0, 0.0]),
        ({"kind": "permanent"}, [1.0, 1.0, 1.0]),
        ({"kind": "half_life", "years": 0.5}, [1.0, 0.5, 0.25]),
        ({"kind": "linear", "years": 2}, [1.0, 0.75, 0.5]),
        ({"kind": "table", "at": [0, 1], "share": [0.8, 0.2]}, [0.8, 0.5, 0.2]),
    ],
)
def test_what_is_left_of_an_effect(kind: dict[str, Any], left: list[float]) -> None:
    path = persistence(effect(persistence=kind), CLOCK)
    assert path[[0, 6, 12]].tolist() == pytest.approx(left)
    assert len(path) == CLOCK.end + 1


def test_a_linear_effect_ends_at_nothing() -> None:
    path = persistence(effect(persistence={"kind": "linear", "years": 1}), CLOCK)
    assert path[12] == 0
    assert not path[13:].any()


def test_where_delivery_stops_the_effect_fades_from_its_last_strength() -> None:
    """A project in the north that is given to three quarters when it ends."""
    own = investment(areas=["north"], fidelity={"at": [0, 1], "share": [0.25, 0.75 + 1 / 22]})
    fades = effect(persistence={"kind": "half_life", "years": 1})
    north, south, _ = area_strength(fades, own, "ends", CLOCK, AREAS)
    assert not south.any()
    assert not north[:START].any()
    last = north[START + 11]
    assert last == pytest.approx(fidelity_path(own, CLOCK)[START + 11])
    for since in (1, 12, 24):
        assert north[START + 11 + since] == pytest.approx(last * 0.5 ** (since / 12))
    # It is the last strength that fades, whatever the fidelity would have been since.
    gone = area_strength(effect(persistence={"kind": "none"}), own, "ends", CLOCK, AREAS)
    assert not gone[0, START + 12 :].any()


def test_an_effect_goes_on_as_it_was_where_delivery_begins_again() -> None:
    """A project that stops, and a new way two years later: between them the effect fades."""
    spec = {"delay": 24, "cost": FREE}
    fades = effect(persistence={"kind": "linear", "years": 1})
    own = investment(new_way=spec)
    north = area_strength(fades, own, "new_way_of_working", CLOCK, AREAS)[0]
    assert north[START : START + 12].tolist() == [1.0] * 12
    assert north[START + 11 + 6] == pytest.approx(0.5)
    assert not north[START + 11 + 12 : START + 36].any()
    assert north[START + 36 :].tolist() == [1.0] * (CLOCK.end + 1 - START - 36)


@pytest.mark.parametrize(
    ("phase", "first", "last"), [("project", 0, 11), ("new_way", 12, 72), ("always", 0, 72)]
)
def test_an_effect_belongs_to_its_phase(phase: str, first: int, last: int) -> None:
    own = investment(new_way={"cost": FREE})
    strength = area_strength(effect(phase=phase), own, "new_way_of_working", CLOCK, AREAS)
    assert runs(strength) == [(first, last)] * 3


def test_fidelity_follows_the_years_since_the_start() -> None:
    assert (fidelity_path(investment(), CLOCK) == 1).all()
    own = investment(start="0002-01", fidelity={"at": [0, 2], "share": [0.2, 1.0]})
    path = fidelity_path(own, CLOCK)
    assert path[START + 12] == pytest.approx(0.2)
    assert path[START + 12 + 12] == pytest.approx(0.6)
    assert path[START + 12 + 24] == path[-1] == pytest.approx(1.0)


# What grows, what drifts, and what comes first.

SHARES = st.floats(0, 1)


@given(SHARES, SHARES, st.integers(0, 1000))
def test_each_doubling_of_the_cases_takes_the_same_part_of_what_is_lacking(
    first: float, per_doubling: float, before: int
) -> None:
    """Wright 1936: the case of number n lacks what the first does, times n to a power."""
    curve = Learning.model_validate({"first": first, "per_doubling": per_doubling})
    one, twice = (1 - learned(curve, number - 1) for number in (before + 1, 2 * (before + 1)))
    assert twice == pytest.approx(per_doubling * one)
    assert learned(curve, 0) == pytest.approx(first)
    assert (np.diff(learned(curve, np.arange(50))) >= 0).all()


def test_one_number_of_cases_gives_what_it_gives_among_many() -> None:
    """To the bit: whoever is replayed is told their share from a table of all."""
    curve = Learning.model_validate({"first": 0.3, "per_doubling": 0.83})
    many = np.arange(300)
    assert learned(curve, many).tolist() == [float(learned(curve, n)) for n in many.tolist()]


def test_what_nobody_follows_up_drifts() -> None:
    path = fidelity_path(investment(fidelity={"decay": 0.2}), CLOCK)[START:]
    assert path[[0, 12, 24]].tolist() == pytest.approx([1, 0.8, 0.64])


def test_each_follow_up_brings_back_what_has_drifted() -> None:
    own = investment(fidelity={"decay": 0.2, "refresher": 6})
    path = fidelity_path(own, CLOCK)[START:]
    assert path[:24] == pytest.approx(np.tile(0.8 ** (np.arange(6) / 12), 4))
    assert np.flatnonzero(refreshers(own, CLOCK)[START:])[:3].tolist() == [6, 12, 18]
    assert not refreshers(investment(fidelity={"decay": 0.2}), CLOCK).any()


PREPARED = {
    "staff": {"months": 3},
    "training": {"months": 2, "after": ["staff"]},
    "information": {"months": 1},
    "premises": {"months": 0, "after": ["information"]},
}


def test_the_first_case_waits_for_all_that_is_prepared() -> None:
    """Staff, then training: five months, of the twelve that the project lasts."""
    own = investment(preparation=PREPARED)
    assert own.lead == 5
    project, _ = coverage(own, "ends", CLOCK, AREAS)
    assert runs(project) == [(5, 11)] * 3
    parts = preparation_path(own, CLOCK)
    assert {name: runs(path[None])[0] for name, path in parts.items()} == {
        "staff": (0, 2),
        "training": (3, 4),
        "information": (0, 0),
        "premises": (1, 1),
    }
    assert [path.sum() for path in parts.values()] == pytest.approx([1, 1, 1, 1])


def test_what_drifts_drifts_from_the_first_case() -> None:
    path = fidelity_path(investment(preparation=PREPARED, fidelity={"decay": 0.2}), CLOCK)
    assert path[[START + 5, START + 17]].tolist() == pytest.approx([1, 0.8])
