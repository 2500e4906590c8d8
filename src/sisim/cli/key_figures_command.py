"""The command that reads key figures from files into one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sisim.cli.options import argument, option
from sisim.cli.output import print_table, require_file, whole_file
from sisim.cli.user_errors import UserError
from sisim.i18n import t

PATHWAY = "child-youth"


def key_figures(
    files: Annotated[
        list[str],
        argument("FILE", "JSON from Kolada, JSON-stat 2, PX, CSV or Excel; several are joined."),
    ],
    /,
    *,
    municipality: Annotated[
        list[str] | None,
        option("CODE", "Only this area, by code (0581) or name. May be repeated."),
    ] = None,
    mapping: Annotated[
        Path | None, option("FILE", "How files are read that do not say it themselves, as TOML.")
    ] = None,
    pathway: Annotated[
        str, option("NAME", "Whose targets the key figures may serve; unset: child-youth.")
    ] = PATHWAY,
    out: Annotated[Path | None, option("FILE", "Write the table there: .csv or .xlsx.")] = None,
) -> None:
    """Read key figures from files that you have fetched into one table, with codes, status, unit,
    licence and date.

    What was understood is listed, and which targets of a pathway each key figure may serve, with
    the conversion of its unit. A cell without a number has a status, never 0. Of a number that has
    been revised, the newest file's is kept. sisim never goes on the net: fetch the files first.

    Example: `sisim key-figures kolada.json kpi.json --municipality 0581 --out figures.csv`
    """
    from pandas import DataFrame

    from sisim.calibration.served_targets import served
    from sisim.loading.key_figures import read_key_figures, read_mapping
    from sisim.loading.load import load_pathway
    from sisim.loading.spreadsheet import SUFFIXES
    from sisim.report import key_figure_words as words

    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UserError(t("Key figures are written as .csv or .xlsx."))
    if out is not None:
        require_file(out)
    loaded = load_pathway(pathway)
    found = read_key_figures(files, None if mapping is None else read_mapping(mapping, files))
    if municipality:
        found = found.of_areas(municipality)
    for line in words.read_lines(found):
        print(line)
    print_table(DataFrame(words.understood_rows(found.figures)))
    targets = served(found.figures, loaded)
    if targets:
        print(
            t(
                "Targets of {pathway} that they may serve; see if both count the same:",
                pathway=loaded.title.text,
            )
        )
        print_table(DataFrame(words.served_rows(targets, found.figures)))
    else:
        print(
            t(
                "No target of {pathway} has the same words, ages and kind of unit.",
                pathway=loaded.title.text,
            )
        )
    for line in words.source_words(found.figures):
        print(line)
    if out is not None:
        with whole_file(out) as partial:
            words.write_figures(found.figures, partial, out.suffix.lower())
        print(out)
