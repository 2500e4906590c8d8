"""Rates from looks: what state people are in now and then, and nothing of what came between.

Between two looks a year apart somebody may have moved there and back, so that the share that has
changed is no rate. A Markov process with generator Q is in the states P = exp(Q t) after a time t,
and the likelihood is a product of those (Kalbfleisch & Lawless, "The analysis of panel data under a
Markov assumption", Journal of the American Statistical Association 80, 1985).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import expm, expm_frechet
from scipy.optimize import minimize

from sisim.arrays import Floats

REACH = 7.0
"""How far the logarithm of a ratio may go: a thousand times as much, or as little."""
APART = 1e-4
"""Between which logarithms slopes are compared, for their curvature."""
FLAT = 1e-9
"""The least curvature: that of what the looks do not tell."""
NEVER = 1e-300
"""The least probability of what has been seen."""


class PanelData(NamedTuple):
    """Pairs of looks at the same person, one after the other.

    Attributes:
        years: How long they may be apart, (lengths,).
        counts: How many there are, (lengths, state at first, state then).
    """

    years: Floats
    counts: Floats


class FittedRatio(NamedTuple):
    """A ratio of rates as looks tell it.

    Attributes:
        log: The logarithm of the likeliest.
        variance: Of that logarithm, the other ratios being as unsure as they are.
    """

    log: float
    variance: float

    @property
    def worth(self) -> tuple[float, float]:
        """So many moves, and so many expected ones, would tell as much if every move were seen.

        The likelihood of a ratio has then the same mode, and the same curvature there in its
        logarithm; its gamma distribution has mean and variance of the log-normal one.
        """
        events = 1 / self.variance
        return events, events / float(np.exp(self.log))


def fitted_ratios(
    panel: PanelData,
    rates: Floats,
    groups: Sequence[Collection[tuple[int, int]]],
    free: Collection[int],
) -> dict[int, FittedRatio]:
    """Return the likeliest ratio of each free group of moves to rates that are given.

    Args:
        panel: The looks; only what the rates make possible.
        rates: Per year, (from, to).
        groups: Moves whose rates change in proportion.
        free: The groups whose ratio is looked for; the rates of the others are as given.
    """
    likelihood = _Likelihood(panel, rates, groups, sorted(free))
    start = np.zeros(len(free))
    ends = [(-REACH, REACH)] * len(free)
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    found = minimize(likelihood, start, jac=True, method="L-BFGS-B", bounds=ends, options=options)
    variances = likelihood.variances(found.x)
    return {
        group: FittedRatio(float(log), float(variance))
        for group, log, variance in zip(sorted(free), found.x, variances, strict=True)
    }


def told_ratios(
    panel: PanelData,
    rates: Floats,
    groups: Sequence[Collection[tuple[int, int]]],
    free: Collection[int],
    least: float,
) -> dict[int, FittedRatio]:
    """Return the ratios that looks tell, those being given that they tell too little of.

    Args:
        panel: See `fitted_ratios`.
        rates: See there.
        groups: See there.
        free: The groups whose ratio may be told.
        least: As many moves as a ratio must be worth.
    """
    left = sorted(free)
    while left:
        found = fitted_ratios(panel, rates, groups, left)
        weakest = min(left, key=lambda group: found[group].worth[0])
        if found[weakest].worth[0] >= least:
            return found
        left.remove(weakest)
    return {}


def expected_pairs(panel: PanelData, rates: Floats) -> Floats:
    """Return how many pairs of looks rates would give from each state to each, (from, to)."""
    generator = rates - np.diag(rates.sum(axis=1))
    found = np.zeros_like(rates)
    for years, counts in zip(*panel, strict=True):
        found += counts.sum(axis=1)[:, None] * expm(generator * years)
    return found


class _Likelihood:
    """The negative mean logarithm of the likelihood of looks, by logarithms of ratios."""

    def __init__(
        self,
        panel: PanelData,
        rates: Floats,
        groups: Sequence[Collection[tuple[int, int]]],
        free: Sequence[int],
    ) -> None:
        self._panel = panel
        self._all = max(float(panel.counts.sum()), 1.0)
        parts = np.array([_generator(rates, moves) for moves in groups])
        self._free = parts[list(free)]
        self._fixed = parts.sum(axis=0) - self._free.sum(axis=0)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Return the value and its slope along each logarithm, (free,)."""
        parts = np.exp(logs)[:, None, None] * self._free
        generator = self._fixed + parts.sum(axis=0)
        value, slope = 0.0, np.zeros(len(logs))
        for years, counts in zip(*self._panel, strict=True):
            seen = counts > 0
            then = np.maximum(expm(generator * years)[seen], NEVER)
            value -= float((counts[seen] * np.log(then)).sum())
            for at, part in enumerate(parts):
                change = expm_frechet(generator * years, part * years, compute_expm=False)
                slope[at] -= float((counts[seen] / then * change[seen]).sum())
        return value / self._all, slope / self._all

    def variances(self, logs: Floats) -> Floats:
        """Return the variance of each logarithm, from the inverse of the curvature, (free,)."""
        if not len(logs):
            return np.zeros(0)
        aside = APART * np.eye(len(logs))
        curved = [(self(logs + one)[1] - self(logs - one)[1]) / (2 * APART) for one in aside]
        curvature = self._all * (np.array(curved) + np.transpose(curved)) / 2
        values, vectors = np.linalg.eigh(curvature)
        found: Floats = (vectors**2 / np.maximum(values, FLAT)).sum(axis=1)
        return found


def _generator(rates: Floats, moves: Collection[tuple[int, int]]) -> Floats:
    """Return a generator of some moves alone: rates beside the diagonal, rows that come to 0."""
    found = np.zeros_like(rates)
    for move in moves:
        found[move] = rates[move]
    return found - np.diag(found.sum(axis=1))
