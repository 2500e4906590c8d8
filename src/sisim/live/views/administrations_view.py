"""What each administration pays more or less than without, and what they come to together."""

from __future__ import annotations

import pandas as pd

from sisim.analysis.comparison import Comparison, administrations_of
from sisim.i18n import t
from sisim.live.chart_options import EDGES, Look, Option, beside_or_below
from sisim.live.tags import ChartElement, Open, Tag, table_of
from sisim.live.view_state import ViewState
from sisim.report.administrations import administrations_chart
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.report.comparison_text import number_of
from sisim.report.formats import decimal
from sisim.report.frame import unit_of

WHOLE, AROUND = 1250.0, 235.0
"""How wide the whole is, and what the page has above and below it."""
BELOW = 230.0
"""How high each picture is where they stand below each other."""


class AdministrationView:
    """The picture of the administrations, as on paper."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        assert state.picture is not None
        comparison = state.picture.comparison
        chart = administrations_chart(comparison)
        self._heading = Tag("h2", f"{chart.title}. {chart.subtitle}")
        option = administrations(comparison, state.look)
        self._chart = ChartElement(option, "chart-administrations", _said(chart))
        if state.look.narrow:
            _, high = _size(beside_or_below(chart, state.look), state.look)
            self._chart.style(f"flex: none; height: {state.look.px(high)}px")
        self._note = Tag("p", chart.notes[0], css="caption")

    def draw(self) -> None:
        """Follow the sliders."""
        assert self._state.picture is not None
        comparison = self._state.picture.comparison
        self._chart.draw(administrations(comparison, self._state.look))

    def table(self, open_: Open) -> None:
        """Show what each administration pays more or less, year by year."""
        assert self._state.picture is not None
        story, unit = self._state.picture.comparison, unit_of(self._state.picture.comparison)
        rows: dict[str, list[str]] = {t("Year"): [str(year) for year in story.years]}
        for one in administrations_of(story):
            label = story.scenario.payer_label(one.name).text
            for which in self._state.shown:
                arm = story.side(which).arm
                amounts = (one.difference[arm] + one.intervention[arm]) / unit.size
                rows[f"{label}, {number_of(which)}"] = [decimal(amount, 1) for amount in amounts]
        title = t("With minus without, {unit} per year", unit=unit.label())
        open_(title, lambda: table_of(pd.DataFrame(rows), id="as-table"))


def administrations(comparison: Comparison, look: Look) -> Option:
    """Return the picture of the administrations as options of a chart."""
    chart = beside_or_below(administrations_chart(comparison), look)
    return whole(chart, _size(chart, look), look.style)


def _said(chart: Chart) -> str:
    """Return what is told of the picture to whoever cannot see it."""
    return ". ".join([chart.title, chart.subtitle, t("Key V shows the numbers as a table")]) + "."


def _size(chart: Chart, look: Look) -> tuple[float, float]:
    if look.narrow:
        return look.across - EDGES, BELOW * len(chart.rows)
    return WHOLE, look.tall - AROUND
