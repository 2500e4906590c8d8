"""Regression to the mean: what participants cost around their start, with and without."""

from __future__ import annotations

import numpy as np
import pytest

import sisim
from sisim.evaluation.participant_course import LIVES, YEARS, participant_course
from sisim.i18n import LANGUAGES, in_language
from sisim.report.analysis.participant_course_report import course_chart, sentences

SMALL = {"population.residents": 3000}


@pytest.fixture(scope="module")
def found():  # type: ignore[no-untyped-def]
    return participant_course(sisim.load("placed-youth", SMALL), "project", runs=2)


def test_before_they_begin_both_lives_are_one(found) -> None:  # type: ignore[no-untyped-def]
    np.testing.assert_array_equal(found.cost[:, 0, :YEARS], found.cost[:, 1, :YEARS])
    np.testing.assert_array_equal(found.share[:, 0, :YEARS], found.share[:, 1, :YEARS])


def test_an_investment_that_does_nothing_shows_its_fall() -> None:
    """Participants cost far less after some years, and not because of what was done."""
    scenario = sisim.load("placed-youth", {**SMALL, "investments.team.effects": []})
    nothing = participant_course(scenario, "project", runs=2)
    assert nothing.participants.all()
    np.testing.assert_array_equal(nothing.cost[:, 0], nothing.cost[:, 1])
    assert (nothing.cost[:, 0, YEARS] > nothing.cost[:, 0, : YEARS - 1].max(axis=1)).all()
    assert (nothing.change[:, 0] < -0.3 * nothing.cost[:, 0, YEARS]).all()
    with in_language("en"):
        assert "the runs do not carry" in " ".join(sentences(nothing))


def test_the_table_holds_the_means_over_the_runs(found) -> None:  # type: ignore[no-untyped-def]
    table = found.table().set_index(["life", "year"])
    for number, life in enumerate(LIVES):
        own = found.cost[:, number, YEARS]
        assert table.loc[(life, 0), "cost"] == pytest.approx(own[np.isfinite(own)].mean())
    assert table["share"].dropna().between(0, 1).all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_picture_and_words_say_who_they_are_compared_with(found, lang) -> None:  # type: ignore[no-untyped-def]
    with in_language(lang):
        chart, said = course_chart(found), sentences(found)
    assert len(chart.rows[0][1]) == 2
    assert {"en": "regression to the mean", "sv": "regression mot medelvärdet"}[lang] in said[0]


def test_where_nobody_is_followed_for_so_long_it_is_said() -> None:
    scenario = sisim.load("placed-youth", {**SMALL, "time.years": 3})
    short = participant_course(scenario, "project", runs=1)
    assert not short.participants.any()
    with in_language("en"):
        assert "cannot be told" in sentences(short)[0]
