"""What is wrong with the words on a command line, in the reader's language."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from cyclopts import App, Parameter
from cyclopts.argument import Argument
from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)
from cyclopts.utils import UNSET
from cyclopts.validators import Number

from sisim.cli.user_errors import print_error, suggestion
from sisim.i18n import help_text, t


def print_parse_error(error: CycloptsError, app: App) -> None:
    """Print what is wrong with the words on a command line, and where help is."""
    print_error(_message(error, app))
    command = " ".join([*app.name, *(error.command_chain or ())])
    print_error(t('For help: "{command} --help".', command=command))


def bounds(parameter: Parameter) -> tuple[Any, Any]:
    """Return the least and the greatest value that a parameter takes."""
    for validator in parameter.validator or ():  # type: ignore[union-attr]
        if isinstance(validator, Number):
            return validator.gte, validator.lte
    return None, None


def choices(argument: Argument) -> tuple[str, ...]:
    """Return the values of an option that takes one of a few; empty for others."""
    hints = _kinds(argument.hint)
    return next((get_args(kind) for kind in hints if get_origin(kind) is Literal), ())


def label(argument: Argument) -> str:
    """Return what an argument or option is called: its placeholder, or its name."""
    if argument.index is None:
        return str(argument.name)
    return help_text(argument.parameter.metavar) or argument.name


def _message(error: CycloptsError, app: App) -> str:
    match error:
        case UnknownCommandError():
            name = (error.unused_tokens or [""])[0]
            commands = [command for command in app if not command.startswith("-")]
            return t('There is no command "{name}".', name=name) + suggestion(name, commands)
        case UnknownOptionError():
            name = (error.token.keyword or error.token.value).partition("=")[0]
            known = [n for argument in error.argument_collection for n in argument.names]
            text = t('There is no option "{name}".', name=name)
            return text + suggestion(name, [*known, "--help"])
        case MissingArgumentError(argument=Argument() as argument):
            if argument.index is None and error.keyword is not None:
                return t('The option "{name}" needs a value.', name=error.keyword)
            return t("{name} is missing.", name=label(argument))
        case CoercionError(argument=Argument() as argument):
            given = error.token.value if error.token else ""
            return _about_value(argument, given, exact=True)
        case ValidationError(argument=Argument() as argument):
            value = argument.value if error.value is UNSET else error.value
            given = argument.tokens[-1].value if argument.tokens else value
            return _about_value(argument, given, exact=False)
        case UnusedCliTokensError():
            return t("One word too many: {word}", word=" ".join(error.unused_tokens or ()))
        case _:
            return str(error)


def _about_value(argument: Argument, given: Any, *, exact: bool) -> str:
    """Return which value does not fit, and what does; `exact`: it is not even of the kind."""
    least, most = bounds(argument.parameter)
    names = choices(argument)
    what = t("a whole number") if exact and _is_whole(argument.hint) else t("a number")
    if names:
        fits = t("one of {names}", names=", ".join(names))
    elif not _is_number(argument.hint):
        return t('The value given for "{name}" does not fit.', name=label(argument))
    elif most is not None:
        fits = t("{what} from {least} to {most}", what=what, least=least, most=most)
    elif least is not None:
        fits = t("{what} of at least {least}", what=what, least=least)
    else:
        fits = what
    return t('{name} takes {fits}; "{given}" is not.', name=label(argument), fits=fits, given=given)


def _kinds(hint: Any) -> set[Any]:
    """Return the types in a hint, those within unions and lists too."""
    if get_origin(hint) in (None, Literal):
        return {hint}
    return {kind for part in get_args(hint) for kind in _kinds(part)}


def _is_whole(hint: Any) -> bool:
    return int in _kinds(hint)


def _is_number(hint: Any) -> bool:
    return bool({int, float} & _kinds(hint))
