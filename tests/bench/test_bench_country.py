"""Sweden is told by runs of a few municipalities."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.command_line import sisim
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.experiment_file import load_experiment
from sisim.bench import bench_country
from sisim.bench.bench_country import (
    MUNICIPALITIES,
    RESIDENTS,
    RUNS,
    CountryRun,
    sweden,
    write_country,
)

part = st.floats(0.0, 10.0)


@given(part, part, st.floats(0.0, 1e-3))
def test_what_costs_by_start_municipality_and_resident_is_told_exactly(
    start: float, each: float, resident: float
) -> None:
    runs = tuple(
        CountryRun(places, people, start + each * places + resident * people, None)
        for places, people in RUNS
    )
    whole = start + each * MUNICIPALITIES + resident * RESIDENTS
    assert sweden(runs) == pytest.approx(whole, rel=1e-6, abs=1e-6)


def test_the_municipalities_are_as_many_and_as_large_as_is_said(tmp_path: Path) -> None:
    for places, residents in RUNS:
        table = load_experiment(
            write_country(tmp_path, places, residents)
        ).experiment.municipalities
        assert table is not None
        assert len(table.places) == places
        assert sum(one.residents for one in table.places) == residents


def test_the_command_says_how_long_sweden_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = tuple(CountryRun(*one, 2.0 + one[1] / 1e4, 400.0) for one in RUNS)
    monkeypatch.setattr(bench_country, "bench_country", lambda: runs)
    said = sisim("bench", "--country", lang="sv").output
    assert "Kommuner: 10. Invånare sammanlagt: 100\xa0000. Tid: 12,0 s, 400 MB" in said
    assert "Sverige: ungefär 18 min på den här datorn" in said
