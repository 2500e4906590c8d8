"""What an evaluation is worth, in a known world and by closed forms."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers import ev1
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sisim.evaluation.value_of_evaluation import (
    Prior,
    SamplingDistribution,
    break_even,
    draw_pairs,
    evaluation_value,
    evaluation_values,
    evsi,
    evsi_by_regression,
    fit_sampling,
    posterior_nets,
    value_of_bayes,
)

EFFECTS = np.array([ev1.truth(ratio) for ratio in ev1.PRIOR_RATIOS])
PRIOR = Prior(EFFECTS, np.array([ev1.net(x) for x in EFFECTS]), np.array(ev1.PRIOR_CHANCES))

# Millions of kronor: the rules "estimate" and "significant", the expected value of sample
# information, Bayes without knowing the bias; then how often a good one is stopped and a bad one
# carried on with.
KNOWN = {
    "lottery": (0.747, 1.104, 1.166, 1.166, 0.283, 0.265),
    "one year": (-0.714, 1.157, 1.122, 0.677, 0.122, 0.491),
    "three years": (-1.724, 0.527, 1.817, -0.300, 0.019, 0.653),
    "other area": (1.682, 1.120, 1.882, 1.270, 0.539, 0.044),
    "difference": (0.608, 1.081, 1.151, 1.146, 0.264, 0.289),
    "trend": (-0.821, 0.189, 0.209, 0.209, 0.396, 0.364),
}


@cache
def spread_of(design: str) -> tuple[np.ndarray, np.ndarray]:
    found = np.array([ev1.exact(design, ratio) for ratio in ev1.PRIOR_RATIOS])
    return found[:, 0], found[:, 1]


class TestAKnownWorld:
    """Five possible effects of the project in `helpers.ev1`."""

    def test_the_prior_is_that_published(self) -> None:
        assert pytest.approx([-0.025854, 0, 0.041581, 0.086846, 0.136201], abs=1e-6) == EFFECTS
        nets = [-23.6473, -16.6667, -5.4398, 6.7817, 20.1076]
        assert pytest.approx(nets, abs=1e-4) == PRIOR.nets
        assert PRIOR.chances @ PRIOR.nets == pytest.approx(-5.6296, abs=1e-4)
        assert PRIOR.evpi == pytest.approx(3.3671, abs=5e-5)
        assert break_even(PRIOR.effects, PRIOR.nets) == pytest.approx(0.061728, abs=5e-7)

    @pytest.mark.parametrize("design", KNOWN)
    def test_each_way_to_decide_is_worth_what_is_published(self, design: str) -> None:
        estimate, significant, sample, bayes, stops, carries = KNOWN[design]
        found = evaluation_value(PRIOR, *spread_of(design), threshold=ev1.THRESHOLD)
        assert found["estimate"] == pytest.approx(estimate, abs=5e-4)
        assert found["significant"] == pytest.approx(significant, abs=5e-4)
        assert found["evsi"] == pytest.approx(sample, abs=5e-4)
        # The published one takes a single error for all effects.
        assert found["bayes"] == pytest.approx(bayes, abs=0.012)
        assert found["stops_good"] == pytest.approx(stops, abs=5e-4)
        assert found["carries_on_bad"] == pytest.approx(carries, abs=5e-4)
        assert found["estimate"] <= found["evsi"] + 0.05
        assert 0 <= found["evsi"] <= found["evpi"]

    @pytest.mark.parametrize("design", KNOWN)
    def test_a_fit_of_500_municipalities_gives_nearly_that(self, design: str) -> None:
        """Within 0.12 million kronor of what is exact, from the draws of three worlds."""
        rng = np.random.default_rng(1)
        drawn = rng.choice(5, 500, p=PRIOR.chances)
        truths = np.concatenate([np.full(500, EFFECTS[3]), np.zeros(500), EFFECTS[drawn]])
        means, deviations = spread_of(design)
        which = np.concatenate([np.full(500, 3), np.ones(500, int), drawn])
        estimates = means[which] + deviations[which] * rng.normal(size=1500)
        estimates[::50] = np.nan
        sampling = fit_sampling(estimates, truths)
        sample = evsi(PRIOR, *sampling.at(PRIOR.effects))
        assert sample == pytest.approx(KNOWN[design][2], abs=0.12)
        pairs = draw_pairs(PRIOR, sampling, pairs=8000, seed=1)
        assert evsi_by_regression(*pairs) == pytest.approx(sample, abs=0.12)
        table = pd.DataFrame(
            {
                "design": design,
                "estimate": estimates,
                "error": deviations[which],
                "truth_all": truths,
            }
        )
        nothing = table.assign(design="process", estimate=np.nan, error=np.nan)
        both = pd.concat([nothing, table])
        found = evaluation_values(both, PRIOR, threshold=ev1.THRESHOLD).set_index("design")
        assert found.loc[design, "evsi"] == pytest.approx(sample)
        assert found.loc[design, "estimate"] == pytest.approx(KNOWN[design][0], abs=0.3)
        assert found.loc[design, "significant"] == pytest.approx(KNOWN[design][1], abs=0.3)
        assert found.loc["process"].notna().sum() == 1


def any_prior(seed: int) -> Prior:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    effects = rng.normal(0, 0.1, n)
    chances = rng.random(n) + 0.01
    nets = 100 * effects + rng.normal(-2, 4, n)
    return Prior(effects, nets, chances / chances.sum())


seeds = st.integers(0, 10_000)


class TestSampleInformation:
    """The expected value of sample information."""

    @given(seeds, st.floats(-2, 2), st.floats(0.01, 3))
    def test_it_is_never_below_nothing_nor_above_perfect(
        self, seed: int, bias: float, wide: float
    ) -> None:
        prior = any_prior(seed)
        means, deviations = prior.effects + bias, np.full(len(prior.effects), wide)
        found = evsi(prior, means, deviations)
        assert 0 <= found <= prior.evpi
        # One who does not know the bias decides no better.
        assert value_of_bayes(prior, means, deviations) <= found + 1e-6

    @given(seeds, st.floats(-2, 2))
    def test_a_bias_that_is_known_costs_nothing(self, seed: int, bias: float) -> None:
        prior = any_prior(seed)
        deviations = np.full(len(prior.effects), 0.1)
        a = evsi(prior, prior.effects, deviations)
        assert evsi(prior, prior.effects + bias, deviations) == pytest.approx(a, abs=1e-3)

    @given(seeds)
    def test_an_exact_evaluation_is_perfect_and_a_vague_one_worthless(self, seed: int) -> None:
        prior = any_prior(seed)
        n = len(prior.effects)
        apart = np.arange(n, dtype=float)
        assert evsi(prior, apart, np.full(n, 0.01)) == pytest.approx(prior.evpi, abs=1e-6)
        assert evsi(prior, prior.effects, np.full(n, 1e4)) == pytest.approx(0, abs=0.01)

    def test_of_a_normal_prior_it_is_the_unit_normal_loss(self) -> None:
        """Raiffa & Schlaifer: the posterior mean has a deviation of its own, s² / √(s² + e²)."""
        s, e, mean = 2.0, 1.5, 0.7
        effects = mean + s * stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
        prior = Prior.of_draws(effects, effects)
        known = s**2 / (s**2 + e**2) ** 0.5
        z = mean / known
        loss = known * (stats.norm.pdf(z) - z * stats.norm.sf(z))
        errors = np.full(2000, e)
        assert evsi(prior, effects, errors) == pytest.approx(loss, rel=0.01)
        # Without a bias Bayes' rule gets all of it.
        assert value_of_bayes(prior, effects, errors) == pytest.approx(loss, rel=0.01)

    def test_far_from_all_effects_bayes_takes_the_nearest(self) -> None:
        """A bias of forty deviations leaves no likelihood that a computer tells from nothing."""
        prior = Prior(np.array([0.0, 0.1]), np.array([-3.0, 1.0]), np.array([0.5, 0.5]))
        errors = np.full(2, 0.05)
        always, never = (value_of_bayes(prior, prior.effects + b, errors) for b in (2, -2))
        assert always == pytest.approx(-1.0)
        assert never == pytest.approx(0.0)

    def test_few_pairs_are_refused(self) -> None:
        with pytest.raises(ValueError, match="too few"):
            evsi_by_regression(np.zeros(1999), np.zeros(1999))


class TestPosterior:
    """What is thought after an estimate."""

    def test_of_a_normal_prior_it_is_the_weighted_mean(self) -> None:
        effects = 1.0 + 2.0 * stats.norm.ppf((np.arange(5000) + 0.5) / 5000)
        prior = Prior.of_draws(effects, effects)
        found = posterior_nets(prior, np.array([3.0, -1.0, np.nan]), np.full(3, 1.0))
        assert found[:2] == pytest.approx([(3 * 4 + 1) / 5, (-1 * 4 + 1) / 5], abs=0.01)
        assert np.isnan(found[2])

    def test_an_estimate_far_from_all_effects_points_to_the_nearest(self) -> None:
        prior = Prior(np.array([0.0, 1.0]), np.array([-5.0, 5.0]), np.array([0.5, 0.5]))
        found = posterior_nets(prior, np.array([500.0, -500.0]), np.array([0.1, 0.1]))
        assert found.tolist() == [5, -5]


class TestSpread:
    """How estimates are distributed by the true effect."""

    def test_lines_are_found_again(self) -> None:
        known = SamplingDistribution(0.02, 1.1, 0.05, 0.1, 0.0)
        rng = np.random.default_rng(2)
        truths = rng.uniform(0, 0.4, 20_000)
        means, deviations = known.at(truths)
        found = fit_sampling(means + deviations * rng.normal(size=20_000), truths)
        assert found[:4] == pytest.approx(known[:4], abs=0.006)

    def test_a_single_effect_is_taken_to_tell_of_all(self) -> None:
        rng = np.random.default_rng(3)
        found = fit_sampling(0.1 + 0.05 * rng.normal(size=4000), np.full(4000, 0.08))
        assert found.at(np.array([0.0]))[1][0] == pytest.approx(0.05, rel=0.05)

    def test_a_deviation_is_never_nothing(self) -> None:
        found = SamplingDistribution(0, 1, 0.1, -1, 0.005)
        assert found.at(np.array([0.5]))[1].tolist() == [0.005]

    def test_two_estimates_are_too_few(self) -> None:
        with pytest.raises(ValueError, match="too few"):
            fit_sampling(np.array([1.0, 2.0, np.nan]), np.arange(3.0))

    def test_nets_that_do_not_rise_never_break_even(self) -> None:
        assert np.isnan(break_even(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
