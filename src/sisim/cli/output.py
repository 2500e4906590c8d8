"""Files that are either whole or not there at all (law L9)."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sisim.cli.speech import Refusal
from sisim.language import t

MARK = ".sisim"
"""Says that a folder is a result of ours, which a new result may replace."""


@contextmanager
def whole_folder(out: Path, lang: str) -> Iterator[Path]:
    """Give a temporary folder beside `out` that takes its name when everything is written.

    An earlier result is replaced.

    Raises:
        Refusal: If `out` cannot be written.
    """
    refuse_early(out, lang)
    partial = _beside(out)
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise _unwritable(out, error, lang) from error
    try:
        yield partial
        _take_the_place_of(out, partial)
    except OSError as error:
        raise _unwritable(out, error, lang) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def whole_file(out: Path, lang: str) -> Iterator[Path]:
    """Give a temporary file beside `out` that takes its name when everything is written.

    Raises:
        Refusal: If `out` cannot be written.
    """
    partial = _beside(out)
    try:
        yield partial
        partial.replace(out)
    except OSError as error:
        raise _unwritable(out, error, lang) from error
    finally:
        partial.unlink(missing_ok=True)


def refuse_early(out: Path, lang: str) -> None:
    """Refuse a folder that cannot be made or replaced, before any long computation.

    Raises:
        Refusal: If `out` is a file, is write-protected, or is a folder with other things in it.
    """
    if out.exists() and not out.is_dir():
        raise Refusal(t('"{path}" is a file; --out needs a folder.', lang, path=out))
    parent = next(p for p in out.absolute().parents if p.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise Refusal(t('"{path}" cannot be written: no permission.', lang, path=out))
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise Refusal(
            t('"{path}" has other things in it. Choose another folder with --out.', lang, path=out)
        )


def _take_the_place_of(out: Path, partial: Path) -> None:
    (partial / MARK).touch()
    if not out.exists():
        partial.rename(out)
        return
    old = _beside(out)
    out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _beside(out: Path) -> Path:
    return out.absolute().with_name(f".{secrets.token_hex(4)}.{out.name}")


def _unwritable(out: Path, error: OSError, lang: str) -> Refusal:
    reason = error.strerror or str(error)
    return Refusal(t('"{path}" cannot be written: {reason}.', lang, path=out, reason=reason))
