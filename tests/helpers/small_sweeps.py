"""A small experiment on a small cohort, as files, and a sweep in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.kills import die_at
from sisim.analysis import sweep as run
from sisim.analysis.cell import Setup
from sisim.analysis.executors import Batch, Done, InProcess
from sisim.analysis.experiment_file import Plan, load_experiment

HERE = Path(__file__).parent
FILES = ("cohort.toml", "cohort-pathway.toml", "cohort-experiment.toml")


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the experiment and its scenario, with changes, and return the experiment's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_text((HERE / name).read_text())
    for old, new in changes:
        found = [folder / name for name in FILES if old in (folder / name).read_text()]
        assert found, f"{old!r} is in no file"
        found[-1].write_text(found[-1].read_text().replace(old, new, 1))
    return folder / "cohort-experiment.toml"


def plan(folder: Path, *changes: tuple[str, str]) -> Plan:
    """Return the plan of the experiment, with changes."""
    return load_experiment(write(folder, *changes))


def command(*args: object) -> list[str]:
    """Return the command line of sisim."""
    return [sys.executable, "-m", "sisim", *(str(arg) for arg in args)]


def _interruptible() -> None:
    """Let an interrupt through: what a shell runs beside itself hears none."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def started(*args: object, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """Start sisim in a process of its own; it is gone afterwards."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command(*args),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=_interruptible,
        **more,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def shards(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the files of a result that hold cells: which file it is, and when it was written."""
    found = {}
    for path in (folder / "cells").glob("*.parquet"):
        about = path.stat()
        found[path.name] = (about.st_ino, about.st_mtime_ns)
    return found


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Hold that two tables are the same, to the last bit."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@dataclass
class Noting(InProcess):
    """Runs cells in this process, and notes in a file which ones before it runs them."""

    notes: Path = Path()

    def run(self, setup: Setup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield the batches in order."""
        yield from super().run(setup, self._noted(batches))

    def _noted(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            with self.notes.open("a") as file:
                file.write("".join(f"{cell.id}\n" for cell in batch))
            yield batch


def sweep_noting(experiment: Path, out: Path, notes: Path) -> None:
    """Run what is left of an experiment, in small shards."""
    run.SECONDS = 0.05
    run.sweep(experiment, out, executor=Noting(notes=notes), resume=True)


def sweep_until(experiment: Path, out: Path, number: int) -> None:
    """Go on with an experiment until this process has changed its files so many times, and die."""
    run.SECONDS = 0.05
    die_at(out, number)
    run.sweep(experiment, out, executor=InProcess(), resume=True)
