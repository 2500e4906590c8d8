"""`sisim calibrate` from the outside: from key figures to draws that a scenario takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.calibrations import ENTRIES, INTO, OUT_OF, PATHWAY, STOCK, calibration
from helpers.command_line import sisim

from sisim.i18n import Lang
from sisim.loading.load import load_scenario
from sisim.loading.result_table import read_table
from sisim.scenario.psa_draws import draw_values

SCENARIO = f"""name = "own"
title = "Own"
pathway = "{PATHWAY.as_posix()}"
override_files = ["told/calibrated.toml"]
[time]
start = "2026-01"
years = 2
[population]
cohort = 1000
"""
WRITTEN = ("-draws.csv", "-targets.csv", "-numbers.csv", "-targets.png", "-numbers.png")


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_a_scenario_elsewhere_draws_the_numbers_together(tmp_path: Path, lang: Lang) -> None:
    """In a Swedish file with decimal commas, too; draw number n is row n.

    What a calibration goes on with is gone when its answer is written.
    """
    file, out = calibration(tmp_path, draws=32), tmp_path / "told" / "calibrated.toml"
    told = sisim("calibrate", str(PATHWAY), str(file), "--out", str(out), "--resume", lang=lang)
    assert told.exit_code == 0, told.output
    assert list(out.parent.glob("*.jsonl")) == []
    assert all((out.parent / f"calibrated{end}").exists() for end in WRITTEN)
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    scenario = load_scenario(tmp_path / "scenario.toml")
    drawn = [draw_values(scenario, index, 1) for index in range(300)]
    pairs = np.array([[one[f"pathway.{key}"] for key in (INTO, OUT_OF)] for one in drawn])
    assert np.corrcoef(pairs, rowvar=False)[0, 1] == pytest.approx(0.81, abs=0.08)
    rows = read_table(out.parent / "calibrated-draws.csv")
    assert rows[INTO].to_numpy()[:300] == pytest.approx(pairs[:, 0])
    number = scenario.pathway.parameters["into"]
    assert number.low is not None
    assert number.high is not None
    assert number.low < number.value < number.high
    assert (number.grade, number.label is None) == ("derived", False)
    assert number.source is not None
    assert "calibrate.toml" in number.source


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "only the combination is known (correlation 0.98)"),
        ("sv", "är bara kombinationen känd (korrelation 0,98)"),
    ],
)
@pytest.mark.usefixtures("unpainted")
def test_it_says_what_cannot_be_told_apart(tmp_path: Path, lang: Lang, said: str) -> None:
    file = calibration(tmp_path, STOCK, ENTRIES, draws=32, held_out=["entries"])
    out = str(tmp_path / "own.toml")
    told = sisim("calibrate", str(PATHWAY), str(file), "--out", out, lang=lang)
    assert said in told.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STOCK.replace("stock", "stok"), "Målet ”stok” finns inte. Menade du ”stock”?"),
        (STOCK.replace("0.0090", "0.9"), "Ingen kombination av de fria talen"),
        (
            STOCK + 'measure = "again_within"\narguments = { group = "care.placed", months = 2 }',
            "det finns inget exakt svar, eftersom det beror på varje persons historia",
        ),
    ],
)
def test_mistakes_are_answered_in_the_reader_s_language(
    tmp_path: Path, text: str, said: str
) -> None:
    file = calibration(tmp_path, text, draws=32, method="'exact'")
    told = sisim("calibrate", str(PATHWAY), str(file), "--out", "x.toml", lang="sv")
    assert told.exit_code == 2
    assert said in told.stderr
    told = sisim("calibrate", str(PATHWAY), str(file), "--out", "x.csv", lang="sv")
    assert "slutar på .toml" in told.stderr
