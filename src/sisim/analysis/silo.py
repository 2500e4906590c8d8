"""The silo game of a portfolio: who would say yes to each of several investments, and who bears it.

Everything is read off arms that have been simulated; nothing is simulated anew (law L5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sisim.analysis.incentive_models import PricedModels, Project
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
    unit_risks,
)
from sisim.scenario.scenario import Scenario
from sisim.scenario.silo_rules import Silo, SiloHorizons

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
    def priced(self) -> list[PricedModels]:
        """The projects under each incentive model, in their order."""
        return [PricedModels(one) for one in self.projects]

    @cached_property
    def models(self) -> pd.DataFrame:
        """What each party pays and gains under each model: see `PricedModels.in_all`."""
        return pd.concat([one.in_all() for one in self.priced], ignore_index=True)

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """The same year by year, not discounted: see `PricedModels.by_year`."""
        return pd.concat([one.by_year() for one in self.priced], ignore_index=True)


def silo_game(results: Mapping[str, Valuation]) -> SiloGame:
    """Return the silo game of some simulated scenarios.

    Args:
        results: By name; with one, projects are known by their arms, else by "name/arm". All have
            as many runs.

    Raises:
        NoDeciderError: If a file does not say who delivers an investment.
        ValueError: If some have more runs than others.
    """
    if len(runs := {len(one.seeds) for one in results.values()}) > 1:
        told = ", ".join(map(str, sorted(runs)))
        raise ValueError(f"scenarios that are compared run by run have as many runs: not {told}")
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
