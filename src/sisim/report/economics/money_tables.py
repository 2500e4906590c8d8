"""The tables on money that are read at once: what an arm is worth, and who pays and gains."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import pandas as pd

from sisim.economics.appraisal import AMOUNTS, Appraisal
from sisim.economics.distribution import WhoGains
from sisim.i18n import t
from sisim.report.formats import Unit, decimal, share_of, unit_for
from sisim.report.result import MoneyResult
from sisim.scenario.scenario import Scenario

RATES = ("return_on_investment", "internal_rate_of_return")


def shown_tables(
    result: MoneyResult, arms: Sequence[str], lang: str
) -> list[tuple[str, pd.DataFrame]]:
    """Return two tables per arm, each with its title."""
    found = []
    for arm in arms:
        label = result.scenario.arms[arm].label.in_language(lang)
        appraisal, gains = result.appraisal[arm], result.who_gains[arm]
        unit = unit_for(float(abs(gains.amounts).max(initial=0.0)))
        titles = (
            t("{arm}: what it is worth, {unit}", lang, arm=label, unit=unit.label(lang)),
            t("{arm}: who pays, who gains, {unit}", lang, arm=label, unit=unit.label(lang)),
        )
        found += [
            (titles[0], _worth(appraisal, unit, lang)),
            (titles[1], _matrix(gains, result.scenario, unit, lang)),
        ]
    return found


def _worth(appraisal: Appraisal, unit: Unit, lang: str) -> pd.DataFrame:
    names = {
        "invested": t("Invested", lang),
        "lower_cost": t("Lower costs", lang),
        "net": t("Net present value", lang),
        "tail": t("of which in the tail", lang),
        "benefit_cost_ratio": t("Benefit–cost ratio", lang),
        "return_on_investment": t("Return on investment", lang),
        "internal_rate_of_return": t("Internal rate of return", lang),
        "deepest": t("Deepest hole", lang),
        "deepest_discounted": t("Deepest hole, discounted", lang),
    }
    rows = []
    for name in AMOUNTS:
        if name == "tail" and appraisal.horizon.tail is None:
            continue
        one = appraisal.interval(name)

        def cell(value: float, name: str = name) -> str:
            if isnan(value):
                return "–"
            if name in RATES:
                return share_of(value, lang, 1)
            if name == "benefit_cost_ratio":
                return decimal(value, lang, 2)
            return decimal(value / unit.size, lang, unit.digits)

        rows.append({
            "": names[name],
            t("Mean", lang): cell(one.mean),
            t("10%", lang): cell(one.low),
            t("90%", lang): cell(one.high),
            t("Standard error", lang): cell(one.standard_error),
            t("Runs", lang): decimal(one.replications, lang),
            t("Runs to halve it", lang): "–" if one.to_halve is None else decimal(
                one.to_halve, lang),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _matrix(gains: WhoGains, scenario: Scenario, unit: Unit, lang: str) -> pd.DataFrame:
    matrix = gains.matrix()
    names = {
        "investment": t("Investment", lang),
        "running": t("Running", lang),
        "replaced": t("Replaced", lang),
        "reduced": t("Lower costs", lang),
        "repayment": t("Repayment", lang),
        "contract": t("Contract", lang),
        "net": t("Net", lang),
    }
    payers = [
        scenario.payer_label(payer).in_language(lang) if payer else t("Total", lang)
        for payer in matrix["administration"]
    ]
    shown = {
        label: [decimal(value / unit.size, lang, unit.digits) for value in matrix[name]]
        for name, label in names.items()
        if name in ("investment", "reduced", "net") or matrix[name].abs().max() > 0
    }
    return pd.DataFrame({"": payers, **shown})
