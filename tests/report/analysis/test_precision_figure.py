"""How sure a result is: the mean as replications are added, and how many more it takes."""

import numpy as np
import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import subject
from helpers.pictures import assert_readable, written

from sisim.analysis.precision import precision
from sisim.report.analysis.precision_figure import (
    course,
    draw_precision,
    precision_chart,
    sentences,
)
from sisim.report.chart.chart import FilledArea, Line, Points

VALUES = 2e6 + 1e6 * np.array([-1, 1, -0.5, 0.5, -0.2, 0.2, 0.8, -0.8, 0.1, -0.1])


def test_the_course_is_the_mean_of_the_replications_so_far() -> None:
    table = course(VALUES)
    assert table["mean"].tolist() == pytest.approx(np.cumsum(VALUES) / np.arange(1, 11))
    assert table["high"].isna().iloc[0]
    narrow = (table["high"] - table["low"]).dropna()
    assert narrow.iloc[-1] < narrow.iloc[0]


def test_it_can_be_read_and_ends_at_the_mean() -> None:
    figure = draw_precision(subject(), VALUES, precision(VALUES))
    assert_readable(figure)
    assert "2" in written(figure)
    (runs,) = marks_of(precision_chart(subject(), VALUES, precision(VALUES)), Points)
    np.testing.assert_array_equal(runs.y, VALUES)


def test_one_run_cannot_tell(lang: str) -> None:
    (said,) = sentences(subject(), precision(VALUES[:1]))
    assert {"en": "cannot tell", "sv": "inte kan säga"}[lang] in said


def test_how_many_more_runs_a_wish_takes(lang: str) -> None:
    found = precision(VALUES, 1e5)
    _, said = sentences(subject(), found)
    assert {"en": "runs in all", "sv": "körningar"}[lang] in said
    assert str(found.more) in said.replace("\N{NO-BREAK SPACE}", "").replace(",", "")


def test_a_wish_that_is_met_is_said(lang: str) -> None:
    _, said = sentences(subject(), precision(VALUES, 1e8))
    assert {"en": "as sure as was wished", "sv": "så säkert som önskades"}[lang] in said


YEARS = np.array([2026.4, 2027.3, np.nan, 2027.9, 2028.0, np.nan, 2027.1])


def test_a_year_is_a_year_and_runs_without_one_are_counted(lang: str) -> None:
    found = precision(YEARS)
    mean, undefined = sentences(subject("payback_year"), found)
    assert {"en": "is 2027 ± 0.8 years (95%, 5 runs)", "sv": "är 2027 ± 0,8 år (95"}[lang] in (
        mean.replace("\N{NO-BREAK SPACE}", " ")
    )
    assert {"en": "in 2 of 7 runs", "sv": "i 2 av 7 körningar"}[lang] in undefined
    said = written(draw_precision(subject("payback_year"), YEARS, found))
    assert "2027" in said.split("\n")
    assert "2,027" not in said


def test_a_band_is_drawn_only_from_enough_runs_on() -> None:
    (few,) = marks_of(precision_chart(subject(), VALUES[:4], precision(VALUES[:4])), FilledArea)
    (enough,) = marks_of(precision_chart(subject(), VALUES, precision(VALUES)), FilledArea)
    assert list(few.x) == []
    assert list(enough.x) == [5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("runs", [1, 4])
def test_with_few_runs_neither_a_band_nor_an_interval_is_written(runs: int) -> None:
    values = VALUES[:runs]
    (mean,) = marks_of(precision_chart(subject(), values, precision(values)), Line)
    assert "±" not in mean.label
    assert_readable(draw_precision(subject(), values, precision(values)))
