"""Correlated backgrounds: a Gaussian copula joins attributes and leaves each as its file has it.

Every attribute has a standard normal score, whose correlations are those of the pathway; its
category or number is the quantile at the score's probability (Nelsen, An Introduction to Copulas,
2006, ch. 2). Categories stand in the order of the file, so that a positive correlation joins the
last of one attribute with the last of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import product

import numpy as np
from scipy.special import ndtr, ndtri

from sisim.arrays import Floats
from sisim.engine.draws import SCALE
from sisim.scenario.correlations import correlation_matrix
from sisim.scenario.pathway import Pathway

TINY = SCALE / 2
"""A draw lies in the middle of its step: neither end has a normal score."""
LEAST = 1e-6
"""The least variance in any direction, of correlations that cannot all hold."""
PRECISION = 1e-9
"""Of the shares of combinations of categories."""


class Correlation:
    """The correlations among the attributes of a pathway.

    Attributes:
        names: The attributes that are correlated, in the order of the file.
        matrix: Of their normal scores, (names, names).
    """

    def __init__(self, pathway: Pathway) -> None:
        self.names, self.matrix = correlation_matrix(pathway)

    @cached_property
    def _root(self) -> Floats:
        values, vectors = np.linalg.eigh(self.matrix)
        if values[0] <= 0:
            # A draw of uncertain correlations may lie outside what can hold at once: the nearest.
            near = (vectors * np.maximum(values, LEAST)) @ vectors.T
            size = np.sqrt(np.diag(near))
            return np.asarray(np.linalg.cholesky(near / np.outer(size, size)), np.float64)
        return np.asarray(np.linalg.cholesky(self.matrix), np.float64)

    def correlated(self, draws: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return uniform draws of attributes, made independently, as correlated ones.

        The first of the correlated attributes keeps its draws, and all that are not among them.

        Args:
            draws: Of each attribute, (people,).
        """
        if not self.names:
            return dict(draws)
        scores = np.array([ndtri(draws[name] + TINY) for name in self.names])
        joined = self._root @ scores
        found = {name: np.minimum(ndtr(joined[n]), 1 - TINY) for n, name in enumerate(self.names)}
        return {**draws, **found, self.names[0]: draws[self.names[0]]}

    def joint_shares(self, edges: Mapping[str, Floats]) -> dict[tuple[int, ...], float]:
        """Return the share of every combination of categories of some attributes.

        Args:
            edges: Where the categories of each attribute end on [0, 1), the last at 1.

        Returns:
            The shares by the numbers of the categories, in the order of `edges`; they sum to 1.
        """
        own = [name for name in self.names if name in edges]
        rest = [name for name in edges if name not in own]
        sizes = [range(len(edges[name])) for name in edges]
        among = _joint(self._among(own), [edges[name] for name in own])
        alone = {name: np.diff(edges[name], prepend=0.0) for name in rest}
        order = list(edges)
        found = {}
        for codes in product(*sizes):
            value = dict(zip(order, codes, strict=True))
            share = float(among[tuple(value[name] for name in own)])
            found[codes] = share * float(np.prod([alone[name][value[name]] for name in rest]))
        total = sum(found.values())
        return {codes: share / total for codes, share in found.items()}

    def _among(self, names: Sequence[str]) -> Floats:
        places = [self.names.index(name) for name in names]
        return np.asarray(self.matrix[np.ix_(places, places)])


def _joint(matrix: Floats, edges: Sequence[Floats]) -> Floats:
    """Return the probability of every combination of categories of normal scores.

    From the probability of lying below each corner, as a score that may be anything is not
    integrated over.

    Args:
        matrix: The correlations, (attributes, attributes).
        edges: Where the categories of each attribute end on [0, 1), the last at 1.

    Returns:
        The probabilities, with an axis of its categories for each attribute.
    """
    below = np.ones([len(one) for one in edges])
    for corner in np.ndindex(below.shape):
        ends = [
            one[code] if code < len(one) - 1 else 1.0
            for one, code in zip(edges, corner, strict=True)
        ]
        inner = [n for n, end in enumerate(ends) if end < 1]
        below[corner] = _below(matrix[np.ix_(inner, inner)], ndtri([ends[n] for n in inner]))
    for axis in range(below.ndim):
        below = np.diff(below, axis=axis, prepend=0.0)
    return np.maximum(below, 0.0)


def _below(matrix: Floats, high: Floats) -> float:
    """Return the probability that normal scores all lie below some values."""
    if not len(high):
        return 1.0
    if len(high) == 1 or high.min() == -np.inf:
        return float(ndtr(high.min()))
    # Slow to import, and few pathways are correlated.
    from scipy.stats import multivariate_normal

    joint = multivariate_normal(np.zeros(len(high)), matrix, seed=np.random.default_rng(0))
    points = 1_000_000 * len(high)
    joint.maxpts, joint.abseps, joint.releps = points, PRECISION, PRECISION
    return float(joint.cdf(high))
