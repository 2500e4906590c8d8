"""What runs a line of commands, for a command that runs another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

Run = Callable[[Sequence[str]], int]
_run: ContextVar[Run] = ContextVar("run")


@contextmanager
def lines_run_by(run: Run) -> Iterator[None]:
    """Let lines be run by this within the block."""
    token = _run.set(run)
    try:
        yield
    finally:
        _run.reset(token)


def run_another(words: Sequence[str]) -> int:
    """Run a line of commands, and return its exit code."""
    return _run.get()(words)
