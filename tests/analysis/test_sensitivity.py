"""One number at a time, two at a time, where the outcome turns, and all at once."""

import numpy as np
import pytest
from helpers.known import asked, factor
from hypothesis import given
from hypothesis import strategies as st

import sisim
from sisim.analysis.global_sensitivity import morris, sobol
from sisim.analysis.one_way import one_way, two_way
from sisim.analysis.question import Point
from sisim.analysis.threshold import break_even, table
from sisim.analysis.varied import factors
from sisim.arrays import Floats
from sisim.scenario.errors import ScenarioError

FOUND = factors(sisim.load("placed-youth"))


class TestFactors:
    """Which numbers are varied, and how far."""

    def test_those_of_the_scenario_file_come_unless_the_pathway_is_asked_for(self) -> None:
        scenario = sisim.load("placed-youth")
        own = factors(scenario)
        assert {"investments.team.reach", "economy.discount_costs"} <= {one.key for one in own}
        assert not any(one.key.startswith(("transitions", "resources")) for one in own)
        assert len(factors(scenario, pathway=True)) > 5 * len(own)

    def test_they_are_chosen_by_pattern_also_in_the_pathway(self) -> None:
        found = factors(sisim.load("placed-youth"), ["resources.foster_day.price", "drift.*"])
        assert found[0].key == "resources.foster_day.price"
        assert all(one.key.startswith("drift.") for one in found[1:])

    def test_an_unknown_one_is_answered_with_the_nearest(self) -> None:
        with pytest.raises(ScenarioError) as error:
            factors(sisim.load("placed-youth"), ["investments.team.raech"])
        assert error.value.problems[0].suggestion == "investments.team.reach"

    @given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
    def test_quantiles_rise_and_stay_within_what_the_number_can_be(
        self, shares: list[float]
    ) -> None:
        for one in FOUND:
            values = one.quantile(np.sort(np.array(shares)))
            assert (np.diff(values) >= 0).all()
            assert one.low - 1e-9 <= values.min() <= values.max() <= one.high + 1e-9


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


class TestGlobal:
    """All numbers at once."""

    def test_sobol_indices_of_ishigami(self) -> None:
        """Ishigami & Homma 1990, a = 7, b = 0.1: known indices."""

        def ishigami(x: float, y: float, z: float) -> float:
            return float(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))

        varied = [factor(name, -np.pi, np.pi) for name in "xyz"]
        found = sobol(asked(ishigami, "xyz", [0, 0, 0]), varied, 2048).set_index("key")
        known = {"x": (0.3139, 0.5576), "y": (0.4424, 0.4424), "z": (0.0, 0.2437)}
        for name, (first, total) in known.items():
            assert found.loc[name, "first"] == pytest.approx(first, abs=0.02)
            assert found.loc[name, "total"] == pytest.approx(total, abs=0.02)

    def test_sobol_indices_of_a_sum_go_with_the_variances(self) -> None:
        """Through the distributions of the file: a triangular number has variance w² / 24."""
        varied = [one for one in FOUND if one.key.startswith("investments.team.cost.")]
        assert len(varied) == 2
        ask = asked(lambda a, b: a + b, [one.key for one in varied], [0, 0])
        variances = np.array([one.distribution.var() for one in varied])
        found = sobol(ask, varied, 512).set_index("key")
        known = variances / variances.sum()
        for one, share in zip(varied, known, strict=True):
            assert found.loc[one.key, "first"] == pytest.approx(share, abs=0.02)
            assert found.loc[one.key, "total"] == pytest.approx(share, abs=0.02)

    def test_morris_of_a_sum_is_the_slopes_and_has_no_spread(self) -> None:
        varied = [factor(name, 0, 1) for name in "abc"]
        found = morris(asked(lambda a, b, c: 5 * a - 2 * b + 0 * c, "abc", [0] * 3), varied, 6)
        assert list(found["key"]) == ["a", "b", "c"]
        # Steps keep two per cent off either end.
        assert found["mu"].to_numpy() == pytest.approx([5 * 0.96, -2 * 0.96, 0])
        assert found["mu_star"].to_numpy() == pytest.approx([5 * 0.96, 2 * 0.96, 0])
        assert found["sigma"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)

    def test_morris_tells_what_acts_together(self) -> None:
        varied = [factor(name, 0, 1) for name in "ab"]
        found = morris(asked(lambda a, b: a * b, "ab", [0, 0]), varied, 20)
        assert (found["sigma"] > 0.1).all()

    def test_the_same_seed_gives_the_same_indices(self) -> None:
        varied = [factor(name, 0, 1) for name in "ab"]
        ask = asked(lambda a, b: a + b * b, "ab", [0, 0])
        assert sobol(ask, varied, 16, seed=3).equals(sobol(ask, varied, 16, seed=3))

    def test_what_cannot_be_analysed_is_refused(self) -> None:
        ask = asked(lambda a: a, "a", [0])
        with pytest.raises(ValueError, match="at least two"):
            sobol(ask, [factor("a", 0, 1)], 16)
        with pytest.raises(ValueError, match="power of 2"):
            sobol(ask, [factor("a", 0, 1)] * 2, 12)
        with pytest.raises(ValueError, match="at least 2"):
            morris(ask, [factor("a", 0, 1)] * 2, 1)
