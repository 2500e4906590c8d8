"""Formula injection (CSV injection): texts that a spreadsheet would take for a formula.

A cell that begins with =, +, -, @, a tab or a line break may be run when the table is opened. It is
written with an apostrophe before it, which spreadsheets take as the mark of a text, and read back
without it. Numbers stay numbers.
"""

from __future__ import annotations

import re

_START = r"(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
_FORMULA = re.compile(f"'*{_START}")
_RESTORED = re.compile(f"'+{_START}")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?")


def neutralised(text: str) -> str:
    """Return a text as a cell can have it without being a formula.

    Examples:
        >>> neutralised("=1+1"), neutralised("-2.5"), neutralised("Team")
        ("'=1+1", '-2.5', 'Team')
    """
    harmless = _FORMULA.match(text) is None or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def restored(text: str) -> str:
    """Return a text that was `neutralised` as it was.

    Examples:
        >>> restored("'=1+1"), restored("'tis")
        ('=1+1', "'tis")
    """
    return text[1:] if _RESTORED.match(text) else text
