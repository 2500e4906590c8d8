"""Progress of work in stages, of which it is known only about how much each takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Progress = Callable[[int, int], None]
"""Called with the parts done and the parts in all."""


class Stages:
    """How far work has come that is done in stages.

    A stage that takes more parts than expected waits at its end; one that takes fewer, or is not
    needed, is gone past when the next begins.

    Args:
        expected: About how many parts each stage has.
        tell: Called after each part; unset: nobody is told.

    Examples:
        >>> told = []
        >>> stages = Stages([2, 3], lambda done, of: told.append((done, of)))
        >>> stages.begin(0); stages.part(); stages.begin(1); stages.part()
        >>> told
        [(0, 5), (1, 5), (2, 5), (3, 5)]
    """

    def __init__(self, expected: Sequence[int], tell: Progress | None = None) -> None:
        self._expected = tuple(expected)
        self._tell = tell
        self._stage = self._within = 0

    def begin(self, stage: int) -> None:
        """Begin a stage, from 0."""
        self._stage, self._within = stage, 0
        self._told()

    def part(self) -> None:
        """Say that a part of the stage is done."""
        self._within = min(self._within + 1, self._expected[self._stage])
        self._told()

    def _told(self) -> None:
        if self._tell is not None:
            done = sum(self._expected[: self._stage]) + self._within
            self._tell(done, sum(self._expected))
