"""The chain of an investment as a drawing: four columns of boxes, and a number on each arrow."""

from __future__ import annotations

from collections import Counter

from matplotlib.figure import Figure

from sisim.report.chart.canvas import canvas, points
from sisim.report.chart.typesetting import FONT, PaperType
from sisim.report.diagram_layout import Arrow, Link, NodeBox
from sisim.report.document.chain import ChainArrow, ChainBox, InvestmentChain, column_names
from sisim.report.pathway_diagram import MUTED, PAPER, draw_arrow, draw_box, to_pixels, write_line

TYPE = PaperType()
LABEL, LINE, SMALL = 15.0, 19.0, 14.0
WIDE, EDGE, TOP = 1280.0, 14.0, 44.0
BOX = 208.0
"""How wide a box is, in layout pixels."""
GAP = 16.0
"""Between boxes above each other."""
PORT = 38.0
"""Between the arrows that end at a box: each has its number above and the grade of it below."""


def draw_chain(found: InvestmentChain) -> Figure:
    """Draw the chain, as high as its longest column needs."""
    columns = [[box for box in found.boxes if box.column == n] for n in range(4)]
    labels = {box.key: TYPE.wrap(box.label, BOX - 20, LABEL) for box in found.boxes}
    ends = Counter(one.to for one in found.arrows)
    sizes = {
        key: max((label.count("\n") + 1) * LINE + 14, ends[key] * PORT + 6)
        for key, label in labels.items()
    }
    numbers = max(map(len, columns), default=1)
    high = max((sum(sizes[b.key] + GAP for b in column) for column in columns), default=LINE)
    high = max(high, 48.0 * numbers)
    figure = canvas(WIDE, high + TOP + 2 * EDGE)
    step = (WIDE - 2 * EDGE - BOX) / 3
    for number, name in enumerate(column_names()):
        write_line(figure, EDGE + number * step, EDGE, name, size=16, bold=True)
    boxes = _placed(columns, sizes, high, step)
    for box in found.boxes:
        own = sorted(
            (one for one in found.arrows if one.to == box.key), key=lambda one: boxes[one.origin].y
        )
        for place, one in enumerate(own):
            shift = (place - (len(own) - 1) / 2) * PORT
            _draw(figure, one, boxes[one.origin], boxes[one.to], shift)
    for box in found.boxes:
        draw_box(
            figure,
            (0.0, 0.0),
            boxes[box.key],
            labels[box.key],
            start=box.column == 0,
            leaves=box.column == 3,
        )
    return figure


def _placed(
    columns: list[list[ChainBox]], sizes: dict[str, float], high: float, step: float
) -> dict[str, NodeBox]:
    """Return where each box stands: evenly down its column."""
    found = {}
    for number, column in enumerate(columns):
        spare = (high - sum(sizes[box.key] for box in column)) / (len(column) + 1)
        y = EDGE + TOP
        for box in column:
            y += spare
            x = EDGE + number * step + BOX / 2
            found[box.key] = NodeBox(x, y + sizes[box.key] / 2, BOX, sizes[box.key])
            y += sizes[box.key]
    return found


def _draw(figure: Figure, one: ChainArrow, origin: NodeBox, to: NodeBox, shift: float) -> None:
    """Draw an arrow that ends so far below the middle of a box, its number above its end.

    The grade of the number stands below.
    """
    start = (origin.x + BOX / 2, origin.y)
    end = (to.x - BOX / 2, to.y + shift)
    across = end[0] - start[0]
    run = (
        start,
        (start[0] + across * 0.16, start[1]),
        (end[0] - across * 0.84, end[1]),
        end,
    )
    draw_arrow(figure, (0.0, 0.0), Arrow(Link(one.origin, one.to, scheduled=False), run))
    _, high = figure.get_size_inches() * figure.dpi
    for text, below in ((one.number, False), (one.grade, True)):
        figure.text(
            end[0] - 13.0,
            high - end[1] + (-2.0 if below else 2.0),
            TYPE.fit(text, across - 16.0, SMALL),
            transform=to_pixels(figure),
            fontsize=points(SMALL),
            fontfamily=FONT,
            fontstyle="italic" if below else "normal",
            color=MUTED,
            ha="right",
            va="top" if below else "bottom",
            zorder=4,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.4, "alpha": 0.85},
        )
