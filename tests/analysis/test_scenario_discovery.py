"""Discovery of the region in which an investment fails."""

import numpy as np
import pytest

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
