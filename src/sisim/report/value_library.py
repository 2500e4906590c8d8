"""The value library: unit prices and effects of the files that ship, with source and grade.

Nothing stands here: all is gathered from the pathways and the ready scenarios, where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from sisim.i18n import in_currency, source_text, t
from sisim.loading.files import read, shipped
from sisim.loading.load import load_pathway, load_scenario
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import capital, money_unit
from sisim.report.spreadsheet_files import FillInTable
from sisim.scenario.owners import grade_name, owner_of
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number

Kind = Literal["price", "effect"]


@dataclass(frozen=True)
class LibraryValue:
    """A unit price or an effect, and who answers for it; words are in the current language.

    Attributes:
        kind: Which of them.
        what: What it is called.
        value: Of the number.
        unit: What a price is for, or what measure an effect is.
        price_year: Of a price.
        low: The lowest that it may be, if the file says.
        high: The highest.
        payers: Who pays the price, and what share if several do.
        cash: What a budget sees of a reduced use.
        grade: What it is built on: `measured`, `derived`, `literature` or `assumption`.
        source: Where it was read.
        note: What there is to say of it.
        key: Where it stands in its file.
        file: The ready file.
    """

    kind: Kind
    what: str
    value: float
    unit: str = ""
    price_year: int | None = None
    low: float | None = None
    high: float | None = None
    payers: str = ""
    cash: str = ""
    grade: str | None = None
    source: str | None = None
    note: str | None = None
    key: str = ""
    file: str = ""


def value_library(pathway: str | None = None) -> list[LibraryValue]:
    """Return every unit price of the pathways and every effect of the ready scenarios.

    Args:
        pathway: A ready pathway, whose values alone are wanted; unset: those of all.
    """
    files = [file for name, file in shipped("pathway").items() if pathway in (None, name)]
    pathways = {file.name: load_pathway(file) for file in files}
    known = {one.name for one in pathways.values()}
    scenarios = {
        file.name: load_scenario(file)
        for file in shipped("scenario").values()
        if pathway in (None, read(file).data["pathway"])
    }
    for one in scenarios.values():
        if one.pathway.name not in known:  # one that a scenario has for itself
            known.add(one.pathway.name)
            pathways[Path(one.origin("pathway")).name] = one.pathway
    prices = (value for file, one in pathways.items() for value in _prices(file, one))
    effects = (value for file, one in scenarios.items() for value in _effects(file, one))
    return [*prices, *effects]


def _prices(file: str, pathway: Pathway) -> Iterator[LibraryValue]:
    for name, one in pathway.resources.items():
        key = f"resources.{name}.price"
        labels = {who: pathway.administrations[who].label.text for who in one.shares}
        payers = ", ".join(
            labels[who] if share == 1 else f"{labels[who]} {share:.0%}"
            for who, share in one.shares.items()
        )
        with in_currency(pathway.currency):
            unit = t("{currency} per {unit}", currency=money_unit(), unit=one.unit.text)
        found = _value("price", capital(one.label.text), one.price, key, file, pathway)
        cash = cash_names()[one.cash]
        yield replace(found, unit=unit, price_year=one.price_year, payers=payers, cash=cash)


def _effects(file: str, scenario: Scenario) -> Iterator[LibraryValue]:
    words = Assumptions(scenario)
    for name, investment in scenario.investments.items():
        for number, effect in enumerate(investment.effects):
            given = {"ratio": effect.ratio, "adds": effect.adds, "sets": effect.sets}
            for field, one in given.items():
                if one is None or field not in effect.model_fields_set:
                    continue
                key = f"investments.{name}.effects.{number}.{field}"
                on = words.name(f"investments.{name}.effects.{number}.ratio")
                label = investment.label.text
                alone = len(scenario.investments) == 1  # else its name is told already
                what = t("{what} ({investment})", what=on, investment=label) if alone else on
                unit = scale_names()[effect.scale] if field == "ratio" else t("a year")
                yield replace(_value("effect", what, one, key, file, scenario), unit=unit)


def _value(
    kind: Kind, what: str, number: Number, key: str, file: str, node: Scenario | Pathway
) -> LibraryValue:
    """Return a number and who answers for it."""
    owner = owner_of(key, number, node)
    return LibraryValue(
        kind=kind,
        what=what,
        value=number.value,
        low=number.low,
        high=number.high,
        grade=owner.grade,
        source=source_text(owner.source),
        note=source_text(owner.note),
        key=key,
        file=file,
    )


def cash_names() -> dict[str, str]:
    """Return what a budget sees of a reduced use."""
    return {
        "outlay": t("at once"),
        "step": t("in whole steps, after notice"),
        "capacity": t("nothing: capacity"),
    }


def scale_names() -> dict[str, str]:
    """Return what the measures of an effect are called."""
    return {
        "rate_ratio": t("rate ratio"),
        "odds_ratio": t("odds ratio"),
        "relative_risk": t("relative risk"),
    }


def matching(values: Sequence[LibraryValue], text: str | None) -> list[LibraryValue]:
    """Return the values of which any text holds another, large and small letters alike."""
    wanted = (text or "").casefold()
    return [one for one in values if wanted in " ".join(map(str, vars(one).values())).casefold()]


def library_table(values: Sequence[LibraryValue]) -> pd.DataFrame:
    """Return the library as a reader sees it on a screen."""
    columns = _columns()
    shown = ("what", "value", "unit", "price_year", "payers", "grade", "file")
    table = pd.DataFrame([_row(one) for one in values], columns=list(columns))
    table["price_year"] = [str(one.price_year or "") for one in values]
    return table[list(shown)].rename(columns=columns)


def write_library(values: Sequence[LibraryValue], out: Path, suffix: str) -> None:
    """Write the library in the reader's language.

    Args:
        values: Which of them.
        out: The file.
        suffix: What kind of file: ".csv" or ".xlsx".
    """
    columns = _columns()
    widths = {"value": 12, "price_year": 9, "low": 10, "high": 10, "kind": 10, "grade": 14}
    FillInTable(
        t("Value library"),
        list(columns.values()),
        [list(_row(one).values()) for one in values],
        {columns[name]: width for name, width in widths.items()},
        fixed=2,
    ).write(out, suffix)


def _columns() -> dict[str, str]:
    return {
        "kind": t("Kind"),
        "what": t("What"),
        "value": t("Value"),
        "unit": t("Unit"),
        "price_year": t("Price year"),
        "low": t("Lowest"),
        "high": t("Highest"),
        "payers": t("Payer"),
        "cash": t("What a budget sees"),
        "grade": t("Grade"),
        "source": t("Source"),
        "note": t("Note"),
        "key": t("Key"),
        "file": t("File"),
    }


def _row(one: LibraryValue) -> dict[str, str | float | None]:
    kinds = {"price": t("Price"), "effect": t("Effect")}
    return {**vars(one), "kind": kinds[one.kind], "grade": grade_name(one.grade)}
