"""From a krona to a count and a source: the ledger by resource, and the parts that it is made of.

amount = units x price x index x growth x share

Everything is by year, as prices change at the turn of the year only (`sisim.economics.prices`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.ledger import (
    INCOME,
    TRANSFERS,
    Ledger,
    Purchase,
    bought,
    by_year,
    payer_principal,
)
from sisim.economics.prices import conversion
from sisim.engine.tidy_tables import tidy
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario

WHAT = ("kind", "item", "part")
"""The columns that name what is bought."""


def trace_tables(settled: Ledger) -> Mapping[str, pd.DataFrame]:
    """Return the tables by which each amount of a ledger can be followed.

    Args:
        settled: A ledger in fixed prices, with what changes hands.

    Returns:
        By name:

        - people: replication, arm, year, track, state, people (the mean over the steps of the year)
        - moves: replication, arm, year, transition, moves
        - units: replication, arm, year, kind, item, part, units
        - prices: kind, item, part, year, unit, price, price_year, price_level, index, growth,
          unit_price (= price x index x growth), key, source, grade
        - ledger: replication, arm, year, kind, item, part, administration, principal, units,
          unit_price, share, amount (= units x unit_price x share). What is received of what people
          use is of the kind `income` and negative; what changes hands (`repayment`, `contract`,
          `financing`) has no units.
    """
    return {
        "people": _people(settled),
        "moves": _moves(settled),
        "units": _units(settled),
        "prices": _prices(settled),
        "ledger": _ledger(settled),
    }


def _axes(book: Ledger) -> list[Mapping[str, object]]:
    """Return the columns of the three first axes of what is summed by year."""
    return [
        {"replication": np.arange(book.amounts.shape[0])},
        {"arm": np.array(book.result.arms)},
        {"year": book.years},
    ]


def _people(book: Ledger) -> pd.DataFrame:
    result = book.result
    stock = result.counts("stock")[:, :, : len(result.steps)]
    years = result.compiled.clock.year(result.steps)
    found, steps = np.unique(years, return_counts=True)
    mean = by_year(result, stock) / steps[:, None]
    track, state = (np.array(names) for names in zip(*result.compiled.states, strict=True))
    axes = [*_axes(book)[:2], {"year": found}, {"track": track, "state": state}]
    return tidy("people", mean, axes)


def _moves(book: Ledger) -> pd.DataFrame:
    result = book.result
    events = by_year(result, result.counts("event"))
    found = np.unique(result.compiled.clock.year(result.steps))
    axis = {"transition": np.array(result.compiled.transitions)}
    return tidy("moves", events, [*_axes(book)[:2], {"year": found}, axis])


def _units(book: Ledger) -> pd.DataFrame:
    bought_ = bought(book.result)
    columns = [_yearly(book, one) for one in bought_.every]
    shape = (*book.amounts.shape[:2], len(book.years))
    units = np.stack(columns, axis=-1) if columns else np.zeros((*shape, 0))
    return tidy("units", units, [*_axes(book), _named(bought_.every)])


def _yearly(book: Ledger, one: Purchase) -> Floats:
    """Return the units of a purchase by year, (replications, arms, years)."""
    whole = np.broadcast_to(one.units, book.amounts.shape[:3])
    return by_year(book.result, whole)


def _named(bought_: list[Purchase]) -> dict[str, object]:
    return {name: np.array([getattr(one, name) for one in bought_], object) for name in WHAT}


def _prices(book: Ledger) -> pd.DataFrame:
    scenario, years = book.result.scenario, book.years
    owners = assumptions(scenario).drop_duplicates("key").set_index("key")
    level = scenario.economy.price_level
    rows = []
    for one in bought(book.result).every:
        index = conversion(one.year, level, scenario.price_index)
        owner: Any = owners.loc[one.key] if one.key in owners.index else {}
        for at, price in zip(years.tolist(), _of_years(book, one.price).tolist(), strict=True):
            rows.append(
                {
                    **{name: getattr(one, name) for name in WHAT},
                    "year": at,
                    "unit": _unit(scenario, one),
                    "price": one.given,
                    "price_year": one.year,
                    "price_level": level,
                    "index": index,
                    "growth": price / (one.given * index) if one.given else 1.0,
                    "unit_price": price,
                    "key": one.key,
                    "source": owner.get("source"),
                    "grade": owner.get("grade"),
                }
            )
    names = (
        *(*WHAT, "year", "unit", "price", "price_year", "price_level", "index", "growth"),
        *("unit_price", "key", "source", "grade"),
    )
    return pd.DataFrame(rows, columns=list(names))


def _unit(scenario: Scenario, one: Purchase) -> str:
    return scenario.pathway.resources[one.item].unit.text if one.kind == "use" else ""


def _of_years(book: Ledger, price: Floats) -> Floats:
    """Return the price in each year, (years,)."""
    firsts: Ints = np.searchsorted(book.result.compiled.clock.year(book.cycles), book.years)
    return np.asarray(price[firsts])


def _ledger(book: Ledger) -> pd.DataFrame:
    scenario, result = book.result.scenario, book.result
    parts = []
    for one in bought(result).every:
        units, price = _yearly(book, one), _of_years(book, one.price)
        flows = [(one.kind, payer, share) for payer, share in one.shares.items()]
        if one.kind == "use":
            received = scenario.pathway.resources[one.item].receivers
            flows += [(INCOME, payer, -share.value) for payer, share in received.items()]
        for kind, payer, share in flows:
            table = tidy("units", units, _axes(book)).assign(
                kind=kind,
                item=one.item,
                part=one.part,
                administration=payer,
                principal=payer_principal(scenario, payer),
                unit_price=np.tile(price, units.size // max(len(price), 1)),
                share=share,
            )
            parts.append(table.assign(amount=table["units"] * table["unit_price"] * share))
    for number, line in enumerate(book.lines):
        if line.kind not in TRANSFERS:
            continue
        table = tidy("amount", book.yearly[..., number], _axes(book))
        parts.append(
            table[table["amount"] != 0].assign(
                kind=line.kind,
                item=line.item,
                part="",
                administration=line.administration,
                principal=line.principal,
            )
        )
    names = (
        *("replication", "arm", "year", *WHAT, "administration", "principal"),
        *("units", "unit_price", "share", "amount"),
    )
    if not parts:
        return pd.DataFrame(columns=list(names))
    return pd.concat(parts, ignore_index=True).reindex(columns=list(names))
