"""A threshold on a score, in a known world and against rdrobust."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from rdrobust import rdrobust
from scipy import stats

from sisim.evaluation.discontinuity import discontinuity, optimal_bandwidth


def risk(z: np.ndarray) -> np.ndarray:
    """Return the chance of an event: rate 0.45 exp(z / 2), x 0.7 from the threshold at 0 on."""
    return 1 - np.exp(-0.45 * np.exp(0.5 * z) * np.where(z >= 0, 0.7, 1.0))


def people(z: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"area": "a", "score": z, "treated": z >= 0, "outcome": outcome})


def drawn(seed: int, n: int = 360) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return people(z, (rng.random(n) < risk(z)).astype(float))


class TestAKnownWorld:
    """Its effect at the threshold is 0.092161; on all treated it is 0.111322."""

    def test_the_limit_is_the_effect_at_the_threshold(self) -> None:
        z = stats.norm.ppf((np.arange(40_000) + 0.5) / 40_000)
        found = discontinuity(people(z, risk(z)), bandwidth=1.0)
        assert found.value == pytest.approx(0.092160, abs=5e-6)
        treated = z[z >= 0]
        without = 1 - np.exp(-0.45 * np.exp(0.5 * treated))
        assert (without - risk(treated)).mean() == pytest.approx(0.111322, abs=5e-5)

    def test_with_360_people_it_says_little(self) -> None:
        """Published: a standard deviation of .123 and a power of .12."""
        found = [discontinuity(drawn(seed), bandwidth=1.0) for seed in range(400)]
        values = np.array([one.value for one in found])
        assert abs(values.mean() - 0.09216) < 4 * values.std() / 20
        assert values.std(ddof=1) == pytest.approx(0.123, rel=4 / 800**0.5)
        assert np.mean([one.error for one in found]) == pytest.approx(0.123, rel=0.05)
        assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.12, abs=0.07)


class TestDiscontinuity:
    """Local linear regression."""

    @pytest.mark.parametrize("seed", range(3))
    def test_it_is_that_of_rdrobust(self, seed: int) -> None:
        some = drawn(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = rdrobust(some["outcome"], some["score"], h=0.9, b=0.9, vce="hc0")
        found = discontinuity(some, bandwidth=0.9)
        assert found.value == pytest.approx(-known.coef.iloc[0, 0])
        # HC1 for both lines at once: n / (n - 4) more.
        used = (some["score"].abs() < 0.9).sum()
        assert found.error == pytest.approx(known.se.iloc[0, 0] * (used / (used - 4)) ** 0.5)
        assert found.n_treated + found.n_comparison == used

    def test_the_treated_side_may_be_the_lower_one(self) -> None:
        some = drawn(1)
        turned = some.assign(score=-some["score"])
        a, b = discontinuity(some, bandwidth=0.8), discontinuity(turned, bandwidth=0.8)
        assert (a.value, a.error) == pytest.approx((b.value, b.error))

    def test_a_threshold_elsewhere_is_the_same(self) -> None:
        some = drawn(1)
        a = discontinuity(some, bandwidth=0.8)
        moved = some.assign(score=some["score"] + 5)
        b = discontinuity(moved, bandwidth=0.8, cutoff=5.0)
        assert (a.value, a.error) == pytest.approx((b.value, b.error))

    def test_those_far_away_do_not_count(self) -> None:
        some = drawn(2)
        far = some["score"].abs() > 0.7
        changed = some.assign(outcome=some["outcome"].where(~far, 99.0))
        a, b = discontinuity(some, bandwidth=0.7), discontinuity(changed, bandwidth=0.7)
        assert (a.value, a.error) == (b.value, b.error)

    def test_nobody_on_one_side_gets_a_reason(self) -> None:
        some = drawn(3)
        assert discontinuity(some, cutoff=9.0).failed is not None
        assert discontinuity(some, bandwidth=1e-6).failed is not None
        assert discontinuity(some.assign(treated=True)).failed is not None


class TestBandwidth:
    """The rule of Imbens & Kalyanaraman."""

    def test_it_is_measured_in_the_scores_unit_and_not_in_the_outcomes(self) -> None:
        some = drawn(4)
        x, y = some["score"].to_numpy(), some["outcome"].to_numpy()
        h = optimal_bandwidth(x, y)
        assert optimal_bandwidth(10 * x, y) == pytest.approx(10 * h)
        assert optimal_bandwidth(x, 10 * y + 3) == pytest.approx(h)
        assert optimal_bandwidth(-x, y) == pytest.approx(h)

    def test_a_bend_at_the_threshold_makes_it_narrow_and_luck_makes_it_wide(self) -> None:
        rng = np.random.default_rng(5)
        x = rng.uniform(-1, 1, 2000)
        bent = np.where(x >= 0, 1 + 20 * x**2, -20 * x**2)
        sharp = optimal_bandwidth(x, bent + 0.1 * rng.normal(size=2000))
        noisy = optimal_bandwidth(x, bent + 5.0 * rng.normal(size=2000))
        assert 0.02 < sharp < noisy / 2

    def test_it_is_the_rule_where_all_is_known(self) -> None:
        """Uniform score, density 1/2, variances s² and second derivatives ±40.

        h = 3.4375 (2 s² / (1/2 · 80²))^(1/5) n^(-1/5).
        """
        rng = np.random.default_rng(6)
        n = 40_000
        x = rng.uniform(-1, 1, n)
        y = np.where(x >= 0, 20 * x**2, -20 * x**2) + rng.normal(size=n)
        known = 3.4375 * (2 * 1.0 / (0.5 * 80**2)) ** 0.2 * n**-0.2
        assert optimal_bandwidth(x, y) == pytest.approx(known, rel=0.1)
