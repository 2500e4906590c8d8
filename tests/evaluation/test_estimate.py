"""What an evaluation says, as a row, and what it is measured by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.evaluation.estimate import Estimate, NotEstimable, baseline_gap, design_matrix
from sisim.scenario.errors import Reason

PEOPLE = pd.DataFrame(
    {
        "age": [20.0, 22.0, 21.0, 25.0],
        "need": ["low", "high", "low", "middle"],
        "moved": [True, False, True, True],
    }
)
TREATED = np.array([True, True, False, False])


class TestEstimate:
    """An answer or a reason."""

    def test_as_a_row_it_says_what_draws_say(self) -> None:
        row = Estimate(0.1, 0.02, n_treated=5).row()
        assert (row["estimate"], row["error"], row["n_treated"]) == (0.1, 0.02, 5)
        assert row["failed"] == ""
        assert "value" not in row

    def test_a_reason_is_kept_as_its_message(self) -> None:
        why = Reason("there is nothing to compare with")
        row = Estimate(failed=why).row()
        assert row["failed"] == "there is nothing to compare with"
        assert np.isnan(row["estimate"])
        assert str(NotEstimable(why)) == "there is nothing to compare with"


class TestBackground:
    """Columns as numbers, and how the groups differ in them."""

    def test_categories_are_indicators_for_all_but_the_first(self) -> None:
        x = design_matrix(PEOPLE, ["age", "need", "moved"])
        assert x.tolist() == [
            [20, 1, 0, 1],
            [22, 0, 0, 0],
            [21, 1, 0, 1],
            [25, 0, 1, 1],
        ]

    def test_no_columns_are_an_empty_matrix(self) -> None:
        assert design_matrix(PEOPLE, []).shape == (4, 0)

    def test_the_gap_is_the_largest_of_all_columns(self) -> None:
        """Age: (21 - 23) / √((1 + 4) / 2); need and moved: at most 0.5 / √(.25 / 2)."""
        assert baseline_gap(PEOPLE, TREATED, ["age"]) == pytest.approx(-2 / 2.5**0.5)
        found = baseline_gap(PEOPLE, TREATED, ["age", "need", "moved"])
        assert abs(found) == pytest.approx(0.5 / 0.125**0.5)

    def test_groups_that_are_alike_have_none_and_one_group_has_no_gap(self) -> None:
        assert baseline_gap(PEOPLE.assign(age=3.0), TREATED, ["age"]) == 0
        assert np.isnan(baseline_gap(PEOPLE, np.ones(4, bool), ["age"]))
        assert np.isnan(baseline_gap(PEOPLE, TREATED, []))

    @given(st.integers(0, 1000), st.floats(0.1, 100), st.floats(-50, 50))
    def test_the_gap_has_no_unit(self, seed: int, times: float, plus: float) -> None:
        rng = np.random.default_rng(seed)
        some = pd.DataFrame({"age": rng.normal(size=30)})
        treated = np.arange(30) < 12
        a = baseline_gap(some, treated, ["age"])
        assert baseline_gap(some * times + plus, treated, ["age"]) == pytest.approx(a, rel=1e-6)
        assert baseline_gap(some, ~treated, ["age"]) == pytest.approx(-a)
