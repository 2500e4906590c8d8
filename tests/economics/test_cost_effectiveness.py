"""Cost per unit: dominance in words, frontiers as textbooks draw them."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

import numpy as np
import pytest
from helpers.any_counts import counts
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sisim.economics.appraisal import appraise
from sisim.economics.cost_effectiveness import (
    NOTHING,
    Effectiveness,
    OutcomeMeasured,
    effectiveness,
    frontier,
)
from sisim.economics.ledger import ORE, ledger
from sisim.results import Results
from sisim.scenario.types import Text

MEASURE = OutcomeMeasured("placed", Text(sv="placerade", en="placed"), "stock", "low")
POINTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8)


def one(cost: float, effect: float) -> Effectiveness:
    gained = np.array([[0.0, effect]] * 3)
    return Effectiveness(MEASURE, ("without", "with"), np.array([[0.0, cost]] * 3), gained, gained)


@pytest.mark.parametrize(
    ("cost", "effect", "verdict", "ratio"),
    [
        (-10.0, 2.0, "dominant", None),
        (0.0, 2.0, "dominant", None),
        (10.0, -2.0, "dominated", None),
        (10.0, 0.0, "dominated", None),
        (10.0, 2.0, "costs_more", 5.0),
        (-10.0, -2.0, "saves_but_worse", 5.0),
        (0.0, 0.0, "no_difference", None),
    ],
)
def test_dominance_is_said_and_not_divided(
    cost: float, effect: float, verdict: str, ratio: float | None
) -> None:
    found = one(cost, effect)
    assert found.verdict("with") == verdict
    assert isnan(found.ratio("with")) if ratio is None else found.ratio("with") == ratio


@pytest.mark.parametrize(
    ("costs", "verdict", "agreeing"),
    [
        ([-10.0, -10.0, -10.0, -10.0], "dominant", 1.0),
        ([-50.0, -10.0, 10.0, 10.0], "dominant", 0.5),
        ([50.0, 10.0, 10.0, -10.0], "costs_more", 0.75),
    ],
)
def test_a_verdict_comes_with_the_share_of_the_runs_in_which_it_holds(
    costs: list[float], verdict: str, agreeing: float
) -> None:
    both = np.array([[0.0, cost] for cost in costs])
    gained = np.array([[0.0, 2.0]] * len(costs))
    found = Effectiveness(MEASURE, ("without", "with"), both, gained, gained)
    assert found.verdict("with") == verdict
    assert found.agreeing("with") == agreeing
    assert found.agreeing("without") == 1.0


def test_a_frontier_with_both_kinds_of_dominance() -> None:
    """Worked by hand: the third is dominated by the second, the fourth by the second and fifth."""
    places = frontier([0, 10_000, 12_000, 26_000, 30_000], [1.0, 2.0, 1.8, 2.5, 4.0])
    assert [place.standing for place in places] == [
        "frontier",
        "frontier",
        "dominated",
        "extendedly_dominated",
        "frontier",
    ]
    assert places[1].icer == pytest.approx(10_000)
    assert places[4].icer == pytest.approx(10_000)
    assert isnan(places[0].icer)
    assert isnan(places[3].icer)


@given(POINTS)
def test_along_a_frontier_each_unit_costs_more_than_the_last(points: list[tuple[int, int]]) -> None:
    costs, effects = zip(*points, strict=True)
    places = frontier(costs, effects)
    on = sorted(
        (c, e, p.icer) for (c, e), p in zip(points, places, strict=True) if p.standing == "frontier"
    )
    icers = [icer for *_, icer in on[1:]]
    assert isnan(on[0][2])
    assert all(a <= b + 1e-9 for a, b in pairwise(icers))
    # Nobody is cheaper and better than who stands on it.
    assert all(not (c <= on_c and e > on_e) for on_c, on_e, _ in on for c, e in points)


def test_the_outcomes_of_a_scenario_are_compared_in_their_own_units() -> None:
    outcomes = {
        "placed": {"label": "Placed", "group": "placed"},
        "homecomings": {
            "label": "Homecomings",
            "transition": "comes_home",
            "count": "events",
            "good": "high",
        },
    }
    economy = {"discount_costs": 0.0, "discount_effects": 0.0}
    book = ledger(counts(2, outcomes=outcomes, economy=economy))
    placed, homecomings, good = effectiveness(book)
    table = Results(book.result).outcomes().query("year >= 2026")
    sums = table.groupby(["outcome", "arm"])["value"].sum() / 2  # two replications
    assert placed.effect[:, 1].mean() == pytest.approx(
        sums["placed", "without"] - sums["placed", "ends"]
    )
    assert homecomings.effect[:, 1].mean() == pytest.approx(
        sums["homecomings", "ends"] - sums["homecomings", "without"]
    )
    assert good.measure.kind == "weight"
    assert placed.cost[:, 2] == pytest.approx(-appraise(book, "goes_on").amounts["net"])
    assert list(placed.table()["arm"]) == ["without", "ends", "goes_on", "new_way"]


@given(
    cost=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    effect=st.floats(0.5, 10),
    noise=st.floats(0, 3),
)
def test_a_ratio_is_carried_only_where_neither_sign_is_chance(
    cost: list[float], effect: float, noise: float
) -> None:
    """By the intervals of Student's t; one run carries nothing."""
    runs = len(cost)
    gained = effect + noise * np.linspace(-1, 1, runs)
    columns = [np.column_stack([np.zeros(runs), part]) for part in (np.array(cost), gained)]
    found = Effectiveness(MEASURE, ("without", "with"), columns[0], columns[1], columns[1])
    assert found.carried("with") == all(
        runs > 1 and not low <= 0 <= high
        for low, high in (t_interval(np.array(cost)), t_interval(gained))
    )


def t_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of a mean."""
    if len(values) < 2:
        return -np.inf, np.inf
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return values.mean() - half, values.mean() + half


def test_shares_are_of_the_replications_and_without_has_no_verdict() -> None:
    cost = np.array([[0.0, -1], [0, 2], [0, 3], [0, 0]])
    effect = np.array([[0.0, 1], [0, 1], [0, -1], [0, 0]])
    found = Effectiveness(MEASURE, ("without", "with"), cost, effect, effect)
    assert found.shares("with") == (0.5, 0.5)
    assert found.table()["verdict"].tolist() == ["", "costs_more"]


@pytest.mark.parametrize(
    ("cost", "effect", "verdict"),
    [
        (ORE, NOTHING, "no_difference"),
        (ORE, 2 * NOTHING, "dominant"),
        (2 * ORE, NOTHING, "dominated"),
        (2 * ORE, 2 * NOTHING, "costs_more"),
        (-2 * ORE, -NOTHING, "dominant"),
        (-ORE, -2 * NOTHING, "dominated"),
        (-2 * ORE, -2 * NOTHING, "saves_but_worse"),
    ],
)
def test_less_than_an_ore_is_no_cost_and_next_to_nothing_is_no_effect(
    cost: float, effect: float, verdict: str
) -> None:
    costs, gained = np.array([[0.0, cost]]), np.array([[0.0, effect]])
    assert Effectiveness(MEASURE, ("without", "with"), costs, gained, gained).verdict("with") == (
        verdict
    )
