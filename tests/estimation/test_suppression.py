"""Suppression: whoever knows the rule and the sums cannot work out a hidden count."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.estimation.suppression import (
    hidden,
    is_hidden,
    range_of_persons,
    rounded_count,
    rounded_total,
)


@pytest.mark.parametrize(
    ("cells", "least", "base"),
    [
        *product([2, 3, 4], [3, 4, 5], [1]),
        *product([2, 3], [3, 5], [2, 3, 5, 10]),
    ],
)
def test_nobody_who_knows_the_rule_narrows_a_hidden_count_to_one_value(
    cells: int, least: int, base: int
) -> None:
    """All tables of small counts, held against every other table that is written alike."""
    written = defaultdict(list)
    for counts in product(range(4 * least if cells < 4 else 3 * least - 2), repeat=cells):
        unseen = hidden(counts, least)
        told = tuple(
            -1 if gone else rounded_count(n, base) for n, gone in zip(counts, unseen, strict=True)
        )
        # A sum that is small itself is not written. The range of a posterior tells the exact sum.
        small = is_hidden(sum(counts), least)
        total = -1 if small else (rounded_total(counts, unseen, base), sum(counts))
        written[told, total].append(counts)
    for (told, total), alike in written.items():
        for cell, shown in enumerate(told):
            values = {counts[cell] for counts in alike}
            small = any(is_hidden(value, least) for value in values)
            assert shown >= 0 or not small or len(values) > 1, (told, total, alike)


def test_where_a_count_is_of_few_persons_nothing_of_the_row_is_written() -> None:
    assert np.all(hidden([0, 12, 40], 5, few=True))


def test_small_counts_are_hidden_and_no_more_than_they_need() -> None:
    assert hidden([0, 0, 12, 40], 5).tolist() == [False] * 4
    assert hidden([3, 4, 12, 40], 5).tolist() == [True, True, True, False]
    assert np.all(hidden([1, 2, 3, 0], 5))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=9), st.integers(1, 30), st.data())
def test_rounded_counts_are_the_nearest_and_add_up_to_their_total(
    counts: list[int], base: int, data: st.DataObject
) -> None:
    unseen = data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts)))
    for count in counts:
        assert rounded_count(count, base) % base == 0
        assert 2 * abs(rounded_count(count, base) - count) <= base
    shown = [rounded_count(n, base) for n, gone in zip(counts, unseen, strict=True) if not gone]
    rest = sum(n for n, gone in zip(counts, unseen, strict=True) if gone)
    left = rounded_total(counts, unseen, base) - sum(shown)
    assert left >= 0
    assert 2 * abs(left - rest) <= base


@given(st.integers(0, 10_000_000), st.integers(3, 1000))
def test_a_range_of_persons_holds_the_number_and_never_tells_it(count: int, least: int) -> None:
    low, high = map(int, range_of_persons(count, least).split("–"))
    assert low <= count <= high
    assert high - low >= 4
    assert low == 0 or low >= 2 * least
