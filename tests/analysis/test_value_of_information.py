"""Value of information, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sisim.analysis.value_of_information import acceptability, evpi, evppi, evppi_table

benefits = arrays(
    float, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.floats(-1e6, 1e6)
)


class TestValueOfInformation:
    """What it is worth to know more."""

    @given(benefits)
    def test_to_know_is_never_worth_less_than_nothing(self, found: np.ndarray) -> None:
        assert evpi(found) >= -1e-6

    @pytest.mark.parametrize("mean", [-1.0, 0.0, 0.7])
    def test_of_a_normal_net_benefit_it_is_the_unit_normal_loss(self, mean: float) -> None:
        """Raiffa & Schlaifer: sd × (φ(z) - z Φ(-z)), z = |mean| / sd."""
        x = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
        sd, z = 2.0, abs(mean) / 2.0
        found = evpi(np.column_stack([np.zeros_like(x), mean + sd * x]))
        known = sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))
        assert found == pytest.approx(known, rel=1e-3)

    def test_of_one_number_it_is_that_of_its_share(self) -> None:
        """Of mean + 3 x + 4 y, knowing x alone is worth the loss of a deviation of 3, not 5."""
        rng = np.random.default_rng(1)
        x, y, idle = rng.normal(size=(3, 8000))
        found = np.column_stack([np.zeros_like(x), 1 + 3 * x + 4 * y])

        def loss(sd: float) -> float:
            return sd * float(stats.norm.pdf(1 / sd) - stats.norm.sf(1 / sd) / sd)

        table = evppi_table(found, {"idle": idle, "x": x, "y": y}).set_index("key")
        assert list(table.index) == ["y", "x", "idle"]
        assert table.loc["x", "evppi"] == pytest.approx(loss(3), rel=0.08)
        assert table.loc["y", "evppi"] == pytest.approx(loss(4), rel=0.08)
        assert table.loc["idle", "evppi"] < 0.02 * loss(5)
        assert evpi(found) == pytest.approx(loss(5), rel=0.05)

    def test_of_many_idle_numbers_none_is_worth_more_than_chance_gives(self) -> None:
        """Thirty draws of forty numbers, of which one decides and the others never do."""
        rng = np.random.default_rng(11)
        drawn = {f"idle-{n}": rng.normal(size=30) for n in range(39)} | {"x": rng.normal(size=30)}
        found = np.column_stack([np.zeros(30), 0.3 + drawn["x"] + 0.3 * rng.normal(size=30)])
        table = evppi_table(found, drawn)
        assert table.loc[table["beyond_chance"], "key"].tolist() == ["x"]
        only = evppi_table(found, {key: one for key, one in drawn.items() if key != "x"})
        assert (only["evppi"] > 0.02 * evpi(found)).any(), "some seem to be worth something"
        assert not only["beyond_chance"].any()

    def test_a_bent_relation_is_seen(self) -> None:
        """Of x² - 1 with x normal, knowing x is knowing all."""
        x = np.random.default_rng(2).normal(size=4000)
        found = np.column_stack([np.zeros_like(x), x**2 - 1])
        assert evppi(found, x) == pytest.approx(evpi(found), rel=0.02)

    def test_a_number_that_never_differs_is_worth_nothing(self) -> None:
        assert evppi(np.random.default_rng(1).normal(size=(50, 2)), np.ones(50)) == 0

    def test_few_draws_are_refused(self) -> None:
        with pytest.raises(ValueError, match="too few"):
            evppi(np.zeros((5, 2)), np.arange(5.0))

    def test_acceptability_sums_to_one_and_the_frontier_is_the_best_on_average(self) -> None:
        """A skew: the arm that is best in most draws is not the best on average."""
        costs = np.zeros((4, 2))
        effects = np.array([[0, 1.0], [0, 1.0], [0, 1.0], [0, -9.0]])
        found = acceptability(costs, effects, [0.0, 1.0], ["without", "with"])
        assert found.groupby("worth")["probability"].sum().tolist() == [1, 1]
        at_one = found[found["worth"] == 1].set_index("arm")
        assert at_one.loc["with", "probability"] == 0.75
        assert bool(at_one.loc["without", "optimal"])
        assert at_one["evpi"].tolist() == [0.75, 0.75]
