"""A person is in one place at a time: the weightiest of all that they are in."""

import numpy as np
import pytest

from sisim.loading.load import load_scenario
from sisim.report.places import AWAY, PLACES, Places

SCENARIO = load_scenario("placed-youth")
FOUND = Places(SCENARIO, "placed")
NAMES = [(track, state) for track, spec in SCENARIO.pathway.tracks.items() for state in spec.states]


def place(**states: str) -> str:
    """Return the place of somebody who is in some states, and else where lives begin."""
    tracks = SCENARIO.pathway.tracks
    row = [NAMES.index((name, states.get(name, str(spec.start)))) for name, spec in tracks.items()]
    return PLACES[int(FOUND.of(np.array([row]), NAMES)[0])]


def test_places_are_the_weightiest() -> None:
    assert place() == "none"
    assert place(school="grade_4") == "everyone"
    assert place(school="grade_4", social="open_care") == "services"
    assert place(school="grade_4", social="open_care", placement="foster") == "case"
    assert place(school="completed", placement="discharged_short", income="working") == "none"


def test_what_is_given_in_place_of_a_placement_is_another_service() -> None:
    given = [("instead:team.1", "given"), ("harm:team.1", "exposed"), ("instead:team.1", "none")]
    assert [PLACES[int(FOUND.of(np.array([[n]]), given)[0])] for n in range(3)] == [
        "services",
        "none",
        "none",
    ]


def test_who_is_not_there_has_no_place() -> None:
    nowhere = np.full((1, len(SCENARIO.pathway.tracks)), AWAY)
    assert FOUND.of(nowhere, NAMES).tolist() == [AWAY]


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
def test_every_place_that_is_shown_has_a_name() -> None:
    labels = [FOUND.label(place) for place in FOUND.shown()]
    assert all(labels)
    assert len(set(labels)) == len(labels) == 4
