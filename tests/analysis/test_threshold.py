"""Thresholds: where the outcome turns."""

import numpy as np
import pytest
from helpers.known import asked
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.question import Point
from sisim.analysis.threshold import break_even, table
from sisim.arrays import Floats


class TestBreakEven:
    """Where the outcome turns."""

    @given(root=st.floats(-5, 5), slope=st.floats(0.1, 50) | st.floats(-50, -0.1))
    def test_a_root_is_found_where_a_line_has_it(self, root: float, slope: float) -> None:
        found = break_even(asked(lambda a: slope * (a - root), "a", [0]), "a", 0.0, -6, 6)
        assert found.roots == pytest.approx((root,), abs=0.013)
        assert found.rises == (slope > 0)

    def test_the_persistence_that_pays_for_itself(self) -> None:
        """A cost of 10 against 4 a year, fading exponentially: 4 h / ln 2 = 10."""
        ask = asked(lambda half_life: 4 * half_life / np.log(2) - 10, ["half_life"], [1])
        (root,) = break_even(ask, "half_life", 1.0, 0.1, 5).roots
        assert root == pytest.approx(2.5 * np.log(2), abs=0.005)

    def test_every_root_is_found(self) -> None:
        found = break_even(asked(lambda a: (a - 1) * (a - 3), "a", [0]), "a", 0.0, 0, 4.1)
        assert found.roots == pytest.approx((1, 3), abs=0.005)

    @pytest.mark.parametrize(("shift", "side", "near"), [(1, "above", 0), (-9, "below", 4)])
    def test_where_there_is_none_it_says_on_which_side(
        self, shift: float, side: str, near: float
    ) -> None:
        found = break_even(asked(lambda a: a + shift, "a", [0]), "a", 0.0, 0, 4)
        assert (found.roots, found.side, found.nearest) == ((), side, near)
        assert table([found])["break_even"].isna().all()

    @pytest.mark.parametrize(("shift", "sure"), [(5, True), (0.5, False)])
    def test_that_there_is_none_is_sure_only_beyond_chance(self, shift: float, sure: bool) -> None:
        found = break_even(asked(lambda a: a + shift, "a", [0]), "a", 0.0, 0, 4)
        assert (found.roots, found.sure) == ((), sure)

    def test_places_are_whole_and_the_first_that_pays_is_found(self) -> None:
        def ask(points: list[Point]) -> Floats:
            assert all(isinstance(point["places"], int) for point in points)
            return np.array([[3.0 * point["places"] - 100] for point in points])

        found = break_even(ask, "places", 20, 5, 90, whole=True)  # type: ignore[arg-type]
        assert found.roots == (34,)

    def test_its_error_is_that_of_the_outcome_over_the_slope(self) -> None:
        (error,) = break_even(asked(lambda a: 4 * a - 8, "a", [0]), "a", 0.0, 0, 4).errors
        assert error == pytest.approx(1 / np.sqrt(3) / 4)

    def test_a_range_upside_down_is_refused(self) -> None:
        with pytest.raises(ValueError, match="below"):
            break_even(asked(lambda a: a, "a", [0]), "a", 0.0, 2, 1)
