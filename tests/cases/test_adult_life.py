"""Adult life as it ships meets its targets, has its sources, and values what it should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sisim
from sisim.calibration.life_histories import targets
from sisim.economics.value_of_leaving import value_of_leaving
from sisim.engine.cohort import NotExact
from sisim.loading.load import load_pathway
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import owner_of
from sisim.scenario.scenario import Scenario

TAIL = {"time.tail": "adult-life", "economy.discount_costs": 0.035}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sisim.load("placed-youth", TAIL)


@pytest.fixture(scope="module")
def values(scenario: Scenario) -> pd.DataFrame:
    return value_of_leaving(scenario)


def test_its_targets_are_met() -> None:
    found = targets(load_pathway("adult-life"), residents=15_000, years=8, seeds=(1, 2))
    assert len(found) >= 5
    middle = (found["least"] + found["most"]) / 2
    outside = found[(middle < found["low"]) | (middle > found["high"])]
    assert outside.empty, outside[["low", "high", "least", "most"]].to_string()


def test_every_number_says_where_it_is_from() -> None:
    tail = load_pathway("adult-life")
    plain = {0.0, 1.0, 12.0, 365.0}
    assert [
        path
        for path, number in numbers(tail, written=True)
        if number.value not in plain and owner_of(path, number, tail).source is None
    ] == []


def test_transfers_sum_to_nothing_and_production_is_all_received(values: pd.DataFrame) -> None:
    by_resource = values.groupby("resource")["value"].sum()
    transfers = [
        name for name in by_resource.index if name.endswith(("benefit_month", "leave_month"))
    ]
    transfers += ["disability_month", "assistance_month"]
    assert len(transfers) == 4
    assert np.allclose(by_resource[transfers], 0.0, atol=1.0)
    assert (values.query("resource == 'production_year'")["value"] <= 0).all()


def test_a_year_at_work_is_worth_the_same_before_and_after(scenario: Scenario) -> None:
    young, old = scenario.pathway, scenario.time.tail
    assert old is not None
    before, after = (one.resources["production_year"] for one in (young, old))
    assert before.price.value == after.price.value
    assert before.price_year == after.price_year
    assert {n: s.value for n, s in before.receivers.items()} == pytest.approx(
        {n: s.value for n, s in after.receivers.items()}
    )
    use = young.tracks["income"].states["working"].uses["production_year"]
    assert use == old.tracks["work"].states["working"].uses["production_year"]
    degree, ages = young.factors["degree_pay"], young.factors["age_pay"]
    told = degree.values, old.factors["degree_pay"].values
    assert isinstance(told[0], dict)
    assert isinstance(told[1], dict)
    assert degree.default is not None
    assert told[0]["completed"].value == told[1]["yes"].value
    assert degree.default.value == pytest.approx(told[1]["no"].value)
    assert ages.below == old.factors["age_pay"].below[: len(ages.below)]
    first = zip(ages.values, old.factors["age_pay"].values, strict=False)
    assert all(one.value == other.value for one, other in first)


def test_assistance_is_a_transfer_on_both_sides(scenario: Scenario) -> None:
    assert scenario.time.tail is not None
    for pathway in (scenario.pathway, scenario.time.tail):
        assistance = pathway.resources["assistance_month"]
        assert {n: s.value for n, s in assistance.receivers.items()} == {"individual": 1.0}
        assert assistance.shares == {"labour": 1.0}


def test_a_degree_is_worth_about_what_was_found(values: pd.DataFrame) -> None:
    """Hultkrantz et al. 2017: gross earnings of 1.6 Mkr at the end of school, in their prices.

    In prices of 2024 that is about two million; production is pay and a contribution of 31.42 %.
    """
    produced = values.query(
        "resource == 'production_year' and work == 'working' and health == 'well' "
        "and placed == 'never' and background == 'native'"
    )
    by_degree = -produced.groupby(["degree", "sex"])["value"].sum()
    gross = (by_degree["yes"] - by_degree["no"]).mean() / 1.3142
    assert 1.2e6 < gross < 2.8e6


def test_who_leaves_worse_off_costs_the_public_more(values: pd.DataFrame) -> None:
    public = values[values["principal"].isin(["municipality", "region", "state"])]
    parts = ["work", "degree", "placed", "sex", "background", "health"]
    cost = public.groupby(parts)["value"].sum()
    assert (cost.xs("no", level="degree") > cost.xs("yes", level="degree")).all()
    assert (cost.xs("ever", level="placed") > cost.xs("never", level="placed")).all()
    assert (cost.xs("assistance", level="work") > cost.xs("working", level="work")).all()


def test_placement_is_neutral_where_none_of_it_is_a_cause(scenario: Scenario) -> None:
    neutral = value_of_leaving(scenario.with_values({"parameters.causal_placed": 0.0}))
    parts = [name for name in neutral.columns if name not in ("placed", "value")]
    sides = neutral.pivot_table(index=parts, columns="placed", values="value", aggfunc="sum")
    assert np.allclose(sides["ever"], sides["never"])


def test_it_has_no_exact_course_with_young_people_before_it(scenario: Scenario) -> None:
    with pytest.raises(NotExact):
        sisim.expected(scenario)
