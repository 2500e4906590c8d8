"""Before and after, against published studies, another library and calculations by hand."""

from __future__ import annotations

import diff_diff
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from helpers import ev1
from scipy import stats

from sisim.evaluation.difference_in_differences import before_after, difference_in_differences
from sisim.evaluation.mean_difference import difference_in_means

# Card & Krueger (1994), "Minimum Wages and Employment", table 3: full-time-equivalent employment
# per store, its standard error, and stores, in Pennsylvania and New Jersey; the wage rose in the
# latter. Then changes of stores seen twice, and what the table gives for the difference.
STORES = {
    ("pa", False): (23.33, 1.35, 77),
    ("nj", False): (20.44, 0.51, 321),
    ("pa", True): (21.17, 0.94, 77),
    ("nj", True): (21.03, 0.52, 319),
}
CHANGES = {"pa": (-2.16, 1.25, 75), "nj": (0.59, 0.54, 309)}


def of_moments(mean: float, error: float, n: int) -> np.ndarray:
    """Return n outcomes with a mean and a standard error of it."""
    x = np.linspace(-1, 1, n)
    return mean + (x - x.mean()) / x.std(ddof=1) * error * n**0.5


def panel(seed: int, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = np.array(["north", "south", "east", "west"])[rng.integers(0, 4, n)]
    post = rng.random(n) < 0.5
    treated = (area == "north") & post
    age = rng.normal(20, 3, n)
    outcome = rng.poisson(np.where(area == "north", 2, 1) + 0.5 * post - 0.7 * treated)
    return pd.DataFrame(
        {"area": area, "post": post, "treated": treated, "age": age, "outcome": outcome * 1.0}
    )


class TestDifferenceInDifferences:
    """Treated areas against others, after against before."""

    def test_the_minimum_wage_did_what_card_and_krueger_print(self) -> None:
        rows = [
            pd.DataFrame({"area": area, "post": post, "outcome": of_moments(*cell)})
            for (area, post), cell in STORES.items()
        ]
        stores = pd.concat(rows, ignore_index=True)
        stores["treated"] = (stores["area"] == "nj") & stores["post"]
        found = difference_in_differences(stores)
        # The table has 2.76: of means that are not rounded. Effects are avoided: a rise is below 0.
        assert -found.value == pytest.approx(2.76, abs=0.02)
        by_hand = sum(error**2 for _, error, _ in STORES.values()) ** 0.5
        assert found.error == pytest.approx(by_hand)
        assert (found.n_treated, found.n_comparison) == (640, 154)

    def test_their_standard_error_is_that_of_changes_of_the_same_stores(self) -> None:
        rows = [
            pd.DataFrame({"area": area, "treated": area == "nj", "outcome": of_moments(*cell)})
            for area, cell in CHANGES.items()
        ]
        found = difference_in_means(pd.concat(rows, ignore_index=True))
        assert -found.value == pytest.approx(2.76, abs=0.02)
        assert found.error == pytest.approx(1.36, abs=0.005)

    def test_it_is_that_of_diff_diff(self) -> None:
        people = panel(1)
        data = people.assign(there=(people["area"] == "north") * 1, later=people["post"] * 1)
        for adjust in ([], ["age"]):
            known = diff_diff.DifferenceInDifferences(vcov_type="hc1").fit(
                data, outcome="outcome", treatment="there", post="later", covariates=adjust or None
            )
            found = difference_in_differences(people, adjust=adjust)
            assert found.value == pytest.approx(-known.att)
            # Without columns each cell has a variance of its own, which HC1 has but for n.
            assert found.error == pytest.approx(known.se, rel=1e-9 if adjust else 0.01)

    def test_errors_by_cluster_are_those_of_statsmodels(self) -> None:
        people = panel(2)
        there = people["area"] == "north"
        x = np.column_stack([people["treated"], there, people["post"], np.ones(len(people))]) * 1.0
        known = sm.OLS(people["outcome"].to_numpy(), x).fit(
            cov_type="cluster", cov_kwds={"groups": pd.factorize(people["area"])[0]}
        )
        found = difference_in_differences(people, clustered=True)
        assert (found.value, found.error) == pytest.approx((-known.params[0], known.bse[0]))

    def test_who_is_treated_may_be_marked_before_too(self) -> None:
        people = panel(3)
        marked = people.assign(treated=people["area"] == "north")
        assert difference_in_differences(marked) == difference_in_differences(people)

    def test_of_events_the_ratio_is_that_of_cumulative_hazards(self) -> None:
        """Its published value in the known world is 0.085977, against a truth of 0.086846."""
        size = 50_000
        rows = [
            (area, year, treated, size, risk)
            for area, year, treated, _, risk in ev1.cells()["difference"]
        ]
        people, _ = ev1.table(rows)
        exactly = [np.arange(size) < round(size * risk) for *_, size, risk in rows]
        people["outcome"] = np.concatenate(exactly).astype(float)
        found = difference_in_differences(people, scale="multiplicative")
        assert found.value == pytest.approx(0.085977, abs=2e-5)
        additive = difference_in_differences(people)
        assert additive.value == pytest.approx(0.092072, abs=2e-5)

    def test_its_error_is_how_much_it_varies(self) -> None:
        people, risks = ev1.table(ev1.cells()["difference"])
        rng = np.random.default_rng(3)
        found = [
            difference_in_differences(ev1.placed(rng, people, risks), scale="multiplicative")
            for _ in range(300)
        ]
        values = np.array([one.value for one in found])
        errors = np.mean([one.error for one in found])
        assert errors == pytest.approx(values.std(ddof=1), rel=4 / 600**0.5)
        assert abs(values.mean() - 0.085977) < 4 * values.std() / 300**0.5 + 0.003

    def test_of_amounts_the_ratio_is_that_of_means(self) -> None:
        cells = {("n", True): 3.0, ("n", False): 8.0, ("s", True): 5.0, ("s", False): 10.0}
        rows = [
            {"area": area, "post": post, "treated": area == "n" and post, "outcome": mean + e}
            for (area, post), mean in cells.items()
            for e in (-1, 1)
        ]
        found = difference_in_differences(pd.DataFrame(rows), scale="multiplicative")
        assert found.value == pytest.approx(8 * 5 / 10 - 3)
        # Each mean has the variance 1; 4 is moved by its logarithm's three parts.
        error = (1 + 16 * (1 / 64 + 1 / 25 + 1 / 100)) ** 0.5
        assert found.error == pytest.approx(error)

    def test_a_cell_without_outcomes_has_no_ratio(self) -> None:
        people = panel(4)
        none = people.assign(outcome=np.where(people["treated"], 0, people["outcome"]))
        found = difference_in_differences(none, scale="multiplicative")
        assert found.failed is not None
        assert difference_in_differences(none).failed is None

    def test_a_ratio_is_not_adjusted(self) -> None:
        with pytest.raises(ValueError, match="neither adjusted nor clustered"):
            difference_in_differences(panel(1), scale="multiplicative", adjust=["age"])


class TestBeforeAfter:
    """The same people."""

    def test_students_sleepers_are_as_printed(self) -> None:
        """R prints a paired t = -4.0621, df = 9, p = 0.002833 and -2.4598858 to -0.7001142."""
        before = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        after = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        people = pd.DataFrame({"area": "a", "treated": True, "before": before, "outcome": after})
        found = before_after(people)
        assert found.value / found.error == pytest.approx(-4.0621, abs=5e-5)
        assert found.p == pytest.approx(0.002833, abs=5e-7)
        assert (found.low, found.high) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)

    def test_few_changes_of_events_are_tested_exactly(self) -> None:
        """McNemar: six cease and one begins, 2 x (1 + 7) / 128."""
        before, after = [1.0] * 6 + [0.0] + [1.0] * 9, [0.0] * 6 + [1.0] * 10
        people = pd.DataFrame({"area": "a", "treated": True, "before": before, "outcome": after})
        assert before_after(people).p == pytest.approx(0.125)

    def test_people_who_are_not_treated_say_nothing(self) -> None:
        rng = np.random.default_rng(1)
        people = pd.DataFrame(
            {"area": "a", "treated": np.arange(40) < 20, "before": rng.random(40), "outcome": 0.3}
        )
        found = before_after(people)
        assert found == before_after(people.head(20))
        assert (found.n_treated, found.n_comparison) == (20, 0)

    @pytest.mark.parametrize(("effect", "says"), [(0.0, -0.2422), (0.12, -0.3332)])
    def test_a_bad_year_passes_by_itself(self, effect: float, says: float) -> None:
        """Occasions a year are Poisson about a gamma (shape 0.8, mean 1.6); four or more are risk.

        Published: 14.77 % are, with 5.8533 occasions, and have 24.22 % fewer with nothing done.
        """
        k = np.arange(4, 200)
        chance = stats.nbinom.pmf(k, 0.8, 0.8 / (0.8 + 1.6))
        assert chance.sum() == pytest.approx(0.1477, abs=5e-5)
        assert chance @ k / chance.sum() == pytest.approx(5.8533, abs=5e-5)
        rng = np.random.default_rng(5)
        own = rng.gamma(0.8, 2.0, 400_000)
        before, after = rng.poisson(own), rng.poisson(own * (1 - effect))
        risk = before > 3
        people = pd.DataFrame(
            {
                "area": "a",
                "treated": True,
                "before": before[risk] * 1.0,
                "outcome": after[risk] * 1.0,
            }
        ).assign(area="a", treated=True)
        found = before_after(people)
        share = -found.value / people["before"].mean()
        assert share == pytest.approx(says, abs=4 * found.error / people["before"].mean())
