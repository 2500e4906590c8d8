"""How wide and high texts are, and where their lines are broken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import RendererAgg

FONT = "DejaVu Sans"
"""Ships with matplotlib, so that every machine draws the same picture."""
DPI = 80
"""Pixels per inch of the layout."""
LEADING = 1.22
"""The height of a line, in sizes of its text."""
SMALLEST = 14.0
"""The smallest text, which is read from a paper or a screen."""


@dataclass(frozen=True)
class Typesetting(ABC):
    """A typeface and its sizes, in pixels of a picture 1280 wide.

    Attributes:
        size: The size of all that is read from the back of a room.
        fine: The size of what is read from near.
        large: The size of headings.
    """

    size: float = 18.0
    fine: float = SMALLEST
    large: float = 20.0

    @abstractmethod
    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide one line of a text is."""

    def height(self, text: str, size: float) -> float:
        """Return how high a text is."""
        return (text.count("\n") + 1) * size * LEADING

    def extent(self, text: str, size: float, *, bold: bool = False) -> tuple[float, float]:
        """Return how wide and how high a text of one or more lines is."""
        wide = max(self.width(line, size, bold=bold) for line in text.split("\n"))
        return wide, self.height(text, size)

    def fit(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """Return one line of a text, shortened with an ellipsis if it is wider than that."""
        if self.width(text, size, bold=bold) <= width:
            return text
        while text and self.width(text + "…", size, bold=bold) > width:
            text = text[:-1].rstrip()
        return text + "…"

    def wrap(
        self, text: str, width: float, size: float, *, bold: bool = False, even: bool = True
    ) -> str:
        """Break a text into the fewest lines within a width, as even as may be; breaks stay."""
        return "\n".join(_paragraph(self, one, width, size, bold, even) for one in text.split("\n"))


class PaperType(Typesetting):
    """What Matplotlib writes, measured as it draws it."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide one line of a text is."""
        return _drawn_width(text, size, bold)


class PageType(Typesetting):
    """What a browser writes, in whatever typeface it has: about so wide."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return about how wide one line of a text is."""
        return len(text) * (0.56 if bold else 0.52) * size + 8


@lru_cache(maxsize=8192)  # the same texts are set anew at every move of a slider
def _paragraph(
    type_: Typesetting, text: str, width: float, size: float, bold: bool, even: bool
) -> str:
    words = [(word, type_.width(word, size, bold=bold)) for word in text.split(" ")]
    space = type_.width("n n", size, bold=bold) - type_.width("nn", size, bold=bold)
    lines = _broken(words, space, width)
    narrower = lines
    while even and len(narrower) == len(lines) and len(lines) > 1:
        lines, width = narrower, width - 4
        narrower = _broken(words, space, width)
        if width < max(length for _, length in words):
            break
    return "\n".join(lines)


@lru_cache(maxsize=8192)
def _drawn_width(text: str, size: float, bold: bool) -> float:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=FONT, size=size * 72 / DPI, weight="bold" if bold else "normal")
    width, _, _ = _measure().get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(width)


@lru_cache
def _measure() -> RendererAgg:
    # What is drawn on a page alone is not measured so, and need not wait for it.
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]


def _broken(words: list[tuple[str, float]], space: float, width: float) -> list[str]:
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
