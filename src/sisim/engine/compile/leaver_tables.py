"""Tables of who leaves to go on in another pathway: which of their features tell where they begin.

A person who leaves is counted by how they leave (`ways`), their age in whole years, and a mixed-
radix number of the categories that the tail's file maps their features to: the first of its tracks
and attributes is the highest digit, and the names that each may be mapped to are its digits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.engine.compile.builder import Builder
from sisim.engine.tables import LeaverRow
from sisim.scenario.continuation import Mapped
from sisim.scenario.factor_table import RATE
from sisim.scenario.pathway import Factor
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Number


class LeaverTables(NamedTuple):
    """Who leaves, and how they are told apart: see `RunLayout`."""

    leaver: NDArray[np.void]
    leaver_way: NDArray[np.int32]
    leaver_from: int
    leaver_shape: tuple[int, int, int]


def leaver_tables(build: Builder) -> LeaverTables:
    """Append the references that tell leavers apart, and return the tables of them."""
    one = build.scenario.continuation
    way = np.full(len(build.states) + 1, -1, np.int32)
    if one is None:
        return LeaverTables(np.zeros(0, LeaverRow), way, 0, (0, 0, 0))
    ages = leaver_ages(build.scenario)
    rows, stride = [], 1
    for mapped in reversed(one.parts.values()):
        rows.append((len(build.references), stride))
        build.references.append(build.reference("continues", _digits(mapped, build), RATE))
        stride *= len(mapped.names)
    for number, (_, state) in enumerate(build.states):
        if state in one.exits:
            way[number] = one.ways.index(state)
    shape = (len(one.ways), len(ages), stride)
    return LeaverTables(np.array(rows, LeaverRow), way, build.clock.steps(one.from_age), shape)


def leaver_ages(scenario: Scenario) -> range:
    """Return the ages in whole years at which people may leave to go on in the tail."""
    one, population = scenario.continuation, scenario.population
    assert one is not None
    closed = population.cohort is not None
    oldest = population.oldest + scenario.time.years if closed else population.max_age
    first = int(one.from_age)
    return range(first, max(min(int(oldest), int(one.until) - 1), first) + 1)


def _digits(mapped: Mapped, build: Builder) -> Factor:
    """Return where people begin as a factor: the number of the name that each is mapped to."""
    names = mapped.names

    def digit(name: str) -> Number:
        return Number(value=float(names.index(name)))

    if isinstance(mapped.to, list):
        values = [digit(name) for name in mapped.to]
        rest = digit(mapped.default or mapped.to[0])
        return Factor(feature=mapped.feature, below=mapped.below, values=values, otherwise=rest)
    table = {key: digit(name) for key, name in mapped.to.items()}
    # A category that is named itself is not what the group that it belongs to is.
    categories = build.known.categories(mapped.feature) or []
    order = sorted(table, key=lambda key: key in categories)
    rest = digit(mapped.default or names[0])
    return Factor(feature=mapped.feature, values={key: table[key] for key in order}, default=rest)
