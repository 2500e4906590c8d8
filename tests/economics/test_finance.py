"""Financial mathematics agree with published answers and with numpy-financial."""

from __future__ import annotations

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sisim.economics.discounting import present_value
from sisim.economics.finance import balances, irr

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
    assume(np.isfinite(reference) and -0.85 < reference < 9)
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
