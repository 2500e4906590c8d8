"""Incentive models of a project: the same people under other terms, in all and year by year.

Who pays for the project is changed, and the ledger is made anew; nothing is simulated (law L5). A
fund that is repaid gets back what is observed to fall, of what budgets see and up to what it has
paid; a contract is there if the file has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import INCOME, ORE, USED, Kind
from sisim.economics.valuation import Valuation
from sisim.economics.wrong_pockets import risk
from sisim.scenario.economy import FUND
from sisim.scenario.fund import Fund, Repayment

Model = Literal["alone", "fund_not_repaid", "fund_repaid", "contract"]
MODELS: tuple[Model, ...] = get_args(Model)
"""Who pays for an investment: the administration that delivers it; a fund that is not repaid, or is
repaid what is observed; and whom the contracts of the file say."""
FLOWS = ("paid", "repaid", "saves")
"""What money does in a year."""
BY_YEAR = ("project", "model", "party", "year", *FLOWS, "net", "accumulated")
"""The columns of `PricedModels.by_year`."""


@dataclass(frozen=True)
class Project:
    """An arm of a scenario that is a project of its own.

    Attributes:
        name: What it is known by.
        result: The simulated scenario.
        arm: The arm.
        delivers: The administration that delivers it.
    """

    name: str
    result: Valuation
    arm: str
    delivers: str


@dataclass(frozen=True)
class PricedModels:
    """A project under each incentive model.

    Attributes:
        project: The project.
    """

    project: Project

    @cached_property
    def results(self) -> dict[Model, Valuation]:
        """The result under each model."""
        return _priced(self.project)

    def in_all(self) -> pd.DataFrame:
        """Return what the project means to each party under each model, in all.

        Columns: project, model (of `MODELS`), party, first (the first year in which it pays,
        repayments aside; NaN if it does not), pays, gets, saves, net (SEK, discounted means),
        deviation (of the net, between runs), loses (the share of the runs).
        """
        project = self.project
        rows = []
        for model, result in self.results.items():
            gains = result.who_gains[project.arm]
            saves = -gains.of("use", "income", "later")
            moved = gains.net - saves
            for number, party in enumerate(gains.payers):
                found = risk(gains.net[:, number])
                paid = _paid(result, project.arm, party)
                if not (np.abs(gains.amounts[:, number]) > ORE).any():
                    continue
                rows.append(
                    {
                        "project": project.name,
                        "model": model,
                        "party": party,
                        "first": _first(result, paid),
                        "pays": float(np.maximum(-moved[:, number], 0.0).mean()),
                        "gets": float(np.maximum(moved[:, number], 0.0).mean()),
                        "saves": float(saves[:, number].mean()),
                        "net": found.mean,
                        "deviation": found.deviation,
                        "loses": found.loses,
                    }
                )
        return pd.DataFrame(rows)

    def by_year(self) -> pd.DataFrame:
        """Return what the project means to each party year by year: means over the runs.

        In fixed prices and not discounted, and with any stated tail. In each year the nets of all
        parties add up to the same sum under every model: money is moved, and none is made.

        Columns: project, model (of `MODELS`), party, year, paid (for the project, and under a
        contract; negative where it receives), repaid (to the fund; negative is what the fund gets
        back), saves, net (saves - paid - repaid), accumulated (the nets up to and with the year).
        SEK.
        """
        parts = [
            pd.DataFrame(
                {
                    "project": self.project.name,
                    "model": model,
                    "party": party,
                    "year": years,
                    **{key: flows[key] for key in FLOWS},
                    "net": net,
                    "accumulated": net.cumsum(),
                }
            )
            for model, result in self.results.items()
            for years, found in [_flows(result, self.project.arm)]
            for party, flows in found.items()
            if max(float(np.abs(own).max()) for own in flows.values()) > ORE
            for net in [flows["saves"] - flows["paid"] - flows["repaid"]]
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*BY_YEAR])


def _flows(result: Valuation, arm: str) -> tuple[Ints, dict[str, dict[str, Floats]]]:
    """Return the years, and by party and flow (of `FLOWS`) the means over the runs, (years,)."""
    book = result.settled
    horizon = Horizon(book.result, book.amounts.shape[2], tail=True)
    number, years = book.result.arms.index(arm), np.unique(horizon.years)
    sums = book.over(
        horizon,
        lambda line: None if line.ordinary else (line.administration, _flow_of(line.kind)),
    )
    found: dict[str, dict[str, Floats]] = {}
    for (party, flow), amounts in sums.items():
        more = horizon.yearly(amounts[:, number] - amounts[:, 0]).mean(axis=0)
        own = found.setdefault(party, {key: np.zeros(len(years)) for key in FLOWS})
        own[flow] = own[flow] + (-more if flow == "saves" else more)
    return years, found


def _flow_of(kind: Kind) -> str:
    if kind in (*USED, INCOME):
        return "saves"
    return "repaid" if kind == "repayment" else "paid"


def fund_of(project: Project) -> str:
    """Return the fund of those who deliver a project: the file's, or one that is thought of."""
    scenario = project.result.scenario
    principal = scenario.pathway.administrations[project.delivers].principal
    own = [name for name, fund in scenario.funds.items() if fund.principal == principal]
    return own[0] if own else FUND


def _priced(project: Project) -> dict[Model, Valuation]:
    """Return the project's result under each incentive model."""
    result, scenario = project.result, project.result.scenario
    principal = scenario.pathway.administrations[project.delivers].principal
    fund = fund_of(project)
    free = Fund(principal=principal, repayment=Repayment(basis="none"))
    repaid = Fund(principal=principal, repayment=Repayment(basis="observed", rounding=0))
    found: dict[Model, Valuation] = {
        "alone": _paid_by(result, project, project.delivers, {}),
        "fund_not_repaid": _paid_by(result, project, fund, {fund: free}),
        "fund_repaid": _paid_by(result, project, fund, {fund: repaid}),
    }
    if any(one.arm == project.arm for one in result.contracts):
        found["contract"] = result
    return found


def _paid_by(
    result: Valuation, project: Project, payer: str, funds: Mapping[str, Fund]
) -> Valuation:
    """Return the same counts where another pays for the project's investments."""
    scenario = result.scenario
    investments = dict(scenario.investments)
    for name in scenario.arms[project.arm].investments:
        cost = investments[name].cost.model_copy(update={"payer": payer})
        investments[name] = investments[name].model_copy(update={"cost": cost})
    other = scenario.model_copy(
        update={"investments": investments, "funds": dict(funds), "contracts": {}}
    )
    return Valuation(result.counts.repriced(other))


def _paid(result: Valuation, arm: str, party: str) -> Floats:
    """Return what a party pays net in each year before anyone is repaid, the mean, (years,)."""
    skipped = ("use", "repayment")
    book = result.settled
    number = book.result.arms.index(arm)
    sums = book.sums(
        lambda line: True if line.administration == party and line.kind not in skipped else None,
        yearly=True,
    )
    nothing = np.zeros(len(book.years))
    paid = sums[True][:, number].mean(axis=0) if sums else nothing
    return np.asarray(paid, np.float64)


def _first(result: Valuation, paid: Floats) -> float:
    years = result.settled.years[paid > ORE]
    return float(years[0]) if len(years) else float("nan")
