"""What is written in a picture, and whether it can be read."""

from __future__ import annotations

from itertools import combinations, groupby

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sisim.report.chart.canvas import renderer

SMALLEST = 14.0
"""The smallest text, in pixels."""
CONTRAST = 4.5
"""The least contrast of a text with white paper (WCAG 2.2, 1.4.3)."""


def texts(figure: Figure) -> list[Text]:
    """Return the texts of a picture but those along its axes."""
    written = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text for text in written if text.get_text().strip()]


def written(figure: Figure) -> str:
    """Return all that is written in a picture, a text a line, without breaks inside one."""
    lines = []
    # The lines of one text are drawn one by one, under one name.
    named = groupby([*texts(figure), *ticks(figure)], key=lambda text: text.get_gid() or id(text))
    for _, parts in named:
        said = " ".join(text.get_text().replace("\n", " ") for text in parts)
        lines.append(said.replace("\N{NO-BREAK SPACE}", " "))
    return "\n".join(lines)


def ticks(figure: Figure) -> list[Text]:
    """Return what is written along the axes."""
    return [
        tick
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_ticklabels()
        if tick.get_visible() and tick.get_text()
    ]


def assert_readable(figure: Figure) -> None:
    """Fail if a text leaves the picture, covers another, is too small or hardly seen."""
    assert faults(figure) == []


def faults(figure: Figure) -> list[str]:
    """Return what is wrong with the texts of a picture, measured as it is drawn."""
    measure = renderer(figure)
    figure.draw(measure)
    wide, high = figure.get_size_inches() * figure.dpi
    smallest = SMALLEST * 72 / figure.dpi - 0.01
    boxes = {text: text.get_window_extent(measure) for text in texts(figure)}
    along = {tick: tick.get_window_extent(measure) for tick in ticks(figure)}
    found = []
    for text, box in (boxes | {tick: box for tick, box in along.items() if box.width}).items():
        said = repr(text.get_text())
        if not (box.x0 >= -1 and box.y0 >= -1 and box.x1 <= wide + 1 and box.y1 <= high + 1):
            found.append(f"{said} leaves the picture")
        if text.get_fontsize() < smallest:
            found.append(f"{said} is too small")
    # What stands on white paper: not in a coloured cell.
    on_paper = [text for text in boxes if text.get_zorder() >= 100]
    found += [
        f"{text.get_text()!r} is hardly seen"
        for text in on_paper
        if contrast(text.get_color()) < CONTRAST
    ]
    found += [
        f"{one.get_text()!r} covers {two.get_text()!r}"
        for (one, a), (two, b) in combinations(boxes.items(), 2)
        if _covers(a, b)
    ]
    return found


def contrast(color: object, paper: object = "white") -> float:
    """Return the contrast of two colours (WCAG 2.2, 1.4.3)."""

    def light(one: object) -> float:
        parts = to_rgb(one)  # type: ignore[arg-type]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(color), light(paper)))
    return (high + 0.05) / (low + 0.05)


def _covers(a: Bbox, b: Bbox) -> bool:
    # Lines of text may touch: ascenders and descenders are seldom both there.
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return bool(across > 1 and down > 4)
