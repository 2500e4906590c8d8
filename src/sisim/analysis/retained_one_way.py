"""One-way sensitivity of a simulated scenario, on those of its runs that are retained.

What `one_way` says at the cost of no whole run: what is money is priced again (law L5), and what is
the arms' is simulated again for those whom they can affect (law L4). Each change is that of the
retained runs, and the net from which it is counted that of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import ValidationError

from sisim.analysis.measures import NPV, measured, turning_point
from sisim.analysis.one_way import one_way
from sisim.analysis.question import Point, compared
from sisim.analysis.stages import Progress
from sisim.analysis.switching_values import Judged
from sisim.analysis.variants import Variants
from sisim.analysis.varied import factors
from sisim.arrays import Floats
from sisim.economics.valuation import Valuation
from sisim.scenario.errors import ScenarioError


@dataclass(frozen=True)
class RetainedOneWay:
    """What each number of a file alone does to the net of an arm.

    Attributes:
        arm: Which arm.
        seeds: Of the runs in which numbers are taken to their ends.
        table: See `sisim.analysis.one_way.one_way`.
        omitted: How many numbers with a range act on everybody, and are left out, as each of their
            values takes whole runs.
    """

    arm: str
    seeds: tuple[int, ...]
    table: pd.DataFrame
    omitted: int


def retained_one_way(
    result: Judged, arm: str, progress: Progress | None = None
) -> RetainedOneWay | None:
    """Return what each number of the file alone does to an arm's net; None if no run is retained.

    Args:
        result: What came out.
        arm: Which arm.
        progress: Called with the values tried and how many there are.
    """
    seeds = result.seeds[: len(result.retained)]
    variants = Variants(result.scenario, seeds, threads=1, runs=2 * len(seeds))
    varied = factors(result.scenario)
    tried = [one for one in varied if variants.of_arms({one.key: one.value})]
    if not seeds or not tried:
        return None
    variants.hold(result.retained)
    base = _net(result, arm)
    # The runs that are retained are some of all: they tell of changes, all of where these begin.
    shift = base.mean() - base[: len(seeds)].mean()

    def ask(points: Sequence[Point]) -> Floats:
        found = []
        for number, point in enumerate(points):
            if progress is not None:
                progress(number, len(points))
            try:
                found.append(_net(variants.valuation(point), arm) + shift)
            except (ScenarioError, ValidationError):
                found.append(np.full(len(seeds), np.nan))
        return np.array(found)

    return RetainedOneWay(
        arm, seeds, one_way(ask, tried, turning_point(NPV)), len(varied) - len(tried)
    )


def _net(result: Valuation, arm: str) -> Floats:
    """Return the net present value of an arm, SEK, (replications,)."""
    table = measured(result, [NPV]).assign(point=0)
    return np.asarray(compared(table, arm, NPV)[0])
