"""Metamodels of a target: what simulation gives at some points, read off between them.

A polynomial of the second degree, by least squares, with its leave-one-out error from the hat
matrix; or, where that is not near enough, a Gaussian process around it (Rasmussen & Williams 2006,
ch. 2 and 5). In use for calibration since O'Hagan and Kennedy (2001).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from sisim.arrays import Floats

SPARE = 1.5
"""So many times as many points as there are coefficients are needed for all of a polynomial."""
NEAR = 0.25
"""A metamodel is near enough if its error is at most this part of the target's own error."""
MOST_POINTS, MOST_NUMBERS = 1200, 30
"""A Gaussian process of more points, or of more numbers, would take minutes."""


class Predicted(NamedTuple):
    """What a metamodel gives: means and standard deviations, (points,)."""

    mean: Floats
    sd: Floats


class Metamodel(Protocol):
    """Gives the value of a target at points where it has not been simulated."""

    @property
    def error(self) -> float:
        """The leave-one-out error, the root of the mean square, in the target's unit."""

    def predict(self, points: Floats) -> Predicted:
        """Return values at points, (points, numbers) between -1 and 1."""


@dataclass(frozen=True)
class Polynomial:
    """A polynomial of at most the second degree.

    Attributes:
        terms: The products of which numbers it has, () being the constant.
        coefficients: One for each.
        error: See `Metamodel`.
        explained: Share of the variance that it explains, R².
        left: The residual when each point is left out, (points,).
    """

    terms: tuple[tuple[int, ...], ...]
    coefficients: Floats
    error: float
    explained: float
    left: Floats = field(repr=False)

    @classmethod
    def fitted(cls, points: Floats, values: Floats) -> Polynomial:
        """Return the one, of those that the points suffice for, that has the least error.

        Args:
            points: Where it is known, (points, numbers).
            values: The values there, (points,).
        """
        every = range(points.shape[1])
        linear = ((), *((one,) for one in every))
        squares = (*linear, *((one, one) for one in every))
        quadratic = (*squares, *combinations(every, 2))
        tried = [terms for terms in (linear, squares, quadratic) if _suffices(terms, len(points))]
        found = [cls._of(terms, points, values) for terms in tried or [((),)]]
        return min(found, key=lambda one: one.error)

    @classmethod
    def _of(cls, terms: tuple[tuple[int, ...], ...], points: Floats, values: Floats) -> Polynomial:
        design = _design(terms, points)
        coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
        basis, _ = np.linalg.qr(design)
        leverage = np.minimum((basis**2).sum(axis=1), 1 - 1e-9)
        residual = values - design @ coefficients
        left = residual / (1 - leverage)
        spread = float(((values - values.mean()) ** 2).sum())
        explained = 1 - float((residual**2).sum()) / spread if spread > 0 else 1.0
        return cls(
            terms, np.asarray(coefficients, np.float64), _root_mean_square(left), explained, left
        )

    def predict(self, points: Floats) -> Predicted:
        """Return values at points; the error is the same everywhere."""
        mean = _design(self.terms, points) @ self.coefficients
        return Predicted(mean, np.full(len(points), self.error))


@dataclass(frozen=True)
class GaussianProcess:
    """A Gaussian process around a polynomial, with a squared exponential covariance.

    Attributes:
        around: The polynomial; what it leaves is what the process is of.
        points: Where it is known, (points, numbers).
        lengths: How far apart, in each number, values go together, (numbers,).
        scale: The standard deviation of what the polynomial leaves.
        nugget: The share of its variance that is noise.
        error: See `Metamodel`.
    """

    around: Polynomial
    points: Floats
    lengths: Floats
    scale: float
    nugget: float
    error: float
    _factor: tuple[Floats, bool] = field(repr=False)
    _weights: Floats = field(repr=False)

    @classmethod
    def fitted(cls, around: Polynomial, points: Floats, values: Floats) -> GaussianProcess:
        """Return the process of the greatest likelihood: one length for each number, and a nugget.

        Args:
            around: The polynomial.
            points: Where it is known, (points, numbers).
            values: The values there, (points,).
        """
        left = values - around.predict(points).mean
        apart = (points[:, None, :] - points[None, :, :]) ** 2

        def misfit(logs: Floats) -> float:
            covariance = _covariance(apart, np.exp(logs[:-1]), float(np.exp(logs[-1])))
            factor = cho_factor(covariance, lower=True)
            scale = float(left @ cho_solve(factor, left)) / len(left)
            return float(len(left) * np.log(scale) + 2 * np.log(np.diag(factor[0])).sum())

        numbers = points.shape[1]
        start = np.append(np.full(numbers, np.log(1.0)), np.log(0.1))
        bounds = [(np.log(0.15), np.log(20.0))] * numbers + [(np.log(1e-6), np.log(1.0))]
        found = minimize(misfit, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
        lengths, nugget = np.exp(found.x[:-1]), float(np.exp(found.x[-1]))
        factor = cho_factor(_covariance(apart, lengths, nugget), lower=True)
        weights = cho_solve(factor, left)
        scale = float(np.sqrt(left @ weights / len(left)))
        # Each residual left out, without fitting anew (Rasmussen & Williams 2006, eq. 5.12).
        without = weights / np.diag(cho_solve(factor, np.eye(len(left))))
        return cls(
            around,
            points,
            lengths,
            scale,
            nugget,
            _root_mean_square(without),
            _factor=factor,
            _weights=weights,
        )

    def predict(self, points: Floats) -> Predicted:
        """Return values at points, less sure far from those where it is known."""
        apart = (points[:, None, :] - self.points[None, :, :]) ** 2
        near = np.exp(-0.5 * (apart / self.lengths**2).sum(axis=2))
        mean = self.around.predict(points).mean + near @ self._weights
        known = (near * cho_solve(self._factor, near.T).T).sum(axis=1)
        variance = self.scale**2 * np.maximum(1 + self.nugget - known, 0.0)
        return Predicted(mean, np.sqrt(np.maximum(variance, self.error**2)))


def metamodel(points: Floats, values: Floats, error: float) -> Polynomial | GaussianProcess:
    """Return what gives a target between points.

    Args:
        points: Where it is known, (points, numbers), each number between -1 and 1.
        values: The values there, (points,).
        error: The target's own error: a polynomial is used if it is near enough beside that.
    """
    polynomial = Polynomial.fitted(points, values)
    few = len(points) <= MOST_POINTS and points.shape[1] <= MOST_NUMBERS
    if polynomial.error <= NEAR * error or not few:
        return polynomial
    process = GaussianProcess.fitted(polynomial, points, values)
    return process if process.error < polynomial.error else polynomial


def _suffices(terms: tuple[tuple[int, ...], ...], points: int) -> bool:
    return points >= SPARE * len(terms)


def _design(terms: tuple[tuple[int, ...], ...], points: Floats) -> Floats:
    return np.column_stack([points[:, list(term)].prod(axis=1) for term in terms])


def _covariance(apart: Floats, lengths: Floats, nugget: float) -> Floats:
    near = np.exp(-0.5 * (apart / lengths**2).sum(axis=2))
    return np.asarray(near + nugget * np.eye(len(near)))


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))
