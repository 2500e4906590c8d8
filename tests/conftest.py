"""The same examples every time, no stopwatch on a shared machine, and one compilation for all."""

import os
import sys
from pathlib import Path

import pytest
from helpers.small_files import PATHWAY, SCENARIO, Change, Write
from helpers.unread import empty_workbook
from hypothesis import HealthCheck, settings
from matplotlib.figure import Figure

from sisim.portable import usable_cores
from sisim.report import result_files

settings.register_profile(
    "sisim",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("sisim")


def pytest_configure(config: pytest.Config) -> None:
    """Compile before there are processes, each of which would otherwise do it for itself."""
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        # Dozens of processes are started, and each would translate every library that it imports,
        # which takes seconds. What may not lie beside the sources lies among what pytest keeps.
        keep = str(config.cache.mkdir("bytecode"))
        sys.dont_write_bytecode, sys.pycache_prefix = False, keep
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = keep
    here = not hasattr(config, "workerinput") and not config.option.collectonly
    if here and config.getoption("numprocesses", None):
        from sisim.engine.machine_code import compile_engine, on_disk

        if not on_disk():
            compile_engine()


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes share the tests: one for each core that is ours."""
    return usable_cores()


@pytest.fixture(autouse=True, scope="session")
def _everyone_warms_up() -> None:
    """Let no test go on from what another, or another day, has kept of a warm-up."""
    from sisim.engine import warm_up

    warm_up.LEAST = sys.maxsize


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave pictures and workbooks empty, most of a command's time, where only names are read.

    Every picture of every command is painted and measured in `cases/test_every_word.py`, and the
    workbook beside every answer is written there.
    """
    monkeypatch.setattr(Figure, "savefig", lambda *_, **__: None)
    monkeypatch.setattr(result_files, "write_workbook", empty_workbook)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes both files, with changes, and returns the scenario's path."""

    def write_files(*changes: Change) -> Path:
        texts = {"small.toml": PATHWAY, "trial.toml": SCENARIO}
        for old, new in changes:
            found = [name for name, text in texts.items() if old in text]
            assert found, f"{old!r} is in neither file"
            texts[found[0]] = texts[found[0]].replace(old, new, 1)
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        return tmp_path / "trial.toml"

    return write_files
