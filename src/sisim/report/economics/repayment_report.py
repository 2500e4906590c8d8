"""The fund and its repayment: what is said, the tables, and the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sisim.economics.appraisal import RANGE
from sisim.economics.ledger import ORE
from sisim.economics.repayment import Repayments
from sisim.economics.valuation import Valuation
from sisim.i18n import duration, n_, t
from sisim.report.economics.evaluated_money import repaid_rows, repaid_table, repaid_words
from sisim.report.economics.repayment_tables import (
    account_rows,
    account_table,
    administration_rows,
    budget_rows,
    budget_table,
    conditions,
    label_of,
    outcome_rows,
    plan_csv,
    plan_rows,
    repayment_table,
)
from sisim.report.economics.repayment_tables import shown as rows_shown
from sisim.report.formats import money
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NAMED = 5
"""So many amounts that are missing or unearned are listed; the rest are counted."""


def words(result: Valuation, arms: Sequence[str]) -> list[str]:
    """Return on what terms each fund is repaid and what comes of it, a sentence a line."""
    said: list[str] = []
    for one in _all(result, arms):
        said += [*([""] if said else []), *sentences(one, result.scenario)]
    return said


def shown(result: Valuation, arms: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return the plan, the administrations, the outcome, the fund and the frames, with titles."""
    scenario = result.scenario
    found: list[tuple[str, pd.DataFrame]] = []
    for one in _all(result, arms):
        if not one.plan.payments.any():
            continue
        named = f"{label_of(scenario, one.fund)}, {_arm(one.arm, scenario)}"
        for title, rows in (
            (t("Plan of repayment: {fund}", fund=named), plan_rows(one, scenario)),
            (t("By administration"), administration_rows(one, scenario)),
            (t("Plan and outcome, mean of the runs"), outcome_rows(one, scenario)),
            (t("The account of the fund"), account_rows(one)),
        ):
            found.append((_undiscounted(title), rows_shown(rows, one.years.tolist())))
        evaluated = repaid_rows(one, scenario)
        if len(evaluated):
            title = t("By the evaluation and by the true effect, mean of the runs")
            found.append((_undiscounted(title), evaluated))
    for arm in arms if found else ():
        budget = result.budget(arm)
        those = {name for one in result.funds[arm] for name in one.administrations}
        rows = budget_rows(budget, those, scenario)
        title = t("Budget frames, {arm}", arm=_arm(arm, scenario))
        found.append((_undiscounted(title), rows_shown(rows, budget.years.tolist())))
    return found


def sentences(one: Repayments, scenario: Scenario) -> list[str]:
    """Return on what terms a fund is repaid, when it has its money back, and what is missing."""
    terms = scenario.funds[one.fund]
    fund = label_of(scenario, one.fund)
    arm = _arm(one.arm, scenario)
    found = [f"{fund} – {arm}. {conditions(terms, scenario)}"]
    plan = one.plan
    if not plan.payments.any():
        return [*found, t("The fund pays nothing here, and nothing is repaid.")]
    paid, back = (money(float(part.sum())) for part in (plan.payments, plan.total))
    found.append(t("By plan {paid} is paid and {back} repaid.", paid=paid, back=back))
    if abs(one.unpaid) >= ORE:
        text = t(
            "The file states what the fund pays, {paid}; what it pays for costs {cost}. The "
            "difference is the fund's in the ledger, and is not repaid.",
            paid=money(float(one.account.payments.sum(axis=1).mean())),
            cost=money(float(one.costs.sum(axis=1).mean())),
        )
        found.append(text)
    if plan.break_even is None:
        length = duration(len(plan.years))
        found.append(t("The fund does not have its money back within {length}.", length=length))
    else:
        found.append(t("The fund has its money back in {year}.", year=plan.break_even))
    outcome = one.observed.sum(axis=(1, 2))
    if len(outcome) > 1:
        low, high = np.quantile(outcome, RANGE)
        text = t(
            "By outcome {back} would be repaid (10–90% of {runs}: {low} to {high}).",
            back=money(float(outcome.mean())),
            runs=n_("{n} run", "{n} runs", len(outcome)),
            low=money(float(low)),
            high=money(float(high)),
        )
        found.append(text)
        if one.chance > max(plan.unit, ORE):
            text = t(
                "Of that {chance} is chance: administrations repay where costs happen to fall, and "
                "are paid nothing where they happen to rise. On the mean reductions of the runs "
                "{back} would be repaid.",
                chance=money(one.chance),
                back=money(float(outcome.mean()) - one.chance),
            )
            found.append(text)
    found += repaid_words(one, scenario)
    lacking = [f"{money(amount)} ({year})" for year, amount in one.account.lacks]
    if lacking:
        text = t("Missing in the fund, to be added from elsewhere: {what}.", what=_few(lacking))
        found.append(text)
    for text, named in (
        (t("More is repaid than is saved, in the mean of the runs: {what}."), one.unearned),
        (t("A cap takes off the agreed plan: {what}."), one.above_cap),
    ):
        if named:
            what = [
                f"{label_of(scenario, name)} {year}, {money(amount)}"
                for name, year, amount in named
            ]
            found.append(text.format(what=_few(what)))
    return found


def _undiscounted(title: str) -> str:
    return t("{what}, not discounted", what=title)


def _arm(arm: str, scenario: Scenario) -> str:
    return scenario.arms[arm].label.text


def _few(items: list[str]) -> str:
    shown = "; ".join(items[:MOST_NAMED])
    more = len(items) - MOST_NAMED
    return shown if more <= 0 else t("{shown}; and {n} more", shown=shown, n=more)


def tables(result: Valuation, arms: Sequence[str]) -> Mapping[str, pd.DataFrame]:
    """Return the numbers behind it, one tidy table per subject."""
    found = list(_all(result, arms))
    if not found:
        return {}
    budgets = [budget_table(result.budget(arm), arm) for arm in arms]
    evaluated = [table for table in map(repaid_table, found) if len(table)]
    beside = {"repayment-evaluated": pd.concat(evaluated, ignore_index=True)} if evaluated else {}
    return {
        **beside,
        "repayment": pd.concat(map(repayment_table, found), ignore_index=True),
        "fund-account": pd.concat(map(account_table, found), ignore_index=True),
        "budget-frames": pd.concat(budgets, ignore_index=True),
    }


def files(result: Valuation, arms: Sequence[str]) -> Mapping[str, str]:
    """Return the plans as they are laid out on paper, as CSV, by file name."""
    return {
        f"repayment-plan-{one.fund}-{one.arm}.csv": plan_csv(one, result.scenario)
        for one in _all(result, arms)
    }


def pictures(result: Valuation, arms: Sequence[str]) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each picture, by file name."""
    from sisim.report.chart.matplotlib_painter import paint
    from sisim.report.economics.budget_frames import budget_frames_chart
    from sisim.report.economics.repayment_figure import repayment_chart

    found: dict[str, Callable[[], Figure]] = {}
    for one in _all(result, arms):
        if one.plan.payments.any():
            name = f"repayment-plan-{one.fund}-{one.arm}"
            found[name] = lambda one=one: paint(repayment_chart(result, one))  # type: ignore[misc]
    for arm in arms if found else ():
        found[f"budget-frames-{arm}"] = lambda arm=arm: paint(budget_frames_chart(result, arm))  # type: ignore[misc]
    return found


def _all(result: Valuation, arms: Sequence[str]) -> Iterator[Repayments]:
    for arm in arms:
        yield from result.funds[arm]
