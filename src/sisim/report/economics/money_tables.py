"""The tables on money that are read at once: what an arm is worth, and who pays and gains."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.appraisal import AMOUNTS, Appraisal
from sisim.economics.distribution import WhoGains
from sisim.economics.perspectives import Perspectives
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.economics.later_words import after, of_which
from sisim.report.formats import Unit, decimal, lower, share_of, unit_for
from sisim.report.present_value import net_words, worth_words
from sisim.scenario.economy import PUBLIC, SOCIETY
from sisim.scenario.scenario import Scenario

RATES = ("return_on_investment", "internal_rate_of_return")


def shown_tables(result: Valuation, arms: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return two tables per arm, each with its title."""
    found: list[tuple[str, pd.DataFrame]] = []
    for arm in arms:
        label = result.scenario.arms[arm].label.text
        appraisal, gains = result.appraisal[arm], result.who_gains[arm]
        how = worth_words(appraisal.rate)
        unit = unit_for(float(abs(gains.amounts).max(initial=0.0)))
        told = {"arm": label, "unit": unit.label(), "how": how}
        titles = (
            t("{arm}: what it is worth, {unit}, {how}", **told),
            t("{arm}: who pays, who gains, {unit}, {how}", **told),
            t("{arm}: in every perspective, {unit}, {how}", **told),
            t("{arm}: who benefits, {unit}, {how}", **told),
        )
        tables = (
            _worth(appraisal, unit),
            _matrix(gains, result.scenario, unit),
            _perspectives(result.perspectives[arm], unit),
            _benefits(result.perspectives[arm], unit),
        )
        found += zip(titles, tables, strict=True)
    return found


def _perspectives(found: Perspectives, unit: Unit) -> pd.DataFrame:
    """Return what an arm is worth to each principal, to the public and to society."""
    parts = {
        "invested": t("Investment"),
        "simulated": t("Lower costs"),
        "income": t("Income"),
        "later": t("After {age}", age=after(found.scenario)),
    }
    if found.scenario.continuation is None:
        del parts["later"]
    if all(part != "income" for part, _ in found.items):
        del parts["income"]
    special = {PUBLIC: t("The public sector"), SOCIETY: t("Society")}
    principals = found.scenario.pathway.principals
    rows = []
    for name in found.names:
        cells = {label: found.gained(name, part) for part, label in parts.items()}
        cells[t("Net")] = found.gained(name)
        label = special[name] if name in special else principals[name].label.text
        rows.append({"": label, **{key: _mean(one, unit) for key, one in cells.items()}})
    return pd.DataFrame(rows)


def _benefits(found: Perspectives, unit: Unit) -> pd.DataFrame:
    """Return who benefits by what: taxpayers, participants, others, and indirectly."""
    names = {
        "taxpayers": t("Taxpayers"),
        "participants": t("Participants"),
        "others": t("Others"),
        "indirect": t("Indirect"),
    }
    tail = found.scenario.time.tail
    said = {"invested": t("Investment"), "simulated": t("Lower costs")}
    rows = []
    for item in (*found.items, None):
        label = t("Total") if item is None else said.get(item[0], "")
        if item is not None and item[0] == "income":
            what = found.scenario.pathway.resources[item[1]].label.text
            label = t("Income: {what}", what=lower(what))
        if item is not None and item[0] == "later" and tail is not None:
            age, what = after(found.scenario), tail.resources[item[1]].label.text
            label = t("After {age}: {what}", age=age, what=lower(what))
        columns = {name: found.column(column, item) for column, name in names.items()}
        columns[t("Total")] = np.sum(list(columns.values()), axis=0)
        rows.append({"": label, **{name: _mean(one, unit) for name, one in columns.items()}})
    return pd.DataFrame(rows)


def _mean(values: Floats, unit: Unit) -> str:
    return decimal(float(values.mean()) / unit.size, unit.digits)


def _worth(appraisal: Appraisal, unit: Unit) -> pd.DataFrame:
    names = {
        "invested": t("Invested"),
        "lower_cost": t("Lower costs"),
        "net": net_words(appraisal.rate),
        "tail": of_which(appraisal.scenario)
        if appraisal.horizon.continued
        else t("of which in the tail"),
        "income": t("of which income"),
        "financing": t("Paid to those who finance it, less what they put in"),
        "benefit_cost_ratio": t("Benefit–cost ratio"),
        "return_on_investment": t("Return on investment"),
        "internal_rate_of_return": t("Internal rate of return"),
        "deepest": t("Deepest hole, not discounted"),
        "deepest_discounted": t("Deepest hole, discounted"),
    }
    rows = []
    left_out = {
        "tail": appraisal.horizon.tail is None and not appraisal.horizon.continued,
        "income": not appraisal.income.any(),
        "financing": not appraisal.paid_financiers.any(),
        "deepest_discounted": not appraisal.rate,
    }
    for name in AMOUNTS:
        if left_out.get(name):
            continue
        one = appraisal.interval(name)

        def cell(value: float, name: str = name) -> str:
            if isnan(value):
                return "–"
            if name in RATES:
                return share_of(value, 1)
            if name == "benefit_cost_ratio":
                return decimal(value, 2)
            return decimal(value / unit.size, unit.digits)

        rows.append(
            {
                "": names[name],
                t("Mean"): cell(one.mean),
                t("10%"): cell(one.low) if appraisal.banded else "–",
                t("90%"): cell(one.high) if appraisal.banded else "–",
                t("Standard error"): cell(one.standard_error),
                t("Runs"): decimal(one.replications),
                t("Runs to halve it"): "–" if one.to_halve is None else decimal(one.to_halve),
            }
        )
    return pd.DataFrame(rows)


def _matrix(gains: WhoGains, scenario: Scenario, unit: Unit) -> pd.DataFrame:
    matrix = gains.matrix()
    names = {
        "investment": t("Investment"),
        "running": t("Running"),
        "replaced": t("Replaced"),
        "reduced": t("Lower costs"),
        "income": t("Income"),
        "later": t("After {age}", age=after(scenario)),
        "repayment": t("Repayment"),
        "contract": t("Contract"),
        "financing": t("Financing"),
        "net": t("Net"),
    }
    payers = [
        scenario.payer_label(payer).text if payer else t("Total")
        for payer in matrix["administration"]
    ]
    shown = {
        label: [decimal(value / unit.size, unit.digits) for value in matrix[name]]
        for name, label in names.items()
        if name in ("investment", "reduced", "net")
        or (name in matrix and matrix[name].abs().max() > 0)
    }
    return pd.DataFrame({"": payers, **shown})
