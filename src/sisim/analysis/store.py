"""The result of an experiment: a folder of Parquet files and a manifest of how it was made.

    RESULT/manifest.json   the experiment and the scenario in full, versions, platform, seed
    RESULT/cells/*.parquet a row per cell and arm, in shards, each whole or absent

Any reader of Parquet reads the folder `cells`, as in `pandas.read_parquet("RESULT/cells")`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from sisim.analysis.manifest import Manifest, StoreError, versions
from sisim.analysis.shards import DamagedError, Shards, read_shards, shard
from sisim.portable import sync_folder
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

MANIFEST, CELLS, LOCK, WRITER = "manifest.json", "cells", ".lock", ".writer"
PARTIAL, ASIDE = ".part", ".aside"
SHOWN = 8
"""How many differences, or files, are told of."""


class ManifestError(StoreError):
    """There are shards in a folder, and no manifest that can be read."""


class Store:
    """A folder with a result.

    Args:
        folder: The folder; it need not exist.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.cells = self.folder / CELLS

    @property
    def exists(self) -> bool:
        """Whether there is a result, or what is left of one."""
        return (self.folder / MANIFEST).exists() or any(self.cells.glob("*.parquet"))

    def manifest(self) -> Manifest:
        """Return how the result was made.

        Raises:
            StoreError: If there is no result, or the manifest cannot be read.
        """
        path = self.folder / MANIFEST
        try:
            return Manifest.read(path.read_bytes())
        except FileNotFoundError as error:
            kind, reason = (StoreError, self._nothing())
            if self.exists:
                kind, reason = (ManifestError, self._lost())
            raise kind(reason) from error
        except OSError as error:
            reason = Reason('"{path}" cannot be read: {reason}.', path=str(path), reason=why(error))
            raise StoreError(reason) from error
        except (ValueError, RecursionError) as error:
            reason = Reason(
                '"{file}" cannot be read as the manifest of a result: it is damaged, or was '
                "changed by hand. Write it again with the experiment that it is from, which keeps "
                "all cells that are finished: {command}",
                file=str(path),
                command=self._resume(),
            )
            raise ManifestError(reason) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the folder alone, and clear away what an interrupted sweep has left half-done.

        Raises:
            StoreError: If another sweep is writing there, or the folder cannot be written.
        """
        with self._telling():
            self.cells.mkdir(parents=True, exist_ok=True)
            # Held by the process and not by the file: a dead process holds nothing.
            lock = FileLock(self.folder / LOCK, timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout as error:
                reason = Reason(
                    'Another sweep (process {process}) is writing in "{folder}". Wait for it, or '
                    "choose another folder with --out.",
                    process=self._writer(),
                    folder=str(self.folder),
                )
                raise StoreError(reason) from error
        try:
            with self._telling():
                writer = self.folder / WRITER
                writer.write_text(str(os.getpid()), encoding="utf-8", newline="\n")
                for path in self.folder.rglob(f".*{PARTIAL}"):
                    path.unlink()
            yield
        finally:
            lock.release()

    def begin(self, manifest: Manifest) -> None:
        """Write the manifest."""
        self._write(self.folder / MANIFEST, manifest.written())

    def add(self, rows: pd.DataFrame, manifest: Manifest) -> Path:
        """Write finished cells as a shard, and return its file.

        Args:
            rows: The cells, a row for each arm.
            manifest: How they were made.

        Raises:
            StoreError: If it cannot be written; nothing that was there is lost.
        """
        name, content = shard(rows, manifest.source)
        self._write(self.cells / name, content)
        return self.cells / name

    def shards(self, manifest: Manifest, columns: Sequence[str] | None) -> Shards:
        """Return the shards that are there, by whether they are of this result, and whole.

        Args:
            manifest: How the result was made.
            columns: What is read of its shards: these, or all.

        Raises:
            StoreError: If one of them may not be read.
        """
        source = None if manifest.format == 1 else manifest.source
        try:
            return read_shards(self.cells, source, columns)
        except OSError as error:
            reason = Reason(
                '"{path}" cannot be read: {reason}.', path=str(self.cells), reason=why(error)
            )
            raise StoreError(reason) from error

    def clear(self, manifest: Manifest, columns: Sequence[str]) -> Shards:
        """Drop the shards that are damaged, hide those of another result, and return them all.

        What is hidden is read by nobody: its name begins with a dot.

        Args:
            manifest: How the result was made.
            columns: What is read of its shards.

        Raises:
            StoreError: If the folder cannot be written.
        """
        found = self.shards(manifest, columns)
        with self._telling():
            for path in found.damaged:
                path.unlink()
            for path in found.other:
                path.replace(path.with_name(f".{path.name}{ASIDE}"))
            if found.damaged or found.other:
                sync_folder(self.cells)
        return found

    def table(self, manifest: Manifest, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows of the shards of a result; half-written ones are not there.

        Args:
            manifest: How the result was made.
            columns: Only these; unset: all.

        Raises:
            StoreError: If a shard is damaged.
        """
        found = self.shards(manifest, columns)
        if found.damaged:
            raise self._damaged(found.damaged, manifest)
        return self.rows(found, manifest)

    def rows(self, found: Shards, manifest: Manifest) -> pd.DataFrame:
        """Return what was read of the shards of a result, in their order.

        Raises:
            StoreError: If they do not fit together.
        """
        try:
            return found.rows()
        except DamagedError as error:
            raise self._damaged(error.paths, manifest) from error

    def _damaged(self, paths: Iterable[Path], manifest: Manifest) -> StoreError:
        names = [path.name for path in paths]
        shown = [*names[:SHOWN], *([f"… +{len(names) - SHOWN}"] if names[SHOWN:] else [])]
        where = {"files": shown, "folder": str(self.cells)}
        if manifest.format == 1 or manifest.versions.get("code") != versions()["code"]:
            return StoreError(
                Reason(
                    'Damaged in "{folder}": {files}. The result is of another version of sisim: '
                    "run its experiment again, in another folder.",
                    **where,
                )
            )
        return StoreError(
            Reason(
                'Damaged in "{folder}": {files}. Drop what is damaged, and simulate its cells '
                "again: {command}",
                **where,
                command=self._resume(),
            )
        )

    def _nothing(self) -> Reason:
        return Reason(
            'There is no result in "{folder}": {file} is missing.',
            folder=str(self.folder),
            file=MANIFEST,
        )

    def _lost(self) -> Reason:
        return Reason(
            'There are cells in "{folder}", but {file} is missing. Write it again with the '
            "experiment that they are from, which keeps all that are finished: {command}",
            folder=str(self.folder),
            file=MANIFEST,
            command=self._resume(),
        )

    def _resume(self) -> str:
        return f'sisim sweep EXPERIMENT.toml --out "{self.folder}" --resume'

    def _writer(self) -> str:
        """Return the process that is writing, as it has written of itself."""
        try:
            return (self.folder / WRITER).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return "?"

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file that is whole or not there."""
        partial = path.with_name(f".{path.name}{PARTIAL}")
        with self._telling():
            try:
                with partial.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
                sync_folder(path.parent)
            finally:
                partial.unlink(missing_ok=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say plainly that the folder cannot be written."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                reason = Reason(
                    'The disk is full: no more can be written in "{folder}". All that is finished '
                    "is kept; make room and go on with --resume.",
                    folder=str(self.folder),
                )
            else:
                reason = Reason(
                    '"{path}" cannot be written: {reason}.',
                    path=str(self.folder),
                    reason=why(error),
                )
            raise StoreError(reason) from error
