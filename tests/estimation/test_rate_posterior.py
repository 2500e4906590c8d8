"""Posteriors of rates: published numbers, and a range that is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.estimation.rate_posterior import JEFFREYS, gamma_of_range

WEEKS = 365.25 / 7
WIDE = (0.025, 0.975)


@pytest.mark.parametrize(
    ("arrests", "person_weeks", "mean", "low", "high"),
    [(50, 5074, 0.519318, 0.386061, 0.672026)],
)
def test_the_rate_of_rossi_s_arrests_is_the_published_one(
    arrests: int, person_weeks: int, mean: float, low: float, high: float
) -> None:
    """Rossi, Berk & Lenihan (1980): men without aid who did not work the week before."""
    found = JEFFREYS.updated(arrests, person_weeks / WEEKS)
    assert found.mean == pytest.approx(mean, abs=1e-6)
    assert found.interval(WIDE) == pytest.approx((low, high), abs=1e-6)


def test_no_event_is_never_a_rate_of_nothing() -> None:
    found = JEFFREYS.updated(0, 120)
    assert found.mean == pytest.approx(0.004167, abs=1e-6)
    assert found.interval(WIDE)[1] == pytest.approx(0.020933, abs=1e-6)


@given(st.floats(1e-4, 10), st.floats(1.01, 1000))
def test_a_range_is_that_of_the_distribution_that_is_made_of_it(low: float, times: float) -> None:
    assert gamma_of_range(low, low * times).interval() == pytest.approx(
        (low, low * times), rel=1e-6
    )


@given(st.floats(0.1, 0.9), st.floats(1.1, 5), st.integers(0, 500), st.floats(1, 500))
def test_data_draw_the_ratio_towards_theirs_and_never_past_it(
    low: float, high: float, events: int, expected: float
) -> None:
    prior = gamma_of_range(low, high)
    after, own = prior.updated(events, expected).mean, events / expected
    assert min(prior.mean, own) - 1e-9 <= after <= max(prior.mean, own) + 1e-9
    # More data of the same kind draw it further.
    further = prior.updated(10 * events, 10 * expected).mean
    assert abs(further - own) <= abs(after - own) + 1e-9
