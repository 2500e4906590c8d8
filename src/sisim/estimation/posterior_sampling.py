"""Draws from a posterior by importance: the prior is standard normal, the likelihood is quick.

Population Monte Carlo (Cappé et al. 2004) with tempered weights, then sampling importance
resampling (Rubin 1988).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from sisim.arrays import Floats

Likelihood = Callable[[Floats], Floats]
"""Log-likelihood at points, (points, numbers) to (points,)."""
EXPLORED = 2**14
"""So many points are looked at in each round."""
ENOUGH = 1000.0
"""An effective sample size at which it ends."""
FEWEST = 200.0
"""Of the tempered weights at least; what is left is for the next round."""
ROUNDS = 12
FROM_PRIOR = 0.1
"""The share of each round's points that is drawn from the prior, so that nothing is forgotten."""
WIDER = 1.3
"""The proposal is so much wider than what it is fitted to."""


class PosteriorSample(NamedTuple):
    """Draws of a posterior.

    Attributes:
        scores: Normal scores of the numbers, (draws, numbers), in random order.
        effective: The effective sample size that they were drawn from.
    """

    scores: Floats
    effective: float


def sample_posterior(
    likelihood: Likelihood, numbers: int, draws: int, seed: int = 1
) -> PosteriorSample:
    """Return draws from standard normal prior × likelihood.

    Args:
        likelihood: The log-likelihood.
        numbers: How many numbers there are.
        draws: How many draws.
        seed: The seed.
    """
    rng = np.random.default_rng(seed)
    sobol = stats.qmc.Sobol(numbers, rng=rng).random(EXPLORED)
    points = stats.norm.ppf(np.clip(sobol, 1e-9, 1 - 1e-9))
    logs = likelihood(points)
    best = points, _weights(logs)
    for _ in range(ROUNDS):
        if _effective(best[1]) >= ENOUGH:
            break
        middle, covariance = _moments(points, logs)
        proposal = stats.multivariate_t(middle, covariance * WIDER**2, df=5, seed=rng)
        some = round(EXPLORED * FROM_PRIOR)
        points = np.concatenate(
            [
                np.atleast_2d(proposal.rvs(EXPLORED - some)).reshape(-1, numbers),
                rng.standard_normal((some, numbers)),
            ]
        )
        prior = stats.norm.logpdf(points).sum(axis=1)
        mixed = np.logaddexp(
            np.log(FROM_PRIOR) + prior, np.log(1 - FROM_PRIOR) + proposal.logpdf(points)
        )
        logs = likelihood(points) + prior - mixed
        weights = _weights(logs)
        if _effective(weights) > _effective(best[1]):
            best = points, weights
    chosen = _resampled(best[1], draws, rng)
    return PosteriorSample(best[0][rng.permutation(chosen)], _effective(best[1]))


def _weights(logs: Floats, power: float = 1.0) -> Floats:
    found = np.exp(power * (logs - logs.max()))
    return np.asarray(found / found.sum())


def _effective(weights: Floats) -> float:
    """Return the effective sample size (Kish)."""
    return float(1 / (weights**2).sum())


def _moments(points: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """Return mean and covariance under the weights, tempered until enough points have any."""
    power = 1.0
    if _effective(_weights(logs)) < FEWEST:
        power = optimize.brentq(
            lambda one: _effective(_weights(logs, one)) - FEWEST, 0.0, 1.0, xtol=1e-6
        )
    weights = _weights(logs, power)
    middle = weights @ points
    apart = points - middle
    covariance = (apart * weights[:, None]).T @ apart
    return middle, covariance + 1e-6 * np.eye(len(middle))


def _resampled(weights: Floats, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the places of draws by weight, by systematic resampling."""
    at = (rng.uniform() + np.arange(draws)) / draws
    return np.minimum(np.searchsorted(np.cumsum(weights), at), len(weights) - 1)
