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


MORE_BY_HAND = """
[population.areas]
area_1 = { label = "Söder", share = 0.3 }
area_2 = { label = "Resten", share = 0.7 }

[evaluations.plan]
label = { sv = "Utvärdering", en = "Evaluation" }
arm = "project"
design = "difference"
cohorts = { from = "2026-01", below = "2028-01" }
outcome = { group = "placed", within = 12 }
cost = { once = 300000, payer = "education" }
areas = ["area_2"]
years_before = 2

[contracts.contract]
label = { sv = "Utfallskontrakt", en = "Outcome contract" }
arm = "new_way"
parties.investor = "Framtidskapital"

[contracts.contract.payments.capital]
label = { sv = "Kapital", en = "Capital" }
from = "investor"
to = "education"
amounts = { 2026 = 4500000 }

[contracts.contract.payments.outcome]
label = { sv = "Ersättning för utfall", en = "Payment for outcomes" }
from = "social"
to = "investor"
price = { value = 900000, source = "the contract", grade = "measured" }
threshold = 0.05
cap = { value = 6000000, grade = "assumption" }
measure = { outcome = "placed", periods = [[2027, 2031]] }
"""


def test_areas_an_evaluation_a_contract_and_a_range_are_those_written_by_hand(
    tmp_path: Path,
) -> None:
    ready = shipped("scenario")["placed-youth"].read_text(encoding="utf-8")
    parts = ("[time]", "[population", "[drift", "[economy", "[outcomes")
    blocks = [b for b in ready.split("\n\n") if any(part in b for part in parts)]
    own = "\n\n".join(b for b in blocks if "[population.areas]" not in b)
    by_hand = BY_HAND.replace("capacity = 15", 'capacity = 15\nareas = ["area_1"]')
    by_hand = by_hand.replace("ratio = { value = 1.5,", "ratio = { value = 1.5, low = 1, high = 2,")
    hand, made = tmp_path / "hand.toml", tmp_path / "made.toml"
    text = f"{by_hand}\n{own}\n{MORE_BY_HAND}"
    hand.write_text(text, encoding="utf-8", newline="\n")
    draft = built()
    of = draft.of_investment
    ratio = (*of, "effects", 0, "ratio")
    draft.put_owned(ratio, "low", "1,0")
    draft.put_owned(ratio, "high", "2")
    draft.put_owned(ratio, "grade", "assumption")
    for name in draft.areas:
        draft.remove_area(name)
    for name, share in (("Söder", "0,3"), ("Resten", "0,7"), ("Igen", "1")):
        area = draft.add_area()
        draft.put(("population", "areas", area, "label"), name)
        draft.put_number(("population", "areas", area, "share"), share)
    draft.put((*of, "areas"), ["area_1", "area_3"])
    draft.remove_area("area_3")
    plan, contract = ("evaluations", "plan"), ("contracts", "contract")
    draft.plan_evaluation(there=True)
    draft.put((*plan, "match_on"), ["age"])
    draft.choose_design("difference")
    draft.put((*plan, "areas"), ["area_2"])
    draft.put_number((*plan, "years_before"), "2")
    draft.put((*plan, "cohorts", "below"), "2028-01")
    draft.put((*plan, "cost", "payer"), "education")
    draft.put_number((*plan, "cost", "once"), "300 000")
    draft.pay_by_outcome(there=True)
    draft.put((*contract, "arm"), "new_way")
    draft.put((*contract, "parties", "investor"), "Framtidskapital")
    capital, outcome = ((*contract, "payments", name) for name in ("capital", "outcome"))
    draft.put_number((*capital, "amounts", "2026"), "4500000")
    draft.put((*outcome, "from"), "social")
    draft.put((*outcome, "measure", "outcome"), "placed")
    for at, year in ((0, "2027"), (1, "2031")):
        draft.put_number((*outcome, "measure", "periods", 0, at), year)
    draft.put_owned((*outcome, "price"), "value", "900000")
    draft.put_owned((*outcome, "price"), "source", "the contract")
    draft.put_owned((*outcome, "price"), "grade", "measured")
    draft.put_number((*outcome, "threshold"), "0,05")
    draft.put_owned((*outcome, "cap"), "value", "6000000")
    made.write_bytes(draft.content)
    assert problems(draft.content, "x.toml") == []
    assert load_scenario(made).model_dump() == load_scenario(hand).model_dump()
    assert sisim("check", made).exit_code == 0
    # What is wrong in them is told at their keys.
    draft.put_number(("population", "areas", "area_1", "share"), "0,5")
    draft.put_owned(ratio, "low", "1,7")
    draft.put((*plan, "cohorts", "below"), "2025-01")
    draft.put_owned((*outcome, "price"), "value", "-1")
    draft.put_number((*outcome, "measure", "periods", 0, 1), "")
    found = dict([*draft.unread, *problems(draft.content, "x.toml")])
    for key in ("population.areas", "effects.0.ratio", "plan.cohorts", "outcome.price", "periods"):
        assert any(key in one for one in found), (key, found)


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
