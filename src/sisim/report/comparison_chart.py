"""The two comparison figures as charts: the project that ends, and the new way of working.

Every curve comes out of the simulation. Labels that claim something ("back on the same course",
"a lastingly lower level") are written only where the series say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sisim.analysis.comparison import NOTICEABLE, WHICH, Comparison, Curve, Investing, Which
from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import CARRIED
from sisim.i18n import t
from sisim.report.captions import (
    cost_claim,
    headline_cells,
    inflow_claim,
    name_of_without,
    phase_labels,
)
from sisim.report.chart.chart import (
    Axis,
    Bracket,
    Chart,
    Column,
    FilledArea,
    Line,
    Mark,
    Note,
    NumberTable,
    Panel,
    Points,
    Rule,
    Span,
    between,
    value_axis,
    year_axis,
)
from sisim.report.comparison_text import (
    bands,
    caption,
    conclusion,
    footer,
    growth_words,
    invented,
    number_of,
    paid_back,
    percent_pair,
    scope,
    year_words,
)
from sisim.report.formats import decimal, lower
from sisim.report.frame import cost_title, gap_title, unit_of
from sisim.report.size_words import size_warning
from sisim.report.verdict_words import verdict_line

HIGH = 924.0
"""How high a picture of the two figures is, in pixels."""
TOP_SPACE = 1.06
"""How much higher than what is drawn an axis reaches."""
OWN_SCALE = 0.5
"""A difference that would fill less of its panel than that is drawn on a scale of its own."""
YEARS_BESIDE = 6
"""How many years have room beside each other under a figure of the pair."""
BESIDE = 0.45
"""How far from its year each arrow of a comparison stands, in years."""
AT_END = 0.02
"""How near the end of the axis an arrow may stand, as a share of the axis."""


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

    def years(self, years: Ints) -> Ints:
        """Return the numbers of the years in which the curve with the investment is shown."""
        if not self.with_:
            return np.zeros(0, np.int64)
        return np.flatnonzero(years <= (years[-1] if self.until is None else self.until))


ALL = Reveal()


@dataclass(frozen=True)
class Scales:
    """How high the axes of both figures reach, in SEK and people: held while a hand moves.

    Attributes:
        cost: The top of the cost.
        entries: The top of the inflow.
        gap: The ends of the difference, by figure.
    """

    cost: float
    entries: float
    gap: Mapping[Which, tuple[float, float]]

    @classmethod
    def of(cls, story: Comparison) -> Scales:
        """Return axes that hold all that is drawn; the same for both, but where one is not seen."""

        def top(name: str) -> float:
            drawn = [
                _upper(story, getattr(side, name))
                for side in (story.without, story.project, story.new_way)
            ]
            return TOP_SPACE * max(float(one.max(initial=0.0)) for one in drawn) or 1.0

        ends = {which: _gap_ends(story, which) for which in WHICH}
        tall = {which: high - low for which, (low, high) in ends.items()}
        if min(tall.values()) >= OWN_SCALE * max(tall.values()):
            both = min(low for low, _ in ends.values()), max(high for _, high in ends.values())
            ends = dict.fromkeys(WHICH, both)
        return cls(top("cost"), top("entries"), ends)

    @property
    def alike(self) -> bool:
        """Whether the differences of both figures are drawn on one scale."""
        return self.gap["project"] == self.gap["new_way"]

    def hold(self, story: Comparison) -> bool:
        """Return whether all that is drawn has room."""
        now = Scales.of(story)
        return (
            now.cost <= TOP_SPACE * self.cost
            and now.entries <= TOP_SPACE * self.entries
            and all(
                now.gap[which][0] >= TOP_SPACE * self.gap[which][0]
                and now.gap[which][1] <= TOP_SPACE * self.gap[which][1]
                for which in WHICH
            )
        )

    def joined(self, other: Scales) -> Scales:
        """Return axes that hold what either holds."""
        gap = {
            which: (
                min(self.gap[which][0], other.gap[which][0]),
                max(self.gap[which][1], other.gap[which][1]),
            )
            for which in WHICH
        }
        return Scales(max(self.cost, other.cost), max(self.entries, other.entries), gap)


def _upper(story: Comparison, curve: Curve) -> Floats:
    return curve.high if story.banded else curve.mean


def _gap_ends(story: Comparison, which: Which) -> tuple[float, float]:
    """Return the ends of the axis of a difference; more than chance alone would fill."""
    gap = story.side(which).gap
    low, high = (gap.low, gap.high) if story.banded else (gap.mean, gap.mean)
    least = NOTICEABLE * story.today
    ends = min(float(low.min()), -least), max(float(high.max()), least)
    return ends[0] - 0.12 * (ends[1] - ends[0]), ends[1] + 0.12 * (ends[1] - ends[0])


@dataclass(frozen=True)
class Detail:
    """What of a figure the reader wants to see.

    Attributes:
        reveal: How much of it is shown.
        bands: The range of the runs.
        brackets: The comparisons at the marked year.
        since_start: Years counted from the start.
        years: How many years have room beside each other.
    """

    reveal: Reveal = ALL
    bands: bool = True
    brackets: bool = True
    since_start: bool = False
    years: int = YEARS_BESIDE


def comparison_chart(story: Comparison, shown: Sequence[Which] = WHICH) -> Chart:
    """Return both figures side by side, or one alone, with what they come to.

    Args:
        story: The comparison.
        shown: The figures.
    """
    scales = Scales.of(story)
    detail = Detail(years=YEARS_BESIDE if len(shown) > 1 else 2 * YEARS_BESIDE)
    columns = tuple(figure_column(story, which, scales, detail) for which in shown)
    headings, cells = headline_cells(story, shown, apart=True)
    warnings = [
        invented() if story.scenario.invented else "",
        size_warning(story.scenario, brief=True),
    ]
    rows = tuple(
        (number_of(which), tuple(cells[which, name] for name in headings)) for which in shown
    )
    return Chart(
        rows=((1.0, columns),),
        warning="\n".join(filter(None, warnings)),
        table=NumberTable(tuple(headings.values()), rows, bold=len(headings) - 1),
        notes=(f"{growth_words(story)} {scope(story)}", footer(story.result, warn=False)),
        corner=bands(story) if story.banded else "",
        high=HIGH,
    )


def figure_column(
    story: Comparison, which: Which, scales: Scales, detail: Detail | None = None
) -> Column:
    """Return one of the two figures: cost, difference and inflow on one time axis.

    Args:
        story: The comparison.
        which: Which of the two.
        scales: How high the axes reach.
        detail: What of it is shown.
    """
    detail = detail or Detail()
    side = story.side(which)
    label = story.scenario.arms[side.arm].label.text
    since = story.start if detail.since_start else None
    years = year_axis(story.years, detail.years, since=since)
    bare = replace(years, ticks=())
    rests_on = verdict_line(story.result, side.arm, tail=False)
    return Column(
        panels=(
            _cost_panel(story, side, scales, bare, detail),
            _gap_panel(story, side, scales, bare, detail),
            _inflow_panel(story, side, scales, years, detail),
        ),
        heading=f"{number_of(which)}  {label}",
        caption=caption(side),
        words=conclusion(story, side),
        after="\n".join(filter(None, (rests_on, year_words(story, side)))),
    )


def _spans(story: Comparison, side: Investing, reveal: Reveal, *, named: bool) -> list[Mark]:
    """Return the project and the new way of working, as shaded parts of the time axis."""
    # A year's value is drawn at its number and covers half a year either side, so an instant
    # stands half a year to the left.
    return [
        Span(
            kind,
            first - 0.5,
            last - 0.5,
            kind,
            phase_labels(kind, story.scenario) if named else (),
        )
        for kind, first, last in side.phases
        if reveal.with_ and (kind != "new_way" or reveal.new_way)
    ]


def _marked(story: Comparison) -> Rule:
    """Return the marked year, the same in all panels."""
    return Rule("marked", float(story.marked), "y")


def _pair(
    name: str, story: Comparison, without: Curve, with_: Curve, detail: Detail, unit: float
) -> list[Mark]:
    """Return two curves with their bands; the dashes lie on top, so that both are seen."""
    shown = detail.reveal.years(story.years)
    years, marks = story.years, list[Mark]()
    if story.banded and detail.bands:
        marks += [
            FilledArea(
                f"{name}-band-without",
                years,
                without.low / unit,
                without.high / unit,
                "without",
                opacity=0.1,
            ),
            FilledArea(
                f"{name}-band-with",
                years[shown],
                with_.low[shown] / unit,
                with_.high[shown] / unit,
                "with",
                opacity=0.14,
            ),
        ]
    return [
        *marks,
        Line(f"{name}-with", years[shown], with_.mean[shown] / unit, color="with", width=4.0),
        Line(f"{name}-without", years, without.mean / unit, color="without", dash="dashed"),
    ]


def _cost_panel(
    story: Comparison, side: Investing, scales: Scales, years: Axis, detail: Detail
) -> Panel:
    reveal, unit = detail.reveal, unit_of(story).size
    without, with_ = story.without.cost, side.cost
    shown = reveal.years(story.years) if reveal.areas else np.zeros(0, np.int64)
    areas = between(
        ("extra", "lower"), story.years[shown], without.mean[shown] / unit, with_.mean[shown] / unit
    )
    curves = [
        _named(mark, side, reveal) if isinstance(mark, Line) else mark
        for mark in _pair("cost", story, without, with_, detail, unit)
    ]
    spans = _spans(story, side, reveal, named=True)
    shows_pair = detail.brackets and reveal.brackets and reveal.whole
    # Where both comparisons are drawn they mark the year, and leave it free for their words.
    marks = [*spans, *([] if shows_pair else [_marked(story)]), *areas, *curves]
    if reveal.guess:
        x, y = np.array(reveal.guess, np.float64).T
        marks.append(Line("guess", x, y / unit, color="payback", width=4.0, dash="dotted"))
    if shows_pair:
        marks += _brackets(story, side, unit)
    axis = value_axis(0.0, scales.cost / unit, 4)
    return Panel("cost", years, axis, tuple(marks), cost_title(story), share=1.35)


def _named(line: Line, side: Investing, reveal: Reveal) -> Line:
    """Return a curve of the cost with its name, and what the series lets be said at its end."""
    if line.name == "cost-without":
        return replace(line, label=name_of_without())
    if not reveal.whole:
        return line
    claim = cost_claim(side) if reveal.claims else ""
    return replace(line, label=t("With the investment"), claim=claim, bold=True)


def _brackets(story: Comparison, side: Investing, unit: float) -> list[Mark]:
    """Return both comparisons of the marked year: from today's cost, and from without."""
    x, today = float(story.marked), story.today / unit
    with_, without = side.cost.at(story.marked) / unit, story.without.cost.at(story.marked) / unit
    before_after, with_without = percent_pair(side)
    low = min(today, with_, without)
    # In the last year there is no room after it: an arrow at the very end would be cut in two.
    right = min(x + BESIDE, float(story.years[-1]) + 0.5 - AT_END * len(story.years))
    left = right - 2 * BESIDE
    return [
        Rule("today", today, "x", dash="dotted", width=1.5, ends=(float(story.start), x + 0.6)),
        Bracket("before-after", left, today, with_, "muted"),
        Bracket("with-without", right, without, with_),
        *(
            Note(
                name,
                (f"{text}\n{when}: {share}",),
                ((x, low),),
                beside=((across, -34.0),),
                pull=(1.0, 1.5),
                color="ink" if bold else "muted",
                bold=bold,
            )
            # What the investment does is one of them; the other is mostly what would come anyway.
            for name, across, bold, text, when, share in (
                (
                    "with-without-said",
                    88.0,
                    True,
                    t("With–without"),
                    str(story.marked),
                    with_without,
                ),
                (
                    "before-after-said",
                    -112.0,
                    False,
                    t("Before–after"),
                    f"{story.start}–{story.marked}",
                    before_after,
                ),
            )
        ),
    ]


def _gap_panel(
    story: Comparison, side: Investing, scales: Scales, years: Axis, detail: Detail
) -> Panel:
    """Return what the investment makes the cost higher or lower by, on a scale of its own."""
    reveal, unit = detail.reveal, unit_of(story).size
    gap, shown = side.gap, detail.reveal.years(story.years)
    shown_years, mean = story.years[shown], gap.mean[shown] / unit
    marks = [*_spans(story, side, reveal, named=False), _marked(story)]
    if reveal.areas:
        marks += between(("gap-extra", "gap-lower"), shown_years, np.zeros(len(shown)), mean)
    if story.banded and detail.bands:
        low, high = gap.low[shown] / unit, gap.high[shown] / unit
        marks.append(FilledArea("gap-band", shown_years, low, high, "with", opacity=0.14))
    marks.append(Line("gap", shown_years, mean, color="with", width=3.5))
    if reveal.whole and reveal.claims:
        marks += [*_payback(story, side), *_fading(story, side, unit)]
    if reveal.whole and reveal.areas:
        marks += _area_names(story, side, unit)
    bottom, top = scales.gap[side.which]
    axis = value_axis(bottom / unit, top / unit, 3)
    return Panel("gap", years, axis, tuple(marks), gap_title(story), _magnified(scales, side.which))


def _magnified(scales: Scales, which: Which) -> str:
    """Return how much larger a difference is drawn than that of the other figure; may be empty."""
    (other,) = (one for one in WHICH if one != which)
    own, its = (scales.gap[one][1] - scales.gap[one][0] for one in (which, other))
    if scales.alike or own >= its:
        return ""
    times = its / own
    return t(
        "scale {n} × {figure}",
        n=decimal(times, 0 if times >= 3 else 1),
        figure=lower(number_of(other)),
    )


def _payback(story: Comparison, side: Investing) -> list[Mark]:
    """Return when the investment has paid for itself, or that it has not."""
    text = paid_back(story, side, brief=True)
    if side.break_even is None:
        last = float(story.years[-1])
        return [
            Note("paid-back", (text,), ((last, 0.0),), pull=(1.0, 1.5), wide=210.0, reach=220.0)
        ]
    year = float(story.start + side.break_even - 1)
    return [
        Points("break-even", [year], [0.0], color="payback", size=13.0, shape="diamond"),
        Note(
            "paid-back",
            (text,),
            ((year, 0.0),),
            beside=((70.0, 22.0), (70.0, -22.0), (-70.0, 22.0)),
            pull=(1.0, 1.5),
            wide=240.0,
            color="payback_text",
        ),
    ]


def _fading(story: Comparison, side: Investing, unit: float) -> list[Mark]:
    """Return that the effect fades, at the year in which delivery stops."""
    if not len(side.fading):
        return []
    gap = {
        int(year): float(value) / unit
        for year, value in zip(story.years, side.gap.mean, strict=True)
    }
    year = int(side.fading[0])
    return [
        Note(
            "fades",
            (t("The intervention stops –\nthe effect fades"), t("The effect fades")),
            ((float(year), gap[year]),),
            beside=((110.0, -20.0), (110.0, 30.0), (60.0, -40.0), (-110.0, -20.0)),
            pull=(0.6, 1.0),
            lead="arrow",
        )
    ]


def _area_names(story: Comparison, side: Investing, unit: float) -> list[Mark]:
    """Return what the difference is, where it is widest."""
    found: list[Mark] = []
    for name, texts, sign, color in (
        ("lower", (t("Lower cost than without"), t("Lower cost")), -1, "lower_text"),
        ("extra", (t("Extra cost (investment)"), t("Extra cost")), 1, "extra_text"),
    ):
        size = sign * side.gap.mean
        if size.max() < NOTICEABLE * story.today:
            continue
        # Where the runs do not agree, the difference may be chance.
        agree = (sign * side.gap.runs > 0).mean(axis=0) >= CARRIED
        order = [n for n in np.argsort(-size) if agree[n] and size[n] > 0.4 * size.max()]
        if not order:
            continue
        if sign < 0:  # broad enough to be written in
            at = tuple((float(story.years[n]), -float(size[n]) / 2 / unit) for n in order)
            sides: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.0, -26.0))
            found.append(Note(f"{name}-said", texts, at, sides, reach=24.0, color=color))
        else:
            at = tuple((float(story.years[n]), 0.6 * float(size[n]) / unit) for n in order)
            sides = ((0.0, 30.0), (110.0, 10.0), (-90.0, -10.0), (110.0, -20.0), (-90.0, 20.0))
            found.append(
                Note(f"{name}-said", texts, at, sides, reach=60.0, lead="line", color=color)
            )
    return found


def _inflow_panel(
    story: Comparison, side: Investing, scales: Scales, years: Axis, detail: Detail
) -> Panel:
    """Return how many new cases come a year, which is what a cost in the long run comes of."""
    reveal = detail.reveal
    shown = reveal.years(story.years)
    without, with_ = story.without, side
    some = shown if reveal.areas else shown[:0]
    areas = between(
        ("inflow-more", "inflow-fewer"),
        story.years[some],
        without.entries.mean[some],
        with_.entries.mean[some],
    )
    named = []
    for mark in _pair("inflow", story, without.entries, with_.entries, detail, 1.0):
        if isinstance(mark, Line) and mark.name == "inflow-without":
            mark = replace(mark, label=t("Without"))
        elif isinstance(mark, Line) and reveal.whole:
            claim = inflow_claim(side) if reveal.claims else ""
            mark = replace(mark, label=t("With"), claim=claim, bold=True)
        named.append(mark)
    first = [
        Line("first-with", story.years[shown], side.first.mean[shown], color="with", width=1.8),
        Line(
            "first-without",
            story.years,
            without.first.mean,
            label=t("first time"),
            color="muted",
            width=1.8,
            dash="dashed",
        ),
    ]
    case = story.scenario.pathway.groups[story.figures.case].label.text
    return Panel(
        "inflow",
        years,
        value_axis(0.0, scales.entries, 3),
        (*_spans(story, side, reveal, named=False), _marked(story), *areas, *first, *named),
        t("New cases per year (inflow): {case}", case=case),
        share=1.35,
    )
