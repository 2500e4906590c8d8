"""Many investments through one fund: does it live on what comes back?

A fund starts what it can pay for. Each venture is an investment as a study has found it (no new
simulation): what it costs, what was calculated beforehand, and what came of it. One that would
cost more than what is in the fund and not already committed is turned away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.fund_account import FundAccount
from sisim.economics.ledger import ORE
from sisim.economics.repayment import Repayments, Rules, deposits_of
from sisim.scenario.fund import Basis, Fund
from sisim.scenario.types import Probability


@dataclass(frozen=True)
class Venture:
    """An investment that asks a fund for money.

    Attributes:
        name: What it is called.
        start: Its first year.
        administrations: Who is to repay.
        payments: What it costs the fund, (its years,).
        expected: Reductions calculated beforehand, (administrations, its years).
        came: Reductions that came, of the same shape.
    """

    name: str
    start: int
    administrations: tuple[str, ...]
    payments: Floats
    expected: Floats
    came: Floats

    @classmethod
    def of(
        cls, found: Repayments, start: int, *, run: int | None = None, success: float = 1.0
    ) -> Venture:
        """Return a venture like one that has been simulated, from another start.

        Args:
            found: What came of it.
            start: When the like of it begins.
            run: The replication that happens; unset, the mean of all.
            success: The share of the reductions that come; a failure has 0.
        """
        mean = found.reductions.mean(axis=0)
        came = mean if run is None else found.reductions[run]
        began = int(np.argmax(found.plan.payments > 0))
        return cls(
            found.fund,
            start,
            found.administrations,
            found.plan.payments[began:],
            mean[:, began:],
            success * came[:, began:],
        )

    def within(self, years: Ints) -> Venture:
        """Return the venture with arrays over `years`, nothing outside its own."""
        at = self.start + np.arange(len(self.payments))
        inside = (at >= years[0]) & (at <= years[-1])
        place = at[inside] - years[0]

        def spread(own: Floats) -> Floats:
            wide = np.zeros((*own.shape[:-1], len(years)))
            wide[..., place] = own[..., inside]
            return wide

        return replace(
            self,
            payments=spread(self.payments),
            expected=spread(self.expected),
            came=spread(self.came),
        )


@dataclass(frozen=True)
class Portfolio:
    """What became of a fund and of those who asked it.

    Attributes:
        account: The book-keeping of the fund.
        started: The ventures that the fund could pay for.
        turned_away: Those it could not.
        kept: What administrations keep of what came, (years,); negative where they repay more.
    """

    account: FundAccount
    started: tuple[Venture, ...]
    turned_away: tuple[Venture, ...]
    kept: Floats

    @property
    def returned(self) -> float:
        """The share of what the fund has paid that has come back."""
        paid = float(self.account.payments.sum())
        return float(self.account.repayments.sum()) / paid if paid else 0.0

    @property
    def runs_dry(self) -> int | None:
        """The first year in which the fund could not pay for what it was asked.

        There may be money in it then, that is promised to others.
        """
        return min((venture.start for venture in self.turned_away), default=None)

    @property
    def sustains_itself(self) -> bool:
        """Whether the fund could pay for all that it was asked."""
        return not self.turned_away


def portfolio(ventures: Sequence[Venture], terms: Fund, years: Ints) -> Portfolio:
    """Return what becomes of a fund that is asked by one venture after the other.

    Reductions are taken as cash. Repayment goes by the terms of the fund, venture by venture, from
    its own first payment: what one has to spare does not pay for another's failure.

    Args:
        ventures: Who asks, in any order; the fund hears them in the order of their starts.
        terms: The fund: its deposits, its interest, and how it is repaid.
        years: The years, (years,).
    """
    deposits = deposits_of(terms, years)
    nothing = np.zeros(len(years))
    account = FundAccount(years, deposits, nothing, nothing, nothing, nothing, terms.interest.value)
    kept = nothing
    started: list[Venture] = []
    refused: list[Venture] = []
    for venture in sorted(ventures, key=lambda one: one.start):
        own = venture.within(years)
        at = int(venture.start - years[0])
        # What comes back later cannot be promised before it is there.
        free = account.balance[at - 1] if at else 0.0
        free += free * account.rate + deposits[at]
        if at:
            free -= account.committed[at - 1]
        free -= sum(one.payments.sum() for one in started if one.start == venture.start)
        if own.payments.sum() > free + ORE:
            refused.append(venture)
            continue
        started.append(venture)
        repaid = _repaid(own, terms, years)
        left = own.came - repaid
        aside = terms.deposits.from_surplus.value * np.maximum(left, 0.0)
        assert account.decided is not None
        account = replace(
            account,
            payments=account.payments + own.payments,
            repayments=account.repayments + repaid.sum(axis=0),
            set_aside=account.set_aside + aside.sum(axis=0),
            decided=account.decided + np.where(years == venture.start, own.payments.sum(), 0.0),
        )
        kept = kept + (left - aside).sum(axis=0)
    return Portfolio(account, tuple(started), tuple(refused), kept)


def by_basis(found: Mapping[str, Repayments], terms: Fund, years: Ints) -> dict[Basis, Portfolio]:
    """Return what becomes of the portfolio that a fund's terms name, on every basis of repayment.

    A mix is that of the terms, or half of each.

    Args:
        found: What the fund has paid and got back, by arm.
        terms: The fund, with a portfolio.
        years: The years, (years,).
    """
    assert terms.portfolio is not None
    ventures = [
        Venture.of(found[asking.arm], asking.start, success=asking.success.value)
        for asking in terms.portfolio.investments
    ]
    half = terms.repayment.share_planned or Probability(value=0.5)

    def on(basis: Basis) -> Fund:
        change = {"basis": basis, "share_planned": half if basis == "mix" else None}
        repayment = terms.repayment.model_copy(update=change)
        return terms.model_copy(update={"repayment": repayment})

    # A portfolio knows of no evaluations.
    every = [basis for basis in get_args(Basis) if basis != "evaluated"]
    return {basis: portfolio(ventures, on(basis), years) for basis in every}


def _repaid(own: Venture, terms: Fund, years: Ints) -> Floats:
    """Return what a venture repays on the fund's basis, (administrations, years)."""
    anew = terms.repayment.model_copy(update={"first_year": None, "last_year": None})
    rules = Rules(terms.model_copy(update={"repayment": anew}), own.administrations, years)
    share = terms.repayment.planned
    planned = rules.planned(own.expected, own.expected, own.payments)
    observed = rules.due(own.came, own.came, own.payments)
    return rules.settle(share * planned + (1 - share) * observed, own.payments).repaid
