"""A tail that does not fit is answered with the place and the remedy."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from helpers.later import OLD, later

from sisim.scenario.errors import ScenarioError


def said(change: Any, **more: Any) -> list[str]:
    """Return what is said of a tail that has been changed."""
    tail = copy.deepcopy(OLD)
    change(tail)
    with pytest.raises(ScenarioError) as caught:
        later(time={"start": "2026-01", "years": 8, "tail": tail}, **more)
    return [f"{problem.key}: {problem.reason.text}" for problem in caught.value.problems]


def young(tail: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tail["continues"]["young"]
    return found


def test_a_tail_that_fits_is_accepted() -> None:
    assert later().continuation is not None


def test_a_tail_of_another_pathway_is_refused_with_what_to_add() -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["continues"] = {"others": tail["continues"]["young"]}

    (answer,) = said(change)
    assert "[continues.young]" in answer


@pytest.mark.parametrize(
    ("part", "value", "answer"),
    [
        ({"feature": "state.cure"}, None, 'The feature "state.cure" does not exist.'),
        ({"to": {"plced": "idle"}}, None, 'The category "plced" does not exist.'),
        ({"to": {"placed": "idel"}}, None, 'The state "idel" does not exist.'),
        ({"default": "wrking"}, None, 'The state "wrking" does not exist.'),
        ({"default": None}, None, "Of state.care nothing is said of"),
        ({"to": ["idle"], "below": []}, None, '"state.care" has categories'),
        ({"feature": "time_in_state"}, None, "does not tell where people begin"),
        ({"feature": "age"}, None, '"age" has no categories'),
    ],
)
def test_a_mapping_that_does_not_fit_is_answered(
    part: dict[str, Any], value: None, answer: str
) -> None:
    def change(tail: dict[str, Any]) -> None:
        work = young(tail)["tracks"]["work"]
        work |= part
        for key in [key for key, one in work.items() if one is value]:
            del work[key]

    assert any(answer in one and "continues.young.tracks.work" in one for one in said(change))


def test_a_track_or_a_background_that_is_forgotten_is_named() -> None:
    def change(tail: dict[str, Any]) -> None:
        del young(tail)["tracks"]["work"]
        del young(tail)["attributes"]["sex"]

    answers = said(change)
    assert any('on the track "work"' in one for one in answers)
    assert any('which background "sex"' in one for one in answers)


def test_bands_need_one_place_more_than_limits() -> None:
    def change(tail: dict[str, Any]) -> None:
        young(tail)["attributes"]["placed"]["below"] = [1, 2]

    assert any("there should be one value more" in one for one in said(change))


def test_an_exit_must_be_one_and_its_payers_known() -> None:
    def change(tail: dict[str, Any]) -> None:
        young(tail)["exits"] = {"here": {"town": "nobody"}}

    answers = said(change)
    assert any('Nobody leaves by "here"' in one for one in answers)
    assert any('The administration "nobody" does not exist.' in one for one in answers)


def test_who_pays_in_the_tail_is_known_in_the_pathway() -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["administrations"]["bank"] = {"label": "Bank", "principal": "state"}
        tail["administrations"]["care"] = {"label": "Care", "principal": "state"}

    answers = said(change)
    assert any('has no administration "bank"' in one for one in answers)
    assert any('it belongs to "town"' in one for one in answers)


def test_ages_increase() -> None:
    def change(tail: dict[str, Any]) -> None:
        young(tail)["until"] = 5

    assert any("The ages must increase" in one for one in said(change))


def test_there_is_one_tail_at_a_time() -> None:
    answers = said(lambda _: None, economy={"tail": {"years": 3, "basis": "last_year"}})
    assert any("one tail at a time" in one for one in answers)


def test_what_is_wrong_within_the_tail_is_said_of_it() -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["transitions"]["loses"]["to"] = "iddle"

    assert any("iddle" in one for one in said(change))


def test_a_file_that_is_not_there_is_answered() -> None:
    with pytest.raises(ScenarioError) as caught:
        later(time={"start": "2026-01", "years": 8, "tail": "adult-live"})
    (problem,) = caught.value.problems
    assert problem.key == "time.tail"
    assert problem.suggestion == "adult-life"


def test_who_receives_is_known_and_shares_sum_to_one() -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["resources"]["benefit"]["receivers"] = {"person": 0.5, "nobody": 0.4}

    answers = said(change)
    assert any('The administration "nobody" does not exist.' in one for one in answers)
    assert any("sum to 0.9" in one for one in answers)


@pytest.mark.parametrize("feature", ["calendar.month", "area", "share.idle", "age.start"])
def test_a_life_depends_on_itself_alone(feature: str) -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["factors"]["age"] = {"feature": feature, "below": [1], "values": [1, 2]}
        if feature == "area":
            tail["factors"]["age"] = {"feature": feature, "values": {"all": 1}}

    assert any(f'A tail cannot depend on "{feature}".' in one for one in said(change))


def test_a_tail_has_no_calendar_and_no_changing_backgrounds() -> None:
    def change(tail: dict[str, Any]) -> None:
        tail["transitions"]["finds"] = {
            "track": "work",
            "from": "idle",
            "to": "working",
            "schedule": {"month": 8},
            "probability": 0.5,
        }
        tail["attributes"]["sex"]["redraw"] = 0.1

    answers = said(change)
    assert any("A tail cannot depend on the calendar" in one for one in answers)
    assert any("a category that never changes" in one for one in answers)
