"""The command line as a user meets it."""

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from sisim.cli import run_line
from sisim.i18n import Lang, in_language


class Answer(NamedTuple):
    """What a command line printed, where, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str
    output: str
    """Both, in the order in which they were printed."""


class _Copied(io.StringIO):
    """A stream that is kept, and copied to another as it is written."""

    def __init__(self, both: io.StringIO) -> None:
        super().__init__()
        self._both = both

    def write(self, text: str) -> int:
        self._both.write(text)
        return super().write(text)


def sisim(*args: object, lang: Lang = "en") -> Answer:
    """Run the command line in a language; it must never end in a traceback."""
    both = io.StringIO()
    out, err = _Copied(both), _Copied(both)
    with in_language(lang), redirect_stdout(out), redirect_stderr(err):
        try:
            code = run_line([str(arg) for arg in args])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Answer(code, out.getvalue(), err.getvalue(), both.getvalue())
