"""Areas weighed together, in a known world and against a general optimiser."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from sisim.evaluation.synthetic_control import synthetic_control, weigh

YEARS = range(2020, 2028)


def areas(seed: int, others: int = 4, effect: float = 0.3) -> pd.DataFrame:
    """Return areas of which the treated one is 0.3 of the first and 0.7 of the second."""
    rng = np.random.default_rng(seed)
    means = rng.uniform(1, 3, (len(YEARS), others))
    own = means[:, :2] @ [0.3, 0.7]
    rows = []
    for n, year in enumerate(YEARS):
        post = year >= 2026
        cells = {"own": own[n] - effect * post} | {f"b{k}": m for k, m in enumerate(means[n])}
        rows += [
            {"area": area, "year": year, "post": post, "outcome": mean + sign}
            for area, mean in cells.items()
            for sign in (-0.5, 0.5)
        ]
    people = pd.DataFrame(rows)
    return people.assign(treated=people["post"] & (people["area"] == "own"))


class TestAKnownWorld:
    """The treated area is a mixture of two others."""

    def test_the_mixture_is_found(self) -> None:
        rng = np.random.default_rng(1)
        others = rng.uniform(0.2, 0.5, (6, 4))
        found = weigh(others[:, :2] @ [0.3, 0.7], others)
        assert found == pytest.approx([0.3, 0.7, 0, 0], abs=1e-6)

    @pytest.mark.parametrize("seed", range(5))
    def test_the_effect_is_exact(self, seed: int) -> None:
        found = synthetic_control(areas(seed))
        assert found.value == pytest.approx(0.3, abs=1e-6)
        assert found.clusters == 5


class TestWeights:
    """At least 0, in sum 1, and the nearest there are."""

    @given(st.integers(0, 1000))
    def test_no_optimiser_finds_nearer_ones(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        years, n = int(rng.integers(1, 8)), int(rng.integers(2, 6))
        own, others = rng.random(years), rng.random((years, n))
        found = weigh(own, others)
        assert found.min() >= 0
        assert found.sum() == pytest.approx(1)
        known = minimize(
            lambda w: float(((own - others @ w) ** 2).sum()),
            np.full(n, 1 / n),
            method="SLSQP",
            bounds=[(0, 1)] * n,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-14},
        )
        assert ((own - others @ found) ** 2).sum() <= known.fun + 1e-6

    def test_of_equally_good_ones_the_even_are_taken(self) -> None:
        others = np.array([[1.0, 1.0, 3.0, 3.0]])
        assert weigh(np.array([2.0]), others) == pytest.approx([0.25] * 4, abs=1e-4)

    def test_the_unit_of_outcomes_does_not_matter(self) -> None:
        rng = np.random.default_rng(3)
        own, others = rng.random(4), rng.random((4, 3))
        assert weigh(1e6 * own, 1e6 * others) == pytest.approx(weigh(own, others), abs=1e-6)


class TestSyntheticControl:
    """The estimate and its error by placebos."""

    def test_the_error_is_how_much_placebos_differ(self) -> None:
        people = areas(2)
        found = synthetic_control(people)
        gaps = []
        for area in ("b0", "b1", "b2", "b3"):
            rest = people[people["area"] != "own"]
            placebo = rest.assign(treated=rest["post"] & (rest["area"] == area))
            gaps.append(synthetic_control(placebo).value)
        assert found.error == pytest.approx(np.std(gaps, ddof=1))

    def test_several_treated_areas_are_one(self) -> None:
        people = areas(3, others=6)
        both = people.assign(area=people["area"].replace({"b5": "second"}))
        both = both.assign(treated=both["post"] & both["area"].isin(["own", "second"]))
        one = both.assign(area=both["area"].replace({"second": "own"}))
        a, b = synthetic_control(both), synthetic_control(one)
        assert (a.value, a.error) == pytest.approx((b.value, b.error))

    def test_fewer_than_three_others_get_a_reason(self) -> None:
        failed = synthetic_control(areas(4, others=2)).failed
        assert failed is not None
        assert "three other areas" in failed.in_language("en")

    def test_an_area_without_people_in_a_year_gets_a_reason(self) -> None:
        people = areas(5)
        gap = people[~((people["area"] == "b1") & (people["year"] == 2022))]
        assert synthetic_control(gap).failed is not None
