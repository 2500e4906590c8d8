"""Measurements that are to be compared take turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

ROUNDS = 3
SECONDS = 30.0
"""Each time is the least of so many rounds, and of as many more as there is time for: what the
computer can do when nobody else uses it. Where it is shared, it is slower for seconds or minutes on
end; what is to be compared takes turns."""


def take_turns(*works: Callable[[], T], seconds: float = SECONDS) -> list[list[T]]:
    """Return all that each measures, in turn; they also take turns at going first.

    Args:
        works: What measures.
        seconds: How long, for each of them; three rounds at least are made.
    """
    times: list[list[T]] = [[] for _ in works]
    order = list(zip(works, times, strict=True))
    end = time.perf_counter() + seconds * len(works)
    while len(times[0]) < ROUNDS or time.perf_counter() < end:
        for work, measured in order:
            measured.append(work())
        order.reverse()
    return times
