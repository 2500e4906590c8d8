"""The inflow to a group adds up month by month, and is what the run has counted."""

from __future__ import annotations

import numpy as np
import pytest

import sisim
from sisim.analysis.comparison import compare
from sisim.analysis.inflow import Inflow, inflow
from sisim.analysis.variants import Variants
from sisim.economics.valuation import Valuation

CASE, ARM = "placed", "new_way"


@pytest.fixture(scope="module")
def results() -> Valuation:
    scenario = sisim.load("placed-youth", {"population.residents": 4000, "time.years": 8})
    return Variants(scenario, (1,)).valuation({})


@pytest.fixture(scope="module")
def found(results: Valuation) -> Inflow:
    return inflow(results.counts, CASE, ARM)


def test_who_is_there_is_who_was_and_came_and_did_not_leave(found: Inflow) -> None:
    assert (found.left >= 0).all()
    moved_in = np.diff(found.there) - (found.came - found.left)[:, 1:]
    assert (moved_in >= 0).all()
    assert moved_in.sum() < found.came.sum() / 10
    assert (found.helped <= found.there).all()
    assert not found.helped[0].any()
    assert found.helped[1].any()


def test_a_year_of_it_is_the_inflow_of_the_figures(results: Valuation, found: Inflow) -> None:
    side = compare(results)
    for came, curve in zip(found.came, (side.without, side.new_way), strict=True):
        assert came.reshape(-1, 12).sum(axis=1) == pytest.approx(curve.entries.mean)
    assert (found.labels[0], found.labels[-1]) == ("2021-01", "2033-12")


def test_the_arms_are_one_until_they_part(found: Inflow) -> None:
    assert found.labels[found.apart] >= "2026-01"
    for counts in (found.came, found.left, found.there):
        assert (counts[0, : found.apart] == counts[1, : found.apart]).all()
    assert (found.there[0] != found.there[1]).any()
    assert (found.came[0] != found.came[1]).any()


def test_nothing_is_apart_where_nothing_is_done() -> None:
    none = {"investments.team.reach": 0.0, "population.residents": 1000, "time.years": 4}
    results = Variants(sisim.load("placed-youth", none), (1,)).valuation({})
    assert inflow(results.counts, CASE, "project").apart == 0
