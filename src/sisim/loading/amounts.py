"""Numbers as people write them: decimal comma or point, thousands in any form, currency, per cent.

One comma or point before exactly three digits is a decimal mark to some and a thousands separator
to others. Such a text has two readings, and which of them is meant is settled by the other numbers
of its column or its file, or asked of the reader: never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Literal

from sisim.scenario.errors import Reason, shortened

Mark = Literal[".", ","]
"""A decimal mark."""
Unit = Literal["money", "percent"]
"""What may stand beside a number."""

_MINUS = str.maketrans(
    dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-")
    | dict.fromkeys("\u2019\u2018\u02bc\u00b4`", "'")
)
"""Signs that people, keyboards and programs write for a minus, and for an apostrophe."""
_CURRENCY = r"(?:sek|kronor|krona|kr\.?|[:,.]-)"
_SCALES = {
    3: r"t|k|tusen|thousand",
    6: r"m|mn|milj\.?|miljon|miljoner|million|millions",
    9: r"md|mdr|miljard|miljarder",
}
_WORDS = "|".join(f"(?P<e{power}>{words})" for power, words in _SCALES.items())
_AMOUNT = re.compile(
    rf"(?P<sign>[-+]?) ?(?P<before>{_CURRENCY}?) ?(?P<inner>[-+]?) ?"
    rf"(?P<digits>[0-9.,](?:[0-9.,' ]*[0-9.,])?)(?P<power>e[-+]?[0-9]{{1,3}})?"
    rf" ?(?P<after>(?P<percent>%)|(?:{_WORDS})? ?(?P<currency>{_CURRENCY}?))"
)
_ALONE = re.compile(r"t|k|m|md")
"""Letters that are thousands and millions only beside a currency."""


def _digits(mark: Mark) -> re.Pattern[str]:
    """Return what digits look like with a decimal mark: in threes, or without any grouping."""
    point = re.escape(mark)
    group = "[ ',]" if mark == "." else "[ '.]"
    return re.compile(
        rf"(?:(?P<whole>[0-9]+|[1-9][0-9]{{0,2}}(?:(?P<group>{group})[0-9]{{3}})"
        rf"(?:(?P=group)[0-9]{{3}})*)(?:{point}(?P<part>[0-9]*))?|{point}(?P<only>[0-9]+))"
    )


_MARKS: dict[Mark, re.Pattern[str]] = {".": _digits("."), ",": _digits(",")}


def readings(text: str, units: Collection[Unit] = ("money", "percent")) -> dict[Mark, float]:
    """Return what a text is as a number, by decimal mark; empty if it is none.

    Args:
        text: What stands in a cell.
        units: What may stand beside the digits: a currency with its thousands and millions, a sign
            of per cent.

    Examples:
        >>> readings("1 234,5"), readings("3.5 mkr"), readings("SEK 1,250,000"), readings("12 %")
        ({',': 1234.5}, {'.': 3500000.0}, {'.': 1250000.0}, {'.': 0.12, ',': 0.12})
        >>> readings("250,000"), readings("about three")
        ({'.': 250000.0, ',': 250.0}, {})
    """
    plain = " ".join(text.translate(_MINUS).casefold().split())
    negative = len(plain) > 2 and plain[0] + plain[-1] == "()"
    found = _AMOUNT.fullmatch(plain[1:-1].strip() if negative else plain)
    if found is None or bool(found["sign"]) + bool(found["inner"]) + negative > 1:
        return {}
    scale = next((power for power in _SCALES if found[f"e{power}"]), 0)
    currency = bool(found["before"] or found["currency"])
    if scale and not currency and _ALONE.fullmatch(found[f"e{scale}"]):
        return {}
    if found["percent"] and (currency or "percent" not in units):
        return {}
    if (scale or currency) and "money" not in units:
        return {}
    power = (scale or -2 * bool(found["percent"])) + int((found["power"] or "e0")[1:])
    sign = "-" if negative or "-" in (found["sign"], found["inner"]) else ""
    values = {
        mark: float(f"{sign}{digits}e{power}")
        for mark in _MARKS
        if (digits := _plain(found["digits"], mark, exponent=bool(found["power"]))) is not None
    }
    return {mark: value for mark, value in values.items() if abs(value) < float("inf")}


def _plain(text: str, mark: Mark, *, exponent: bool) -> str | None:
    """Return digits as Python reads them; None if they are not written so with this mark."""
    found = _MARKS[mark].fullmatch(text)
    if found is None or (exponent and found["group"]):
        return None
    whole = re.sub("[^0-9]", "", found["whole"] or "0")
    return f"{whole}.{found['part'] or found['only'] or '0'}"


def decimal_mark(texts: Iterable[str]) -> Mark | None:
    """Return the decimal mark that some numbers have in common; None if they settle none.

    Examples:
        >>> decimal_mark(["250,000", "1,250,000"]), decimal_mark(["250,000", "3"])
        ('.', None)
    """
    marks = {mark for text in texts if len(own := readings(text)) == 1 for mark in own}
    return marks.pop() if len(marks) == 1 else None


def amount(
    text: str, mark: Mark | None = None, units: Collection[Unit] = ("money", "percent")
) -> float | Reason:
    """Return a number as people write it, or why there is none.

    Args:
        text: What stands in a cell.
        mark: The decimal mark of the column or the file, if it is settled.
        units: See `readings`.

    Examples:
        >>> amount("250,000", "."), amount("250,000", ",")
        (250000.0, 250.0)
        >>> amount("250,000")
        "250,000" can be read as 250000 or as 250: write it without a thousands separator, and ...
    """
    found = readings(text, units)
    values = set(found.values())
    if len(values) == 1:
        return values.pop()
    if not values:
        return Reason('"{text}" is not a number.', text=shortened(text))
    if mark is not None:
        return found[mark]
    large, small = sorted(found.values(), key=abs, reverse=True)
    return Reason(
        '"{text}" can be read as {large} or as {small}: write it without a thousands separator, '
        "and if it has decimals, with one or two of them.",
        text=shortened(text),
        large=f"{large:.15g}",
        small=f"{small:.15g}",
    )


def written(value: float, mark: Mark) -> str:
    """Return a number as it is read back, whatever stands around it.

    Examples:
        >>> written(2.5, ","), written(1.125, "."), written(250_000.0, ",")
        ('2,5', '1.1250', '250000')
    """
    text = str(int(value)) if value == int(value) else repr(float(value))
    text = text.replace(".", mark)
    # A fourth decimal tells three of them from thousands.
    return text if len(set(readings(text).values())) < 2 else f"{text}0"
