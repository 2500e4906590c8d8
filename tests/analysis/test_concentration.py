"""Lorenz, Gini and the top's share are those of the textbook, whatever the amounts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.concentration import gini, lorenz, top_share

AMOUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=60).filter(any)


@given(AMOUNTS)
def test_the_curve_rises_from_nothing_to_all_and_never_over_the_diagonal(
    amounts: list[int],
) -> None:
    at = np.linspace(0, 1, 21)
    curve = lorenz(amounts, at)
    assert curve[0] == 0
    assert curve[-1] == 1
    assert (np.diff(curve) >= -1e-12).all()
    assert (np.diff(curve, 2) >= -1e-9).all()
    assert (curve <= at + 1e-12).all()


@given(AMOUNTS)
def test_the_gini_coefficient_is_the_mean_difference_over_twice_the_mean(
    amounts: list[int],
) -> None:
    x = np.array(amounts, float)
    expected = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    np.testing.assert_allclose(gini(amounts), expected, atol=1e-12)


@given(AMOUNTS, st.integers(2, 50))
def test_the_unit_does_not_matter(amounts: list[int], unit: int) -> None:
    scaled = [unit * one for one in amounts]
    np.testing.assert_allclose(gini(scaled), gini(amounts), atol=1e-12)
    np.testing.assert_allclose(top_share(scaled, 0.2), top_share(amounts, 0.2), atol=1e-12)


def test_a_fifth_of_the_people_can_have_three_quarters() -> None:
    assert round(top_share([1] * 8 + [12] * 2, 0.2), 9) == 0.75


def test_where_nobody_costs_anything_there_is_no_share() -> None:
    assert np.isnan(gini([0, 0]))
    assert np.isnan(top_share([0, 0], 0.2))
    assert np.isnan(gini([]))
