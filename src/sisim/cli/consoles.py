"""Consoles on standard output and standard error."""

from __future__ import annotations

from rich.console import Console


class PipeConsole(Console):
    """A console that says so when nobody reads on, instead of exiting."""

    def on_broken_pipe(self) -> None:
        """Raise the error that is being handled: the command line ends quietly on it."""
        raise BrokenPipeError


def stdout() -> Console:
    """Return a console on standard output."""
    return PipeConsole(highlight=False)


def stderr() -> Console:
    """Return a console on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)
