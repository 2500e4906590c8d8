"""Words and signs of a lesson's figures at one version: what they are, and where they stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from sisim.analysis.comparison import WHICH, Comparison, Which, compared_in
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.live.chart_options import Look, Option, figure
from sisim.report.comparison_chart import Scales
from sisim.report.comparison_text import caption, conclusion, verdict
from sisim.report.formats import lower
from sisim.report.frame import unit_of

PANELS = ("cost", "gap", "inflow")
"""The panels of a figure, from above; the first two are money."""
MARKS = (*(f"texts-{panel}" for panel in PANELS), "break-even")
"""Series of a figure that are words or signs at points."""
LOOK = Look(tall=686, brackets=False)
"""The browser draws both comparisons of the year that is marked there."""

Mark = tuple[float, float, Any]
"""Where something stands, and what it is."""
Key = tuple[Lang, Which]
"""A language and a figure."""


@dataclass(frozen=True)
class FigureWords:
    """Words of a figure: what can be written as JSON, by where it stands.

    Attributes:
        caption: Under the figure.
        conclusion: Beside it.
        verdicts: Of each year, as the marked one.
        behind: The areas behind the curves of cost.
        leads: The ends of the lines that lead to words.
        marks: Words and signs of each of `MARKS`.
    """

    caption: str
    conclusion: str
    verdicts: tuple[str, ...]
    behind: Any
    leads: tuple[Mark, ...]
    marks: tuple[tuple[Mark, ...], ...]


def shown(comparison: Comparison) -> tuple[Which, ...]:
    """Return the figures that are shown: both, or the only one where there is one arm."""
    return WHICH[:1] if comparison.figures.project == comparison.figures.new_way else WHICH


def words_of(comparison: Comparison, top: Scales, unit: float) -> dict[Key, FigureWords]:
    """Return the words of a version's figures in each language.

    Args:
        comparison: The version.
        top: The axes, the same for every version.
        unit: In which amounts are drawn, kronor.
    """
    found = {}
    for lang, which in product(LANGUAGES, shown(comparison)):
        with in_language(lang):
            found[lang, which] = _words(comparison, which, top, unit)
    return found


def _words(comparison: Comparison, which: Which, top: Scales, unit: float) -> FigureWords:
    side = comparison.side(which)
    option = figure(comparison, which, top, LOOK)
    series = {one["id"]: one for one in option["series"]}
    # Where everything is dearer, a figure may have chosen the larger unit.
    larger = unit_of(comparison).size / unit
    return FigureWords(
        caption=caption(side),
        conclusion=conclusion(comparison, side),
        verdicts=tuple(
            f"{year}: {lower(verdict(compared_in(year, side, comparison)))}"
            for year in comparison.years.tolist()
        ),
        behind=series["behind-cost"]["markArea"]["data"],
        leads=tuple(
            _mark(end, "coord", larger)
            for pair in series["lines-gap"]["markLine"]["data"]
            if isinstance(pair, list)
            for end in pair
        ),
        marks=tuple(
            tuple(
                _mark(one, "value", 1.0 if name == "texts-inflow" else larger)
                for one in series.get(name, {"data": []})["data"]
            )
            for name in MARKS
        ),
    )


def _mark(mark: Option | list[float], place: Literal["value", "coord"], larger: float) -> Mark:
    if not isinstance(mark, dict):  # a sign
        mark = {"value": mark}
    x, y = mark[place]
    return (
        round(float(x), 2),
        round(float(y) * larger, 3),
        {key: part for key, part in mark.items() if key != place},
    )


class WordTable:
    """Words of every version, each text kept once: the browser reads them by number."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._points: dict[str, dict[str, list[Any]]] = {
            lang: {which: [] for which in WHICH} for lang in LANGUAGES
        }

    def add(self, words: Mapping[Key, FigureWords]) -> None:
        """Add the words of the next version."""
        for (lang, which), one in words.items():
            marks = [[self._mark(mark) for mark in some] for some in one.marks]
            leads = [self._mark(mark) for mark in one.leads]
            behind = self._number(one.behind)
            verdicts = [self._number(text) for text in one.verdicts]
            said = self._number(one.conclusion)
            below = self._number(one.caption)
            self._points[lang][which].append([below, said, verdicts, behind, leads, marks])

    def content(self) -> Option:
        """Return the texts by number, and where they stand in every version."""
        return {
            "table": [json.loads(text) for text in self._known],
            "points": self._points,
            "marks": list(MARKS),
        }

    def _mark(self, mark: Mark) -> list[float]:
        x, y, what = mark
        return [x, y, self._number(what)]

    def _number(self, what: Any) -> int:
        return self._known.setdefault(json.dumps(what, ensure_ascii=False), len(self._known))
