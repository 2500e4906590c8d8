"""The command line: thin. It reads files, calls the library, and answers in the reader's words."""

from sisim.cli.commands import build, main

__all__ = ["build", "main"]
