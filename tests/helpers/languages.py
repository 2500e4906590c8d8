"""The reader's language in tests."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sisim.i18n import LANGUAGES, Lang, in_language

T = TypeVar("T")


def in_swedish(ask: Callable[[], T]) -> T:
    """Return what is answered to a Swedish reader."""
    with in_language("sv"):
        return ask()


def in_each_language() -> Iterator[Lang]:
    """Yield each language, while it is the reader's."""
    for lang in LANGUAGES:
        with in_language(lang):
            yield lang
