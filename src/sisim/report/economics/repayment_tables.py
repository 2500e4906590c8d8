"""The plan of repayment as a table, the same on paper, on screen and as CSV, and its terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.budget_impact import Budget
from sisim.economics.repayment import Repayments
from sisim.i18n import t
from sisim.report.formats import THOUSANDS, decimal, quoted, share_of
from sisim.report.spreadsheet_files import csv_of_rows
from sisim.scenario.fund import Fund
from sisim.scenario.scenario import Scenario


@dataclass(frozen=True)
class AmountRow:
    """A row of a table by year: amounts in SEK, and their sum where it means something."""

    label: str
    amounts: Floats
    total: float | None = None
    bold: bool = False


def summed(label: str, amounts: Floats, *, bold: bool = False) -> AmountRow:
    """Return a row with its sum."""
    return AmountRow(label, amounts, float(amounts.sum()), bold)


def plan_rows(one: Repayments, scenario: Scenario) -> list[AmountRow]:
    """Return the plan: investment, repayment by administration, net, and what has accumulated."""
    plan = one.plan
    return [
        summed(t("Investment from the fund"), -plan.payments, bold=True),
        *(
            summed(t("Repayment, {who}", who=label_of(scenario, name)), repaid)
            for name, repaid in zip(plan.administrations, plan.repaid, strict=True)
            if repaid.any()
        ),
        summed(t("All repayment"), plan.total, bold=True),
        summed(t("Net for the fund"), plan.net, bold=True),
        AmountRow(t("Accumulated for the fund"), plan.position, bold=True),
    ]


def administration_rows(one: Repayments, scenario: Scenario) -> list[AmountRow]:
    """Return what each administration is calculated to save, repay and keep; then the others."""
    rows: list[AmountRow] = []
    for number, name in enumerate(one.administrations):
        # What is kept is the rest of what is shown, so that the rows add up as they are read.
        reduced, aside = (_as_shown(part[:, number]) for part in (one.reductions, one.set_aside))
        repaid = one.plan.repaid[number]
        if not (reduced.any() or repaid.any()):
            continue
        rows += [
            summed(
                t("{who}: calculated lower cost", who=label_of(scenario, name)), reduced, bold=True
            ),
            summed("  " + t("of which is repaid"), repaid),
            *(
                [summed("  " + t("of which is set aside for the fund"), aside)]
                if aside.any()
                else []
            ),
            summed("  " + t("of which is kept (surplus)"), reduced - repaid - aside),
            summed("  " + t("change of budget frame"), -repaid),
        ]
    rows += [
        summed(
            t("{who}: lower cost outside the system of repayment", who=label_of(scenario, name)),
            gained.mean(axis=0),
        )
        for name, gained in one.outside.items()
    ]
    return rows


def outcome_rows(one: Repayments, scenario: Scenario) -> list[AmountRow]:
    """Return plan, outcome and deviation side by side, in the mean over the runs."""
    rows: list[AmountRow] = []
    for number, name in enumerate(one.administrations):
        who = label_of(scenario, name)
        outcome = one.outcome[number]
        if not (outcome.any() or one.plan.repaid[number].any()):
            continue
        rows += [
            summed(t("{who}: plan", who=who), one.plan.repaid[number]),
            summed("  " + t("by outcome"), outcome),
            summed("  " + t("deviation"), one.deviation[number], bold=True),
        ]
    return rows


def account_rows(one: Repayments) -> list[AmountRow]:
    """Return the book-keeping of the fund, in the mean over the runs."""
    account = one.account

    def mean(amounts: Floats) -> Floats:
        return np.asarray(np.atleast_2d(amounts).mean(axis=0))

    rows = [
        summed(t("Put into the fund"), mean(account.deposits)),
        summed(t("Interest"), mean(account.interest)),
        summed(t("Paid to investments"), -mean(account.payments)),
        summed(t("Repaid"), mean(account.repayments)),
        summed(t("Set aside from surplus"), mean(account.set_aside)),
        summed(t("Missing: must be added from elsewhere"), mean(account.shortfall)),
    ]
    return [
        *(row for row in rows if row.amounts.any()),
        AmountRow(t("In the fund at the end of the year"), mean(account.balance), bold=True),
        AmountRow(t("of which is decided but not yet paid"), mean(account.committed)),
    ]


def budget_rows(budget: Budget, those: Collection[str], scenario: Scenario) -> list[AmountRow]:
    """Return how the frames of some administrations come about, and what is left of them."""
    rows: list[AmountRow] = []
    for number, name in enumerate(budget.administrations):
        if name not in those or not budget.frame[:, number].any():
            continue
        who = label_of(scenario, name)
        # The frame and what is left of it are made of what is shown: the rows add up as read.
        base, indexation, volume, repayment, cost = (
            _as_shown(part[:, number])
            for part in (
                budget.base,
                budget.indexation,
                budget.volume,
                budget.repayment,
                budget.cost,
            )
        )
        frame = base + indexation + volume - repayment
        rows += [
            AmountRow(t("{who}: frame", who=who), frame, bold=True),
            AmountRow("  " + t("base, {year}", year=str(budget.base_year)), base),
            AmountRow("  " + t("indexation"), indexation),
            AmountRow("  " + t("volume"), volume),
            AmountRow("  " + t("repayment"), -repayment),
            AmountRow("  " + t("cost with the investment"), cost),
            AmountRow("  " + t("left of the frame"), frame - cost),
        ]
    return rows


def conditions(terms: Fund, scenario: Scenario) -> str:
    """Return on what terms a fund is repaid, as sentences."""
    rule = terms.repayment
    if rule.basis == "none":
        return t("Nothing is repaid.")
    if rule.evaluation is not None and rule.basis == "evaluated":
        spec = scenario.evaluations[rule.evaluation]
        by = t(
            "Repayment by the evaluation {label}, which answers in {year}: nothing is due before",
            label=quoted(spec.label.text),
            year=str(spec.answer_year),
        )
    else:
        by = ""
    basis = {
        "planned": t("Repayment by plan"),
        "observed": t("Repayment by outcome"),
        "evaluated": by,
        "mix": t("Repayment by plan and outcome ({share} by plan)", share=share_of(rule.planned)),
    }[rule.basis]
    cap = (
        t("at most what is invested; the surplus stays with the administrations")
        if rule.cap == "invested"
        else t("without a cap at what is invested")
    )
    yearly = {
        "cash_reduction": t("at most what the year's budget sees")
        if rule.basis != "evaluated"
        else t("at most what budgets see"),
        "gross_reduction": t("at most the year's lower cost"),
        "none": t("without a cap by year"),
    }[rule.cap_year]
    prices = (
        t("Current prices.")
        if rule.prices == "current"
        else t("Fixed prices, {level}.", level=scenario.economy.price_level)
    )
    settled = (
        ""
        if rule.basis in ("planned", "evaluated")
        else " "
        + t(
            "By outcome it is settled on what has accumulated: a year that costs more is set off "
            "against those that cost less, and what was repaid too much is given back."
        )
    )
    between = (
        " "
        + t("Administrations are set off against each other: what one has lost, others repay less.")
        if rule.set_off == "agreement"
        else ""
    )
    return f"{basis}, {cap}, {yearly}.{settled}{between} {prices}"


def label_of(scenario: Scenario, payer: str) -> str:
    """Return what an administration or a fund is called."""
    return scenario.payer_label(payer).text


def _as_shown(amounts: Floats) -> Floats:
    """Return the means over the replications in whole thousands, (years,)."""
    return np.asarray(np.round(amounts.mean(axis=0) / THOUSANDS.size) * THOUSANDS.size)


def shown(rows: Sequence[AmountRow], years: Sequence[int]) -> pd.DataFrame:
    """Return a table to be read: a column per year, in thousands of SEK as they are read."""
    unit = THOUSANDS.label()
    table = pd.DataFrame({unit: [row.label for row in rows]})
    for number, year in enumerate(years):
        table[str(year)] = [_cell(row.amounts[number]) for row in rows]
    if any(row.total is not None for row in rows):
        table[t("Sum")] = [_cell(row.total) for row in rows]
    return table


def _cell(amount: float | None) -> str:
    return "" if amount is None else decimal(amount / THOUSANDS.size)


def plan_csv(one: Repayments, scenario: Scenario) -> str:
    """Return the plan as CSV: the rows and columns of the table, in thousands of SEK."""
    head = [THOUSANDS.label(), *one.years.tolist(), t("Sum")]
    rows = [
        [row.label, *map(_plain, row.amounts), None if row.total is None else _plain(row.total)]
        for row in plan_rows(one, scenario)
    ]
    return csv_of_rows([head, *rows])


def _plain(amount: float) -> int | float:
    thousands = round(float(amount) / THOUSANDS.size, 3) + 0.0
    return int(thousands) if thousands == int(thousands) else thousands


def repayment_table(one: Repayments) -> pd.DataFrame:
    """Return everything by administration and year, over the replications.

    Columns: fund, arm, administration, year, plan, outcome, deviation, repaid, reduction, cash,
    set_aside, kept (SEK; all but the plan means over the replications).
    """
    means: dict[str, Any] = {
        "plan": one.plan.repaid,
        "outcome": one.outcome,
        "deviation": one.deviation,
        "repaid": one.repaid.mean(axis=0),
        "reduction": one.reductions.mean(axis=0),
        "cash": one.cash.mean(axis=0),
        "set_aside": one.set_aside.mean(axis=0),
        "kept": one.kept.mean(axis=0),
    }
    index = pd.MultiIndex.from_product(
        [[one.fund], [one.arm], one.administrations, one.years],
        names=["fund", "arm", "administration", "year"],
    )
    table = pd.DataFrame({name: part.ravel() for name, part in means.items()}, index=index)
    return table.reset_index()


def account_table(one: Repayments) -> pd.DataFrame:
    """Return the book-keeping of the fund.

    Columns: fund, arm, replication, year, deposits, interest, payments, repayments, set_aside,
    shortfall, balance, committed, position (SEK).
    """
    names = (
        "deposits",
        "interest",
        "payments",
        "repayments",
        "set_aside",
        "shortfall",
        "balance",
        "committed",
        "position",
    )
    shape = one.account.balance.shape
    index = pd.MultiIndex.from_product(
        [[one.fund], [one.arm], range(shape[0]), one.years],
        names=["fund", "arm", "replication", "year"],
    )
    parts = {name: np.broadcast_to(getattr(one.account, name), shape).ravel() for name in names}
    return pd.DataFrame(parts, index=index).reset_index()


def budget_table(budget: Budget, arm: str) -> pd.DataFrame:
    """Return the frames.

    Columns: arm, replication, administration, year, base, indexation, volume, repayment, frame,
    cost, surplus (SEK).
    """
    names = ("base", "indexation", "volume", "repayment", "frame", "cost", "surplus")
    index = pd.MultiIndex.from_product(
        [[arm], range(len(budget.base)), budget.administrations, budget.years],
        names=["arm", "replication", "administration", "year"],
    )
    return pd.DataFrame(
        {name: getattr(budget, name).ravel() for name in names}, index=index
    ).reset_index()
