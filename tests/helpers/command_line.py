"""The command line as a user meets it."""

from typing import Any

from typer.testing import CliRunner

from sisim.cli.commands import build
from sisim.i18n import Lang, in_language


def sisim(*args: object, lang: Lang = "en") -> Any:
    """Run the command line in a language; it must never end in a traceback."""
    with in_language(lang):
        result = CliRunner().invoke(build(), [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
