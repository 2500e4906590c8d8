"""What is by year is an array, and the table made of it says the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sisim.economics.yearly import Yearly, year_at

ARMS = ("without", "with")


@given(
    arrays(np.float64, (2, 2, 3, 4), elements=st.floats(-1e9, 1e9)),
    st.sets(st.integers(0, 3)),
)
@settings(max_examples=30)
def test_a_sum_is_that_of_the_rows_of_the_table(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], places: set[int]
) -> None:
    kinds = {"kind": np.array(list("abcd"))}
    found = Yearly("amount", values, ARMS, np.arange(2026, 2029), kinds)
    table = found.table()
    assert list(table.columns) == ["replication", "arm", "year", "kind", "amount"]
    rows = table[table["kind"].isin([kinds["kind"][place] for place in places])]
    sums = rows.groupby(["replication", "arm", "year"])["amount"].sum()
    total = found.sum(sorted(places))
    assert total.shape == (2, 2, 3)
    for (replication, arm, year), amount in sums.items():
        at = total[replication, ARMS.index(str(arm)), year - 2026]
        assert np.isclose(at, amount, rtol=1e-12, atol=1e-5)


def test_what_is_of_no_kind_has_no_column_for_it() -> None:
    table = Yearly("people", np.ones((1, 2, 3)), ARMS, np.arange(2026, 2029)).table()
    assert list(table.columns) == ["replication", "arm", "year", "people"]
    assert len(table) == 6


@pytest.mark.parametrize(
    ("instant", "year"),
    [(2026.0, 2026), (2026.1, 2026), (2027.0, 2026), (2027.0 + 1e-12, 2026), (2027.01, 2027)],
)
def test_an_instant_lies_in_the_year_that_it_ends(instant: float, year: int) -> None:
    assert year_at(instant, first=2026) == year


def test_some_years_are_taken_with_their_values() -> None:
    values = np.arange(6.0).reshape(1, 2, 3)
    found = Yearly("people", values, ARMS, np.arange(2026, 2029)).within(range(2027, 2029))
    assert found.years.tolist() == [2027, 2028]
    assert found.values.tolist() == [[[1.0, 2.0], [4.0, 5.0]]]


def test_every_replication_has_its_rows() -> None:
    values = np.arange(18.0).reshape(3, 2, 3)
    table = Yearly("people", values, ARMS, np.arange(2026, 2029)).table()
    assert table["replication"].value_counts().to_dict() == {0: 6, 1: 6, 2: 6}
    assert table["people"].tolist() == values.ravel().tolist()
