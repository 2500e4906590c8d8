"""Charts painted by Apache ECharts, for the page: options as plain JSON.

Every text is written out, so that what draws them needs neither formats nor languages. Series have
ids, so that an update sends only what has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sisim.report.chart.arrangement import (
    SIGN,
    Arrangement,
    PlacedKey,
    PlacedPanel,
    arrange,
    arrange_row,
)
from sisim.report.chart.chart import (
    Bars,
    Bracket,
    CellGrid,
    Chart,
    Column,
    FilledArea,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    Span,
    Values,
)
from sisim.report.chart.label_placement import Frame, KeptNotes, Lead, PlacedText
from sisim.report.chart.palette import LIGHT, Palette, hue
from sisim.report.chart.typesetting import LEADING, PageType

Option = dict[str, Any]
FONT = "Roboto, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', system-ui, sans-serif"
"""What the page itself is set in, and what is as narrow where a file has to do without it."""
TEXT = 16.0
"""Size of all that is written in a chart, in pixels of a window of 1280: read from the last row."""
HATCH: Option = {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.7854}
DASHES: dict[str, Any] = {
    "solid": "solid",
    "dashed": (8, 4),
    "dotted": "dotted",
    "dashdot": (12, 4, 3, 4),
}
SHAPES = {
    "circle": "circle",
    "diamond": "diamond",
    "ring": "circle",
    "triangle": "triangle",
    "square": "rect",
    # An upright cross, turned.
    "cross": "path://M4 0H6V4H10V6H6V10H4V6H0V4H4Z",
    "left": "triangle",
    "right": "triangle",
}
SIGNS = {
    "circle": "●",
    "diamond": "◆",
    "ring": "○",
    "triangle": "▲",
    "square": "■",
    "cross": "✖",
    "left": "◀",
    "right": "▶",
}
"""How shapes look among words, in a key."""
DEPTH: dict[type[Mark], int] = {CellGrid: 1, FilledArea: 2, Bars: 3, Line: 4, Points: 6}
"""How far in front kinds of marks are; a line that is not solid is in front of one that is."""
MOVES: Option = {
    "animation": True,
    "animationDuration": 0,
    "animationDurationUpdate": 700,
    "animationEasingUpdate": "bounceOut",
}
"""How points that are known apart go to another place."""
TURNED = {"cross": 45, "left": 90, "right": -90}
"""Degrees anticlockwise."""
CAP = 0.3
"""Half the width of the bar at which a bracket begins, in units of the horizontal axis."""


@dataclass(frozen=True)
class PageStyle:
    """The colours of a page, and how wide its window is, in 1280ths."""

    palette: Palette = field(default_factory=lambda: LIGHT)
    scale: float = 1.0

    def px(self, pixels: float) -> int:
        """Return a length at the width of 1280 as one at this width."""
        return round(pixels * self.scale)

    def hue(self, color: str) -> str:
        """Return a colour."""
        return hue(self.palette, color)


def option(
    columns: Sequence[Column],
    size: tuple[float, float],
    style: PageStyle,
    kept: KeptNotes | None = None,
) -> Option:
    """Return the panels of columns as an option; what stands around them is the page's to write.

    Args:
        columns: The columns, side by side.
        size: Width and height, in pixels of a window of 1280.
        style: How it is to look.
        kept: Notes that stay where they are; where others are placed is added.
    """
    wide, high = size
    found = Arrangement(wide, high)
    bare = [replace(one, heading="", caption="", words="", after="") for one in columns]
    arrange_row(bare, Frame(0.0, 0.0, wide, high), found, PageType(size=TEXT), kept=kept)
    return _Painter(found, style).option()


def whole(chart: Chart, size: tuple[float, float], style: PageStyle) -> Option:
    """Return a chart with what stands around its panels; its title and foot are the page's.

    Args:
        chart: The chart.
        size: Width and height, in pixels of a window of 1280.
        style: How it is to look.
    """
    bare = replace(
        chart, title="", subtitle="", warning="", table=None, notes=(), corner="", high=size[1]
    )
    found = arrange(bare, PageType(size=TEXT), size[0])
    painter = _Painter(found, style)
    return {
        **painter.option(),
        "title": [painter.outside(text) for text in found.texts],
        "graphic": [painter.sign(key) for key in found.keys],
    }


def patch(before: Option, after: Option) -> Option:
    """Return what turns one option into the other: of the series, only what has changed.

    A series that is gone is left empty.
    """
    rest = {key: part for key, part in after.items() if key != "series" and before.get(key) != part}
    known = {one["id"]: one for one in before["series"]}
    moved = []
    for one in after["series"]:
        old = known.get(one["id"], {})
        new = {key: part for key, part in one.items() if key == "id" or old.get(key) != part}
        if len(new) > 1:
            moved.append({"type": one["type"], **new})
    gone = known.keys() - {one["id"] for one in after["series"]}
    moved += [{"type": known[name]["type"], "id": name, "data": []} for name in sorted(gone)]
    return {**rest, **({"series": moved} if moved else {})}


def pairs(x: Values, y: Values) -> list[list[float | None]]:
    """Return the points of a curve, finer than any eye sees; a gap is null."""
    values = np.column_stack([np.asarray(x, np.float64), np.round(np.asarray(y, np.float64), 4)])
    return [[one, None if other != other else other] for one, other in values.tolist()]


class _Painter:
    def __init__(self, found: Arrangement, style: PageStyle) -> None:
        self._found, self._style = found, style

    def option(self) -> Option:
        """Return the panels."""
        found, style = self._found, self._style
        return {
            "animation": False,
            "backgroundColor": "transparent",
            "textStyle": {
                "fontFamily": FONT,
                "fontSize": style.px(TEXT),
                "color": style.hue("ink"),
            },
            "grid": [self.grid(panel.frame) for panel in found.panels],
            "xAxis": [self.axis(n, "x") for n in range(len(found.panels))],
            "yAxis": [self.axis(n, "y") for n in range(len(found.panels))],
            "series": [
                series for n, panel in enumerate(found.panels) for series in self.panel(n, panel)
            ],
        }

    def outside(self, text: PlacedText) -> Option:
        """Return a text that stands beside panels."""
        style = self._style
        return {
            "text": text.text,
            "left": style.px(text.x),
            "top": self._down(text.y),
            "padding": 0,
            "textAlign": text.align,
            "textVerticalAlign": "middle",
            "textStyle": {
                "fontSize": style.px(text.size),
                "fontFamily": FONT,
                "fontWeight": "bold" if text.bold else "normal",
                "lineHeight": style.px(text.size * LEADING),
                "color": style.hue(text.color),
            },
        }

    def sign(self, one: PlacedKey) -> Option:
        """Return the sign of an entry of a key."""
        key, style = one.key, self._style
        color, size = style.hue(key.color), style.px(SIGN)
        place = {"left": style.px(one.left), "top": self._down(one.top), "silent": True}
        if key.line is not None:
            dash = DASHES[key.line]
            look = {"stroke": color, "lineWidth": style.px(3), "fill": None}
            if isinstance(dash, tuple):
                look["lineDash"] = [style.px(part) for part in dash]
            place["top"] = self._down(one.top + SIGN / 2)
            ends = {"x1": 0, "y1": 0, "x2": 2 * size, "y2": 0}
            return {"type": "line", **place, "shape": ends, "style": look}
        if key.hatched:
            text = {"text": "▨", "fill": color, "fontSize": size, "lineHeight": size}
            return {"type": "text", **place, "style": text}
        if key.shape is not None:
            text = {"text": SIGNS[key.shape], "fill": color, "fontSize": size, "lineHeight": size}
            return {"type": "text", **place, "style": text}
        shape: Option = {"width": size, "height": size}
        return {"type": "rect", **place, "shape": shape, "style": {"fill": color}}

    def _down(self, y: float) -> str:
        return f"{100 * y / self._found.height:.3f}%"

    def grid(self, frame: Frame) -> Option:
        """Return where the axes of a panel stand: as high as the window, as wide as its texts."""
        found, px = self._found, self._style.px
        return {
            "left": px(frame.left),
            "right": px(found.width - frame.left - frame.width),
            "top": self._down(frame.top),
            "height": self._down(frame.height),
        }

    def axis(self, grid: int, which: str) -> Option:
        """Return an axis without numbers: those are written as points."""
        panel = self._found.panels[grid].panel
        axis = panel.x if which == "x" else panel.y
        lines = self._style.hue("muted")
        crossed = panel.y.low < 0 < panel.y.high
        return {
            "type": "value",
            "gridIndex": grid,
            "min": axis.low,
            "max": axis.high,
            "axisLabel": {"show": False},
            "axisTick": {"show": False},
            "splitLine": {"show": False},
            "axisLine": {
                "show": which == "x" and axis.line,
                "onZero": crossed,
                "lineStyle": {"color": lines},
            },
        }

    def panel(self, grid: int, one: PlacedPanel) -> list[Option]:
        """Return the series of a panel, from behind to the front."""
        panel = one.panel
        found: list[Option] = [self._behind(grid, one)]
        for mark in panel.marks:
            # By kind, so that nothing moves where another mark comes or goes.
            above = DEPTH.get(type(mark), 0) + (isinstance(mark, Line) and mark.dash != "solid")
            found += [{**series, "z": above} for series in self._mark(grid, mark)]
        ticks = [text for text in one.texts if text.name[:2] in ("x-", "y-")]
        others = [text for text in one.texts if text not in ticks]
        found.append(self._lines(grid, one))
        found.append(self._texts(f"scale-{panel.name}", grid, one, ticks))
        found.append(self._texts(f"texts-{panel.name}", grid, one, others))
        return found

    def _series(self, name: str, kind: str, grid: int, data: Any, **more: Any) -> Option:
        return {
            "id": name,
            "type": kind,
            "xAxisIndex": grid,
            "yAxisIndex": grid,
            "data": data,
            "silent": True,
            **more,
        }

    def _behind(self, grid: int, one: PlacedPanel) -> Option:
        """Return the shaded spans and the faint lines through a panel."""
        panel, style = one.panel, self._style
        spans = [
            [
                {"xAxis": mark.low, "itemStyle": {"color": style.hue(mark.color)}},
                {"xAxis": mark.high},
            ]
            for mark in panel.marks
            if isinstance(mark, Span)
        ]
        rules = [{"yAxis": value} for value, _ in panel.y.ticks if panel.y.grid and value]
        rules += [{"xAxis": value} for value, _ in panel.x.ticks if panel.x.grid]
        return self._series(
            f"behind-{panel.name}",
            "line",
            grid,
            [],
            z=0,
            markArea={"silent": True, "data": spans},
            markLine=_plain(rules, style.hue("rule"), 1),
        )

    def _mark(self, grid: int, mark: Mark) -> list[Option]:
        style = self._style
        if isinstance(mark, Line):
            return [self._line(grid, mark)]
        if isinstance(mark, FilledArea):
            return self._area(grid, mark)
        if isinstance(mark, Bars):
            return self._bars(grid, mark)
        if isinstance(mark, Points):
            color = style.hue(mark.color)
            ring = mark.shape == "ring"
            look = {
                "color": "transparent" if ring else color,
                "borderColor": color if ring else style.hue("paper"),
                "borderWidth": 2 if ring else 1,
                "opacity": mark.opacity,
            }
            data = pairs(mark.x, mark.y)
            named = [{"name": id_, "value": at} for id_, at in zip(mark.ids, data, strict=False)]
            return [
                self._series(
                    mark.name,
                    "scatter",
                    grid,
                    named or data,
                    symbol=SHAPES[mark.shape],
                    symbolRotate=TURNED.get(mark.shape, 0),
                    symbolSize=style.px(mark.size + 2),
                    itemStyle=look,
                    clip=False,
                    **(MOVES if named else {}),
                )
            ]
        if isinstance(mark, CellGrid):
            return [self._cells(grid, mark)]
        return []

    def _cells(self, grid: int, cells: CellGrid) -> Option:
        """Return coloured cells, as areas marked on a curve that has no points."""
        style = self._style
        x, y = (np.asarray(ends, np.float64).tolist() for ends in (cells.x, cells.y))

        def cell(row: int, column: int, look: Option) -> list[Option]:
            low = {"coord": [x[column], y[row]], "itemStyle": look}
            return [low, {"coord": [x[column + 1], y[row + 1]]}]

        drawn = [
            cell(row, column, {"color": color, "borderColor": style.hue("paper"), "borderWidth": 1})
            for row, colors in enumerate(cells.colors)
            for column, color in enumerate(colors)
        ]
        if cells.ringed is not None:
            ring = {"borderColor": style.hue("ink"), "borderWidth": style.px(3)}
            drawn.append(cell(*cells.ringed, {"color": "transparent", **ring}))
        areas = {"silent": True, "animation": False, "data": drawn}
        return self._series(cells.name, "line", grid, [], markArea=areas)

    def _line(self, grid: int, line: Line) -> Option:
        style, color = self._style, self._style.hue(line.color)
        dash = DASHES[line.dash]
        kind = [style.px(part) for part in dash] if isinstance(dash, tuple) else dash
        return self._series(
            line.name,
            "line",
            grid,
            pairs(line.x, line.y),
            showSymbol=line.markers,
            symbol="circle",
            symbolSize=style.px(line.width + 3),
            lineStyle={"color": color, "width": style.px(line.width), "type": kind},
            itemStyle={"color": color},
            **({"step": "middle"} if line.step else {}),
        )

    def _area(self, grid: int, area: FilledArea) -> list[Option]:
        color = self._style.hue(area.color)
        low, high = np.asarray(area.low, np.float64), np.asarray(area.high, np.float64)
        hidden: Option = {
            "showSymbol": False,
            "lineStyle": {"width": 0, "opacity": 0},
            "stack": area.name,
            "stackStrategy": "all",
        }
        look: Option = (
            {
                "areaStyle": {"color": "transparent", "opacity": 1},
                "itemStyle": {"color": "transparent", "decal": {**HATCH, "color": color}},
            }
            if area.hatched
            else {"areaStyle": {"color": color, "opacity": area.opacity}}
        )
        return [
            self._series(f"{area.name}-floor", "line", grid, pairs(area.x, low), **hidden),
            self._series(area.name, "line", grid, pairs(area.x, high - low), **hidden, **look),
        ]

    def _bars(self, grid: int, bars: Bars) -> list[Option]:
        if bars.across:
            return self._area(grid, _lying(bars))
        style, color = self._style, self._style.hue(bars.color)
        low, high = np.asarray(bars.low, np.float64), np.asarray(bars.high, np.float64)
        frame, panel = self._found.panels[grid].frame, self._found.panels[grid].panel
        wide = style.px(bars.width * frame.width / abs(panel.x.high - panel.x.low))
        stack: Option = {
            "stack": bars.name,
            "stackStrategy": "all",
            "barWidth": wide,
            "barGap": "-100%",
        }
        look: Option = {"color": color, "opacity": bars.opacity}
        if bars.hatched:
            decal = {**HATCH, "color": color}
            look = {"color": style.hue("paper"), "decal": decal, "borderColor": color}
            look["borderWidth"] = 1

        def data(values: Values) -> list[list[float | None]]:
            return pairs(values, bars.at) if bars.across else pairs(bars.at, values)

        nothing = {"color": "transparent"}
        return [
            self._series(f"{bars.name}-floor", "bar", grid, data(low), itemStyle=nothing, **stack),
            self._series(bars.name, "bar", grid, data(high - low), itemStyle=look, **stack),
        ]

    def _lines(self, grid: int, one: PlacedPanel) -> Option:
        """Return what is drawn straight from point to point: rules, brackets, leads of notes."""
        drawn: list[Any] = []
        for mark in one.panel.marks:
            if isinstance(mark, Rule):
                drawn.append(self._rule(mark))
            elif isinstance(mark, Bracket):
                drawn += self._bracket(one.panel, mark)
        drawn += [self._lead(one, lead) for lead in one.leads]
        color = self._style.hue("ink")
        name = f"lines-{one.panel.name}"
        return self._series(name, "line", grid, [], z=60, markLine=_plain(drawn, color, 2))

    def _rule(self, rule: Rule) -> Any:
        look = {
            "color": self._style.hue(rule.color),
            "width": self._style.px(rule.width),
            "type": "solid" if rule.dash == "solid" else rule.dash,
        }
        if rule.ends is None:
            return {"yAxis" if rule.along == "x" else "xAxis": rule.at, "lineStyle": look}
        ends = [[end, rule.at] if rule.along == "x" else [rule.at, end] for end in rule.ends]
        return [
            {"coord": ends[0], "symbol": "none", "lineStyle": look},
            {"coord": ends[1], "symbol": "none"},
        ]

    def _bracket(self, panel: Panel, bracket: Bracket) -> list[Any]:
        look = {"color": self._style.hue(bracket.color), "width": self._style.px(2)}
        x, origin, end = bracket.x, bracket.origin, bracket.end
        # An arrow of no length would point to the side.
        points = abs(end - origin) > 0.01 * abs(panel.y.high - panel.y.low)
        tip = {"symbol": "arrow" if points else "none", "symbolSize": self._style.px(10)}
        return [
            [
                {"coord": [x - CAP, origin], "symbol": "none", "lineStyle": look},
                {"coord": [x + CAP, origin], "symbol": "none"},
            ],
            [
                {"coord": [x, origin], "symbol": "none", "lineStyle": look},
                {"coord": [x, end], **tip},
            ],
        ]

    def _lead(self, one: PlacedPanel, lead: Lead) -> list[Any]:
        start, end = (one.frame.back(one.panel, *point) for point in (lead.start, lead.end))
        look = {"color": self._style.hue(lead.color), "width": self._style.px(1.3)}
        tip = {"symbol": "arrow" if lead.arrow else "none", "symbolSize": self._style.px(8)}
        return [
            {"coord": _rounded(start), "symbol": "none", "lineStyle": look},
            {"coord": _rounded(end), **tip},
        ]

    def _texts(self, name: str, grid: int, one: PlacedPanel, texts: Sequence[PlacedText]) -> Option:
        """Return texts as points that are labelled and hardly seen."""
        return self._series(
            name,
            "scatter",
            grid,
            [self._text(one, text) for text in texts],
            symbol="circle",
            symbolSize=0.01,
            clip=False,
            itemStyle={"opacity": 1},
            z=70,
        )

    def _text(self, one: PlacedPanel, text: PlacedText) -> Option:
        style = self._style
        side = {"left": "right", "center": "inside", "right": "left"}[text.align]
        words: Option = {
            "show": True,
            "formatter": text.text,
            "position": side,
            "align": text.align,
            "fontSize": style.px(text.size),
            "fontFamily": FONT,
            "color": text.color if text.on else style.hue(text.color),
            "lineHeight": style.px(text.size * LEADING),
            "distance": 0,
            "fontWeight": "bold" if text.bold else "normal",
        }
        return {
            "name": text.name,
            "value": _rounded(one.frame.back(one.panel, text.x, text.y)),
            "label": words,
        }


def _lying(bars: Bars) -> FilledArea:
    """Return bars that lie as areas, each apart: between two axes of values, bars would stand."""
    at, half = np.asarray(bars.at, np.float64), bars.width / 2
    ends, gap = (np.asarray(values, np.float64) for values in (bars.high, np.full(len(at), np.nan)))
    x = np.column_stack([np.asarray(bars.low, np.float64), ends, ends]).ravel()
    low, high = (np.column_stack([edge, edge, gap]).ravel() for edge in (at - half, at + half))
    return FilledArea(bars.name, x, low, high, bars.color, bars.opacity, bars.hatched)


def _rounded(point: tuple[float, float]) -> list[float]:
    return [round(float(point[0]), 3), round(float(point[1]), 4)]


def _plain(data: list[Any], color: str, width: int) -> Option:
    return {
        "silent": True,
        "animation": False,
        "symbol": "none",
        "label": {"show": False},
        "data": data,
        "lineStyle": {"type": "solid", "color": color, "width": width},
    }
