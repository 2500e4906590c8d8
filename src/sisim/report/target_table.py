"""What a pathway should reproduce beside what is simulated, in words."""

from __future__ import annotations

from math import floor, isnan, log10

import pandas as pd

from sisim.i18n import t
from sisim.report.formats import decimal, spread


def target_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """Return a row for each target, under headings that the reader understands.

    Args:
        table: As `sisim.calibration.life_histories.targets` gives it.
    """
    several = bool((table["least"] != table["most"]).any())
    rows = []
    for row in table.to_dict("records"):
        digits = max(_digits(row["low"]), _digits(row["high"]))
        cells = {
            "": "✓" if row["inside"] else "✗",
            t("Target"): row["label"],
            t("Wanted"): spread(row["low"], row["high"], digits),
            t("Simulated"): _decimal(row["simulated"], digits),
        }
        if several:
            cells[t("In the runs")] = spread(row["least"], row["most"], digits)
        rows.append({**cells, t("Unit"): row["unit"]})
    return rows


def target_words(table: pd.DataFrame) -> list[str]:
    """Return how many targets are met, and why others are known to be missed."""
    met = t("Targets that are met: {met} of {n}.", met=int(table["inside"].sum()), n=len(table))
    missed = table[~table["inside"] & (table["miss"] != "")]
    return [met, *(f"{row['label']}: {row['miss']}" for row in missed.to_dict("records"))]


def _digits(value: float) -> int:
    """Return how many decimals show three figures of a value."""
    return max(2 - floor(log10(abs(value))), 0) if value else 0


def _decimal(value: float, digits: int) -> str:
    return "–" if isnan(value) else decimal(value, digits)
