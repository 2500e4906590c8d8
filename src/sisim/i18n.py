"""Languages: translated messages, numbers and dates as the reader writes them.

Messages are written in English where they are used, as ``t("Figure {n}", n=1)`` and, where a
number decides between two forms, as ``n_("{n} run", "{n} runs", 3)``. The Swedish catalogue is
``data/locale/sv.po``; the sources of numbers in the ready files have one of their own,
``data/locale/sources.sv.po``, and are read by `source_text`. A test holds that nothing lacks its
Swedish. The language is a context variable, set by whoever knows the reader: the command line, a
page, or a call's argument. So is the currency that amounts are told in, set by whoever knows the
pathway that they come from.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from importlib import resources
from io import BytesIO
from typing import Any, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_name
from babel.support import Translations

Lang = Literal["sv", "en"]
LANGUAGES: tuple[Lang, ...] = ("sv", "en")
UNDEFINED = "–"
"""What stands for a number that is none (NaN)."""

KRONA = "SEK"
"""The currency of pathways that state none."""

_language: ContextVar[Lang] = ContextVar("language")
_currency: ContextVar[str] = ContextVar("currency", default=KRONA)


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


def each_language() -> Iterator[Lang]:
    """Yield every language, while messages are written in it.

    Examples:
        >>> [(lang, number(0.5, 1)) for lang in each_language()]
        [('sv', '0,5'), ('en', '0.5')]
    """
    for lang in LANGUAGES:
        with in_language(lang):
            yield lang


def current_currency() -> str:
    """Return the currency that amounts are told in now, by its code (ISO 4217)."""
    return _currency.get()


def set_currency(code: str) -> None:
    """Tell amounts in a currency from now on, in this context."""
    _currency.set(code)


@contextmanager
def in_currency(code: str) -> Iterator[None]:
    """Tell amounts in a currency within the block, and in the one before it afterwards.

    Examples:
        >>> with in_currency("EUR"), in_language("sv"):
        ...     currency_name()
        'euro'
    """
    token = _currency.set(code)
    try:
        yield
    finally:
        _currency.reset(token)


def currency_name() -> str:
    """Return what amounts are counted in as it stands beside a number: "NOK", "norska kronor"."""
    code = current_currency()
    if current_language() == "en":
        return code
    return str(get_currency_name(code, count=2, locale="sv_SE"))


@cache
def _catalogue(lang: Lang, name: str = "") -> NullTranslations:
    """Return the translations from English into `lang`, compiled in memory."""
    if lang == "en":
        return NullTranslations()
    compiled = BytesIO()
    with resources.files("sisim").joinpath(f"data/locale/{name}{lang}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return Translations(compiled)


def t(message: str, /, **values: Any) -> str:
    """Return `message` in the current language, its {fields} filled with `values`.

    Examples:
        >>> with in_language("sv"):
        ...     t("Figure {n}", n=1)
        'Figur 1'
    """
    text = _catalogue(current_language()).gettext(message)
    return text.format(**values) if values else text


def n_(one: str, many: str, n: int, /, **values: Any) -> str:
    """Return the form of a message that suits the number `n`, its {fields} filled.

    Args:
        one: The message in English when `n` is 1.
        many: The message in English otherwise.
        n: What the form depends on; {n} is filled with it unless `values` says otherwise.
        values: What the fields are filled with.

    Examples:
        >>> with in_language("en"):
        ...     n_("{n} run", "{n} runs", 1), n_("{n} run", "{n} runs", 2000)
        ('1 run', '2,000 runs')
    """
    text = _catalogue(current_language()).ngettext(one, many, int(n))
    return text.format(**{"n": number(n), **values})


def source_text(text: str | None) -> str | None:
    """Return a source or a note of a number in the current language.

    Those of the ready files are in the catalogue; one's own stays as it is written.
    """
    return _catalogue(current_language(), "sources.").gettext(text) if text else text


def help_text(text: str | None) -> str:
    """Return a text of a help page in the current language; None and "" are empty.

    They stand in English in the signatures and docstrings of commands, and in ``help.sv.po``.
    """
    return _catalogue(current_language(), "help.").gettext(text) if text else ""


def number(value: float, digits: int = 0) -> str:
    """Return `value` with `digits` decimals as written in the current language; undefined: –.

    Examples:
        >>> with in_language("en"):
        ...     number(1234.5, 1), number(float("nan"), 2)
        ('1,234.5', '–')
    """
    if value != value:
        return UNDEFINED
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    name = "sv_SE" if current_language() == "sv" else "en_GB"
    return str(format_decimal(value, format=pattern, locale=name))


def duration(years: float) -> str:
    """Return a length of time in years, with the decimals that it needs, at most two.

    Examples:
        >>> duration(1.0), duration(1.5), duration(2.66667), duration(5.0021)
        ('1 year', '1.5 years', '2.67 years', '5 years')
    """
    return n_("{n} year", "{n} years", 1 if round(years, 2) == 1 else 2, n=_needed(years))


def duration_in_months(months: float) -> str:
    """Return a length of time in months, with the decimals that it needs, at most two.

    Examples:
        >>> duration_in_months(1), duration_in_months(2.5)
        ('1 month', '2.5 months')
    """
    return n_("{n} month", "{n} months", 1 if round(months, 2) == 1 else 2, n=_needed(months))


def _needed(value: float) -> str:
    value = round(value, 2)
    digits = next((n for n in range(2) if abs(value - round(value, n)) < 1e-9), 2)
    return number(value, digits)
