"""Measures that are undefined in some runs, or in all: every analysis answers, and says why."""

import re
import warnings
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from helpers.all_analyses import Remembered, answers, with_gaps
from helpers.known import factor
from helpers.pictures import written
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sisim.analysis.measures import NPV, PAYBACK, RATIOS, chosen, why_undefined
from sisim.analysis.question import beyond_chance, chance_of, mean_defined
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.load import load_scenario
from sisim.report.analysis.analysis_frame import Subject

COHORT = Path(__file__).parents[1] / "helpers" / "cohort.toml"
REACH, RUNNING = "investments.care.reach", "investments.care.cost.running"
RATIO = "investments.care.effects.0.ratio"
PARTLY = [factor(RUNNING, 0, 4e6, 2e4), factor(REACH, 0, 1, 0.8)]
"""Nothing is invested at the lowest of both, and it is never paid back at the highest cost."""
SCENARIO = load_scenario(COHORT)
FREE = load_scenario(COHORT, {RUNNING: 0})
MEASURES = chosen(SCENARIO, ())
YEAR_AS_AMOUNT = re.compile(r"\b2[,.\N{NO-BREAK SPACE} ]0[2-4]\d\b")


def assert_told(text: str, measure: str) -> None:
    """Hold that a text has no number that is none, no raw key, and no year written as an amount."""
    assert not re.search(r"\bnan\b", text.lower())
    if "_" in measure:
        assert measure not in text
    if measure == PAYBACK:
        assert not YEAR_AS_AMOUNT.search(text)


@pytest.fixture(scope="module")
def partly() -> Remembered:
    return Remembered(SCENARIO, "care", 2)


@pytest.fixture(scope="module")
def nowhere() -> Remembered:
    return Remembered(FREE, "care", 2)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_analysis_answers_of_every_measure_defined_in_parts(
    partly: Remembered, measure: str
) -> None:
    subject = Subject(SCENARIO, (11, 12), "care", measure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for lang in LANGUAGES:
            with in_language(lang):
                found = answers(subject, partly.outcome(measure), PARTLY)
                for said, draw in found.values():
                    assert said
                    assert_told("\n".join(said), measure)
                    if measure in (NPV, PAYBACK, *RATIOS):
                        assert_told(written(draw()), measure)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("measure", [PAYBACK, *RATIOS])
def test_where_it_is_defined_nowhere_every_analysis_says_why(
    nowhere: Remembered, measure: str, lang: Lang
) -> None:
    subject = Subject(FREE, (11, 12), "care", measure)
    varied = [factor(REACH, 0.5, 1, 0.8), factor(RATIO, 1, 2.5, 1.5)]
    with warnings.catch_warnings(), in_language(lang):
        warnings.simplefilter("error")
        for name, (said, draw) in answers(subject, nowhere.outcome(measure), varied).items():
            text = "\n".join(said)
            assert why_undefined(measure) in text, name
            assert_told(text, measure)
            assert why_undefined(measure) in written(draw()).replace("\n", " "), name


@settings(max_examples=40)
@given(
    undefined=st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 3)), max_size=9),
    slopes=st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    replications=st.integers(1, 4),
    measure=st.sampled_from([PAYBACK, *RATIOS]),
)
def test_wherever_it_is_undefined_every_analysis_answers(
    undefined: dict[int, set[int]],
    slopes: tuple[float, float],
    replications: int,
    measure: str,
) -> None:
    """Whatever the points and the replications in which there is no value."""

    def gaps(point: Any) -> Any:
        place = sum(hash(round(float(value), 3)) for value in point.values()) % 9
        return np.isin(np.arange(replications), list(undefined.get(place, ())))

    ask = with_gaps({RUNNING: slopes[0], REACH: slopes[1]}, gaps, replications)
    subject = Subject(SCENARIO, tuple(range(replications)), "care", measure)
    with warnings.catch_warnings(), in_language("en"):
        warnings.simplefilter("error")
        found = answers(subject, ask, [factor(RUNNING, 0, 1), factor(REACH, 0, 1)])
        for said, _ in found.values():
            assert_told("\n".join(said), measure)


def test_a_mean_is_that_of_at_least_half_of_the_runs() -> None:
    runs = np.array([[1.0, 3.0], [1.0, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(mean_defined(runs), [2.0, 1.0, np.nan])
    assert np.isnan(mean_defined(np.array([1.0, np.nan, np.nan])))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=10), st.floats(-1e6, 1e6))
def test_a_difference_that_is_the_same_in_all_runs_is_beyond_chance(
    runs: list[float], shift: float
) -> None:
    values = np.round(np.array(runs))
    assert chance_of(values, values + round(shift)) == (0.0 if round(shift) else 1.0)


def test_a_difference_within_its_interval_is_not() -> None:
    change = np.array([-1.0, 0.5, 2.0, -1.2])
    within, beyond = chance_of(np.zeros(4), change), chance_of(np.zeros(4), change + 10)
    assert within == pytest.approx(stats.ttest_1samp(change, 0).pvalue)
    assert beyond_chance(np.array([within, beyond])).tolist() == [False, True]


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.0, 1e-9, 0.01, 0.025]), max_size=40))
def test_many_differences_are_held_against_chance_as_by_holm(chances: list[float]) -> None:
    values = np.array([0.5, *chances])
    with patch("gc.collect"):  # which statsmodels calls each time, and takes most of a second here
        told = multipletests(values, alpha=0.05, method="holm")[0]
    assert beyond_chance(values).tolist() == told.tolist()


class TestNothingMatters:
    """Rankings are told only of what makes a difference, and one beyond chance."""

    @pytest.mark.parametrize("name", ["one-way", "sobol", "morris"])
    def test_where_nothing_that_is_varied_matters_nothing_is_ranked(self, name: str) -> None:
        ask = with_gaps({}, lambda _: False, 3)
        subject = Subject(SCENARIO, (1, 2, 3), "care", "outcome.ill")
        with warnings.catch_warnings(), in_language("en"):
            warnings.simplefilter("error")
            said, _ = answers(subject, ask, PARTLY)[name]
        text = "\n".join(said)
        assert "nothing that was varied makes any difference" in text
        assert "depends on" not in text

    @pytest.mark.parametrize("name", ["one-way", "morris"])
    def test_what_chance_does_to_an_idle_number_is_no_ranking(self, name: str) -> None:
        rng = np.random.default_rng(3)
        subject = Subject(SCENARIO, (1, 2, 3, 4), "care", "outcome.ill")
        with in_language("en"):
            noise = lambda points: 5 + rng.normal(size=(len(points), 4))  # noqa: E731
            said, _ = answers(subject, noise, PARTLY)[name]
        assert "beyond chance" in "\n".join(said)

    def test_a_number_that_matters_is_ranked_before_one_that_does_not(self) -> None:
        subject = Subject(SCENARIO, (1, 2, 3), "care", "outcome.ill")
        ask = with_gaps({REACH: 10.0}, lambda _: False, 3)
        with in_language("en"):
            # Of two base points, no interval of a Sobol index is free of chance.
            for name in ("one-way", "morris"):
                said = "\n".join(answers(subject, ask, PARTLY)[name][0])
                assert "depends on reach (Care)." in said
