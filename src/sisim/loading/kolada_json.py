"""Kolada's API: pages of data, of key figures and of municipalities, as they were saved.

Versions 2 and 3 say the same: `values` with a row for each key figure, municipality and period, in
which `values` has one for each sex. Version 3 tells which have been deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sisim.loading.figure_units import unit_in_title
from sisim.loading.key_figure import (
    KOLADA,
    KOLADA_LICENCE,
    FigureCell,
    KeyFigure,
    KeyFigureError,
    area_of,
    number_in_json,
    sex_of,
    status_of,
    year_of,
)
from sisim.scenario.errors import Place, Reason

_NEXT = ("next", "next_page", "next_url")


@dataclass(frozen=True)
class KoladaPage:
    """A page of Kolada's API.

    Attributes:
        file: Its name.
        rows: What stands in `values`.
        following: Whether it says that there is a next page.
    """

    file: str
    rows: tuple[Mapping[str, Any], ...]
    following: bool

    @property
    def is_data(self) -> bool:
        """Whether it has numbers; else it has titles."""
        return any("kpi" in row for row in self.rows)

    @property
    def codes(self) -> set[str]:
        """The key figures that it has numbers of."""
        return {str(row["kpi"]) for row in self.rows if "kpi" in row}


@dataclass(frozen=True)
class Titles:
    """What key figures and municipalities are called, by their codes."""

    titles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: list[KoladaPage]) -> Titles:
        """Return the titles in those of the pages that have them."""
        rows = (row for page in pages for row in page.rows if "id" in row and "title" in row)
        return cls({str(row["id"]): str(row["title"]).strip() for row in rows})


def page_of(data: Mapping[str, Any], file: str) -> KoladaPage:
    """Return a page.

    Raises:
        KeyFigureError: If its rows are none of Kolada's.
    """
    rows = data["values"]
    for at, row in enumerate(rows if isinstance(rows, list) else [rows]):
        known = isinstance(row, dict) and (
            {"kpi", "municipality", "period", "values"} <= row.keys()
            or {"id", "title"} <= row.keys()
        )
        if not known:
            reason = Reason(
                "This is no row of Kolada's: it lacks kpi, municipality, period or values."
            )
            raise KeyFigureError.at(file, 0, reason, f"values[{at}]")
    return KoladaPage(file, tuple(rows), any(data.get(key) for key in _NEXT))


def figures_of_page(page: KoladaPage, titles: Titles, file_date: date) -> Iterator[KeyFigure]:
    """Yield the key figures on a page.

    Raises:
        KeyFigureError: With what is not as Kolada's API writes it.
    """
    for at, row in enumerate(page.rows):
        if "kpi" not in row:
            continue
        year = year_of(str(row["period"]))
        if isinstance(year, Reason):
            raise KeyFigureError.at(page.file, 0, year, f"values[{at}].period")
        code, number = str(row["kpi"]), str(row["municipality"])
        area_code, area = area_of(number, titles.titles.get(number, ""))
        label = titles.titles.get(code, "")
        found = row["values"] if isinstance(row["values"], list) else []
        for inner, one in enumerate(found):
            key = f"values[{at}].values[{inner}]"
            sex = sex_of(str(one.get("gender") or "")) if isinstance(one, dict) else None
            if sex is None or isinstance(sex, Reason):
                reason = sex or Reason("Here should be a sex with its value.")
                raise KeyFigureError.at(page.file, 0, reason, key)
            value, status, sign = _cell(one, bool(row.get("isdeleted")), page.file, key)
            yield KeyFigure(
                source=KOLADA,
                code=code,
                label=label,
                area_code=area_code,
                area=area,
                year=year,
                sex=sex,
                value=value,
                unit=unit_in_title(label),
                status=status,
                file=page.file,
                file_date=file_date,
                licence=KOLADA_LICENCE,
                place=Place(page.file, 0),
                key=key,
                sign=sign,
            )


def _cell(one: Mapping[str, Any], deleted: bool, file: str, key: str) -> FigureCell:
    value = one.get("value")
    if deleted or one.get("isdeleted"):
        return FigureCell(None, "deleted")
    if value is None:
        sign = str(one.get("status") or "")
        return FigureCell(
            None, "suppressed" if status_of(sign) == "suppressed" else "missing", sign
        )
    amount = number_in_json(value)
    if amount is None:
        reason = Reason('"{text}" is not a number.', text=str(value)[:40])
        raise KeyFigureError.at(file, 0, reason, f"{key}.value")
    return FigureCell(amount, "value")


def without_last_page(pages: list[KoladaPage]) -> list[str]:
    """Return the key figures of which every page says that there is a next one."""
    codes = {code for page in pages for code in page.codes}
    ended = {code for page in pages if not page.following for code in page.codes}
    return sorted(codes - ended)
