"""Key figures: published numbers about areas, as every kind of file that has them tells them.

What is not a number in such a file is a status: it is never taken for 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sisim.i18n import t
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError, shortened

Status = Literal["value", "missing", "suppressed", "deleted"]
Sex = Literal["total", "women", "men"]


class FigureCell(NamedTuple):
    """What stands in the place of a number.

    Attributes:
        value: The number; None where there is none.
        status: Whether there is one, or why not.
        sign: What stands there instead, as it is written.
    """

    value: float | None
    status: Status
    sign: str = ""


COLUMNS = (
    *("source", "code", "label", "area_code", "area", "year", "sex", "value", "unit", "status"),
    *("file", "file_date", "licence"),
)
"""Of the table of key figures; the same in both languages, as those of all tables of results."""

MISSING = frozenset({"", ".", "..", "...", "…", ":", "-", "–", "—", "−", "na", "n/a", "null"})
"""Signs that there is no number. What a dash means differs: it is not taken for 0."""
SUPPRESSED = frozenset({"x", "xx", "*", "<5", "<4", "< 5", "< 4", "1-3", "1–3", "1-4", "1–4"})
"""Signs that there is a number, which is hidden because it is small."""
_HIDDEN = frozenset({"private", "secret", "suppressed", "confidential", "sekretess"})

_NAMES_OF_SEXES: dict[Sex, str] = {
    "total": "|t|total|totalt|both|båda|båda könen|samtliga|alla|1+2|kvinnor och män|"
    "flickor och pojkar|both sexes",
    "women": "k|kvinnor|kvinna|flickor|flicka|2|women|woman|girls|girl|female|females|f",
    "men": "m|män|man|pojkar|pojke|1|men|boys|boy|male|males",
}
SEX_WORDS: dict[Sex, Reason] = {
    "total": Reason("everyone"),
    "women": Reason("women"),
    "men": Reason("men"),
}
STATUS_WORDS: dict[Status, Reason] = {
    "value": Reason("value"),
    "missing": Reason("missing"),
    "suppressed": Reason("suppressed"),
    "deleted": Reason("deleted"),
}
_SEXES = {name: sex for sex, names in _NAMES_OF_SEXES.items() for name in names.split("|")}
_AREA = re.compile(r"([0-9]{2,4}|G[0-9]{3,})(?: +(.+))?")
YEARS = range(1900, 2101)
MOST = 1e15
"""No key figure is so large."""

KOLADA = "Källa: Kolada"
"""What the terms ask to stand beside Kolada's own numbers, in these words."""
KOLADA_LICENCE = "Kolada: fri användning med ”Källa: Kolada”; egen bearbetning får ej ha den källan"
SCB = "Statistiska centralbyrån (SCB)"
SCB_LICENCE = "CC0 1.0"


@dataclass(frozen=True)
class KeyFigure:
    """A key figure of an area, a year and a sex.

    Attributes:
        source: Who answers for it, in the words that its terms ask for.
        code: What the source calls it.
        label: Its title.
        area_code: The code of the area as text: "0581" is no number.
        area: The name of the area; "" where the file has none.
        year: The calendar year.
        sex: Of whom.
        value: The number, in `unit`; None where there is none.
        unit: As the source writes it.
        status: Whether there is a number, or why not.
        file: The file that it was read from.
        file_date: When that was: numbers are revised.
        licence: On what terms it may be used; "" if nobody says.
        place: Where it stands.
        key: Where, in a file without lines.
        sign: What stands in the place of a number, where there is none.
    """

    source: str
    code: str
    label: str
    area_code: str
    area: str
    year: int
    sex: Sex
    value: float | None
    unit: str
    status: Status
    file: str
    file_date: date
    licence: str
    place: Place
    key: str = ""
    sign: str = ""

    @property
    def identity(self) -> tuple[str, str, str, int, str]:
        """What no two key figures have in common."""
        return self.source, self.code, self.area_code or self.area.casefold(), self.year, self.sex

    def problem(self, reason: Reason) -> Problem:
        """Return what is wrong with it."""
        return Problem(self.place, self.key, reason)


def own_processing(source: str) -> str:
    """Return the source of a number that has been calculated from those of another, in words.

    The terms of Kolada do not let such a number have Kolada as its source.

    Examples:
        >>> own_processing("Källa: Kolada")
        'own processing of data from Kolada'
    """
    return t("own processing of data from {source}", source=source.removeprefix("Källa: "))


def sex_of(text: str) -> Sex | Reason:
    """Return of whom a number is.

    Examples:
        >>> sex_of("T"), sex_of("Flickor"), sex_of("1")
        ('total', 'women', 'men')
    """
    found = _SEXES.get(" ".join(text.casefold().split()))
    if found is None:
        text = shortened(text)
        return Reason('"{text}" is no sex: total, women or men, or T, K or M.', text=text)
    return found


def area_of(code: str, name: str) -> tuple[str, str]:
    """Return the code and the name of an area, whichever of them stands in which column.

    A code of three digits is that of a municipality whose leading zero a spreadsheet took away.

    Examples:
        >>> area_of("581", "Norrköping"), area_of("", "0581 Norrköping"), area_of("Riket", "")
        (('0581', 'Norrköping'), ('0581', 'Norrköping'), ('', 'Riket'))
    """
    for text in (code, name):
        found = _AREA.fullmatch(text.strip())
        if found is not None:
            other = name if text is code else code
            number = found[1].zfill(4) if len(found[1]) == 3 else found[1]
            return number, found[2] or ("" if other == found[1] else other)
    return "", name or code


def year_of(text: str) -> int | Reason:
    """Return a calendar year.

    Examples:
        >>> year_of("2024")
        2024
        >>> year_of("2022/23")
        "2022/23" is no calendar year, which has four digits: ...
    """
    if re.fullmatch("[0-9]{4}", text) and int(text) in YEARS:
        return int(text)
    return Reason(
        '"{text}" is no calendar year, which has four digits: take out the numbers by year, or '
        "write which year each is to count for.",
        text=shortened(text),
    )


def status_of(
    sign: str, missing: frozenset[str] = MISSING, suppressed: frozenset[str] = SUPPRESSED
) -> Status | None:
    """Return what a sign in the place of a number means; None if it is not known.

    Examples:
        >>> status_of("X"), status_of(".."), status_of("12") is None
        ('suppressed', 'missing', True)
    """
    plain = sign.strip().casefold()
    if plain in suppressed | _HIDDEN:
        return "suppressed"
    return "missing" if plain in missing else None


def number_in_json(value: Any) -> float | None:
    """Return a number of JSON; None if it is none, or too large to be one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < MOST else None


def licence_of(source: str) -> str:
    """Return the terms of a source, if they are known."""
    if source == KOLADA:
        return KOLADA_LICENCE
    plain = source.casefold()
    return SCB_LICENCE if plain in ("scb", SCB.casefold(), "statistics sweden") else ""


class KeyFigureError(ScenarioError):
    """What is wrong in a file of key figures."""

    @classmethod
    def at(cls, file: str, line: int, reason: Reason, key: str = "") -> KeyFigureError:
        """Return the error of one thing that is wrong."""
        return cls([Problem(Place(file, line), key, reason)])
