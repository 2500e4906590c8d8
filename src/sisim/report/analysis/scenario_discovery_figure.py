"""Where the investment fails: the region in words, and the draws inside and outside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.scenario_discovery import Box, BoxSide
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    between_ends,
    measure_axis,
    scale_for,
    upwards,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Mark,
    Panel,
    Points,
    Rule,
    round_ticks,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal, listing, lower

FAILS = "#D55E00"
"""Of draws that fail, and of the region in which most do."""


def side_words(side: BoxSide, words: Assumptions) -> str:
    """Return a side of the box in words: "Reach under 62%"."""
    what = words.name(side.key)
    low = None if side.low is None else words.value(side.key, side.low)
    high = None if side.high is None else words.value(side.key, side.high)
    if low is None:
        return t("{what} is at most {high}", what=what, high=high)
    if high is None:
        return t("{what} is at least {low}", what=what, low=low)
    return t("{what} is from {low} to {high}", what=what, low=low, high=high)


def sentences(subject: Subject, box: Box, net: np.ndarray, under: float) -> list[str]:
    """Return where the investment fails, and how sure that is."""
    words = Assumptions(subject.scenario)
    fails = net < under
    whole = n_(
        "{arm}: {what} is {limit} in {k} of {n} draw.",
        "{arm}: {what} is {limit} in {k} of {n} draws.",
        len(fails),
        arm=subject.arm_label(),
        what=lower(subject.label()),
        limit=_limit(subject, under),
        k=decimal(fails.sum()),
    )
    return [whole, _found(box, words)]


def draw_discovery(
    subject: Subject, box: Box, drawn: pd.DataFrame, net: np.ndarray, under: float
) -> Figure:
    """Draw `discovery_chart`."""
    return paint(discovery_chart(subject, box, drawn, net, under))


def discovery_chart(
    subject: Subject, box: Box, drawn: pd.DataFrame, net: np.ndarray, under: float
) -> Chart:
    """Return the draws along the two most telling numbers, and the region in which most fail.

    Where one number alone tells the failures apart, the result itself is drawn upwards. Where
    none does, no region is drawn, which is said.

    Args:
        subject: What is asked.
        box: See `sisim.analysis.scenario_discovery.discover`.
        drawn: The numbers: a row per draw, a column per key.
        net: The result of each draw, (draws,).
        under: Below this it fails.
    """
    words, fails = Assumptions(subject.scenario), net < under
    share = decimal(100 * fails.mean())
    column = Column(
        (_draws(subject, box, drawn, net, under),),
        key=(
            Key(FAILS, t("fails: {n}% of the draws", n=share), shape="triangle"),
            Key("with", t("does not fail"), shape="circle"),
        ),
        words=_found(box, words),
        after=_beyond(box),
    )
    subtitle = t(
        "{arm}: {what} {limit}",
        arm=subject.arm_label(),
        what=lower(subject.label()),
        limit=_limit(subject, under),
    )
    note = (
        t("Region found by PRIM among the draws.")
        if box.sides
        else t("PRIM found no region among the draws that chance would not find.")
    )
    return answer_chart(subject, t("Where does it fail?"), subtitle, [column], [note])


def _draws(subject: Subject, box: Box, drawn: pd.DataFrame, net: np.ndarray, under: float) -> Panel:
    """Return the draws, those that fail with another sign, and the region behind them."""
    words, fails = Assumptions(subject.scenario), net < under
    limits = {side.key: side for side in box.sides}
    across, up = [*limits, *_telling(drawn, fails)][0], [*limits, None, None][1]
    x = drawn[across].to_numpy(float)
    y = net if up is None else drawn[up].to_numpy(float)
    x_axis = _key_axis(words, across, x)
    marks: list[Mark] = []
    if up is None:
        scale = scale_for(subject, net)
        y_axis = measure_axis(scale, *between_ends(float(y.min()), float(y.max()), 0.04), 5)
        above = f"{subject.label()}, {scale.unit}" if scale.unit else subject.label()
        marks.append(Rule("limit", under, "x", width=1.5))
    else:
        y_axis, above = _key_axis(words, up, y), words.name(up)
    if box.sides:
        marks += _region(limits[across], None if up is None else limits[up], x_axis, y_axis)
    marks += [
        Points("holds", x[~fails], y[~fails], "with", 10.0, opacity=0.75),
        Points("fails", x[fails], y[fails], FAILS, 12.0, "triangle", opacity=0.85),
    ]
    return Panel("draws", x_axis, y_axis, tuple(marks), upwards(above, words.name(across)))


def _found(box: Box, words: Assumptions) -> str:
    """Return where most of the draws fail, or that no region tells."""
    if not box.sides:
        return t("No region tells the failures apart from the rest beyond chance.")
    return t(
        "It fails most where {region}: there {density}% fail, and there {coverage}% of all "
        "failures are.",
        region=listing([lower(side_words(side, words)) for side in box.sides]),
        density=decimal(100 * box.density),
        coverage=decimal(100 * box.coverage),
    )


def _beyond(box: Box) -> str:
    """Return that a region has more sides than a picture; empty if it has not."""
    if len(box.sides) <= 2:
        return ""
    return t(
        "Two of the region's {n} sides are drawn: what is inside also lies within the others.",
        n=len(box.sides),
    )


def _region(across: BoxSide, up: BoxSide | None, x: Axis, y: Axis) -> list[Mark]:
    """Return the box between the sides of the region; without a side it reaches the edge."""
    left, right = _ends(across, x.low, x.high)
    low, high = _ends(up, y.low, y.high)
    middle, wide = (left + right) / 2, right - left
    return [
        Bars("region", [middle], [low], [high], FAILS, wide, opacity=0.12),
        *(Rule(f"level-{at:g}", at, "x", FAILS, 3.0, ends=(left, right)) for at in (low, high)),
        *(Rule(f"side-{at:g}", at, "y", FAILS, 3.0, ends=(low, high)) for at in (left, right)),
    ]


def _key_axis(words: Assumptions, key: str, values: np.ndarray) -> Axis:
    """Return an axis of a number, its ticks written as the number is."""
    low, high = between_ends(float(values.min()), float(values.max()), 0.04)
    ticks, _ = round_ticks(low, high, 5)
    # Not 0.30000000000000004.
    round_ = [float(f"{tick:.6g}") for tick in ticks if low <= tick <= high]
    return Axis(low, high, tuple((tick, words.value(key, tick)) for tick in round_))


def _limit(subject: Subject, under: float) -> str:
    """Return what is failing, as a sentence has it."""
    if under == 0:
        return t("below zero")
    limit = scale_for(subject, [under]).said(under)
    return t("below {limit}", limit=limit)


def _telling(drawn: pd.DataFrame, fails: np.ndarray) -> list[str]:
    """Return the keys, those that go most together with failing first."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ties = {str(k): abs(np.corrcoef(drawn[k].to_numpy(float), fails)[0, 1]) for k in drawn}
    return sorted(ties, key=lambda key: -np.nan_to_num(ties[key]))


def _ends(side: BoxSide | None, low: float, high: float) -> tuple[float, float]:
    if side is None:
        return low, high
    return (low if side.low is None else side.low), (high if side.high is None else side.high)
