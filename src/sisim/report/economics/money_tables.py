"""The tables on money that are read at once: what an arm is worth, and who pays and gains."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import pandas as pd

from sisim.economics.appraisal import AMOUNTS, Appraisal
from sisim.economics.distribution import WhoGains
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.formats import Unit, decimal, share_of, unit_for
from sisim.report.present_value import net_words, worth_words
from sisim.scenario.scenario import Scenario

RATES = ("return_on_investment", "internal_rate_of_return")


def shown_tables(result: Valuation, arms: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return two tables per arm, each with its title."""
    found = []
    for arm in arms:
        label = result.scenario.arms[arm].label.text
        appraisal, gains = result.appraisal[arm], result.who_gains[arm]
        how = worth_words(appraisal.rate)
        unit = unit_for(float(abs(gains.amounts).max(initial=0.0)))
        titles = (
            t("{arm}: what it is worth, {unit}, {how}", arm=label, unit=unit.label(), how=how),
            t("{arm}: who pays, who gains, {unit}, {how}", arm=label, unit=unit.label(), how=how),
        )
        found += [
            (titles[0], _worth(appraisal, unit)),
            (titles[1], _matrix(gains, result.scenario, unit)),
        ]
    return found


def _worth(appraisal: Appraisal, unit: Unit) -> pd.DataFrame:
    names = {
        "invested": t("Invested"),
        "lower_cost": t("Lower costs"),
        "net": net_words(appraisal.rate),
        "financing": t("Paid to those who finance it, less what they put in"),
        "tail": t("of which in the tail"),
        "benefit_cost_ratio": t("Benefit–cost ratio"),
        "return_on_investment": t("Return on investment"),
        "internal_rate_of_return": t("Internal rate of return"),
        "deepest": t("Deepest hole, not discounted"),
        "deepest_discounted": t("Deepest hole, discounted"),
    }
    rows = []
    left_out = {
        "tail": appraisal.horizon.tail is None,
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
        if name in ("investment", "reduced", "net") or matrix[name].abs().max() > 0
    }
    return pd.DataFrame({"": payers, **shown})
