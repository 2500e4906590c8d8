"""Contracts on made-up outcomes: what was measured is written by hand, year by year."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.any_counts import counts
from sisim.economics.ledger import ledger
from sisim.economics.settlement import Facts, Settlement, settle

ARM = "ends"
START = 2026

OUTCOMES = {
    "days": {"label": "sick days", "group": "placed"},
    "home": {"label": "people at home", "group": "placed", "good": "high"},
    "people": {"label": "people", "group": "placed"},
}


def payment(**keys: Any) -> dict[str, Any]:
    """Return a payment from social services to a provider, as a file would have it."""
    return {"label": "Pay", "from": "social", "to": "provider", **keys}


def measured(*periods: Any, outcome: str = "days", **keys: Any) -> dict[str, Any]:
    """Return a measure of some periods; a year is a period of its own."""
    spans = [list(p) if isinstance(p, tuple) else [p, p] for p in periods]
    return {"outcome": outcome, "periods": spans, **keys}


def facts(payments: dict[str, Any], seed: int = 1, history: int = 1, **series: Any) -> Facts:
    """Return the facts of a contract of these payments.

    Args:
        payments: The payments of the contract.
        seed: Of the made-up counts.
        history: Years before the start.
        series: For each outcome (without, with), each (years,) or (replications, years) from the
            start of the history.
    """
    contract = {
        "label": "Contract",
        "arm": ARM,
        "parties": {"investor": "Investor", "provider": "Provider", "evaluator": "Evaluator"},
        "payments": payments,
    }
    some = {name: np.broadcast_arrays(*map(np.atleast_2d, pair)) for name, pair in series.items()}
    replications, years = next(iter(some.values()))[0].shape if some else (2, history + 3)
    time = {"start": f"{START}-01", "years": years - history, "history": history, "warm_up": 1}
    result = counts(seed, replications, outcomes=OUTCOMES, contracts={"c": contract}, time=time)
    values = {}
    for name, (without, with_) in some.items():
        values[name] = np.repeat(np.array(without, float)[:, None], len(result.arms), axis=1)
        values[name][:, result.arms.index(ARM)] = with_
    return Facts(ledger(result), values)


def settled(payments: dict[str, Any], **more: Any) -> Settlement:
    """Return a contract of these payments, settled."""
    (found,) = settle(facts(payments, **more))
    return found
