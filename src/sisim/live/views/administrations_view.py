"""What each administration pays, with and without: small charts on one scale, and differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sisim.analysis.comparison import (
    WHICH,
    AdministrationCost,
    Comparison,
    Investing,
    Which,
    administrations_of,
    differences_of,
)
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.live.chart_options import (
    FONT,
    HATCH,
    TEXT,
    Look,
    Option,
    apart,
    broken,
    extent,
    label,
    line,
    marked,
    points,
    time_axes,
    value_axes,
)
from sisim.live.tags import ChartElement, Tag
from sisim.live.view_state import ViewState
from sisim.report.chart.palette import PAYERS as HUES
from sisim.report.comparison_text import number_of
from sisim.report.formats import decimal
from sisim.report.frame import cost_title, span, unit_of
from sisim.report.style import round_ticks

WHOLE, AROUND = 1250.0, 230.0
"""How wide the whole is, and what the page has above and below it."""
ROW, YEAR_WIDE, KEY = 18.0, 44.0, 26.0
"""How high a line of text is, and how wide a year and the key before a name."""


@dataclass(frozen=True)
class ChartRow:
    """Where a row of small charts stands, in hundredths of the whole: name, top and height."""

    name: float
    top: float
    high: float


ONE_ROW = (ChartRow(1.0, 13.0, 29.0),)
TWO_ROWS = (ChartRow(0.0, 5.5, 16.0), ChartRow(23.5, 29.0, 16.0))
DASHES = {"project": [12, 4, 3, 4], "new_way": "solid"}


class AdministrationView:
    """Small multiples, and the differences stacked around zero."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        assert state.picture is not None
        comparison = state.picture.comparison
        Tag("h2", f"{t('Cost per administration')}. {cost_title(comparison)}")
        option = administrations(comparison, state.look)
        self._chart = ChartElement(option, "chart-administrations", t("Cost per administration"))

    def draw(self) -> None:
        """Follow the sliders."""
        assert self._state.picture is not None
        comparison = self._state.picture.comparison
        self._chart.draw(administrations(comparison, self._state.look, self._chart.option))


def administrations(comparison: Comparison, look: Look, held: Option | None = None) -> Option:
    """Return the curves of up to seven administrations, and below them the differences.

    Args:
        comparison: The comparison.
        look: How it is to look.
        held: An earlier picture whose axes are held.
    """
    shown = administrations_of(comparison)[: len(HUES)]
    labels = [comparison.scenario.payer_label(one.name).text for one in shown]
    figures = _figures(comparison)
    rows = _rows(labels)
    columns = max(-(-len(shown) // len(rows)), 1)
    ends = _ends(comparison, shown, figures)
    if held is not None and len(held["yAxis"]) == len(ends):
        ends = [(axis["min"], axis["max"]) for axis in held["yAxis"]]
    unit = unit_of(comparison).size
    series: list[Option] = []
    for n, axis in enumerate(ends):
        series += _scales(n, axis, comparison, look, len(shown), columns)
    for n, one in enumerate(shown):
        high = rows[0].high if n == 0 else None
        series += _curves(n, one, comparison, unit, look, high, ends[n][1])
    for n, which in enumerate(figures):
        side = comparison.side(which)
        series += _differences(len(shown) + n, side, shown, comparison, unit, look)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "fontSize": look.px(TEXT), "color": look.palette["ink"]},
        "grid": _grids(len(shown), len(figures), rows, columns),
        "title": [
            *_small_titles(labels, rows, columns, look),
            *_difference_titles(figures, comparison, look),
        ],
        "xAxis": time_axes(len(ends), span(comparison), look),
        "yAxis": value_axes([(low, high, _interval(low, high)) for low, high in ends], look),
        "series": series,
    }


def _ends(
    comparison: Comparison, shown: Sequence[AdministrationCost], figures: Sequence[Which]
) -> list[tuple[float, float]]:
    """Return the ends of the vertical axes: one scale for all curves, one for all differences."""
    unit = unit_of(comparison).size
    top = 1.1 * max((float(x.mean.max()) for one in shown for x in one.cost.values()), default=1.0)
    reach = [_reach(list(shown), comparison.side(which)) for which in figures]
    low, high = 1.1 * min(r[0] for r in reach), 1.1 * max(r[1] for r in reach)
    curves, differences = _round(0.0, top / unit), _round(low / unit, high / unit)
    return [curves] * len(shown) + [differences] * len(figures)


def _grids(small: int, large: int, rows: Sequence[ChartRow], columns: int) -> list[Option]:
    share = 100 / columns
    return [
        {
            "left": f"{n % columns * share + 3.4}%",
            "width": f"{share - 5.6}%",
            "top": f"{rows[n // columns].top}%",
            "height": f"{rows[n // columns].high}%",
        }
        for n in range(small)
    ] + [
        {"left": f"{n * 50 + 3.4}%", "width": "36%", "top": "61%", "height": "32%"}
        for n in range(large)
    ]


def _small_titles(
    labels: Sequence[str], rows: Sequence[ChartRow], columns: int, look: Look
) -> list[Option]:
    share, wide = 100 / columns, WHOLE / columns - KEY
    return [
        _heading(
            text, f"{n % columns * share}%", f"{rows[n // columns].name}%", HUES[n], look, wide
        )
        for n, text in enumerate(labels)
    ]


def _difference_titles(
    figures: Sequence[Which], comparison: Comparison, look: Look
) -> list[Option]:
    titles = []
    for n, which in enumerate(figures):
        arm = comparison.scenario.arms[comparison.side(which).arm].label.text
        text = t("{figure}  {arm}: difference from without", figure=number_of(which), arm=arm)
        titles.append(_heading(text, f"{n * 50}%", "51%", None, look, 600))
        key = _heading(
            "▨ " + t("Cost of the intervention"), f"{n * 50 + 3.4}%", "56%", None, look, 600
        )
        key["textStyle"] |= {"color": look.palette["extra_text"], "fontWeight": "normal"}
        titles.append(key)
    return titles


def _scales(
    grid: int,
    ends: tuple[float, float],
    comparison: Comparison,
    look: Look,
    small: int,
    columns: int,
) -> list[Option]:
    """Return the numbers and the years along the axes of a chart.

    Args:
        grid: The number of the chart.
        ends: The ends of its vertical axis.
        comparison: The comparison.
        look: How it is to look.
        small: How many small charts there are; those after them show differences.
        columns: How many of them stand beside each other.
    """
    bottom, most = ends
    first, last = span(comparison)
    ticks, digits = round_ticks(bottom, most, 3)
    is_small = grid < small
    named = not is_small or grid % columns == 0
    numbers = [
        label([first, x], decimal(x, digits), "left", look)
        for x in ticks
        if named and bottom <= x <= most
    ]
    wide = WHOLE * (100 / columns - 5.6 if is_small else 36.0) / 100
    distance = (comparison.marked - comparison.start) / (last - first) * wide
    years = [comparison.start, comparison.marked] if distance > YEAR_WIDE else [comparison.marked]
    if is_small and grid + columns < small:  # there are others below
        years = []
    named_years = [label([year, bottom], str(year), "bottom", look) for year in years]
    return [marked(f"scale-{grid}", grid, numbers), marked(f"years-{grid}", grid, named_years)]


def _rows(labels: Sequence[str]) -> tuple[ChartRow, ...]:
    """Return one row of small charts, or two where a name would not have room in one."""
    words = [word for text in labels for word in text.split()]
    longest = max((extent(word, TEXT, bold=True)[0] for word in words), default=0.0)
    return ONE_ROW if longest < WHOLE / max(len(labels), 1) - KEY else TWO_ROWS


def _figures(comparison: Comparison) -> list[Which]:
    """Return the figures: a scenario with one arm has one."""
    first = {comparison.side(which).arm: which for which in reversed(WHICH)}
    return [which for which in WHICH if first[comparison.side(which).arm] == which]


def _round(low: float, high: float) -> tuple[float, float]:
    """Return ends of an axis at which there are ticks, so that lines and numbers agree."""
    ticks, _ = round_ticks(low, high, 3)
    return ticks[0], ticks[-1]


def _interval(low: float, high: float) -> float:
    ticks, _ = round_ticks(low, high, 3)
    return ticks[1] - ticks[0]


def _heading(text: str, left: str, top: str, hue: str | None, look: Look, width: float) -> Option:
    style: Option = {
        "fontSize": look.px(TEXT),
        "color": look.palette["ink"],
        "fontFamily": FONT,
        "lineHeight": look.px(19),
    }
    text = broken(text, width, TEXT)
    if hue is not None:
        style["rich"] = {
            "key": {
                "backgroundColor": hue,
                "width": look.px(12),
                "height": look.px(12),
                "borderRadius": 2,
            }
        }
        text = "{key| } " + text
    return {"text": text, "left": left, "top": top, "padding": 0, "textStyle": style}


def _curves(
    grid: int,
    one: AdministrationCost,
    comparison: Comparison,
    unit: float,
    look: Look,
    named: float | None,
    top: float,
) -> list[Option]:
    c, hue = look.palette, HUES[grid]
    without = one.cost[WITHOUT]
    found = [
        line(
            f"{grid}-without",
            grid,
            points(comparison.years, without.mean, unit),
            {"color": c["without"], "width": look.px(2.5), "type": [look.px(8), look.px(4)]},
            z=6,
        )
    ]
    ends = [(float(without.mean[-1]) / unit, t("Without"))]
    for which in _figures(comparison):
        curve = one.cost[comparison.side(which).arm]
        found.append(
            line(
                f"{grid}-{which}",
                grid,
                points(comparison.years, curve.mean, unit),
                {"color": hue, "width": look.px(3), "type": DASHES[which]},
                z=5,
            )
        )
        ends.append((float(curve.mean[-1]) / unit, number_of(which)))
    if named is not None:  # as high as the chart is
        ends.sort(key=lambda end: -end[0])
        row = ROW / (named / 100 * (look.tall - AROUND)) * top
        places = apart([end for end, _ in ends], [row] * len(ends), top)
        marks = [
            label([span(comparison)[1], place], text, "right", look, offset=(-2, 0))
            for place, (_, text) in zip(places, ends, strict=True)
        ]
        found.append(marked(f"{grid}-ends", grid, marks))
    return found


def _reach(shown: list[AdministrationCost], side: Investing) -> tuple[float, float]:
    parts = np.array(differences_of(side, shown))
    down, up = np.minimum(parts, 0).sum(axis=0).min(), np.maximum(parts, 0).sum(axis=0).max()
    return float(min(down, -1.0)), float(max(up, 1.0))


def _differences(
    grid: int,
    side: Investing,
    shown: list[AdministrationCost],
    comparison: Comparison,
    unit: float,
    look: Look,
) -> list[Option]:
    c = look.palette
    parts = differences_of(side, shown)
    hatch = {**HATCH, "color": c["extra"]}
    found: list[Option] = []
    for n, part in enumerate(parts):
        style: Option = (
            {"color": c["paper"], "decal": hatch, "borderColor": c["extra"], "borderWidth": 1}
            if n == 0
            else {"color": HUES[n - 1]}
        )
        found.append(
            {
                "id": f"{grid}-bar-{n}",
                "type": "bar",
                "stack": f"all-{grid}",
                "xAxisIndex": grid,
                "yAxisIndex": grid,
                "data": points(comparison.years, part, unit),
                "itemStyle": style,
                "barWidth": "75%",
                "silent": True,
                "z": 2,
            }
        )
    net = np.sum(parts, axis=0)
    found.append(
        line(
            f"{grid}-net",
            grid,
            points(comparison.years, net, unit),
            {"color": c["ink"], "width": look.px(2.5)},
            z=6,
        )
    )
    x = span(comparison)[1]
    end = float(net[-1]) / unit
    marks = [label([x, end], t("Net"), "right", look, bold=True, offset=(14, 0))]
    found.append(marked(f"{grid}-names", grid, marks))
    return found
