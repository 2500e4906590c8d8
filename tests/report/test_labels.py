"""Labels never cover one another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Annotation

from sisim.report.labels import EndLabels, Room, spread_out
from sisim.report.style import canvas, place, renderer, wrap


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(1, 20)), min_size=1, max_size=6).map(
        lambda labels: sorted(labels)
    )
)
def test_spread_out_leaves_no_overlap_and_keeps_order(labels: list[tuple[float, float]]) -> None:
    wanted, sizes = zip(*labels, strict=True)
    middles = spread_out(wanted, sizes, 0, 200)
    for i in range(1, len(middles)):
        assert middles[i] - middles[i - 1] >= (sizes[i] + sizes[i - 1]) / 2 - 1e-6
    assert middles[0] - sizes[0] / 2 >= -1e-6
    assert middles[-1] + sizes[-1] / 2 <= 200 + 1e-6


def test_spread_out_moves_nothing_that_has_room() -> None:
    assert spread_out([10, 40, 90], [10, 10, 10], 0, 100) == pytest.approx([10, 40, 90])


def test_end_labels_of_lines_that_meet_do_not_overlap() -> None:
    figure = canvas()
    axes = place(figure, 50, 50, 400, 200)
    axes.set_ylim(0, 10)
    ends = EndLabels(axes)
    for value, text in ((5.0, "one\ntwo"), (5.1, "three"), (4.9, "four"), (0.0, "five")):
        ends.add(value, text)
    texts = ends.settle()
    boxes = [text.get_window_extent(renderer(figure)) for text in texts]
    assert all(isinstance(text, Annotation) for text in texts)
    for lower, upper in pairwise(boxes):
        assert lower.y1 <= upper.y0


def test_a_label_keeps_off_lines_and_other_labels() -> None:
    figure = canvas()
    axes = place(figure, 50, 50, 400, 300)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    room = Room(axes)
    room.avoid_line([0, 1], [0.5, 0.5])
    line = room.display(0.5, 0.5)
    first = room.write("a label", line)
    second = room.write("another label", line)
    assert first is not None
    assert second is not None
    one, other = (text.get_window_extent(renderer(figure)) for text in (first, second))
    assert not one.overlaps(other)
    for box in (one, other):
        assert not box.y0 < line[1] < box.y1


def test_a_label_that_may_be_left_out_is_left_out_where_there_is_no_room() -> None:
    figure = canvas()
    axes = place(figure, 50, 50, 120, 40)
    room = Room(axes)
    assert room.write("fills it", room.display(0.5, 0.5), reach=50) is not None
    assert room.write("no room", room.display(0.5, 0.5), reach=50) is None
    assert room.name("no room", [(0.5, 0.5)]) is None


def test_wrapping_balances_lines() -> None:
    figure = canvas()
    assert wrap(figure, "one two three four", 140) == "one two\nthree four"
    assert wrap(figure, "short", 140) == "short"
