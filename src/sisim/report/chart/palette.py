"""The colours of charts, by what they mean: on paper and on a light page, and on a dark one.

They are those of Okabe and Ito, which colour-blind readers can tell apart; no colour carries its
meaning alone (dashes, hatching, direct labels).
"""

from __future__ import annotations

from collections.abc import Mapping

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
    red, green, blue = (
        ((share + 0.055) / 1.055) ** 2.4 if share > 0.04 else share / 12.92
        for share in (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    # Of equal contrast with both, by the formula of WCAG.
    return "#FFFFFF" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 else "#000000"
