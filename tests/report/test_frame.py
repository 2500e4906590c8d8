"""A time axis names as many years as there is room for, and always the marked one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from helpers.made_up import MadeUp

from sisim.analysis.comparison import Comparison, View, compare
from sisim.report.frame import mark_years, year_ticks
from sisim.report.style import canvas, place, renderer


def marked(year: int) -> Comparison:
    """Return a comparison of 2021-2045, which starts in 2026."""
    return compare(MadeUp(replications=1), View(year=year))


def test_a_year_is_dropped_only_where_its_name_would_meet_that_of_the_marked_one() -> None:
    assert year_ticks(marked(2029), apart=1.7) == [2021, 2026, 2029, 2031, 2036, 2041]
    assert year_ticks(marked(2029), apart=3.0) == [2021, 2026, 2029, 2036, 2041]
    assert year_ticks(marked(2029), apart=3.5) == [2021, 2029, 2036, 2041]


def test_where_years_are_narrow_only_every_tenth_is_named() -> None:
    assert year_ticks(marked(2042), apart=5.2) == [2026, 2036, 2042]


def test_the_marked_year_never_stands_alone() -> None:
    assert year_ticks(marked(2029), apart=8) == [2029, 2045]
    assert year_ticks(marked(2036), apart=12) == [2021, 2036]


@pytest.mark.parametrize("wide", [180, 280, 420, 800])
@pytest.mark.parametrize("year", range(2021, 2046, 3))
def test_years_on_an_axis_stand_apart(year: int, wide: float) -> None:
    story = marked(year)
    figure = canvas()
    axes = place(figure, 100, 100, wide, 100)
    axes.set_xlim(2020.5, 2045.5)
    mark_years(axes, story)
    measure = renderer(figure)
    figure.draw(measure)
    names = [tick.get_window_extent(measure) for tick in axes.get_xticklabels()]
    assert len(names) > 1
    for one, other in pairwise(names):
        assert other.x0 - one.x1 > 3
