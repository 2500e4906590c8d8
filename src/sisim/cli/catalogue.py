"""The command that lists ready scenarios, exports them, and starts files from a catalogue."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from sisim.cli.options import Options
from sisim.cli.output import politely, print_table, refuse_early, refuse_file_early, whole_file
from sisim.cli.speech import Refusal, complain
from sisim.i18n import number, t
from sisim.loading.catalogue import (
    FOLDER,
    Entry,
    entries,
    filtered,
    heading,
    matches,
    read_catalogue,
    start_all,
)
from sisim.loading.load import load_scenario
from sisim.loading.spreadsheet import SUFFIXES
from sisim.scenario.errors import ScenarioError

SHOWN = ("name", "title", "target_group", "need", "administration", "budget", "file")
PATHWAY = "child-youth"


def add_catalogue(
    command: Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]],
    options: Options,
) -> None:
    """Add the command.

    Args:
        command: Makes a command of a function, given a name and a help text.
        options: Makes arguments and options.
    """
    argument, option = options.argument, options.option

    def part(flag: str, text: str) -> object:
        return option(flag, t("TEXT"), text)

    @command(
        "catalogue",
        t(
            "List the ready scenarios, export them as a project catalogue, or start scenario files "
            "from one.\n\n"
            "Looked through are the files of a folder (unset: `scenarios`, if there is one here) "
            "and those that come with sisim. A filter takes a part of what stands in a column, in "
            "either language. `--out catalogue.xlsx` (or .csv) writes the columns of the project "
            "catalogue: need, target group, goal, method, outcome measures, budget.\n\n"
            "`--read catalogue.xlsx --out FOLDER` goes the other way: each row becomes a scenario "
            "file with all that the row says, and what is still to be filled in is told. Headings "
            "are in Swedish or English.\n\n"
            "Example: `sisim catalogue --administration social --out catalogue.xlsx`, `sisim "
            "catalogue --read catalogue.csv --out mine`"
        ),
    )
    def catalogue(
        folder: Annotated[
            Path | None,
            argument(t("FOLDER"), t("Where your scenarios are; unset: scenarios.")),
        ] = None,
        target_group: Annotated[
            str | None, part("--target-group", t("Whose target group says so."))
        ] = None,
        need: Annotated[str | None, part("--need", t("Whose need says so."))] = None,
        intervention: Annotated[
            str | None, part("--intervention", t("Whose method says so."))
        ] = None,
        administration: Annotated[str | None, part("--administration", t("Who pays."))] = None,
        text: Annotated[str | None, part("--text", t("Where any column says so."))] = None,
        read: Annotated[
            Path | None,
            option(
                "--read", t("FILE"), t("A catalogue, CSV or XLSX, to start scenario files from.")
            ),
        ] = None,
        pathway: Annotated[
            str,
            option(
                "--pathway",
                t("NAME"),
                t("The pathway of rows that name none; unset: {name}.", name=PATHWAY),
            ),
        ] = PATHWAY,
        out: Annotated[
            Path | None,
            option(
                "--out",
                t("FILE"),
                t(
                    "Write the catalogue there: .csv or .xlsx; with --read, the folder of the "
                    "files."
                ),
            ),
        ] = None,
    ) -> None:
        given = {
            "target_group": target_group,
            "need": need,
            "intervention": intervention,
            "administration": administration,
        }
        wanted = {column: value for column, value in given.items() if value is not None}
        if read is not None:
            _start(read, out, wanted, text, pathway)
            return
        if out is not None and out.suffix.lower() not in SUFFIXES:
            raise Refusal(t("A catalogue is written as .csv or .xlsx."))
        if folder is not None and not folder.is_dir():
            raise Refusal(t('There is no folder called "{name}".', name=folder))
        found, problems = entries(folder)
        chosen = filtered(found, wanted, text)
        if out is None:
            _list(chosen)
        else:
            from sisim.report.catalogue_table import write_catalogue

            refuse_file_early(out)
            with whole_file(out) as partial:
                write_catalogue(chosen, partial, out.suffix.lower())
            print(out)
        print(t("{n} of {all} ready scenarios.", n=len(chosen), all=len(found)))
        if problems:
            error = ScenarioError(problems)
            complain(t("Left out, as something is wrong in them:"))
            complain(error.render())


def _list(found: list[Entry]) -> None:
    from pandas import DataFrame

    if not found:
        return
    rows = [one.row() for one in found]
    table = DataFrame(
        [
            {
                heading(column): number(value) if isinstance(value, float) else value
                for column, value in row.items()
                if column in SHOWN
            }
            for row in rows
        ]
    )
    print_table(table[[heading(column) for column in SHOWN]])


def _start(
    file: Path, out: Path | None, wanted: dict[str, str], text: str | None, pathway: str
) -> None:
    """Start scenario files from a catalogue, and say what is still to be filled in."""
    folder = FOLDER if out is None else out
    refuse_early(folder)
    sheet = read_catalogue(file)
    rows = [row for row in sheet.rows if matches([row.values], wanted, text)]
    started = start_all(rows, folder, pathway)
    if not started:
        raise Refusal(t("No row of {file} is asked for, or it has none.", file=file))
    taken = [one.name for one in started if (folder / f"{one.name}.toml").exists()]
    if taken:
        raise Refusal(
            t(
                "There are already files called so in {folder}, and they are left alone: {names}.",
                folder=folder,
                names=", ".join(f"{name}.toml" for name in taken),
            )
        )
    from sisim.report.publish import write_all

    def write(partial: Path) -> None:
        for one in started:
            (partial / f"{one.name}.toml").write_text(one.text, encoding="utf-8", newline="\n")

    with politely(folder):
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
