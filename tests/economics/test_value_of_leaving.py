"""The value of leaving in a state is what the tail of a result is made of."""

import numpy as np
import pytest
from helpers.later import later

import sisim
from sisim.economics.later_units import later_units
from sisim.economics.value_of_leaving import value_of_leaving


def test_the_tail_is_leavers_times_the_value_of_leaving() -> None:
    """Without discounting, who leaves more in each way and at each age, times what each costs."""
    scenario = later(economy={"perspective": "society", "discount_costs": 0}, replications=1)
    result = sisim.run(scenario)
    left = later_units(result.counts).left[0, 1].sum(axis=(0, 1))  # (ages, combinations)
    total = 0.0
    for number, age in enumerate(later_units(result.counts).lives.ages):
        table = value_of_leaving(scenario, age)
        parts = ["work", "sex", "placed"]
        each = table.groupby(parts, sort=False)["value"].sum().to_numpy()
        total += float(left[number] @ each)
    assert result.appraisal["project"].of_mean["tail"] == pytest.approx(-total)


def test_what_is_later_is_worth_less() -> None:
    plain = value_of_leaving(later(economy={"discount_costs": 0}))["value"].abs()
    discounted = value_of_leaving(later())["value"].abs()
    assert (discounted <= plain).all()
    assert np.isclose(discounted.sum() / plain.sum(), 1.035**-2, atol=0.03)
