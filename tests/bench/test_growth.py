"""The powers that cost grows with are those of the times, and the sizes measured are runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import sisim
from hypothesis import given
from hypothesis import strategies as st

from sisim.bench import growth
from sisim.bench.growth import DOUBLINGS, Size, compare_growth, exponents, growing_scenario, sizes
from sisim.bench.growth_chart import growth_chart
from sisim.engine.replications import simulate
from sisim.scenario.scenario import Scenario


@given(st.floats(0.0, 3.0), st.floats(1e-4, 1e4))
def test_a_power_is_found_whatever_the_unit(power: float, unit: float) -> None:
    times = np.array(DOUBLINGS)
    found = exponents(
        pd.DataFrame({"what": "people", "times": times, "seconds": unit * times**power})
    )
    assert found["exponent"].tolist() == pytest.approx([power], abs=1e-9)
    assert found["error"].tolist() == pytest.approx([0.0], abs=1e-6)


def test_what_grows_is_what_is_said_to_grow() -> None:
    """Of twice the people, tracks or arms a run has so many."""
    for what, grown in sizes(Size(people=5000, years=2)).items():
        small, large = (
            simulate(Scenario.model_validate(growing_scenario(size)), replications=1)
            for size in grown[:2]
        )
        few, many = (run.counts("stock") for run in (small, large))
        if what == "people":
            assert many[0, 0, 0].sum() == 2 * few[0, 0, 0].sum()
        elif what == "tracks":
            assert many.shape[-1] == 2 * few.shape[-1]
        elif what.startswith("arms"):
            assert (few.shape[1], many.shape[1]) == (2, 3)
            assert (many[:, 1] != many[:, 0]).any()


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    """Return a measurement, of few people."""
    return compare_growth(100, seconds=0.0)


@pytest.mark.usefixtures("unpainted")
def test_the_command_draws_where_it_is_asked_to(
    measured: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(growth, "compare_growth", lambda: measured)
    assert sisim("bench", "--growth", "--out", tmp_path / "drawn").exit_code == 0
    assert {file.name for file in (tmp_path / "drawn").iterdir()} == {"growth.png", "growth.svg"}


def test_each_line_is_drawn_through_its_doublings(measured: pd.DataFrame) -> None:
    ((_, (column,)),) = growth_chart(measured).rows
    lines = column.panels[0].at_ends()
    assert len(lines) == measured["what"].nunique()
    for line in lines:
        assert list(line.x) == [0, 1, 2, 3]
        assert line.y[0] == 0
        assert max(line.y) <= column.panels[0].y.high


def test_the_command_tells_a_power_for_each(
    measured: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = measured
    monkeypatch.setattr(growth, "compare_growth", lambda: table)
    lines = sisim("bench", "--growth").output.strip().splitlines()
    assert len(lines) == 1 + table["what"].nunique()
    assert lines[0].startswith("What grows\tExponent")
