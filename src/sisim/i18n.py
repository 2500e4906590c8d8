"""Languages: translated messages, numbers and dates as the reader writes them.

Messages are written in English where they are used, as ``t("{n} people", n=3)``; the Swedish
catalogue is ``data/locale/sv.po``. A test holds that no message lacks its Swedish. The language is
a context variable, set by whoever knows the reader: the command line, a page, or a call's argument.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any, Literal

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Lang = Literal["sv", "en"]
LANGUAGES: tuple[Lang, ...] = ("sv", "en")

_language: ContextVar[Lang] = ContextVar("language")


def preferred_language() -> Lang:
    """Return the language of the environment: Swedish under a Swedish locale, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        value = os.environ.get(variable)
        if value:
            return "sv" if value.lower().startswith("sv") else "en"
    name = locale.getlocale()[0] or ""
    return "sv" if name.lower().startswith(("sv", "swedish")) else "en"


def current_language() -> Lang:
    """Return the language that messages are written in now."""
    return _language.get(None) or preferred_language()


@contextmanager
def in_language(lang: Lang | None) -> Iterator[None]:
    """Write messages in `lang` within the block; None: in the language that is current already.

    Examples:
        >>> with in_language("sv"):
        ...     number(1234.5, 1).replace(chr(160), " ")
        '1 234,5'
    """
    token = _language.set(lang or current_language())
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _swedish() -> dict[str, str]:
    with resources.files("sisim").joinpath("data/locale/sv.po").open("rb") as file:
        catalog = read_po(file, locale="sv")
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string}


def t(message: str, /, **values: Any) -> str:
    """Return `message` in the current language, its {fields} filled with `values`.

    Examples:
        >>> with in_language("en"):
        ...     t("{n} people", n=3)
        '3 people'
    """
    text = _swedish().get(message, message) if current_language() == "sv" else message
    return text.format(**values) if values else text


def number(value: float, digits: int = 0) -> str:
    """Return `value` with `digits` decimals as written in the current language.

    Examples:
        >>> with in_language("en"):
        ...     number(1234.5, 1)
        '1,234.5'
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    name = "sv_SE" if current_language() == "sv" else "en_GB"
    return str(format_decimal(value, format=pattern, locale=name))
