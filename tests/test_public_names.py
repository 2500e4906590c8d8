"""The public face: a file or a name is enough, and what comes back is told in a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.small_files import PATHWAY, SCENARIO

import sisim


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a small scenario."""
    (tmp_path / "small.toml").write_text(PATHWAY, encoding="utf-8", newline="\n")
    file = tmp_path / "mine.toml"
    file.write_text(SCENARIO, encoding="utf-8", newline="\n")
    return file


def test_a_scenario_is_run_from_its_file(file: Path) -> None:
    by_path = sisim.run(file, replications=1)
    by_text = sisim.run(str(file), replications=1)
    loaded = sisim.run(sisim.load(file), replications=1)
    assert by_path.digest == by_text.digest == loaded.digest
    assert by_path.costs.equals(loaded.costs)


def test_a_ready_scenario_is_run_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    small = sisim.load("placed-youth", {"population.residents": 300, "replications": 1})
    monkeypatch.setattr(sisim, "load", lambda name: asked.append(name) or small)
    assert sisim.run("placed-youth").seeds == (small.seed,)
    assert asked == ["placed-youth"]


def test_what_comes_back_is_told_in_a_line(file: Path) -> None:
    scenario = sisim.load(file)
    result = sisim.run(scenario, replications=2)
    assert repr(scenario) == "<Scenario 'trial': 10 years, arms project, new_way>"
    assert repr(result) == (
        "<Results 'trial': 10 years from 2026, arms without, project, new_way, 2 replications>"
    )
