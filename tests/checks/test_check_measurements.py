"""Measurements that cannot be made are answered, with what would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sisim import load
from sisim.i18n import Lang
from sisim.scenario.errors import ScenarioError

WORLD = Path(__file__).parents[1] / "helpers" / "measured.toml"
ONE, AFTER = "measurements.reading_each_may", "measurements.after"
READING = "instruments.reading"


def said(changes: dict[str, Any]) -> dict[str, str]:
    """Return what is said of each key that is not well."""
    with pytest.raises(ScenarioError) as error:
        load(WORLD, changes)
    return {problem.key: problem.reason.text for problem in error.value.problems}


@pytest.mark.parametrize(
    ("changes", "key", "text"),
    [
        ({f"{ONE}.instrument": "writing"}, f"{ONE}.instrument", "does not exist"),
        ({f"{ONE}.months": [6]}, ONE, 'either "month"'),
        ({f"{ONE}.beside": ["dead"]}, f"{ONE}.beside.0", "does not exist"),
        ({f"{ONE}.after": "team"}, f"{ONE}.month", "begin at different times"),
        ({f"{AFTER}.after": "crew"}, f"{AFTER}.after", "does not exist"),
        ({f"{AFTER}.months": [12, 6]}, f"{AFTER}.months", "must increase"),
        ({f"{AFTER}.months": [6, 60]}, f"{AFTER}.months.1", "has ended, in 2031-01"),
        ({f"{ONE}.response_factors": ["x"]}, f"{ONE}.response_factors.0", "does not exist"),
        ({f"{ONE}.for": {"state": {"life": ["dead"]}}}, f"{ONE}.for.state.life.0", "not exist"),
        ({f"{ONE}.left": "ill"}, ONE, 'either "instrument"'),
        ({"measurements.recovered.left": "well"}, "measurements.recovered.left", "does not exist"),
        ({"measurements.recovered.response": 0.5}, "measurements.recovered.response", "leave it"),
        ({f"{READING}.probability": 0.5}, READING, 'either "mean"'),
        ({f"{READING}.low": 200}, f"{READING}.low", "must increase"),
        ({"instruments.passed.sd": 3}, "instruments.passed.sd", '"mean" is missing'),
        ({f"{READING}.uses": {"exam": 1}}, f"{READING}.uses.exam", "does not exist"),
        ({f"{READING}.factors": ["gone"]}, f"{READING}.factors.0", "does not exist"),
        ({"factors.lower_when_ill.feature": "time_in_state"}, f"{READING}.factors.0", "no track"),
    ],
)
def test_what_cannot_be_measured_is_told_where_it_stands(
    changes: dict[str, Any], key: str, text: str
) -> None:
    found = said(changes)
    assert key in found, found
    assert text in found[key]


def test_an_investment_of_no_arm_is_told() -> None:
    other = {"label": "Other", "start": "2026-01", "years": 1, "target": {}}
    changes = {"investments.other": {**other, "cost": {"payer": "school"}}}
    found = said({**changes, f"{AFTER}.after": "other"})
    assert found == {f"{AFTER}.after": "No arm has this investment."}


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_it_is_said_in_both_languages(lang: Lang) -> None:
    found = said({f"{AFTER}.months": [60]})
    ended = {"en": "By then the scenario has ended", "sv": "Då har scenariot slutat"}[lang]
    assert ended in found[f"{AFTER}.months.0"]


def test_what_falls_between_steps_is_refused() -> None:
    found = said({"pathway.step": "quarter", f"{AFTER}.months": [4]})
    assert "falls between two steps" in found[f"{AFTER}.months.0"]
