"""Financial mathematics agree with published answers and with numpy-financial."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sisim.economics.discounting import present_value
from sisim.economics.finance import FURTHEST, balances, irr, rate_of_return

FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20)
RATES = st.floats(-0.05, 0.3)


def test_net_present_value_of_p6() -> None:
    assert present_value(np.array([-15000, 1500, 2500, 3500, 4500, 6000]), 0.05) == pytest.approx(
        122.894855, abs=1e-6
    )


@pytest.mark.parametrize(
    ("flows", "rate", "digits"),
    [
        ([-150000, 15000, 25000, 35000, 45000, 60000], 0.0524, 4),
        ([-100, 39, 59, 55, 20], 0.28095, 5),
    ],
)
def test_internal_rates_of_return_of_p6(flows: list[float], rate: float, digits: int) -> None:
    (found,) = irr(flows)
    assert round(found, digits) == rate


@pytest.mark.parametrize("flows", [[100, 20, 3], [-1, -2], [0, 0], []])
def test_without_a_change_of_sign_there_is_no_rate(flows: list[float]) -> None:
    assert irr(flows) == ()


def test_several_rates_are_all_given() -> None:
    assert irr([-100, 230, -132]) == pytest.approx((0.1, 0.2))


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-1_000_000, 50_000, 0], -0.95),
        ([-1, 12], 11.0),
        ([-1, 2.2, -1.21], 0.1),  # the present value only touches zero
        ([-1e6, 2.2e6, -1.21e6], 0.1),
        ([0, 0, -1, 2], 1.0),
        ([-1, 1e9], 1e9 - 1),
        ([-1e9, 1], 1e-9 - 1),
    ],
)
def test_a_rate_of_return_is_found_wherever_it_lies(flows: list[float], rate: float) -> None:
    (found,) = irr(flows)
    assert found == pytest.approx(rate, rel=1e-9)
    assert 1 + found == pytest.approx(1 + rate, rel=1e-6)


@given(
    st.lists(st.integers(-95, 400), max_size=4, unique_by=lambda percent: percent // 5),
    st.lists(st.floats(0.2, 5), max_size=8),
)
def test_every_rate_of_return_is_found_and_no_other(
    percent: list[int], others: list[float]
) -> None:
    """Flows made so that their present value is zero at these rates, and at no other above -1."""
    rates = sorted(one / 100 for one in percent)
    assume(all(two - one > 0.04 for one, two in pairwise(rates)))
    flows = np.ones(1)
    for root in (*(1 / (1 + rate) for rate in rates), *(-one for one in others)):
        flows = np.convolve(flows, [-root, 1.0])
    assert irr(flows) == pytest.approx(tuple(rates), abs=1e-3)


def test_a_rate_beyond_what_floats_can_say_is_the_furthest_that_they_can() -> None:
    assert irr([-1e300, 1e-300]) == (-1.0,)
    assert irr([-1e-300, 1e300]) == (float(np.expm1(FURTHEST)),)
    assert irr([-1.0, float(np.exp(FURTHEST + 0.5))]) == (float(np.expm1(FURTHEST)),)


def test_a_rate_of_return_is_that_of_money_paid_first() -> None:
    flows = np.array([0, -100, 50, 70])
    assert rate_of_return(flows) == irr(flows)[0] > 0
    assert np.isnan(rate_of_return(np.array([0.5, -0.6])))


def test_flows_in_parts_of_a_year_have_a_rate_per_year() -> None:
    assert irr([-100, *[0] * 11, 110], per_year=12) == pytest.approx((0.1,))
    assert irr([0, 0, -100, 21, 100], per_year=2) == pytest.approx(
        ((irr([-100, 21, 100])[0] + 1) ** 2 - 1,)
    )


def test_the_loan_of_p6() -> None:
    payment = -npf.pmt(0.035, 5, 10_000_000)
    assert round(payment, 2) == 2_214_813.73
    owed = balances(10_000_000, 0.035, [payment] * 5)
    expected = [8_135_186.27, 6_205_104.06, 4_207_468.97, 2_139_916.65, 0.0]
    assert owed.round(2).tolist() == pytest.approx(expected, abs=0.005)


@given(RATES, FLOWS)
def test_net_present_value_agrees_with_numpy_financial(rate: float, flows: list[float]) -> None:
    assert present_value(np.asarray(flows), rate) == pytest.approx(
        npf.npv(rate, flows), rel=1e-9, abs=1e-3
    )


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_a_rate_of_return_agrees_with_numpy_financial(invested: int, returns: list[int]) -> None:
    flows = [-invested, *returns]
    reference = npf.irr(flows)
    assume(np.isfinite(reference))
    (found,) = irr(flows)
    assert found == pytest.approx(reference, abs=1e-6)
    assert present_value(np.asarray(flows), found) == pytest.approx(
        0, abs=1e-6 * sum(map(abs, flows))
    )


@given(st.floats(1, 1e7), st.just(0.0) | st.floats(1e-4, 0.3), st.integers(1, 40))
def test_a_loan_that_is_repaid_by_numpy_financial_ends_at_zero(
    amount: float, rate: float, periods: int
) -> None:
    payment = -npf.pmt(rate, periods, amount)
    owed = balances(amount, rate, [payment] * periods)
    assert owed[-1] == pytest.approx(0, abs=1e-6 * amount)
    assert (np.diff(owed) <= 1e-6 * amount).all()
