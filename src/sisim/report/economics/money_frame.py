"""What the pictures of money share: a title, whose money, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence

from sisim.economics.valuation import Valuation
from sisim.i18n import n_, t
from sisim.report.chart.chart import Chart, Column
from sisim.report.comparison_text import footer
from sisim.report.economics.money_words import conventions


def money_chart(
    result: Valuation,
    title: str,
    subtitle: str,
    rows: Sequence[tuple[float, tuple[Column, ...]]],
    *,
    everyone: bool = False,
    tail: bool = True,
    ranges: int = 0,
) -> Chart:
    """Return a chart with a title, a line below it, and at its foot whose money is meant.

    Args:
        result: What was simulated and priced.
        title: What it is about.
        subtitle: What is seen, and in what unit.
        rows: Columns side by side, in rows from above, each with how tall it is.
        everyone: Whether what all pay is shown, whatever the perspective.
        tail: Whether what comes after the horizon is in it.
        ranges: Of how many runs ranges are drawn; none: there are no ranges.
    """
    told = conventions(result.scenario, everyone=everyone, tail=tail)
    return Chart(
        rows=tuple(rows),
        title=title,
        subtitle=subtitle,
        notes=(told, footer(result)),
        corner=range_words(ranges) if ranges else "",
    )


def range_words(runs: int) -> str:
    """Return what bands and intervals are, where there are runs enough for them."""
    return t("Ranges: 10–90% of {runs}.", runs=n_("{n} run", "{n} runs", runs))
