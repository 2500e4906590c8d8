"""Municipalities that evaluate together, in a known world and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from helpers import ev1
from scipy import stats

from sisim.evaluation.pooling import pool, pooled_designs

# Published, of a lottery: power, and how often a good investment is stopped, by municipalities.
KNOWN = {
    1: (0.242, 0.358),
    2: (0.429, 0.303),
    5: (0.804, 0.208),
    10: (0.978, 0.125),
    20: (1.000, 0.052),
}


def lotteries(ratio: float, n: int = 2000) -> pd.DataFrame:
    """Return what lotteries in n municipalities of the known world say, by normal estimates."""
    mean, deviation = ev1.exact("lottery", ratio)
    estimate = mean + deviation * np.random.default_rng(1).normal(size=n)
    true = ev1.truth(ratio)
    return pd.DataFrame(
        {
            "world": str(ratio),
            "design": "lottery",
            "estimate": estimate,
            "error": deviation,
            "low": estimate - 1.96 * deviation,
            "high": estimate + 1.96 * deviation,
            "p": 2 * stats.norm.sf(np.abs(estimate) / deviation),
            "n_treated": 90,
            "n_comparison": 90,
            "failed": "",
            "truth_all": true,
            "truth_studied": true,
            "net_if_carried_on": ev1.net(true),
        }
    )


class TestAKnownWorld:
    """Lotteries of 90 against 90."""

    def test_power_and_wrong_decisions_by_municipalities_are_those_published(self) -> None:
        found = pooled_designs(lotteries(0.7), threshold=ev1.THRESHOLD)
        found = found.set_index("municipalities")
        assert list(found.index) == list(KNOWN)
        for k, (power, stops) in KNOWN.items():
            row = found.loc[k]
            assert row["power"] == pytest.approx(power, abs=4 * row["power_mcse"] + 0.002)
            assert row["stops_good"] == pytest.approx(stops, abs=4 * row["stops_good_mcse"] + 0.002)
            assert row["sd"] == pytest.approx(0.069001 / k**0.5, abs=4 * row["sd_mcse"])
            assert row["coverage"] == pytest.approx(0.95, abs=4 * row["coverage_mcse"] + 0.002)

    def test_with_many_a_bad_one_is_no_longer_carried_on_with(self) -> None:
        found = pooled_designs(lotteries(1.0), threshold=ev1.THRESHOLD)
        carries = found.set_index("municipalities")["carries_on_bad"]
        assert carries.is_monotonic_decreasing
        assert carries[1] == pytest.approx(0.194, abs=0.036)
        assert carries[20] < 0.01

    def test_monte_carlo_errors_count_each_municipality_once(self) -> None:
        found = pooled_designs(lotteries(0.7), threshold=ev1.THRESHOLD)
        row = found.set_index("municipalities").loc[5]
        assert row["draws"] == 400
        by_hand = (row["power"] * (1 - row["power"]) / 400) ** 0.5
        assert row["power_mcse"] == pytest.approx(by_hand, rel=0.01)

    def test_those_that_failed_are_not_pooled(self) -> None:
        some = lotteries(0.7, 30)
        some.loc[:20, "estimate"] = np.nan
        found = pooled_designs(some, threshold=ev1.THRESHOLD)
        assert found["municipalities"].tolist() == [1, 2, 5]
        assert found["draws"].tolist() == [9, 4, 1]

    def test_municipalities_with_different_truths_are_not_pooled(self) -> None:
        varied = lotteries(0.7, 30).assign(world="prior")
        assert pooled_designs(varied, threshold=ev1.THRESHOLD).empty

    def test_the_same_seed_gives_the_same_table(self) -> None:
        some = lotteries(0.7, 60)
        a, b, c = (pooled_designs(some, threshold=0.06, seed=seed) for seed in (1, 1, 2))
        assert a.equals(b)
        assert not a.equals(c)


ESTIMATES = np.array([[0.1, 0.2, 0.6]])
ERRORS = np.array([[0.1, 0.2, 0.2]])
SIZES = np.array([[100.0, 100.0, 200.0]])


class TestPool:
    """Weighted means of municipalities."""

    def test_by_people_it_is_as_if_all_were_one_study(self) -> None:
        found = pool(ESTIMATES, ERRORS, SIZES).iloc[0]
        assert found["estimate"] == pytest.approx(0.25 * 0.1 + 0.25 * 0.2 + 0.5 * 0.6)
        error = (0.25**2 * 0.01 + 0.25**2 * 0.04 + 0.5**2 * 0.04) ** 0.5
        assert found["error"] == pytest.approx(error)
        assert found["p"] == pytest.approx(2 * stats.norm.sf(found["estimate"] / error))
        assert found["high"] - found["low"] == pytest.approx(2 * 1.959964 * error)

    def test_by_precision_it_is_the_fixed_effect_of_meta_analysis(self) -> None:
        found = pool(ESTIMATES, ERRORS, SIZES, weights="precision").iloc[0]
        assert found["estimate"] == pytest.approx((100 * 0.1 + 25 * 0.2 + 25 * 0.6) / 150)
        assert found["error"] == pytest.approx(150**-0.5)

    def test_from_clusters_it_is_how_municipalities_differ(self) -> None:
        even = np.full((1, 3), 50.0)
        found = pool(ESTIMATES, ERRORS, even, error="clusters").iloc[0]
        known = stats.ttest_1samp(ESTIMATES[0], 0)
        assert found["error"] == pytest.approx(ESTIMATES.std(ddof=1) / 3**0.5)
        assert found["p"] == pytest.approx(known.pvalue)
        interval = known.confidence_interval()
        assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))

    def test_one_municipality_does_not_tell_how_they_differ(self) -> None:
        found = pool(ESTIMATES[:, :1], ERRORS[:, :1], SIZES[:, :1], error="clusters").iloc[0]
        assert found["estimate"] == pytest.approx(0.1)
        assert np.isnan(found["p"])
