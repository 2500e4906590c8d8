"""The waterfall from one scenario to another: a step a change, and what they do together."""

import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import change_words, diff_table, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.scenario_diff_figure import (
    difference_chart,
    draw_difference,
    sentences,
)
from sisim.report.chart.chart import Bars

NAMES = ("before.toml", "after.toml")


def test_each_step_begins_where_the_last_one_ended() -> None:
    chart = difference_chart(subject(), diff_table(), NAMES, change_words())
    bars = marks_of(chart, Bars)
    falls = [False, False, True, False, False, False]  # the changes are +3, −1.5, +1 and +0.4
    sides = [(float(bar.low[0]), float(bar.high[0])) for bar in bars]
    assert [bar.hatched for bar in bars] == falls
    ends = [low if fall else high for (low, high), fall in zip(sides, falls, strict=True)]
    starts = [high if fall else low for (low, high), fall in zip(sides, falls, strict=True)]
    assert starts[0] == starts[-1] == 0
    assert starts[1:-1] == pytest.approx(ends[:-2])
    assert ends[-1] == pytest.approx(ends[-2]) == pytest.approx(diff_table()["result"].iloc[-1])


def test_the_largest_changes_come_first_and_the_smallest_share_a_step(lang: str) -> None:
    figure = draw_difference(subject(), diff_table(11), NAMES, change_words())
    # Two whole bars, seven changes, the rest, and what they do together.
    assert len(figure.axes[0].patches) == 11
    assert {"en": "4 smaller changes", "sv": "4 mindre ändringar"}[lang] in written(figure)
    widths = [abs(bar.get_width()) for bar in figure.axes[0].patches[1:8]]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("changes", [3, 11])
def test_it_can_be_read(changes: int) -> None:
    figure = draw_difference(subject(), diff_table(changes), NAMES, change_words())
    assert_readable(figure)
    assert all(name in written(figure) for name in NAMES)


def test_the_sentences_say_what_each_change_did(lang: str) -> None:
    first, *alone, lost, together, second = sentences(subject(), diff_table(), change_words())
    assert len(alone) == 3
    assert all("±" in one for one in alone)
    assert {"en": "does not fit", "sv": "går inte att göra"}[lang] in lost
    assert "0" in together
    assert first != second
