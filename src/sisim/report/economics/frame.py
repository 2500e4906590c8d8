"""What the pictures of money share: a title, whose money, and where the numbers come from."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sisim.report.economics.words import conventions
from sisim.report.frame import EDGE
from sisim.report.result import MoneyResult
from sisim.report.style import (
    FINE,
    FONT,
    INK,
    MUTED,
    PROJECTOR,
    canvas,
    fit,
    points,
    wrap,
    write,
)
from sisim.report.words import footer

WIDE, HIGH = 1280.0, 720.0


def money_canvas(
    result: MoneyResult,
    title: str,
    subtitle: str,
    lang: str,
    *,
    everyone: bool = False,
    tail: bool = True,
) -> Figure:
    """Return a picture with a title, a line below it, and at its foot whose money is meant."""
    figure = canvas(WIDE, HIGH)
    write(figure, EDGE, 10, fit(figure, title, WIDE - 2 * EDGE, 22, bold=True), size=22, bold=True)
    write(figure, EDGE, 40, fit(figure, subtitle, WIDE - 2 * EDGE), color=MUTED)
    text = conventions(result.scenario, lang, everyone=everyone, tail=tail)
    stated = wrap(figure, text, WIDE - 2 * EDGE, FINE).split("\n")
    for index, line in enumerate(reversed(stated)):
        write(figure, EDGE, HIGH - 42 - 20 * index, line, size=FINE, color=MUTED)
    write(figure, EDGE, HIGH - 22, footer(result, lang), size=FINE, color=MUTED)
    return figure


def label(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    align: str = "left",
    shift: tuple[float, float] = (0.0, 0.0),
    color: str = INK,
    bold: bool = False,
    size: float = PROJECTOR,
    middle: str = "center",
) -> None:
    """Write `text` beside a data point, `shift` layout pixels from it."""
    axes.annotate(
        text, (x, y), xytext=(points(shift[0]), points(shift[1])), textcoords="offset points",
        ha=align, va=middle, color=color, fontsize=points(size), fontfamily=FONT,
        fontweight="bold" if bold else "normal", annotation_clip=False, zorder=6, linespacing=1.15,
    )  # fmt: skip


def swatch(figure: Figure, left: float, top: float, color: str, hatch: str | None = None) -> None:
    """Draw a small square, as the bars are filled, at a place in layout pixels."""
    size = 16.0
    figure.add_artist(
        Rectangle(
            (left / WIDE, 1 - (top + size) / HIGH), size / WIDE, size / HIGH,
            facecolor="white" if hatch else color, edgecolor=color, hatch=hatch,
            linewidth=points(1), transform=figure.transFigure,
        )
    )  # fmt: skip
