"""The reader's language in tests."""

from collections.abc import Callable
from typing import TypeVar

from sisim.i18n import in_language

T = TypeVar("T")


def in_swedish(ask: Callable[[], T]) -> T:
    """Return what is answered to a Swedish reader."""
    with in_language("sv"):
        return ask()
