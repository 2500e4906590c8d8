"""How every picture looks: a canvas measured in projector pixels, colours, type sizes.

A canvas is laid out at 1280 x 720; saved at a higher resolution it keeps its proportions.
Colours are those of Okabe and Ito, which colour-blind readers can tell apart; no colour carries
its meaning alone (dashes, hatching, direct labels).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sisim.report.chart.typesetting import PaperType

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


def width_of(text: str, size: float = PROJECTOR, bold: bool = False) -> float:
    """Return the width of one line of `text` in layout pixels."""
    return PaperType().width(text, size, bold=bold)


def fit(text: str, width: float, size: float = PROJECTOR, bold: bool = False) -> str:
    """Return one line of `text`, shortened with an ellipsis if it is wider than `width`."""
    return PaperType().fit(text, width, size, bold=bold)


def wrap(text: str, width: float, size: float = PROJECTOR, bold: bool = False) -> str:
    """Break `text` into the fewest lines within `width` layout pixels, as even as may be."""
    return PaperType().wrap(text, width, size, bold=bold)


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
