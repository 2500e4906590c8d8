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


@pytest.mark.parametrize("few", [(True, False, False), (True, False, True), (True, True, True)])
def test_nor_does_anybody_find_a_count_that_is_of_few_persons(few: tuple[bool, ...]) -> None:
    """Which ages have few persons is known to nobody who reads the table."""
    least, written = 4, defaultdict(set)
    for counts in product(range(4 * least), repeat=3):
        for own in ((False,) * 3, few):
            unseen = hidden(counts, least, own)
            told = tuple(-1 if gone else n for n, gone in zip(counts, unseen, strict=True))
            total = -1 if is_hidden(sum(counts), least) else sum(counts)
            written[told, total].add((counts, own))
    for (told, total), alike in written.items():
        for cell, shown in enumerate(told):
            values = {counts[cell] for counts, _ in alike}
            if not any(own[cell] or is_hidden(counts[cell], least) for counts, own in alike):
                continue
            # Nothing is no small count; of larger sums not all tables have been tried.
            known = shown >= 0 or len(values) > 1 or values == {0}
            assert known or total >= 4 * least, (told, total, alike)


def test_small_counts_are_hidden_and_no_more_than_they_need() -> None:
    assert hidden([0, 0, 12, 40], 5).tolist() == [False] * 4
    assert hidden([3, 4, 12, 40], 5).tolist() == [True, True, True, False]
    assert np.all(hidden([1, 2, 3, 0], 5))
