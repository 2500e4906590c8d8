"""The command line: it reads files, calls the library, and answers in the reader's language."""

from sisim.cli.command_line import app, main, run_line

__all__ = ["app", "main", "run_line"]
