"""Rounding a table so that its rows and columns still add up."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Floats

HAIR = 1e-6
"""Of a unit: nearer than this is whole already."""


def rounded(table: Floats, unit: float) -> Floats:
    """Return a table of whole units, where every cell and every sum is a neighbour of the exact.

    The sums are those of each row, of each column, and of all columns so far. That of everything
    is rounded down, so that no more is handed out than there is, and the cells with the largest
    remainders are those rounded up: the method of the largest remainder, in two dimensions (Cox,
    "A constructive procedure for unbiased controlled rounding", Journal of the American Statistical
    Association 82(398), 1987). Such a rounding always exists, and is found as a flow: rows are one
    nested family of cells, columns and what they have accumulated to another, so the corners of
    the linear programme are whole by themselves.

    Args:
        table: Amounts, (rows, columns).
        unit: What an amount is rounded to; 0 leaves the table as it is.

    Examples:
        >>> rounded(np.array([[1.5, 1.5], [1.5, 1.5]]), 1.0).sum(axis=1).tolist()
        [3.0, 3.0]
    """
    if unit <= 0 or table.size == 0:
        return table
    from scipy.optimize import linprog

    units = table / unit
    whole = np.floor(units + HAIR)
    rest = np.maximum(units - whole, 0.0)
    rest[rest < HAIR] = 0.0
    broken = rest > 0
    if not broken.any():
        return np.asarray(whole * unit)
    row, column = np.nonzero(broken)
    across, along = np.arange(len(table))[:, None], np.arange(table.shape[1])[:, None]
    sums = np.concatenate([row == across, column == along, column <= along]).astype(float)
    exact = sums @ rest[broken]
    found = linprog(
        -rest[broken],
        A_ub=np.concatenate([sums, -sums]),
        b_ub=np.concatenate([np.ceil(exact - HAIR), -np.floor(exact + HAIR)]),
        A_eq=np.ones((1, len(row))),
        b_eq=[np.floor(rest.sum() + HAIR)],
        bounds=(0, 1),
        method="highs-ds",  # the simplex method ends in a corner, where every number is whole
    )
    whole[broken] += np.round(found.x)
    return np.asarray(whole * unit)
