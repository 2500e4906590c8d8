"""Where the investment fails: the region in words, and the draws inside and outside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sisim.analysis.scenario_discovery import Box, BoxSide
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import Subject, answer_canvas, scale_for
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import NBSP, decimal, listing, lower
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    FINE,
    INK,
    MUTED,
    VERMILION,
    place,
    points,
    scale_ticks,
    wrap,
    write,
)


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
    if not box.sides:
        return [whole, t("No region tells the failures apart from the rest beyond chance.")]
    said = listing([lower(side_words(side, words)) for side in box.sides])
    return [
        whole,
        t(
            "It fails most where {region}: there {density}% fail, and there {coverage}% of all "
            "failures are.",
            region=said,
            density=decimal(100 * box.density),
            coverage=decimal(100 * box.coverage),
        ),
    ]


def draw_discovery(
    subject: Subject, box: Box, drawn: pd.DataFrame, net: np.ndarray, under: float
) -> Figure:
    """Draw the draws along the two most telling numbers, and the region in which most fail.

    Where one number alone tells the failures apart, the result itself is drawn upwards.

    Args:
        subject: What is asked.
        box: See `sisim.analysis.scenario_discovery.discover`.
        drawn: The numbers: a row per draw, a column per key.
        net: The result of each draw, (draws,).
        under: Below this it fails.
    """
    words = Assumptions(subject.scenario)
    fails = net < under
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
    figure = answer_canvas(subject, t("Where does it fail?"), subtitle, [note])
    limits = {side.key: side for side in box.sides}
    across, up = [*limits, *_telling(drawn, fails)][0], [*limits, None, None][1]
    axes = place(figure, 150, 112, 740, 446)
    axes.grid(visible=False)
    x = drawn[across].to_numpy(float)
    y = net if up is None else drawn[up].to_numpy(float)
    _scatter(axes, x, y, fails)
    if box.sides:
        _region(axes, limits.get(across), None if up is None else limits[up])
    ticks = _ticks(*axes.get_xlim())
    axes.set_xticks(ticks, [words.value(across, tick) for tick in ticks])
    if up is None:
        axes.axhline(under, color=MUTED, linewidth=points(1.5), zorder=2)
        scale = scale_for(subject, net)
        scale_ticks(axes, 5, scale.size)
        above = f"{subject.label()}, {scale.unit}" if scale.unit else subject.label()
    else:
        ticks = _ticks(*axes.get_ylim())
        axes.set_yticks(ticks, [words.value(up, tick) for tick in ticks])
        above = words.name(up)
    write(figure, 20, 80, f"↑ {above}", bold=True)
    write(figure, 890, 604, f"{words.name(across)} →", bold=True, align="right")
    _say(figure, box, fails, words)
    return figure


def _scatter(axes: Axes, x: np.ndarray, y: np.ndarray, fails: np.ndarray) -> None:
    """Draw the draws, those that fail with another mark, and leave some room around them."""
    for held, hue, mark in ((~fails, BLUE, "o"), (fails, VERMILION, "X")):
        axes.scatter(
            x[held],
            y[held],
            s=points(10) ** 2,
            color=hue,
            marker=mark,
            linewidth=0,
            alpha=0.75,
            zorder=3,
        )
    for values, put in ((x, axes.set_xlim), (y, axes.set_ylim)):
        room = 0.04 * float(np.ptp(values)) or 1.0
        put(float(values.min()) - room, float(values.max()) + room)


def _region(axes: Axes, across: BoxSide | None, up: BoxSide | None) -> None:
    """Draw the box between the sides of the region; without a side it reaches the edge."""
    left, right = _ends(across, *axes.get_xlim())
    low, high = _ends(up, *axes.get_ylim())
    spot, broad, tall = (left, low), right - left, high - low
    axes.add_patch(
        Rectangle(spot, broad, tall, facecolor=VERMILION, alpha=0.12, linewidth=0, zorder=1)
    )
    axes.add_patch(
        Rectangle(spot, broad, tall, fill=False, edgecolor=VERMILION, linewidth=points(3), zorder=4)
    )


def _limit(subject: Subject, under: float) -> str:
    """Return what is failing, as a sentence has it."""
    if under == 0:
        return t("below zero")
    limit = scale_for(subject, [under]).said(under)
    return t("below {limit}", limit=limit)


def _ticks(low: float, high: float) -> list[float]:
    """Return some round values between two ends."""
    found = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    # Not 0.30000000000000004.
    return [float(f"{tick:.6g}") for tick in found if low <= tick <= high]


def _say(figure: Figure, box: Box, fails: np.ndarray, words: Assumptions) -> None:
    top = 116.0

    def tell(text: str, *, bold: bool = False, color: str = INK, size: float = 18.0) -> None:
        nonlocal top
        text = text.replace(" %", f"{NBSP}%")
        for line in wrap(figure, text, 330, size, bold).split("\n"):
            write(figure, 925, top, line, bold=bold, color=color, size=size)
            top += size * 1.33

    share = decimal(100 * fails.mean())
    tell(t("× fails: {n}% of the draws", n=share), bold=True, color="#A84300")
    tell(t("● does not fail"), bold=True, color=BLUE)
    top += 14
    if not box.sides:
        tell(t("No region tells the failures apart from the rest beyond chance."))
        return
    tell(t("Fails most where"), bold=True)
    for side in box.sides[:4]:
        tell(side_words(side, words), color=DARK_ORANGE)
    top += 14
    tell(t("{n}% of the draws there fail", n=decimal(100 * box.density)))
    tell(t("{n}% of all failures are there", n=decimal(100 * box.coverage)))
    if len(box.sides) > 2:
        top += 14
        tell(
            t(
                "Two of the region's {n} sides are drawn: what is inside also lies within the "
                "others.",
                n=len(box.sides),
            ),
            color=MUTED,
            size=FINE,
        )


def _telling(drawn: pd.DataFrame, fails: np.ndarray) -> list[str]:
    """Return the keys, those that go most together with failing first."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ties = {str(k): abs(np.corrcoef(drawn[k].to_numpy(float), fails)[0, 1]) for k in drawn}
    return sorted(ties, key=lambda key: -np.nan_to_num(ties[key]))


def _ends(side: BoxSide | None, low: float, high: float) -> tuple[float, float]:
    if side is None:
        return low, high
    return (low if side.low is None else side.low), (high if side.high is None else side.high)
