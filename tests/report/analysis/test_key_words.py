"""Any key of a scenario in words, and what may stand there."""

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from helpers.words import SCENARIOS
from pydantic import BaseModel

from sisim.analysis.scenario_diff import WORDS, changes
from sisim.loading.load import load_scenario
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.change_words import ChangeWords
from sisim.report.analysis.key_words import FIELDS, OPTIONS, KeyWords
from sisim.scenario.scenario import Scenario

READY = sorted(p for p in SCENARIOS.glob("*.toml") if not p.stem.endswith("-pathway"))


def _tables(kind: Any, found: dict[type[BaseModel], None]) -> None:
    """Note every kind of table that a file of this kind may have in it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
        found[kind] = None
        for name, info in kind.model_fields.items():
            if (info.alias or name) not in WORDS:
                _tables(info.annotation, found)
    for part in get_args(kind):
        _tables(part, found)


def _choices(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (one for one in get_args(kind) if isinstance(one, str))
    for part in get_args(kind):
        yield from _choices(part)


def test_every_key_and_every_choice_there_is_has_words() -> None:
    tables: dict[type[BaseModel], None] = {}
    _tables(Scenario, tables)
    infos = [
        (info.alias or name, info)
        for table in tables
        for name, info in table.model_fields.items()
        if (info.alias or name) not in WORDS - {"distribution"}
    ]
    assert len(infos) > 200
    assert {key for key, _ in infos} - set(FIELDS) == {"value", "sv", "en"}
    assert {one for _, info in infos for one in _choices(info.annotation)} - set(OPTIONS) == set()


@pytest.mark.parametrize("file", READY, ids=lambda file: file.stem)
def test_all_that_differs_between_ready_scenarios_has_words(file: Any, lang: str) -> None:
    one, other = load_scenario("placed-youth"), load_scenario(file)
    words = ChangeWords(one, other)
    keys = [change.key for change in changes(one, other)]
    said = [words.change(key) for key in keys]
    assert [key for key in keys if words.name(key) == key] == []
    plain = [re.sub("[“”].*?”", "", text) for text in said]
    assert [text for text in plain if re.search("[_{…]", text)] == []


@pytest.mark.parametrize(
    ("key", "english", "swedish"),
    [
        ("time.history", "Years before the start", "År före starten"),
        ("economy.perspective", "Economy: perspective", "Ekonomi: perspektiv"),
        (
            "arms.project.investments.team",
            "Arms: A project that ends: The team around the young person",
            "Alternativ: Projekt som avslutas: Teamet runt den unge",
        ),
        (
            "investments.team.target.features.age.from",
            "Investments: The team around the young person: target group: age: from",
            "Investeringar: Teamet runt den unge: målgrupp: ålder: från",
        ),
    ],
)
def test_a_key_is_told_from_the_outside_in(key: str, english: str, swedish: str, lang: str) -> None:
    assert Assumptions(load_scenario("placed-youth")).name(key) == (
        english if lang == "en" else swedish
    )


def test_values_are_told_by_their_labels(lang: str) -> None:
    words = KeyWords(load_scenario("placed-youth"))
    swedish = lang == "sv"
    perspective = "kommunen och samhället" if swedish else "the municipality and society"
    assert words.value("perspective", "municipality+society") == perspective
    assert words.value("investments", "ends") == ("avslutas" if swedish else "ends")
    assert words.value("start", "2026-01") == "2026-01"
    assert words.value("ordinary", True) == ("ja" if swedish else "yes")
