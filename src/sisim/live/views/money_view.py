"""Money: who pays and who gains, a fund's plan or an outcome contract, by the same sliders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import pandas as pd

from sisim.economics.repayment import Repayments
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.live.chart_options import EDGES, Option
from sisim.live.tags import ChartElement, Open, Tag, table_of
from sisim.live.view_state import ViewState
from sisim.live.views.controls import choose_arm
from sisim.report.chart.chart import Chart
from sisim.report.chart.echarts_painter import whole
from sisim.report.economics import repayment_report as repayment
from sisim.report.economics.contract_report import contract_words, party_table
from sisim.report.economics.money_tables import shown_tables
from sisim.report.economics.repayment_figure import repayment_chart
from sisim.report.economics.repayment_tables import label_of, plan_rows
from sisim.report.economics.repayment_tables import shown as rows_shown
from sisim.report.economics.who_gains import who_gains_chart
from sisim.scenario.scenario import Scenario

ALONE, HALF = 1250.0, 612.0
"""How wide a picture alone is, and one of two, in pixels of a window of 1280."""
PLAN, AROUND, WORDS, BELOW = 240.0, 475.0, 70.0, 200.0
"""How high the plan is at least, what the page has around it, what is said above it, and the tables
below it."""
BARS = 2.8
"""How much wider the bars are than the net beside them, where the window is narrow."""
PHONE = 1.3
"""How much higher who gains is there."""
RANGED = 0.85
"""How much of its own height a picture with ranges keeps."""
LETTERS, LINES, LINE, LEAST = 80, 3, 21.0, 180.0
"""How many letters a line of that has, for how many lines there is room, how high one is, and how
low the plan is made for more of them."""


class MoneyView:
    """Who pays and who gains; beside it what a fund or an outcome contract comes to, if any."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._beside: ChartElement | None = None
        title = title_of_money(state.scenario)
        with Tag("div", css="money" if title else "money single"):
            if title is not None:
                with Tag("section", css="figure"):
                    with Tag("div", css="field"):
                        Tag("h2", title)
                        choose_arm(state, "money-arm", self._arm, aria_label=t("Arm"))
                    self._said = Tag("div", css="said")
                    self._beside_place = Tag("div", css="figure", style="flex: 1")
            with Tag("section", css="figure"):
                chart = self._gains()
                with Tag("div", css="field"):
                    Tag("h2", chart.title)
                    if title is None:
                        choose_arm(state, "money-arm", self._arm, aria_label=t("Arm"))
                self._under = Tag("p", chart.subtitle, css="caption")
                self._who = self._drawn(chart, self._high(chart), "chart-who-gains")
            self._tables = Tag("div", css="tables")
        self.draw()

    @property
    def _arm(self) -> str:
        """The arm that is chosen; where none is, one that a fund or a contract pays for."""
        state = self._state
        assert state.picture is not None
        results, arms = state.picture.results, state.scenario.arms
        contracted = {one.arm for one in results.contracts}
        paid = [arm for arm in arms if arm in contracted or _fund(results, arm) is not None]
        asked = state.settings.arm in arms or state.arm in paid or not paid
        return state.arm if asked else paid[0]

    @property
    def _alone(self) -> bool:
        return title_of_money(self._state.scenario) is None

    def _gains(self) -> Chart:
        assert self._state.picture is not None
        results = self._state.picture.results
        chart = who_gains_chart(results, self._arm, narrow=not self._alone or self._narrow)
        if self._narrow:  # the ranges of the net are as wide as on any screen
            ((share, (bars, net)),) = chart.rows
            chart = replace(chart, rows=((share, (replace(bars, share=BARS), net)),))
        return chart

    @property
    def _narrow(self) -> bool:
        return self._state.look.narrow

    @property
    def _room(self) -> float:
        """How high a picture may be, so that tables have room."""
        return max(self._state.look.tall - AROUND, PLAN)

    def _high(self, chart: Chart) -> float:
        """Return how high who gains is drawn: about as high as what stands beside it."""
        picture = self._state.picture
        assert picture is not None
        if self._narrow:  # its key takes more lines, and nothing stands beside it
            return PHONE * chart.high
        # Ranges stand below their numbers, in rows that are high enough for both.
        least = RANGED * chart.high if picture.comparison.banded else 0.0
        return max(min(chart.high, self._room + (BELOW if self._alone else WORDS)), least)

    def draw(self) -> None:
        """Follow the sliders."""
        state = self._state
        assert state.picture is not None
        chart = self._gains()
        self._under.text = chart.subtitle
        self._who.say_what(_said(chart))
        self._draw(self._who, chart, self._high(chart))
        if self._alone:
            return
        results = state.picture.results
        fund = _fund(results, self._arm)
        settled = next((one for one in results.contracts if one.arm == self._arm), None)
        if fund is not None:
            said = repayment.sentences(fund, state.scenario)
            self._write(said, repayment_chart(results, fund))
            rows = rows_shown(plan_rows(fund, state.scenario), fund.years.tolist())
            self._table(
                rows, t("Plan of repayment: {fund}", fund=label_of(results.scenario, fund.fund))
            )
        elif settled is not None:
            self._write(contract_words(results, [self._arm]), None)
            title, parties = party_table(results.scenario, settled)
            self._table(parties, title)
        else:
            self._write(
                [t("Neither a fund nor a contract pays for this arm: choose another.")], None
            )
            self._table(None, "")

    def _write(self, lines: Sequence[str], chart: Chart | None) -> None:
        """Write what a fund or a contract comes to, and draw it."""
        self._said.clear()
        with self._said:
            for text in lines:
                Tag("p", text)
        more = ceil(len(" ".join(lines)) / LETTERS) - LINES
        high = max(self._room - LINE * max(more, 0), LEAST)
        if chart is None:
            self._beside_place.clear()
            self._beside = None
        elif self._beside is None:
            with self._beside_place:
                self._beside_under = Tag("p", chart.subtitle, css="caption")
                self._beside = self._drawn(chart, high, "chart-plan")
        else:
            self._beside_under.text = chart.subtitle
            self._beside.say_what(_said(chart))
            self._draw(self._beside, chart, high)

    def _table(self, rows: pd.DataFrame | None, caption: str) -> None:
        self._tables.clear()
        self._tables.say(role=None, tabindex=None, aria_label=None)
        if rows is not None:
            self._tables.say(role="region", tabindex=0, aria_label=caption)
            with self._tables:
                table_of(rows, caption, id="plan")

    def _drawn(self, chart: Chart, high: float, place: str) -> ChartElement:
        """Return a new picture of money."""
        found = ChartElement(self._option(chart, high), place, _said(chart))
        found.style(f"height: {self._state.look.px(high)}px")
        return found

    def _draw(self, element: ChartElement, chart: Chart, high: float) -> None:
        """Let a picture become another one."""
        element.style(f"height: {self._state.look.px(high)}px")
        element.draw(self._option(chart, high))

    def _option(self, chart: Chart, high: float) -> Option:
        look = self._state.look
        wide = look.across - EDGES if self._narrow else ALONE if self._alone else HALF
        return whole(chart, (wide, high), look.style)

    def table(self, open_: Open) -> None:
        """Show the numbers behind who pays and who gains, as tables."""
        assert self._state.picture is not None
        tables = shown_tables(self._state.picture.results, [self._arm])

        def fill() -> None:
            for title, rows in tables:
                Tag("h3", title)
                table_of(rows)

        open_(t("The numbers behind the pictures"), fill)


def _fund(results: Valuation, arm: str) -> Repayments | None:
    """Return the first fund that pays for an arm; None if none does."""
    return next((one for one in results.funds[arm] if one.plan.payments.any()), None)


def title_of_money(scenario: Scenario) -> str | None:
    """Return what pays beside the administrations: a fund or a contract; None if nothing does."""
    if scenario.funds:
        return t("The fund")
    return t("The contract") if scenario.contracts else None


def _said(chart: Chart) -> str:
    """Return what is told of a picture to whoever cannot see it, with the way to its numbers."""
    words = [column.words for _, columns in chart.rows for column in columns]
    table = t("Key V shows the numbers as a table")
    return ". ".join(filter(None, [chart.title, chart.subtitle, *words, table])) + "."
