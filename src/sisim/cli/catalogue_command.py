"""The command that lists ready scenarios, exports them, and starts files from a catalogue."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sisim.cli.options import argument, option
from sisim.cli.output import (
    print_table,
    require_file,
    require_folder,
    whole_file,
    write_errors_answered,
)
from sisim.cli.user_errors import UserError, print_error
from sisim.i18n import number, t
from sisim.scenario.errors import LONG, ScenarioError, shortened
from sisim.scenario.os_errors import is_folder

if TYPE_CHECKING:
    from sisim.loading.catalogue import CatalogueEntry

SHOWN = ("name", "title", "target_group", "need", "administration", "budget", "currency", "file")
PATHWAY = "child-youth"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which scenarios of a catalogue: a part of what stands in a column."""

    target_group: Annotated[str | None, option("TEXT", "Whose target group says so.")] = None
    need: Annotated[str | None, option("TEXT", "Whose need says so.")] = None
    intervention: Annotated[str | None, option("TEXT", "Whose method says so.")] = None
    administration: Annotated[str | None, option("TEXT", "Who pays.")] = None
    text: Annotated[str | None, option("TEXT", "Where any column says so.")] = None

    def columns(self) -> dict[str, str]:
        """Return the part of a text that is asked for, by column."""
        given = asdict(self)
        return {name: x for name, x in given.items() if x is not None and name != "text"}


def catalogue(
    folder: Annotated[
        Path | None, argument("FOLDER", "Where your scenarios are; unset: scenarios.")
    ] = None,
    /,
    *,
    filters: Filters = Filters(),
    read: Annotated[
        Path | None,
        option("FILE", "A catalogue, CSV or XLSX, to start scenario files from."),
    ] = None,
    pathway: Annotated[
        str, option("NAME", "The pathway of rows that name none; unset: child-youth.")
    ] = PATHWAY,
    out: Annotated[
        Path | None,
        option(
            "FILE",
            "Write the catalogue there: .csv or .xlsx; with --read, the folder of the files.",
        ),
    ] = None,
) -> None:
    """List the ready scenarios, export them as a project catalogue, or start scenario files from
    one.

    Looked through are the files of a folder (unset: `scenarios`, if there is one here) and those
    that come with sisim. A filter takes a part of what stands in a column, in either language.
    `--out catalogue.xlsx` (or .csv) writes the columns of the project catalogue: need, target
    group, goal, method, outcome measures, budget.

    `--read catalogue.xlsx --out FOLDER` goes the other way: each row becomes a scenario file with
    all that the row says, and what is still to be filled in is told. Headings are in Swedish or
    English.

    Example: `sisim catalogue --administration social --out catalogue.xlsx`, `sisim catalogue
    --read catalogue.csv --out mine`
    """
    if read is not None:
        _start(read, out, filters, pathway)
        return
    from sisim.loading.catalogue import entries, filtered
    from sisim.loading.spreadsheet import SUFFIXES

    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UserError(t("A catalogue is written as .csv or .xlsx."))
    if folder is not None and not is_folder(folder):
        name = shortened(str(folder), LONG)
        raise UserError(t('There is no folder called "{name}".', name=name))
    every, problems = entries(folder)
    chosen = filtered(every, filters.columns(), filters.text)
    if out is None:
        _list(chosen)
    else:
        from sisim.report.catalogue_table import write_catalogue

        require_file(out)
        with whole_file(out) as partial:
            write_catalogue(chosen, partial, out.suffix.lower())
        print(out)
    print(t("{n} of {all} ready scenarios.", n=len(chosen), all=len(every)))
    if problems:
        error = ScenarioError(problems)
        print_error(t("Left out, as something is wrong in them:"))
        print_error(error.render())


def _list(chosen: list[CatalogueEntry]) -> None:
    from pandas import DataFrame

    from sisim.loading.catalogue import headings

    if not chosen:
        return
    named = headings(chosen)
    shown = [column for column in SHOWN if column in named]
    table = DataFrame(
        [
            {
                named[column]: number(value) if isinstance(value, float) else value
                for column, value in entry.row().items()
                if column in shown
            }
            for entry in chosen
        ]
    )
    print_table(table[[named[column] for column in shown]])


def _start(file: Path, out: Path | None, filters: Filters, pathway: str) -> None:
    """Start scenario files from a catalogue, and say what is still to be filled in."""
    from sisim.loading.catalogue import FOLDER, matches, read_catalogue, start_all
    from sisim.loading.load import load_scenario
    from sisim.report.result_files import write_all

    folder = FOLDER if out is None else out
    require_folder(folder)
    sheet = read_catalogue(file)
    rows = [row for row in sheet.rows if matches([row.values], filters.columns(), filters.text)]
    started = start_all(rows, folder, pathway)
    if not started:
        raise UserError(t("No row of {file} is asked for, or it has none.", file=file))
    taken = [one.name for one in started if (folder / f"{one.name}.toml").exists()]
    if taken:
        raise UserError(
            t(
                "There are already files called so in {folder}, and they are left alone: {names}.",
                folder=folder,
                names=", ".join(f"{name}.toml" for name in taken),
            )
        )

    def write(partial: Path) -> None:
        for one in started:
            (partial / f"{one.name}.toml").write_text(one.text, encoding="utf-8", newline="\n")

    with write_errors_answered(folder):
        write_all(folder, write)
    if sheet.unread:
        print(t("Columns that were not read: {names}.", names=", ".join(sheet.unread)))
    for one in started:
        path = folder / f"{one.name}.toml"
        try:
            loaded = load_scenario(path)
        except ScenarioError as error:
            print(t("{file}: started; still to be filled in:", file=path))
            for line in error.render().splitlines():
                print(f"  {line}")
        else:
            print(t("{file}: all is well.", file=path))
            if any(not investment.effects for investment in loaded.investments.values()):
                print("  " + t("It states no effects yet: nothing comes of it."))
