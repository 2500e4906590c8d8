"""Outcome contracts for the reader: what is said, the tables, and the pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sisim.economics.settlement import Settlement
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.economics.contract_words import (
    amount_text,
    party_name,
    sentence,
    title_of,
)
from sisim.report.economics.evaluated_money import paid_table, paid_words
from sisim.report.formats import THOUSANDS, decimal, share_of, signed_money, spread
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def contract_words(result: Valuation, arms: Sequence[str]) -> list[str]:
    """Return each contract as one plain sentence, and one on what it came to in each arm."""
    found: list[str] = []
    for settled in _of(result, arms):
        said = sentence(result.scenario, settled.contract)
        found += [*([] if said in found else [said]), came_to(result.scenario, settled)]
        found += paid_words(result.scenario, settled)
    return found


def contract_tables(result: Valuation, arms: Sequence[str]) -> Mapping[str, pd.DataFrame]:
    """Return the numbers of the contracts, one tidy table per subject; none without contracts.

    See `Settlement.flows`, `summary`, `tiers` and `prices`.
    """
    parts = {
        "contract-flows": Settlement.flows,
        "contract-parties": Settlement.summary,
        "contract-tiers": Settlement.tiers,
        "contract-prices": Settlement.prices,
    }
    settlements = _of(result, arms)
    verified = [table for table in map(paid_table, settlements) if len(table)]
    beside = {"contract-verified": pd.concat(verified, ignore_index=True)} if verified else {}
    return beside | {
        name: pd.concat([part(settled) for settled in settlements], ignore_index=True)
        for name, part in parts.items()
        if settlements
    }


def contract_pictures(result: Valuation, arms: Sequence[str]) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each contract in each arm that it is about, by a name for its file."""
    from sisim.report.chart.matplotlib_painter import paint
    from sisim.report.economics.contract_figure import contract_chart

    return {
        f"contract-{one.name}-{one.arm}": lambda one=one: paint(contract_chart(result, one))  # type: ignore[misc]
        for one in _of(result, arms)
    }


def contract_shown(result: Valuation, arms: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return tables to be read at once, each with its title: parties by year, and prices."""
    found = []
    for settled in _of(result, arms):
        found.append(party_table(result.scenario, settled))
        prices = _prices(result.scenario, settled)
        if len(prices):
            label = title_of(result.scenario, settled.contract, settled.arm)
            title = t("{label}: the price at which each party breaks even", label=label)
            found.append((title, prices))
    return found


def party_table(scenario: Scenario, settled: Settlement) -> tuple[str, pd.DataFrame]:
    """Return what each party gets (pays: negative) year by year, and its title, with the unit."""
    rows = []
    for party in settled.parties:
        flow = settled.flow(party).mean(axis=0) / 1e3
        years = zip(settled.years, flow, strict=True)
        cells = {str(year): decimal(float(value)) for year, value in years}
        name = party_name(scenario, settled.contract, party)
        total = decimal(float(flow.sum()))
        rows.append({t("Party"): name, **cells, t("Sum"): total})
    title = t(
        "{label}: what each party gets (minus: pays), {unit}, fixed prices {level}, not discounted",
        label=title_of(scenario, settled.contract, settled.arm),
        unit=THOUSANDS.label(),
        level=scenario.economy.price_level,
    )
    return title, pd.DataFrame(rows)


def _prices(scenario: Scenario, settled: Settlement) -> pd.DataFrame:
    rows = []
    for row in settled.prices().to_dict("records"):
        payment = settled.contract.payments[row["payment"]]
        of_savings = payment.measure is not None and bool(payment.measure.saved_by)

        def cell(value: float, of_savings: bool = of_savings) -> str:
            if np.isnan(value):
                return "–"
            return share_of(value, 1) if of_savings else amount_text(value)

        rows.append(
            {
                t("Payment"): payment.label.text,
                t("Party"): party_name(scenario, settled.contract, row["party"]),
                t("Price"): cell(row["price"]),
                t("Breaks even at"): cell(row["break_even"]),
            }
        )
    return pd.DataFrame(rows)


def came_to(scenario: Scenario, settled: Settlement) -> str:
    """Return what a contract came to for its parties, in one sentence."""
    parts = []
    for row in settled.summary().to_dict("records"):
        name = party_name(scenario, settled.contract, row["party"])
        part = t("{party} {net}", party=name, net=signed_money(row["net"]))
        private = settled.is_private(row["party"])
        if private and (found := settled.carried_return(row["party"])) is not None:
            rate, low, high = found
            part += " " + t(
                "(a return of {rate} a year, {range} in four runs of five)",
                rate=share_of(rate, 1),
                range=spread(100 * low, 100 * high, 1),
            )
        parts.append(part)
    label = title_of(scenario, settled.contract, settled.arm)
    return t(
        "{label}, net of what is paid and received: {parts}.", label=label, parts=", ".join(parts)
    )


def _of(result: Valuation, arms: Sequence[str]) -> list[Settlement]:
    return [settled for settled in result.contracts if settled.arm in arms]
