"""Grids of levels hold what they must, and are as dense as there is room for."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.level_grid import LevelRange, level_grid

RANGES = st.tuples(st.floats(0.001, 50), st.floats(0.001, 50), st.integers(2, 90)).map(
    lambda x: LevelRange(x[0], min(0.1, x[0]), x[0] + x[1], x[1] / x[2])
)


@given(st.lists(RANGES, min_size=1, max_size=6), st.integers(3, 2000))
def test_the_grid_holds_the_ends_and_the_own_value(ranges: list[LevelRange], most: int) -> None:
    found = level_grid(ranges, most)
    kept = [levels for levels in found if levels]
    assert prod(map(len, kept)) <= most
    assert found[: len(kept)] == kept  # the last ones are left out first
    for one, levels in zip(ranges, kept, strict=False):
        assert set(one.ends) <= set(levels)
        assert all(low < high for low, high in pairwise(levels))


def test_room_is_used_where_levels_are_farthest_apart() -> None:
    ranges = [LevelRange(1.0, 0.0, 2.0, 0.1), LevelRange(1.0, 0.0, 20.0, 1.0)]
    assert level_grid(ranges, 9) == [(0, 1, 2), (0, 1, 20)]
    assert level_grid(ranges, 12) == [(0, 1, 2), (0, 1, 4, 20)]  # the middle of 1 and 20 by ratio


def test_what_can_be_one_thing_alone_is_left_out() -> None:
    assert level_grid([LevelRange(1, 1, 1, 1), LevelRange(1, 0, 2, 1)], 3) == [(), (0, 1, 2)]


def test_no_finer_than_the_step() -> None:
    assert level_grid([LevelRange(1, 0, 2, 1)], 1000) == [(0, 1, 2)]
