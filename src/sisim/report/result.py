"""What a report needs from a simulated scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import pandas as pd

from sisim.economics.appraisal import Appraisal
from sisim.economics.budget_impact import Budget
from sisim.economics.cash_releasing import CashLadder
from sisim.economics.cost_effectiveness import Effectiveness
from sisim.economics.distribution import WhoGains
from sisim.economics.fund_portfolio import Portfolio
from sisim.economics.repayment import Repayments
from sisim.economics.yearly import Yearly
from sisim.scenario.fund import Basis
from sisim.scenario.scenario import Scenario

WITHOUT = "without"
Phase = tuple[Literal["project", "new_way"], float, float]
Estimate = tuple[float, float, float]
"""A mean over replications with the low and high end of its interval."""


class Made(Protocol):
    """What a number was made by: which scenario, seeds and version."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replication."""

    @property
    def version(self) -> str:
        """The version of sisim that simulated it."""

    @property
    def digest(self) -> str:
        """A short hash of the scenario."""


class Result(Made, Protocol):
    """A simulated scenario as a report reads it.

    What is by year is (replications, arms, years) and has one axis more where it names kinds. Every
    table is tidy and has the columns `replication`, `year` (int) and `arm` ("without" or the name
    of an arm) beside those named below. Instants are decimal calendar years: 2026.5 is
    the first of July 2026.
    """

    def costs_by_year(self, ordinary: bool = False, current: bool = False) -> Yearly:
        """Kinds `administration` and `kind`, in SEK; what is replaced is negative."""

    def entries_by_year(self, group: str) -> Yearly:
        """Kind `first` (never in the group before): how many enter."""

    def stock_by_year(self, group: str) -> Yearly:
        """The mean number in the group over the months of the year."""

    def yearly_participants(self) -> pd.DataFrame:
        """Columns `investment`, `started` and `treated_months`."""

    def outcomes(self) -> pd.DataFrame:
        """Columns `outcome` and `value`."""

    def goals(self) -> pd.DataFrame:
        """Columns `goal`, `part` and `whole`: the share a goal is about is part / whole."""

    def phases(self, arm: str) -> Sequence[Phase]:
        """When the project and the new way of working run in `arm`, as instants."""

    def break_even(self, arm: str) -> float | None:
        """The instant when the accumulated net of `arm` has turned positive for good."""

    def headline(self, arm: str) -> Mapping[str, Estimate]:
        """`helped`, `avoided`, `invested`, `lower_cost` and `net` of `arm`."""


class MoneyResult(Result, Protocol):
    """A simulated scenario as the reports on money read it; mappings are by arm."""

    @property
    def appraisal(self) -> Mapping[str, Appraisal]:
        """What each arm is worth."""

    @property
    def cash(self) -> Mapping[str, CashLadder]:
        """What each arm saves, gross and as budgets see it."""

    @property
    def who_gains(self) -> Mapping[str, WhoGains]:
        """What each arm means to every payer."""

    @property
    def effectiveness(self) -> Sequence[Effectiveness]:
        """What each outcome costs in every arm."""

    @property
    def funds(self) -> Mapping[str, Sequence[Repayments]]:
        """What each fund pays and gets back in every arm."""

    @property
    def portfolios(self) -> Mapping[str, Mapping[Basis, Portfolio]]:
        """What becomes of each fund that has a portfolio, by fund and basis of repayment."""

    def budget(self, arm: str) -> Budget:
        """The budget frames beside the repayments of `arm`."""
