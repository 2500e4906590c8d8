"""What a rule finds, and its errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sisim.analysis.targeting import found, highest, with_rules
from sisim.loading.load import load_scenario
from sisim.scenario.errors import ScenarioError

PEOPLE = st.integers(1, 50).flatmap(lambda n: st.tuples(arrays(bool, n), arrays(bool, n)))


@given(PEOPLE)
def test_everyone_is_either_found_missed_flagged_in_vain_or_left_alone(
    people: tuple[np.ndarray, np.ndarray],
) -> None:
    flagged, cases = people
    one = found(flagged, cases)
    assert one.people == len(cases)
    assert one.flagged == flagged.sum()
    assert one.cases == cases.sum()
    if cases.any():
        assert one.sensitivity == flagged[cases].mean()
    if flagged.any():
        assert one.positive_predictive_value == cases[flagged].mean()
    if not cases.all():
        assert one.specificity == (~flagged[~cases]).mean()


@given(PEOPLE)
def test_whoever_points_everyone_out_finds_all_and_no_more_than_chance(
    people: tuple[np.ndarray, np.ndarray],
) -> None:
    _, cases = people
    one = found(np.ones(len(cases), bool), cases)
    assert one.positive_predictive_value == one.prevalence
    assert one.true_negatives == one.false_negatives == 0


@given(arrays(float, 30, elements=st.floats(0, 1)), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_points_out_those_of_a_smaller_and_some_more(
    risk: np.ndarray, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert not (highest(risk, low) & ~highest(risk, high)).any()


def test_a_misspelt_feature_is_answered_at_the_rule() -> None:
    scenario = load_scenario("placed-youth")
    with pytest.raises(ScenarioError) as error:
        with_rules(scenario, {"early": {"visits.referal": {"from": 1}}})
    assert error.value.problems[0].suggestion == "visits.referral"
    assert error.value.problems[0].file == "--rule"
