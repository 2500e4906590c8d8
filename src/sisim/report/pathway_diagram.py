"""A pathway as a drawn diagram: a panel per track, its states and transitions.

A graph has no axes, and its sheet is as large as its states need: it has a layout of its own
(`diagram_layout`) beside that of charts, whose typesetting and colours it shares.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.transforms import Affine2D, Transform

from sisim.i18n import t
from sisim.report.chart.canvas import canvas, points
from sisim.report.chart.palette import LIGHT
from sisim.report.chart.typesetting import FONT, PaperType
from sisim.report.diagram_layout import Arrow, Drawing, Link, NodeBox, Point, join, lay_out, pack
from sisim.scenario.pathway import Pathway, TrackSpec

EDGE, GAP, TITLE = 24.0, 22.0, 40.0
LABEL, LINE = 15.0, 18.0
WIDEST = 150.0
"""Where a state's label is broken into lines, in layout pixels."""
TYPE = PaperType()
INK, MUTED, PAPER, EXIT = LIGHT["ink"], LIGHT["muted"], LIGHT["paper"], LIGHT["rule"]
PANEL = "#F5F5F5"
ASPECT = 16 / 9
ROW = 32.0
"""Height of a row of the key."""
Sample = Callable[[Figure, float, float], None]
"""Draws one of a kind and says what it is, in a figure from left and top."""


def draw_pathway(pathway: Pathway) -> Figure:
    """Draw the states and transitions of every track, as large a sheet as they need."""
    labels = {
        (track, state): TYPE.wrap(spec.label.text, WIDEST, LABEL)
        for track, tracks in pathway.tracks.items()
        for state, spec in tracks.states.items()
    }
    drawings = {name: _lay_out_track(pathway, name, labels) for name in pathway.tracks}
    titles = {name: spec.label.text for name, spec in pathway.tracks.items()}
    sizes = {
        name: (
            max(d.width, TYPE.width(titles[name], 18, bold=True) + 32),
            d.height + TITLE,
        )
        for name, d in drawings.items()
    }
    corners, (wide, high) = _sheet(sizes)
    key = _key(wide)
    below = ROW * (1 + max(row for row, *_ in key))
    figure = canvas(wide + 2 * EDGE, high + 2 * EDGE + 60 + below)
    write_line(figure, EDGE, 16, pathway.title.text, size=24, bold=True)
    for name, (left, top) in corners.items():
        corner = (left + EDGE, top + EDGE + 36)
        _panel(figure, corner, sizes[name], titles[name])
        width, _ = sizes[name]
        inset = (corner[0] + (width - drawings[name].width) / 2, corner[1] + TITLE)
        states = {state: labels[name, state] for state in pathway.tracks[name].states}
        _draw_track(figure, inset, drawings[name], pathway.tracks[name], states)
    for row, left, draw in key:
        draw(figure, left + EDGE, high + EDGE + 36 + 18 + ROW * row)
    return figure


def _starts(track: TrackSpec) -> list[str]:
    return [track.start] if isinstance(track.start, str) else list(track.start)


def _lay_out_track(pathway: Pathway, name: str, labels: dict[tuple[str, str], str]) -> Drawing:
    track = pathway.tracks[name]
    sizes = {}
    for state in track.states:
        lines = labels[name, state].split("\n")
        width = max(TYPE.width(line, LABEL) for line in lines)
        sizes[state] = (max(width + 22, 70.0), len(lines) * LINE + 16)
    links = join(
        (origin, to, transition.schedule is not None)
        for transition in pathway.transitions.values()
        if transition.track == name
        for origin in transition.origin
        for to in transition.to
    )
    return lay_out(sizes, links, _starts(track))


def _sheet(
    sizes: dict[str, tuple[float, float]],
) -> tuple[dict[str, Point], tuple[float, float]]:
    """Return where the panels stand on a sheet of about a screen's shape."""
    widest = max(wide for wide, _ in sizes.values())
    tried = []
    for step in range(40):
        corners, high = pack(sizes, widest * (1 + 0.1 * step), GAP)
        wide = max(x + sizes[name][0] for name, (x, _) in corners.items())
        # The smallest screen that holds the sheet shows it largest.
        tried.append((max(wide, high * ASPECT), wide, high, corners))
    _, wide, high, corners = min(tried, key=lambda one: one[0])
    return corners, (wide, high)


def _panel(figure: Figure, corner: Point, size: tuple[float, float], title: str) -> None:
    wide, high = figure.get_size_inches() * figure.dpi
    figure.add_artist(
        Rectangle(
            (corner[0] / wide, 1 - (corner[1] + size[1]) / high),
            size[0] / wide,
            size[1] / high,
            facecolor=PANEL,
            edgecolor="none",
            zorder=0,
        )
    )
    write_line(figure, corner[0] + 16, corner[1] + 14, title, size=18, bold=True)


def _draw_track(
    figure: Figure,
    corner: Point,
    drawing: Drawing,
    track: TrackSpec,
    labels: dict[str, str],
) -> None:
    for arrow in drawing.arrows:
        draw_arrow(figure, corner, arrow)
    starts = _starts(track)
    for name, box in drawing.boxes.items():
        draw_box(
            figure, corner, box, labels[name], start=name in starts, leaves=track.states[name].exit
        )


def draw_arrow(figure: Figure, corner: Point, arrow: Arrow) -> None:
    """Draw an arrow whose points are counted from a corner."""
    _, high = figure.get_size_inches() * figure.dpi
    run = [((corner[0] + x), high - (corner[1] + y)) for x, y in arrow.points]
    codes = [Curve.MOVETO] + [Curve.CURVE4] * (len(run) - 1)
    figure.add_artist(
        FancyArrowPatch(
            path=Curve(run, codes),
            arrowstyle="<|-|>" if arrow.link.both_ways else "-|>",
            mutation_scale=points(11),
            linewidth=points(1.4),
            linestyle=(0, (4, 2.5)) if arrow.link.scheduled else "solid",
            color=MUTED,
            shrinkA=0,
            shrinkB=0,
            transform=to_pixels(figure),
            zorder=1,
        )
    )


def draw_box(
    figure: Figure, corner: Point, box: NodeBox, label: str, *, start: bool, leaves: bool
) -> None:
    """Draw a box with its label, dark where one starts and grey where one leaves."""
    _, high = figure.get_size_inches() * figure.dpi
    x, y = corner[0] + box.x, high - (corner[1] + box.y)
    figure.add_artist(
        FancyBboxPatch(
            (x - box.width / 2, y - box.height / 2),
            box.width,
            box.height,
            boxstyle=f"round,pad=0,rounding_size={3 if leaves else 9}",
            facecolor=INK if start else EXIT if leaves else PAPER,
            edgecolor=INK,
            linewidth=points(2.5 if start or leaves else 1.2),
            transform=to_pixels(figure),
            zorder=2,
        )
    )
    figure.text(
        x,
        y,
        label,
        transform=to_pixels(figure),
        fontsize=points(LABEL),
        fontfamily=FONT,
        color=PAPER if start else INK,
        ha="center",
        va="center",
        linespacing=1.1,
        zorder=3,
    )


def write_line(
    figure: Figure, left: float, top: float, text: str, *, size: float, bold: bool = False
) -> None:
    """Write a line; equal `top` gives one baseline."""
    wide, high = figure.get_size_inches() * figure.dpi
    figure.text(
        left / wide,
        1 - (top + 0.9 * size) / high,
        text,
        fontsize=points(size),
        fontfamily=FONT,
        fontweight="bold" if bold else "normal",
        color=INK,
        va="baseline",
    )


def to_pixels(figure: Figure) -> Transform:
    """Return the transform from layout pixels, whatever size the figure is saved at."""
    return Affine2D().scale(1 / figure.dpi) + figure.dpi_scale_trans


def _key(wide: float) -> list[tuple[int, float, Sample]]:
    """Return what explains boxes and arrows: row, left edge, and what draws one of a kind."""
    samples = [
        *(
            (44.0, text, partial(_sample_box, start=start, leaves=leaves))
            for start, leaves, text in (
                (True, False, t("starts here")),
                (False, True, t("leaves the population")),
            )
        ),
        *(
            (58.0, text, partial(_sample_arrow, link=Link("", "", scheduled, both_ways)))
            for scheduled, both_ways, text in (
                (False, False, t("at any time")),
                (False, True, t("there and back")),
                (True, False, t("at a set moment, such as each August or at an age")),
            )
        ),
    ]
    placed: list[tuple[int, float, Sample]] = []
    row, left = 0, 0.0
    for indent, text, draw in samples:
        width = indent + TYPE.width(text, LABEL)
        if left and left + width > wide:
            row, left = row + 1, 0.0
        placed.append((row, left, partial(draw, text=text, indent=indent)))
        left += width + 36
    return placed


def _sample_box(
    figure: Figure, left: float, top: float, *, text: str, indent: float, start: bool, leaves: bool
) -> None:
    draw_box(figure, (left, top), NodeBox(17, 12, 34, 22), "", start=start, leaves=leaves)
    write_line(figure, left + indent, top + 4, text, size=LABEL)


def _sample_arrow(
    figure: Figure, left: float, top: float, *, text: str, indent: float, link: Link
) -> None:
    run = ((0.0, 12.0), (15.0, 12.0), (30.0, 12.0), (48.0, 12.0))
    draw_arrow(figure, (left, top), Arrow(link, run))
    write_line(figure, left + indent, top + 4, text, size=LABEL)
