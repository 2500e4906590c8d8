"""The one meaning of a factor: its table by category, and its arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim import load
from sisim.scenario.condition import Bounds
from sisim.scenario.factor_table import (
    PROBABILITY,
    RATE,
    TIMES,
    apply_ratio,
    category_values,
    condition_factor,
    default,
    effect_factor,
    otherwise,
    scale_code,
)
from sisim.scenario.features import Features
from sisim.scenario.pathway import Factor, Scale
from sisim.scenario.types import Number


def test_a_multiplier_on_its_natural_scale_just_multiplies() -> None:
    assert scale_code(None, RATE) == scale_code("rate_ratio", RATE) == TIMES
    assert scale_code(None, PROBABILITY) == scale_code("relative_risk", PROBABILITY) == TIMES
    assert apply_ratio(0.25, 3.0, TIMES, PROBABILITY) == 0.75


@pytest.mark.parametrize(
    ("scale", "kind", "expected"),
    [
        ("odds_ratio", PROBABILITY, 0.5),  # odds of 1/4 times 4
        ("rate_ratio", PROBABILITY, 1 - 0.8**4),
        ("odds_ratio", RATE, np.log(2)),
        ("relative_risk", RATE, -np.log(1 - 0.8)),
    ],
)
def test_other_scales_act_as_in_a_textbook(scale: Scale, kind: int, expected: float) -> None:
    value = 0.2 if kind == PROBABILITY else -np.log(0.8)
    assert apply_ratio(value, 4.0, scale_code(scale, kind), kind) == pytest.approx(expected)


@given(
    st.lists(st.floats(0, 1), min_size=1),
    st.floats(0, 5),
    st.sampled_from(["rate_ratio", "odds_ratio", "relative_risk"]),
)
def test_arrays_come_out_as_their_elements_do(
    values: list[float], ratio: float, scale: Scale
) -> None:
    code = scale_code(scale, PROBABILITY)
    together = apply_ratio(np.array(values), ratio, code, PROBABILITY)
    alone = [apply_ratio(value, ratio, code, PROBABILITY) for value in values]
    assert together.tolist() == pytest.approx(alone)


def test_an_effect_is_its_ratio_at_full_strength_and_nothing_at_none() -> None:
    assert effect_factor(0.6, 1.0) == 0.6
    assert effect_factor(0.6, 0.0) == 1.0
    assert effect_factor(0.6, 0.5) == pytest.approx(0.8)


def test_a_group_in_a_table_stands_for_its_states_and_what_comes_later_wins() -> None:
    features = Features(load("placed-youth").pathway)
    group, spec = next(iter(features.pathway.groups.items()))
    first = spec.states[0]
    table = {group: Number(value=2), first: Number(value=3)}
    factor = Factor(feature=f"state.{spec.track}", values=table, default=Number(value=0.5))
    values = category_values(factor, features)
    assert values == {**dict.fromkeys(spec.states, 2.0), first: 3.0}
    assert (default(factor), otherwise(factor)) == (0.5, 1.0)


def test_a_condition_is_a_factor_of_ones_and_zeros() -> None:
    chosen = condition_factor("attribute.sex", ["girl"])
    assert (default(chosen), otherwise(chosen)) == (0.0, 0.0)
    bounds = condition_factor("age", Bounds.model_validate({"from": 3, "below": 6}))
    assert bounds.below == [3, 6]
    assert isinstance(bounds.values, list)
    assert [value.value for value in bounds.values] == [0, 1, 0]
