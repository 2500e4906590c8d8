"""The curve along a number, the value at which the result turns, and what is said of it."""

import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import LASTING, REACH, break_even, ready, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.threshold_figure import (
    answer,
    break_even_chart,
    draw_break_even,
    sentences,
)
from sisim.report.chart.chart import Points


def test_the_value_at_which_it_turns_is_marked_and_said() -> None:
    found = [break_even(REACH, 0.7)]
    figure = draw_break_even(subject(), found)
    (turns,) = marks_of(break_even_chart(subject(), found), Points)
    assert list(turns.x) == [0.7]
    assert "70" in written(figure)


def test_a_curve_that_never_turns_has_no_mark(lang: str) -> None:
    figure = draw_break_even(subject(), [break_even(LASTING, None)])
    (turns,) = marks_of(break_even_chart(subject(), [break_even(LASTING, None)]), Points)
    assert not len(turns.x)
    assert {"en": "Never breaks even here", "sv": "Ingen nollpunkt här"}[lang] in written(figure)


def test_all_panels_have_one_scale_that_holds_zero() -> None:
    figure = draw_break_even(subject(), [break_even(), break_even(LASTING, None)])
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    low, high = figure.axes[0].get_ylim()
    assert low < 0 < high


def test_three_panels_have_room_and_can_be_read() -> None:
    figure = draw_break_even(subject(), [break_even(), break_even(LASTING, None)] * 2)
    assert len(figure.axes) == 3
    assert_readable(draw_break_even(subject(), [break_even(), break_even(LASTING, None)]))


def test_the_sentence_gives_the_value_its_error_and_the_scenarios_own(lang: str) -> None:
    said = answer(break_even(), Assumptions(ready())).replace("\N{NO-BREAK SPACE}", "")
    for part in ("70%", "±3%", "80%"):
        assert part in said.replace(" ", "")
    assert {"en": "breaks even at", "sv": "nollpunkten är"}[lang] in said


def test_too_few_runs_are_said_not_to_be_sure() -> None:
    one = break_even(LASTING, None)
    doubtful = break_even(LASTING, None)
    doubtful.curve["standard_error"] = 1e9
    words = Assumptions(ready())
    assert one.sure
    assert not doubtful.sure
    assert len(answer(doubtful, words)) > len(answer(one, words))
    assert answer(doubtful, words, short=True).endswith(")")


@pytest.mark.parametrize(
    ("lang", "zero"), [("en", "is zero"), ("sv", "är noll")], indirect=["lang"]
)
def test_the_sentences_begin_with_what_is_zero(zero: str) -> None:
    head, *rest = sentences(subject(), [break_even(), break_even(LASTING, None)])
    assert zero in head
    assert len(rest) == 2
