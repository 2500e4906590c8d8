"""How every picture looks: a canvas measured in projector pixels, colours, type sizes.

A canvas is laid out at 1280 x 720; saved at a higher resolution it keeps its proportions.
Colours are those of Okabe and Ito, which colour-blind readers can tell apart; no colour carries
its meaning alone (dashes, hatching, direct labels).
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sisim.report.formats import decimal

BLACK, BLUE, SKY = "#000000", "#0072B2", "#56B4E9"
ORANGE, GREEN, VERMILION, PURPLE, YELLOW = "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#F0E442"
INK, MUTED, RULE = "#1A1A1A", "#555555", "#D9D9D9"
DARK_ORANGE, DARK_GREEN = "#8A5A00", "#00694C"
"""The same hues, dark enough to be read as text (contrast over 4.5:1 on white)."""
PROJECT_TINT, NEW_WAY_TINT = "#FBEBCB", "#DCEEF8"

WIDE, HIGH = 1280.0, 720.0
"""The size of a picture, in layout pixels."""
DPI = 80
"""Pixels per inch of the layout; text sizes below are in layout pixels."""
PROJECTOR = 18.0
"""The smallest text a room can read, at 1280 pixels' width."""
FINE = 14.0
FONT = "DejaVu Sans"
"""Ships with matplotlib, so that every machine draws the same picture."""


def points(pixels: float) -> float:
    """Return a length in layout pixels as typographic points."""
    return pixels * 72 / DPI


class PlainTextAxes(Axes):
    """Axes whose texts are drawn as they stand: a dollar sign in a label begins no formula."""

    def text(self, *args: Any, **kwargs: Any) -> Text:
        """Add a text."""
        return super().text(*args, **{"parse_math": False, **kwargs})

    def annotate(self, *args: Any, **kwargs: Any) -> Annotation:
        """Add a text that points somewhere."""
        return super().annotate(*args, **{"parse_math": False, **kwargs})


class PlainTextFigure(Figure):
    """A figure whose texts are drawn as they stand; also those that axes make of themselves."""

    def add_axes(self, *args: Any, **kwargs: Any) -> Axes:
        """Add axes."""
        return super().add_axes(*args, **{"axes_class": PlainTextAxes, **kwargs})

    def text(self, *args: Any, **kwargs: Any) -> Text:
        """Add a text."""
        return super().text(*args, **{"parse_math": False, **kwargs})

    def draw(self, renderer: RendererBase) -> None:
        """Draw the figure."""
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)


def canvas(width: float = WIDE, height: float = HIGH) -> Figure:
    """Return an empty white figure of a size in layout pixels."""
    figure = PlainTextFigure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def figure_of(axes: Axes) -> Figure:
    """Return the figure that holds `axes`."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def renderer(figure: Figure) -> RendererAgg:
    """Return what measures text on `figure`."""
    surface = figure.canvas
    assert isinstance(surface, FigureCanvasAgg)
    found: RendererAgg = surface.get_renderer()  # type: ignore[no-untyped-call]
    return found


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes at a place in layout pixels, counted from the top left corner."""
    wide, high = figure.get_size_inches() * DPI
    axes = figure.add_axes(
        (left / wide, 1 - (top + height) / high, width / wide, height / high), facecolor="none"
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(length=0, labelsize=points(PROJECTOR), colors=INK, labelfontfamily=FONT)
    axes.tick_params(axis="x", pad=points(10))
    axes.grid(axis="y", color=RULE, linewidth=points(1))
    axes.set_axisbelow(True)
    return axes


def write(
    figure: Figure,
    left: float,
    top: float,
    text: str,
    *,
    size: float = PROJECTOR,
    bold: bool = False,
    color: str = INK,
    align: str = "left",
) -> None:
    """Write one line of `text` at a place in layout pixels; equal `top` gives one baseline."""
    wide, high = figure.get_size_inches() * DPI
    figure.text(
        left / wide,
        1 - (top + 0.9 * size) / high,
        text,
        fontsize=points(size),
        fontfamily=FONT,
        fontweight="bold" if bold else "normal",
        color=color,
        ha=align,
        va="baseline",
    )


def label(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    *,
    align: str = "left",
    shift: tuple[float, float] = (0.0, 0.0),
    color: str = INK,
    bold: bool = False,
    size: float = PROJECTOR,
) -> Annotation:
    """Write `text` beside a data point, `shift` layout pixels from it."""
    return axes.annotate(
        text,
        at,
        xytext=(points(shift[0]), points(shift[1])),
        textcoords="offset points",
        ha=align,
        va="center",
        color=color,
        fontsize=points(size),
        fontfamily=FONT,
        fontweight="bold" if bold else "normal",
        annotation_clip=False,
        zorder=6,
        linespacing=1.15,
    )


def swatch(figure: Figure, left: float, top: float, color: str, hatch: str | None = None) -> None:
    """Draw a small square, as the bars are filled, at a place in layout pixels."""
    size = 16.0
    figure.add_artist(
        Rectangle(
            (left / WIDE, 1 - (top + size) / HIGH),
            size / WIDE,
            size / HIGH,
            facecolor="white" if hatch else color,
            edgecolor=color,
            hatch=hatch,
            linewidth=points(1),
            transform=figure.transFigure,
        )
    )


def key_entry(
    figure: Figure,
    left: float,
    top: float,
    text: str,
    hue: str,
    *,
    hatch: str | None = None,
    color: str | None = None,
) -> None:
    """Write an entry of a key: a square, and beside it its text, in `hue` unless `color` is set."""
    swatch(figure, left, top, hue, hatch)
    write(figure, left + 24, top, text, color=color or hue)


def bar(
    axes: Axes,
    row: float,
    length: float,
    hue: str,
    *,
    left: float = 0.0,
    height: float = 0.62,
    hatch: str | None = None,
    zorder: float = 1,
) -> None:
    """Draw a horizontal bar from `left`, filled, or white and hatched."""
    axes.barh(
        row,
        length,
        left=left,
        height=height,
        facecolor="white" if hatch else hue,
        edgecolor=hue,
        hatch=hatch,
        linewidth=points(1),
        zorder=zorder,
    )


def scale_ticks(axes: Axes, count: int, unit: float = 1.0) -> None:
    """Let the value axis have about `count` round ticks, written in units of `unit`.

    Where every tick would be written as a zero, as nothing is drawn, there is one.
    """
    low, high = axes.get_ylim()
    ticks, digits = round_ticks(low / unit, high / unit, count)
    if not any(told := tuple(dict.fromkeys(abs(round(tick, digits)) for tick in ticks))):
        ticks, digits = told, 0
    axes.set_yticks([tick * unit for tick in ticks if low <= tick * unit <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: decimal(value / unit, digits)))


@lru_cache
def round_ticks(low: float, high: float, count: int) -> tuple[tuple[float, ...], int]:
    """Return about `count` round numbers from below `low` to above `high`, and their decimals."""
    ticks = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    step = ticks[1] - ticks[0]
    digits = 0 if step >= 1 and step == int(step) else 1 if step * 10 == int(step * 10) else 2
    return tuple(float(tick) for tick in ticks), digits


def width_of(figure: Figure, text: str, size: float = PROJECTOR, bold: bool = False) -> float:
    """Return the width of one line of `text` in layout pixels."""
    font = FontProperties(family=FONT, size=points(size), weight="bold" if bold else "normal")
    measure = renderer(figure)
    width, _, _ = measure.get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(width)


def fit(
    figure: Figure, text: str, width: float, size: float = PROJECTOR, bold: bool = False
) -> str:
    """Return one line of `text`, shortened with an ellipsis if it is wider than `width`."""
    if width_of(figure, text, size, bold) <= width:
        return text
    while text and width_of(figure, text + "…", size, bold) > width:
        text = text[:-1].rstrip()
    return text + "…"


def wrap(
    figure: Figure, text: str, width: float, size: float = PROJECTOR, bold: bool = False
) -> str:
    """Break `text` into the fewest lines within `width` layout pixels, as even as may be."""
    words = [(word, width_of(figure, word, size, bold)) for word in text.split(" ")]
    space = width_of(figure, "n n", size, bold) - width_of(figure, "nn", size, bold)
    lines = _break(words, space, width)
    narrower = lines
    while len(narrower) == len(lines) and len(lines) > 1:
        lines, width = narrower, width - 4
        narrower = _break(words, space, width)
        if width < max(length for _, length in words):
            break
    return "\n".join(lines)


def _break(words: list[tuple[str, float]], space: float, width: float) -> list[str]:
    lines: list[str] = []
    used = 0.0
    for word, length in words:
        if lines and used + space + length <= width:
            lines[-1] += f" {word}"
            used += space + length
        else:
            lines.append(word)
            used = length
    return lines


def save(figure: Figure, stem: Path, dpi: float) -> list[Path]:
    """Save a picture as PNG and SVG; the same picture gives the same bytes."""
    files = [stem.with_name(f"{stem.name}.{kind}") for kind in ("png", "svg")]
    for file in files:
        file.write_bytes(saved(figure, file.suffix[1:], dpi))
    return files


def saved(figure: Figure, kind: str, dpi: float) -> bytes:
    """Return a picture as the content of a file, "png" or "svg"."""
    file = BytesIO()
    if kind == "svg":
        with rc_context({"svg.hashsalt": "sisim", "svg.fonttype": "path"}):
            figure.savefig(file, format="svg", metadata={"Date": None})
    else:
        figure.savefig(file, format=kind, dpi=dpi, pil_kwargs={"compress_level": 4})
    return file.getvalue()
