"""A canvas measured in projector pixels, and how it is saved.

A canvas is laid out at 1280 x 720; saved at a higher resolution it keeps its proportions.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sisim.report.chart.typesetting import DPI

WIDE, HIGH = 1280.0, 720.0
"""The size of a picture, in layout pixels."""


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

    def _repr_png_(self) -> bytes:
        """Show the figure in a notebook, which shows by itself only those of pyplot."""
        drawn = BytesIO()
        self.savefig(drawn, format="png")
        return drawn.getvalue()


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


def save(figure: Figure, stem: Path, dpi: float) -> list[Path]:
    """Save a picture as PNG and SVG; the same picture gives the same bytes."""
    files = [stem.with_name(f"{stem.name}.{kind}") for kind in ("png", "svg")]
    for file in files:
        file.write_bytes(saved(figure, file.suffix[1:], dpi))
    return files


def save_pages(figures: Sequence[Figure], file: Path) -> None:
    """Save pages as PDF; the same pages give the same bytes."""
    from matplotlib.backends.backend_pdf import PdfPages  # who paints for a screen need not wait

    content = BytesIO()
    with PdfPages(content, metadata={"CreationDate": None}) as pages:
        for figure in figures:
            figure.savefig(pages, format="pdf")
    file.write_bytes(content.getvalue())


def saved(figure: Figure, kind: str, dpi: float) -> bytes:
    """Return a picture as the content of a file, "png" or "svg"."""
    file = BytesIO()
    if kind == "svg":
        with rc_context({"svg.hashsalt": "sisim", "svg.fonttype": "path"}):
            figure.savefig(file, format="svg", metadata={"Date": None})
    else:
        figure.savefig(file, format=kind, dpi=dpi, pil_kwargs={"compress_level": 4})
    return file.getvalue()
