"""Where an investment fails, and which investments a budget is best spent on."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.portfolio_choice import Option, mix, mixes
from sisim.analysis.scenario_discovery import discover


def corner(draws: int = 1000, noise: float = 0.0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return draws of four numbers that fail where a > 0.6 and b < 0.5."""
    rng = np.random.default_rng(2)
    drawn = {name: rng.random(draws) for name in "abcd"}
    fails = (drawn["a"] > 0.6) & (drawn["b"] < 0.5)
    return drawn, fails ^ (rng.random(draws) < noise)


class TestDiscovery:
    """The region in which an investment fails."""

    @pytest.mark.parametrize("noise", [0.0, 0.05])
    def test_a_corner_is_found_and_nothing_else(self, noise: float) -> None:
        box, _ = discover(*corner(noise=noise))
        sides = {side.key: side for side in box.sides}
        assert set(sides) == {"a", "b"}
        assert sides["a"].low == pytest.approx(0.6, abs=0.04)
        assert sides["b"].high == pytest.approx(0.5, abs=0.04)
        assert sides["a"].high is None
        assert sides["b"].low is None
        assert box.density > 0.9

    def test_its_measures_are_those_of_its_draws(self) -> None:
        drawn, fails = corner(noise=0.1)
        box, path = discover(drawn, fails)
        assert box.mass == box.inside.mean()
        assert box.density == fails[box.inside].mean()
        assert box.coverage == fails[box.inside].sum() / fails.sum()
        assert path["chosen"].sum() == 1
        assert (path["mass"].diff().dropna() < 0).all()

    def test_pure_chance_seldom_has_a_box(self) -> None:
        """The best of many boxes looks telling; at most one search in twenty may find one."""
        found = 0
        for seed in range(40):
            rng = np.random.default_rng(seed)
            drawn = {name: rng.random(60) for name in "abc"}
            box, _ = discover(drawn, rng.random(60) < 0.4)
            found += bool(box.sides)
            if not box.sides:
                assert (box.coverage, box.mass) == (1.0, 1.0)
        assert found <= 4

    @pytest.mark.parametrize("fails", [np.zeros(10, bool), np.ones(10, bool)])
    def test_where_all_come_out_alike_there_is_nothing_to_find(self, fails: np.ndarray) -> None:
        with pytest.raises(ValueError, match="alike"):
            discover({"a": np.arange(10.0)}, fails)

    def test_whole_numbers_and_constants_are_no_trouble(self) -> None:
        rng = np.random.default_rng(6)
        places = rng.integers(1, 6, 300).astype(float)
        box, _ = discover({"places": places, "same": np.ones(300)}, places < 3)
        (side,) = box.sides
        assert (side.key, side.high) == ("places", 2)
        assert (box.density, box.coverage) == (1, 1)


options = st.builds(
    Option,
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from(["project", "new_way"]),
    st.integers(0, 20).map(float),
    st.integers(-5, 30).map(float),
)


class TestMix:
    """The best mix within a budget."""

    @given(st.lists(options, max_size=7, unique_by=lambda o: (o.case, o.name)), st.integers(0, 60))
    def test_no_other_mix_is_better(self, offered: list[Option], budget: int) -> None:
        found = mix(offered, budget)
        assert sum(one.cost for one in found) <= budget + 1e-6
        assert len({one.case for one in found}) == len(found)
        best = 0.0
        for taken in product([False, True], repeat=len(offered)):
            some = [one for one, yes in zip(offered, taken, strict=True) if yes]
            if sum(one.cost for one in some) <= budget and len({o.case for o in some}) == len(some):
                best = max(best, sum(one.worth for one in some))
        assert sum(one.worth for one in found) == pytest.approx(best)

    def test_the_best_ratio_is_not_always_the_best_mix(self) -> None:
        offered = [Option("a", "p", 6, 9), Option("b", "p", 5, 7), Option("c", "p", 5, 7)]
        assert {one.case for one in mix(offered, 10)} == {"b", "c"}

    def test_a_higher_budget_is_never_worth_less(self) -> None:
        offered = [
            Option(c, "p", cost, 2.0 * cost) for c, cost in zip("abc", (3, 5, 7), strict=True)
        ]
        found = mixes(offered, [0, 4, 8, 12, 20])
        worth = found[found["chosen"]].groupby("budget")["worth"].sum()
        assert list(worth) == [6, 16, 24, 30]

    def test_a_negative_budget_is_refused(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            mix([], -1)
