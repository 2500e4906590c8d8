"""What measures pictures finds a text that is cut, covered, too small or hardly seen."""

from __future__ import annotations

import pytest
from helpers.pictures import faults

from sisim.report.chart.chart import Axis, Chart, Column, Panel, Word
from sisim.report.chart.matplotlib_painter import paint

PLAIN = Word("plain", "A text", 5.0, 5.0)
CUT = "'A text that goes on' leaves the picture"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (None, []),
        (
            Word("cut", "A text that goes on", 9.9, 5.0),
            ["'A text that goes on' leaves the picture"],
        ),
        (Word("over", "Another", 5.0, 5.0, shift=(6.0, 4.0)), ["'A text' covers 'Another'"]),
    ],
)
def test_a_fault_is_found(word: Word | None, said: list[str]) -> None:
    words = (PLAIN, *([word] if word else []))
    panel = Panel("one", Axis(0, 10), Axis(0, 10), words)
    assert faults(paint(Chart(((1.0, (Column((panel,)),)),)))) == said


def test_a_text_too_small_or_too_light_is_found() -> None:
    panel = Panel("one", Axis(0, 10), Axis(0, 10), (PLAIN,))
    figure = paint(Chart(((1.0, (Column((panel,)),)),)))
    figure.texts[0].set_fontsize(8)
    figure.texts[0].set_color("#E69F00")
    assert faults(figure) == ["'A text' is too small", "'A text' is hardly seen"]


def test_a_colour_too_light_for_a_text_is_written_darker() -> None:
    word = Word("light", "A text", 5.0, 5.0, color="#F0E442")
    panel = Panel("one", Axis(0, 10), Axis(0, 10), (word,))
    assert faults(paint(Chart(((1.0, (Column((panel,)),)),)))) == []
