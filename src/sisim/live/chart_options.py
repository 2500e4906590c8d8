"""The two figures as options of Apache ECharts: plain JSON, made of the report's series and words.

Every value is in the unit of its axis, every text is written out: what draws them needs neither
formats nor languages. Series have ids, so that an update sends only what has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sisim.analysis.comparison import NOTICEABLE, Comparison, Curve, Investing, Which
from sisim.arrays import Floats, Ints
from sisim.i18n import t
from sisim.live.label_space import LabelPlacement, LabelPositions, NoSpace, broken, extent
from sisim.report.captions import end_claim, name_of_without, phase_label
from sisim.report.comparison_text import paid_back, percent_pair
from sisim.report.formats import decimal
from sisim.report.frame import cost_title, span, unit_of, year_ticks
from sisim.report.style import (
    BLACK,
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    INK,
    MUTED,
    NEW_WAY_TINT,
    ORANGE,
    PROJECT_TINT,
    PURPLE,
    RULE,
    SKY,
    round_ticks,
)

Option = dict[str, Any]
FONT = "Roboto, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', system-ui, sans-serif"
"""What the page itself is set in, and what is as narrow where a file has to do without it."""
TEXT = 16.0
"""Size of all that is written in a chart, in pixels of a window of 1280: read from the last row."""
COST, INFLOW, STOCK = range(3)
LEFT, RIGHT = 58.0, 168.0
"""Room for the numbers of the axes, and for the names of the curves."""
STRIPS = ((6.5, 52.0), (66.5, 11.0), (85.5, 9.0))
"""Where each strip begins and how high it is, in hundredths of the chart."""
AROUND = 318.0
"""What the page has above and below the charts."""
REACH = 90.0
"""Farther from what it names than so many pixels, a text is left out."""
HATCH: Option = {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.7854}
"""What an investment costs is hatched."""
TOP_SPACE = 1.06
"""How much higher than what is drawn an axis reaches."""


@dataclass(frozen=True)
class Palette:
    """The colours of the page: light is the usual, for projectors."""

    paper: str
    ink: str
    muted: str
    rule: str
    without: str
    with_: str
    extra: str
    extra_text: str
    lower: str
    lower_text: str
    project: str
    new_way: str
    diamond: str


LIGHT = Palette(
    "#FFFFFF",
    INK,
    MUTED,
    RULE,
    BLACK,
    BLUE,
    ORANGE,
    DARK_ORANGE,
    GREEN,
    DARK_GREEN,
    PROJECT_TINT,
    NEW_WAY_TINT,
    PURPLE,
)
DARK = Palette(
    "#14181C",
    "#F2F2F2",
    "#B9BEC4",
    "#3A4149",
    "#FFFFFF",
    SKY,
    ORANGE,
    ORANGE,
    GREEN,
    "#3FD0A4",
    "#3B3016",
    "#163446",
    PURPLE,
)


@dataclass(frozen=True)
class Look:
    """How a picture is to look: its colours, its size, what years are counted from.

    `scale` is the width of the window in 1280ths, `tall` its height in such pixels; `wide` is for a
    figure alone.
    """

    dark: bool = False
    scale: float = 1.0
    since_start: bool = False
    brackets: bool = True
    bands: bool = False
    wide: bool = False
    tall: float = 720.0

    @property
    def palette(self) -> Palette:
        """The colours."""
        return DARK if self.dark else LIGHT

    @property
    def strip(self) -> tuple[float, float]:
        """Width and height of the cost strip, in pixels of a window of 1280."""
        whole = 1250.0 if self.wide else 612.0
        return whole - LEFT - RIGHT, STRIPS[COST][1] / 100 * self.chart

    @property
    def chart(self) -> float:
        """Height of a chart, in pixels of a window of 1280."""
        return max(self.tall - AROUND, 208.0)

    def px(self, pixels: float) -> int:
        """Return a length at the width of 1280 as one at this width."""
        return round(pixels * self.scale)


@dataclass(frozen=True)
class Reveal:
    """How much of a figure is shown: all of it, unless the story is being told.

    Attributes:
        with_: The curve with the investment.
        until: The year up to which it is shown; None for all.
        areas: The areas between the curves.
        brackets: The comparisons at the marked year.
        claims: What is said where the curve ends, and whether it is paid back.
        new_way: The band of the new way of working.
        guess: A curve that the room expects, by year.
    """

    with_: bool = True
    until: int | None = None
    areas: bool = True
    brackets: bool = True
    claims: bool = True
    new_way: bool = True
    guess: tuple[tuple[int, float], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the curve with the investment is shown from end to end."""
        return self.with_ and self.until is None


ALL = Reveal()


@dataclass(frozen=True)
class Axes:
    """How high the axes of both figures reach, in SEK and people: held while a hand moves."""

    cost: float
    entries: float
    stock: float

    @classmethod
    def of(cls, comparison: Comparison) -> Axes:
        """Return axes that hold all that is drawn, the same for both figures."""

        def top(name: str) -> float:
            curves = [
                getattr(s, name)
                for s in (comparison.without, comparison.project, comparison.new_way)
            ]
            drawn = [c.high if comparison.banded else c.mean for c in curves]
            return TOP_SPACE * max(float(one.max()) for one in drawn) or 1.0

        return cls(1.12 * top("cost"), top("entries"), top("stock"))

    def hold(self, comparison: Comparison) -> bool:
        """Return whether all that is drawn has room."""
        now = Axes.of(comparison)
        return (
            now.cost <= 1.18 * self.cost
            and now.entries <= TOP_SPACE * self.entries
            and now.stock <= TOP_SPACE * self.stock
        )


def figure(
    comparison: Comparison,
    which: Which,
    axes: Axes,
    look: Look,
    reveal: Reveal = ALL,
    kept: LabelPositions | None = None,
) -> Option:
    """Return one of the two figures: cost, inflow and stock on one time axis.

    Args:
        comparison: The comparison.
        which: Which of the two.
        axes: How high the axes reach.
        look: How it is to look.
        reveal: How much of it is shown.
        kept: Words that stay where they are; where others are placed is added.
    """
    side, c = comparison.side(which), look.palette
    unit = unit_of(comparison).size
    case = comparison.scenario.pathway.groups[comparison.figures.case].label.text
    tops = [max(top, 1e-9) for top in (axes.cost / unit, axes.entries, axes.stock)]
    scales = [round_ticks(0, top, count) for top, count in zip(tops, (4, 2, 2), strict=True)]
    low, high = span(comparison)
    placement = LabelPlacement((low, high), tops[COST], look.strip, {} if kept is None else kept)
    cost = _cost_lines(comparison, side, unit, tops[COST], look, reveal, placement)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "fontSize": look.px(TEXT), "color": c.ink},
        "grid": _grids(look),
        "title": [
            _title(text, place, look)
            for text, place in (
                (cost_title(comparison), "0.5%"),
                (t("New cases per year (inflow): {case}", case=case), "60%"),
                (t("Ongoing cases (stock): {case}", case=case), "79%"),
            )
        ],
        "xAxis": time_axes(3, (low, high), look, onZero=False),
        "yAxis": value_axes(
            [(0, top, ticks[1] - ticks[0]) for top, (ticks, _) in zip(tops, scales, strict=True)],
            look,
            showMaxLabel=False,
        ),
        "series": [
            *_ticks(comparison, tops, scales, look),
            *_areas(comparison, side, unit, look, reveal),
            *_bands(comparison, side, unit, look, reveal),
            *cost,
            *_bracket(comparison, side, unit, look, reveal, placement),
            *_annotations(comparison, side, unit, look, reveal, placement),
            *_strip("entries", INFLOW, comparison, side, look, reveal, tops[INFLOW]),
            *_strip("stock", STOCK, comparison, side, look, reveal, tops[STOCK]),
        ],
    }


_BARE: Option = {"axisLabel": {"show": False}, "axisTick": {"show": False}}


def time_axes(count: int, ends: tuple[float, float], look: Look, **line: Any) -> list[Option]:
    """Return the horizontal axes of so many grids, without numbers."""
    return [
        {
            "type": "value",
            "gridIndex": grid,
            "min": ends[0],
            "max": ends[1],
            "splitLine": {"show": False},
            **_BARE,
            "axisLine": {"lineStyle": {"color": look.palette.muted}, **line},
        }
        for grid in range(count)
    ]


def value_axes(
    ends: Sequence[tuple[float, float, float]], look: Look, **split: Any
) -> list[Option]:
    """Return the vertical axes of grids, given the low end, the high end and the interval."""
    return [
        {
            "type": "value",
            "gridIndex": grid,
            "min": low,
            "max": high,
            "interval": interval,
            **_BARE,
            "axisLine": {"show": False},
            "splitLine": {"lineStyle": {"color": look.palette.rule}, **split},
        }
        for grid, (low, high, interval) in enumerate(ends)
    ]


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


def points(
    years: Sequence[float] | Floats | Ints, values: Floats, unit: float = 1.0
) -> list[list[float]]:
    """Return the points of a curve, finer than any eye sees."""
    found: list[list[float]] = np.column_stack([years, np.round(values / unit, 4)]).tolist()
    return found


# ---------------------------------------------------------------------------- the frame


def _grids(look: Look) -> list[Option]:
    left, right = look.px(LEFT), look.px(RIGHT)
    return [
        {"left": left, "right": right, "top": f"{top}%", "height": f"{high}%"}
        for top, high in STRIPS
    ]


def _title(text: str, top: str, look: Look) -> Option:
    # Without a height of its own a line is as high as an ideogram, which not every font has.
    style = {
        "fontSize": look.px(TEXT),
        "fontWeight": "normal",
        "color": look.palette.muted,
        "fontFamily": FONT,
        "lineHeight": look.px(TEXT * 1.2),
    }
    return {"text": text, "left": look.px(LEFT), "top": top, "padding": 0, "textStyle": style}


def _ticks(
    comparison: Comparison,
    tops: Sequence[float],
    scales: Sequence[tuple[Sequence[float], int]],
    look: Look,
) -> list[Option]:
    """Return the numbers along the axes, as points that are labelled and not drawn."""
    c = look.palette
    low, high = span(comparison)
    name, _ = extent(str(comparison.marked), TEXT, bold=True)
    found = []
    for grid, (top, (ticks, digits)) in enumerate(zip(tops, scales, strict=True)):
        marks = [
            label([low, tick], decimal(tick, digits), "left", look)
            for tick in ticks
            if 0 <= tick <= top * 1.0001
        ]
        found.append(marked(f"scale-{grid}", grid, marks))
    years = [
        label(
            [year, 0],
            str(year - comparison.start + 1 if look.since_start else year),
            "bottom",
            look,
            color=c.ink if year == comparison.marked else c.muted,
            bold=year == comparison.marked,
        )
        for year in year_ticks(comparison, name / look.strip[0] * (high - low))
    ]
    found.append(marked("years", STOCK, years))
    return found


def marked(name: str, grid: int, marks: list[Option], **more: Any) -> Option:
    """Return points that carry labels, in a grid, and are themselves hardly seen."""
    return {
        "id": name,
        "type": "scatter",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "data": marks,
        "symbol": "circle",
        "symbolSize": 0.01,
        "silent": True,
        "clip": False,
        "z": 9,
        "itemStyle": {"opacity": 1},
        **more,
    }


def label(
    at: list[float],
    text: str,
    position: str,
    look: Look,
    *,
    color: str | None = None,
    bold: bool = False,
    width: float | None = None,
    offset: tuple[float, float] = (0, 0),
) -> Option:
    """Return a point with a text at one of its sides, sizes in pixels at a width of 1280."""
    words: Option = {
        "show": True,
        "formatter": text,
        "position": position,
        "fontSize": look.px(TEXT),
        "fontFamily": FONT,
        "color": color or look.palette.ink,
        "lineHeight": look.px(TEXT * 1.2),
        "distance": look.px(6),
        "offset": [look.px(offset[0]), look.px(offset[1])],
        "fontWeight": "bold" if bold else "normal",
    }
    if width is not None:
        words |= {"width": look.px(width), "overflow": "break"}
    return {"value": [round(float(at[0]), 3), round(float(at[1]), 4)], "label": words}


def line(name: str, grid: int, data: list[list[Any]], style: Option, **more: Any) -> Option:
    """Return a curve in a grid."""
    return {
        "id": name,
        "type": "line",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "data": data,
        "showSymbol": False,
        "silent": True,
        "lineStyle": style,
        "z": 4,
        "itemStyle": {"color": style.get("color")},
        **more,
    }


# ---------------------------------------------------------------------------- the cost


def _shown(years: Ints, reveal: Reveal) -> Any:
    """Return which years of the curve with the investment are shown."""
    if not reveal.with_:
        return np.zeros(len(years), bool)
    return np.ones(len(years), bool) if reveal.until is None else years <= reveal.until


def _phases(
    comparison: Comparison,
    side: Investing,
    top: float,
    look: Look,
    reveal: Reveal,
    placement: LabelPlacement,
) -> tuple[list[list[Option]], list[Option]]:
    """Return the bands of the project and of the new way of working, and their names."""
    c = look.palette
    phases: list[list[Option]] = []
    names: list[Option] = []
    for kind, first, last in side.phases:
        if not reveal.with_ or (kind == "new_way" and not reveal.new_way):
            continue
        tint = c.project if kind == "project" else c.new_way
        phases.append([{"xAxis": first - 0.5, "itemStyle": {"color": tint}}, {"xAxis": last - 0.5}])
        (left, _), (right, _) = placement.pixel(first - 0.5, 0.0), placement.pixel(last - 0.5, 0.0)
        text = broken(phase_label(kind, comparison.scenario), max(right - left, 84.0), TEXT)
        wide, high = extent(text, TEXT, bold=False)
        # At the top, where the axes leave room for it; inside the strip, however early it is.
        x = first - 0.5 + max(right - left, wide) / 2 * (first - last) / (left - right)
        at = (x, top * (1 - high / 2 / look.strip[1]))
        placement.take(f"phase-{kind}", text, at, TEXT)
        names.append(label(list(at), text, "inside", look))
    return phases, names


def _cost_lines(
    comparison: Comparison,
    side: Investing,
    unit: float,
    top: float,
    look: Look,
    reveal: Reveal,
    placement: LabelPlacement,
) -> list[Option]:
    c = look.palette
    years = comparison.years
    shown = _shown(years, reveal)
    phases, names = _phases(comparison, side, top, look, reveal, placement)
    without = {"color": c.without, "width": look.px(3), "type": [look.px(8), look.px(4)]}
    placement.avoid(years, comparison.without.cost.mean / unit)
    placement.avoid(years[shown], side.cost.mean[shown] / unit)
    if look.wide and reveal.with_:
        placement.avoid(years, side.investment.mean / unit)
    return [
        line("phases", COST, [], {"opacity": 0}, z=0, markArea={"silent": True, "data": phases}),
        marked("phase-names", COST, names, z=3),
        *(
            [
                line(
                    "investment",
                    COST,
                    _spent(side, unit),
                    {"color": c.extra, "width": look.px(2)},
                    step="middle",
                )
            ]
            if look.wide and reveal.with_
            else []
        ),
        line(
            "with",
            COST,
            points(years[shown], side.cost.mean[shown], unit),
            {"color": c.with_, "width": look.px(4)},
            z=5,
        ),
        line(
            "without",
            COST,
            points(years, comparison.without.cost.mean, unit),
            without,
            z=6,
            markLine=_cursor(comparison, look),
        ),
        line(
            "guess",
            COST,
            [[float(x), y / unit] for x, y in reveal.guess],
            {"color": c.diamond, "width": look.px(4), "type": "dotted"},
            z=7,
        ),
        marked("ends", COST, _ends(comparison, side, unit, top, look, reveal), z=10),
    ]


def _spent(side: Investing, unit: float) -> list[list[float | None]]:
    """Return what the investment costs, in the years in which it costs anything."""
    spent = side.investment
    return [[year, amount or None] for year, amount in points(spent.years, spent.mean, unit)]


LABELS_OF_END = 150.0
"""Width of what is written where the curves end, at a window of 1280."""


def _ends(
    comparison: Comparison, side: Investing, unit: float, top: float, look: Look, reveal: Reveal
) -> list[Option]:
    """Return the names of the curves where they end, kept apart from each other."""
    c = look.palette
    texts = [(float(comparison.without.cost.mean[-1]) / unit, name_of_without(), c.without, False)]
    if reveal.whole:
        name = t("With the investment")
        claim = end_claim(side) if reveal.claims else ""
        texts.append((float(side.cost.mean[-1]) / unit, name, c.with_, True))
        if claim:
            texts.append((float(side.cost.mean[-1]) / unit - top * 1e-6, claim, c.with_, False))
    texts = [(y, broken(text, LABELS_OF_END, TEXT), color, bold) for y, text, color, bold in texts]
    row = 1.2 * TEXT / look.strip[1] * top
    sizes = [row * (text.count("\n") + 1.15) for _, text, _, _ in texts]
    order = sorted(range(len(texts)), key=lambda n: -texts[n][0])
    places = apart([texts[n][0] for n in order], [sizes[n] for n in order], top)
    x = span(comparison)[1]
    return [
        label([x, place], texts[n][1], "right", look, color=texts[n][2], bold=texts[n][3])
        for n, place in zip(order, places, strict=True)
    ]


def apart(wanted: list[float], sizes: list[float], top: float) -> list[float]:
    """Return places, from above, that keep texts of some heights apart and within the axis."""
    places: list[float] = []
    above = top * 1.1
    for want, size in zip(wanted, sizes, strict=True):
        place = min(want, above - size / 2)
        places.append(place)
        above = place - size / 2
    below = -0.04 * top
    for n in reversed(range(len(places))):
        places[n] = max(places[n], below + sizes[n] / 2)
        below = places[n] + sizes[n] / 2
    return places


def _areas(
    comparison: Comparison, side: Investing, unit: float, look: Look, reveal: Reveal
) -> list[Option]:
    """Return what lies between the curves: dearer hatched, cheaper filled."""
    c = look.palette
    years = comparison.years.astype(float)
    shown = _shown(comparison.years, reveal) & reveal.areas
    x, low, dearer, cheaper = _between(
        years[shown], comparison.without.cost.mean[shown] / unit, side.cost.mean[shown] / unit
    )
    plain: Option = {"width": 0, "opacity": 0}
    hatch = {**HATCH, "color": c.extra}

    def layer(name: str, values: Floats, **more: Any) -> Option:
        data = points(x, values)
        return line(name, COST, data, plain, stack="between", z=2, stackStrategy="all", **more)

    return [
        layer("floor", low),
        layer(
            "extra",
            dearer,
            areaStyle={"color": "transparent", "opacity": 1},
            itemStyle={"color": "transparent", "decal": hatch},
        ),
        layer("lower", cheaper, areaStyle={"color": c.lower, "opacity": 0.25}),
    ]


def _between(
    years: Floats, without: Floats, with_: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return years, with those where the curves cross put in, the lower curve, and both areas."""
    if not len(years):
        return years, years, years, years
    gap = with_ - without
    crossing = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    share = gap[crossing] / (gap[crossing] - gap[crossing + 1])
    at = years[crossing] + share * (years[crossing + 1] - years[crossing])
    x = np.sort(np.concatenate([years, at]))
    a, b = np.interp(x, years, without), np.interp(x, years, with_)
    return x, np.minimum(a, b), np.maximum(b - a, 0), np.maximum(a - b, 0)


def _bands(
    comparison: Comparison, side: Investing, unit: float, look: Look, reveal: Reveal
) -> list[Option]:
    """Return the 10-90 % range of both curves, where there are runs enough."""
    c = look.palette
    found: list[Option] = []
    if not (comparison.banded and look.bands):
        return found
    for name, curve, color in (
        ("without", comparison.without.cost, c.without),
        ("with", side.cost, c.with_),
    ):
        shown = _shown(comparison.years, reveal if name == "with" else ALL)
        years = comparison.years[shown]
        for part, values in (("low", curve.low), ("high", curve.high - curve.low)):
            style = {"color": color, "opacity": 0.14 if part == "high" else 0}
            found.append(
                line(
                    f"band-{name}-{part}",
                    COST,
                    points(years, values[shown], unit),
                    {"width": 0, "opacity": 0},
                    stack=f"band-{name}",
                    stackStrategy="all",
                    z=1,
                    areaStyle=style,
                )
            )
    return found


def _bracket(
    comparison: Comparison,
    side: Investing,
    unit: float,
    look: Look,
    reveal: Reveal,
    placement: LabelPlacement,
) -> list[Option]:
    """Return the pair of arrows at the marked year: from today's cost, and from without."""
    c = look.palette
    shown = look.brackets and reveal.brackets and reveal.whole
    x = comparison.marked
    with_, without = side.cost.at(x) / unit, comparison.without.cost.at(x) / unit
    today = comparison.today / unit
    arrows: list[list[Option]] = []
    marks: list[Option] = []
    if shown:
        arrows = _arrows(comparison, today, without, with_, look)
        placement.avoid([comparison.start, x + 0.6], [today, today])
        placement.avoid([x, x], [0, max(with_, without, today)])
        under = min(today, with_, without)
        for text, share, sign in zip(
            (t("Before–after"), t("With–without")),
            percent_pair(side),
            (-1, 1),
            strict=True,
        ):
            said = f"{text}:\n{share}"
            wide, _ = extent(said, TEXT, bold=True)
            at = placement.place(
                f"bracket-{sign}-{x}",
                said,
                (x, under),
                TEXT,
                pull=(1, 2),
                bold=True,
                beside=(sign * (wide / 2 + 6), -38),
            )
            marks.append(label(list(at), said, "inside", look, bold=True))
    arms = {
        "silent": True,
        "animation": False,
        "label": {"show": False},
        "data": arrows,
        "lineStyle": {"type": "solid", "color": c.ink, "width": look.px(2)},
    }
    return [
        line("arrows", COST, [], {"opacity": 0}, markLine=arms, z=8),
        marked("brackets", COST, marks, z=11),
    ]


def _arrows(
    comparison: Comparison, today: float, without: float, with_: float, look: Look
) -> list[list[Option]]:
    """Return the arrows of the marked year, and the dotted line at today's cost."""
    x = comparison.marked
    arrows: list[list[Option]] = [
        [
            {"coord": [x + offset, origin], "symbol": "none"},
            {"coord": [x + offset, with_], "symbol": "arrow", "symbolSize": look.px(10)},
        ]
        for offset, origin in ((-0.35, today), (0.35, without))
    ]
    dotted = {"type": "dotted", "color": look.palette.muted, "width": look.px(2)}
    arrows.append(
        [
            {"coord": [comparison.start, today], "symbol": "none", "lineStyle": dotted},
            {"coord": [x + 0.6, today], "symbol": "none"},
        ]
    )
    return arrows


def _cursor(comparison: Comparison, look: Look) -> Option:
    """Return the line at the marked year, which a curve of each strip carries."""
    return {
        "silent": True,
        "symbol": "none",
        "label": {"show": False},
        "data": [{"xAxis": comparison.marked}],
        "lineStyle": {"color": look.palette.muted, "width": 1, "type": "solid"},
    }


@dataclass
class _Marks:
    """Texts in the cost strip, and the lines that lead from them to what they are about."""

    placement: LabelPlacement
    look: Look
    texts: list[Option] = field(default_factory=list)
    leads: list[list[Option]] = field(default_factory=list)

    def put(self, name: str, text: str, at: tuple[float, float], **where: Any) -> None:
        """Write a text near a point."""
        place = self.placement.place(name, text, at, TEXT, **where)
        self.texts.append(label(list(place), text, "inside", self.look))

    def point(
        self, name: str, text: str, at: tuple[float, float], away: float, color: str | None = None
    ) -> None:
        """Write a text so many pixels above a point, and join them; nothing without space."""
        look = self.look
        try:
            place = self.placement.place(name, text, at, TEXT, beside=(0, away), reach=REACH)
        except NoSpace:
            return
        self.texts.append(label(list(place), text, "inside", look, color=color))
        _, high = extent(text, TEXT, bold=False)
        towards = 1 if at[1] > place[1] else -1
        edge = place[1] + towards * high / 2 / look.strip[1] * self.placement.top
        style = {"color": color or look.palette.ink, "width": look.px(1.2)}
        self.leads.append(
            [
                {"coord": [place[0], edge], "symbol": "none", "lineStyle": style},
                {
                    "coord": [*at],
                    "symbol": "arrow" if name == "fades" else "none",
                    "symbolSize": look.px(8),
                },
            ]
        )


def _annotations(
    comparison: Comparison,
    side: Investing,
    unit: float,
    look: Look,
    reveal: Reveal,
    placement: LabelPlacement,
) -> list[Option]:
    """Return the names of the areas, why the effect fades, and whether it is paid back."""
    c = look.palette
    marks = _Marks(placement, look)
    diamond: list[Option] = []
    if reveal.whole and reveal.claims:
        diamond = _payback(comparison, side, marks)
        _fading(comparison, side, unit, marks)
    if reveal.whole and reveal.areas:
        _area_names(comparison, side, unit, marks)
    lines = {
        "silent": True,
        "label": {"show": False},
        "data": marks.leads,
        "lineStyle": {"type": "solid", "color": c.ink, "width": look.px(1.5)},
    }
    return [
        line("leads", COST, [], {"opacity": 0}, markLine=lines, z=8),
        marked("words", COST, marks.texts, z=9),
        marked(
            "break-even",
            COST,
            diamond,
            symbol="diamond",
            symbolSize=look.px(15),
            z=12,
            itemStyle={"color": c.diamond, "borderColor": c.paper, "borderWidth": 1},
        ),
    ]


def _payback(comparison: Comparison, side: Investing, marks: _Marks) -> list[Option]:
    """Write when the investment is paid back; return the mark at that year, if there is one."""
    text = broken(paid_back(comparison, side), marks.look.strip[0] / 2.4, TEXT)
    if side.break_even is None:
        marks.put("not-paid-back", text, (float(comparison.years[-1]), 0.0), pull=(1, 3))
        return []
    year = float(comparison.start + side.break_even - 1)
    marks.placement.avoid([year, year], [0, marks.placement.top / 15])
    marks.put("paid-back", text, (year, 0.0), beside=(0, 24), pull=(1, 1.5))
    return [{"value": [year, 0.0]}]


def _fading(comparison: Comparison, side: Investing, unit: float, marks: _Marks) -> None:
    """Write why the curves come together again, where half of the difference is gone."""
    after = np.flatnonzero(np.isin(comparison.years, side.fading))
    if not len(after):
        return
    half = int(after[np.argmin(np.abs(side.gap.mean[after] - side.gap.mean.min() / 2))])
    at = (float(comparison.years[half]), float(side.cost.mean[half] / unit))
    marks.point("fades", t("The intervention stops –\nthe effect fades"), at, -54)


def _area_names(comparison: Comparison, side: Investing, unit: float, marks: _Marks) -> None:
    """Write what the areas between the curves are, where they are widest."""
    c = marks.look.palette
    middle = (side.cost.mean / unit + comparison.without.cost.mean / unit) / 2
    for name, text, sign, color in (
        ("extra", t("Extra cost\n(investment)"), 1, c.extra_text),
        ("lower", t("Lower cost\nthan without"), -1, c.lower_text),
    ):
        size = sign * side.gap.mean
        if size.max() >= NOTICEABLE * comparison.today:
            widest = int(np.argmax(size))
            at = (float(comparison.years[widest]), float(middle[widest]))
            marks.point(name, text, at, 52 if sign < 0 else -52, color)


# ---------------------------------------------------------------------------- the strips


def _strip(
    name: str,
    grid: int,
    comparison: Comparison,
    side: Investing,
    look: Look,
    reveal: Reveal,
    top: float,
) -> list[Option]:
    c = look.palette
    years, shown = comparison.years, _shown(comparison.years, reveal)
    without: Curve = getattr(comparison.without, name)
    with_: Curve = getattr(side, name)
    dashes = {"color": c.without, "width": look.px(2.5), "type": [look.px(8), look.px(4)]}
    found = [
        line(
            f"{name}-with",
            grid,
            points(years[shown], with_.mean[shown]),
            {"color": c.with_, "width": look.px(3.5)},
            z=5,
        ),
        line(
            f"{name}-without",
            grid,
            points(years, without.mean),
            dashes,
            z=6,
            markLine=_cursor(comparison, look),
        ),
    ]
    texts = [(float(without.mean[-1]), t("Without"), c.without, False)]
    if reveal.whole:
        texts.append((float(with_.mean[-1]), t("With"), c.with_, True))
    if name == "entries":
        found += _first_times(grid, comparison, side, look, reveal)
        named = (side if reveal.with_ else comparison.without).first.mean[-1]
        texts.append((float(named), t("first time"), c.muted, False))
    texts.sort(key=lambda item: -item[0])
    row = 1.15 * TEXT / (STRIPS[grid][1] / 100 * look.chart) * top
    places = apart([item[0] for item in texts], [row] * len(texts), top)
    marks = [
        label([span(comparison)[1], place], text, "right", look, color=color, bold=bold)
        for place, (_, text, color, bold) in zip(places, texts, strict=True)
    ]
    return [*found, marked(f"{name}-ends", grid, marks, z=10)]


def _first_times(
    grid: int, comparison: Comparison, side: Investing, look: Look, reveal: Reveal
) -> list[Option]:
    """Return the thin curves of those who are there for the first time."""
    c, years = look.palette, comparison.years
    shown = _shown(years, reveal)
    dashes = {"color": c.without, "width": look.px(1.5), "type": [4, 3]}
    plain = {"color": c.with_, "width": look.px(2)}
    return [
        line("first-without", grid, points(years, comparison.without.first.mean), dashes, z=4),
        line("first-with", grid, points(years[shown], side.first.mean[shown]), plain, z=4),
    ]
