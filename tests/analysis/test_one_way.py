"""One number at a time, and two at a time."""

from collections.abc import Sequence

import numpy as np
import pytest
from helpers.known import asked, factor

from sisim.analysis.one_way import one_way, two_way
from sisim.analysis.question import Point
from sisim.arrays import Floats


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

    def test_of_many_idle_numbers_chance_names_one_in_five_per_cent_at_most(self) -> None:
        """Each at 5 % for itself, some of thirty would be named in nearly every analysis."""
        rng, rounds = np.random.default_rng(11), 60
        idle = [factor(f"x{number}", 0, 1) for number in range(30)]
        named = sum(
            one_way(lambda points: rng.normal(size=(len(points), 10)), idle)["tells"].any()
            for _ in range(rounds)
        )
        assert named / rounds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / rounds)

    def test_a_number_that_matters_is_told_among_many_that_do_not(self) -> None:
        rng = np.random.default_rng(12)
        idle = [factor(f"x{number}", 0, 1) for number in range(30)]

        def ask(points: Sequence[Point]) -> Floats:
            moved = np.array([point.get("y", 0.5) for point in points])[:, None]
            return 5 * moved + rng.normal(size=(len(points), 10))

        found = one_way(ask, [*idle, factor("y", 0, 1)])
        assert found.loc[found["tells"], "key"].tolist() == ["y"]

    def test_a_grid_has_every_pair(self) -> None:
        found = two_way(asked(lambda a, b: a * b, "ab", [0, 0]), ("a", [1, 2]), ("b", [3, 4, 5]))
        assert len(found) == 6
        assert (found["mean"] == found["a"] * found["b"]).all()

    def test_a_number_is_not_varied_against_itself(self) -> None:
        with pytest.raises(ValueError, match="against itself"):
            two_way(asked(lambda a: a, "a", [0]), ("a", [1]), ("a", [2]))
