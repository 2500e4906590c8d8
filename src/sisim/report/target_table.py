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
    apart, dated = bool(table["held_out"].any()), bool(table["year"].any())
    rows = []
    for row in table.sort_values("held_out", kind="stable").to_dict("records"):
        digits = max(_digits(row["low"]), _digits(row["high"]))
        cells = {
            "": "✓" if row["inside"] else "✗",
            t("Target"): row["label"],
            t("Wanted"): spread(row["low"], row["high"], digits),
            t("Simulated"): _decimal(row["simulated"], digits),
        }
        if several:
            cells[t("In the runs")] = spread(row["least"], row["most"], digits)
        cells[t("Unit")] = row["unit"]
        if dated:
            cells[t("Year")] = row["year"]
        if apart:
            cells[t("Held out")] = t("yes") if row["held_out"] else ""
        rows.append(cells)
    return rows


def target_words(table: pd.DataFrame) -> list[str]:
    """Return how many targets are met, those held out apart, and why others are known missed."""
    met = t("Targets that are met: {met} of {n}.", **_met(table))
    if table["held_out"].any():
        met = t(
            "Targets that are met. Tuned: {met} of {n} inside; held out: {others} of {m} inside.",
            **_met(table[~table["held_out"]]),
            others=_met(table[table["held_out"]])["met"],
            m=int(table["held_out"].sum()),
        )
    missed = table[~table["inside"] & (table["miss"] != "")]
    return [met, *(f"{row['label']}: {row['miss']}" for row in missed.to_dict("records"))]


def _met(table: pd.DataFrame) -> dict[str, int]:
    return {"met": int(table["inside"].sum()), "n": len(table)}


def _digits(value: float) -> int:
    """Return how many decimals show three figures of a value."""
    return max(2 - floor(log10(abs(value))), 0) if value else 0


def _decimal(value: float, digits: int) -> str:
    return "–" if isnan(value) else decimal(value, digits)
