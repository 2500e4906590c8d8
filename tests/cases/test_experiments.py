"""The studies in `experiments` run as their heads say, and write what is kept beside them."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "experiments").glob("*/study.py"))


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.parent.name)
def test_all_that_a_study_uses_is_there(study: Path) -> None:
    assert callable(runpy.run_path(str(study), run_name="study")["main"])


@pytest.mark.parametrize("name", ["portfolio"])
def test_a_study_says_what_stands_beside_it(name: str, tmp_path: Path) -> None:
    """In both languages, whatever that of the one who runs it is."""
    shutil.copytree(ROOT / "experiments" / name, tmp_path / "experiments" / name)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    there = tmp_path / "experiments" / name
    before = {path: path.read_text(encoding="utf-8") for path in there.glob("result-*.txt")}
    assert {path.stem for path in before} == {"result-sv", "result-en"}
    done = subprocess.run(
        [sys.executable, there / "study.py"],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path: path.read_text(encoding="utf-8") for path in before} == before
