"""What it is worth to each administration that an evaluation's outcome is avoided once."""

from __future__ import annotations

import numpy as np

from sisim.economics.prices import PriceList
from sisim.scenario.evaluation import StudyOutcome
from sisim.scenario.fund import Repayment
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario


def units_of(outcome: StudyOutcome, pathway: Pathway) -> dict[str, float]:
    """Return the units of each resource that an unwanted outcome always uses, as far as it tells.

    Of a resource one; of a transition what everyone uses who makes it; of a group nothing.
    """
    if outcome.resource is not None:
        return {outcome.resource: 1.0}
    if outcome.transition is None:
        return {}
    uses = pathway.transitions[outcome.transition].uses
    return {name: use.amount.value for name, use in uses.items() if not use.factors}


def values_of(scenario: Scenario, evaluation: str, terms: Repayment) -> dict[str, float]:
    """Return what an avoided outcome is worth to each administration, SEK in the price level.

    As the terms state it, or by the prices of the first year: of a resource its own, of a
    transition those of what it always uses, of the costs of one administration a krona. If only
    what budgets see may be repaid, only that counts which costs nothing as soon as it is not used
    (`cash = "outlay"`).

    Returns:
        Empty if neither the terms nor prices tell.
    """
    if terms.outcome_values:
        return {name: value.value for name, value in terms.outcome_values.items()}
    outcome, pathway = scenario.evaluations[evaluation].outcome, scenario.pathway
    if outcome is None:
        return {}
    if outcome.costs_of:
        return {outcome.costs_of[0]: 1.0} if len(outcome.costs_of) == 1 else {}
    prices = PriceList(scenario, np.array([scenario.time.first_year]), current=False)
    found: dict[str, float] = {}
    for name, amount in units_of(outcome, pathway).items():
        resource = pathway.resources[name]
        if terms.cap_year == "cash_reduction" and resource.cash != "outlay":
            continue
        for payer, share in resource.shares.items():
            worth = amount * share * float(prices.of(resource)[0])
            found[payer] = found.get(payer, 0.0) + worth
    return {name: worth for name, worth in found.items() if worth > 0}
