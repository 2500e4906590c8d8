"""A planned evaluation beside the least that SKR's guide asks of a plan."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.command_line import sisim
from helpers.followed import EV1

from sisim import load
from sisim.i18n import in_language
from sisim.report.evaluation_plan import demands, evaluation_plan_words

WHOLE: dict[str, Any] = {
    "evaluations.difference.measures": ["reach", "fidelity"],
    "evaluations.difference.activities": {"visits": "A visit a week, noted in the journal"},
    "evaluations.difference.people": 720,
    "evaluations.difference.responsible": "The head of unit",
    "evaluations.difference.legal": "No ethical review is needed",
}


def there(changes: dict[str, Any], name: str = "difference") -> list[bool]:
    """Return which of the demands a plan meets."""
    scenario = load(EV1, changes)
    return [bool(one.there) for one in demands(scenario, scenario.evaluations[name])]


def test_a_plan_that_says_everything_lacks_nothing() -> None:
    assert there(WHOLE) == [True] * 8


@pytest.mark.parametrize(
    ("key", "number"),
    [("measures", 1), ("activities", 2), ("people", 4), ("responsible", 6), ("legal", 7)],
)
def test_what_is_not_said_is_missing(key: str, number: int) -> None:
    said = {name: value for name, value in WHOLE.items() if not name.endswith(f".{key}")}
    assert there(said) == [n != number for n in range(8)]


def test_who_compares_with_less_than_people_alike_is_told() -> None:
    assert not there({}, "one_year")[3]
    assert there({}, "one_year")[0]
    assert not there({}, "trend")[3]
    assert there({"evaluations.trend.against_series": "south"}, "trend")[3]
    assert there({}, "process")[:4] == [False, True, False, False]


def test_check_lists_what_is_there_and_what_is_missing() -> None:
    done = sisim("check", EV1)
    assert done.exit_code == 0
    assert "Evaluation “Difference-in-differences”: 3 of the 8 things" in done.stdout
    assert '  ✓ at least a matched comparison: design = "difference"' in done.stdout
    assert "  ✗ legal assessment: missing: give “legal”" in done.stdout.replace(
        '"legal"', "“legal”"
    )
    swedish = sisim("check", EV1, lang="sv").stdout
    assert "Utvärderingen ”Skillnad i skillnad”: 3 av de 8 saker" in swedish
    assert "  ✗ juridisk bedömning: saknas: ange ”legal”" in swedish
    assert "  ✓ tidplan: personer kommer in från 2026-01 till före 2029-01; svar 2029" in swedish


def test_without_evaluations_there_is_nothing_to_ask() -> None:
    assert evaluation_plan_words(load("placed-youth")) == []
    with in_language("sv"):
        assert len(evaluation_plan_words(load(EV1))) == 6 * 9
