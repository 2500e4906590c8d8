"""How far a long computation has come, and why the first one ever takes longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from sisim.cli.speech import stderr
from sisim.language import t


@contextmanager
def progress(text: str, lang: str) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how many steps are done of how many in all."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    console = stderr()
    first = not _compiled_before()
    if first:
        # Said as a line of its own, that it may be read where there is no terminal to draw on.
        console.print(
            t("The model is compiled, once and for all. That takes about a minute.", lang)
        )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(t("Compiling", lang) if first else text, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, description=text, completed=done, total=total)

        yield tell


def _compiled_before() -> bool:
    """Return whether the compiled code of this version of the engine is on disk."""
    from sisim.experiment.executors import compiled

    return compiled()
