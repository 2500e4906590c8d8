"""Analyses in the user's folder, a file each: what it is of, and what has come of each run.

A file has a line of JSON for each. What a run has come to is on the disk before the next one
begins, so that whatever ends the process takes away one run at most; a last line that is not whole
is left out. One that is opened again asks for the runs that are there, and simulates the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sisim.analysis.manifest import versions
from sisim.analysis.remembering_evaluator import Row
from sisim.analysis.variants import canonical
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

SUFFIX = ".jsonl"
ANALYSES = "analyses"
"""The folder of analyses in the user's folder."""
DONE, STOPPED = "done", "stopped"
"""How an analysis has ended; one that has not was interrupted."""


class KeepingError(Exception):
    """An analysis that cannot be kept, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(repr(reason))
        self.reason = reason

    def __str__(self) -> str:
        return self.reason.text


class KeptAnalysis:
    """An analysis in a file.

    Args:
        file: The file, which need not exist.

    Attributes:
        of: What it is of; empty where the file says nothing of that.
        runs: How many runs it has, as far as was known.
        ended: How it has ended; empty if it has not.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.of: dict[str, Any] = {}
        self.runs, self.ended = 0, ""
        self._known: dict[tuple[str, int], list[Row]] = {}
        self._read()

    def __len__(self) -> int:
        """Return how many runs have been done."""
        return len(self._known)

    def begin(self, of: Mapping[str, Any]) -> None:
        """Begin, or go on with what is there; what another version of sisim has run is run again.

        Raises:
            KeepingError: If nothing can be written there.
        """
        code = versions()["code"]
        if self.of.get("code") == code and self._known:
            self.ended = ""
            return
        self.of, self._known, self.ended = {**of, "code": code}, {}, ""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise self._refusal(error) from error
        self._write({"of": self.of})

    def known(self, values: Mapping[str, Any], seed: int) -> list[Row] | None:
        """Return what came of a run, a row per arm; None if that is not known."""
        return self._known.get((canonical(values), seed))

    def learn(self, values: Mapping[str, Any], seed: int, rows: list[Row]) -> None:
        """Write what came of a run.

        Raises:
            KeepingError: If it cannot be written.
        """
        key = canonical(values)
        self._known[key, seed] = rows
        self._write({"values": key, "seed": seed, "runs": self.runs, "rows": rows})

    def end(self, how: str) -> None:
        """Write how it has ended.

        Raises:
            KeepingError: If it cannot be written.
        """
        self.ended = how
        self._write({"ended": how, "runs": self.runs})

    def forget(self) -> None:
        """Remove the file."""
        self.file.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else work at it meanwhile.

        Raises:
            KeepingError: If somebody does, in another process.
        """
        lock = FileLock(self.file.with_suffix(".lock"), timeout=0)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise KeepingError(Reason("Another sisim is working at it.")) from error
        except OSError as error:
            raise self._refusal(error) from error
        try:
            self._read()  # as another may have left it
            yield
        finally:
            lock.release()
            self.file.with_suffix(".lock").unlink(missing_ok=True)

    def _read(self) -> None:
        try:
            lines = self.file.read_bytes().split(b"\n")
        except OSError:
            return
        for line in lines:
            try:
                said = json.loads(line)
                if "rows" in said:
                    self._known[said["values"], said["seed"]] = said["rows"]
                self.of = said.get("of", self.of)
                self.runs, self.ended = said.get("runs", self.runs), said.get("ended", "")
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # it was being written when the process ended

    def _write(self, said: Mapping[str, Any]) -> None:
        try:
            with self.file.open("ab") as out:
                # On a line of its own, also after one that is not whole.
                out.write(b"\n" + json.dumps(said).encode() + b"\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OSError) -> KeepingError:
        reason = Reason(
            'The folder "{folder}" cannot be used: {reason}.',
            folder=self.file.parent,
            reason=why(error),
        )
        return KeepingError(reason)


def kept_in(folder: Path) -> list[KeptAnalysis]:
    """Return the analyses that are kept in a user's folder, the oldest first."""
    try:
        files = sorted((folder / ANALYSES).glob(f"*{SUFFIX}"), key=lambda f: f.stat().st_mtime)
    except OSError:
        return []
    return [one for one in map(KeptAnalysis, files) if one.of]


def file_for(folder: Path, key: str) -> Path:
    """Return the file of an analysis in a user's folder, by all that tells it from others."""
    return folder / ANALYSES / f"{sha256(key.encode()).hexdigest()[:16]}{SUFFIX}"
