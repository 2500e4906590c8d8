"""A command group that speaks Swedish or English: its help, its answers to mistakes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import typer
from pydantic import ValidationError
from rich.console import Console
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from sisim.i18n import LANGUAGES, Lang, in_language, t
from sisim.scenario.errors import ScenarioError, nearest

# The parser's own exceptions have no public name: they are the bases of one that has.
UsageError: Any = typer.BadParameter.__base__
ClickException: Any = UsageError.__base__

MISTAKE = 2
"""Exit code when the user's input is at fault."""
INTERRUPTED = 130


class Refusal(Exception):  # noqa: N818 (what it is, not that it is one)
    """Something cannot be done, for a reason that the user can do something about."""


def stderr() -> Console:
    """Return a console on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def complain(text: str) -> None:
    """Print a mistake on standard error."""
    stderr().print(text, markup=False)


def split_language(args: Sequence[str], default: Lang) -> tuple[list[str], Lang]:
    """Return the arguments without `--lang`, which may stand anywhere, and the language.

    Examples:
        >>> split_language(["check", "--lang", "sv", "a.toml"], "en")
        (['check', 'a.toml'], 'sv')
    """
    rest: list[str] = []
    lang = default
    waiting = list(args)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if name != "--lang":
            rest.append(word)
            continue
        value = value if equals else (waiting.pop(0) if waiting else "")
        if value not in LANGUAGES:
            raise Refusal(t("--lang takes sv or en."))
        lang = "sv" if value == "sv" else "en"
    return rest, lang


class SpeakingCommand(TyperCommand):
    """A command whose help is in one language."""

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option --help."""
        return _spoken_help(super().get_help_option(ctx))


class SpeakingGroup(TyperGroup):
    """The group of all commands; it knows how to start over in another language."""

    lang: ClassVar[Lang] = "en"
    other: ClassVar[Callable[[], Any]]

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return _usage(super().get_usage(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option --help."""
        return _spoken_help(super().get_help_option(ctx))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 (always on its own: mistakes end with 2)
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and exit: 0 when all is well, 2 when the user's input is at fault."""
        sys.exit(self._run(args, prog_name, complete_var, windows_expand_args, extra))

    def _run(
        self,
        args: Sequence[str] | None,
        prog_name: str | None,
        complete_var: str | None,
        windows_expand_args: bool,
        extra: dict[str, Any],
    ) -> int:
        try:
            rest, lang = split_language(sys.argv[1:] if args is None else args, self.lang)
            with in_language(lang):
                group = self if lang == self.lang else type(self).other()
                return int(
                    group._answered(rest, prog_name, complete_var, windows_expand_args, extra)
                )
        except Refusal as error:
            complain(str(error))
        return MISTAKE

    def _answered(
        self,
        rest: Sequence[str],
        prog_name: str | None,
        complete_var: str | None,
        windows_expand_args: bool,
        extra: dict[str, Any],
    ) -> int:
        try:
            rich_utils.DEFAULT_STRING = t("[default: {}]")
            rich_utils.REQUIRED_LONG_STRING = t("[required]")
            code = super().main(
                args=rest,
                prog_name=prog_name or "sisim",
                complete_var=complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
            return code if isinstance(code, int) else 0
        except ScenarioError as error:
            complain(error.render())
            complain(error.summary())
        except Refusal as error:
            complain(str(error))
        except ClickException as error:
            _answer(error)
        except (KeyboardInterrupt, typer.Abort):
            complain(t("Interrupted."))
            return INTERRUPTED
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        return MISTAKE


def _usage(text: str) -> str:
    return text.replace("Usage:", t("Usage:"), 1)


def _spoken_help(option: Any) -> Any:
    if option is not None:
        option.metavar = ""
        option.help = t("Show this help.")
        option.rich_help_panel = t("Options")
    return option


def _answer(error: Any) -> None:
    """Say what is wrong with the words on the command line."""
    kind = type(error).__name__
    ctx = getattr(error, "ctx", None)
    if kind == "NoArgsIsHelpError":
        print(error.ctx.get_help() if ctx is not None else error)
        return
    name = getattr(error, "option_name", None) or _parameter(error)
    match kind:
        case "NoSuchOption":
            known = [o for p in ctx.command.get_params(ctx) for o in p.opts] if ctx else []
            text = t('There is no option "{name}".', name=name)
            text += _suggested(nearest(str(name), known))
        case "MissingParameter":
            text = t("{name} is missing.", name=name)
        case "BadParameter":
            text = _about_value(error, str(name))
        case "BadOptionUsage":
            text = t('The option "{name}" needs a value.', name=name)
        case _:
            text = _about_word(str(error), ctx)
    complain(text)
    if ctx is not None:
        complain(t('For help: "{command} --help".', command=ctx.command_path))


def _about_value(error: Any, name: str) -> str:
    """Say which value does not fit, and what does."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return t('The value given for "{name}" does not fit.', name=name)
    found = cause.errors()[0]
    fits = _what_fits(error.param, found["type"])
    return t('{name} takes {fits}; "{given}" is not.', name=name, fits=fits, given=found["input"])


def _what_fits(parameter: Any, kind: str) -> str:
    """Return what a parameter takes, where a value was refused for a kind of reason."""
    if kind == "value_error":
        return t("one of {names}", names=parameter.metavar.replace("|", ", "))
    what = t("a whole number") if kind.startswith("int") else t("a number")
    least, most = parameter.min, parameter.max
    if most is not None:
        return t("{what} from {least} to {most}", what=what, least=least, most=most)
    if least is not None:
        return t("{what} of at least {least}", what=what, least=least)
    return what


def _about_word(message: str, ctx: Any) -> str:
    """Say what is wrong with a word; the parser gives it only inside a message of its own."""
    command = re.search(r"No such command '(.*?)'", message)
    if command and ctx is not None:
        close = nearest(command[1], ctx.command.list_commands(ctx))
        text = t('There is no command "{name}".', name=command[1])
        return text + _suggested(close)
    extra = re.search(r"\(([^()]*)\)$", message)
    return t("One word too many: {word}", word=extra[1] if extra else message)


def _suggested(name: str | None) -> str:
    return "" if name is None else " " + t('Did you mean "{name}"?', name=name)


def _parameter(error: Any) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "param_hint", "") or "")
    opts = [opt for opt in parameter.opts if opt.startswith("-")]
    return str(opts[0] if opts else parameter.metavar or parameter.name.upper())
