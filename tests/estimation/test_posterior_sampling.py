"""Draws of a posterior: those of a normal likelihood are known."""

from __future__ import annotations

import numpy as np
import pytest

from sisim.arrays import Floats
from sisim.estimation.posterior_sampling import sample_posterior


@pytest.mark.parametrize("sd", [1.0, 0.1, 0.01])
@pytest.mark.parametrize("numbers", [1, 2, 8])
def test_of_normal_data_it_is_the_posterior_in_closed_form(numbers: int, sd: float) -> None:
    """Also where all of it lies in a part of the prior so small that no draw of that is there."""
    observed = np.linspace(1.0, 2.0, numbers)

    def likelihood(scores: Floats) -> Floats:
        return np.asarray(-0.5 * (((scores - observed) / sd) ** 2).sum(axis=1))

    found = sample_posterior(likelihood, numbers, 2000)
    variance = 1 / (1 + 1 / sd**2)
    deviation = np.sqrt(variance)
    assert found.effective > 400
    assert found.scores.mean(axis=0) == pytest.approx(
        variance * observed / sd**2, abs=0.15 * deviation
    )
    assert found.scores.std(axis=0) == pytest.approx(deviation, rel=0.12)


def test_of_a_hundred_numbers_of_which_half_are_told_it_is_in_closed_form_too() -> None:
    """Weights go to a few points there: a hundred numbers are drawn by slices."""
    observed, sd = np.linspace(-1.5, 1.5, 50), 0.3

    def likelihood(scores: Floats) -> Floats:
        return np.asarray(-0.5 * (((scores[:, :50] - observed) / sd) ** 2).sum(axis=1))

    found = sample_posterior(likelihood, 100, 2000)
    variance = 1 / (1 + 1 / sd**2)
    assert found.effective > 400
    means, deviations = found.scores.mean(axis=0), found.scores.std(axis=0)
    assert means[:50] == pytest.approx(variance * observed / sd**2, abs=0.35 * np.sqrt(variance))
    assert means[50:] == pytest.approx(np.zeros(50), abs=0.2)
    assert deviations[:50] == pytest.approx(np.full(50, np.sqrt(variance)), rel=0.15)
    assert deviations[50:] == pytest.approx(np.ones(50), rel=0.15)


def test_two_hills_are_both_found() -> None:
    def likelihood(scores: Floats) -> Floats:
        hills = [-0.5 * ((scores[:, 0] - at) / 0.2) ** 2 for at in (-1.0, 1.0)]
        return np.logaddexp(*hills)

    found = sample_posterior(likelihood, 1, 2000).scores[:, 0]
    assert 0.42 < (found > 0).mean() < 0.58
