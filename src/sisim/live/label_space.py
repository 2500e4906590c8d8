"""Where words stand in the cost strip: where nothing is drawn, and still while a hand moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.report.free_space import FreeSpace

CELL = 3.0
REGULAR, BOLD = 0.52, 0.56
"""Mean width of a letter, in parts of the size of the text."""
LEADING = 1.2

LabelPositions = dict[str, tuple[float, float]]
"""Where words have been placed, by name, in the units of the axes."""


class NoSpace(Exception):  # noqa: N818 (what is the matter)
    """There is no room for some words near what they are about."""


class LabelPlacement:
    """Placement of labels in the cost strip, in pixels of a window of 1280.

    Args:
        x: The ends of the time axis.
        top: The top of the other.
        size: Width and height of the strip.
        kept: Words that stay where they are; what is placed is added.
    """

    def __init__(
        self, x: tuple[float, float], top: float, size: tuple[float, float], kept: LabelPositions
    ) -> None:
        self._x, self.top, self._size, self._kept = x, top, size, kept
        self._space = FreeSpace(*size, CELL)
        self._drawn: list[Callable[[FreeSpace], None]] = []

    def pixel(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return a point of the axes in pixels, from the lower left."""
        low, high = self._x
        return (x - low) / (high - low) * self._size[0], y / self.top * self._size[1]

    def _point(self, across: float, up: float) -> tuple[float, float]:
        low, high = self._x
        return low + across / self._size[0] * (high - low), up / self._size[1] * self.top

    def avoid(self, x: Sequence[float] | NDArray[Any], y: Sequence[float] | NDArray[Any]) -> None:
        """Keep words off a line."""
        across, up = self.pixel(np.asarray(x, float), np.asarray(y, float))
        if len(across) > 1:
            self._drawn.append(lambda space: self._along(space, across, up))

    @staticmethod
    def _along(space: FreeSpace, across: Floats, up: Floats) -> None:
        fine = np.linspace(0, len(across) - 1, 60 * len(across))
        parts = np.arange(len(across))
        dots_x, dots_y = np.interp(fine, parts, across), np.interp(fine, parts, up)
        for thick in (-2.0, 2.0):
            space.take_dots(dots_x, dots_y + thick)

    def take(self, name: str, text: str, middle: tuple[float, float], size: float) -> None:
        """Remember words that stand at a place of their own."""
        wide, high = extent(text, size, bold=False)
        self._remember(self.pixel(*middle), wide, high)
        self._kept[name] = middle

    def place(
        self,
        name: str,
        text: str,
        near: tuple[float, float],
        size: float,
        *,
        beside: tuple[float, float] = (0.0, 0.0),
        pull: tuple[float, float] = (1.0, 1.0),
        bold: bool = False,
        reach: float = np.inf,
    ) -> tuple[float, float]:
        """Return where the middle of a text stands: near a point, or where it stood before.

        `beside` is where its middle would best be, in pixels from the point.

        Raises:
            NoSpace: If there is no room within its `reach`.
        """
        wide, high = extent(text, size, bold=bold)
        if name not in self._kept:
            x, y = self.pixel(*near)
            cost, middle = self._left().find(wide, high, (x + beside[0], y + beside[1]), pull)
            if cost > reach:
                raise NoSpace(name)
            self._kept[name] = self._point(*middle)
        self._remember(self.pixel(*self._kept[name]), wide, high)
        return self._kept[name]

    def _remember(self, middle: tuple[float, float], wide: float, high: float) -> None:
        x, y = middle
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        self._drawn.append(lambda space: space.take_box(box))

    def _left(self) -> FreeSpace:
        """Return the room that is left: worked out only where words are to be placed anew."""
        for take in self._drawn:
            take(self._space)
        self._drawn.clear()
        return self._space


def extent(text: str, size: float, *, bold: bool) -> tuple[float, float]:
    """Return about how much room a text takes, in pixels of a window of 1280."""
    lines = text.split("\n")
    letter = (BOLD if bold else REGULAR) * size
    return max(map(len, lines)) * letter + 8, len(lines) * size * LEADING + 4


def broken(text: str, width: float, size: float) -> str:
    """Return a text in lines of about a width."""
    most = max(int(width / (REGULAR * size)), 4)
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)
