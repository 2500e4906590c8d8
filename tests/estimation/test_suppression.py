"""Suppression: whoever knows the rule and the sums cannot work out a hidden count."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from sisim.estimation.suppression import hidden, is_hidden


@pytest.mark.parametrize("least", [3, 4, 5])
@pytest.mark.parametrize("cells", [2, 3, 4])
def test_nobody_who_knows_the_rule_narrows_a_hidden_count_to_one_value(
    least: int, cells: int
) -> None:
    """All tables of small counts, held against every other table that is written alike."""
    written = defaultdict(list)
    for counts in product(range(4 * least if cells < 4 else 3 * least - 2), repeat=cells):
        unseen = hidden(counts, least)
        told = tuple(-1 if gone else n for n, gone in zip(counts, unseen, strict=True))
        # A sum that is small itself is not written.
        total = -1 if is_hidden(sum(counts), least) else sum(counts)
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
