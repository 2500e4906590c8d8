"""What each administration pays more or less than without, and what they come to together."""

from __future__ import annotations

from sisim.analysis.comparison import Comparison
from sisim.live.chart_options import Look, Option
from sisim.live.tags import ChartElement, Tag
from sisim.live.view_state import ViewState
from sisim.report.administrations import administrations_chart
from sisim.report.chart.echarts_painter import whole

WHOLE, AROUND = 1250.0, 230.0
"""How wide the whole is, and what the page has above and below it."""


class AdministrationView:
    """The picture of the administrations, as on paper."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        assert state.picture is not None
        comparison = state.picture.comparison
        chart = administrations_chart(comparison)
        self._heading = Tag("h2", f"{chart.title}. {chart.subtitle}")
        option = administrations(comparison, state.look)
        self._chart = ChartElement(option, "chart-administrations", chart.title)
        self._note = Tag("p", chart.notes[0], css="caption")

    def draw(self) -> None:
        """Follow the sliders."""
        assert self._state.picture is not None
        comparison = self._state.picture.comparison
        self._chart.draw(administrations(comparison, self._state.look))


def administrations(comparison: Comparison, look: Look) -> Option:
    """Return the picture of the administrations as options of a chart."""
    return whole(administrations_chart(comparison), (WHOLE, look.tall - AROUND), look.style)
