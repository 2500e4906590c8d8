"""What each administration pays more or less, with and without: each alone, and all together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sisim.analysis.comparison import (
    NOTICEABLE,
    WHICH,
    AdministrationCost,
    Comparison,
    Investing,
    View,
    Which,
    administrations_of,
    compare,
    differences_of,
)
from sisim.arrays import Floats
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Dash,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    Span,
    value_axis,
    year_axis,
)
from sisim.report.chart.palette import PAYERS
from sisim.report.comparison_text import bands, footer, number_of, scope
from sisim.report.formats import listing, lower, money
from sisim.report.frame import unit_of
from sisim.scenario.scenario import Scenario

DASHES: dict[Which, Dash] = {"project": "dashdot", "new_way": "solid"}
BESIDE, MOST = 4, 8
"""So many administrations have room beside each other, and in all."""
HARDLY = 0.02
"""Of the largest difference that any administration has: smaller ones are named, not drawn."""
Row = tuple[float, tuple[Column, ...]]


def hue_of(scenario: Scenario, payer: str) -> str:
    """Return the colour of an administration, the same in every picture of a scenario."""
    known = list(scenario.pathway.administrations)
    place = known.index(payer) if payer in known else len(known)
    return PAYERS[place % len(PAYERS)]


def administrations_chart(source: Valuation | Comparison, view: View | None = None) -> Chart:
    """Return the difference of each administration, and in each figure what they come to.

    Administrations whose difference is not seen beside the others are named, not drawn.
    """
    story = compare(source, view)
    every = administrations_of(story)
    figures = _figures(story)
    size = {
        one.name: max(_most(one.difference[story.side(w).arm]) for w in figures) for one in every
    }
    least = HARDLY * max(size.values(), default=0.0)
    shown = [one for one in every if size[one.name] > least][:MOST]
    rest = [one.name for one in every if one not in shown]
    unit = unit_of(story)
    rows: list[Row] = [(0.17, (Column((), key=_key(story, figures)),))]
    rows += _small(story, figures, shown)
    ends = _ends(story, figures, shown)
    differences = tuple(_difference(story, story.side(w), shown, ends) for w in figures)
    rows.append((2.0, differences))
    hidden = listing([lower(story.scenario.payer_label(name).text) for name in rest])
    told = [t("The small pictures are without the cost of the intervention.")]
    told += [t("Hardly any difference: {names}.", names=hidden)] if rest else []
    return Chart(
        rows=tuple(rows),
        title=t("What each administration pays more or less"),
        subtitle=t(
            "With minus without, {unit} per year: below zero it pays less", unit=unit.label()
        ),
        notes=(" ".join([*told, scope(story, everyone=True)]), footer(story.result)),
        corner=bands(story) if story.banded else "",
        high=720.0 if len(shown) <= BESIDE else 860.0,
    )


def _most(values: Floats) -> float:
    return float(np.abs(values).max(initial=0.0))


def _figures(story: Comparison) -> list[Which]:
    """Return the figures: a scenario with one arm has one."""
    first = {story.side(which).arm: which for which in reversed(WHICH)}
    return [which for which in WHICH if first[story.side(which).arm] == which]


def _key(story: Comparison, figures: Sequence[Which]) -> tuple[Key, ...]:
    def name(which: Which) -> str:
        arm = story.side(which).arm
        return f"{number_of(which)}: {lower(story.scenario.arms[arm].label.text)}"

    lines = [Key("ink", name(which), line=DASHES[which]) for which in figures]
    return (*lines, Key("extra", t("Cost of the intervention"), hatched=True))


def _small(
    story: Comparison, figures: Sequence[Which], shown: Sequence[AdministrationCost]
) -> list[Row]:
    """Return a small panel for each administration, in rows, on scales of their own."""
    deep = -(-len(shown) // BESIDE)
    wide = -(-len(shown) // deep) if deep else 1
    columns = [_alone(story, figures, one, wide) for one in shown]
    rows = [columns[n : n + wide] for n in range(0, len(columns), wide)]
    empty = [
        Column((Panel(f"empty-{n}", Axis(0, 1, line=False), Axis(0, 1), ()),)) for n in range(wide)
    ]
    return [(1.5, (*row, *empty[len(row) :])) for row in rows]


def _alone(
    story: Comparison, figures: Sequence[Which], one: AdministrationCost, beside: int
) -> Column:
    unit, hue = unit_of(story).size, hue_of(story.scenario, one.name)
    without, marks, ends = one.cost[WITHOUT], list[Mark](), [0.0]
    for which in figures:
        arm = story.side(which).arm
        name, mean = f"{one.name}-{which}", one.difference[arm]
        marks.append(Line(name, story.years, mean / unit, color=hue, dash=DASHES[which]))
        ends += [float(mean.min()), float(mean.max())]
    if story.banded:
        marks[:0] = _bands(story, figures, one, ends, hue)
    least = NOTICEABLE * _most(without.mean)
    low, high = min(*ends, -least) / unit, max(*ends, least) / unit
    room = 0.08 * (high - low)
    size = t(
        "Without: {cost} in {year}",
        cost=money(without.at(story.marked), unit_of(story)),
        year=str(story.marked),
    )
    panel = Panel(
        one.name,
        year_axis(story.years, 7 if beside <= 2 else 3),
        value_axis(low - room, high + room, 4),
        tuple(marks),
        size,
    )
    label = story.scenario.payer_label(one.name).text
    return Column((panel,), key=(Key(hue, label, bold=True),))


def _bands(
    story: Comparison,
    figures: Sequence[Which],
    one: AdministrationCost,
    ends: list[float],
    hue: str,
) -> list[Mark]:
    """Return the ranges of the runs; `ends` grows to hold them."""
    unit, found = unit_of(story).size, list[Mark]()
    for which in figures:
        low, high = one.ranges[story.side(which).arm]
        ends += [float(low.min()), float(high.max())]
        name = f"{one.name}-{which}-band"
        found.append(FilledArea(name, story.years, low / unit, high / unit, hue, opacity=0.13))
    return found


def stacked(parts: Sequence[Floats]) -> tuple[list[Floats], Floats, Floats]:
    """Return where each bar begins, stacked away from zero, and how far they reach."""
    up, down = np.zeros_like(parts[0]), np.zeros_like(parts[0])
    bottoms = []
    for part in parts:
        bottoms.append(np.where(part >= 0, up, down))
        up, down = up + np.maximum(part, 0), down + np.minimum(part, 0)
    return bottoms, down, up


def _ends(
    story: Comparison, figures: Sequence[Which], shown: Sequence[AdministrationCost]
) -> tuple[float, float]:
    """Return the ends of the axis of all differences: the same in both figures."""
    reach = [stacked(differences_of(story.side(which), shown))[1:] for which in figures]
    low, high = min(float(d.min()) for d, _ in reach), max(float(u.max()) for _, u in reach)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _difference(
    story: Comparison,
    side: Investing,
    shown: Sequence[AdministrationCost],
    ends: tuple[float, float],
) -> Column:
    """Return the differences of one figure stacked from zero, and what they come to."""
    unit, years, which = unit_of(story).size, story.years, side.which
    parts = differences_of(side, shown)
    bottoms, _, _ = stacked(parts)
    names = ["intervention", *(one.name for one in shown)]
    hues = ["extra", *(hue_of(story.scenario, one.name) for one in shown)]
    marks: list[Mark] = [
        Span(f"{which}-{kind}", first - 0.5, last - 0.5, kind) for kind, first, last in side.phases
    ]
    for n, (name, hue, part, bottom) in enumerate(zip(names, hues, parts, bottoms, strict=True)):
        drawn = np.flatnonzero(part)
        low, high = bottom / unit, (bottom + part) / unit
        bars = Bars(f"{which}-{name}", years[drawn], low[drawn], high[drawn], hue, hatched=n == 0)
        marks.append(bars)
    net = np.sum(parts, axis=0) / unit
    line = Line(f"{which}-net", years, net, t("Sum"), width=2.5, bold=True, markers=True)
    label = story.scenario.arms[side.arm].label.text
    axis = value_axis(ends[0] / unit, ends[1] / unit, 4)
    panel = Panel(f"{which}-all", year_axis(years, 7), axis, (*marks, line))
    return Column((panel,), heading=f"{number_of(which)}  {label}")
