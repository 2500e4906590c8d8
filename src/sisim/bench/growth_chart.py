"""How cost grows, drawn: each doubling against the time it takes, both on scales of doublings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.bench.growth import exponents
from sisim.i18n import number, t
from sisim.report.chart.chart import Axis, Chart, Column, Line, Panel
from sisim.report.chart.palette import PAYERS

EDGE = 0.03
"""Of a doubling: room for the dots at the ends."""
DASHES = ("solid", "dashed", "dotted", "dashdot", "solid", "dashed")


def growth_words() -> dict[str, str]:
    """Return what is doubled, in the reader's language."""
    return {
        "people": t("People"),
        "steps": t("Steps"),
        "tracks": t("Tracks"),
        "arms_few": t("Arms that reach few"),
        "arms_everybody": t("Arms that reach everybody"),
        "replications": t("Replications"),
    }


def growth_chart(table: pd.DataFrame) -> Chart:
    """Return a picture of what `compare_growth` has measured."""
    words, power = growth_words(), exponents(table).set_index("what")["exponent"]
    most = float(np.log2(table["times"].max()))
    high = max(most, float(np.log2(table["ratio"].max())))
    lines = []
    for (what, own), color, dash in zip(
        table.groupby("what", sort=False), PAYERS, DASHES, strict=False
    ):
        x, y = (np.log2(own[name].to_numpy(np.float64)) for name in ("times", "ratio"))
        label = f"{words[str(what)]}: {number(float(power[what]), 2)}"
        lines.append(
            Line(str(what), x, y, label=label, color=color, dash=dash, markers=True)  # type: ignore[arg-type]
        )
    ticks = tuple((float(n), f"×{2**n}") for n in range(int(high) + 1))
    across = Axis(0.0, most + EDGE, tuple(one for one in ticks if one[0] <= most))
    panel = Panel("growth", across, Axis(0.0, high + EDGE, ticks, grid=True), tuple(lines))
    return Chart(
        rows=((1.0, (Column((panel,), ends=330.0),)),),
        title=t("How the time grows"),
        subtitle=t(
            "Processor time against how many of each, both as multiples; the number is the "
            "exponent: 1 is in proportion"
        ),
    )
