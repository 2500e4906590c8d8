"""Where cells run: in this process, in processes of this machine, or on a Dask cluster.

The result is the same to the bit: a cell is a function of its values and its seed, whoever runs it.
An executor takes batches of cells as it has hands free, and gives back their rows as they come.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.manifest import StoreError, versions
from sisim.engine import machine_code
from sisim.portable import usable_cores
from sisim.scenario.errors import Reason

Batch = Sequence[Cell]
AHEAD = 2
"""Batches given to each worker at a time, so that none waits for its next."""
PATIENCE = 3
"""How many times in a row workers may die without anything being finished."""
ABSENCE = 30.0
"""Seconds for which a cluster may be without workers: they may be on their way back."""
BEAT = 1.0
"""Seconds after which it is looked whether a cluster still has workers."""
UNGUARDED = 76
"""Exit code of a process that found itself running the script that had started it."""


class Done(NamedTuple):
    """A batch that has been run: its rows (cells in order, arms within), and in how long."""

    batch: Batch
    rows: pd.DataFrame
    seconds: float


class CellRunner(Protocol):
    """Runs cells of one kind, in one thread."""

    @property
    def setup(self) -> CellSetup:
        """What it was made for."""

    def rows(self, batch: Batch) -> pd.DataFrame:
        """Return what comes of some cells, in order."""


class CellSetup(Protocol):
    """What all cells have in common; it can be sent to another process."""

    def runner(self, threads: int | None = 1) -> CellRunner:
        """Return what runs them."""


class Executor(Protocol):
    """Runs batches of cells.

    Attributes:
        workers: How many batches run at a time.
    """

    workers: int

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield the batches as they are done, in any order."""


@dataclass
class InProcess:
    """Runs cells one after the other in this process.

    Attributes:
        threads: Threads of a simulation.
    """

    threads: int = 1
    workers: int = 1

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield the batches in order."""
        runner = setup.runner(self.threads)
        for batch in batches:
            yield run_batch(runner, batch)


@dataclass
class Processes:
    """Runs cells in processes of this machine, one thread each.

    A process that dies is replaced, and the cells that it had are run again.

    Attributes:
        workers: How many processes.
    """

    workers: int

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield the batches as they are done.

        Raises:
            StoreError: If workers die again and again, or the script that asks is read by them.
        """
        leave_to_parent()
        if not machine_code.on_disk():  # once, before many processes want the same code
            machine_code.compile_engine()
        waiting: dict[Future[Done], Batch] = {}
        again: list[Batch] = []
        deaths = 0
        pool = self._pool(setup)
        try:
            while True:
                while len(waiting) < AHEAD * self.workers:
                    batch = again.pop() if again else next(batches, ())
                    if not batch:
                        break
                    try:
                        waiting[pool.submit(_run_here, batch)] = batch
                    except BrokenProcessPool:
                        again.append(batch)
                        break
                if not waiting and not again:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    batch = waiting.pop(future)
                    try:
                        done = future.result()
                    except BrokenProcessPool:
                        again.append(batch)
                    else:
                        deaths = 0
                        yield done
                # A pool that has lost a process gives back all that it had.
                if again and not waiting:
                    deaths += 1
                    if UNGUARDED in _exit_codes(pool):
                        raise _unguarded()
                    if deaths == PATIENCE:
                        raise _worn_out()
                    _end(pool)
                    pool = self._pool(setup)
        finally:
            _end(pool)

    def _pool(self, setup: CellSetup) -> ProcessPoolExecutor:
        # A fork would copy the threads' locks of a kernel that is running.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.workers, context, _prepare, (setup,))


@dataclass
class Dask:
    """Runs cells on a Dask cluster, whose workers have the same version of sisim.

    Attributes:
        address: Where its scheduler is, as in "tcp://10.0.0.5:8786".
        workers: How many batches run at a time; it follows the cluster as it grows.
    """

    address: Any
    workers: int = 1

    def run(self, setup: CellSetup, batches: Iterator[Batch]) -> Generator[Done, None, None]:
        """Yield the batches as they are done.

        Raises:
            StoreError: If the cluster cannot be reached, or has another version of sisim.
        """
        try:
            from distributed import Client
        except ImportError as error:
            reason = Reason(
                'A cluster needs the package "distributed": pip install "sisim[cluster]".'
            )
            raise StoreError(reason) from error
        try:
            client = Client(self.address, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = Reason('There is no cluster at "{address}".', address=str(self.address))
            raise StoreError(reason) from error
        with client:
            try:
                yield from self._run(client, pickle.dumps(setup), batches)
            except (OSError, RuntimeError) as error:
                if client.status == "running":
                    raise
                raise self._gone() from error

    def _run(self, client: Any, setup: bytes, batches: Iterator[Batch]) -> Iterator[Done]:
        self._check_versions(client)
        # The setup goes with each batch: what is kept by workers alone is gone with them.
        waiting: dict[Any, Batch] = {}
        again: list[Batch] = []
        losses = 0
        seen = time.monotonic()
        while True:
            there = sum(client.nthreads().values())
            self.workers = max(there, 1)
            while len(waiting) < AHEAD * self.workers:
                batch = again.pop() if again else next(batches, ())
                if not batch:
                    break
                waiting[client.submit(_run_there, setup, batch, pure=False)] = batch
            if not waiting:
                return
            seen = time.monotonic() if there else seen
            if time.monotonic() - seen > ABSENCE:
                raise self._gone()
            for future in _ended(client, waiting):
                batch = waiting.pop(future)
                try:
                    done = future.result(timeout=ABSENCE)
                except Exception as error:
                    if not _is_loss(error):
                        raise
                    losses += 1
                    if losses == PATIENCE:
                        raise _worn_out() from error
                    again.append(batch)
                else:
                    losses = 0
                    yield done

    def _check_versions(self, client: Any) -> None:
        own = versions()["code"]
        if others := {code for code in client.run(_code_here).values() if code != own}:
            raise StoreError(
                Reason(
                    "The workers of the cluster have another version of sisim ({theirs}) than "
                    "this computer ({own}).",
                    theirs=sorted(others),
                    own=own,
                )
            )

    def _gone(self) -> StoreError:
        return StoreError(
            Reason(
                'The cluster at "{address}" has no workers left, or cannot be reached any more. '
                "All that is finished is kept: start workers and go on with --resume, or go on "
                "without --cluster.",
                address=str(self.address),
            )
        )


def in_process(threads: int = 1) -> Executor:
    """Return what runs cells one after the other in this process."""
    return InProcess(threads)


def processes(workers: int | None = None) -> Executor:
    """Return what runs cells in processes of this machine; unset: as many as there are cores.

    They are started afresh and read the script that asks for them: a script of your own asks under
    `if __name__ == "__main__":`, as always with processes in Python.
    """
    return Processes(workers or usable_cores())


def dask(address: Any) -> Executor:
    """Return what runs cells on a Dask cluster, given its address (or itself)."""
    return Dask(address)


def leave_to_parent() -> None:
    """End a process that was started to run cells, and is reading the script that started it."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(UNGUARDED)


def run_batch(runner: CellRunner, batch: Batch) -> Done:
    """Run cells one after the other, and take the time."""
    start = time.perf_counter()
    return Done(batch, runner.rows(batch), time.perf_counter() - start)


_HERE = threading.local()
"""The runner of this thread, in a worker."""
_SETUP: list[CellSetup] = []
"""What a process of this machine was started with."""


def _prepare(setup: CellSetup) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted is the parent
    _SETUP[:] = [setup]
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_here(batch: Batch) -> Done:
    return run_batch(_runner(_SETUP[0]), batch)


def _run_there(setup: bytes, batch: Batch) -> Done:
    if getattr(_HERE, "written", None) != setup:
        _HERE.written, _HERE.setup = setup, pickle.loads(setup)
    return run_batch(_runner(_HERE.setup), batch)


def _runner(setup: CellSetup) -> CellRunner:
    runner: CellRunner | None = getattr(_HERE, "runner", None)
    if runner is None or runner.setup is not setup:
        runner = _HERE.runner = setup.runner()
    return runner


def _ended(client: Any, waiting: Collection[Any]) -> list[Any]:
    """Return which batches on a cluster have ended by now, or after a while: perhaps none."""
    from distributed import wait as wait_for

    with client.as_current(), suppress(TimeoutError, CancelledError):
        wait_for(list(waiting), timeout=BEAT, return_when="FIRST_COMPLETED")
    return [future for future in waiting if future.done()]


def _is_loss(error: Exception) -> bool:
    """Return whether a batch on a cluster was lost with its worker, and not by itself."""
    from distributed import KilledWorker

    return isinstance(error, KilledWorker | CancelledError | TimeoutError)


def _code_here() -> str:
    return versions()["code"]


def _worn_out() -> StoreError:
    return StoreError(
        Reason(
            "Workers have died {n} times in a row without finishing anything; most often memory is "
            "too small. All that is finished is kept: go on with --resume and fewer --workers.",
            n=PATIENCE,
        )
    )


def _unguarded() -> StoreError:
    return StoreError(
        Reason(
            "The worker processes read the script that starts them, and would start it again. Let "
            "it begin its work under {guard} - or run it all in one process, with in_process().",
            guard='if __name__ == "__main__":',
        )
    )


def _running(pool: ProcessPoolExecutor) -> list[Any]:
    return list((getattr(pool, "_processes", None) or {}).values())


def _exit_codes(pool: ProcessPoolExecutor) -> set[int | None]:
    """Return how the processes of a broken pool have ended."""
    ended = _running(pool)
    pool.shutdown(wait=True)
    return {process.exitcode for process in ended}


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes, also those in the middle of a cell."""
    running = _running(pool)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in running:
        process.terminate()
