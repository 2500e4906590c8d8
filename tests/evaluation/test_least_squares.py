"""Least squares, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from sisim.evaluation.estimate import NotEstimable
from sisim.evaluation.least_squares import least_squares

RNG = np.random.default_rng(1)
N = 120
T = RNG.random(N) < 0.4
X = np.column_stack([T, np.ones(N), RNG.normal(size=(N, 2))]).astype(float)
Y = X @ [1.0, 2.0, 0.5, 0.0] + RNG.normal(size=N) * (1 + T)
GROUPS = RNG.integers(0, 12, N)


class TestLeastSquares:
    """The same numbers as an established library."""

    def test_robust_errors_are_those_of_statsmodels(self) -> None:
        ours, theirs = least_squares(X, Y, of=0), sm.OLS(Y, X).fit(cov_type="HC1")
        assert ours.coefficients == pytest.approx(theirs.params)
        assert ours.covariance == pytest.approx(theirs.cov_params())
        assert ours.freedom == theirs.df_resid

    def test_weighted_errors_are_those_of_statsmodels(self) -> None:
        weights = RNG.random(N) + 0.1
        ours = least_squares(X, Y, of=0, weights=weights)
        theirs = sm.WLS(Y, X, weights=weights).fit(cov_type="HC1")
        assert ours.coefficients == pytest.approx(theirs.params)
        assert ours.covariance == pytest.approx(theirs.cov_params())

    def test_clustered_errors_are_those_of_statsmodels(self) -> None:
        ours = least_squares(X, Y, of=0, clusters=GROUPS)
        theirs = sm.OLS(Y, X).fit(cov_type="cluster", cov_kwds={"groups": GROUPS})
        assert ours.covariance == pytest.approx(theirs.cov_params())
        assert ours.freedom == 11

    def test_means_of_people_who_are_alike_say_what_the_people_say(self) -> None:
        cells, where, size = np.unique(
            np.column_stack([T, GROUPS]), axis=0, return_inverse=True, return_counts=True
        )
        means = np.bincount(where.ravel(), Y) / size
        x = np.column_stack([cells[:, 0], np.ones(len(cells))]).astype(float)
        own = cells[:, 1].astype(np.int64)
        ours = least_squares(x, means, of=0, clusters=own, people=size.astype(float))
        people = least_squares(X[:, :2], Y, of=0, clusters=GROUPS)
        assert ours.coefficients == pytest.approx(people.coefficients)
        assert ours.covariance == pytest.approx(people.covariance)

    def test_columns_that_tell_each_other_are_let_be(self) -> None:
        twice = np.hstack([X, X[:, 2:3]])
        ours, once = least_squares(twice, Y, of=0), least_squares(X, Y, of=0)
        assert ours.coefficients[0] == pytest.approx(once.coefficients[0])
        assert ours.covariance[0, 0] == pytest.approx(once.covariance[0, 0])

    def test_a_treatment_that_follows_from_the_rest_is_refused(self) -> None:
        with pytest.raises(NotEstimable, match="follows from all the rest"):
            least_squares(np.hstack([X, X[:, :1]]), Y, of=0)

    def test_fewer_people_than_numbers_are_refused(self) -> None:
        with pytest.raises(NotEstimable, match="fewer people"):
            least_squares(X[:4], Y[:4], of=0)

    def test_a_single_cluster_is_refused(self) -> None:
        with pytest.raises(NotEstimable, match="single cluster"):
            least_squares(X, Y, of=0, clusters=np.zeros(N, np.int64))
