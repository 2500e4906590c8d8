"""Room on a picture: knows what is drawn, and finds where one thing more can stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sisim.arrays import Floats, Ints

Box = tuple[float, float, float, float]
"""Left, low, right, high."""


class FreeSpace:
    """A rectangle in which dots and boxes take room, remembered cell by cell.

    Args:
        width: How wide it is.
        height: How high it is.
        cell: How coarsely what is drawn is remembered.
    """

    def __init__(self, width: float, height: float, cell: float) -> None:
        self.cell = cell
        rows, columns = int(height / cell), int(width / cell)
        self.taken = np.zeros((rows, columns), dtype=np.int64)
        self.written = np.zeros((rows, columns), dtype=bool)

    def take_dots(self, x: ArrayLike, y: ArrayLike) -> None:
        """Remember dots; those outside take no room."""
        across = (np.asarray(x) / self.cell).astype(int)
        up = (np.asarray(y) / self.cell).astype(int)
        rows, columns = self.taken.shape
        inside = (across >= 0) & (across < columns) & (up >= 0) & (up < rows)
        self.taken[up[inside], across[inside]] = 1

    def take_box(self, box: Box) -> None:
        """Remember a box, in which something is written."""
        x0, y0, x1, y1 = (edge / self.cell for edge in box)
        rows = slice(max(0, int(np.floor(y0))), max(0, int(np.ceil(y1))))
        columns = slice(max(0, int(np.floor(x0))), max(0, int(np.ceil(x1))))
        self.taken[rows, columns] = 1
        self.written[rows, columns] = True

    def find(
        self, wide: float, high: float, near: tuple[float, float], pull: tuple[float, float]
    ) -> tuple[float, Floats]:
        """Return how bad the best place for a box is, and where its middle then is.

        Args:
            wide: How wide the box is.
            high: How high it is.
            near: Where its middle would best be.
            pull: What a distance from there weighs, across and up.
        """
        covered = self._covered(int(np.ceil(wide / self.cell)), int(np.ceil(high / self.cell)))
        rows, columns = np.indices(covered.shape)
        across = columns * self.cell + wide / 2
        up = rows * self.cell + high / 2
        far = np.hypot(pull[0] * (across - near[0]), pull[1] * (up - near[1]))
        cost = covered * 1e3 + far
        best = int(np.argmin(cost))
        return float(cost.flat[best]), np.array([across.flat[best], up.flat[best]])

    def _covered(self, width: int, height: int) -> Ints:
        """Return how much is drawn under a box of cells, for every place it could stand."""
        height, width = min(height, self.taken.shape[0]), min(width, self.taken.shape[1])
        total = np.zeros(np.add(self.taken.shape, 1), dtype=np.int64)
        total[1:, 1:] = self.taken.cumsum(axis=0).cumsum(axis=1)
        return (
            total[height:, width:]
            - total[:-height, width:]
            - total[height:, :-width]
            + total[:-height, :-width]
        )
