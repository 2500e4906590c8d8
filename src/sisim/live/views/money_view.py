"""Fund and money: the plan of repayment, who pays and who gains, following the same sliders."""

from __future__ import annotations

from sisim.economics.repayment import Repayments
from sisim.i18n import t
from sisim.live.chart_options import EDGES, Look, Option
from sisim.live.tags import ChartElement, Open, Tag, table_of
from sisim.live.view_state import ViewState
from sisim.live.views.controls import choose_arm
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.report.economics import repayment_report as repayment
from sisim.report.economics.money_tables import shown_tables
from sisim.report.economics.repayment_figure import repayment_chart
from sisim.report.economics.repayment_tables import label_of, plan_rows
from sisim.report.economics.repayment_tables import shown as rows_shown
from sisim.report.economics.who_gains import who_gains_chart

HALF = 612.0
"""How wide a picture is, in pixels of a window of 1280."""
PLAN, AROUND, WORDS = 240.0, 475.0, 70.0
"""How high the plan is at least, what the page has around it, and what is said above it."""


class MoneyView:
    """The fund's plan, as a chart and as a table, and who pays and gains."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._plan: ChartElement | None = None
        with Tag("div", css="money"):
            with Tag("section", css="figure"):
                with Tag("div", css="field"):
                    Tag("h2", t("The fund"))
                    choose_arm(state, "money-arm", aria_label=t("Arm"))
                with Tag("div", css="said") as self._said:
                    pass
                self._fund_place = Tag("div", css="figure", style="flex: 1")
            with Tag("section", css="figure"):
                chart = self._gains()
                Tag("h2", chart.title)
                self._under = Tag("p", chart.subtitle, css="caption")
                self._who = _drawn(chart, self._high(chart), state.look, "chart-who-gains")
            self._tables = Tag("div", css="tables")
        self.draw()

    def _gains(self) -> Chart:
        assert self._state.picture is not None
        return who_gains_chart(self._state.picture.results, self._state.arm, narrow=True)

    def _high(self, chart: Chart) -> float:
        """Return how high who gains is drawn: no higher than the fund, so that tables have room."""
        return min(chart.high, max(self._state.look.tall - AROUND, PLAN) + WORDS)

    def draw(self) -> None:
        """Follow the sliders."""
        state = self._state
        assert state.picture is not None
        chart = self._gains()
        self._under.text = chart.subtitle
        self._who.say_what(_said(chart))
        _draw(self._who, chart, self._high(chart), state.look)
        funds = state.picture.results.funds[state.arm]
        one = next((fund for fund in funds if fund.plan.payments.any()), None)
        self._said.clear()
        with self._said:
            if one is None:
                Tag(
                    "p",
                    t(
                        "No fund pays for this: the scenario has no [funds], or the fund pays "
                        "nothing in this arm."
                    ),
                )
            else:
                for text in repayment.sentences(one, state.scenario):
                    Tag("p", text)
        self._draw_plan(one)

    def _draw_plan(self, one: Repayments | None) -> None:
        state = self._state
        assert state.picture is not None
        self._tables.clear()
        self._tables.say(role=None, tabindex=None, aria_label=None)
        if one is None:
            self._fund_place.clear()
            self._plan = None
            return
        chart = repayment_chart(state.picture.results, one)
        high = max(state.look.tall - AROUND, PLAN)
        if self._plan is None:
            with self._fund_place:
                self._plan_under = Tag("p", chart.subtitle, css="caption")
                self._plan = _drawn(chart, high, state.look, "chart-plan")
        else:
            self._plan_under.text = chart.subtitle
            _draw(self._plan, chart, high, state.look)
        table = rows_shown(plan_rows(one, state.scenario), one.years.tolist())
        caption = t("Plan of repayment: {fund}", fund=label_of(state.scenario, one.fund))
        self._tables.say(role="region", tabindex=0, aria_label=caption)
        with self._tables:
            table_of(table, caption, id="plan")

    def table(self, open_: Open) -> None:
        """Show the numbers behind who pays and who gains, as tables."""
        assert self._state.picture is not None
        tables = shown_tables(self._state.picture.results, [self._state.arm])

        def fill() -> None:
            for title, rows in tables:
                Tag("h3", title)
                table_of(rows)

        open_(t("The numbers behind the pictures"), fill)


def _drawn(chart: Chart, high: float, look: Look, place: str) -> ChartElement:
    """Return a new picture of money, one of two beside each other."""
    found = ChartElement(_option(chart, high, look), place, _said(chart))
    found.style(f"height: {look.px(high)}px")
    return found


def _draw(element: ChartElement, chart: Chart, high: float, look: Look) -> None:
    """Let a picture become another one."""
    element.style(f"height: {look.px(high)}px")
    element.draw(_option(chart, high, look))


def _option(chart: Chart, high: float, look: Look) -> Option:
    return whole(chart, (look.across - EDGES if look.narrow else HALF, high), look.style)


def _said(chart: Chart) -> str:
    """Return what is told of a picture to whoever cannot see it, with the way to its numbers."""
    words = [column.words for _, columns in chart.rows for column in columns]
    table = t("Key V shows the numbers as a table")
    return ". ".join(filter(None, [chart.title, chart.subtitle, *words, table])) + "."
