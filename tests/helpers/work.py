"""How much is done, counted and not timed: the same on every machine, however loaded it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

LINEAR = 2.5
"""At most so many times as much for twice the size: sorting stays below, pairs take 4 times."""


def work(task: Callable[[], object]) -> int:
    """Return how many functions a task calls, of Python and of C.

    What a function of C does is a single piece of work, however long it takes.
    """
    count = 0

    def call(frame: FrameType, event: str, given: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(call)
    try:
        task()
    finally:
        sys.setprofile(before)
    return count


def grows_with(size: int, task: Callable[[int], Callable[[], object]]) -> None:
    """Check that work grows with the size of what it is done on, and not with its square.

    Args:
        size: Of the smallest; the others have two and four times as much.
        task: Returns what is to be done for a size. What it does itself is not counted.
    """
    task(size)()  # what is imported and kept once is no work of any size
    least, middle, most = (work(task(many * size)) for many in (1, 2, 4))
    # What is done at any size falls out of the differences.
    less, more = middle - least, most - middle
    assert more <= LINEAR * max(less, size), (least, middle, most)
