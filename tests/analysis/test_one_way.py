"""One number at a time, and two at a time."""

import pytest
from helpers.known import asked, factor

from sisim.analysis.one_way import one_way, two_way


class TestOneWay:
    """One number at a time, and two."""

    def test_bars_are_the_differences_and_the_widest_comes_first(self) -> None:
        ask = asked(lambda a, b: 2 * a + 10 * b, "ab", [1, 1])
        found = one_way(ask, [factor("a", 0, 2), factor("b", 0, 2)])
        assert list(found["key"]) == ["b", "a"]
        assert list(found["swing"]) == [20, 4]
        assert list(found["base"]) == [12, 12]

    def test_paired_replications_leave_no_error_where_only_luck_differs(self) -> None:
        found = one_way(asked(lambda a: 3 * a, "a", [1]), [factor("a", 0, 2)])
        assert found["swing_error"].item() == pytest.approx(0)

    @pytest.mark.parametrize(("low", "changes"), [(-1, True), (0.5, False)])
    def test_it_says_whether_the_sign_changes(self, low: float, changes: bool) -> None:
        found = one_way(asked(lambda a: 5 * a, "a", [1]), [factor("a", low, 2)])
        assert found["changes_sign"].item() == changes

    def test_a_grid_has_every_pair(self) -> None:
        found = two_way(asked(lambda a, b: a * b, "ab", [0, 0]), ("a", [1, 2]), ("b", [3, 4, 5]))
        assert len(found) == 6
        assert (found["mean"] == found["a"] * found["b"]).all()

    def test_a_number_is_not_varied_against_itself(self) -> None:
        with pytest.raises(ValueError, match="against itself"):
            two_way(asked(lambda a: a, "a", [0]), ("a", [1]), ("a", [2]))
