"""What only some systems have, and why a test that needs it means nothing where it is missing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sisim.portable import exchange

FULL, ENDLESS = Path("/dev/full"), Path("/dev/zero")
"""A device on which there is never room, and one that never ends."""


def make_pipe(path: Path) -> None:
    """Make a named pipe, where there are such."""
    getattr(os, "mkfifo")(path)  # noqa: B009 (a name that not every system's `os` has)


def _links() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            (Path(folder) / "link").symlink_to("nothing")
        except (OSError, NotImplementedError):
            return False
    return True


def _exchanges() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one", Path(folder) / "other"
        one.mkdir()
        other.mkdir()
        return exchange(one, other)


def _needs(there: bool, why: str) -> Callable[[Any], Any]:
    """Return the mark of a test that a system without something has no use for, and why."""
    return pytest.mark.skipif(not there, reason=why)


links = _needs(_links(), "links may not be made here, so that none can be met")
pipes = _needs(hasattr(os, "mkfifo"), "files cannot be pipes here, so that none can be met")
endless_device = _needs(ENDLESS.exists(), "files cannot be devices here, so that none can be met")
full_device = _needs(FULL.exists(), "there is no device here that is always full to print into")
exchanging = _needs(
    _exchanges(),
    "two folders cannot change names here in one stroke: files are replaced one by one, which has "
    "a test of its own that runs everywhere",
)
