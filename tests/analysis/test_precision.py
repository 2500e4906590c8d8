"""How sure a mean is, how many more replications it takes, and running until it is sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sisim.analysis.precision import precision, replications_needed, until
from sisim.analysis.question import share_interval


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_interval_is_students(values: list[float]) -> None:
    found = precision(np.array(values))
    error = stats.sem(values)
    if error > 1e-6:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
        assert (found.low, found.high) == pytest.approx((low, high))


def test_a_single_replication_cannot_tell() -> None:
    found = precision(np.array([1.0]), wished=0.1)
    assert found.half_width == np.inf
    assert found.needed is None
    assert not found.reached


@given(deviation=st.floats(0.01, 100), wished=st.floats(0.5, 100))
def test_the_number_needed_is_the_fewest_that_is_enough(deviation: float, wished: float) -> None:
    def half(n: int) -> float:
        return float(stats.t.ppf(0.975, n - 1)) * deviation / np.sqrt(n)

    n = replications_needed(deviation, wished)
    assert half(n) <= wished
    assert n == 2 or half(n - 1) > wished


def test_a_wish_must_be_over_nothing() -> None:
    with pytest.raises(ValueError, match="over 0"):
        replications_needed(1.0, 0.0)


def test_it_runs_until_it_is_sure_and_asks_for_each_replication_once() -> None:
    rng = np.random.default_rng(4)
    luck = rng.normal(5, 2, 1000)
    asked: list[int] = []

    def run(first: int, count: int) -> np.ndarray:
        asked.extend(range(first, first + count))
        return luck[first : first + count]

    found, values = until(run, 0.25, first=5)
    assert found.reached
    assert found.half_width <= 0.25
    assert asked == list(range(len(values)))
    assert abs(found.mean - 5) < 0.5
    assert len(values) < 400


def test_it_gives_up_at_the_most() -> None:
    rng = np.random.default_rng(4)
    found, values = until(lambda _, count: rng.normal(0, 100, count), 0.1, first=5, most=40)
    assert not found.reached
    assert len(values) == 40
    assert found.more is not None
    assert found.more > 1000


@given(n=st.integers(1, 500), data=st.data())
def test_an_interval_of_a_share_holds_it_and_is_never_empty(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = share_interval(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
    assert high - low > 1 / n / 2
