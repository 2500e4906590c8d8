"""A sweep ends with a picture, a table with the spread, and a sentence."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import sisim
from helpers.small_sweeps import write

from sisim.analysis.sweep import Study, open_study
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.result_table import read_table
from sisim.report.analysis.sweep_report import outcomes_asked, sweep_chart, sweep_sentences


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    place = tmp_path_factory.mktemp("sweep")
    said = sisim("sweep", write(place), "--out", place / "out", "--workers", 1, lang="sv")
    assert said.exit_code == 0, said.output
    assert "är högst" in said.stdout
    return open_study(place / "out")


def test_the_table_holds_mean_and_spread_of_each_combination(study: Study) -> None:
    table = read_table(study.store.folder / "sweep.csv")
    whole = study.table()
    assert len(table) == len(study.experiment.choices) * 2
    for row in table.to_dict("records"):
        own = whole[(whole["choice"] == row["choice"]) & (whole["arm"] == row["arm"])]
        values = own["net_present_value"]
        assert row["runs"] == len(values) == 8
        assert row["net_present_value_mean"] == pytest.approx(values.mean())
        assert row["net_present_value_sd"] == pytest.approx(values.std())
        assert row["net_present_value_high"] == pytest.approx(np.quantile(values, 0.9))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_names_the_highest_and_the_lowest(study: Study, lang: Lang) -> None:
    with in_language(lang):
        spread = study.spread(outcomes_asked(study))
        first = sweep_sentences(study, spread)[0]
        chart = sweep_chart(study, spread)
    assert ("är högst" if lang == "sv" else "is highest") in first
    (panel,) = chart.rows[0][1][0].panels
    means = [mark for mark in panel.marks if mark.name.startswith("mean-")]
    assert len(means) == len(study.experiment.choices)


@pytest.mark.parametrize(("patterns", "first"), [(["*"], "net_present_value"), (["c*"], "cost.a")])
def test_where_the_file_leaves_it_open_the_worth_comes_first(
    patterns: list[str], first: str
) -> None:
    made: Any = SimpleNamespace(
        experiment=SimpleNamespace(outcomes=patterns),
        plan=SimpleNamespace(outcomes=("invested", "net_present_value", "cost.a", "cost.a.2030")),
    )
    assert outcomes_asked(made)[0] == first


def test_it_can_be_run_again_and_says_what_it_holds(study: Study) -> None:
    folder = Path(study.store.folder)
    assert sisim("reproduce", folder, "--sample", 2, "--workers", 1).exit_code == 0
    text = (folder / "README.txt").read_text("utf-8")
    assert "sweep (.csv, .parquet)" in text
    assert (folder / "sweep.png").exists()
    assert pd.read_parquet(folder / "sweep.parquet")["runs"].eq(8).all()
