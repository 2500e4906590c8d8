"""Published answers, and the identities that discounting keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.any_counts import scenario
from hypothesis import given
from hypothesis import strategies as st

from sisim.economics.discounting import (
    counted,
    cycle_weights,
    discount_factors,
    present_value,
)

CYCLES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40)


def course(matrix: Any, cycles: int) -> Any:
    """Return the shares of a closed cohort at points 0...cycles, everyone starting in the first."""
    shares = np.zeros((cycles + 1, len(matrix)))
    shares[0, 0] = 1.0
    for cycle in range(cycles):
        shares[cycle + 1] = shares[cycle] @ np.asarray(matrix)
    return shares


def test_sick_sicker() -> None:
    """Krijkamp et al. 2018, appendix A: 31 points of weight 1, discounted by 1.03^-t."""
    rate = -np.log(1 - 0.005)
    from_s1, from_s2 = 1 - np.exp(-3 * rate), 1 - np.exp(-10 * rate)
    shares = course(
        [
            [1 - 0.15 - 0.005, 0.15, 0, 0.005],
            [0.5, 1 - 0.5 - 0.105 - from_s1, 0.105, from_s1],
            [0, 0, 1 - from_s2, from_s2],
            [0, 0, 0, 1],
        ],
        30,
    )

    def worth(*rewards: float) -> float:
        return float(present_value(counted(shares @ rewards, "point"), 0.03))

    assert worth(2000, 4000, 15000, 0) == pytest.approx(75976.149140, abs=1e-6)
    assert worth(2000, 16000, 27000, 0) == pytest.approx(141623.028188, abs=1e-6)
    assert worth(1, 0.75, 0.5, 0) == pytest.approx(15.838847815, abs=1e-9)
    assert worth(1, 0.95, 0.5, 0) == pytest.approx(16.400405589, abs=1e-9)


MONO = np.array(
    [[0.721, 0.202, 0.067, 0.010], [0, 0.581, 0.407, 0.012], [0, 0, 0.75, 0.25], [0, 0, 0, 1]]
)
COMBINED = MONO * 0.509
np.fill_diagonal(COMBINED, 0)
np.fill_diagonal(COMBINED, 1 - COMBINED.sum(axis=1))


@pytest.mark.parametrize(
    ("matrix", "drug", "counting", "cost", "years"),
    [
        (MONO, 2278, "both", 48_762_093, 8585.843),
        (MONO, 2278, "start", 49_932_145.71, 9085.8385),
        (MONO, 2278, "end", 47_592_040.38, 8085.8478),
        (COMBINED, 4364, "both", 92_984_848, 17_256.937),
        (COMBINED, 4364, "start", 93_936_080.32, 17_751.1080),
        (COMBINED, 4364, "end", 92_033_615.29, 16_762.7663),
    ],
)
def test_hiv(matrix: Any, drug: float, counting: Any, cost: float, years: float) -> None:
    """The homogeneous model of heemod's documentation, counted in three ways."""
    people = 1000 * course(matrix, 50)
    costs = counted(people @ [2756 + drug, 3052 + drug, 9007 + drug, 0], counting)
    alive = counted(people @ [1, 1, 1, 0], counting)
    assert float(present_value(costs, 0.06)) == pytest.approx(cost, abs=0.5)
    assert float(alive.sum()) == pytest.approx(years, abs=5e-4)


def test_net_present_value() -> None:
    flows = np.array([-15000, 1500, 2500, 3500, 4500, 6000])
    assert float(present_value(flows, 0.05)) == pytest.approx(122.894855, abs=1e-6)


@given(CYCLES)
def test_both_is_the_mean_of_start_and_end(points: list[float]) -> None:
    start, end, both = (counted(np.array(points), how) for how in ("start", "end", "both"))
    assert both == pytest.approx((start + end) / 2)


@given(CYCLES)
def test_weights_of_a_half_at_the_ends_are_both(points: list[float]) -> None:
    weights = [0.5, *[1.0] * (len(points) - 2), 0.5]
    weighted = counted(np.array(points), "weights", weights)
    assert weighted.sum() == pytest.approx(counted(np.array(points), "both").sum(), abs=1e-3)


def test_each_point_needs_its_weight() -> None:
    with pytest.raises(ValueError, match="3 points"):
        counted(np.ones(3), "weights", [1.0])


@given(CYCLES, st.floats(0, 0.2))
def test_without_a_rate_nothing_is_discounted(flows: list[float], rate: float) -> None:
    values = np.array(flows)
    assert float(present_value(values, 0.0)) == pytest.approx(float(values.sum()), abs=1e-3)
    later = present_value(values, rate, exponent=1)
    assert float(later) * (1 + rate) == pytest.approx(float(present_value(values, rate)), abs=1e-3)


@given(st.floats(0, 0.2), st.integers(1, 30))
def test_twelve_months_are_discounted_as_a_year(rate: float, years: int) -> None:
    months = discount_factors(12 * years, rate, per_year=12)
    assert months[::12] == pytest.approx(discount_factors(years, rate))


@pytest.mark.parametrize(
    ("counting", "first", "last"),
    [("start", [1, 0], [0, 0]), ("end", [0, 1], [0, 1]), ("both", [0.5, 0.5], [0, 0.5])],
)
def test_a_point_counts_in_the_cycles_beside_it(
    counting: str, first: list[float], last: list[float]
) -> None:
    asked = scenario(economy={"counting": counting})
    weights = cycle_weights(asked)
    assert weights.shape == (48 + 1, 48)  # a year of history and three years, by the month
    assert weights[:2, 0].tolist() == first
    assert weights[[0, -1], -1].tolist() == last
    assert weights.sum() == 48
