"""Numbers that are varied, and how far."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sisim
from sisim.analysis.varied import factors
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
