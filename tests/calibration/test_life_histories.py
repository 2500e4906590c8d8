"""Life histories from a run say the same as its counts."""

from typing import Any

import numpy as np
import pytest

from sisim.calibration.life_histories import histories, plain, run_logged, targets
from sisim.calibration.targets import Histories
from sisim.engine.compile import compile_scenario
from sisim.loading.load import load_pathway
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Movers, Population, Scenario, Time
from sisim.scenario.types import Text

PATHWAY: dict[str, Any] = {
    "name": "small",
    "title": "Small",
    "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
    "tracks": {
        "residence": {
            "label": "Residence",
            "start": "here",
            "states": {"here": {"label": "Here"}, "moved": {"label": "Moved", "exit": True}},
        },
        "care": {
            "label": "Care",
            "start": {"home": 0.9, "foster": 0.1},
            "states": {name: {"label": name} for name in ("home", "foster", "residential")},
        },
    },
    "groups": {"placed": {"label": "Placed", "track": "care", "states": ["foster", "residential"]}},
    "transitions": {
        "moves": {"track": "residence", "from": "here", "to": "moved", "rate": 0.05},
        "placed": {
            "track": "care",
            "from": "home",
            "to": {"foster": 0.7, "residential": 0.3},
            "rate": 0.2,
        },
        "home_again": {"track": "care", "from": ["foster", "residential"], "to": "home", "rate": 1},
    },
    "targets": {
        "placed": {
            "label": "In care",
            "measure": "point_share",
            "arguments": {"group": "placed"},
            "low": 0.1,
            "high": 0.2,
            "source": "1 / (1 + 1 / 0.2), from a start of 0.1",
            "grade": "derived",
        },
    },
}


@pytest.fixture(scope="module")
def small() -> Pathway:
    """Return a pathway with an exit, and a start that is drawn."""
    return Pathway.model_validate(PATHWAY)


@pytest.fixture(scope="module")
def lived(small: Pathway) -> tuple[Histories, Any, Any]:
    """Return histories of people who are born, move in, move out and grow too old; and counts."""
    population = Population(
        residents=2000, max_age=12, movers_in=Movers.model_validate({"per_year": 0.08})
    )
    scenario = Scenario(
        name="s",
        title=Text(sv="s", en="s"),
        pathway=small,
        time=Time(years=5),
        population=population,
    )
    done = run_logged(compile_scenario(scenario), 3, threads=1)
    return histories(done), done.tally(), done.compiled


def test_as_many_are_in_each_state_at_every_step_as_were_counted(
    lived: tuple[Histories, Any, Any],
) -> None:
    found, tally, compiled = lived
    for number, (track, state) in enumerate(compiled.states):
        spells = found.spells(f"{track}.{state}") & found.residents()
        change = np.zeros(found.horizon + 1, np.int64)
        np.add.at(change, spells.start, 1)
        np.add.at(change, spells.end, -1)
        people = np.cumsum(change)[found.first : found.horizon]
        np.testing.assert_array_equal(people, tally.stock[0, :-1, :, number].sum(axis=1))


def test_as_many_enter_a_group_in_every_step_as_were_counted(
    lived: tuple[Histories, Any, Any],
) -> None:
    found, tally, _ = lived
    spells = found.spells("placed")
    first = np.maximum(found.first, found.arrived[spells.person])
    entered = np.bincount(spells.start[spells.start > first] - 1, minlength=found.horizon)
    counted = tally.entry[0, :, :, 0, :].sum(axis=(1, 2))
    # Who is placed in the very month in which they move is counted, but never seen in care.
    missing = counted[:-1] - entered[found.first : found.horizon - 1]
    assert (missing >= 0).all()
    assert 0 < missing.sum() < 0.02 * counted.sum()


def test_as_many_leave_into_an_exit_state_as_were_counted(
    lived: tuple[Histories, Any, Any],
) -> None:
    found, tally, compiled = lived
    who = found.exits["residence.moved"]
    resident = found.observed(who, found.left[who] - 1)
    counted = tally.event[0, :, :, compiled.transitions.index("moves")].sum()
    assert counted > 0
    assert int(resident.sum()) == counted - (found.left[who] == found.horizon).sum()


def test_lives_are_known_from_birth_without_gaps(lived: tuple[Histories, Any, Any]) -> None:
    found, *_ = lived
    assert (found.born < found.arrived).any()
    for track in found.tracks.values():
        opening = np.append(True, track.person[1:] != track.person[:-1])
        closing = np.append(opening[1:], True)
        np.testing.assert_array_equal(track.person[opening], np.arange(len(found.born)))
        np.testing.assert_array_equal(track.start[opening], found.born)
        np.testing.assert_array_equal(track.end[closing], found.left)
        np.testing.assert_array_equal(track.end[~closing], track.start[~opening])


def test_targets_are_given_with_their_spread_over_the_runs(small: Pathway) -> None:
    told: list[tuple[int, int]] = []
    table = targets(
        small, residents=500, years=2, seeds=(1, 2, 3), progress=lambda *step: told.append(step)
    )
    placed = table.loc["placed"]
    assert placed["least"] < placed["simulated"] < placed["most"]
    assert placed["inside"]
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_a_plain_municipality_invests_in_nothing_but_has_the_movers_of_the_ready_one() -> None:
    scenario = plain(load_pathway("child-youth"), residents=1000, years=3)
    assert scenario.investments == scenario.arms == {}
    assert scenario.population.residents == 1000
    assert scenario.population.movers_in is not None
