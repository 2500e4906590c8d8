"""A scenario that is built is the one that is written by hand, and the loader alone judges it."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim

from sisim.live.scenario_draft import (
    DESCRIBED,
    ScenarioDraft,
    bases,
    counted_people,
    problems,
)
from sisim.live.views.builder_view import target_words
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario, read_scenario
from sisim.report.value_library import value_library

BY_HAND = """
name = "narvaroteam"
title = "Närvaroteam"
pathway = "child-youth"
seed = 1
replications = 5

[investments.investment]
label = "Närvaroteam"
start = "2026-01"
years = 3
capacity = 15
duration = 12
target = { age = { from = 10, below = 16 }, state.attendance = ["long_absence"] }
reach = { value = 0.7, source = "those who say yes", grade = "assumption" }

[investments.investment.cost]
running = { value = 1500000, source = "two posts", grade = "derived" }
payer = "education"

[[investments.investment.effects]]
on = "long_absence_ends"
ratio = { value = 1.5, grade = "assumption" }
persistence = { kind = "half_life", years = { value = 1, grade = "assumption" } }

[investments.investment.new_way]
ramp = 24
cost = { running = { value = 2600000, grade = "assumption" }, payer = "education" }

[arms.project]
label = { sv = "Projekt som avslutas", en = "A project that ends" }
investments = { investment = "ends" }

[arms.new_way]
label = { sv = "Projekt som blir nytt arbetssätt", en = "From project to new way of working" }
investments = { investment = "new_way_of_working" }

[figures]
case = "placed"
project = "project"
new_way = "new_way"
"""
"""The parts that a builder asks for; the municipality is that of a ready scenario."""


def built() -> ScenarioDraft:
    """Return the same, entered as the page enters it."""
    draft = ScenarioDraft.empty("child-youth")
    of = draft.of_investment
    draft.name_it("Närvaroteam")
    draft.put((*of, "label"), "Närvaroteam")
    for key, text in (
        (("years",), "3"),
        (("capacity",), "15"),
        (("duration",), "12"),
        (("target", "age", "from"), "10"),
        (("target", "age", "below"), "16"),
    ):
        draft.put_number((*of, *key), text)
    draft.put((*of, "target", "state", "attendance"), ["long_absence"])
    draft.put_owned((*of, "reach"), "value", "0,7")
    draft.put_owned((*of, "reach"), "source", "those who say yes")
    draft.put((*of, "cost", "payer"), "education")
    draft.put_owned((*of, "cost", "running"), "source", "two posts")
    draft.put_owned((*of, "cost", "running"), "grade", "derived")
    draft.put_owned((*of, "cost", "running"), "value", "1 500 000")
    draft.add_effect()
    effect = (*of, "effects", 0)
    draft.put((*effect, "on"), ["long_absence_ends"])
    draft.put_owned((*effect, "ratio"), "value", "1.5")
    draft.put((*effect, "persistence"), {"kind": "half_life", "years": {"grade": "assumption"}})
    draft.put_owned((*effect, "persistence", "years"), "value", "1")
    draft.end("new_way_of_working", there=True)
    draft.put_owned((*of, "new_way", "cost", "running"), "value", "2600000")
    return draft


def test_a_scenario_that_is_built_is_the_one_written_by_hand(tmp_path: Path) -> None:
    ready = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")
    parts = ("[time]", "[population", "[drift", "[economy", "[outcomes")
    own = "\n\n".join(b for b in ready.split("\n\n") if any(part in b for part in parts))
    hand, made = tmp_path / "hand.toml", tmp_path / "made.toml"
    hand.write_text(f"{BY_HAND}\n{own}\n", encoding="utf-8", newline="\n")
    made.write_bytes(built().content)
    assert load_scenario(made).model_dump() == load_scenario(hand).model_dump()
    assert sisim("check", made).exit_code == 0


@pytest.mark.parametrize("name", bases().scenarios)
def test_a_ready_scenario_stays_what_it_is_until_it_is_changed(name: str) -> None:
    file = shipped("scenario")[name]
    draft = ScenarioDraft.of(file.read_bytes())
    before = load_scenario(file).model_dump(exclude=set(DESCRIBED))
    assert read_scenario(draft.content, name).model_dump(exclude=set(DESCRIBED)) == before
    key = (*draft.of_investment, "capacity")
    draft.put_number(key, "7")
    changed = read_scenario(draft.content, name).model_dump(exclude=set(DESCRIBED))
    assert changed["investments"][draft.investment].pop("capacity") == 7
    before["investments"][draft.investment].pop("capacity")
    assert changed == before


@pytest.mark.parametrize("pathway", bases().pathways)
def test_an_empty_investment_lacks_only_what_nobody_has_yet_said(pathway: str) -> None:
    draft = ScenarioDraft.empty(pathway)
    of = ".".join(draft.of_investment[:2])
    assert {key for key, _ in problems(draft.content, "x.toml")} == {
        "title",
        f"{of}.label",
        f"{of}.years",
    }


def test_what_is_wrong_is_told_by_the_loader_where_it_was_entered() -> None:
    draft = built()
    of = draft.of_investment
    draft.put_owned((*of, "reach"), "value", "1,5")
    draft.put_number((*of, "years"), "three")
    draft.put((*of, "target", "state", "attendance"), ["gone"])
    found = dict([*draft.unread, *problems(draft.content, draft.file_name)])
    assert "at most 1" in found["investments.investment.reach.value"]
    assert found["investments.investment.years"] == '"three" is not a number.'
    assert any("attendance" in key for key in found)
    draft.put_number((*of, "years"), "2")
    assert draft.unread == []


def test_another_value_is_not_what_the_source_said() -> None:
    draft = ScenarioDraft.of(shipped("scenario")["placed-youth"].read_bytes())
    key = ("investments", "team", "cost", "running")
    assert draft.get(key)["source"]
    draft.put_owned(key, "value", str(draft.get(key)["value"]))
    assert draft.get(key)["low"]
    draft.put_owned(key, "value", "5000000")
    assert draft.get(key) == {"value": 5000000, "grade": "assumption"}
    draft.put_owned(key, "source", "the budget")
    draft.put_owned(key, "value", "6000000")
    assert draft.get(key)["source"] == "the budget"


def test_an_effect_of_the_library_comes_whole_with_its_source() -> None:
    values = [one for one in value_library("child-youth") if one.kind == "effect"]
    assert {one.kind for one in value_library("child-youth")} == {"price", "effect"}
    draft = built()
    for one in values:
        draft.add_effect(one)
        number = draft.effects[-1].get(one.key.rpartition(".")[2])
        value = number["value"] if isinstance(number, dict) else number
        assert value == one.value
    while len(draft.effects) > 1:
        draft.remove_effect(1)
    assert problems(draft.content, draft.file_name) == []


def test_a_fund_pays_and_is_repaid() -> None:
    draft = built()
    draft.pay_by_fund(there=True)
    draft.put_owned(("funds", "fund", "deposits", "opening"), "value", "6000000")
    draft.put_owned(("funds", "fund", "repayment", "share"), "value", "0,5")
    assert problems(draft.content, draft.file_name) == []
    draft.pay_by_fund(there=False)
    assert "funds" not in draft.data
    assert problems(draft.content, draft.file_name) == []


def test_people_in_the_target_group_are_counted_before_anything_else_is_said() -> None:
    draft = ScenarioDraft.empty("child-youth")
    draft.put(("population", "residents"), 1000)
    everyone = counted_people(draft.counted())
    assert everyone.people == everyone.residents > 900
    draft.put_number((*draft.of_investment, "target", "age", "from"), "10")
    draft.put_number((*draft.of_investment, "target", "age", "below"), "16")
    some = counted_people(draft.counted())
    assert 0 < some.people < some.residents == everyone.residents
    assert target_words(draft) == "The target group: from the age of 10 and under 16."
