"""The correlations that a pathway gives between the attributes of a person."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Floats
from sisim.scenario.pathway import Pathway


def correlation_matrix(pathway: Pathway) -> tuple[list[str], Floats]:
    """Return the attributes that are correlated, in the order of the file, and their matrix.

    What is given twice is as it is given last; what is not given is 0.
    """
    given = pathway.correlations
    known = {*given, *(other for others in given.values() for other in others)}
    names = [name for name in pathway.attributes if name in known]
    matrix = np.eye(len(names))
    for name, others in given.items():
        for other, value in others.items():
            if name in names and other in names:
                one, two = names.index(name), names.index(other)
                matrix[one, two] = matrix[two, one] = value.value
    return names, matrix
