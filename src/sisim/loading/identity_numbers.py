"""Swedish personal identity numbers, which no file that comes in may have (law L12)."""

from __future__ import annotations

import re
from collections.abc import Sequence

IDENTITY_NUMBER = re.compile(
    r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|[678]\d|9[01])"
    r"(?P<mark>[-+ ]?)(?:\d{4}|[A-Za-z]\d{3}|[A-Za-z]{2}\d{2})"
)
"""A personal identity number, a coordination number (day + 60) or a reserve number (letters)."""
SUSPECT = 0.2
"""Running numbers of ten digits are like one by chance: where a larger share is, they are."""


def look_like_identities(texts: Sequence[str]) -> int:
    """Return how many of some texts look like personal identity numbers; 0 if that is by chance.

    Nothing is by chance with the mark before the last four.

    Examples:
        >>> look_like_identities(["19900101-1234", "1", "2", "3", "4", "5"])
        1
        >>> look_like_identities(["9001011234", "1", "2", "3", "4", "5"])
        0
    """
    found = [match for text in texts if (match := IDENTITY_NUMBER.fullmatch(text)) is not None]
    certain = any(match["mark"].strip() for match in found)
    return len(found) if certain or len(found) >= SUSPECT * len(texts) else 0
