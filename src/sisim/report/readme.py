"""What stands in a folder of results: each file, each table, each column."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import pandas as pd

from sisim.analysis.answer_manifest import SUFFIX, AnswerManifest
from sisim.i18n import currency_name, n_, t
from sisim.report.result_words import column_words, table_words

WIDE = 96
FIRST = 24
"""Characters of the column with names."""
TRACED = frozenset({"ledger", "units", "prices", "people"})


def readme(answers: Sequence[AnswerManifest], folders: Sequence[Path]) -> list[str]:
    """Return what a folder holds, a line each.

    Args:
        answers: What has been answered there, the oldest first.
        folders: Where its files are: what is new, and what was there before.
    """
    lines = [t("What is in this folder"), ""]
    lines += _paragraph(
        t(
            "Amounts are in {currency}, in the price level of the scenario file unless a column "
            "says otherwise. Names of tables, columns and arms are those of the files, the same in "
            "every language. `without` is the arm without the investment.",
            currency=currency_name(),
        )
    )
    owner = {name: one.answer for one in answers for name in one.written}
    for one in answers:
        own = [name for name in one.written if owner[name] == one.answer]
        lines += ["", f"== {one.answer} =="]
        if one.command:
            lines += ["", f"  sisim {shlex.join(one.command)}"]
        lines += ["", *_files(one, own)]
        tables = sorted({Path(name).stem for name in own if name.endswith(".csv")})
        if set(tables) >= TRACED:
            lines += ["", *_follow_a_krona()]
        for name in tables:
            kinds = [kind for kind in (".csv", ".parquet") if f"{name}{kind}" in own]
            lines += ["", f"{name} ({', '.join(kinds)})"]
            lines += _table(name, _columns(f"{name}.csv", folders))
    return lines


def sheet_notes(tables: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> list[str]:
    """Return what the sheets of a workbook are, a line each.

    Args:
        tables: By name, each table and as it stands in the workbook.
    """
    lines = []
    for name, (whole, shown) in tables.items():
        text = f"{name}: {table_words(name)}"
        if len(shown) < len(whole):
            text += " " + n_(
                "Here are means over the runs; the only row of each run is in {file}.",
                "Here are means over the runs; all {n} rows of each run are in {file}.",
                len(whole),
                file=f"{name}.csv",
            )
        lines.append(text)
    return lines


def _follow_a_krona() -> list[str]:
    """Return how an amount is followed to a count and a source."""
    return [
        t("Follow an amount"),
        *_paragraph(
            t(
                "1. Find its row in `ledger`: `amount` = `units` × `unit_price` × `share`, where "
                "`share` is what the payer pays of the price."
            )
        ),
        *_paragraph(
            t(
                "2. Find the same `kind`, `item`, `part` and `year` in `prices`: `unit_price` = "
                "`price` × `index` × `growth`, and there stand the key in the file, the source and "
                "the grade."
            )
        ),
        *_paragraph(
            t(
                "3. Find the same `replication`, `arm` and `year` in `units`, and in `people` and "
                "`moves` who were in which state and what happened to them: what a state and a "
                "transition use is told by `sisim pathway`."
            )
        ),
    ]


def _files(one: AnswerManifest, names: Sequence[str]) -> Iterator[str]:
    """Yield the files of an answer that are no tables, and what they are."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(Path(name).stem, []).append(Path(name).suffix)
    for stem, suffixes in kinds.items():
        said = {
            ".txt": t("What came out, in words."),
            ".xlsx": _workbook(one),
            ".png": t("A picture."),
            ".pdf": t("Pages to print."),
            ".html": t("A page for a browser."),
            ".docx": t("A document to be edited."),
        }
        for suffix in suffixes:
            if suffix in said and not (suffix == ".xlsx" and stem != one.answer):
                also = ", .svg" if suffix == ".png" and ".svg" in suffixes else ""
                yield from _named(f"{stem}{suffix}{also}", said[suffix])
    yield from _named(
        f"{one.answer}{SUFFIX}",
        t(
            "The command, the files that it read and a digest of each file: `sisim reproduce` runs "
            "it again and compares."
        ),
    )


def _workbook(one: AnswerManifest) -> str:
    """Return what the workbook of an answer is."""
    if any(name.endswith(".csv") for name in one.written):
        return t("All tables, a sheet each.")
    return t("Every number of the text, worked out anew where a price is changed.")


def _table(name: str, columns: Sequence[str]) -> Iterator[str]:
    """Yield what a table is, and its columns."""
    yield from _paragraph(table_words(name))
    for column in columns:
        words = column_words(column)
        if words:
            yield from _named(column, words)


def _columns(name: str, folders: Sequence[Path]) -> list[str]:
    """Return the headings of a table, where it is."""
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline()
    return next(csv.reader([line], delimiter=";" if ";" in line else ","), [])


def _paragraph(text: str) -> list[str]:
    return [f"  {line}" for line in wrap(text, WIDE - 2, break_on_hyphens=False)]


def _named(name: str, words: str) -> Iterator[str]:
    """Yield a name and what it is, beside each other."""
    head = f"    {name}"
    lines = wrap(words, WIDE - FIRST - 4, break_on_hyphens=False) or [""]
    if len(head) >= FIRST + 3:
        yield head
        head = ""
    for line in lines:
        yield f"{head:<{FIRST + 4}}{line}"
        head = ""
