"""Numbers as a reader writes them: percent, money, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import Literal

from sisim.i18n import (
    KRONA,
    UNDEFINED,
    Lang,
    currency_name,
    current_currency,
    current_language,
    in_language,
    n_,
    number,
    t,
)

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def decimal(value: float, digits: int = 0) -> str:
    """Return `value` with a true minus sign, and never as minus zero.

    Examples:
        >>> decimal(-1234.5, 1)
        '−1,234.5'
        >>> decimal(-0.04, 1)
        '0.0'
    """
    return _decimal(value, digits, current_language())


@lru_cache(maxsize=4096)
def _decimal(value: float, digits: int, lang: Lang) -> str:
    with in_language(lang):
        return number(round(value, digits) + 0.0, digits).replace("-", MINUS)


def percent(share: float) -> str:
    """Return a change with its sign in whole percent; undefined: –.

    Examples:
        >>> percent(-0.218)
        '−22%'
    """
    if share != share:
        return UNDEFINED
    sign = "+" if round(share * 100) > 0 else ""
    return sign + share_of(share)


def share_of(share: float, digits: int = 0) -> str:
    """Return a share or a yearly rate in percent; undefined: –.

    Examples:
        >>> share_of(-0.0312, 1), share_of(float("nan"))
        ('−3.1%', '–')
    """
    if share != share:
        return UNDEFINED
    return decimal(100 * share, digits) + percent_sign()


def percent_sign() -> str:
    """Return the sign as it stands after a number."""
    return f"{NBSP}%" if current_language() == "sv" else "%"


def percentage_points(text: str) -> str:
    """Return a difference between shares, whose number is written already.

    Examples:
        >>> percentage_points("−1"), percentage_points("0.5 to 1")
        ('−1 percentage point', '0.5 to 1 percentage points')
    """
    many = 1 if text.lstrip(f"+{MINUS}") == "1" else 2
    return n_("{n} percentage point", "{n} percentage points", many, n=text)


def currency_amount(n: str, size: Literal["", "k", "m"] = "") -> str:
    """Return a number, written already, as an amount of money.

    The sign of a number stands before the currency; the ends of a range keep their own.

    Args:
        n: The number, or both ends of a range.
        size: Of what it is: the currency itself, thousands or millions of it.

    Examples:
        >>> currency_amount("12.3", "m"), currency_amount("−13", "k")
        ('SEK 12.3m', '−SEK 13k')
        >>> currency_amount("−1 to 2", "m")
        'SEK −1 to 2m'
    """
    if n[:1] in (MINUS, "+") and " " not in n:
        return n[0] + currency_amount(n[1:], size)
    if current_currency() == KRONA:
        match size:
            case "m":
                return t("SEK {n}m", n=n)
            case "k":
                return t("SEK {n}k", n=n)
            case _:
                return t("SEK {n}", n=n)
    name = currency_name()
    match size:
        case "m":
            return t("{currency} {n}m", currency=name, n=n)
        case "k":
            return t("{currency} {n}k", currency=name, n=n)
        case _:
            return t("{currency} {n}", currency=name, n=n)


def in_money(what: str) -> str:
    """Return a heading with the currency that its amounts are in.

    Examples:
        >>> in_money("Costs")
        'Costs, SEK'
    """
    return t("{what}, {unit}", what=what, unit=money_unit())


def money_unit() -> str:
    """Return what amounts are counted in, as it stands in a heading."""
    return t("SEK") if current_currency() == KRONA else currency_name()


@dataclass(frozen=True)
class Unit:
    """Millions or thousands of the currency, with the decimals that amounts are given."""

    millions: bool
    digits: int

    @property
    def size(self) -> float:
        """One unit in the currency."""
        return 1e6 if self.millions else 1e3

    def label(self) -> str:
        """Return the unit's name, for an axis or a column."""
        if current_currency() == KRONA:
            return t("SEK m") if self.millions else t("SEK k")
        name = currency_name()
        return (
            t("{currency} m", currency=name) if self.millions else t("{currency} k", currency=name)
        )

    def of(self, n: str) -> str:
        """Return a number of such units, written already, as an amount of money."""
        return currency_amount(n, "m" if self.millions else "k")


THOUSANDS = Unit(False, 0)
"""Thousands of the currency, whole."""


def unit_for(amount: float) -> Unit:
    """Return millions for amounts of a million and more, else thousands."""
    return Unit(True, 1) if abs(amount) >= 1e6 else Unit(False, 0)


def money(amount: float, unit: Unit | None = None) -> str:
    """Return an amount in millions or thousands of the currency; undefined: –.

    Examples:
        >>> money(12_340_000).replace(NBSP, " ")
        'SEK 12.3m'
    """
    if amount != amount:
        return UNDEFINED
    unit = unit or unit_for(amount)
    return unit.of(decimal(amount / unit.size, unit.digits)).replace(" ", NBSP)


def signed_money(amount: float, unit: Unit | None = None) -> str:
    """Return a difference in money, with a plus where it is more than nothing; undefined: –.

    Examples:
        >>> [signed_money(one).replace(NBSP, " ") for one in (2.5e6, -13_000.0, 0.0)]
        ['+SEK 2.5m', '−SEK 13k', 'SEK 0k']
    """
    unit = unit or unit_for(amount)
    plus = "+" if amount > 0 and round(amount / unit.size, unit.digits) else ""
    return plus + money(amount, unit)


def whole_money(amount: float, digits: int = 0) -> str:
    """Return an amount in the currency itself, with so many decimals.

    Examples:
        >>> whole_money(1650)
        'SEK 1,650'
    """
    return currency_amount(decimal(amount, digits))


def spread(low: float, high: float, digits: int = 0) -> str:
    """Return an interval, empty when both ends read the same.

    Examples:
        >>> spread(58.1, 70.3, 1)
        '58.1 to 70.3'
        >>> spread(3.0, 3.0)
        ''
    """
    ends = decimal(low, digits), decimal(high, digits)
    return "" if ends[0] == ends[1] else t("{low} to {high}", low=ends[0], high=ends[1])


def runs_of(share: float, runs: int) -> str:
    """Return a share of the runs as the number of them.

    Examples:
        >>> runs_of(0.8, 5), runs_of(1.0, 1)
        ('4 of 5 runs', '1 of 1 run')
    """
    return n_("{k} of {n} run", "{k} of {n} runs", runs, k=number(round(share * runs)))


def quoted(text: str) -> str:
    """Return `text` in the quotation marks of the language."""
    return f"”{text}”" if current_language() == "sv" else f"“{text}”"


def lower(text: str) -> str:
    """Return a label as it stands inside a sentence.

    Examples:
        >>> lower("Social services"), lower("NEET")
        ('social services', 'NEET')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """Return a text as it begins a sentence.

    Examples:
        >>> capital("children in care")
        'Children in care'
    """
    return text[:1].upper() + text[1:]


def people(mean: float) -> str:
    """Return a mean number of people or events as a sentence tells it: a whole number.

    Examples:
        >>> people(7.7), people(0.2), people(-2.5), people(0.0)
        ('8', 'fewer than 1', '−3', '0')
    """
    whole = floor(abs(mean) + 0.5)
    if whole or not mean:
        return decimal(whole if mean > 0 else -whole)
    return t("fewer than 1") if mean > 0 else "0"


def listing(items: list[str]) -> str:
    """Return items as a sentence lists them.

    Examples:
        >>> listing(["a", "b", "c"])
        'a, b and c'
    """
    if len(items) < 2:
        return "".join(items)
    return t("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])
