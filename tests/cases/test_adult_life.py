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
