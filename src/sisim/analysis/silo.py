"""The silo game of a portfolio: who would say yes to each of several investments, and who bears it.

Everything is read off arms that have been simulated; nothing is simulated anew (law L5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.applications import (
    BELIEFS,
    TERMS,
    applies,
    belief_needed,
    believed_gain,
    repayment,
)
from sisim.economics.appraisal import interval
from sisim.economics.ledger import ORE
from sisim.economics.valuation import Valuation
from sisim.economics.wrong_pockets import (
    REGIMES,
    Decided,
    DecisionRules,
    Proposal,
    Regime,
    ResultRisk,
    chance_of_loss,
    decide,
    dependence,
    pooled_risk,
    proposal_of,
    risk,
    unit_risks,
)
from sisim.scenario.economy import FUND
from sisim.scenario.fund import Fund, Repayment
from sisim.scenario.scenario import Scenario
from sisim.scenario.silo_rules import Silo, SiloHorizons

Model = Literal["alone", "fund_not_repaid", "fund_repaid", "contract"]
MODELS: tuple[Model, ...] = get_args(Model)
"""Who pays for an investment: the administration that delivers it; a fund that is not repaid, or is
repaid what is observed; and whom the contracts of the file say."""
LIKE_IT = 10
"""So many projects like one are pooled in a calculation."""


class NoDeciderError(ValueError):
    """An investment of which a file does not say which administration delivers it.

    Attributes:
        investment: Its key.
    """

    def __init__(self, investment: str) -> None:
        super().__init__(investment)
        self.investment = investment


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
class SiloGame:
    """Who says yes to each project, in each regime.

    Attributes:
        projects: The projects.
        proposals: What they ask for, in the same order.
        rules: Who decides: those of the first scenario.
    """

    projects: tuple[Project, ...]
    proposals: tuple[Proposal, ...]
    rules: DecisionRules

    @cached_property
    def decided(self) -> dict[Regime, Decided]:
        """What is done in each regime."""
        return decide(self.proposals, self.rules)

    @cached_property
    def pooled(self) -> ResultRisk:
        """The risk of all projects together, for the fund."""
        return pooled_risk(self.proposals, self.rules)

    def unsure(self, regime: Regime) -> tuple[str, ...]:
        """Return the projects to which these runs do not tell what is said in a regime.

        What the decider gains is then within two standard errors of nothing, if it decides by the
        mean; of a single run nothing is told.
        """
        found = []
        for one in self.proposals:
            gained = interval(self.rules.decider(regime, one).result(one))
            if not abs(gained.mean) > 2 * gained.standard_error and gained.low != gained.high:
                found.append(one.name)
        return tuple(found)

    def answers(self) -> pd.DataFrame:
        """Return what is said to each project.

        Columns: regime, project, pays, counts (reductions that the decider counts), chance, yes,
        told (whether these runs tell it), value (to all). SEK, discounted.
        """
        return pd.DataFrame(
            [
                {
                    "regime": regime,
                    "project": one.name,
                    "pays": answer.pays,
                    "counts": answer.counts,
                    "chance": answer.chance,
                    "yes": answer.yes,
                    "told": one.name not in self.unsure(regime),
                    "value": one.value,
                }
                for regime, found in self.decided.items()
                for one in self.proposals
                for answer in [found.answers[one.name]]
            ]
        )

    def regimes(self) -> pd.DataFrame:
        """Return what comes of each regime.

        Columns: regime, done (how many projects), value, value_low, value_high (10-90 % of the
        runs), undone, undone_low, undone_high, harm. SEK, discounted.
        """
        rows = []
        for regime, found in self.decided.items():
            done, left = interval(found.done), interval(found.left)
            rows.append(
                {
                    "regime": regime,
                    "done": len(found.accepted),
                    "value": done.mean,
                    "value_low": done.low,
                    "value_high": done.high,
                    "undone": left.mean,
                    "undone_low": left.low,
                    "undone_high": left.high,
                    "harm": found.harm,
                }
            )
        return pd.DataFrame(rows)

    def dependence(self) -> pd.DataFrame:
        """Return whose reductions hang on whose payments.

        Columns: payer, administration, reduced (SEK, discounted).
        """
        rows = [
            {"payer": payer, "administration": name, "reduced": reduced}
            for (payer, name), reduced in dependence(self.proposals).items()
        ]
        return pd.DataFrame(rows, columns=["payer", "administration", "reduced"])

    def risks(self) -> pd.DataFrame:
        """Return how results differ between runs, for a unit and for the fund.

        Columns: project ("" is all), bearer ("unit" or "fund"), mean, deviation, loses (the share
        of the runs), like_it (the chance to lose of `LIKE_IT` independent projects like it, if
        normal; NaN of all together). SEK, discounted.
        """
        units = unit_risks(self.proposals)
        rows = []
        for one in self.proposals:
            alone = pooled_risk([one], self.rules)
            for bearer, found in (("unit", units[one.name]), ("fund", alone)):
                like = chance_of_loss(found.mean, found.deviation, LIKE_IT)
                rows.append(_risk_row(one.name, bearer, found, like))
        return pd.DataFrame([*rows, _risk_row("", "fund", self.pooled, float("nan"))])

    def applications(self) -> pd.DataFrame:
        """Return which applications come to a fund, by its terms and the applicant's belief.

        Columns: terms (of `TERMS`), belief (the share of the effect believed in), project, comes,
        told (whether these runs tell it), needed (the belief from which it comes; infinite if
        never), value (to all, if it works), wasted (its cost, if nothing acts), repaid (to the fund
        if it works). SEK, discounted; the last three 0 where it does not come.
        """
        years = self.rules.horizons.get("alone")
        rows = []
        for terms in TERMS:
            for belief in BELIEFS:
                for one in self.proposals:
                    gain = believed_gain(one, terms, belief=belief, years=years)
                    comes, gained = applies(gain), interval(gain)
                    sure = abs(gained.mean) > 2 * gained.standard_error
                    # Where nothing differs between the runs nothing is left to chance.
                    told = sure or gained.low == gained.high
                    repaid = repayment(one, terms, effect=1.0, years=years)
                    rows.append(
                        {
                            "terms": terms,
                            "belief": belief,
                            "project": one.name,
                            "comes": comes,
                            "told": bool(told),
                            "needed": belief_needed(one, terms, years),
                            "value": one.value if comes else 0.0,
                            "wasted": float(one.cost.mean()) if comes else 0.0,
                            "repaid": float(repaid.mean()) if comes else 0.0,
                        }
                    )
        return pd.DataFrame(rows)

    @cached_property
    def models(self) -> pd.DataFrame:
        """Return what each party pays and gains under each incentive model: see `incentives`."""
        return pd.concat([incentives(one) for one in self.projects], ignore_index=True)


def silo_game(results: Mapping[str, Valuation]) -> SiloGame:
    """Return the silo game of some simulated scenarios.

    Args:
        results: By name; with one, projects are known by their arms, else by "name/arm".

    Raises:
        NoDeciderError: If a file does not say who delivers an investment.
    """
    projects = tuple(
        Project(arm if len(results) == 1 else f"{name}/{arm}", result, arm, who)
        for name, result in results.items()
        for arm, who in deciders(result.scenario).items()
    )
    proposals = tuple(
        proposal_of(one.result.cash[one.arm], one.name, one.delivers) for one in projects
    )
    scenarios = [result.scenario for result in results.values()]
    return SiloGame(projects, proposals, _rules(scenarios, proposals))


def deciders(scenario: Scenario) -> dict[str, str]:
    """Return which administration delivers each arm that is a project of its own.

    Raises:
        NoDeciderError: If the file does not say.
    """
    silo = scenario.silo or Silo()
    return {
        arm: _delivers(scenario, silo, next(iter(scenario.arms[arm].investments)))
        for arm in silo.arms or list(scenario.arms)[-1:]
        if scenario.arms[arm].investments
    }


def _delivers(scenario: Scenario, silo: Silo, investment: str) -> str:
    if investment in silo.decider:
        return silo.decider[investment]
    spec = scenario.investments[investment]
    costs = [spec.cost, *([] if spec.new_way is None else [spec.new_way.cost])]
    for cost in costs:
        own = {n: s for n, s in cost.shares.items() if n in scenario.pathway.administrations}
        if own:
            return max(own, key=own.__getitem__)
    raise NoDeciderError(investment)


def _rules(scenarios: Sequence[Scenario], proposals: Sequence[Proposal]) -> DecisionRules:
    """Return who decides, as the first scenario says."""
    first = scenarios[0].silo or Silo()
    principals = {
        name: one.principal
        for scenario in scenarios
        for name, one in scenario.pathway.administrations.items()
    }
    stated = {name: getattr(first.horizon, name) for name in SiloHorizons.model_fields}
    horizons = {r: stated[r] for r in REGIMES if stated.get(r) is not None}
    joint = tuple(first.joint) or _gains_most(principals, proposals)
    return DecisionRules(principals, joint, horizons, first.sure)


def _gains_most(principals: Mapping[str, str], proposals: Sequence[Proposal]) -> tuple[str, ...]:
    """Return the principal that saves the most beside those that deliver, if any saves."""
    own = {principals[one.delivers] for one in proposals}
    saved: dict[str, float] = {}
    for one in proposals:
        for name, reduced in one.reductions.items():
            principal = principals[name]
            if principal not in own:
                saved[principal] = saved.get(principal, 0.0) + float(reduced.sum(axis=-1).mean())
    most = max(saved, key=saved.__getitem__, default=None)
    return () if most is None or saved[most] <= ORE else (most,)


def _risk_row(project: str, bearer: str, found: ResultRisk, like_it: float) -> dict[str, object]:
    return {"project": project, "bearer": bearer, **found._asdict(), "like_it": like_it}


# ------------------------------------------------------------------------ incentive models


def incentives(project: Project) -> pd.DataFrame:
    """Return what a project means to each party under each incentive model.

    The same people under other terms: who pays for the investment is changed, and the ledger is
    made anew. A fund that is repaid gets back what is observed to fall, of what budgets see and up
    to what it has paid; a contract is there if the file has one.

    Columns: project, model (of `MODELS`), party, first (the first year in which it pays, repayments
    aside; NaN if it does not), pays, gets, saves, net (SEK, discounted means), deviation (of the
    net, between runs), loses (the share of the runs).
    """
    rows = []
    for model, result in _priced(project).items():
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


def _priced(project: Project) -> dict[Model, Valuation]:
    """Return the project's result under each incentive model."""
    result, scenario = project.result, project.result.scenario
    principal = scenario.pathway.administrations[project.delivers].principal
    own = [name for name, fund in scenario.funds.items() if fund.principal == principal]
    fund = own[0] if own else FUND
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
