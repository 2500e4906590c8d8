"""The lesson file: the two figures and their main sliders in one HTML file that needs nothing else.

Versions of the scenario at the points of a grid are worked out when the file is written. Where the
sliders stand between points, the browser reads curves and numbers between them (multilinearly) and
takes the words of the nearest point; it knows no rule of its own.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sisim.analysis.comparison import Comparison, Side, Which, compare, compared_in
from sisim.analysis.executors import Executor, in_process
from sisim.analysis.level_grid import LevelRange, level_grid
from sisim.analysis.variants import Variants
from sisim.arrays import Floats
from sisim.i18n import (
    Lang,
    current_language,
    each_language,
    in_currency,
    source_text,
    t,
)
from sisim.live.chart_options import Option, figure
from sisim.live.echarts import plain_script
from sisim.live.lesson_points import LessonPoints, LessonWords, Progress, Work
from sisim.live.lesson_words import LOOK, PANELS, WordTable, shown
from sisim.live.scenario_library import with_figures
from sisim.live.sliders import Slider, changes, main_sliders
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.captions import MEASURES, headline_cells
from sisim.report.chart.palette import LIGHT
from sisim.report.comparison_chart import Scales
from sisim.report.comparison_text import (
    footer,
    number_of,
    scope,
)
from sisim.report.formats import money, percent_sign, unit_for
from sisim.report.frame import span, unit_of
from sisim.scenario.scenario import Scenario

MOST_POINTS = 729
"""Three levels of six sliders."""
CURVES = ("cost", "entries", "first")
PAIR = ("before_after", "with_without")
"""What the figures compare in the marked year."""
FRAME = tuple(f"{part}-{panel}" for part in ("scale", "behind") for panel in PANELS)
"""Series of a figure that are the same wherever the sliders stand, or nearly."""
COUNTS = ("helped", "affected", "avoided")
"""The numbers below the figures that are no amounts."""

T = TypeVar("T")


class NothingToFollow(ValueError):  # noqa: N818 (what is the matter)
    """A scenario has no arms that could be compared."""


@dataclass(frozen=True)
class LessonAxis:
    """A slider of the lesson: where it can stand, and where versions have been worked out."""

    slider: Slider
    levels: tuple[float, ...]

    @property
    def positions(self) -> list[float]:
        """Return every place where the slider can stand."""
        low, high = self.levels[0], self.levels[-1]
        steps = low + self.slider.step * np.arange(round((high - low) / self.slider.step) + 1)
        return sorted({round(float(x), 9) for x in (*steps, *self.levels) if low <= x <= high})


def grid(sliders: Sequence[Slider], most: int = MOST_POINTS) -> list[LessonAxis]:
    """Return the sliders that there is room for, with the levels of their versions."""
    levels = level_grid([_range(one) for one in sliders], most)
    return [LessonAxis(one, at) for one, at in zip(sliders, levels, strict=True) if at]


def _range(slider: Slider) -> LevelRange:
    """Return the range of a slider in the lesson."""
    high = slider.high
    if slider.follow == "shift":
        # Growth from year to year would take the axes, which stand still, far above all the rest.
        high = slider.value + slider.step * round((high - slider.value) / slider.step / 2)
    return LevelRange(slider.value, slider.low, high, slider.step)


def lesson(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    most: int = MOST_POINTS,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> str:
    """Return a page with the two figures and the main sliders, which needs nothing but itself.

    Args:
        scenario: The scenario.
        seed: The seed of the first run; unset: the scenario's.
        replications: How many runs; unset: the scenario's.
        most: How many versions are worked out at most.
        executor: Where they are worked out: see `sisim.analysis.executors`; the page does not
            depend on it. Unset: in this process.
        progress: Called with the halves of versions done and how many there are: its curves, and
            its words.

    Raises:
        NothingToFollow: If the scenario has no arms.
        NoCharts: If there is nothing to draw with.
    """
    plain_script()  # said at once rather than when everything has been worked out
    scenario = with_figures(scenario)
    if scenario.figures is None:
        raise NothingToFollow(scenario.name)
    seed = scenario.seed if seed is None else seed
    seeds = tuple(range(seed, seed + (replications or scenario.replications)))
    axes = grid(main_sliders(scenario), most)
    own = compare(Variants(scenario, seeds, retain=False).valuation())
    points = LessonPoints(scenario, seeds, own.view)
    work = Work(executor or in_process(), 2 * prod(len(axis.levels) for axis in axes), progress)
    # Of what it was counted from nothing but the yearly sums is kept.
    found = work.results(points, points.batches(_values(axes)))
    comparisons = [replace(one, result=own.result) for one in found]
    top = Scales.of(own)
    for comparison in comparisons:
        top = top.joined(Scales.of(comparison))
    unit = unit_of(own).size
    words = LessonWords(own.result, tuple(found), top, unit)
    table = WordTable()
    for said in work.results(words, words.batches()):
        table.add(said)
    with in_currency(scenario.pathway.currency):
        content = _content(own, axes, top)
        numbers = [np.concatenate(list(_numbers(one, unit))) for one in comparisons]
    content["lang"] = current_language()
    content["numbers"] = base64.b64encode(np.array(numbers, "<f4").tobytes()).decode("ascii")
    content["words"] = table.content()
    return page(content)


def _values(axes: Sequence[LessonAxis]) -> list[dict[str, float]]:
    """Return the values of the scenario at every point of the grid, the last slider fastest."""
    sliders = [axis.slider for axis in axes]
    ids = [one.id for one in sliders]
    return [
        changes(sliders, dict(zip(ids, at, strict=True)))
        for at in product(*(axis.levels for axis in axes))
    ]


def _numbers(comparison: Comparison, unit: float) -> Iterator[Floats]:
    """Return the numbers of a point in the order in which the page reads them, costs in a unit."""

    def curves(side: Side) -> Iterator[Floats]:
        for name in CURVES:
            yield getattr(side, name).mean / (unit if name == "cost" else 1.0)

    yield from curves(comparison.without)
    for which in shown(comparison):
        side = comparison.side(which)
        yield from curves(side)
        by_year = [compared_in(year, side, comparison) for year in comparison.years]
        for name in PAIR:
            yield np.array([getattr(one, name).share for one in by_year])
        yield np.array([float(side.headline[name][0]) for name in MEASURES])


def _in_each_language(write: Callable[[], T]) -> dict[Lang, T]:
    """Return what is written, by the language that it is written in."""
    return {lang: write() for lang in each_language()}


def _content(comparison: Comparison, axes: Sequence[LessonAxis], top: Scales) -> Option:
    """Return all that the page holds but what differs from point to point."""
    scenario = comparison.scenario
    return {
        "years": comparison.years.tolist(),
        "start": comparison.start,
        "marked": comparison.marked,
        "unit": unit_of(comparison).size,
        "curves": list(CURVES),
        "compared": list(PAIR),
        "measures": list(MEASURES),
        "which": list(shown(comparison)),
        "span": span(comparison),
        "size": LOOK.size,
        "counts": list(COUNTS),
        "colors": {name: LIGHT[name] for name in ("ink", "muted", "paper")},
        "levers": [_slider(axis, scenario) for axis in axes],
        "texts": _in_each_language(lambda: _texts(comparison, axes)),
        "options": _in_each_language(
            lambda: {which: _frame(comparison, which, top) for which in shown(comparison)}
        ),
    }


def _slider(axis: LessonAxis, scenario: Scenario) -> Option:
    slider = axis.slider
    own = round(slider.value, 9)

    def texts() -> Option:
        grade = Assumptions(scenario).grade(slider.grade)
        source = source_text(slider.source) or t("no source stated")
        return {
            "label": slider.label(scenario),
            "values": [slider.said(value, scenario) for value in axis.positions],
            "why": f"{grade}: {source}" if grade else source,
        }

    return {
        "id": slider.id,
        "positions": axis.positions,
        "levels": list(axis.levels),
        "own": axis.positions.index(own),
        "said": _in_each_language(texts),
    }


def _texts(comparison: Comparison, axes: Sequence[LessonAxis]) -> Option:
    headings, _ = headline_cells(comparison, shown(comparison))
    amounts = [
        comparison.side(which).headline[name][0]
        for which in shown(comparison)
        for name in ("invested", "lower_cost", "net")
    ]
    unit = unit_for(max(map(abs, amounts)))
    # The browser writes the number; where it stands is the language's to say.
    amount = money(0.0, replace(unit, digits=0)).replace("0", "{n}")
    points = prod(len(axis.levels) for axis in axes)
    return {
        "title": comparison.scenario.title.text,
        "figures": {
            which: {
                "number": number_of(which),
                "arm": comparison.scenario.arms[comparison.side(which).arm].label.text,
            }
            for which in shown(comparison)
        },
        "headings": headings,
        "amount": {"pattern": amount, "size": unit.size, "digits": unit.digits},
        "pair": [t("Before–after"), t("With–without")],
        "percent": "{n}" + percent_sign(),
        "year": t("Marked year"),
        "own": t("file: {value}", value="{value}"),
        "reset": t("Reset"),
        "assumptions": t("Assumptions"),
        "comes_to": t("What it comes to"),
        "scope": scope(comparison),
        "foot": footer(comparison.result),
        "grid": t(
            "{n} versions have been worked out. Between them curves and numbers are read off in "
            "proportion, and words are those of the nearest. Drawn with Apache ECharts.",
            n=points,
        ),
    }


def _frame(comparison: Comparison, which: Which, top: Scales) -> Option:
    """Return a figure with nothing in its series but what no slider moves."""
    option = figure(comparison, which, top, LOOK)
    bare = [
        one if one["id"] in FRAME else {**one, "data": [], "markLine": None, "markArea": None}
        for one in option["series"]
    ]
    return {**option, "series": [{k: v for k, v in one.items() if v is not None} for one in bare]}


# ---------------------------------------------------------------------------- the file


def page(content: Option) -> str:
    """Return the page that holds some content."""
    static = Path(__file__).with_name("static")
    parts = {name: (static / f"lesson.{name}").read_text("utf-8") for name in ("html", "css", "js")}
    filled = {
        "css": parts["css"],
        "js": parts["js"],
        "echarts": plain_script(),
        "content": for_script(content),
        "lang": content["lang"],
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], parts["html"])


ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<\u2028\u2029"}
"""What ends a script too early, or hides what follows it, wherever it stands ("</script", "<!--");
and the line ends that older browsers take for those of the code."""


def for_script(content: Any) -> str:
    r"""Return JSON that can stand within a `<script>` of an HTML page.

    Examples:
        >>> for_script({"a": "<!-- <script>"})
        '{"a":"\\u003c!-- \\u003cscript>"}'
    """
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return data.translate(ESCAPED)
