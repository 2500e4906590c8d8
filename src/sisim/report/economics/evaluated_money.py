"""Money that follows an evaluation, beside what it would have been by the true effect."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.appraisal import BAND_FROM, RANGE
from sisim.economics.ledger import ORE
from sisim.economics.measured_effect import MeasuredEffect
from sisim.economics.repayment import ByEvaluation, Repayments
from sisim.economics.settlement import Settlement
from sisim.i18n import n_, t
from sisim.report.formats import THOUSANDS, decimal, money, quoted
from sisim.scenario.scenario import Scenario

COLUMNS = ("measured_reduction", "true_reduction", "repaid_by_estimate", "repaid_by_truth")


def repaid_table(one: Repayments) -> pd.DataFrame:
    """Return what an evaluation makes of each administration's repayment, run by run.

    Columns: fund, arm, replication, administration, evaluation, estimate, low, high, truth
    (avoided per participant), participants, measured_reduction, true_reduction,
    repaid_by_estimate, repaid_by_truth (SEK, in all years), difference (repaid by the estimate
    less by the truth). Empty unless the fund is repaid by an evaluation.
    """
    found = one.by_evaluation
    if found is None:
        return pd.DataFrame()
    runs, those = found.measured.shape
    effect = found.effect
    table = pd.DataFrame(
        {
            "fund": one.fund,
            "arm": one.arm,
            "replication": np.repeat(np.arange(runs), those),
            "administration": np.tile(np.array(one.administrations), runs),
            "evaluation": effect.evaluation,
            **{
                name: np.repeat(getattr(effect, name), those)
                for name in ("estimate", "low", "high", "truth", "participants")
            },
            **dict(zip(COLUMNS, (part.ravel() for part in _parts(one, found)), strict=True)),
        }
    )
    return table.assign(difference=table["repaid_by_estimate"] - table["repaid_by_truth"])


def repaid_rows(one: Repayments, scenario: Scenario) -> pd.DataFrame:
    """Return the same to be read: a row for each administration, means in thousands of SEK."""
    found = one.by_evaluation
    if found is None:
        return pd.DataFrame()
    rows = []
    parts = [part.mean(axis=0) for part in _parts(one, found)]
    for name, measured, true, repaid, right in zip(one.administrations, *parts, strict=True):
        if not (measured or true or repaid or right):
            continue
        rows.append(
            {
                THOUSANDS.label(): scenario.payer_label(name).text,
                t("True lower cost"): _cell(true),
                t("Measured lower cost"): _cell(measured),
                t("Repaid by the true effect"): _cell(right),
                t("Repaid by the evaluation"): _cell(repaid),
                t("Difference"): _cell(repaid - right),
            }
        )
    return pd.DataFrame(rows)


def repaid_words(one: Repayments, scenario: Scenario) -> Iterator[str]:
    """Yield what is repaid by the evaluation, and how far that is from the true effect."""
    rule = scenario.funds[one.fund].repayment
    if rule.basis != "evaluated" or rule.evaluation is None:
        return
    label = quoted(scenario.evaluations[rule.evaluation].label.text)
    found = one.by_evaluation
    if found is None:
        yield t(
            "{label} evaluates nothing that is invested here, and nothing is repaid by it.",
            label=label,
        )
        return
    measured, true, repaid, right = (part.sum(axis=1) for part in _parts(one, found))
    yield t(
        "By {label} {measured} less is spent on those who take part, and in truth {true}; "
        "{repaid} is repaid{range}, where the true effect would give {right}.",
        label=label,
        measured=money(float(measured.mean())),
        true=money(float(true.mean())),
        repaid=money(float(repaid.mean())),
        range=_range(repaid),
        right=money(float(right.mean())),
    )
    yield from _unanswered(found.effect, label)
    if len(repaid) >= BAND_FROM:
        yield n_(
            "Too much is repaid in {more} of {n} run, and too little in {less}.",
            "Too much is repaid in {more} of {n} runs, and too little in {less}.",
            len(repaid),
            more=int((repaid > right + ORE).sum()),
            less=int((repaid < right - ORE).sum()),
        )


def _parts(one: Repayments, found: ByEvaluation) -> tuple[Floats, Floats, Floats, Floats]:
    """Return those of `COLUMNS`, (replications, administrations) each."""
    return found.measured, found.true, one.repaid.sum(axis=-1), found.repaid_by_truth


def paid_table(settled: Settlement) -> pd.DataFrame:
    """Return what payments that follow an evaluation come to, run by run.

    Columns: contract, arm, replication, payment, evaluation, estimate, low, high, truth (avoided
    per participant), participants, paid, paid_by_truth (SEK), difference. Empty if there are none.
    """
    parts = []
    for name, evaluation in settled.verified.items():
        effect = settled.facts.measured.get((evaluation, settled.arm))
        if effect is None:
            continue
        paid, right = (of.paid[name].sum(axis=1) for of in (settled, settled.by_truth))
        parts.append(
            pd.DataFrame(
                {
                    "contract": settled.name,
                    "arm": settled.arm,
                    "replication": np.arange(len(paid)),
                    "payment": name,
                    "evaluation": evaluation,
                    "estimate": effect.estimate,
                    "low": effect.low,
                    "high": effect.high,
                    "truth": effect.truth,
                    "participants": effect.participants,
                    "paid": paid,
                    "paid_by_truth": right,
                    "difference": paid - right,
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def paid_words(scenario: Scenario, settled: Settlement) -> Iterator[str]:
    """Yield how often each payment that follows an evaluation is made, and by the true effect."""
    for name, evaluation in settled.verified.items():
        label = quoted(scenario.evaluations[evaluation].label.text)
        effect = settled.facts.measured.get((evaluation, settled.arm))
        if effect is None:
            continue
        paid, right = (of.paid[name].sum(axis=1) for of in (settled, settled.by_truth))
        yield n_(
            "{payment}, verified by {label}: paid in {paid} of {n} run, {mean} on average. "
            "By the true effect: in {right}, {true}.",
            "{payment}, verified by {label}: paid in {paid} of {n} runs, {mean} on average. "
            "By the true effect: in {right}, {true}.",
            len(paid),
            payment=settled.contract.payments[name].label.text,
            label=label,
            paid=int((paid > ORE).sum()),
            mean=money(float(paid.mean())),
            right=int((right > ORE).sum()),
            true=money(float(right.mean())),
        )
        yield from _unanswered(effect, label)


def _unanswered(effect: MeasuredEffect, label: str) -> Iterator[str]:
    without = int(np.isnan(effect.estimate).sum())
    if without:
        yield n_(
            "{label} gives no answer in {without} of {n} run, and nothing is paid by it there.",
            "{label} gives no answer in {without} of {n} runs, and nothing is paid by it there.",
            len(effect.estimate),
            label=label,
            without=without,
        )


def _range(values: Floats) -> str:
    if len(values) < BAND_FROM:
        return ""
    low, high = np.quantile(values, RANGE)
    return " " + t(
        "(10–90% of the runs: {low} to {high})", low=money(float(low)), high=money(float(high))
    )


def _cell(amount: float) -> str:
    return decimal(float(amount) / THOUSANDS.size)
