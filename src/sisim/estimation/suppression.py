"""Suppression and rounding of counts: nobody is found in a table, or worked out from its total.

Primary suppression hides every count above 0 and below the least number of persons. Where the total
is known, what is left may still give a hidden count away: secondary suppression then hides more
cells. On request counts are rounded besides. Hundepool et al., "Statistical Disclosure Control"
(2012), ch. 4 and 5.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sisim.arrays import Flags, Ints


def hidden(counts: Sequence[int], least: int, *, few: bool = False) -> Flags:
    """Return which counts of a row whose sum is known must not be written, (counts,).

    Whoever reads the table is taken to know the rule. Where a count is of few persons, or one is
    small and the sum so small that all may be, everything is hidden. Else small counts are and the
    smallest of the others, and more of them until the sum leaves every hidden count two values at
    least; and everything if it never does.

    Args:
        counts: The counts.
        least: Counts above 0 and below this are hidden, at least 3.
        few: Whether some of them are of few persons.

    Examples:
        >>> hidden([3, 12, 40], 5).tolist(), hidden([0, 12], 5).tolist()
        ([True, True, False], [False, False])
    """
    own = np.asarray(counts, np.int64)
    small = (own > 0) & (own < least)
    found = small.copy()
    if few or (small.any() and own.sum() <= len(own) * (least - 1)):
        return np.ones_like(found)
    if not small.any():
        return found
    for more in (at for at in np.argsort(own, kind="stable") if own[at] >= least):
        found[more] = True
        if not _gives_away(own, small, found, least):
            return found
    return np.ones_like(found)


def _gives_away(counts: Ints, small: Flags, found: Flags, least: int) -> bool:
    """Return whether the sum of the hidden counts leaves one of them a single value."""
    shown = counts[~found & (counts > 0)]
    most = int(shown.min()) if len(shown) else int(counts.sum())
    low = np.where(small, 1, least)[found]
    high = np.where(small, least - 1, most)[found]
    left = int(counts[found].sum())
    lowest = np.maximum(low, left - (high.sum() - high))
    highest = np.minimum(high, left - (low.sum() - low))
    return bool((highest <= lowest).any())


def rounded_count(count: int, base: int) -> int:
    """Return the nearest multiple of a base, the same every time; of two, the larger.

    Examples:
        >>> [rounded_count(count, 5) for count in (5, 7, 8, 12, 13)], rounded_count(5, 10)
        ([5, 5, 10, 10, 15], 10)
    """
    return (2 * count + base) // (2 * base) * base


def rounded_total(counts: Sequence[int], unseen: Sequence[bool] | Flags, base: int) -> int:
    """Return the total of counts that are rounded: the sum of those shown and, together, the rest.

    It follows from what would be written without rounding, and so tells nothing more.

    Args:
        counts: The counts.
        unseen: Which of them are hidden, (counts,).
        base: See `rounded_count`.

    Examples:
        >>> rounded_total([7, 7, 7], [False] * 3, 5)
        15
        >>> rounded_total([3, 9, 7], [True, True, False], 5)
        15
    """
    pairs = list(zip(counts, unseen, strict=True))
    shown = sum(rounded_count(count, base) for count, gone in pairs if not gone)
    return shown + rounded_count(sum(count for count, gone in pairs if gone), base)


PERSONS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""Where ranges of numbers of persons begin, times powers of ten."""


def range_of_persons(count: int, least: int) -> str:
    """Return in which range a number of persons lies: never the number itself.

    Args:
        count: How many.
        least: Ranges below twice this are one.

    Examples:
        >>> range_of_persons(1234, 5), range_of_persons(7, 5), range_of_persons(12, 5)
        ('1000\u20131499', '0\u20139', '10\u201314')
    """
    # Narrower ranges than of ten would nearly be the number.
    edges = [round(part * 10**power) for power in range(1, 9) for part in PERSONS]
    edges = [0, *(edge for edge in edges if edge >= 2 * least)]
    at = max(number for number, edge in enumerate(edges) if edge <= count)
    return f"{edges[at]}\u2013{edges[at + 1] - 1}"


def is_hidden(count: int, least: int) -> bool:
    """Return whether a count by itself must not be written.

    Examples:
        >>> [is_hidden(count, 5) for count in (0, 1, 4, 5)]
        [False, True, True, False]
    """
    return 0 < count < least
