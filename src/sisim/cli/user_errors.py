"""Errors that a user can mend: how they are raised, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable

from sisim.i18n import t
from sisim.scenario.errors import nearest

MISTAKE = 2
"""Exit code when the user's input is at fault."""
INTERRUPTED = 130
"""Exit code after Ctrl-C."""


class UserError(Exception):
    """Something cannot be done, for a reason that the user can do something about."""


def print_error(text: str) -> None:
    """Print a message on standard error."""
    from sisim.cli.output import stderr

    stderr().print(text, markup=False)


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return the question whether the nearest of `names` was meant; empty if none is near."""
    close = nearest(name, names)
    return "" if close is None else " " + t('Did you mean "{name}"?', name=close)


def require_known(name: str | None, names: Iterable[str], text: str) -> None:
    """Check that a name, if one is given, is among `names`.

    Raises:
        UserError: With `text` and the nearest name, if it is not.
    """
    names = list(names)
    if name is not None and name not in names:
        raise UserError(text + suggestion(name, names))
