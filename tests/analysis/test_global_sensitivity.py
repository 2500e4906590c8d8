"""Sensitivity to all numbers at once."""

import numpy as np
import pytest
from helpers.known import asked, factor

import sisim
from sisim.analysis.global_sensitivity import morris, sobol
from sisim.analysis.varied import factors

FOUND = factors(sisim.load("placed-youth"))


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
