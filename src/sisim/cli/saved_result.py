"""A result that lies in a folder: which runs it is of, and whether the same come out again.

What is written of a run is summed by year. Funds, contracts, outcomes of some people only and what
a verdict rests on take more than that, so a document on a result makes its runs again. Every draw
belongs to a person, a month and a purpose: they are the same runs, and that is checked against the
folder, number by number.
"""

from __future__ import annotations

from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cyclopts import App, Parameter

from sisim.cli.options import READY, RunOptions
from sisim.cli.run_commands import figures, money, run
from sisim.cli.scenario_input import load
from sisim.cli.user_errors import UserError
from sisim.i18n import in_language, n_, t
from sisim.scenario.errors import shortened
from sisim.scenario.files_read import command_given

if TYPE_CHECKING:
    from sisim.analysis.answer_manifest import AnswerManifest
    from sisim.economics.valuation import Valuation
    from sisim.scenario.scenario import Scenario

COMMANDS = {command.__name__: command for command in (run, figures, money)}
"""Those that write the runs of a scenario."""
COUNTED = ("people", "moves", "units", "ledger")
"""The tables that hold the numbers of a run, and nobody's words."""


@dataclass(frozen=True)
class SavedResult:
    """A result in a folder, made by a command that writes runs.

    Attributes:
        folder: Where it lies.
        made: How it was made.
        scenario: The scenario that it was made from.
        options: Which runs it is of.
    """

    folder: Path
    made: AnswerManifest
    scenario: Scenario
    options: RunOptions

    @classmethod
    def read(cls, folder: Path) -> SavedResult:
        """Return the result in a folder; of several, the last.

        Raises:
            UserError: If there is none that a command has made.
            ScenarioError: If its files are not what this version of sisim reads.
        """
        from sisim.analysis.answer_manifest import manifests

        answers = manifests(folder) if folder.is_dir() else []
        answers = [one for one in answers if one.command and one.command[0] in COMMANDS]
        if not answers:
            raise UserError(
                t(
                    'There is no result of a run in "{folder}". {commands} write one.',
                    folder=folder,
                    commands=", ".join(f"`sisim {name}`" for name in COMMANDS),
                )
            )
        made = answers[-1]
        name, options = _read(made.command)
        # What is read here is not read by the command that is being answered.
        with (
            TemporaryDirectory(prefix="sisim-") as place,
            command_given(()),
            chdir(made.restore(Path(place))),
        ):
            scenario = load(name, options.changes, options.residents)
        return cls(folder, made, scenario, options)

    def require_same(self, scenario: Scenario) -> None:
        """Check that a scenario is the one that the result was made from, words apart.

        Raises:
            UserError: If it is not, with what differs.
        """
        from sisim.analysis.scenario_diff import changes

        found = changes(self.scenario, scenario)
        if not found:
            return
        first, more = found[0], len(found) - 1
        lines = [
            t(
                'The result in "{folder}" was made from another scenario: {key} was {before}, and '
                "is {now}.",
                folder=self.folder,
                key=first.key,
                before=shortened(str(first.before)),
                now=shortened(str(first.after)),
            )
        ]
        if more:
            lines.append(n_("One key more differs.", "{n} keys more differ.", more))
        lines.append(t("Make the result anew, or leave out --result."))
        raise UserError(" ".join(lines))

    def require_equal(self, result: Valuation) -> None:
        """Check that runs are those in the folder, to the last bit.

        Raises:
            UserError: If they are not, with where they differ first.
        """
        from sisim.analysis.answer_differences import differences
        from sisim.economics.cost_trace import trace_tables
        from sisim.report.result_files import write_tables

        tables = {
            name: table
            for name, table in trace_tables(result.settled).items()
            if name in COUNTED and f"{name}.csv" in self.made.written
        }
        with TemporaryDirectory(prefix="sisim-") as place:
            with in_language(self.made.lang):
                write_tables(tables, Path(place))
            names = [f"{name}.csv" for name in tables]
            found = differences(names, self.folder, Path(place))
        if not found:
            return
        first, otherwise = found[0], self.made.changes()
        lines = [
            t(
                'The result in "{folder}" does not come out again: {file} differs, {place}: '
                "{before} there, {now} now.",
                folder=self.folder,
                file=first.file,
                place=first.place.text,
                before=first.before or "–",
                now=first.now or "–",
            ),
            *(t("Otherwise than when it was made: {change}", change=one) for one in otherwise),
            t("Make the result anew, or leave out --result."),
        ]
        raise UserError("\n".join(lines))


def require_no_runs(options: RunOptions) -> None:
    """Check that no runs are asked for beside those of a result.

    Raises:
        UserError: If any are.
    """
    if replace(options, out=None) != RunOptions():
        raise UserError(
            t(
                "--set, --seed, --replications and --residents are those of the result; "
                "with --result, leave them out."
            )
        )


def _read(command: list[str]) -> tuple[str, RunOptions]:
    """Return which scenario a command was given, and which runs."""
    reader = App(
        default_parameter=Parameter(negative=(), json_dict=False, json_list=False),
        print_error=False,
        exit_on_error=False,
    )
    for one in COMMANDS.values():
        reader.command(one)
    _, bound, _ = reader.parse_args(command)
    said = bound.arguments
    return said.get("scenario", READY), said.get("options", RunOptions())
