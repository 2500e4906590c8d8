"""Runs of a calibration that are done, kept in a file so that one that was killed can go on.

The points of a calibration follow from its file, so that whoever begins again comes to the same
ones: those that have been simulated are looked up, and the answer is the same bit for bit.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sisim.analysis.manifest import versions
from sisim.arrays import Floats
from sisim.estimation.calibration_file import CalibrationPlan
from sisim.i18n import t

Run = tuple[tuple[float, ...], int]
"""The free numbers, and the seed."""


class OtherRunsError(ValueError):
    """The runs that are kept are of another calibration, or of another version of sisim."""


class FinishedRuns:
    """What targets have come to in runs that are done.

    Args:
        path: The file; None: nothing is kept.
        plan: The calibration.
        resume: Whether to go on with what is in the file; else it begins anew.

    Raises:
        OtherRunsError: If what is in the file is of something else.
        OSError: If it cannot be read or written.
    """

    def __init__(
        self, path: Path | None = None, plan: CalibrationPlan | None = None, *, resume: bool = False
    ) -> None:
        self._path = path
        self._known: dict[Run, list[float]] = {}
        if path is None or plan is None:
            return
        source = _source(plan)
        if resume and path.exists():
            self._read(path, source)
        else:
            self._write(json.dumps({"source": source}), "w")

    def __len__(self) -> int:
        """Return how many runs are kept."""
        return len(self._known)

    def of(self, values: Mapping[str, float], seed: int) -> list[float] | None:
        """Return what the targets came to in a run; None if it has not been done."""
        return self._known.get((tuple(values.values()), seed))

    def add(self, values: Mapping[str, float], seeds: Sequence[int], found: Floats) -> None:
        """Keep what the targets came to at a point with some seeds, (seeds, targets)."""
        lines = []
        for seed, one in zip(seeds, found, strict=True):
            run = tuple(values.values()), seed
            self._known[run] = [*map(float, one)]
            lines.append(json.dumps([*run, self._known[run]]))
        if self._path is not None:
            self._write("\n".join(lines), "a")

    def _read(self, path: Path, source: str) -> None:
        first, *lines = path.read_text(encoding="utf-8").split("\n")
        if first != json.dumps({"source": source}):
            raise OtherRunsError(
                t(
                    'The runs in "{file}" are of another calibration, or of another version of '
                    "sisim. Begin anew, without --resume.",
                    file=path,
                )
            )
        for line in lines:
            try:
                values, seed, found = json.loads(line)
            except ValueError:  # the line that was being written as the process was killed
                continue
            self._known[tuple(values), seed] = found
        # What comes next stands on lines of its own.
        self._write("", "a")

    def _write(self, text: str, mode: str) -> None:
        """Write a line, and have the system keep it."""
        assert self._path is not None
        with self._path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())


def _source(plan: CalibrationPlan) -> str:
    """Return what the runs of a calibration follow from, as a digest."""
    targets = [(one.name, one.target.measure, one.target.arguments) for one in plan.targets]
    parts = [plan.scenario.model_dump_json(), *plan.paths, repr(targets), str(versions()["code"])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
