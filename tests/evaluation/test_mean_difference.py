"""Two groups side by side, against published examples, SciPy and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from sisim.evaluation.mean_difference import (
    adjusted_difference,
    difference_in_means,
    rate_ratio,
    weighted_difference,
)

# Student (1908): hours of sleep gained by ten patients with either of two drugs.
SLEEP = (
    (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
)


def two_groups(comparison: list[float], treated: list[float]) -> pd.DataFrame:
    n = len(comparison) + len(treated)
    return pd.DataFrame(
        {
            "area": "north",
            "treated": np.arange(n) >= len(comparison),
            "outcome": [*comparison, *treated],
        }
    )


def counts(a: int, m: int, b: int, n: int) -> pd.DataFrame:
    """Return a of m with an event in the comparison, and b of n among the treated."""
    return two_groups([1.0] * a + [0.0] * (m - a), [1.0] * b + [0.0] * (n - b))


def selected(seed: int, n: int = 300) -> pd.DataFrame:
    """Return people of whom the older and the needy are treated more often."""
    rng = np.random.default_rng(seed)
    age, need = rng.normal(20, 3, n), rng.random(n) < 0.4
    treated = rng.random(n) < 1 / (1 + np.exp(-(age - 20) / 3 - need))
    rate = np.exp(-1 + 0.05 * (age - 20) + 0.5 * need - 0.3 * treated)
    return pd.DataFrame(
        {
            "area": np.array(["a", "b", "c", "d", "e", "f"])[np.arange(n) % 6],
            "treated": treated,
            "outcome": rng.poisson(rate).astype(float),
            "age": age,
            "need": np.where(need, "high", "low"),
        }
    )


def regressors(people: pd.DataFrame) -> np.ndarray:
    return np.column_stack(
        [people["treated"], np.ones(len(people)), people["age"], people["need"] == "low"]
    ).astype(float)


class TestPlain:
    """The difference in means."""

    def test_students_sleepers_are_as_printed(self) -> None:
        """R prints t = -1.8608, df = 17.776, p = 0.07939 and -3.3654832 to 0.2054832."""
        found = difference_in_means(two_groups(list(SLEEP[0]), list(SLEEP[1])))
        assert found.value / found.error == pytest.approx(-1.8608, abs=5e-5)
        assert found.p == pytest.approx(0.07939, abs=5e-6)
        assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)

    def test_it_is_welchs_test(self) -> None:
        people = selected(1)
        y, t = people["outcome"], people["treated"]
        found, known = difference_in_means(people), stats.ttest_ind(y[~t], y[t], equal_var=False)
        interval = known.confidence_interval()
        assert (found.p, found.low, found.high) == pytest.approx((known.pvalue, *interval))
        assert (found.n_treated, found.n_comparison) == (t.sum(), (~t).sum())

    def test_a_trial_with_three_thousand_and_some_has_the_interval_of_its_shares(self) -> None:
        """By hand: √(.3·.7/200 + .2·.8/200) = .0430."""
        found = difference_in_means(counts(60, 200, 40, 200))
        assert found.value == pytest.approx(0.1)
        assert found.error == pytest.approx((0.21 / 199 + 0.16 / 199) ** 0.5)

    def test_the_lady_who_tastes_tea_is_tested_exactly(self) -> None:
        """Fisher (1935): three of four right gives p = 34/70, two-sided."""
        found = difference_in_means(counts(3, 4, 1, 4))
        assert found.p == pytest.approx(34 / 70)
        assert found.low < 0 < found.high

    def test_rare_events_have_newcombes_interval(self) -> None:
        """Newcombe (1998), table II: 9/10 - 3/10 and 10/10 - 0/10 with method 10."""
        found = difference_in_means(counts(9, 10, 3, 10))
        assert (found.low, found.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)
        found = difference_in_means(counts(10, 10, 0, 10))
        assert (found.low, found.high) == pytest.approx((0.6075, 1.0), abs=5e-5)

    def test_nobody_with_an_event_is_no_certainty(self) -> None:
        found = difference_in_means(counts(0, 20, 0, 20))
        assert found.failed is None
        assert (found.value, found.p) == (0, 1)
        assert found.low == -found.high < -0.1
        assert found.error > 0

    def test_rare_counts_are_tested_as_poisson_rates(self) -> None:
        """Two against none, in groups of one size: half of the coin tosses are as lopsided."""
        found = difference_in_means(two_groups([2.0] + [0.0] * 9, [0.0] * 10))
        assert found.p == pytest.approx(0.5)

    def test_events_that_are_not_rare_are_tested_as_means(self) -> None:
        found = difference_in_means(counts(60, 200, 40, 200))
        assert found.p == pytest.approx(2 * stats.t.sf(0.1 / found.error, 390), rel=1e-2)

    def test_exact_tests_and_intervals_keep_their_promise(self) -> None:
        """Of 1,000 trials without an effect, no more than one in twenty finds one."""
        rng = np.random.default_rng(4)
        people = counts(0, 30, 0, 30)
        found = [
            difference_in_means(people.assign(outcome=(rng.random(60) < 0.1).astype(float)))
            for _ in range(400)
        ]
        assert np.mean([one.p < 0.05 for one in found]) < 0.05
        assert np.mean([one.low <= 0 <= one.high for one in found]) > 0.93

    def test_errors_by_cluster_are_those_of_statsmodels(self) -> None:
        people = selected(2)
        x = regressors(people)[:, :2]
        groups = pd.factorize(people["area"])[0]
        known = sm.OLS(people["outcome"].to_numpy(), x).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
        found = difference_in_means(people, clustered=True)
        assert (found.value, found.error) == pytest.approx((-known.params[0], known.bse[0]))
        assert found.clusters == 6
        named = people.assign(cluster=people["area"], area="one")
        assert difference_in_means(named, clustered=True) == found


class TestAdjusted:
    """The difference adjusted by regression."""

    def test_it_is_that_of_statsmodels(self) -> None:
        people = selected(3)
        known = sm.OLS(people["outcome"].to_numpy(), regressors(people)).fit(
            cov_type="HC1", use_t=True
        )
        found = adjusted_difference(people, adjust=["age", "need"])
        assert (found.value, found.error) == pytest.approx((-known.params[0], known.bse[0]))
        assert found.p == pytest.approx(known.pvalues[0])
        assert (-found.high, -found.low) == pytest.approx(tuple(known.conf_int()[0]))

    def test_rounds_of_a_lottery_are_compared_each_by_itself(self) -> None:
        """Chances and outcomes rise from round to round; people within one have the same."""
        rng = np.random.default_rng(9)
        turn = np.arange(600) % 6
        treated = rng.random(600) < 0.2 + 0.1 * turn
        outcome = turn - 0.5 * treated + rng.normal(size=600)
        people = pd.DataFrame(
            {"area": "a", "treated": treated, "outcome": outcome, "round": turn, "age": outcome}
        )
        assert difference_in_means(people).value < 0
        found = adjusted_difference(people, within=["round"])
        assert found.value == pytest.approx(0.5, abs=3 * found.error)
        assert np.isnan(found.baseline_gap_sd), "rounds are no background"
        x = np.column_stack([treated, turn[:, None] == np.arange(6)]).astype(float)
        known = sm.OLS(outcome, x).fit(cov_type="HC1")
        assert (found.value, found.error) == pytest.approx((-known.params[0], known.bse[0]))

    def test_a_background_that_is_not_known_loses_a_person(self) -> None:
        people = selected(3)
        people.loc[people.index[:10], "age"] = np.nan
        found = adjusted_difference(people, adjust=["age"])
        assert found.lost_treated + found.lost_comparison == 10

    def test_what_is_infinite_is_not_known(self) -> None:
        people = selected(3)
        people.loc[people.index[:10], "age"] = np.inf
        people.loc[people.index[5:20], "outcome"] = np.inf
        found = adjusted_difference(people, adjust=["age"])
        assert found.lost_treated + found.lost_comparison == 20
        assert np.isfinite(found.error)

    def test_the_unit_of_the_background_does_not_matter(self) -> None:
        people = selected(3)
        other = people.assign(age=people["age"] * 1e12 + 1e13)
        a, b = (adjusted_difference(some, adjust=["age"]) for some in (people, other))
        assert (a.value, a.error) == pytest.approx((b.value, b.error))

    def test_the_groups_gap_at_the_start_is_told_in_standard_deviations(self) -> None:
        people = selected(4)
        treated, other = (people[people["treated"] == one]["age"] for one in (True, False))
        within = ((treated.var(ddof=0) + other.var(ddof=0)) / 2) ** 0.5
        found = adjusted_difference(people, adjust=["age"])
        assert found.baseline_gap_sd == pytest.approx((treated.mean() - other.mean()) / within)
        assert np.isnan(difference_in_means(people).baseline_gap_sd)


class TestWeighted:
    """The comparison weighted to be like the treated."""

    def test_of_two_kinds_of_people_it_is_standardisation_by_hand(self) -> None:
        """The comparison's means by need, in the treated people's proportions."""
        people = selected(5)
        found = weighted_difference(people, adjust=["need"])
        treated, other = people[people["treated"]], people[~people["treated"]]
        means = other.groupby("need")["outcome"].mean()
        by_hand = treated["need"].map(means).mean() - treated["outcome"].mean()
        assert found.value == pytest.approx(by_hand, abs=1e-6)

    def test_what_selects_is_made_up_for(self) -> None:
        """Of 150 studies without an effect: plain finds one, weighted none; errors are honest."""
        rng = np.random.default_rng(6)
        said, plain = [], []
        for seed in range(150):
            people = selected(seed)
            mean = 0.2 * (people["age"] - 20) + (people["need"] == "high")
            people = people.assign(outcome=mean + rng.normal(size=len(people)))
            said.append(weighted_difference(people, adjust=["age", "need"]))
            plain.append(difference_in_means(people).value)
        values = np.array([one.value for one in said])
        assert np.mean(plain) < -0.5
        assert abs(values.mean()) < 4 * values.std() / 150**0.5 + 0.02
        assert np.mean([one.error for one in said]) == pytest.approx(values.std(), rel=0.25)

    def test_groups_that_are_nowhere_alike_get_a_reason(self) -> None:
        people = two_groups([0.0, 1, 0, 1], [1.0, 0, 1, 1]).assign(age=[1, 2, 3, 4, 6, 7, 8, 9])
        found = weighted_difference(people, adjust=["age"])
        assert found.failed is not None
        assert "none are alike" in found.failed.in_language("en")


class TestRateRatio:
    """What a ratio of rates avoids."""

    def test_alone_it_is_the_difference_in_means(self) -> None:
        people = selected(7)
        a, b = rate_ratio(people), difference_in_means(people)
        assert a.value == pytest.approx(b.value)
        assert a.error == pytest.approx(b.error, rel=0.01)

    def test_adjusted_it_is_that_of_statsmodels(self) -> None:
        """By the delta method, numerically: what the treated would have less what they have."""
        people = selected(8)
        x, t = regressors(people), people["treated"].to_numpy()
        known = sm.GLM(people["outcome"].to_numpy(), x, family=sm.families.Poisson()).fit(
            cov_type="HC1"
        )
        without = x[t] * [0, 1, 1, 1]

        def avoided(coefficients: np.ndarray) -> float:
            return float((np.exp(without @ coefficients) - np.exp(x[t] @ coefficients)).mean())

        steps = 1e-6 * np.eye(4)
        slope = [(avoided(known.params + s) - avoided(known.params - s)) / 2e-6 for s in steps]
        error = (slope @ known.cov_params() @ slope) ** 0.5
        found = rate_ratio(people, adjust=["age", "need"])
        assert found.value == pytest.approx(avoided(known.params), rel=1e-6)
        assert found.error == pytest.approx(error, rel=0.01)

    def test_a_group_without_outcomes_gets_a_reason(self) -> None:
        found = rate_ratio(counts(3, 20, 0, 20))
        assert found.failed is not None
        assert np.isnan(found.value)
