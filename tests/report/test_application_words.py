"""What a file holds of an application, and what is missing."""

from __future__ import annotations

from pathlib import Path

from sisim.i18n import in_language
from sisim.loading.load import load_scenario as load
from sisim.report.application_words import application_demands, application_words

FILE = Path(__file__).parents[1] / "helpers" / "gated.toml"


def lacking(**application: str) -> set[str]:
    scenario = load(FILE, {"application": application} if application else {})
    return {one.remedy for one in application_demands(scenario) if not one.there}


def test_each_text_that_is_given_is_no_longer_asked_for() -> None:
    keys = ["applicant", "problem", "method", "target_group", "evidence", "risks", "responsible"]
    before = lacking()
    for key in [*keys, "follow_up"]:
        assert before - lacking(**{key: "Said."}) == {f'give "application.{key}"'}


def test_what_the_file_says_anyway_is_not_asked_for_again() -> None:
    named = {one.what for one in application_demands(load("team-nystart")) if one.there}
    assert {"method", "target group", "evaluation", "what follows when the project ends"} <= named


def test_numbers_without_a_source_are_pointed_at() -> None:
    said = " ".join(lacking())
    assert 'give investments.team.effects.0.ratio a "source"; without one: 1 of 1' in said
    assert 'give investments.team.cost.per_participant a "source"' in said


def test_it_is_said_in_both_languages() -> None:
    scenario = load(FILE)
    with in_language("en"):
        assert application_words(scenario)[0].startswith("Application: ")
    with in_language("sv"):
        lines = application_words(scenario)
    assert lines[0].startswith("Ansökan: ")
    assert "  ✗ risker: saknas: ange ”application.risks”" in lines or any(
        "application.risks" in line and "✗" in line for line in lines
    )
