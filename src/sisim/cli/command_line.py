"""The command line: which commands there are, and how a line is read, run and answered."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from sisim.cli.analysis_commands import (
    break_even,
    compare,
    discover,
    heatmap,
    mix,
    precision,
    sensitivity,
    uncertainty,
)
from sisim.cli.bench_command import bench
from sisim.cli.calculator_commands import sroi, static
from sisim.cli.calibrate_command import calibrate
from sisim.cli.catalogue_command import catalogue
from sisim.cli.cohort_command import cohort
from sisim.cli.country_command import country
from sisim.cli.decision_commands import silo, system
from sisim.cli.estimate_command import estimate
from sisim.cli.evaluation_command import evaluate
from sisim.cli.file_commands import assumptions, check, explain_key, pathway, schema
from sisim.cli.help_pages import print_help
from sisim.cli.key_figures_command import key_figures
from sisim.cli.line_runner import lines_run_by
from sisim.cli.live_commands import lesson, live
from sisim.cli.parse_errors import print_parse_error
from sisim.cli.plan_commands import follow_up, gate, implement, needs, spread
from sisim.cli.report_command import report
from sisim.cli.reproduce_command import reproduce
from sisim.cli.run_commands import explain, figures, money, run
from sisim.cli.sweep_commands import sweep
from sisim.cli.user_errors import INTERRUPTED, MISTAKE, UserError, print_error
from sisim.cli.values_command import values
from sisim.i18n import KRONA, LANGUAGES, Lang, current_language, in_currency, in_language, t
from sisim.portable import write_what_fits
from sisim.scenario.errors import Reason, ScenarioError
from sisim.scenario.files_read import command_given
from sisim.scenario.os_errors import why

Shell = Literal["bash", "zsh", "fish", "powershell"]
REPORT, BOTH = "report", "both"
COMPLETION = "--install-completion"
SHELLS: tuple[Shell, ...] = ("bash", "zsh", "fish", "powershell")

app = App(
    name="sisim",
    help="""Simulate social investments person by person, with and without, all else equal.

    Begin with `sisim figures`, which draws the two figures of a ready scenario. Then copy the
    scenario, change it, `sisim check` it and `sisim run` it.

    `--lang sv` or `--lang en`, anywhere on the line, chooses the language.""",
    help_flags=(),
    version_flags=(),
    # Help pages and errors are ours, in the reader's language; nothing is guessed from a value.
    default_parameter=Parameter(
        negative=(), json_dict=False, json_list=False, allow_repeating=True
    ),
    print_error=False,
    exit_on_error=False,
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
for command in (
    run,
    figures,
    money,
    report,
    cohort,
    live,
    lesson,
    sweep,
    country,
    reproduce,
    precision,
    sensitivity,
    heatmap,
    break_even,
    uncertainty,
    discover,
    compare,
    mix,
    silo,
    system,
    needs,
    follow_up,
    estimate,
    calibrate,
    evaluate,
    sroi,
    static,
    implement,
    gate,
    spread,
    catalogue,
    key_figures,
    check,
    explain,
    explain_key,
    pathway,
    assumptions,
    values,
    schema,
    bench,
):
    app.command(command)


def main() -> NoReturn:
    """Run the command line, and exit: 0 when all is well, 2 when the user's input is at fault."""
    write_what_fits()
    sys.exit(run_line(sys.argv[1:]))


def run_line(args: Sequence[str]) -> int:
    """Run a command line, and return its exit code."""
    lang = current_language()
    try:
        rest, lang = split_language(args)
        with in_language(lang), in_currency(KRONA):
            code = _answer(rest)
        sys.stdout.flush()
    except UserError as error:
        print_error(str(error))
        return MISTAKE
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        _write_nowhere()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        # Of files it has been told; left is what is printed, into a file on a full disk.
        _write_nowhere()
        reason = Reason("What is printed cannot be written: {reason}.", reason=why(error))
        with in_language(lang):
            print_error(reason.text)
        return MISTAKE
    return code


def _write_nowhere() -> None:
    """Let what is still to be printed go nowhere, so that no error comes of it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def split_language(args: Sequence[str]) -> tuple[list[str], Lang]:
    """Return the arguments without `--lang`, which may stand anywhere, and the language.

    Raises:
        UserError: If it is neither of the languages there are.

    Examples:
        >>> split_language(["check", "--lang", "sv", "a.toml"])
        (['check', 'a.toml'], 'sv')
    """
    rest: list[str] = []
    lang = current_language()
    waiting = list(args)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if name != "--lang":
            rest.append(word)
            continue
        value = value if equals else (waiting.pop(0) if waiting else "")
        if value == BOTH and REPORT in args:  # the only thing that is written in both at once
            rest += [name, value]
            continue
        if value not in LANGUAGES:
            raise UserError(t("--lang takes sv or en."))
        lang = "sv" if value == "sv" else "en"
    return rest, lang


def _answer(args: list[str]) -> int:
    """Run a command line in the current language; what is wrong with it is printed."""
    try:
        if (code := _about_the_program(args)) is not None:
            return code
        with command_given(args), lines_run_by(run_line):
            return int(app(args) or 0)
    except ScenarioError as error:
        print_error(error.render())
        print_error(error.summary())
    except CycloptsError as error:
        print_parse_error(error, app)
    except KeyboardInterrupt:
        print_error(t("Interrupted."))
        return INTERRUPTED
    return MISTAKE


def _about_the_program(args: list[str]) -> int | None:
    """Answer `--help`, `--version` and `--install-completion`; None: the line is a command."""
    first = args[0] if args else None
    before_end = args[: args.index("--")] if "--" in args else args
    if first is None or first == "--help":
        print_help(app, None)
        return 0 if args else MISTAKE
    if first == "--version":
        print(f"sisim {version('sisim')}")
        return 0
    if first.partition("=")[0] == COMPLETION:
        _install_completion([part for part in (first.partition("=")[2], *args[1:]) if part])
        return 0
    if "--help" in before_end and not first.startswith("-") and first in app:
        print_help(app, first)
        return 0
    return None


def _install_completion(words: list[str]) -> None:
    """Install the completion of a shell: that which is named, or else that in use."""
    from cyclopts.completion.detect import ShellDetectionError

    shell = next((known for known in SHELLS if words == [known]), None)
    if words and shell is None:
        text = t("one of {names}", names=", ".join(SHELLS))
        given = " ".join(words)
        raise UserError(
            t('{name} takes {fits}; "{given}" is not.', name=COMPLETION, fits=text, given=given)
        )
    try:
        file = app.install_completion(shell=shell)
    except ShellDetectionError as error:
        text = t("Which shell this is cannot be told; name it: {command} bash", command=COMPLETION)
        raise UserError(text) from error
    print(t("Completion is in {file}. It works in the next shell that is opened.", file=file))
