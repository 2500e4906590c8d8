"""What was understood of files of key figures, in words and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sisim.calibration.served_targets import ServedTarget
from sisim.i18n import number, t
from sisim.loading.key_figure import (
    COLUMNS,
    KOLADA,
    SEX_WORDS,
    STATUS_WORDS,
    KeyFigure,
    Status,
    own_processing,
)
from sisim.loading.key_figures import TITLES, KeyFigures, figure_rows
from sisim.report.formats import decimal
from sisim.report.spreadsheet_files import FillInTable, write_workbook
from sisim.scenario.errors import Reason, shortened

TOLD = 5
"""So many revisions and footnotes are told."""


def write_figures(figures: Sequence[KeyFigure], out: Path, suffix: str) -> None:
    """Write the table of key figures.

    Args:
        figures: What stands in it.
        out: The file.
        suffix: What kind of file: ".csv" or ".xlsx".
    """
    rows = list(figure_rows(figures))
    if suffix == ".xlsx":
        table = pd.DataFrame(rows, columns=[*COLUMNS])
        write_workbook({"figures": table}, source_words(figures), out)
    else:
        FillInTable("figures", COLUMNS, rows).write(out, suffix)


def read_lines(found: KeyFigures) -> Iterator[str]:
    """Yield what was read of each file, and what was left out."""
    for file, kind in found.kinds.items():
        if kind == TITLES:
            yield t("{file}: titles from Kolada.", file=file)
            continue
        count = sum(one.place.file == file for one in found.figures)
        yield t("{file}: {kind}, values: {n}.", n=number(count), file=file, kind=kind)
        yield from _signs(one for one in found.figures if one.place.file == file)
        if found.unread.get(file):
            names = ", ".join(found.unread[file])
            yield "  " + t("Columns that were not read: {names}.", names=names)
        for text in found.footnotes.get(file, ())[:TOLD]:
            yield "  " + t("Read as a footnote: “{text}”", text=shortened(text, 100))
    if found.pages_lacking:
        yield t(
            "Every page of {codes} says that there is a next one: fetch those that are missing.",
            codes=", ".join(found.pages_lacking),
        )
    untitled = {one.code for one in found.figures if one.source == KOLADA and not one.label}
    if untitled:
        yield t(
            "The titles of {codes} are not among the files: read a page of kpi from Kolada's API "
            "too. Until then the unit is not known.",
            codes=", ".join(sorted(untitled)),
        )
    if found.revisions:
        replaced = number(len(found.revisions))
        yield t("Values that were replaced by those of a newer file: {n}.", n=replaced)
    for before, after in found.revisions[:TOLD]:
        area, sex = after.area_code or after.area, SEX_WORDS[after.sex].text
        change = f"{_value(before)} → {_value(after)}"
        yield f"  {after.code}, {area}, {after.year}, {sex}: {change}"


def _signs(figures: Iterable[KeyFigure]) -> Iterator[str]:
    """Yield what signs in the place of numbers were taken for."""
    signs = Counter((one.sign, one.status) for one in figures if one.sign)
    for (sign, status), count in sorted(signs.items()):
        yield "  " + t(
            "Cells with “{sign}”: {n}, {status}.",
            sign=shortened(sign, 20),
            n=number(count),
            status=_SIGN_WORDS[status].text,
        )


_SIGN_WORDS: dict[Status, Reason] = {
    "value": Reason("read as 0, as the mapping says"),
    "missing": Reason(
        "read as missing and not as 0; if it stands for a small number that is hidden, or for "
        "nobody, say so in a mapping (suppressed, zero)"
    ),
    "suppressed": Reason("read as a small number that is hidden, and not as 0"),
    "deleted": Reason("withdrawn by the publisher"),
}


def understood_rows(figures: Sequence[KeyFigure]) -> list[dict[str, Any]]:
    """Return a row for each key figure: what it is, and how much of it there is."""
    rows = []
    for code in dict.fromkeys(one.code for one in figures):
        own = [one for one in figures if one.code == code]
        years = sorted({one.year for one in own})
        lacking = [one.status for one in own if one.value is None]
        rows.append(
            {
                t("Code"): code,
                t("Key figure"): next((one.label for one in own if one.label), ""),
                t("Years"): str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}",
                t("Of whom"): ", ".join(
                    word.text for sex, word in SEX_WORDS.items() if sex in {one.sex for one in own}
                ),
                t("Unit"): own[0].unit or t("not stated"),
                t("Values"): len(own) - len(lacking),
                t("Without value"): "; ".join(
                    f"{STATUS_WORDS[one].text} {lacking.count(one)}"
                    for one in dict.fromkeys(lacking)
                ),
            }
        )
    return rows


def served_rows(
    targets: Sequence[ServedTarget], figures: Sequence[KeyFigure]
) -> list[dict[str, Any]]:
    """Return a row for each target that a key figure may serve, the conversion shown."""
    rows = []
    for one in targets:
        own = [x for x in figures if x.code == one.code and x.sex == one.sex]
        newest = max((x for x in own if x.value is not None), key=lambda x: x.year)
        value = newest.value or 0.0
        rows.append(
            {
                t("Code"): one.code,
                t("Target"): f"{one.name}: {one.target.label.text}",
                t("Of whom"): SEX_WORDS[one.sex].text,
                t("Conversion"): f"{newest.unit} → {one.target.unit.text}: × {_number(one.factor)}",
                t("Newest"): t(
                    "{year}: {value} → {converted}",
                    year=newest.year,
                    value=_number(value),
                    converted=_number(value * one.factor),
                ),
                t("Target now"): f"{_number(one.target.low)}–{_number(one.target.high)}",
            }
        )
    return rows


def source_words(figures: Sequence[KeyFigure]) -> list[str]:
    """Return how the numbers are to be sourced, as they are and when they have been calculated."""
    words = []
    for source in dict.fromkeys(one.source for one in figures):
        if not source:
            words.append(
                t("Some numbers have no source: state it in a mapping (source) before use.")
            )
            continue
        words.append(
            t(
                "Numbers as they are: “{source}”. Numbers that are calculated from them: “{own}”.",
                source=source,
                own=own_processing(source),
            )
        )
        if source == KOLADA:
            words.append(
                t("Kolada's terms do not let a calculated number have Kolada as its source.")
            )
    return words


def _value(one: KeyFigure) -> str:
    return STATUS_WORDS[one.status].text if one.value is None else _number(one.value)


def _number(value: float) -> str:
    """Return a number with six figures at most, or what it has."""
    text = f"{value:.6g}"
    return decimal(value, len(text.partition(".")[2])) if "e" not in text else text
