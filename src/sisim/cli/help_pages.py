"""Help pages in the reader's language.

The texts are the docstrings of the commands and the texts of their options, which are written in
English and are the ids of the catalogue. They are translated here, when a page is shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from cyclopts import App
from cyclopts.argument import Argument
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sisim.cli.consoles import stdout
from sisim.cli.parse_errors import bounds, choices, label
from sisim.i18n import help_text, t

Row = tuple[str, str, str, str]
"""The name of an argument or option, the placeholder of its value, its bounds, and its text."""
HELP = ("--help", "", "Show this help.")
ROOT_OPTIONS = (
    HELP,
    ("--version", "", "Show the version."),
    (
        "--install-completion",
        "SHELL",
        "Let the shell complete commands and options: bash, zsh, fish or powershell; unset: the "
        "shell in use.",
    ),
)


def commands(app: App) -> Iterator[tuple[str, App]]:
    """Yield the name of each command, and the command."""
    for name in app:
        if not name.startswith("-"):
            yield name, app[name]


def text_of(command: App) -> str:
    """Return the text of a command, in English: its docstring, each paragraph on one line."""
    text = inspect.cleandoc(command.help)
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def arguments(command: App) -> list[Argument]:
    """Return the arguments and options of a command that take a value or are a flag."""
    found = command.assemble_argument_collection()
    return [argument for argument in found if argument.parameter.help]


def messages(app: App) -> Iterator[str]:
    """Yield every text that is translated when a help page is shown."""
    yield text_of(app)
    for _, placeholder, text in ROOT_OPTIONS:
        yield from filter(None, (placeholder, text))
    for _, command in commands(app):
        yield text_of(command)
        for argument in arguments(command):
            yield from filter(None, (argument.parameter.metavar, argument.parameter.help))


def print_help(app: App, name: str | None) -> None:
    """Print the help page of a command, or of all (None)."""
    if name is None:
        text = text_of(app)
        usage = " ".join([app.name[0], t("[OPTIONS]"), t("COMMAND …")])
        rows = [
            (name, "", "", help_text(text_of(command)).partition("\n\n")[0])
            for name, command in commands(app)
        ]
        panels = [
            _panel(t("Options"), [_named(*one) for one in ROOT_OPTIONS]),
            _panel(t("Commands"), rows),
        ]
    else:
        command = app[name]
        text, usage = text_of(command), usage_of(app, name)
        given, named = rows_of(command)
        panels = [_panel(t("Arguments"), given)] if given else []
        panels.append(_panel(t("Options"), named))
    console: Console = stdout()
    heading = Text.assemble(("\n" + t("Usage:"), "bold"), " ", usage, "\n")
    console.print(
        Padding(Group(heading, _marked(help_text(text)), Text()), (0, 1)), *panels, sep="\n"
    )


def usage_of(app: App, name: str) -> str:
    """Return the line that shows how a command is written."""
    given = [one for one in arguments(app[name]) if one.index is not None]
    return " ".join([app.name[0], name, t("[OPTIONS]"), *map(_in_usage, given)])


def rows_of(command: App) -> tuple[list[Row], list[Row]]:
    """Return what is said of each argument of a command, and of each option."""
    given = [_row(one) for one in arguments(command) if one.index is not None]
    named = [_row(one) for one in arguments(command) if one.index is None]
    return given, [*named, _named(*HELP)]


def _in_usage(argument: Argument) -> str:
    """Return an argument as the usage line has it: optional ones in brackets, lists with dots."""
    name = label(argument)
    shown = f"{{{name}}}" if argument.required else f"[{name}]"
    return shown + ("..." if argument.token_count()[1] else "")


def _row(argument: Argument) -> Row:
    """Return the name, the placeholder, the bounds and the text of an argument or option."""
    parameter = argument.parameter
    text = help_text(parameter.help)
    if "{names}" in text:
        from sisim.loading.files import shipped

        text = text.format(names=", ".join(shipped("pathway")) or "-")
    if argument.required:
        text += " " + t("[required]")
    if argument.index is not None:
        return label(argument), "", "", text
    least, most = bounds(parameter)
    limits = "" if least is None else f"[x>={least}]" if most is None else f"[{least}<=x<={most}]"
    value = "|".join(choices(argument)) or help_text(parameter.metavar)
    return argument.name, value, limits, text


def _named(name: str, placeholder: str, text: str) -> Row:
    """Return the row of an option of the program itself."""
    return name, help_text(placeholder), "", help_text(text)


def _panel(title: str, rows: Iterable[Row]) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", no_wrap=True)
    lines = list(rows)
    with_values = any(placeholder for _, placeholder, _, _ in lines)
    if with_values:
        table.add_column(style="bold yellow", no_wrap=True)
    table.add_column()
    for name, placeholder, limits, text in lines:
        value = [f"{placeholder} {limits}".rstrip()] if with_values else []
        table.add_row(name, *map(Text, value), _marked(text))
    return Panel(table, title=title, title_align="left", border_style="dim")


def _marked(text: str) -> Text:
    """Return a text in which what stands between backticks is set apart."""
    parts = text.split("`")
    return Text.assemble(*((part, "bold cyan" if n % 2 else "") for n, part in enumerate(parts)))
