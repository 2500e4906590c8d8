"""Progress of long computations, and the message that the first one compiles the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from sisim.cli.consoles import stderr
from sisim.i18n import t


class TimeLeft(ProgressColumn):
    """About how long it takes until all is done, at the pace so far.

    The library's own column forgets the pace where a step takes more than half a minute.
    """

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return hours, minutes and seconds; dashes until something is done."""
        if not task.total or not task.completed or task.elapsed is None:
            return Text("-:--:--", style="progress.remaining")
        left = round(task.elapsed * max(task.total / task.completed - 1, 0.0))
        minutes, seconds = divmod(left, 60)
        hours, minutes = divmod(minutes, 60)
        return Text(f"{hours}:{minutes:02}:{seconds:02}", style="progress.remaining")


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how many steps are done of how many in all."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeLeft(),
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
