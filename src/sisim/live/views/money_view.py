"""Fund and money: the plan of repayment, who pays and who gains, following the same sliders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sisim.economics.distribution import WhoGains
from sisim.economics.repayment import Repayments
from sisim.i18n import t
from sisim.live.chart_options import FONT, HATCH, TEXT, Look, Option, label, line, marked, points
from sisim.live.tags import ChartElement, Tag
from sisim.live.view_state import ViewState
from sisim.live.views.controls import choose_arm
from sisim.report.administrations import hue_of
from sisim.report.chart.chart import round_ticks
from sisim.report.economics import repayment_report as repayment
from sisim.report.economics.repayment_tables import label_of, plan_rows
from sisim.report.economics.repayment_tables import shown as rows_shown
from sisim.report.formats import Unit, decimal, unit_for
from sisim.report.present_value import worth_words
from sisim.scenario.scenario import Scenario

MOST = 9
"""So many payers have room."""
NAMES, NET = 276.0, 68.0
"""How much room their names have, and the net of each."""


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
                self._key = Tag("p", css="key")
                self._said_key: list[tuple[str, str]] | None = None
                self._fund_place = Tag("div", css="figure", style="flex: 1")
            with Tag("section", css="figure"):
                Tag("h2", t("Who pays, who gains"))
                with Tag("p", css="key"):
                    Tag("span", "▨ " + t("Pays"), "extra")
                    Tag("span", "■ " + t("Costs that fall"), "lower")
                option = who_gains(self._gains, state.scenario, state.look)
                self._who = ChartElement(option, "chart-who-gains", t("Who pays, who gains"))
            self._tables = Tag("div", css="tables")
        self.draw()

    @property
    def _gains(self) -> WhoGains:
        assert self._state.picture is not None
        return self._state.picture.results.who_gains[self._state.arm]

    def draw(self) -> None:
        """Follow the sliders."""
        state = self._state
        assert state.picture is not None
        self._who.draw(who_gains(self._gains, state.scenario, state.look))
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

    def _write_key(self, one: Repayments) -> None:
        state = self._state
        said = plan_key(one, state.scenario)
        if said == self._said_key:
            return
        self._said_key = said
        unit = unit_for(float(np.abs(one.plan.position).max())).label()
        self._key.clear()
        with self._key:
            Tag("span", t("{unit}; the line is the fund's accumulated balance", unit=unit), "muted")
            Tag("span", "▨ " + t("Investment from the fund"), "extra")
            for text, hue in said:
                with Tag("span"):
                    Tag("i", css="swatch", style=f"background: {hue}")
                    Tag("span", text)

    def _draw_plan(self, one: Repayments | None) -> None:
        state = self._state
        self._key.say(hidden="hidden" if one is None else None)
        if one is None:
            self._tables.clear()
            return
        self._write_key(one)
        option = plan(one, state.scenario, state.look)
        if self._plan is None:
            with self._fund_place:
                self._plan = ChartElement(option, "chart-plan", t("Plan of repayment"))
        else:
            self._plan.draw(option)
        table = rows_shown(plan_rows(one, state.scenario), one.years.tolist())
        self._tables.clear()
        with self._tables, Tag("table", css="plan", id="plan"):
            fund = label_of(state.scenario, one.fund)
            Tag("caption", t("Plan of repayment: {fund}", fund=fund))
            with Tag("thead"), Tag("tr"):
                for name in table.columns:
                    Tag("th", str(name), scope="col")
            with Tag("tbody"):
                for row in table.itertuples(index=False):
                    with Tag("tr"):
                        Tag("th", str(row[0]), scope="row")
                        for cell in row[1:]:
                            Tag("td", str(cell))


def _axis(kind: str, look: Look, **more: object) -> Option:
    c = look.palette
    return {
        "type": kind,
        "axisLabel": {"show": False},
        "axisTick": {"show": False},
        "axisLine": {"show": False, "lineStyle": {"color": c["muted"]}},
        "splitLine": {"show": False, "lineStyle": {"color": c["rule"]}},
        **more,
    }


def _frame(look: Look) -> Option:
    text = {"fontFamily": FONT, "fontSize": look.px(TEXT), "color": look.palette["ink"]}
    return {"animation": False, "backgroundColor": "transparent", "textStyle": text}


def _bar(name: str, data: list[list[float]], style: Option, **more: object) -> Option:
    return {
        "id": name,
        "type": "bar",
        "stack": "all",
        "data": data,
        "itemStyle": style,
        "silent": True,
        "z": 2,
        **more,
    }


def _hatched(look: Look) -> Option:
    """Return the style of what an investment costs."""
    c = look.palette
    return {
        "color": c["paper"],
        "borderColor": c["extra"],
        "borderWidth": 1,
        "decal": {**HATCH, "color": c["extra"]},
    }


def _repaying(one: Repayments, scenario: Scenario) -> list[tuple[int, str]]:
    """Return the administrations that repay, by number, each with its colour."""
    paid = [n for n, repaid in enumerate(one.plan.repaid) if repaid.any()]
    return [(n, hue_of(scenario, one.administrations[n])) for n in paid]


def plan_key(one: Repayments, scenario: Scenario) -> list[tuple[str, str]]:
    """Return what the colours of a plan mean: names of administrations, and their colours."""
    return [
        (t("Repayment, {who}", who=label_of(scenario, one.plan.administrations[n])), hue)
        for n, hue in _repaying(one, scenario)
    ]


def plan(one: Repayments, scenario: Scenario, look: Look) -> Option:
    """Return a plan of repayment: paid out downwards, repaid upwards, the sum as a line."""
    c, made = look.palette, one.plan
    unit = unit_for(float(np.abs(made.position).max())).size
    low = 1.12 * min(float(made.position.min()), -float(made.payments.max())) / unit
    high = 1.2 * max(float(made.position.max()), float(made.total.max()), 1.0) / unit
    ticks, digits = round_ticks(low, high, 4)
    low, high = ticks[0], ticks[-1]
    years = made.years
    series = [_bar("paid", points(years, -made.payments, unit), _hatched(look), barWidth="70%")]
    series += [
        _bar(f"repaid-{n}", points(years, made.repaid[n], unit), {"color": hue})
        for n, hue in _repaying(one, scenario)
    ]
    marks = _plan_scale(years.tolist(), (ticks, digits), look)
    diamond = []
    if made.break_even is not None:
        text = t("Money back {year}", year=made.break_even)
        diamond = [label([made.break_even, 0], text, "top", look, bold=True)]
        diamond[0]["label"] |= {"backgroundColor": c["paper"], "padding": [1, 3], "borderRadius": 3}
    series += [
        line(
            "position",
            0,
            points(years, made.position, unit),
            {"color": c["ink"], "width": look.px(3)},
            z=5,
        ),
        marked("numbers", 0, marks),
        marked(
            "back",
            0,
            diamond,
            symbol="diamond",
            symbolSize=look.px(15),
            itemStyle={"color": c["extra_text"]},
        ),
    ]
    return {
        **_frame(look),
        "grid": {
            "left": look.px(60),
            "right": look.px(16),
            "top": look.px(14),
            "bottom": look.px(26),
        },
        "xAxis": _axis("value", look, min=float(years[0]) - 0.7, max=float(years[-1]) + 0.7),
        "yAxis": _axis(
            "value",
            look,
            min=low,
            max=high,
            interval=ticks[1] - ticks[0],
            splitLine={"show": True, "lineStyle": {"color": c["rule"]}},
        ),
        "series": series,
    }


def _plan_scale(years: list[int], scale: tuple[Sequence[float], int], look: Look) -> list[Option]:
    """Return the numbers and the years along the axes of a plan."""
    ticks, digits = scale
    step = 1 if len(years) <= 14 else 5
    numbers = [label([years[0] - 0.7, x], decimal(x, digits), "left", look) for x in ticks]
    return numbers + [
        label([year, ticks[0]], str(year), "bottom", look)
        for year in years
        if (year - years[0]) % step == 0
    ]


def who_gains(gains: WhoGains, scenario: Scenario, look: Look) -> Option:
    """Return what each payer pays for an arm, the costs that fall for it, and the net of both."""
    c = look.palette
    saved = -gains.of("use").mean(axis=0)
    paid = saved - gains.net.mean(axis=0)
    size = np.maximum(np.abs(saved), np.abs(paid))
    unit = unit_for(float(size.max(initial=1.0)))
    least = unit.size / 10**unit.digits / 2
    rows = [int(n) for n in np.argsort(-size) if size[n] >= least][:MOST]
    names = [scenario.payer_label(gains.payers[n]).text for n in rows]
    names.append(t("Total"))
    costs = [*(float(paid[n]) for n in rows), float(paid.sum())]
    falls = [*(float(saved[n]) for n in rows), float(saved.sum())]
    heights = list(range(len(rows), -1, -1))
    low = min(0.0, *(-x for x in costs), *falls) / unit.size
    high = max(0.0, *falls, *(-x for x in costs)) / unit.size
    reach = (high - low) or 1.0
    low, high = low - 0.36 * reach, high + 0.28 * reach
    amounts = _amounts(heights, costs, falls, unit, look)
    nets = _nets(heights, costs, falls, unit, look, high)
    who = [
        label([low, height], name, "left", look, width=NAMES - 10)
        for height, name in zip(heights, names, strict=True)
    ]

    def bars(values: list[float], sign: int) -> list[list[float]]:
        return [
            [round(sign * x / unit.size, 4), float(h)] for x, h in zip(values, heights, strict=True)
        ]

    top = len(rows) + 1
    heads = [
        label(
            [low, top],
            t("{unit}, {how}", unit=unit.label(), how=worth_words(gains.rate)),
            "left",
            look,
            color=c["muted"],
        ),
        label([high, top], t("Net"), "right", look, bold=True),
    ]
    return {
        **_frame(look),
        "grid": {
            "left": look.px(NAMES),
            "right": look.px(NET),
            "top": look.px(4),
            "bottom": look.px(6),
        },
        "xAxis": _axis("value", look, min=low, max=high),
        "yAxis": _axis("category", look, data=list(range(top + 1))),
        "series": [
            _bar("paid", bars(costs, -1), _hatched(look), barWidth=look.px(17)),
            _bar("saved", bars(falls, 1), {"color": c["lower"]}),
            line("zero", 0, [[0, 0], [0, len(rows)]], {"color": c["muted"], "width": 1.5}),
            marked("who", 0, who),
            marked("net", 0, nets),
            marked("amounts", 0, amounts),
            marked("heads", 0, heads),
        ],
    }


def _nets(
    heights: list[int], costs: list[float], falls: list[float], unit: Unit, look: Look, x: float
) -> list[Option]:
    """Return the net of each payer, with its sign, at the end of the axis."""
    marks = []
    for height, cost, fall in zip(heights, costs, falls, strict=True):
        text = decimal((fall - cost) / unit.size, unit.digits)
        plus = "+" if fall > cost and text.strip("0,.") else ""
        marks.append(label([x, height], f"{plus}{text}", "right", look, bold=True))
    return marks


def _amounts(
    heights: list[int], costs: list[float], falls: list[float], unit: Unit, look: Look
) -> list[Option]:
    """Return the amounts at the ends of the bars, but for those that would be written as none."""
    c = look.palette
    least = unit.size / 10**unit.digits / 2
    return [
        label(
            [sign * amount / unit.size, height],
            decimal(sign * amount / unit.size, unit.digits),
            "right" if sign * amount > 0 else "left",
            look,
            color=hue,
        )
        for values, sign, hue in ((costs, -1, c["extra_text"]), (falls, 1, c["lower_text"]))
        for height, amount in zip(heights, values, strict=True)
        if abs(amount) >= least
    ]
