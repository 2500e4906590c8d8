"""Whole steps of a pathway: which times are, and which are the nearest that would be."""

from __future__ import annotations

from math import ceil, floor

HAIR = 0.01
"""The part of a step that a time may miss by: 2.667 years are 32 months."""
MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""The months of each step that is a whole number of them; a week is not."""


def whole_steps(steps: float) -> int:
    """Return the nearest whole number of steps; a half goes up, whatever stands before it.

    Examples:
        >>> [whole_steps(steps) for steps in (0.5, 1.5, 2.4)]
        [1, 2, 2]
    """
    return floor(steps + 0.5)


def nearest_whole(months: float, step: str) -> list[float] | None:
    """Return the times nearest to one that falls between steps, in months; None if it does not.

    A week is no part of a month or a year: there the nearest week is meant.

    Examples:
        >>> nearest_whole(18, "year"), nearest_whole(4, "quarter"), nearest_whole(24, "year")
        ([12.0, 24.0], [3.0, 6.0], None)
    """
    length = MONTHS.get(step)
    if length is None or abs(months / length - round(months / length)) < HAIR:
        return None
    around = (floor(months / length), ceil(months / length))
    return [float(length * count) for count in around]
