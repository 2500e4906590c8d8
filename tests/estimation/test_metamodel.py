"""Metamodels: what they say of their own error is so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from sisim.arrays import Floats
from sisim.estimation.metamodel import GaussianProcess, Polynomial, metamodel


def design(count: int, numbers: int, seed: int) -> Floats:
    return 2 * qmc.LatinHypercube(numbers, rng=np.random.default_rng(seed)).random(count) - 1


@settings(max_examples=25, deadline=None)
@given(numbers=st.integers(1, 4), seed=st.integers(0, 1000))
def test_a_second_degree_is_found_exactly(numbers: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slopes, curves = rng.normal(size=numbers), rng.normal(size=(numbers, numbers))

    def true(x: Floats) -> Floats:
        return 3 + x @ slopes + np.einsum("ni,ij,nj->n", x, curves, x)

    points, others = design(40, numbers, seed), design(50, numbers, seed + 1)
    found = metamodel(points, true(points), error=1.0)
    assert isinstance(found, Polynomial)
    assert found.error < 1e-8
    assert found.predict(others).mean == pytest.approx(true(others), abs=1e-7)


def test_the_error_with_each_point_left_out_is_that_of_fitting_without_it() -> None:
    points = design(20, 2, 3)
    values = np.exp(points @ [1.0, 2.0])
    found = Polynomial.fitted(points, values)
    for one in range(3):
        rest = np.arange(20) != one
        terms = np.column_stack([points[:, list(term)].prod(axis=1) for term in found.terms])
        coefficients, *_ = np.linalg.lstsq(terms[rest], values[rest], rcond=None)
        assert found.left[one] == pytest.approx(values[one] - terms[one] @ coefficients)


def test_where_a_second_degree_is_not_near_enough_a_process_is_nearer() -> None:
    points, others = design(60, 2, 5), design(200, 2, 6)

    def true(x: Floats) -> Floats:
        return np.asarray(np.sin(3 * x[:, 0]) + x[:, 1] ** 3)

    found = metamodel(points, true(points), error=0.1)
    assert isinstance(found, GaussianProcess)
    apart = found.predict(others).mean - true(others)
    assert np.sqrt(np.mean(apart**2)) < 0.3 * Polynomial.fitted(points, true(points)).error
    # What it says of its own error is neither far too little nor far too much.
    scaled = apart / found.predict(others).sd
    assert 0.1 < np.sqrt(np.mean(scaled**2)) < 2.0
