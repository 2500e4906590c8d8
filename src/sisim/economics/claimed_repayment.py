"""What is repaid of an effect, on the terms of the fund that follows its evaluation.

Of many municipalities at once, of which no more is known than how many outcomes were avoided and
what the investment has cost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats
from sisim.economics.ledger import payer_principal
from sisim.economics.outcome_values import values_of
from sisim.economics.repayment import Rules
from sisim.scenario.fund import Repayment
from sisim.scenario.scenario import Scenario

ALL_OF_IT = Repayment(cap_year="none")
"""What is worth something where no fund follows an evaluation."""


class ClaimedRepayments(NamedTuple):
    """What is claimed to be reduced, and what of it is repaid; SEK.

    Attributes:
        administrations: Whose costs are reduced.
        reduced: (municipalities, administrations).
        repaid: Of the same shape.
    """

    administrations: tuple[str, ...]
    reduced: Floats
    repaid: Floats


def fund_of(scenario: Scenario, evaluation: str) -> str | None:
    """Return the fund that is repaid by an evaluation, if one is."""
    for name, fund in scenario.funds.items():
        if fund.repayment.basis == "evaluated" and fund.repayment.evaluation == evaluation:
            return name
    return None


def claimed_repayments(
    scenario: Scenario, evaluation: str, avoided: Floats, spent: Floats
) -> ClaimedRepayments:
    """Return what is repaid of outcomes that are avoided, to the fund that follows an evaluation.

    Where none does, all of it is repaid up to what the investment has cost.

    Args:
        scenario: The scenario.
        evaluation: Which evaluation.
        avoided: Unwanted outcomes avoided in each municipality, (municipalities,); NaN: no answer.
        spent: What the investment has cost there, SEK, (municipalities,).
    """
    name = fund_of(scenario, evaluation)
    if name is None:
        values = values_of(scenario, evaluation, ALL_OF_IT)
        reduced = avoided[:, None] * np.array(list(values.values()))
        gained = np.maximum(reduced, 0.0)
        total = gained.sum(axis=1)
        left = np.minimum(total, spent)
        share = np.divide(left, total, out=np.zeros_like(left), where=total > 0)
        share[np.isnan(avoided)] = np.nan
        return ClaimedRepayments(tuple(values), reduced, gained * share[:, None])
    return _on_terms(scenario, name, evaluation, avoided, spent)


def _on_terms(
    scenario: Scenario, name: str, evaluation: str, avoided: Floats, spent: Floats
) -> ClaimedRepayments:
    """Return the same on the terms of a fund."""
    terms = scenario.funds[name]
    own = terms.principal
    values = {
        who: worth
        for who, worth in values_of(scenario, evaluation, terms.repayment).items()
        if payer_principal(scenario, who) == own
    }
    study = scenario.evaluations[evaluation]
    arm = scenario.arms[study.arm or next(iter(scenario.arms))]
    spec = scenario.investments[study.investment or next(iter(arm.investments))]
    first = scenario.time.year_of(spec.start)
    answer = max(study.answer_year, first)
    years = np.arange(first, answer + 1)
    rules = Rules(terms, tuple(values), years)
    by_year = {int(year): amount.value for year, amount in terms.payments.items()}
    stated = np.array([by_year.get(int(year), 0.0) for year in years])
    share = spec.cost.shares.get(name, 0.0)
    reduced = avoided[:, None] * np.array(list(values.values()))
    repaid = np.full_like(reduced, np.nan)
    for row in np.flatnonzero(np.isfinite(avoided)):
        # When it is paid before the answer comes makes no difference but for the fund's interest.
        paid = stated if by_year else np.where(years == first, share * spent[row], 0.0)
        repaid[row] = rules.claimed(reduced[row], paid, answer).repaid.sum(axis=1)
    return ClaimedRepayments(tuple(values), reduced, repaid)
