"""Swedish and English: one catalogue of messages, numbers and dates as the reader writes them.

Messages are written in English where they are used, as ``t("{n} people", lang, n=3)``; the
Swedish catalogue is ``locale/sv.po``. A test holds that no message lacks its Swedish.
"""

from __future__ import annotations

import locale
import os
from functools import cache
from importlib import resources
from typing import Any, Literal

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Lang = Literal["sv", "en"]
LANGUAGES: tuple[Lang, ...] = ("sv", "en")


@cache
def _swedish() -> dict[str, str]:
    with resources.files("sisim").joinpath("locale/sv.po").open("rb") as file:
        catalog = read_po(file, locale="sv")
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string}


def t(message: str, lang: str, /, **values: Any) -> str:
    """Return `message` in `lang`, its {fields} filled with `values`.

    Examples:
        >>> t("{n} people", "en", n=3)
        '3 people'
    """
    text = _swedish().get(message, message) if lang == "sv" else message
    return text.format(**values) if values else text


def preferred_language() -> Lang:
    """Return the reader's language: Swedish under a Swedish locale, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        value = os.environ.get(variable)
        if value:
            return "sv" if value.lower().startswith("sv") else "en"
    name = locale.getlocale()[0] or ""
    return "sv" if name.lower().startswith(("sv", "swedish")) else "en"


def number(value: float, lang: str, digits: int = 0) -> str:
    """Return `value` with `digits` decimals as written in `lang`.

    Examples:
        >>> number(1234.5, "en", 1)
        '1,234.5'
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale="sv_SE" if lang == "sv" else "en_GB"))
