"""The result of an experiment: a folder of Parquet files and a manifest of how it was made.

    RESULT/manifest.json   the experiment and the scenario in full, versions, platform, seed
    RESULT/cells/*.parquet a row per cell and arm, in shards, each whole or absent

Any reader of Parquet reads the folder `cells`, as in `pandas.read_parquet("RESULT/cells")`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from sisim.analysis.experiment_file import Experiment, Plan
from sisim.engine.counts import digest
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why
from sisim.scenario.scenario import Scenario

MANIFEST, CELLS, LOCK, WRITER = "manifest.json", "cells", ".lock", ".writer"
PACKAGES = ("sisim", "numpy", "numba", "pandas", "pyarrow", "scipy")
PARTIAL = ".part"
ROOMS = ("scenario", "checks", "loading", "engine", "economics", "analysis")
"""Where the code stands that decides the numbers."""
SHOWN = 8
"""How many differences are told of."""


class StoreError(Exception):
    """A result cannot be read, written or gone on with, and why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(repr(reason))

    def render(self) -> str:
        """Return why, in the current language."""
        return self.reason.text

    def __reduce__(self) -> tuple[type[StoreError], tuple[Reason]]:
        return type(self), (self.reason,)


class Manifest(BaseModel):
    """How a result was made: all that is needed to make it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = 1
    made: str
    """When it was begun."""
    versions: dict[str, str]
    """Of Python and the packages; `code` is a hash of what decides the numbers."""
    platform: str
    seed: int
    replications: int
    draws: int
    """How many of them there are to be: more than the experiment says once it is expanded."""
    experiment: dict[str, Any]
    experiment_text: str
    scenario: dict[str, Any]
    scenario_digest: str
    origins: tuple[dict[str, str], dict[str, str]]
    files: dict[str, str]
    """The scenario's own files, word for word."""

    @classmethod
    def of(cls, plan: Plan) -> Manifest:
        """Return the manifest of a plan, made here and now."""
        return cls(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=versions(),
            platform=platform.platform(),
            seed=plan.seed,
            replications=plan.replications,
            draws=plan.draws,
            experiment=_content(plan.experiment),
            experiment_text=plan.text,
            scenario=_content(plan.scenario),
            scenario_digest=digest(plan.scenario),
            origins=plan.scenario.origins,
            files={name: _text(Path(name)) for name in plan.scenario.origins[0].values()},
        )

    @property
    def plan(self) -> Plan:
        """The plan that it is the result of."""
        scenario = Scenario.model_validate(self.scenario).with_origin(*self.origins)
        experiment = Experiment.model_validate(self.experiment)
        return Plan(experiment, scenario, self.experiment_text, self.draws, self.replications)

    def differences(self, other: Manifest) -> list[str]:
        """Return what another one says otherwise of the experiment or the scenario."""
        found = []
        for name in ("scenario", "experiment"):
            mine, its = _flat(getattr(self, name)), _flat(getattr(other, name))
            for key in dict.fromkeys([*mine, *its]):
                if mine.get(key) != its.get(key) and key.partition(".")[0] not in _SILENT:
                    found.append(f"{key}: {mine.get(key, '-')} → {its.get(key, '-')}")
        if self.versions["code"] != other.versions["code"]:
            before, now = self.versions, other.versions
            found.append(
                f"sisim: {before['sisim']} ({before['code']}) → {now['sisim']} ({now['code']})"
            )
        return found


_SILENT = ("title", "description", "catalogue", "follow_up")
"""What may be written otherwise without any number becoming another."""


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
        """Whether there is a result."""
        return (self.folder / MANIFEST).is_file()

    def manifest(self) -> Manifest:
        """Return how the result was made.

        Raises:
            StoreError: If there is no result, or the manifest cannot be read.
        """
        path = self.folder / MANIFEST
        try:
            return Manifest.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            reason = Reason(
                'There is no result in "{folder}": {file} is missing.',
                folder=str(self.folder),
                file=MANIFEST,
            )
            raise StoreError(reason) from error
        except (OSError, ValidationError) as error:
            reason = Reason('"{file}" cannot be read as the manifest of a result.', file=str(path))
            raise StoreError(reason) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the folder alone, and clear away what an interrupted sweep has left half-done.

        Raises:
            StoreError: If another sweep is writing there, or the folder cannot be written.
        """
        with _telling(self.folder):
            self.cells.mkdir(parents=True, exist_ok=True)
            # Held by the process and not by the file: a dead process holds nothing.
            lock = FileLock(self.folder / LOCK, timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout as error:
                reason = Reason(
                    'Another sweep (process {process}) is writing in "{folder}". Wait for it, or '
                    "choose another folder with --out.",
                    process=_text(self.folder / WRITER).strip() or "?",
                    folder=str(self.folder),
                )
                raise StoreError(reason) from error
        try:
            (self.folder / WRITER).write_text(str(os.getpid()), encoding="utf-8", newline="\n")
            for path in self.folder.rglob(f"*{PARTIAL}"):
                path.unlink()
            for path in self._shards():
                if not _whole(path):
                    path.unlink()
            yield
        finally:
            lock.release()

    def begin(self, manifest: Manifest) -> None:
        """Write the manifest."""
        self._write(self.folder / MANIFEST, manifest.model_dump_json(indent=1).encode())

    def add(self, rows: pd.DataFrame) -> Path:
        """Write finished cells as a shard, and return its file.

        Raises:
            StoreError: If it cannot be written; nothing that was there is lost.
        """
        ids = "".join(dict.fromkeys(rows["cell"]))
        path = self.cells / f"{hashlib.blake2b(ids.encode(), digest_size=8).hexdigest()}.parquet"
        buffer = pa.BufferOutputStream()
        table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(table, buffer, compression="zstd")
        self._write(path, buffer.getvalue())
        return path

    def finished(self) -> set[str]:
        """Return the ids of the cells that are there."""
        found: set[str] = set()
        for path in self._shards():
            if _whole(path):
                found.update(pq.read_table(path, columns=["cell"])["cell"].to_pylist())
        return found

    def table(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows that are there, in the order of the shards; half-written ones are not.

        Args:
            columns: Only these; unset: all.
        """
        files = [str(path) for path in self._shards() if _whole(path)]
        if not files:
            return pd.DataFrame(columns=list(columns or ()))
        wanted = None if columns is None else list(columns)
        table: pd.DataFrame = ds.dataset(files).to_table(columns=wanted).to_pandas()
        return table

    def _shards(self) -> list[Path]:
        return sorted(p for p in self.cells.glob("*.parquet") if not p.name.startswith("."))

    def _write(self, path: Path, content: Any) -> None:
        """Write a file that is whole or not there."""
        partial = path.with_name(f".{path.name}{PARTIAL}")
        with _telling(self.folder):
            try:
                with partial.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)


def versions() -> dict[str, str]:
    """Return the versions of all that decides what comes out."""
    own = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **own, "code": _code()}


@cache
def _code() -> str:
    """Return a hash of the code that decides the numbers."""
    root = Path(__file__).parents[1]
    files = [root / "results.py", *(p for room in ROOMS for p in (root / room).rglob("*.py"))]
    content = b"".join(path.read_bytes() for path in sorted(files))
    return hashlib.blake2b(content, digest_size=4).hexdigest()


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Say plainly that a folder cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = Reason(
                'The disk is full: no more can be written in "{folder}". All that is finished is '
                "kept; make room and go on with --resume.",
                folder=str(folder),
            )
        else:
            reason = Reason(
                '"{path}" cannot be written: {reason}.', path=str(folder), reason=why(error)
            )
        raise StoreError(reason) from error


def _whole(path: Path) -> bool:
    """Return whether a shard can be read."""
    try:
        return bool(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowInvalid):
        return False


def _content(model: BaseModel) -> dict[str, Any]:
    """Return a model as JSON would have it."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        return ""


def _flat(node: Any, path: str = "") -> dict[str, Any]:
    if isinstance(node, dict) and node:
        parts = [_flat(value, f"{path}.{key}" if path else str(key)) for key, value in node.items()]
        return {key: value for part in parts for key, value in part.items()}
    return {path: node}
