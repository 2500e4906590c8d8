"""What there is to see of a scenario whose file does not say which figures to draw.

Shares of states over time, costs by administration, what each arm comes to in money and what an
outcome costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sisim.arrays import Floats
from sisim.economics.ledger import ORE
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.administrations import hue_of
from sisim.report.chart.chart import Axis, Chart, Column, Dash, Line, Panel, value_axis, year_axis
from sisim.report.chart.palette import seen_on_white
from sisim.report.economics.money_frame import money_chart
from sisim.report.economics.money_words import conventions, short_sentences
from sisim.report.formats import Unit, capital, decimal, money, unit_for
from sisim.report.state_shares import BESIDE, arm_name, trace_charts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 8
"""So many administrations are drawn."""
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", "dashdot")


def overview_charts(result: Valuation) -> dict[str, Chart]:
    """Return every picture, by file name."""
    from sisim.report.economics.cost_effectiveness_plane import frontier_chart

    found = trace_charts(result)
    costs = costs_chart(result)
    if costs is not None:
        found["costs-by-administration"] = costs
    if result.scenario.arms and result.effectiveness and costs is not None:
        found["cost-effectiveness"] = frontier_chart(result)
    return found


def overview_pictures(result: Valuation) -> Mapping[str, Callable[[], Figure]]:
    """Return what draws each picture, by file name."""
    from sisim.report.chart.matplotlib_painter import paint

    return {
        stem: lambda chart=chart: paint(chart)  # type: ignore[misc]
        for stem, chart in overview_charts(result).items()
    }


def overview_words(result: Valuation) -> list[str]:
    """Return what came out, a sentence a line."""
    found: list[str] = []
    for arm in result.scenario.arms:
        found += [*([""] if found else []), *short_sentences(result, arm)]
    if not found and result.ledger.lines:
        mean = result.totals[result.totals["measure"] == "cost"]["total"].mean()
        found = [
            t("Costs in all: {n}.", n=money(float(mean))),
            conventions(result.scenario, everyone=True, tail=False),
        ]
    return found


def costs_chart(result: Valuation, arms: Sequence[str] | None = None) -> Chart | None:
    """Return what each administration pays by year, a column for each arm; None: nobody pays.

    What everyone has is left out, unless nothing else is paid.

    Args:
        result: The simulated scenario.
        arms: The arms that are shown; None: every one.
    """
    years = result.scenario.time.whole_years
    if not result.ledger.lines or not len(years):
        return None
    other = any(not line.ordinary for line in result.ledger.lines)
    costs = result.costs_by_year(ordinary=not other).within(range(years[0], years[-1] + 1))
    payers = np.asarray(costs.kinds["administration"])
    means = np.asarray(costs.values, np.float64).mean(axis=0)
    shown_arms = [n for n, arm in enumerate(costs.arms) if arms is None or arm in arms]
    sums = {str(payer): means[..., payers == payer].sum(axis=-1) for payer in dict.fromkeys(payers)}
    size = {payer: float(np.abs(own).max(initial=0.0)) for payer, own in sums.items()}
    kept = sorted((p for p in sums if size[p] > ORE), key=lambda p: -size[p])[:MOST]
    if not kept:
        return None
    every = np.stack([sums[payer] for payer in kept])
    unit = unit_for(float(np.abs(every).max()))
    low, high = min(0.0, float(every.min())), float(every.max())
    up = value_axis(low, high + 0.05 * (high - low), 5, unit.size)
    shown = [payer for payer in sums if payer in kept]
    columns = [
        _column(result, number, {payer: sums[payer][number] for payer in shown}, up, unit)
        for number in shown_arms
    ]
    beside = -(-len(columns) // -(-len(columns) // BESIDE))  # rows as even as they can be
    columns += [_empty(n) for n in range(-len(columns) % beside)]
    rows = [(1.0, tuple(columns[at : at + beside])) for at in range(0, len(columns), beside)]
    return money_chart(
        result,
        t("What does each administration pay?"),
        t("{unit} a year, not discounted", unit=unit.label()),
        rows,
        everyone=True,
        tail=False,
    )


def _empty(number: int) -> Column:
    """Return room for an arm beside the last ones, so that all are as wide."""
    return Column((Panel(f"empty-{number}", Axis(0, 1, line=False), Axis(0, 1), ()),), ends=170.0)


def _column(
    result: Valuation, number: int, costs: Mapping[str, Floats], up: Axis, unit: Unit
) -> Column:
    """Return the costs of one arm as curves, each named where it ends."""
    arm = result.counts.arms[number]
    years = np.array(result.scenario.time.whole_years)
    lines = [
        Line(
            f"{arm}-{payer}",
            years,
            course,
            f"{capital(result.scenario.payer_label(payer).text)} "
            f"{decimal(float(course[-1]) / unit.size, unit.digits)}",
            "",
            seen_on_white(hue_of(result.scenario, payer)),
            2.5,
            DASHES[place % len(DASHES)],
            markers=len(years) < 3,
        )
        for place, (payer, course) in enumerate(costs.items())
    ]
    panel = Panel(arm, year_axis(years, 5), up, tuple(lines))
    return Column((panel,), heading=arm_name(result, arm), ends=170.0)
