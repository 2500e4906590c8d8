"""Suppression of small counts, so that nobody can be found in a table or worked out from its total.

Primary suppression hides every count above 0 and below the least number of persons. Where the total
is known, what is left may still give a hidden count away: secondary suppression then hides more
cells. Hundepool et al., "Statistical Disclosure Control" (2012), ch. 4.
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


def is_hidden(count: int, least: int) -> bool:
    """Return whether a count by itself must not be written.

    Examples:
        >>> [is_hidden(count, 5) for count in (0, 1, 4, 5)]
        [False, True, True, False]
    """
    return 0 < count < least
