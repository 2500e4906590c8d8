"""Units of key figures: what a title says that a number is per, and its conversion to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["share", "months", "days", "years", "money", "count"]

_PER = re.compile(r"(?:/|\bper ) ?([1-9][0-9]{0,2}(?:[ .\u00a0\u202f]?[0-9]{3})*)(?![0-9])")
_CODE_AFTER = re.compile(r" *\([NU][0-9]{5}\)$")
"""Of a key figure of Kolada."""
_KINDS: tuple[tuple[UnitKind, str], ...] = (
    ("money", r"\b(?:kr|tkr|mkr|sek|kronor)\b"),
    ("months", r"\b(?:månader|months|mån)\b"),
    ("days", r"\b(?:dagar|dygn|days)\b"),
    ("years", r"^(?:år|years)$"),
    ("count", r"\b(?:antal|number|personer|persons|count)\b"),
)
_AGES = re.compile(
    r"([0-9]{1,3}) ?[-–] ?([0-9]{1,3})[ -]?(?:år|years?)|([0-9]{1,3}) ?(?:\+|år och äldre|-w)"
)
_AGED = re.compile(r"aged ([0-9]{1,3})(?: ?[-–] ?| to )([0-9]{1,3})")


@dataclass(frozen=True)
class FigureUnit:
    """A unit that is understood.

    Attributes:
        kind: What is measured.
        per: Of how many, of a share: 100 of per cent, 1 of a share.
    """

    kind: UnitKind
    per: float = 1.0


def unit_in_title(title: str) -> str:
    """Return the unit that a title of Kolada ends with, after its last comma.

    Examples:
        >>> unit_in_title("Elever i åk 9 som är behöriga till yrkesprogram, andel (%)")
        'andel (%)'
        >>> unit_in_title("Nettokostnad, kr/inv (N30101)")
        'kr/inv'
    """
    *_, last = _CODE_AFTER.sub("", title).rpartition(", ")
    return last if understood(last) is not None and last != title else ""


def understood(text: str) -> FigureUnit | None:
    """Return a unit; None if it is not understood.

    Examples:
        >>> understood("antal/10 000 inv. 0–20 år"), understood("andel (%)")
        (FigureUnit(kind='share', per=10000.0), FigureUnit(kind='share', per=100.0))
        >>> understood("kr/inv"), understood("index")
        (FigureUnit(kind='money', per=1.0), None)
    """
    plain = " ".join(text.casefold().split())
    if re.search(_KINDS[0][1], plain):
        return FigureUnit("money")
    if "procentenhet" in plain or "percentage point" in plain:
        return None
    if "%" in plain or re.search(r"\b(?:procent|per ?cent)\b", plain):
        return FigureUnit("share", 100.0)
    if "‰" in plain or "promille" in plain:
        return FigureUnit("share", 1000.0)
    per = _PER.search(plain)
    if per is not None:
        return FigureUnit("share", float(re.sub("[^0-9]", "", per[1])))
    if re.search(r"\b(?:andel|share)\b", plain):
        return FigureUnit("share")
    return next((FigureUnit(kind) for kind, words in _KINDS if re.search(words, plain)), None)


def ages_in(text: str) -> tuple[float, float] | None:
    """Return the ages that a title is about: from, and below, in years; None if it does not say.

    Examples:
        >>> ages_in("Placerade barn 0–20 år"), ages_in("Hemtjänst, 80+"), ages_in("Elever i åk 9")
        ((0.0, 21.0), (80.0, inf), None)
    """
    found = _AGES.search(text) or _AGED.search(text)
    if found is None:
        return None
    if found[1] is None:
        return float(found[3]), float("inf")
    return float(found[1]), float(found[2]) + 1
