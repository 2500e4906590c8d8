"""What is measured is drawn and said in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.pictures import faults

from sisim import load, run
from sisim.i18n import Lang, t
from sisim.report.chart.chart import Line
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.measured_lines import measured_chart, measured_words, write_measured
from sisim.results import Results

WORLD = Path(__file__).parents[1] / "helpers" / "measured.toml"


@pytest.fixture(scope="module")
def result() -> Results:
    return run(load(WORLD), replications=5)


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_the_picture_can_be_read(result: Results, lang: Lang) -> None:
    assert faults(paint(measured_chart(result))) == []


def test_there_is_a_line_for_each_arm_and_for_the_same_people_without(result: Results) -> None:
    columns = [column for _, row in measured_chart(result).rows for column in row if column.panels]
    lines = [
        [mark.name for mark in column.panels[0].marks if isinstance(mark, Line)]
        for column in columns
    ]
    assert lines == [
        ["reading_each_may-without-mean", "reading_each_may-project-mean"],
        ["after-project-mean", "after-project-without"],
        ["recovered-without-mean", "recovered-project-mean"],
    ]


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
def test_words_say_the_latest_of_each_arm(result: Results, lang: Lang) -> None:
    score, after, left = measured_words(result)
    assert "2030" in score
    assert t("Without the investment") in score
    assert {"en": "the same people without", "sv": "samma personer utan"}[lang] in after
    assert {"en": "Has left again: Ill", "sv": "Har lämnat igen: Sjuk"}[lang] in left


def test_nobody_who_answers_is_said() -> None:
    silent = run(load(WORLD, {"measurements.reading_each_may.response": 0}))
    assert measured_words(silent)[0] == "Measured: Reading. Nobody has answered."


def test_table_and_picture_are_written(result: Results, tmp_path: Path) -> None:
    write_measured(result, tmp_path)
    assert {"measured.png", "measured.csv"} <= {path.name for path in tmp_path.iterdir()}
