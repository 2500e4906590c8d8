"""Draws from a posterior by importance: the prior is standard normal, the likelihood is quick.

Population Monte Carlo (Cappé et al. 2004) with tempered weights, then sampling importance
resampling (Rubin 1988). Where numbers are so many that a few points have nearly all the weight, it
is by elliptical slices.
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
ASIDE = 0.05
"""So far from a point its slope is told, in normal scores."""
MANY = 30
"""With more numbers than this, slices are drawn from."""
CHAINS, STEPS = 64, 200
"""Chains of slice sampling, and the steps of each that are kept, after half as many."""
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
    if numbers > MANY:
        return _by_slices(likelihood, np.zeros(numbers), draws, rng)
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


def _by_slices(
    likelihood: Likelihood, start: Floats, draws: int, rng: np.random.Generator
) -> PosteriorSample:
    """Return draws by elliptical slice sampling (Murray, Adams & MacKay 2010), in chains.

    Where numbers are many, a few points have nearly all the weight. This needs no weights: a draw
    moves along an ellipse through the normal distribution that is nearest at the mode, by an angle
    that shrinks until the posterior allows.
    """

    def density(points: Floats) -> Floats:
        return np.asarray(likelihood(points) - 0.5 * (points**2).sum(axis=1))

    mode, root = _normal_at_mode(density, start)

    def beside_normal(scores: Floats) -> Floats:
        return np.asarray(density(mode + scores @ root.T) + 0.5 * (scores**2).sum(axis=1))

    now = rng.standard_normal((CHAINS, len(start)))
    logs = beside_normal(now)
    kept = np.empty((STEPS, *now.shape))
    for step in range(STEPS // 2 + STEPS):
        now, logs = _turned(beside_normal, now, logs, rng)
        kept[step - STEPS // 2] = mode + now @ root.T
    # Of the means of independent chains the variance tells how many draws each is worth.
    worth = kept.var(axis=(0, 1)) / np.maximum(kept.mean(axis=0).var(axis=0, ddof=1), 1e-300)
    every = kept.reshape(-1, len(start))
    chosen = rng.permutation(len(every))[:draws]
    return PosteriorSample(every[chosen], float(min(worth.min(), STEPS) * CHAINS))


def _turned(
    likelihood: Likelihood, now: Floats, logs: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the next point of each chain, and its likelihood."""
    other = rng.standard_normal(now.shape)
    least = logs + np.log(rng.random(len(now)))
    angle = rng.uniform(0.0, 2 * np.pi, len(now))
    low, high = angle - 2 * np.pi, angle.copy()
    found, found_logs = now.copy(), logs.copy()
    left = np.arange(len(now))
    while len(left):
        tried = (
            np.cos(angle[left])[:, None] * now[left] + np.sin(angle[left])[:, None] * other[left]
        )
        value = likelihood(tried)
        fits = value > least[left]
        found[left[fits]], found_logs[left[fits]] = tried[fits], value[fits]
        left = left[~fits]
        low[left] = np.where(angle[left] < 0, angle[left], low[left])
        high[left] = np.where(angle[left] < 0, high[left], angle[left])
        angle[left] = rng.uniform(low[left], high[left])
    return found, found_logs


def _normal_at_mode(density: Likelihood, start: Floats) -> tuple[Floats, Floats]:
    """Return the mode of a density, and a root of the inverse of its curvature there."""
    aside = ASIDE * np.eye(len(start))

    def slopes(points: Floats) -> Floats:
        around = np.concatenate([points[:, None] + aside, points[:, None] - aside], axis=1)
        logs = density(around.reshape(-1, len(start))).reshape(len(points), 2, -1)
        return np.asarray((logs[:, 0] - logs[:, 1]) / (2 * ASIDE))

    def uphill(point: Floats) -> tuple[float, Floats]:
        return -float(density(point[None])[0]), -slopes(point[None])[0]

    mode = optimize.minimize(uphill, start, jac=True, method="L-BFGS-B").x
    bent = (slopes(mode - aside) - slopes(mode + aside)) / (2 * ASIDE)
    values, vectors = np.linalg.eigh((bent + bent.T) / 2)
    # A prior alone bends by 1: less is where the likelihood is not that of a normal.
    return mode, vectors / np.sqrt(np.maximum(values, 1.0))


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
