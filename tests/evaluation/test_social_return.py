"""The social return: filters read from the simulation, held to worlds worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from helpers.ev1 import EACH_YEAR, exact, risk, truth
from helpers.followed import EV1
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sisim
from sisim.evaluation.social_return import (
    FILTERS,
    SocialReturns,
    ValueCounts,
    attribution,
    deadweight,
    drop_off,
    duration,
    read_from,
    shared_by,
    sharing,
    social_return,
)
from sisim.i18n import in_language
from sisim.report.analysis.social_return_report import sentences
from sisim.scenario.digest import digest, without_money

WORTH, COST = 450_000, 27_777.78
SROI: dict[str, Any] = {
    "horizon": 1,
    "years_before": 3,
    "values": {"well": {"outcome": "again", "per_unit": WORTH, "stakeholder": "The young"}},
}
SMALL = {"population.residents": 1200, "sroi": SROI}


@pytest.fixture(scope="module")
def found() -> SocialReturns:
    return social_return(sisim.load(EV1, SMALL), "project", replications=4)


def by_hand(before: float, without: float, with_: float) -> ValueCounts:
    """Return what is counted of one participant who is followed for a year."""
    one, none = np.ones(1), np.zeros(1)
    subsets = {frozenset(): np.array([without]), frozenset({"team"}): np.array([with_])}
    years = np.array([[without]]), np.array([[with_]])
    gain = np.array([without - with_])
    return ValueCounts(WORTH, one, before * one, one, *years, subsets, gain, none)


def test_the_world_worked_out_by_hand_has_its_deadweight_and_ratios(found) -> None:  # type: ignore[no-untyped-def]
    with_ = float(np.mean([risk(year, 1.2, 0.7) for year in (2026, 2027, 2028)]))
    counts = by_hand(with_ + exact("three years")[0], with_ + truth(), with_)
    one = replace(
        found,
        seeds=(1,),
        values={"well": counts},
        participants=np.array([EACH_YEAR]),
        cost=np.array([EACH_YEAR * COST]),
    )
    read = one.read["well"]
    assert read["gross"].value == pytest.approx(0.156785, abs=5e-7)
    assert read["effect"].value == pytest.approx(0.086846, abs=5e-7)
    assert read["deadweight"].value == pytest.approx(0.446082, abs=1e-5)
    ratios = [one.ratios[name].value for name in ("raw", "guessed", "simulated")]
    assert ratios == pytest.approx([2.53992, 1.90494, 1.40691], abs=1e-5)


def test_the_simulation_is_that_world_within_its_monte_carlo_error(found) -> None:  # type: ignore[no-untyped-def]
    read = found.read["well"]
    people, (gross, spread), effect = (
        found.values["well"].followed.sum(),
        exact("three years"),
        truth(),
    )
    # An effect only prevents: what each avoids is 0 or 1. A study of 180 has the exact spread.
    errors = {
        "gross": spread * (180 / people) ** 0.5,
        "effect": (effect * (1 - effect) / people) ** 0.5,
    }
    errors["deadweight"] = effect / gross * (errors["effect"] / effect + errors["gross"] / gross)
    for key, value in {"gross": gross, "effect": effect, "deadweight": 1 - effect / gross}.items():
        assert abs(read[key].value - value) < 4 * errors[key], key
        assert read[key].low < read[key].value < read[key].high
    assert found.cost_each == pytest.approx(COST)
    assert read["displacement"].value == 0
    assert read["attribution"].value == 0


def test_those_ill_often_are_ill_less_often_with_nothing_done() -> None:
    """Occasions are Poisson(θ), θ ~ Gamma(0.8, mean 1.6); of the risk group there were over three.

    With a true effect of -12 %, before-after sees nearly three times as much.
    """
    shape, mean = 0.8, 1.6
    many = np.arange(4, 400)
    chance = stats.nbinom.pmf(many, shape, shape / (shape + mean))
    before = float(many @ chance / chance.sum())
    again = (many + shape) * mean / (mean + shape)  # the posterior mean of θ for each
    without = float(again @ chance / chance.sum())
    read = read_from(by_hand(before, without, 0.88 * without).of([0]), "team")
    assert before == pytest.approx(5.8533, abs=5e-5)
    assert read["gross"] / before == pytest.approx(0.3332, abs=5e-5)
    assert read["deadweight"] == pytest.approx(0.72705, abs=1e-5)


def test_an_investment_that_does_nothing_has_no_effect_and_no_ratio() -> None:
    changes = {**SMALL, "investments.team.effects": []}
    none = social_return(sisim.load(EV1, changes), "project", replications=2)
    read = none.read["well"]
    assert read["gross"].value > 0
    assert [read[key].value for key in ("effect", "deadweight")] == [0.0, 1.0]
    assert none.ratios["simulated"] == (0.0, 0.0, 0.0)
    assert none.ratios["guessed"].value > 0
    assert not none.meaningless


def test_a_fall_less_than_the_effect_leaves_a_ratio_without_meaning(found) -> None:  # type: ignore[no-untyped-def]
    for before in (0.2, 0.35):  # it became worse; it fell by less than it would have risen
        counts = by_hand(before, 0.4, 0.3)
        one = replace(found, seeds=(1,), values={"well": counts})
        assert one.meaningless == ["well"]


def test_what_nobody_pays_is_no_part_of_the_ledger() -> None:
    plain, valued = (sisim.load(EV1, changes) for changes in ({}, {"sroi": SROI}))
    assert without_money(plain) == without_money(valued)
    assert digest(plain) != digest(valued)
    books = [sisim.run(one).ledger for one in (plain, valued)]
    np.testing.assert_array_equal(*(book.amounts for book in books))
    assert books[0].lines == books[1].lines


def test_an_idle_investment_in_the_arm_has_no_part_of_the_effect() -> None:
    idle = {**sisim.load(EV1).investments["team"].model_dump(by_alias=True), "effects": []}
    arm = {"label": "Both", "investments": {"team": "ends", "idle": "ends"}}
    changes = {
        "investments.idle": idle,
        "arms.project": arm,
        **{f"evaluations.{name}.investment": "team" for name in sisim.load(EV1).evaluations},
        "population.residents": 600,
    }

    def of(investment: str) -> SocialReturns:
        own = {**SROI, "investment": investment}
        return social_return(sisim.load(EV1, {**changes, "sroi": own}), "project", replications=1)

    team, other = of("team"), of("idle")
    assert team.sharing == "shapley"
    assert team.read["well"]["effect"].value > 0
    assert team.read["well"]["attribution"].value == 0
    assert other.read["well"]["attribution"].value == pytest.approx(1)
    assert other.ratios["simulated"].value == pytest.approx(0, abs=1e-12)


EFFECTS = st.floats(-10, 10).map(lambda x: round(x, 3))


@settings(max_examples=30)
@given(st.data(), st.integers(2, 4))
def test_shares_of_an_effect_add_up_to_all_of_it(data, n) -> None:  # type: ignore[no-untyped-def]
    names = "abcd"[:n]
    every = [frozenset(some) for k in range(n + 1) for some in combinations(names, k)]
    effects = {some: 0.0 if not some else data.draw(EFFECTS) for some in every}
    effects[frozenset(names)] = 1.0 + abs(effects[frozenset(names)])
    own = [1 - attribution(effects, name) for name in names]
    assert sum(own) == pytest.approx(1)
    assert set(shared_by(list(names), "a")) == {some for some in every if 0 < len(some) < n}


def test_of_more_than_four_what_is_lost_without_it_is_its_own() -> None:
    names = list("abcde")
    assert sharing(names) == "leave_one_out"
    (without,) = shared_by(names, "c")
    assert without == frozenset("abde")
    effects = {frozenset(): 0.0, without: 3.0, frozenset(names): 4.0}
    assert attribution(effects, "c") == 0.75


@settings(max_examples=30)
@given(st.floats(0.001, 100), st.floats(0, 1.2), st.integers(2, 12))
def test_an_exponential_is_found_again(first, keep, years) -> None:  # type: ignore[no-untyped-def]
    rate, fit = drop_off(first * keep ** np.arange(years))
    assert rate == pytest.approx(1 - keep, abs=1e-3)
    assert fit == pytest.approx(1, abs=1e-4)


def test_of_one_year_or_no_effect_no_drop_off_is_told() -> None:
    for effects in (np.array([0.2]), np.zeros(5)):
        assert np.isnan(drop_off(effects)).all()
    assert duration(np.zeros(3)) == 0
    assert np.isnan(deadweight(0.0, 0.0))


def test_jobs_that_would_have_been_others_are_displacement() -> None:
    def with_jobs_left(ratio: float) -> SocialReturns:
        changes = {"population.residents": 3000, "investments.trainee.effects.3.ratio": ratio}
        changes |= {"investments.trainee.effects.2.ratio": 3}
        return social_return(sisim.load("service-trainee", changes), "new_way", replications=3)

    nobody, some = with_jobs_left(1.0), with_jobs_left(0.98)
    assert not nobody.values["work"].others.any()
    assert "Others" not in " ".join(sentences(nobody))
    # Whoever has a lower chance of work, with the same luck, is never the sooner in it.
    assert (some.values["work"].others < 0).all()
    assert some.read["work"]["displacement"].low > 0
    with in_language("sv"):
        assert "Andra förlorar" in " ".join(sentences(some))


def test_what_is_left_is_what_the_filters_leave(found) -> None:  # type: ignore[no-untyped-def]
    """The steps as guessed, worked out from the table of filters."""
    guess = found.spec.guessed
    left = found.steps["guessed"][0]
    for key, amount in zip(FILTERS[:3], found.steps["guessed"][1:], strict=False):
        left *= 1 - getattr(guess, key).value
        assert amount == pytest.approx(left)
    table = found.tables["sroi"].set_index("filter")
    assert found.steps["simulated"][-1] == pytest.approx(WORTH * table.loc["effect", "simulated"])
