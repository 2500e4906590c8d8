"""How long something takes that goes on while somebody waits for it."""

from __future__ import annotations

from math import ceil, isfinite

from sisim.i18n import n_

MINUTE = 90
"""From so many seconds on, it is told in minutes."""


def with_time_left(said: str, seconds: float) -> str:
    """Return how far something has come, and about how many seconds are left if that is known."""
    if not isfinite(seconds):
        return f"{said}."
    if seconds < MINUTE:
        left = n_("about {n} second left", "about {n} seconds left", max(ceil(seconds), 1))
    else:
        left = n_("about {n} minute left", "about {n} minutes left", round(seconds / 60))
    return f"{said}; {left}."
