"""Where the investment fails: the region in words, and the draws inside and outside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sisim.experiment.discovery import Box, Side
from sisim.language import t
from sisim.report.answer_frame import Subject, answer_canvas, lower
from sisim.report.assumption_words import Assumptions
from sisim.report.style import (
    BLUE,
    DARK_ORANGE,
    FINE,
    INK,
    MUTED,
    VERMILION,
    place,
    points,
    wrap,
    write,
)
from sisim.report.writing import NBSP, decimal, listing


def side_words(side: Side, words: Assumptions, lang: str) -> str:
    """Return a side of the box in words: "Reach under 62%"."""
    what = words.name(side.key)
    low = None if side.low is None else words.value(side.key, side.low)
    high = None if side.high is None else words.value(side.key, side.high)
    if low is None:
        return t("{what} at most {high}", lang, what=what, high=high)
    if high is None:
        return t("{what} at least {low}", lang, what=what, low=low)
    return t("{what} from {low} to {high}", lang, what=what, low=low, high=high)


def sentences(subject: Subject, box: Box, fails: np.ndarray, lang: str) -> list[str]:
    """Return where the investment fails, and how sure that is."""
    words = Assumptions(subject.scenario, lang)
    whole = t("{arm}: {what} is below zero in {n}% of {draws} draws.", lang,
              arm=subject.arm_label(lang), what=lower(subject.label(lang)),
              n=decimal(100 * fails.mean(), lang), draws=len(fails))  # fmt: skip
    if not box.sides:
        return [whole, t("No region tells the failures apart from the rest.", lang)]
    said = listing([lower(side_words(side, words, lang)) for side in box.sides], lang)
    return [
        whole,
        t("It fails most where {region}: there {density}% fail, and there {coverage}% of all "
          "failures are.", lang, region=said, density=decimal(100 * box.density, lang),
          coverage=decimal(100 * box.coverage, lang)),
    ]  # fmt: skip


def draw_discovery(
    subject: Subject, box: Box, drawn: pd.DataFrame, fails: np.ndarray, lang: str
) -> Figure:
    """Draw the draws along the two most telling numbers, and the region in which most fail.

    Args:
        subject: What is asked.
        box: See `sisim.experiment.discovery.discover`.
        drawn: The numbers: a row per draw, a column per key.
        fails: Which draws fail, (draws,).
        lang: "sv" or "en".
    """
    words = Assumptions(subject.scenario, lang)
    subtitle = t("{arm}: {what} below zero", lang, arm=subject.arm_label(lang),
                 what=lower(subject.label(lang)))  # fmt: skip
    figure = answer_canvas(subject, t("Where does it fail?", lang), subtitle, lang,
                           [t("Region found by PRIM among the draws.", lang)])  # fmt: skip
    keys = [side.key for side in box.sides]
    keys += [key for key in _telling(drawn, fails) if key not in keys]
    across, up = keys[0], keys[1] if len(keys) > 1 else None
    axes = place(figure, 150, 112, 740, 446)
    axes.grid(visible=False)
    x = drawn[across].to_numpy(float)
    y = drawn[up].to_numpy(float) if up is not None else np.linspace(0, 1, len(x))
    for held, hue, mark in ((~fails, BLUE, "o"), (fails, VERMILION, "X")):
        axes.scatter(x[held], y[held], s=points(10) ** 2, color=hue, marker=mark, linewidth=0,
                     alpha=0.75, zorder=3)  # fmt: skip
    for values, put in ((x, axes.set_xlim), (y, axes.set_ylim)):
        room = 0.04 * float(np.ptp(values)) or 1.0
        put(float(values.min()) - room, float(values.max()) + room)
    limits = {side.key: side for side in box.sides}
    edges = [_ends(limits.get(across), *axes.get_xlim()),
             _ends(limits.get(up or ""), *axes.get_ylim())]  # fmt: skip
    if box.sides:
        axes.add_patch(Rectangle(
            (edges[0][0], edges[1][0]), edges[0][1] - edges[0][0], edges[1][1] - edges[1][0],
            facecolor=VERMILION, alpha=0.12, linewidth=0, zorder=1,
        ))  # fmt: skip
        axes.add_patch(Rectangle(
            (edges[0][0], edges[1][0]), edges[0][1] - edges[0][0], edges[1][1] - edges[1][0],
            fill=False, edgecolor=VERMILION, linewidth=points(3), zorder=4,
        ))  # fmt: skip
    low, high = axes.get_xlim()
    places = np.linspace(low + 0.05 * (high - low), high - 0.05 * (high - low), 4)
    axes.set_xticks(places, [words.value(across, _round(v)) for v in places])
    low, high = axes.get_ylim()
    places = np.linspace(low + 0.05 * (high - low), high - 0.05 * (high - low), 4)
    axes.set_yticks(places, [words.value(up, _round(v)) if up else "" for v in places])
    if up is not None:
        write(figure, 20, 80, f"↑ {words.name(up)}", bold=True)
    write(figure, 890, 604, f"{words.name(across)} →", bold=True, align="right")
    _say(figure, box, fails, words, lang)
    return figure


def _say(figure: Figure, box: Box, fails: np.ndarray, words: Assumptions, lang: str) -> None:
    top = 116.0

    def tell(text: str, *, bold: bool = False, color: str = INK, size: float = 18.0) -> None:
        nonlocal top
        text = text.replace(" %", f"{NBSP}%")
        for line in wrap(figure, text, 330, size, bold).split("\n"):
            write(figure, 925, top, line, bold=bold, color=color, size=size)
            top += size * 1.33

    share = decimal(100 * fails.mean(), lang)
    tell(t("× fails: {n}% of the draws", lang, n=share), bold=True, color="#A84300")
    tell(t("● does not fail", lang), bold=True, color=BLUE)
    top += 14
    if not box.sides:
        tell(t("No region tells the failures apart from the rest.", lang))
        return
    tell(t("Fails most where", lang), bold=True)
    for side in box.sides[:4]:
        tell(side_words(side, words, lang), color=DARK_ORANGE)
    top += 14
    tell(t("{n}% of the draws there fail", lang, n=decimal(100 * box.density, lang)))
    tell(t("{n}% of all failures are there", lang, n=decimal(100 * box.coverage, lang)))
    if len(box.sides) > 2:
        top += 14
        tell(t("Two of the region's {n} sides are drawn: what is inside also lies within the "
               "others.", lang, n=len(box.sides)), color=MUTED, size=FINE)  # fmt: skip


def _telling(drawn: pd.DataFrame, fails: np.ndarray) -> list[str]:
    """Return the keys, those that go most together with failing first."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ties = {str(k): abs(np.corrcoef(drawn[k].to_numpy(float), fails)[0, 1]) for k in drawn}
    return sorted(ties, key=lambda key: -np.nan_to_num(ties[key]))


def _ends(side: Side | None, low: float, high: float) -> tuple[float, float]:
    if side is None:
        return low, high
    return (low if side.low is None else side.low), (high if side.high is None else side.high)


def _round(value: float) -> float:
    return float(f"{value:.2g}")
