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


def test_two_hills_are_both_found() -> None:
    def likelihood(scores: Floats) -> Floats:
        hills = [-0.5 * ((scores[:, 0] - at) / 0.2) ** 2 for at in (-1.0, 1.0)]
        return np.logaddexp(*hills)

    found = sample_posterior(likelihood, 1, 2000).scores[:, 0]
    assert 0.42 < (found > 0).mean() < 0.58
