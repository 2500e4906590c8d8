"""Progress of long computations, and the message that the first one compiles the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sisim.cli.consoles import stderr
from sisim.i18n import t


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how many steps are done of how many in all."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    compile_once()
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task(text, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, description=text, completed=done, total=total)

        yield tell


def compile_once() -> None:
    """Compile the engine, saying so, unless it has been done before."""
    from sisim.engine.machine_code import compile_once

    compile_once(stderr().print, _compiling)


@contextmanager
def _compiling() -> Iterator[None]:
    """Show on standard error that the engine is being compiled."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=stderr(), transient=True) as bar:
        bar.add_task(t("Compiling"), total=None)
        yield
