"""Many investments through one fund: what the basis of repayment does to it."""

from __future__ import annotations

from types import SimpleNamespace
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


def asked(opening: float, *asking: tuple[int, list[float]]) -> Portfolio:
    """Return what becomes of a fund of so much, asked for some payments from some years on."""
    terms = Fund.model_validate(
        {"principal": "town", "deposits": {"opening": opening}, "repayment": {"basis": "none"}}
    )
    ventures = [
        Venture("v", start, ("social",), np.array(costs), *np.zeros((2, 1, len(costs))))
        for start, costs in asking
    ]
    return portfolio(ventures, terms, YEARS)


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


def test_a_fund_pays_what_it_has_from_the_first_year_and_no_more() -> None:
    assert asked(1e6, (2026, [1e6])).sustains_itself
    assert asked(999_999.5, (2026, [1e6])).runs_dry == 2026
    assert asked(1e6, (2026, [1e6]), (2026, [1e6])).started[1:] == ()


def test_what_is_promised_to_one_is_not_given_to_another() -> None:
    three_years = (2026, [1e6, 1e6, 1e6])
    found = asked(3e6, three_years, (2027, [1e6]))
    assert (len(found.started), found.runs_dry) == (1, 2027)
    assert asked(4e6, three_years, (2027, [1e6])).sustains_itself


def test_administrations_keep_what_came_less_what_they_repay_and_set_aside() -> None:
    terms = {"principal": "town", "deposits": {"opening": 3e6, "from_surplus": 0.25}}
    fund = Fund.model_validate({**terms, "repayment": {"basis": "none"}})
    found = portfolio([venture(2026, 1.0)], fund, YEARS)
    assert found.kept[:7].tolist() == [0.0, 3e5, 3e5, 3e5, 3e5, 3e5, 0.0]
    assert found.account.set_aside.sum() == 5e5


def test_the_like_of_an_investment_begins_with_its_first_payment() -> None:
    """Two runs brought 1, 2, 3 and 3, 6, 9; paid in the year before."""
    brought = np.array([[[0.0, 0, 1, 2, 3]], [[0.0, 0, 3, 6, 9]]])
    plan = SimpleNamespace(payments=np.array([0.0, 5, 0, 0, 0]))
    found: Any = SimpleNamespace(
        fund="f", administrations=("social",), reductions=brought, plan=plan
    )
    mean = Venture.of(found, 2030)
    assert (mean.start, mean.payments.tolist()) == (2030, [5, 0, 0, 0])
    assert mean.expected.tolist() == mean.came.tolist() == [[0, 2, 4, 6]]
    half = Venture.of(found, 2030, run=1, success=0.5)
    assert half.expected.tolist() == [[0, 2, 4, 6]]
    assert half.came.tolist() == [[0, 1.5, 3, 4.5]]
