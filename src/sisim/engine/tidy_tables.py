"""Tidy tables of arrays: a row per element, columns that say where along the axes it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Axis = Mapping[str, Any]
"""The columns that describe the places along one axis of an array."""


def labels(names: Sequence[str]) -> pd.Categorical[str]:
    """Return names as a column that keeps their order."""
    return pd.Categorical(list(names), categories=list(dict.fromkeys(names)))


def tidy(name: str, values: NDArray[Any], axes: Sequence[Axis]) -> pd.DataFrame:
    """Return an array as a table with a row per element.

    Args:
        name: The column of the elements.
        values: The array.
        axes: For each axis, the columns that say where along it an element stands.

    Examples:
        >>> tidy("people", np.array([[3, 4]]), [{"arm": ["with"]}, {"step": [0, 1]}])
            arm  step  people
        0  with     0       3
        1  with     1       4
    """
    columns: dict[str, Any] = {}
    inner = values.size
    for axis, size in zip(axes, values.shape, strict=True):
        inner //= max(size, 1)
        places = np.repeat(np.arange(size), inner)
        places = np.tile(places, values.size // max(size * inner, 1))
        for column, along in axis.items():
            columns[column] = pd.Series(along).take(places).array
    return pd.DataFrame({**columns, name: values.ravel()})
