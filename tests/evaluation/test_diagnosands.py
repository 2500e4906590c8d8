"""Diagnosands, by hand and against repetition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sisim.evaluation.diagnosands import DIAGNOSANDS, decide, diagnose
from sisim.evaluation.value_of_evaluation import Prior

FOUR = pd.DataFrame(
    {
        "design": "lottery",
        "world": "file",
        "estimate": [0.3, 0.1, -0.4, np.nan],
        "error": [0.1, 0.1, 0.1, np.nan],
        "low": [0.1, -0.1, -0.6, np.nan],
        "high": [0.5, 0.3, -0.2, np.nan],
        "p": [0.01, 0.3, 0.001, np.nan],
        "truth_all": 0.2,
        "truth_studied": [0.1, 0.2, 0.3, 0.2],
        "failed": ["", "", "", "empty"],
        "decided": [1.0, 0.0, 0.0, np.nan],
        "net_if_carried_on": 5.0,
        "repaid_by_estimate": [3.0, 1.0, 0.0, 0.0],
        "repaid_by_truth": 2.0,
    }
)


def drawn(seed: int, n: int, world: str = "file", truth: float = 0.1) -> pd.DataFrame:
    """Return draws of an estimate with bias 0.02 and deviation 0.1, of some with other effects."""
    rng = np.random.default_rng(seed)
    studied = truth - 0.01
    estimate = studied + 0.03 + 0.1 * rng.normal(size=n)
    return pd.DataFrame(
        {
            "design": "trend",
            "world": world,
            "estimate": estimate,
            "error": 0.1,
            "low": estimate - 0.196,
            "high": estimate + 0.196,
            "p": 2 * stats.norm.sf(np.abs(estimate) / 0.1),
            "truth_all": truth,
            "truth_studied": studied,
            "failed": "",
            "decided": (estimate > 0.06).astype(float),
            "net_if_carried_on": 1.0 if truth > 0.06 else -1.0,
        }
    )


class TestByHand:
    """Four municipalities, of which one has no estimate."""

    def test_every_diagnosand_is_what_it_says(self) -> None:
        found = diagnose(FOUR).iloc[0]
        assert found["draws"] == 4
        assert found["truth"] == pytest.approx(0.2)
        assert found["mean"] == pytest.approx(0.0)
        assert found["bias"] == pytest.approx(-0.2)
        assert found["bias_comparison"] == pytest.approx(((0.2) + (-0.1) + (-0.7)) / 3)
        assert found["bias_whom"] == pytest.approx(0.0)
        assert found["sd"] == pytest.approx(np.std([0.3, 0.1, -0.4], ddof=1))
        assert found["rmse"] == pytest.approx(((0.01 + 0.01 + 0.36) / 3) ** 0.5)
        assert found["power"] == pytest.approx(2 / 3)
        # The expected truth of those studied is 0.2, on average over municipalities.
        assert found["coverage"] == pytest.approx(2 / 3)
        assert found["mean_error"] == pytest.approx(0.1)
        assert found["wrong_sign"] == pytest.approx(1 / 2)
        assert found["exaggeration"] == pytest.approx((1.5 + 2) / 2)
        assert found["stops_good"] == pytest.approx(2 / 3)
        assert np.isnan(found["carries_on_bad"])
        assert found["repayment_error"] == pytest.approx(-1.0)
        assert found["failed"] == pytest.approx(1 / 4)
        assert found["failed_why"] == "empty"

    def test_bias_is_comparison_and_whom(self) -> None:
        found = diagnose(drawn(1, 500)).iloc[0]
        assert found["bias"] == pytest.approx(found["bias_comparison"] + found["bias_whom"])
        assert found["bias_whom"] == pytest.approx(-0.01)
        assert found["bias_comparison"] == pytest.approx(0.03, abs=4 * found["bias_mcse"])

    def test_a_world_without_effect_has_no_sign_to_get_wrong(self) -> None:
        found = diagnose(drawn(2, 500, truth=0.0)).iloc[0]
        assert found["power"] > 0
        assert np.isnan(found["wrong_sign"])
        assert np.isnan(found["exaggeration"])
        assert np.isnan(found["stops_good"])
        assert found["carries_on_bad"] > 0.2

    def test_nothing_significant_has_no_exaggeration_and_no_zero(self) -> None:
        found = diagnose(FOUR.assign(p=0.5)).iloc[0]
        assert found["power"] == 0
        assert np.isnan(found["wrong_sign"])
        assert np.isnan(found["exaggeration"])

    def test_a_process_evaluation_has_empty_cells(self) -> None:
        nothing = FOUR.assign(estimate=np.nan, error=np.nan, p=np.nan, decided=np.nan)
        nothing = nothing.assign(low=np.nan, high=np.nan, failed="nothing to compare with")
        nothing = nothing.drop(columns=["repaid_by_estimate", "repaid_by_truth"])
        found = diagnose(nothing).iloc[0]
        for name in DIAGNOSANDS:
            assert np.isnan(found[name]) == (name not in ("truth", "failed")), name
        assert found["failed"] == 1

    def test_in_a_varied_world_each_has_a_truth_of_its_own_to_cover(self) -> None:
        fixed = diagnose(FOUR).iloc[0]
        varied = diagnose(FOUR.assign(world="prior")).iloc[0]
        apart = FOUR.assign(truth_studied=[0.6, 0.2, -0.2, 0.2])
        assert diagnose(apart).iloc[0]["coverage"] == pytest.approx(fixed["coverage"])
        assert varied["coverage"] == pytest.approx(2 / 3)
        assert diagnose(apart.assign(world="prior")).iloc[0]["coverage"] == pytest.approx(2 / 3)
        low = apart.assign(world="prior", truth_studied=[0.6, 0.4, -0.7, 0.2])
        assert diagnose(low).iloc[0]["coverage"] == 0

    def test_designs_and_worlds_keep_their_order(self) -> None:
        both = pd.concat([drawn(1, 5, "null"), FOUR, drawn(1, 5, "file")])
        found = diagnose(both)
        assert list(zip(found["world"], found["design"], strict=True)) == [
            ("null", "trend"),
            ("file", "lottery"),
            ("file", "trend"),
        ]

    def test_a_missing_column_is_told(self) -> None:
        with pytest.raises(KeyError, match="truth_all"):
            diagnose(FOUR.drop(columns="truth_all"))


FIXED = {
    "truth",
    "bias_whom",
    "mean_error",
    "carries_on_bad",
    "failed",
    "repayment_error",
    "wrong_sign",
}
"""Diagnosands that never differ between these draws, or are too seldom known."""


class TestMonteCarloErrors:
    """How far a diagnosand is from what very many draws would give."""

    def test_they_are_how_much_diagnosands_vary_between_studies(self) -> None:
        found = pd.concat([diagnose(drawn(seed, 200)) for seed in range(150)])
        for name in DIAGNOSANDS:
            if name in FIXED:
                continue
            values = found[name].astype(float)
            stated = found[f"{name}_mcse"].astype(float).mean()
            assert values.std() == pytest.approx(stated, rel=0.25), name

    @given(st.integers(0, 1000), st.integers(2, 30))
    @settings(max_examples=20)
    def test_the_order_of_draws_changes_nothing(self, seed: int, n: int) -> None:
        some = drawn(seed, n)
        mixed = some.sample(frac=1, random_state=seed)
        a, b = diagnose(some).iloc[0], diagnose(mixed).iloc[0]
        for name in DIAGNOSANDS:
            assert a[name] == pytest.approx(b[name], nan_ok=True)


class TestDecisions:
    """What an estimate leads to."""

    def test_the_estimate_is_held_against_the_threshold(self) -> None:
        found = decide(FOUR, "estimate", threshold=0.1)
        assert found.tolist()[:3] == [1, 1, 0]
        assert np.isnan(found[3])

    def test_significant_is_above_nothing_and_not_below(self) -> None:
        assert decide(FOUR, "significant").tolist()[:3] == [1, 0, 0]

    def test_bayes_weighs_what_was_thought_before(self) -> None:
        prior = Prior(np.array([0.0, 0.3]), np.array([-1.0, 1.0]), np.array([0.5, 0.5]))
        # Halfway between the two, both are as likely: from .15 on it is worth it.
        assert decide(FOUR, "bayes", prior=prior).tolist()[:3] == [1, 0, 0]
        gloomy = Prior(prior.effects, prior.nets, np.array([0.999, 0.001]))
        assert decide(FOUR, "bayes", prior=gloomy).tolist()[:3] == [0, 0, 0]

    @pytest.mark.parametrize("rule", ["estimate", "bayes", "guess"])
    def test_a_rule_without_what_it_needs_is_refused(self, rule: str) -> None:
        with pytest.raises(ValueError, match=rule):
            decide(FOUR, rule)  # type: ignore[arg-type]
