"""Costs and effects of each arm, in all and per person: what a cohort model is asked for.

Everything is in the scenario's perspective, over the years that are simulated, discounted and
counted as the file says. What everyone has (ordinary resources) is left out, as everywhere where
arms are compared; repayments and financing move money and cost nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.appraisal import shown_lines
from sisim.economics.cost_effectiveness import OutcomeMeasured, counted_measures
from sisim.economics.horizon import Horizon
from sisim.economics.incremental_analysis import icer_table
from sisim.economics.ledger import CostLine, Ledger

COST = "cost"


class Flow(NamedTuple):
    """What flows of one kind: costs, or a measure of effects.

    Attributes:
        measure: What is counted; None: costs.
        amounts: By cycle, (replications, arms, cycles).
        rate: The discount rate, a year.
    """

    measure: OutcomeMeasured | None
    amounts: Floats
    rate: float

    @property
    def name(self) -> str:
        """What it is called in a table."""
        return COST if self.measure is None else self.measure.name


def flows(ledger: Ledger) -> list[Flow]:
    """Return the costs of every arm, and each outcome and outcome weight, by cycle."""
    result, economy = ledger.result, ledger.result.scenario.economy
    shown = shown_lines(ledger, ordinary=False)

    def wanted(line: CostLine) -> bool:
        return line.kind not in ("repayment", "financing") and shown(line)

    found = [Flow(None, ledger.total(wanted), economy.discount_costs.value)]
    for measure, amounts in counted_measures(result, ledger.amounts.shape[2]):
        found.append(Flow(measure, np.asarray(amounts, np.float64), economy.discount_effects.value))
    return found


def persons(ledger: Ledger) -> float:
    """Return among how many costs and effects are shared: the cohort, or the residents."""
    population = ledger.result.scenario.population
    return float(population.cohort or population.residents or 1)


def present_values(ledger: Ledger) -> list[tuple[Flow, Floats]]:
    """Return each flow and what it is worth in each arm, (arms,): means over the replications."""
    horizon = Horizon(ledger.result, ledger.amounts.shape[2])
    return [
        (flow, horizon.present_value(horizon.flows(flow.amounts), flow.rate).mean(axis=0))
        for flow in flows(ledger)
    ]


def per_person(ledger: Ledger) -> pd.DataFrame:
    """Return the present value of costs and of every measure, in all and per person.

    Columns: arm, measure ("cost", or the name of an outcome or a weight), discount_rate (a year),
    total, per_person.
    """
    people, found = persons(ledger), present_values(ledger)
    rows = [
        (arm, flow.name, flow.rate, float(worth[number]), float(worth[number]) / people)
        for number, arm in enumerate(ledger.result.arms)
        for flow, worth in found
    ]
    columns = ["arm", "measure", "discount_rate", "total", "per_person"]
    return pd.DataFrame(rows, columns=columns)


def by_cycle(ledger: Ledger) -> pd.DataFrame:
    """Return costs and every measure cycle by cycle, in all: means over the replications.

    Columns: arm, cycle (from 0), measure, amount, discounted.
    """
    horizon = Horizon(ledger.result, ledger.amounts.shape[2])
    parts = []
    for number, arm in enumerate(ledger.result.arms):
        for flow in flows(ledger):
            amount = horizon.flows(flow.amounts).mean(axis=0)[number]
            own = {
                "arm": arm,
                "cycle": np.arange(len(amount)),
                "measure": flow.name,
                "amount": amount,
                "discounted": amount * horizon.factors(flow.rate),
            }
            parts.append(pd.DataFrame(own))
    return pd.concat(parts, ignore_index=True)


class Incremental(NamedTuple):
    """The arms compared by one measure of effects.

    Attributes:
        measure: What is gained.
        rates: The discount rates of costs and of effects, a year.
        table: Per person: see `icer_table`.
    """

    measure: OutcomeMeasured
    rates: tuple[float, float]
    table: pd.DataFrame


def incremental(ledger: Ledger) -> list[Incremental]:
    """Return the arms compared by each measure of effects, per person.

    Of an outcome of which little is good, what is avoided compared with `without` is gained.
    """
    people, (cost, *effects) = persons(ledger), present_values(ledger)
    found = []
    for flow, worth in effects:
        assert flow.measure is not None
        gained = worth if flow.measure.good == "high" else worth[0] - worth
        arms = {"cost": cost[1] / people, "effect": gained / people}
        table = pd.DataFrame(arms, index=list(ledger.result.arms))
        rates = (cost[0].rate, flow.rate)
        found.append(Incremental(flow.measure, rates, icer_table(table, missing="drop")))
    return found
