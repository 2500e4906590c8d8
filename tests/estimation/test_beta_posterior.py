"""Beta posteriors of a probability: ranges become priors, and priors with data posteriors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sisim.estimation.beta_posterior import JEFFREYS_BETA, Beta, beta_of_range


@given(st.floats(1e-4, 0.95), st.floats(0.01, 0.99))
def test_a_range_becomes_the_distribution_with_that_range(low: float, part: float) -> None:
    high = low + part * (0.999 - low)
    found = beta_of_range(low, high)
    assert stats.beta.cdf([low, high], *found) == pytest.approx([0.05, 0.95], abs=1e-6)


def test_moves_of_those_who_could_are_binomial() -> None:
    """Of 20 with 5: Jeffreys' interval of 95 % is 0.102 to 0.464."""
    found = JEFFREYS_BETA.updated(5, 20)
    assert found.mean == pytest.approx(5.5 / 21)
    assert found.interval((0.025, 0.975)) == pytest.approx((0.102, 0.464), abs=1e-3)


@given(st.floats(0.1, 500), st.floats(0.1, 500), st.floats(0, 1))
def test_what_is_less_sure_has_the_same_mean_and_more_variance(
    alpha: float, beta: float, more: float
) -> None:
    before, after = Beta(alpha, beta), Beta(alpha, beta).less_sure(more)
    assert after.mean == pytest.approx(before.mean)
    assert sum(after) <= sum(before) * (1 + 1e-9) or sum(after) == 0.5
