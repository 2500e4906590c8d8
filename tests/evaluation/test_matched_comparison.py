"""Matched comparison, in a known world where need decides who is treated, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers import ev1

from sisim.evaluation.matched_comparison import matched_difference
from sisim.evaluation.mean_difference import difference_in_means

NEEDS = {"high": (0.4, 0.7, 0.0), "low": (0.6, 0.366667, 1.0)}
"""Of each need: its share, how often it is chosen, and what `ev1.risk` takes for it."""


def by_need() -> pd.DataFrame:
    """Return everyone in North with the risk of their like as outcome, in exact proportions.

    The register sees need rightly four times in five.
    """
    rows = []
    for need, (share, chosen, low) in NEEDS.items():
        for treated in (True, False):
            ratio = ev1.RATIO if treated else 1.0
            risk = np.mean([ev1.risk(y, ev1.NORTH, ratio, low) for y in ev1.AFTER])
            for right in (True, False):
                seen = need if right else "low" if need == "high" else "high"
                part = share * (chosen if treated else 1 - chosen) * (0.8 if right else 0.2)
                row = {"area": "north", "treated": treated, "need": need, "seen": seen}
                # A little apart, as outcomes that do not differ tell nothing of luck.
                n = round(1000 * part)
                rows += [row | {"outcome": risk + 1e-9 * k} for k in range(n)]
    return pd.DataFrame(rows)


class TestAKnownWorld:
    """Half are chosen, those with high need more often."""

    def test_a_raw_comparison_makes_it_look_harmful(self) -> None:
        assert difference_in_means(by_need()).value == pytest.approx(-0.004980, abs=2e-6)

    def test_matched_on_the_register_a_quarter_is_found(self) -> None:
        found = matched_difference(by_need(), match_on=["seen"])
        assert found.value == pytest.approx(0.024434, abs=2e-6)

    def test_matched_on_true_need_all_is_found(self) -> None:
        found = matched_difference(by_need(), match_on=["need"])
        assert found.value == pytest.approx(0.096107, abs=2e-6)


def few(outcomes: list[float], treated: list[bool], **columns: list[float | str]) -> pd.DataFrame:
    return pd.DataFrame({"area": "a", "treated": treated, "outcome": outcomes, **columns})


class TestMatching:
    """Who is compared with whom, and how sure it is."""

    def test_within_strata_it_is_the_stratified_comparison(self) -> None:
        """Means and variances within strata, in the proportions of the treated."""
        rng = np.random.default_rng(1)
        people = few(
            list(rng.normal(size=200)),
            list(rng.random(200) < 0.4),
            need=list(rng.choice(["a", "b", "c"], 200)),
        )
        value = error = 0.0
        n = people["treated"].sum()
        for _, some in people.groupby("need"):
            mine, theirs = (some[some["treated"] == one]["outcome"] for one in (True, False))
            share = len(mine) / n
            value += share * (theirs.mean() - mine.mean())
            error += share**2 * (mine.var() / len(mine) + theirs.var() / len(theirs))
        found = matched_difference(people, match_on=["need"])
        assert found.value == pytest.approx(value)
        assert found.error == pytest.approx(error**0.5, rel=0.03)

    def test_the_nearest_is_taken(self) -> None:
        people = few(
            [1, 2, 10, 20, 30], [True, True, False, False, False], age=[20, 31, 21, 30, 50]
        )
        found = matched_difference(people, match_on=["age"])
        assert found.value == pytest.approx((10 - 1 + 20 - 2) / 2)
        assert (found.n_treated, found.n_comparison) == (2, 2)

    def test_more_than_one_may_be_taken(self) -> None:
        people = few(
            [1, 2, 10, 20, 30], [True, True, False, False, False], age=[20, 31, 21, 30, 50]
        )
        found = matched_difference(people, match_on=["age"], ratio=2)
        assert found.value == pytest.approx((15 - 1 + 15 - 2) / 2)

    def test_all_who_are_equally_near_are_taken(self) -> None:
        people = few(
            [1, 2, 10, 20, 90], [True, True, False, False, False], age=[20, 20, 19, 21, 50]
        )
        assert matched_difference(people, match_on=["age"]).value == pytest.approx(15 - 1.5)

    def test_beyond_the_caliper_nobody_is_like(self) -> None:
        ages = [20.0, 31.0, 80.0, 21.0, 30.0, 50.0]
        people = few([1, 2, 3, 10, 20, 30], [True] * 3 + [False] * 3, age=list(ages))
        found = matched_difference(people, match_on=["age"], caliper=2 / float(np.std(ages)))
        assert found.value == pytest.approx((10 - 1 + 20 - 2) / 2)
        assert (found.n_treated, found.n_comparison) == (2, 2)
        none = matched_difference(people, match_on=["age"], caliper=0.0001)
        assert none.failed is not None

    def test_a_category_is_never_matched_with_another(self) -> None:
        people = few(
            [1, 2, 10, 20, 30, 40],
            [True, True, False, False, False, False],
            age=[20, 30, 20, 30, 25, 45],
            need=["a", "b", "b", "a", "a", "b"],
        )
        found = matched_difference(people, match_on=["age", "need"])
        assert found.value == pytest.approx((30 - 1 + 10 - 2) / 2)

    def test_the_error_is_that_of_abadie_and_imbens_by_hand(self) -> None:
        """Theorem 7 with one match: gains about their mean, and those who serve twice or more."""
        people = few(
            [1, 2, 4, 10, 20, 26],
            [True, True, True, False, False, False],
            age=[20, 22, 41, 21, 40, 43],
        )
        # 21 serves both 20 and 22; 40 serves 41. Nearest among themselves: 21-40, 40-43, 43-40.
        gains = np.array([9.0, 8.0, 16.0])
        variance = (10 - 20) ** 2 / 2
        spread = ((gains - gains.mean()) ** 2).sum() * 3 / 2
        by_hand = (spread + (2**2 - 2) * variance) ** 0.5 / 3
        assert matched_difference(people, match_on=["age"]).error == pytest.approx(by_hand)

    def test_its_error_is_how_much_it_varies(self) -> None:
        found = []
        for seed in range(200):
            rng = np.random.default_rng(seed)
            age = rng.normal(size=150)
            treated = rng.random(150) < 1 / (1 + np.exp(1 - age))
            outcome = age + rng.normal(size=150)
            people = few(list(outcome), list(treated), age=list(age))
            found.append(matched_difference(people, match_on=["age"], ratio=2))
        values = np.array([one.value for one in found])
        errors = np.mean([one.error for one in found])
        assert errors == pytest.approx(values.std(ddof=1), rel=0.2)

    def test_thousands_are_matched_some_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rng = np.random.default_rng(2)
        treated, age = rng.random(120) < 0.4, rng.normal(size=120)
        people = few(list(rng.normal(size=120)), list(treated), age=list(age))
        whole = matched_difference(people, match_on=["age"], ratio=2)
        monkeypatch.setattr("sisim.evaluation.matched_comparison.AT_A_TIME", 7)
        parts = matched_difference(people, match_on=["age"], ratio=2)
        assert (parts.value, parts.error) == pytest.approx((whole.value, whole.error))
