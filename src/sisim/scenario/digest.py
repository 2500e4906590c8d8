"""The digest of a scenario, and what of it has a bearing on people."""

from __future__ import annotations

import hashlib
from typing import Any

from sisim.scenario.pathway import Entry, Pathway, State, Transition
from sisim.scenario.scenario import Investment, Scenario

LOOKING_ON = ("evaluations", "application", "spread", "silo", "system", "sroi", "report")
"""Tables of a scenario that ask something of its results, and change none of them."""


def digest(scenario: Scenario) -> str:
    """Return a short hash of a scenario with its pathway, whatever its files look like.

    The order of states and categories is part of it: draws are made in that order.
    """
    said = scenario.model_dump_json(by_alias=True, exclude=_unsaid(scenario))
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _unsaid(scenario: Scenario) -> dict[str, Any]:
    """Return what is left out where it is not used: then a scenario is what it always was."""
    silent: dict[str, Any] = {key: True for key in LOOKING_ON if not getattr(scenario, key)}
    silent["pathway"] = _unbought(scenario.pathway)
    if scenario.time.tail is not None:
        silent["time"] = {"tail": _unbought(scenario.time.tail)}
    new = {"evaluation", "outcome_values", "set_off"}
    silent["funds"] = {
        name: {"repayment": new - fund.repayment.model_fields_set}
        for name, fund in scenario.funds.items()
    }
    silent["contracts"] = {
        name: {
            "payments": {
                key: {"measure": {"verified_by"}}
                for key, payment in contract.payments.items()
                if payment.measure is not None and payment.measure.verified_by is None
            }
        }
        for name, contract in scenario.contracts.items()
    }
    silent["investments"] = {
        name: _unsaid_of(investment) for name, investment in scenario.investments.items()
    }
    return silent


def _unbought(pathway: Pathway) -> dict[str, Any]:
    """Return the resources of which a pathway does not say that they are bought."""
    own = {name: {"bought"} for name, one in pathway.resources.items() if not one.bought}
    return {"resources": own}


def _unsaid_of(investment: Investment) -> dict[str, Any]:
    """Return what of an investment is left out where the file does not say it."""
    found: dict[str, Any] = dict.fromkeys(
        {"learning", "preparation", "gate"} - investment.model_fields_set, True
    )
    found["effects"] = {
        number: {"complement"}
        for number, effect in enumerate(investment.effects)
        if effect.complement is None
    }
    if investment.fidelity is not None:
        found["fidelity"] = {"decay", "refresher"} - investment.fidelity.model_fields_set
    new = {"refresher"}
    found["cost"] = new - investment.cost.model_fields_set
    if investment.new_way is not None:
        found["new_way"] = {
            key: new - cost.model_fields_set
            for key in ("cost", "replaces")
            if (cost := getattr(investment.new_way, key)) is not None
        }
    return found


def without_money(scenario: Scenario) -> dict[str, Any]:
    """Return what of a scenario has a bearing on people."""
    price = {"price", "price_year", "administration", "payers", "receivers", "price_type"}
    price |= {"ordinary", "cash", "step_size", "notice", "bought"}
    cost = {"cost": True, "new_way": {"cost", "replaces"}}
    money: dict[str, Any] = {
        **dict.fromkeys(("economy", "funds", "contracts", "outcomes", "goals", "figures"), True),
        **dict.fromkeys(LOOKING_ON, True),
        "drift": {"prices", "inflation"},
        # Later lives are computed from who leaves: only how these are told apart has a bearing.
        "time": {"tail": set(Pathway.model_fields) - {"continues"}},
        "parameters": True,  # whose values stand wherever a formula has them
        "pathway": {
            "parameters": True,
            "tracks": {
                track: {"states": {state: _amounts(one) for state, one in spec.states.items()}}
                for track, spec in scenario.pathway.tracks.items()
            },
            "transitions": {
                name: _amounts(one) for name, one in scenario.pathway.transitions.items()
            },
            "entry": _amounts(scenario.pathway.entry),
            "resources": dict.fromkeys(scenario.pathway.resources, price),
            "administrations": True,
            "principals": True,
        },
        "investments": {
            name: {**cost, "preparation": {part: {"cost"} for part in one.preparation}}
            for name, one in scenario.investments.items()
        },
    }
    return scenario.model_dump(exclude=money)


def _amounts(content: State | Transition | Entry) -> dict[str, Any]:
    """Return the amounts that are applied to counts: those with factors are added up by person."""
    return {
        key: {name: {"amount"} for name, use in uses.items() if not use.factors}
        for key, uses in (("uses", content.uses), ("weights", content.weights))
    }
