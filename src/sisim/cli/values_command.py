"""The command that lists the value library: unit prices and effects, with their sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sisim.cli.options import option
from sisim.cli.output import print_table, require_file, whole_file
from sisim.cli.user_errors import UserError
from sisim.i18n import t


def values(
    *,
    text: Annotated[str | None, option("TEXT", "Only values of which any column says so.")] = None,
    out: Annotated[
        Path | None, option("FILE", "Write the library there: .csv or .xlsx, sources included.")
    ] = None,
) -> None:
    """List the value library: the unit prices and effects of the ready files.

    They are gathered from the pathways and the ready scenarios that come with sisim: what each is
    for, its price year, who pays, its grade and the file. With `--out`, range, source, note and key
    too. Take a value into a file of your own with its source and its grade.

    Example: `sisim values --text foster`, `sisim values --out values.xlsx`
    """
    from sisim.loading.spreadsheet import SUFFIXES
    from sisim.report.value_library import library_table, matching, value_library, write_library

    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UserError(t("The value library is written as .csv or .xlsx."))
    every = value_library()
    found = matching(every, text)
    if out is not None:
        require_file(out)
        with whole_file(out) as partial:
            write_library(found, partial, out.suffix.lower())
        print(out)
    elif found:
        print_table(library_table(found))
    print(t("{n} of {all} values.", n=len(found), all=len(every)))
