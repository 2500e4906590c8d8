"""The colours of charts, by what they mean: on paper and on a light page, and on a dark one.

They are those of Okabe and Ito, which colour-blind readers can tell apart; no colour carries its
meaning alone (dashes, hatching, direct labels).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

Palette = Mapping[str, str]
"""A colour by what it means; what is not listed is a colour itself."""

LIGHT: Palette = {
    "paper": "#FFFFFF",
    "ink": "#1A1A1A",
    "muted": "#555555",
    "rule": "#D9D9D9",
    "without": "#000000",
    "with": "#0072B2",
    "extra": "#E69F00",
    "extra_text": "#8A5A00",
    "lower": "#009E73",
    "lower_text": "#00694C",
    "project": "#FBEBCB",
    "new_way": "#DCEEF8",
    "payback": "#CC79A7",
    "payback_text": "#8F3E6C",
}
DARK: Palette = {
    **LIGHT,
    "paper": "#14181C",
    "ink": "#F2F2F2",
    "muted": "#B9BEC4",
    "rule": "#3A4149",
    "without": "#FFFFFF",
    "with": "#56B4E9",
    "extra_text": "#E69F00",
    "lower_text": "#3FD0A4",
    "project": "#3B3016",
    "new_way": "#163446",
    "payback_text": "#E3A5C6",
}
PAYERS = ("#0072B2", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#8C8C8C", "#7A5230", "#E69F00")
"""A colour for each administration; that of what is paid for the investment comes last."""


def hue(palette: Palette, color: str) -> str:
    """Return the colour that a meaning has, or a colour as it is."""
    return palette.get(color, color)


def readable_on(color: str) -> str:
    """Return black or white, whichever is seen better on a colour such as #56B4E9."""
    return "#FFFFFF" if _light(color) < 0.179 else "#000000"  # of equal contrast with both


@lru_cache(maxsize=256)
def seen_on_white(color: str) -> str:
    """Return a colour, made darker until a text in it has a contrast of 4.5 with white paper.

    Examples:
        >>> seen_on_white("#0072B2"), seen_on_white("#E69F00")
        ('#0072B2', '#A06C00')
    """
    while _light(color) > 1.05 / 4.5 - 0.05:
        color = "#" + "".join(f"{int(0.98 * part):02X}" for part in _parts(color))
    return color


def _parts(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def _light(color: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    shares = [part / 255 for part in _parts(color)]
    linear = [((s + 0.055) / 1.055) ** 2.4 if s > 0.04045 else s / 12.92 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
