"""A chart is the same on paper and on the page: its texts, its marks, their places and colours."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from helpers.pictures import written
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sisim.live.echarts import plain_script
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Bracket,
    CellGrid,
    Chart,
    Column,
    FilledArea,
    Key,
    Line,
    Note,
    Panel,
    Points,
    Rule,
    Span,
    Word,
    value_axis,
    year_axis,
)
from sisim.report.chart.echarts_painter import PageStyle, whole
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.chart.palette import LIGHT, hue

SIZE = 1240.0, 660.0
"""How large the page draws it, in pixels."""
YEARS = np.arange(2025, 2031)
RISING = np.linspace(1.0, 4.0, 6)
ROWS = Axis(1.6, -0.6, ((0.0, "Schools"), (1.0, "Social services")), details=("town", "town"))


def curves() -> Panel:
    """Return a panel with all that has years below it."""
    marks = (
        Span("project", 2025.5, 2027.5, "project", ("Project",)),
        FilledArea("band", YEARS, RISING - 0.5, RISING + 0.5, "with"),
        Bars("bars", YEARS, 0 * RISING, RISING, "lower", 0.5),
        Line("curve", YEARS, RISING, "With", color="with", dash="dashed"),
        Points("points", YEARS, RISING, "payback", shape="diamond"),
        Bracket("bracket", 2029.0, 1.0, 3.0),
        Word("word", "The level", 2026.0, 4.5),
        Note("note", ("It rises",), ((2028.0, 2.5),)),
    )
    return Panel("curves", year_axis(YEARS, 6), value_axis(0, 5), marks, "Cost, SEK m")


def table() -> Panel:
    """Return a panel with cells."""
    cells = CellGrid(
        "cells",
        [0, 1, 2],
        [0, 1, 2],
        (("#0072B2", "#D55E00"), ("#D55E00", "#0072B2")),
        (("1", "2"), ("3", "4")),
        ringed=(1, 0),
    )
    return Panel("table", Axis(0, 2, ((0.5, "a"), (1.5, "b"))), Axis(0, 2), (cells,))


def lying() -> Panel:
    """Return a panel with bars in rows, and a line through them."""
    marks = (
        Bars("costs", [0, 1], [-2, -1], [0, 0], "extra", 0.5, across=True),
        Bars("gains", [0, 1], [0, 0], [3, 1], "lower", 0.5, across=True),
        Rule("zero", 0.0, "y"),
    )
    return Panel("lying", Axis(-3, 4, line=False), ROWS, marks)


def chart(*panels: Panel) -> Chart:
    """Return a chart of some panels."""
    key = (Key("lower", "Falls"), Key("payback", "Back", shape="diamond"), Key("with", "With"))
    return Chart(rows=((1.0, (Column(panels, key=key, words="It pays."),)),), high=700.0)


PANELS = {"curves": curves, "table": table, "lying": lying}


def texts(option: dict[str, Any]) -> list[str]:
    """Return all that is written in a picture of the page, without breaks."""
    marked = [one for series in option["series"] for one in series["data"] or []]
    said = [one["label"]["formatter"] for one in marked if isinstance(one, dict)]
    said += [one["text"] for one in option["title"]]
    return sorted(text.replace("\n", " ") for text in said)


@pytest.mark.parametrize("name", PANELS)
def test_the_same_is_written_and_drawn_on_paper_and_on_the_page(name: str) -> None:
    said = chart(PANELS[name]())
    figure, option = paint(said), whole(said, SIZE, PageStyle())
    assert sorted(written(figure).split("\n")) == texts(option)
    drawn = {one["id"] for one in option["series"]}
    on_paper = {artist.get_gid() for artist in figure.findobj()}
    for mark in PANELS[name]().marks:
        if isinstance(mark, (Line, Points, Bars, FilledArea)):
            assert mark.name in drawn
            assert mark.name in on_paper
            assert hue(LIGHT, mark.color) in json.dumps(option)


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    """Return an empty page that knows Apache ECharts."""
    found = chromium.new_page(viewport={"width": 1280, "height": 720})
    found.set_content("<body style='margin:0'><div id=place></div>")
    found.add_script_tag(content=plain_script())
    yield found
    found.close()


def on_page(page: Any, said: Chart) -> list[tuple[str, list[float]]]:
    """Return the fill of each shape that a browser draws, and its box in shares of the picture."""
    wide, high = SIZE
    boxes: list[tuple[str, list[float]]] = page.evaluate(
        """([option, wide, high]) => {
            const place = document.getElementById("place");
            place.innerHTML = "";
            place.style.width = wide + "px";
            place.style.height = high + "px";
            echarts.getInstanceByDom(place)?.dispose();
            echarts.init(place, null, { renderer: "svg" }).setOption(option);
            return [...place.querySelectorAll("path, rect")].map((one) => {
                const { x, y, width, height } = one.getBoundingClientRect();
                const box = [x / wide, y / high, (x + width) / wide, (y + height) / high];
                return [one.getAttribute("fill") || "", box];
            });
        }""",
        [whole(said, SIZE, PageStyle()), wide, high],
    )
    return [(fill.lower(), box) for fill, box in boxes]


def on_paper(figure: Figure, name: str) -> list[tuple[float, ...]]:
    """Return the ends along the value axis of rectangles on paper, in shares of their panel."""
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    found = [one for one in axes.findobj(Rectangle) if one.get_gid() == name]
    return [
        ((one.get_x() - low) / (high - low), (one.get_x() + one.get_width() - low) / (high - low))
        for one in found
    ]


def test_bars_that_lie_have_the_same_ends_in_a_browser_as_on_paper(page: Any) -> None:
    said = chart(lying())
    figure, shapes = paint(said), on_page(page, said)
    long = {}
    for name, color in (("costs", "extra"), ("gains", "lower")):
        # One shape holds all bars of a kind: it is as wide as the longest.
        drawn = [box for fill, box in shapes if fill == LIGHT[color].lower() and tall(box) > 0.1]
        long[name] = (
            max(right - left for left, _, right, _ in drawn),
            max(right - left for left, right in on_paper(figure, name)),
        )
    assert long["costs"][0] / long["gains"][0] == pytest.approx(2 / 3, 0.02)
    assert long["costs"][1] / long["gains"][1] == pytest.approx(2 / 3, 0.02)


def tall(box: list[float]) -> float:
    """Return how tall a box is."""
    return box[3] - box[1]


def test_cells_have_the_same_colours_in_a_browser_as_on_paper(page: Any) -> None:
    said = chart(table())
    figure, shapes = paint(said), on_page(page, said)
    cells = [one for one in figure.axes[0].findobj(Rectangle) if one.get_width() == 1]
    for color in ("#0072b2", "#d55e00"):
        many = [one for one in cells if to_hex(one.get_facecolor()) == color]
        large = [box for fill, box in shapes if fill == color and box[2] - box[0] > 0.2]
        assert len(many) == len(large) == 2
