"""A rounded table still adds up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sisim.arrays import Floats
from sisim.economics.rounding import rounded

TABLES = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.floats(0, 1e7, width=32),
)


def sums(table: Floats) -> list[Floats]:
    """Return the cells, and the sums that a reader checks: rows, columns, columns so far."""
    return [table, table.sum(axis=1), table.sum(axis=0), np.cumsum(table.sum(axis=0))]


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_every_cell_and_sum_is_a_neighbour_of_the_exact(table: Floats) -> None:
    found = rounded(table, 1000)
    assert (found % 1000 == 0).all()
    for whole, exact in zip(sums(found), sums(table), strict=True):
        assert (np.abs(whole - exact) < 1000 + 0.01).all()


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_no_more_is_handed_out_than_there_is(table: Floats) -> None:
    left = table.sum() - rounded(table, 1000).sum()
    assert -0.01 < left < 1000


def test_one_row_is_rounded_by_largest_remainders() -> None:
    assert rounded(np.array([[1.2, 3.7, 2.4, 0.7]]), 1).tolist() == [[1, 4, 2, 1]]


def test_a_single_cell_is_rounded_too() -> None:
    assert rounded(np.array([[1.5]]), 1).tolist() == [[1.0]]


def test_a_sum_that_is_whole_stays_before_a_larger_remainder() -> None:
    assert rounded(np.array([[0.5, 0.5], [0.9, 0.0]]), 1).tolist() == [[1, 0], [0, 0]]


def test_a_sum_that_is_whole_is_kept_whatever_remainders_others_have() -> None:
    many = np.array([[0.7, 0.7, 0.6], [0.5, 0.0, 0.1], [0.0, 0.5, 0.0]])
    few = np.array([[0.3, 0.3, 0.4], [0.9, 0.0, 0.0], [0.0, 0.9, 0.0]])
    assert [rounded(table, 1)[0].sum() for table in (many, few)] == [2, 1]


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=2, max_dims=2, max_side=5),
        elements=st.sampled_from([0.0, 1.0, 2.0, 0.1, 0.4, 0.5, 0.9, 1.3, 1.7]),
    )
)
@settings(max_examples=150, deadline=None)
def test_a_cell_that_is_whole_stays_among_others(table: Floats) -> None:
    whole = table == np.floor(table)
    assert (rounded(table, 1)[whole] == table[whole]).all()


@given(
    arrays(np.int64, (3, 3), elements=st.integers(0, 9900)),
)
@settings(max_examples=40, deadline=None)
def test_rows_of_whole_sums_keep_them(cents: np.ndarray) -> None:
    rest = -cents.sum(axis=1, keepdims=True) % 100
    table = np.concatenate([cents, rest], axis=1) / 100
    assert rounded(table, 1).sum(axis=1).tolist() == table.sum(axis=1).round().tolist()


@given(TABLES)
def test_what_is_whole_stays_and_no_unit_rounds_nothing(table: Floats) -> None:
    whole = np.floor(table / 1000) * 1000
    assert (rounded(whole, 1000) == whole).all()
    assert (rounded(table, 0) == table).all()
