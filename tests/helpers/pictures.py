"""What is written in a picture, and whether it can be read."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sisim.report.style import renderer


def texts(figure: Figure) -> list[Text]:
    """Return the texts of a picture but those along its axes."""
    written = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text for text in written if text.get_text().strip()]


def written(figure: Figure) -> str:
    """Return all that is written in a picture, a text a line, without breaks inside one."""
    return "\n".join(
        text.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
        for text in [*texts(figure), *ticks(figure)]
    )


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
    """Fail if a text leaves the picture or covers another."""
    measure = renderer(figure)
    figure.draw(measure)
    boxes = {text: text.get_window_extent(measure) for text in texts(figure)}
    along = {tick: tick.get_window_extent(measure) for tick in ticks(figure)}
    wide, high = figure.get_size_inches() * figure.dpi
    for text, box in (boxes | {tick: box for tick, box in along.items() if box.width}).items():
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= wide and box.y1 <= high
        assert inside, f"{text.get_text()!r} leaves the picture"
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        assert not _covers(a, b), f"{one.get_text()!r} covers {two.get_text()!r}"


def _covers(a: Bbox, b: Bbox) -> bool:
    # Lines of text may touch: ascenders and descenders are seldom both there.
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return bool(across > 1 and down > 4)
