"""A fund's books balance, and its money never silently ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sisim.arrays import Floats
from sisim.economics.fund_account import FundAccount, accumulated

YEARS = np.arange(2026, 2034)
AMOUNTS = arrays(np.float64, len(YEARS), elements=st.integers(0, 10_000).map(float))


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.floats(0, 0.1))
@settings(max_examples=60, deadline=None)
def test_the_balance_is_what_went_in_less_what_went_out(
    deposits: Floats, payments: Floats, repayments: Floats, aside: Floats, rate: float
) -> None:
    book = FundAccount(YEARS, deposits, payments, repayments, aside, rate=rate)
    put_in = deposits + book.interest + repayments + aside + book.shortfall
    assert np.allclose(book.balance, np.cumsum(put_in - payments))
    assert (book.balance >= 0).all()
    assert np.allclose(book.interest[1:], rate * book.balance[:-1])


def test_what_is_missing_is_named() -> None:
    nothing = np.zeros(3)
    book = FundAccount(
        YEARS[:3], np.array([100.0, 0, 0]), np.array([60.0, 60.0, 0]), nothing, nothing
    )
    assert book.balance.tolist() == [40, 0, 0]
    assert book.lacks == [(2027, 20.0)]
    assert book.committed.tolist() == [60, 0, 0]


def test_a_repayment_at_the_end_of_a_year_pays_for_nothing_in_it() -> None:
    nothing, one = np.zeros(2), np.array([50.0, 0.0])
    assert FundAccount(YEARS[:2], nothing, one, one, nothing).lacks == [(2026, 50.0)]


def test_a_loan_in_equal_payments_is_paid_off() -> None:
    """P6 of the published models: 10 000 000 over five years at 3.5 %."""
    payment = 10e6 * 0.035 / (1 - 1.035**-5)
    position = accumulated([-10e6, *[payment] * 5], 0.035)
    assert payment == pytest.approx(2_214_813.73, abs=0.005)
    left = [8_135_186.27, 6_205_104.06, 4_207_468.97, 2_139_916.65, 0.0]
    assert -position[1:] == pytest.approx(left, abs=0.005)


def test_what_is_missing_is_a_mean_over_replications() -> None:
    nothing = np.zeros((2, 1))
    book = FundAccount(YEARS[:1], nothing, np.array([[30.0], [10.0]]), nothing, nothing)
    assert book.lacks == [(2026, 20.0)]


@pytest.mark.parametrize(("missing", "told"), [(0.004, False), (0.006, True)])
def test_less_than_half_an_ore_is_not_missing(missing: float, told: bool) -> None:
    nothing = np.zeros(1)
    book = FundAccount(YEARS[:1], nothing, np.array([missing]), nothing, nothing)
    assert bool(book.lacks) == told


def test_the_position_is_what_has_come_back_less_what_was_paid() -> None:
    nothing = np.zeros(3)
    account = FundAccount(
        np.arange(2026, 2029),
        np.array([500.0, 0, 0]),
        np.array([100.0, 50, 0]),
        np.array([0.0, 60, 120]),
        nothing,
        rate=0.1,
    )
    assert account.position.tolist() == pytest.approx([-100, -110 + 10, -110 + 120])


def test_what_is_given_back_again_may_be_missing_too() -> None:
    """A fund with nothing in it that has been repaid too much."""
    nothing = np.zeros(3)
    repaid = np.array([100.0, -150, 70])
    account = FundAccount(np.arange(2026, 2029), nothing, nothing, repaid, nothing)
    assert account.balance.tolist() == [100, 0, 70]
    assert account.shortfall.tolist() == [0, 50, 0]
