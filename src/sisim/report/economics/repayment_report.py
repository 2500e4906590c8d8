"""The fund and its repayment: what is said, the tables, and the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sisim.economics.ledger import ORE
from sisim.economics.repayment import Repayments
from sisim.i18n import t
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
from sisim.report.formats import decimal, money
from sisim.report.result import MoneyResult
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NAMED = 5
"""So many amounts that are missing or unearned are listed; the rest are counted."""


def words(result: MoneyResult, arms: Sequence[str], lang: str) -> list[str]:
    """Return on what terms each fund is repaid and what comes of it, a sentence a line."""
    said: list[str] = []
    for one in _all(result, arms):
        said += [*([""] if said else []), *sentences(one, result.scenario, lang)]
    return said


def shown(result: MoneyResult, arms: Sequence[str], lang: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the plan, the administrations, the outcome, the fund and the frames, with titles."""
    scenario = result.scenario
    found: list[tuple[str, pd.DataFrame]] = []
    for one in _all(result, arms):
        if not one.plan.payments.any():
            continue
        named = f"{label_of(scenario, one.fund, lang)}, {_arm(one.arm, scenario, lang)}"
        for title, rows in (
            (t("Plan of repayment: {fund}", lang, fund=named), plan_rows(one, scenario, lang)),
            (t("By administration", lang), administration_rows(one, scenario, lang)),
            (t("Plan and outcome, mean of the runs", lang), outcome_rows(one, scenario, lang)),
            (t("The account of the fund", lang), account_rows(one, lang)),
        ):
            found.append((title, rows_shown(rows, one.years.tolist(), lang)))
    for arm in arms if found else ():
        budget = result.budget(arm)
        those = {name for one in result.funds[arm] for name in one.administrations}
        rows = budget_rows(budget, those, scenario, lang)
        title = t("Budget frames, {arm}", lang, arm=_arm(arm, scenario, lang))
        found.append((title, rows_shown(rows, budget.years.tolist(), lang)))
    return found


def sentences(one: Repayments, scenario: Scenario, lang: str) -> list[str]:
    """Return on what terms a fund is repaid, when it has its money back, and what is missing."""
    terms = scenario.funds[one.fund]
    fund = label_of(scenario, one.fund, lang)
    arm = _arm(one.arm, scenario, lang)
    found = [f"{fund} – {arm}. {conditions(terms, scenario, lang)}"]
    plan = one.plan
    if not plan.payments.any():
        return [*found, t("The fund pays nothing here, and nothing is repaid.", lang)]
    paid, back = (money(float(part.sum()), lang) for part in (plan.payments, plan.total))
    found.append(t("By plan {paid} is paid and {back} repaid.", lang, paid=paid, back=back))
    if abs(one.unpaid) >= ORE:
        text = t("The file states what the fund pays, {paid}; what it pays for costs {cost}. The "
                 "difference is the fund's in the ledger, and is not repaid.", lang,
                 paid=money(float(one.account.payments.sum(axis=1).mean()), lang),
                 cost=money(float(one.costs.sum(axis=1).mean()), lang))  # fmt: skip
        found.append(text)
    if plan.break_even is None:
        years = decimal(len(plan.years), lang)
        found.append(t("The fund does not have its money back within {n} years.", lang, n=years))
    else:
        found.append(t("The fund has its money back in {year}.", lang, year=plan.break_even))
    outcome = one.observed.sum(axis=(1, 2))
    if len(outcome) > 1:
        low, high = np.quantile(outcome, [0.1, 0.9])
        text = t("By outcome {back} would be repaid (10–90% of {n} runs: {low} to {high}).", lang,
                 back=money(float(outcome.mean()), lang), n=decimal(len(outcome), lang),
                 low=money(float(low), lang), high=money(float(high), lang))  # fmt: skip
        found.append(text)
    lacking = [f"{money(amount, lang)} ({year})" for year, amount in one.account.lacks]
    if lacking:
        text = t("Missing in the fund, to be added from elsewhere: {what}.", lang,
                 what=_few(lacking, lang))  # fmt: skip
        found.append(text)
    for text, named in (
        (t("More is repaid than is saved, in the mean of the runs: {what}.", lang), one.unearned),
        (t("A cap takes off the agreed plan: {what}.", lang), one.above_cap),
    ):
        if named:
            what = [f"{label_of(scenario, name, lang)} {year}, {money(amount, lang)}"
                    for name, year, amount in named]  # fmt: skip
            found.append(text.format(what=_few(what, lang)))
    return found


def _arm(arm: str, scenario: Scenario, lang: str) -> str:
    return scenario.arms[arm].label.in_language(lang)


def _few(items: list[str], lang: str) -> str:
    shown = "; ".join(items[:MOST_NAMED])
    more = len(items) - MOST_NAMED
    return shown if more <= 0 else t("{shown}; and {n} more", lang, shown=shown, n=more)


def tables(result: MoneyResult, arms: Sequence[str]) -> Mapping[str, pd.DataFrame]:
    """Return the numbers behind it, one tidy table per subject."""
    found = list(_all(result, arms))
    if not found:
        return {}
    budgets = [budget_table(result.budget(arm), arm) for arm in arms]
    return {
        "repayment": pd.concat(map(repayment_table, found), ignore_index=True),
        "fund-account": pd.concat(map(account_table, found), ignore_index=True),
        "budget-frames": pd.concat(budgets, ignore_index=True),
    }


def files(result: MoneyResult, arms: Sequence[str], lang: str) -> Mapping[str, str]:
    """Return the plans as they are laid out on paper, as CSV, by file name."""
    return {
        f"repayment-plan-{one.fund}-{one.arm}.csv": plan_csv(one, result.scenario, lang)
        for one in _all(result, arms)
    }


def pictures(
    result: MoneyResult, arms: Sequence[str], lang: str
) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each picture, by file name."""
    from sisim.report.economics.budget_frames import draw_budget_frames
    from sisim.report.economics.repayment_figure import draw_repayment_plan

    found: dict[str, Callable[[], Figure]] = {}
    for one in _all(result, arms):
        if one.plan.payments.any():
            name = f"repayment-plan-{one.fund}-{one.arm}"
            found[name] = lambda one=one: draw_repayment_plan(result, one, lang)  # type: ignore[misc]
    for arm in arms if found else ():
        found[f"budget-frames-{arm}"] = lambda arm=arm: draw_budget_frames(result, arm, lang)  # type: ignore[misc]
    return found


def _all(result: MoneyResult, arms: Sequence[str]) -> Iterator[Repayments]:
    for arm in arms:
        yield from result.funds[arm]
