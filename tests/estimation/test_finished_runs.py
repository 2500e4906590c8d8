"""A calibration that was killed goes on, and comes to the same answer bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.calibrations import PATHWAY, STOCK, calibration

from sisim.analysis.executors import Batch, CellSetup, Done, Executor, in_process
from sisim.estimation.calibrate import Calibrated, calibrate
from sisim.estimation.calibration_file import CalibrationPlan, load_calibration
from sisim.estimation.finished_runs import FinishedRuns, OtherRunsError
from sisim.i18n import in_language

SETTINGS: dict[str, Any] = {
    "method": "'emulator'",
    "draws": 24,
    "waves": 2,
    "replications": 2,
    "residents": 2000,
}


class Killed(Exception):  # noqa: N818 - it stands for a signal
    """What ends a calibration here."""


class Counted(Executor):
    """Counts the runs that are done, and may be killed after some batches."""

    def __init__(self, batches: int = 10**9) -> None:
        self.left, self.runs, self._own = batches, 0, in_process()
        self.workers = 1

    def run(self, setup: CellSetup, batches: Iterable[Batch]) -> Iterator[Done]:
        """Run batches, until it is killed."""
        for done in self._own.run(setup, batches):
            self.left -= 1
            if self.left < 0:
                raise Killed
            self.runs += len(done.rows)
            yield done


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> CalibrationPlan:
    """Return a small calibration in two waves, simulated."""
    return load_calibration(
        calibration(tmp_path_factory.mktemp("plan"), STOCK, **SETTINGS), str(PATHWAY)
    )


@pytest.fixture(scope="module")
def whole(plan: CalibrationPlan) -> tuple[Calibrated, int]:
    """Return what it finds when it is left alone, and in how many runs."""
    executor = Counted()
    return calibrate(plan, executor), executor.runs


@pytest.mark.parametrize("batches", [3, 20])
def test_it_goes_on_to_the_same_answer_and_no_run_is_done_again(
    plan: CalibrationPlan, whole: tuple[Calibrated, int], tmp_path: Path, batches: int
) -> None:
    file, killed, after = tmp_path / "runs.jsonl", Counted(batches), Counted()
    with pytest.raises(Killed):
        calibrate(plan, killed, kept=FinishedRuns(file, plan))
    # The line that was being written as the process was killed is there in part.
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text[-40:-10], encoding="utf-8", newline="\n")
    found = calibrate(plan, after, kept=FinishedRuns(file, plan, resume=True))
    assert found.draws.equals(whole[0].draws)
    assert (found.targets == whole[0].targets).all()
    assert (found.checked == whole[0].checked).all()
    assert found.runs == whole[0].runs
    assert killed.runs + after.runs == whole[1]


def test_the_runs_of_another_calibration_are_refused(plan: CalibrationPlan, tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    FinishedRuns(file, plan)
    other = calibration(tmp_path, STOCK, **SETTINGS | {"residents": 3000})
    with pytest.raises(OtherRunsError, match="of another calibration"):
        FinishedRuns(file, load_calibration(other, str(PATHWAY)), resume=True)
    with pytest.raises(OtherRunsError) as caught, in_language("sv"):
        FinishedRuns(file, load_calibration(other, str(PATHWAY)), resume=True)
    assert "hör till en annan kalibrering" in str(caught.value)
    assert len(FinishedRuns(file, plan)) == 0
