"""What is printed, and files that are either whole or not there at all (law L9)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sisim.cli.speech import Refusal
from sisim.language import t


@contextmanager
def whole_file(out: Path, lang: str) -> Iterator[Path]:
    """Give a temporary file beside `out` that takes its name when everything is written.

    Raises:
        Refusal: If `out` cannot be written.
    """
    partial = out.absolute().with_name(f".{secrets.token_hex(4)}.{out.name}")
    try:
        with politely(out, lang):
            yield partial
            partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def politely(out: Path, lang: str) -> Iterator[None]:
    """Answer that `out` cannot be written, if it cannot.

    Raises:
        Refusal: With the operating system's reason.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        text = t('"{path}" cannot be written: {reason}.', lang, path=out, reason=reason)
        raise Refusal(text) from error


def refuse_early(out: Path, lang: str) -> None:
    """Refuse a folder that cannot be made, before any long computation.

    Raises:
        Refusal: If `out` is a file, or is write-protected.
    """
    if out.exists() and not out.is_dir():
        raise Refusal(t('"{path}" is a file; --out needs a folder.', lang, path=out))
    there = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise Refusal(t('"{path}" cannot be written: no permission.', lang, path=out))


def print_table(table: Any) -> None:
    """Print a data frame: on a terminal as a table, else as tab-separated text."""
    console = Console()
    if not console.is_terminal:
        print(table.to_csv(sep="\t", index=False, float_format="%.10g"), end="")
        return
    shown = Table(box=None, header_style="bold")
    for column in table.columns:
        shown.add_column(str(column))
    for row in table.itertuples(index=False):
        shown.add_row(*("" if value is None or value != value else _cell(value) for value in row))
    console.print(shown)


def _cell(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
