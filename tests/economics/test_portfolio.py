"""Many investments through one fund: what the basis of repayment does to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sisim.economics.fund_portfolio import Portfolio, Venture, portfolio
from sisim.scenario.fund import Fund

YEARS = np.arange(2026, 2046)


def venture(start: int, success: float) -> Venture:
    """Return an investment of 1 Mkr that is to save 0.4 Mkr a year for five years."""
    payments = np.array([1e6, 0, 0, 0, 0, 0])
    expected = np.array([[0, 4e5, 4e5, 4e5, 4e5, 4e5]])
    return Venture("v", start, ("social",), payments, expected, success * expected)


def run(successes: list[float], **rules: Any) -> Portfolio:
    """Return what becomes of a fund with 3 Mkr that is asked once a year."""
    terms = Fund.model_validate(
        {"principal": "town", "deposits": {"opening": 3e6}, "repayment": rules}
    )
    ventures = [venture(2026 + year, success) for year, success in enumerate(successes)]
    return portfolio(ventures, terms, YEARS)


def test_a_fund_that_gets_everything_back_lives_on_it() -> None:
    found = run([1.0] * 15, basis="observed")
    assert found.sustains_itself
    assert found.runs_dry is None
    assert found.returned == 1.0
    assert (found.account.shortfall == 0).all()


def test_without_repayment_it_runs_dry() -> None:
    found = run([1.0] * 15, basis="none")
    assert (len(found.started), found.runs_dry, found.returned) == (3, 2029, 0.0)
    assert found.kept.sum() == 3 * 5 * 4e5


def test_failures_cost_the_fund_by_outcome_and_the_administrations_by_plan() -> None:
    successes = [1.0, 0.0] * 7
    planned, observed, mixed = (
        run(successes, basis=basis, **more)
        for basis, more in (("planned", {}), ("observed", {}), ("mix", {"share_planned": 0.3}))
    )
    assert planned.sustains_itself
    assert planned.returned == 1.0
    assert not observed.sustains_itself
    assert max(observed.returned, mixed.returned) < planned.returned
    assert len(mixed.started) < len(planned.started)
    failed = [one for one in planned.started if not one.came.any()]
    spared = sum(one.came.sum() - 1e6 for one in planned.started if one.came.any())
    assert planned.kept.sum() == spared - 1e6 * len(failed)


def test_what_does_not_fit_into_the_years_is_left_out() -> None:
    late = venture(2044, 1.0).within(YEARS)
    assert late.expected.tolist() == [[0] * 19 + [4e5]]
