"""All designs in a world whose answers are known, and what holds of every one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from helpers import ev1
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.evaluation.diagnosands import decide, diagnose
from sisim.evaluation.estimate import Estimate
from sisim.evaluation.estimators import MARYLAND, estimate, maryland
from sisim.i18n import LANGUAGES
from sisim.scenario.evaluation import Design

# Of each design: its key, the published mean of its estimate, the published deviation, and how
# often it stops a good investment and carries on with one that does nothing (both simulated).
KNOWN: dict[str, tuple[Design, float, float, float, float]] = {
    "lottery": ("lottery", 0.086846, 0.069001, 0.350, 0.199),
    "one year": ("earlier_cohorts", 0.132504, 0.071561, 0.172, 0.400),
    "three years": ("earlier_cohorts", 0.156785, 0.049615, 0.031, 0.544),
    "other area": ("other_areas", 0.040424, 0.047925, 0.692, 0.013),
    "difference": ("difference", 0.092072, 0.070436, 0.347, 0.207),
    "trend": ("trend", 0.083620, 0.143834, 0.441, 0.326),
}
POWER = {
    "lottery": 0.248,
    "one year": 0.457,
    "three years": 0.884,
    "other area": 0.138,
    "difference": 0.258,
    "trend": 0.092,
}
COVERAGE = {
    "lottery": 0.946,
    "one year": 0.902,
    "three years": 0.709,
    "other area": 0.837,
    "difference": 0.948,
    "trend": 0.948,
}
BY_SIGNIFICANCE = {
    "lottery": 0.753,
    "one year": 0.543,
    "three years": 0.116,
    "other area": 0.865,
    "difference": 0.743,
    "trend": 0.914,
}
CARRIES_BY_SIGNIFICANCE = {
    "lottery": 0.026,
    "one year": 0.091,
    "three years": 0.271,
    "other area": 0.002,
    "difference": 0.031,
    "trend": 0.026,
}
PAID = {
    "lottery": (0.585, 0.157),
    "one year": (0.801, 0.359),
    "three years": (0.956, 0.484),
    "other area": (0.255, 0.009),
    "difference": (0.612, 0.176),
    "trend": (0.532, 0.301),
}
"""How often a contract that pays from an effect of .072032 is paid, with the effect and without."""
EXAGGERATES = {
    "lottery": 2.02,
    "one year": 2.25,
    "three years": 1.93,
    "other area": 1.35,
    "difference": 2.08,
    "trend": 3.99,
}
DRAWS = 300


@cache
def studied(design: str, ratio: float) -> pd.DataFrame:
    """Return what a design says in many municipalities, as draws."""
    people, risks = ev1.table(ev1.cells(ratio)[design])
    rng = np.random.default_rng([DRAWS, round(100 * ratio), sorted(KNOWN).index(design)])
    said = [estimate(ev1.placed(rng, people, risks), KNOWN[design][0]).row() for _ in range(DRAWS)]
    true = ev1.truth(ratio)
    table = pd.DataFrame(said).assign(design=design, world=str(ratio))
    table = table.assign(truth_all=true, truth_studied=true, net_if_carried_on=ev1.net(true))
    return table.assign(decided=decide(table, "estimate", threshold=ev1.THRESHOLD))


@cache
def known(design: str, ratio: float = ev1.RATIO) -> pd.Series:
    return diagnose(studied(design, ratio)).iloc[0]


def near(found: pd.Series, name: str, expected: float, more: float = 0.0) -> bool:
    """Return whether a diagnosand is within four Monte Carlo errors, and some more."""
    return bool(abs(found[name] - expected) <= 4 * found[f"{name}_mcse"] + more)


class TestAKnownWorld:
    """Six designs in the world of `helpers.ev1`."""

    def test_its_risks_are_those_published(self) -> None:
        assert ev1.risk(2023, ev1.NORTH) == pytest.approx(0.45459297632345885, abs=1e-12)
        assert ev1.risk(2028, ev1.NORTH, 0.7) == pytest.approx(0.25508355558033363, abs=1e-12)
        assert ev1.risk(2026, ev1.SOUTH) == pytest.approx(0.3341649390231594, abs=1e-12)
        assert ev1.truth() == pytest.approx(0.08684582916604988, abs=1e-12)

    @pytest.mark.parametrize("design", KNOWN)
    def test_the_mean_and_the_bias_of_a_design_are_those_published(self, design: str) -> None:
        _, mean, deviation, _, _ = KNOWN[design]
        assert ev1.exact(design) == pytest.approx((mean, deviation), abs=1e-6)
        found = known(design)
        assert near(found, "mean", mean)
        assert near(found, "bias", mean - ev1.truth())
        assert near(found, "sd", deviation)
        assert near(found, "mean_error", deviation, 0.01 * deviation)

    @pytest.mark.parametrize("design", KNOWN)
    def test_power_coverage_and_exaggeration_are_those_published(self, design: str) -> None:
        found = known(design)
        assert near(found, "power", POWER[design], 0.01)
        assert near(found, "coverage", COVERAGE[design], 0.01)
        assert near(found, "exaggeration", EXAGGERATES[design], 0.02)

    @pytest.mark.parametrize("design", KNOWN)
    def test_wrong_decisions_are_as_frequent_as_published(self, design: str) -> None:
        _, _, _, stops, carries = KNOWN[design]
        # At a threshold on the counts' grid, few draws weigh much.
        assert near(known(design), "stops_good", stops, 0.01)
        assert near(known(design, 1.0), "carries_on_bad", carries, 0.01)
        assert np.isnan(known(design)["carries_on_bad"])
        strict = studied(design, ev1.RATIO)
        strict = strict.assign(decided=decide(strict, "significant"))
        assert near(diagnose(strict).iloc[0], "stops_good", BY_SIGNIFICANCE[design], 0.01)

        idle = studied(design, 1.0)
        idle = idle.assign(decided=decide(idle, "significant"))
        often = CARRIES_BY_SIGNIFICANCE[design]
        assert near(diagnose(idle).iloc[0], "carries_on_bad", often, 0.015)

    @pytest.mark.parametrize("design", KNOWN)
    def test_a_contract_is_paid_as_often_as_published(self, design: str) -> None:
        """Twenty per cent fewer, where the truth is 24 or nothing: counterfactual risk."""
        for ratio, often in zip((ev1.RATIO, 1.0), PAID[design], strict=True):
            paid = decide(studied(design, ratio), "estimate", threshold=0.072032)
            error = (often * (1 - often) / DRAWS) ** 0.5
            # Published of normal estimates; counts come in steps.
            assert paid.mean() == pytest.approx(often, abs=4 * error + 0.015)

    def test_where_nothing_is_done_a_lottery_finds_nothing(self) -> None:
        found = known("lottery", 1.0)
        assert near(found, "bias", 0)
        assert near(found, "coverage", 0.95)
        assert np.isnan(found["exaggeration"])
        assert np.isnan(found["wrong_sign"])


def world(rng: np.random.Generator, n: int = 160) -> pd.DataFrame:
    """Return people that every design can be tried on, treated by lot in four of eight areas."""
    area, year = np.arange(n) % 8, 2023 + np.arange(n) // 8 % 6
    people = pd.DataFrame(
        {
            "person": np.arange(n),
            "area": np.array([f"a{k}" for k in range(8)])[area],
            "year": year,
            "index": year + rng.integers(0, 12, n) / 12,
            "post": year >= 2026,
            "outcome": rng.poisson(1.0 + 0.1 * area).astype(float),
            "before": rng.poisson(1.5, n).astype(float),
            "age": rng.integers(18, 26, n).astype(float),
            "need": rng.choice(["low", "high"], n),
            "score": rng.normal(size=n).round(3),
        }
    )
    return people.assign(treated=rng.random(n) < 0.5)


def by_area(people: pd.DataFrame) -> pd.DataFrame:
    """Return the same people where two areas are treated from 2026."""
    return people.assign(treated=people["area"].isin(["a0", "a1"]) & people["post"])


def as_it_is(people: pd.DataFrame) -> pd.DataFrame:
    return people


Prepared = tuple[Callable[[pd.DataFrame], pd.DataFrame], dict[str, Any]]

WAYS: dict[str, Prepared] = {
    "lottery plain": (as_it_is, {}),
    "lottery adjusted": (as_it_is, {"estimator": "adjusted", "adjust": ["age", "need"]}),
    "lottery weighted": (as_it_is, {"estimator": "weighted", "adjust": ["age", "need"]}),
    "lottery rate": (as_it_is, {"estimator": "rate_ratio", "adjust": ["age"]}),
    "lottery clustered": (as_it_is, {"clustered": True}),
    "difference": (by_area, {}),
    "difference adjusted": (by_area, {"adjust": ["age", "need"]}),
    "difference multiplicative": (by_area, {"scale": "multiplicative"}),
    "trend": (by_area, {}),
    "trend level": (by_area, {"shape": "level", "against": ["a2", "a3"]}),
    "matched": (as_it_is, {"match_on": ["need"]}),
    "matched nearly": (as_it_is, {"match_on": ["age", "need"], "ratio": 2, "caliper": 0.6}),
    "discontinuity": (lambda some: some.assign(treated=some["score"] >= 0), {}),
    "discontinuity given": (
        lambda some: some.assign(treated=some["score"] >= 0),
        {"bandwidth": 1.0},
    ),
    "stepped": (by_area, {}),
    "synthetic": (by_area, {}),
    "before_after": (as_it_is, {}),
}


def again(way: str, people: pd.DataFrame) -> Estimate:
    design: Any = way.split()[0]
    return estimate(people, design, **WAYS[way][1])


def numbers(one: Estimate) -> list[float]:
    return [one.value, one.error, one.low, one.high, one.p]


seeds = st.integers(0, 10_000)


@pytest.mark.parametrize("way", WAYS)
class TestEveryDesign:
    """What holds of every one."""

    @given(seed=seeds)
    @settings(max_examples=3)
    def test_the_order_of_people_and_their_labels_change_nothing(self, way: str, seed: int) -> None:
        rng = np.random.default_rng(seed)
        people = WAYS[way][0](world(rng))
        renamed = people.iloc[rng.permutation(len(people))].reset_index(drop=True)
        renamed["person"] = [f"p{k}" for k in range(len(people))]
        renamed["area"] = renamed["area"].map(lambda one: {"a0": "z"}.get(one, one))
        renamed["need"] = renamed["need"].map({"low": "z", "high": "b"})
        assert numbers(again(way, renamed)) == pytest.approx(
            numbers(again(way, people)), rel=1e-4, abs=1e-7, nan_ok=True
        )

    @given(seed=seeds)
    @settings(max_examples=3)
    def test_a_constant_on_all_outcomes_changes_no_difference(self, way: str, seed: int) -> None:
        people = WAYS[way][0](world(np.random.default_rng(seed)))
        more = people.assign(outcome=people["outcome"] + 7, before=people["before"] + 7)
        a, b = again(way, people), again(way, more)
        if way in ("lottery rate", "difference multiplicative"):
            assert a.value != pytest.approx(b.value, rel=1e-9), "a ratio is not a difference"
        else:
            assert (a.value, a.error) == pytest.approx((b.value, b.error), rel=1e-6, abs=1e-7)

    @given(seed=seeds)
    @settings(max_examples=3)
    def test_it_is_measured_in_the_unit_of_the_outcome(self, way: str, seed: int) -> None:
        people = WAYS[way][0](world(np.random.default_rng(seed)))
        scaled = people.assign(outcome=people["outcome"] * 1000, before=people["before"] * 1000)
        a, b = again(way, people), again(way, scaled)
        assert (1000 * a.value, 1000 * a.error) == pytest.approx(
            (b.value, b.error), rel=1e-4, abs=1e-3
        )

    def test_who_is_lost_is_counted_and_does_not_count(self, way: str) -> None:
        people = WAYS[way][0](world(np.random.default_rng(3)))
        gone = people["person"] % 5 == 0
        lost = people.assign(outcome=people["outcome"].where(~gone))
        a, b = again(way, lost), again(way, people[~gone])
        assert numbers(a) == pytest.approx(numbers(b))
        assert (a.n_treated, a.n_comparison) == (b.n_treated, b.n_comparison)
        assert a.lost_treated > 0
        assert (b.lost_treated, b.lost_comparison) == (0, 0)

    @pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 8])
    def test_few_people_get_a_reason_and_no_error(self, way: str, n: int) -> None:
        for seed in range(4):
            people = WAYS[way][0](world(np.random.default_rng(seed)).head(n))
            one = again(way, people)
            if one.failed is not None:
                assert np.isnan(numbers(one)).all()
                assert all(one.failed.in_language(lang) for lang in LANGUAGES)
            else:
                assert np.isfinite(one.value)
                assert one.error > 0
                assert one.low <= one.value <= one.high
                assert 0 <= one.p <= 1

    def test_outcomes_that_are_all_lost_get_a_reason(self, way: str) -> None:
        people = WAYS[way][0](world(np.random.default_rng(1))).assign(outcome=np.nan)
        one = again(way, people)
        assert one.failed is not None
        assert np.isnan(numbers(one)).all()

    def test_a_stricter_alpha_widens_the_interval_and_leaves_the_rest(self, way: str) -> None:
        people = WAYS[way][0](world(np.random.default_rng(5)))
        design: Any = way.split()[0]
        a = estimate(people, design, **WAYS[way][1], alpha=0.05)
        b = estimate(people, design, **WAYS[way][1], alpha=0.01)
        assert b.low < a.low < a.high < b.high
        assert (a.value, a.error, a.p) == (b.value, b.error, b.p)
        # The p-value and the interval say the same.
        assert (a.p < 0.05) == (not a.low <= 0 <= a.high)


SWAPPED = [
    "lottery plain",
    "lottery adjusted",
    "lottery clustered",
    "discontinuity",
    "discontinuity given",
]


@pytest.mark.parametrize("way", SWAPPED)
def test_to_swap_the_groups_turns_the_sign(way: str) -> None:
    people = WAYS[way][0](world(np.random.default_rng(2)))
    a, b = again(way, people), again(way, people.assign(treated=~people["treated"]))
    assert (a.value, a.error) == pytest.approx((-b.value, b.error))
    assert (a.n_treated, a.n_comparison) == (b.n_comparison, b.n_treated)


UNBIASED = [way for way in WAYS if way != "before_after"]


@pytest.mark.parametrize("way", UNBIASED)
def test_where_nothing_is_done_nothing_is_found_on_average(way: str) -> None:
    """Outcomes have a mean by area that is the same in all years and for all treated alike."""
    prepare = WAYS[way][0]
    found = []
    for seed in range(60):
        people = prepare(world(np.random.default_rng([7, seed])))
        rng = np.random.default_rng([8, seed])
        found.append(again(way, people.assign(outcome=rng.poisson(1.0, len(people)).astype(float))))
    values = np.array([one.value for one in found])
    assert abs(values.mean()) < 4 * values.std(ddof=1) / len(values) ** 0.5 + 0.01


class TestDesigns:
    """The designs as a set."""

    def test_each_has_a_level_but_the_one_that_measures_nothing(self) -> None:
        assert set(MARYLAND) == set(get_args(Design))
        assert [key for key, level in MARYLAND.items() if level is None] == ["process"]
        assert maryland("stepped", drawn=False) == maryland("trend", against=["south"]) == 3

    def test_a_process_evaluation_has_no_number_and_says_why(self) -> None:
        one = estimate(world(np.random.default_rng(1)), "process")
        assert np.isnan(numbers(one)).all()
        assert one.failed is not None
        assert one.failed.in_language("sv") == "det finns inget att jämföra med"

    def test_what_does_not_exist_is_refused(self) -> None:
        people = world(np.random.default_rng(1))
        with pytest.raises(ValueError, match="guess"):
            estimate(people, "guess")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="of its own"):
            estimate(people, "trend", estimator="adjusted")
        with pytest.raises(KeyError):
            estimate(people, "matched", match_on=["shoe size"])
