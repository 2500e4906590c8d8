"""The report of a cohort: costs and effects per person, what each step costs, and where all are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sisim.economics.cost_effectiveness import OutcomeMeasured
from sisim.economics.cost_trace import trace_tables
from sisim.economics.per_person import Incremental, by_cycle, persons, present_values
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import records
from sisim.report.analysis.answer_files import publish_answer
from sisim.report.economics.money_words import conventions, unit_words
from sisim.report.formats import capital, decimal, in_money, lower, money_unit, whole_money
from sisim.report.state_shares import arm_name, trace_charts

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def cohort_tables(result: Valuation) -> dict[str, pd.DataFrame]:
    """Return the numbers, one tidy table per subject, by file name."""
    found = {
        "traces": result.traces,
        "per-person": result.per_person,
        "by-cycle": by_cycle(result.settled),
    }
    if len(result.counts.arms) > 1 and result.incremental:
        found["incremental"] = pd.concat(
            [one.table.assign(outcome=one.measure.name) for one in result.incremental],
            ignore_index=True,
        )
    return found


def cohort_pictures(result: Valuation) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each picture, by file name."""
    from sisim.report.chart.matplotlib_painter import paint

    return {
        stem: lambda chart=chart: paint(chart)  # type: ignore[misc]
        for stem, chart in trace_charts(result).items()
    }


def publish_cohort(result: Valuation, out: Path) -> list[Path]:
    """Write the report into a folder, all or nothing; return the files."""
    return publish_answer(
        out,
        "cohort",
        cohort_pictures(result),
        {**cohort_tables(result), **trace_tables(result.settled)},
        cohort_words(result),
    )


def cohort_words(result: Valuation) -> list[str]:
    """Return what came out, a sentence a line."""
    found = [
        line
        for one in result.incremental
        if len(result.counts.arms) > 1
        for line in incremental_words(result, one)
    ]
    return [*found, conventions(result.scenario, tail=False)]


def incremental_words(result: Valuation, one: Incremental) -> list[str]:
    """Return what each arm costs more and gains, per person, by one measure."""
    unit = measure_unit(one.measure)
    previous, found = "", []
    for row in records(one.table):
        name = arm_name(result, str(row.strategy))
        told = {"arm": name, "unit": unit, "before": lower(previous)}
        if row.status == "ND" and row.icer == row.icer:
            told["cost"] = amount_text(float(row.inc_cost))
            told["gain"] = number_of(float(row.inc_effect))
            told["price"] = amount_text(float(row.icer))
            text = t(
                "{arm} costs {cost} more per person than {before} and gains {gain} ({unit}): "
                "{price} for one more.",
                **told,
            )
            found.append(text)
        elif row.status == "ED":
            found.append(t("{arm} is dominated by a mixture of two others ({unit}).", **told))
        elif row.status == "D":
            found.append(
                t("{arm} is dominated: another costs no more and is no worse ({unit}).", **told)
            )
        previous = name if row.status == "ND" else previous
    return found


def shown_tables(result: Valuation) -> list[tuple[str, pd.DataFrame]]:
    """Return the tables to be read at once, each with its title, in the reader's language."""
    found = [(t("Costs and effects per person"), _per_person(result))]
    if len(result.counts.arms) > 1:
        for one in result.incremental:
            title = t("Step by step: {what}", what=lower(measure_unit(one.measure)))
            found.append((title, _incremental(result, one)))
    return found


def _per_person(result: Valuation) -> pd.DataFrame:
    """Return a row per measure and two columns per arm: per person, and in all."""
    rows = []
    for number, arm in enumerate(result.counts.arms):
        for flow, worth in present_values(result.settled):
            label = in_money(t("Costs")) if flow.measure is None else measure_unit(flow.measure)
            digits = 2 if flow.measure is None else 6
            total = float(worth[number])
            rows.append(
                {
                    t("Arm"): arm_name(result, arm),
                    t("What"): label,
                    t("Per person"): decimal(total / persons(result.settled), digits),
                    t("In all"): decimal(total, 2),
                }
            )
    return pd.DataFrame(rows)


def _incremental(result: Valuation, one: Incremental) -> pd.DataFrame:
    standing = {
        "ND": t("on the frontier"),
        "ED": t("dominated by a mixture"),
        "D": t("dominated"),
    }
    table = one.table
    return pd.DataFrame(
        {
            t("Arm"): [arm_name(result, str(arm)) for arm in table["strategy"]],
            in_money(t("Costs")): table["cost"].map(lambda x: decimal(x, 2)),
            t("Gained"): table["effect"].map(lambda x: decimal(x, 6)),
            in_money(t("More costs")): table["inc_cost"].map(lambda x: decimal(x, 2)),
            t("Gained more"): table["inc_effect"].map(lambda x: decimal(x, 6)),
            capital(t("{unit} for one more", unit=money_unit())): table["icer"].map(
                lambda x: decimal(x, 2)
            ),
            t("Standing"): [standing.get(status, "–") for status in table["status"]],
        }
    )


def measure_unit(measure: OutcomeMeasured) -> str:
    """Return what is counted, and in what unit where it has one of its own."""
    label = capital(measure.label.text)
    if measure.kind == "weight":
        return label
    return t("{what}, {unit}", what=label, unit=unit_words(measure))


def amount_text(amount: float) -> str:
    """Return an amount in whole units of the currency; a small one with two decimals."""
    return whole_money(amount, 0 if abs(amount) >= 1000 else 2)


def number_of(value: float) -> str:
    """Return a number with about four figures."""
    size = abs(value)
    return decimal(value, 0 if size >= 1000 else 2 if size >= 10 else 4 if size >= 0.01 else 6)
