"""Axes say where they begin and end, at even steps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sisim.report.chart.chart import even_years, value_axis, year_axis

YEARS = st.tuples(st.integers(1990, 2060), st.integers(0, 60))


@given(YEARS, st.integers(2, 15))
def test_the_first_and_the_last_year_are_named_and_others_at_even_steps(
    span: tuple[int, int], most: int
) -> None:
    first, length = span
    named = even_years(first, first + length, most)
    assert (named[0], named[-1]) == (first, first + length)
    assert len(named) <= max(most, 2)
    steps = np.diff(named)
    assert (steps > 0).all()
    if len(steps) > 1:
        # Where no step that has room divides the time between, the last is longer.
        assert len(set(steps[:-1].tolist())) == 1
        assert steps[0] <= steps[-1] < 2 * steps[0]


@given(YEARS, st.integers(2, 15))
def test_years_may_be_counted_from_the_start(span: tuple[int, int], most: int) -> None:
    years = np.arange(span[0], span[0] + span[1] + 1)
    plain, since = year_axis(years, most), year_axis(years, most, since=span[0])
    assert since.ticks[0][1] == "1"
    assert [at for at, _ in plain.ticks] == [at for at, _ in since.ticks]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e3), st.integers(2, 8))
def test_no_number_stands_twice_on_an_axis_and_all_lie_on_it(
    low: float, share: float, count: int
) -> None:
    """From a millionth of its values on, an axis tells them apart."""
    length = share * max(abs(low), 1.0)
    axis = value_axis(low, low + length, count, max(abs(low), length))
    said = [text for _, text in axis.ticks]
    assert len(set(said)) == len(said)
    hair = 1e-6 * length
    assert all(axis.low - hair <= at <= axis.high + hair for at, _ in axis.ticks)
