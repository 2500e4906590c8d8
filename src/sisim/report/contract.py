"""Outcome contracts for the reader: what is said, the tables, and the pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from sisim.economics.contract import Settlement
from sisim.language import t
from sisim.report.contract_words import party_name, sentence, share_of, signed
from sisim.report.result import Result
from sisim.report.writing import decimal
from sisim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class HasContracts(Result, Protocol):
    """A simulated scenario with its contracts settled."""

    @property
    def contracts(self) -> list[Settlement]:
        """Its contracts, settled in each arm that they are about."""


def contract_words(result: HasContracts, arms: Sequence[str], lang: str) -> list[str]:
    """Return each contract as one plain sentence, and one on what it came to in each arm."""
    found: list[str] = []
    for settled in _of(result, arms):
        said = sentence(result.scenario, settled.contract, lang)
        found += [*([] if said in found else [said]), came_to(result.scenario, settled, lang)]
    return found


def contract_tables(result: HasContracts, arms: Sequence[str]) -> Mapping[str, pd.DataFrame]:
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
    return {
        name: pd.concat([part(settled) for settled in settlements], ignore_index=True)
        for name, part in parts.items()
        if settlements
    }


def contract_pictures(
    result: HasContracts, arms: Sequence[str], lang: str
) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each contract in each arm that it is about, by a name for its file."""
    from sisim.report.contract_figure import draw_contract

    return {
        f"contract-{one.name}-{one.arm}": lambda one=one: draw_contract(result, one, lang)  # type: ignore[misc]
        for one in _of(result, arms)
    }


def party_table(scenario: Scenario, settled: Settlement, lang: str) -> pd.DataFrame:
    """Return what each party gets (pays: negative) year by year, as a reader would write it."""
    title = t("SEK k, fixed prices {level}", lang, level=scenario.economy.price_level)
    rows = []
    for party in settled.parties:
        flow = settled.flow(party).mean(axis=0) / 1e3
        years = zip(settled.years, flow, strict=True)
        cells = {str(year): decimal(float(value), lang) for year, value in years}
        name = party_name(scenario, settled.contract, party, lang)
        rows.append({title: name, **cells, t("Sum", lang): decimal(float(flow.sum()), lang)})
    return pd.DataFrame(rows)


def came_to(scenario: Scenario, settled: Settlement, lang: str) -> str:
    """Return what a contract came to for its parties, in one sentence."""
    parts = []
    for row in settled.summary().to_dict("records"):
        name = party_name(scenario, settled.contract, row["party"], lang)
        part = t("{party} {net}", lang, party=name, net=signed(row["net"], lang))
        if not np.isnan(row["return"]):
            part += " " + t("(a return of {rate} a year)", lang, rate=share_of(row["return"], lang))
        parts.append(part)
    return t("{label}, {arm}, net of what is paid and received: {parts}.", lang,
             label=settled.contract.label.in_language(lang),
             arm=scenario.arms[settled.arm].label.in_language(lang),
             parts=", ".join(parts))  # fmt: skip


def _of(result: HasContracts, arms: Sequence[str]) -> list[Settlement]:
    return [settled for settled in result.contracts if settled.arm in arms]
