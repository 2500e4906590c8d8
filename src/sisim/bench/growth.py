"""How cost grows: processor time as powers of a run's people, steps, tracks, arms and replications.

One is doubled at a time, from a small pathway without deaths, so that everybody is there to the
end; the power is the slope of a line through logarithms.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sisim.bench.turns import take_turns

PEOPLE = 50_000
DOUBLINGS = (1, 2, 4, 8)
FEW = 0.01
"""The share of the people whom an arm reaches where it reaches few."""


@dataclass(frozen=True)
class Size:
    """How large a run is, in one thread.

    Attributes:
        people: How many, all there from the start to the end.
        years: So many times twelve steps.
        tracks: Each of two states, independent of the others.
        arms: Beside the one without: each reaches the same few, or everybody.
        replications: Runs, one after the other.
    """

    people: int = PEOPLE
    years: int = 5
    tracks: int = 2
    arms: int = 0
    replications: int = 1
    everybody: bool = False


def sizes(base: Size) -> dict[str, list[Size]]:
    """Return the sizes that are measured, by what is doubled in them."""
    grown: Mapping[str, Callable[[int], Size]] = {
        "people": lambda n: replace(base, people=n * base.people),
        "steps": lambda n: replace(base, years=n * base.years),
        "tracks": lambda n: replace(base, tracks=n * base.tracks),
        "arms_few": lambda n: replace(base, arms=n),
        "arms_everybody": lambda n: replace(base, arms=n, everybody=True),
        "replications": lambda n: replace(base, replications=n),
    }
    return {name: [size(n) for n in DOUBLINGS] for name, size in grown.items()}


def compare_growth(people: int = PEOPLE, *, seconds: float = 2.0) -> pd.DataFrame:
    """Return the least processor seconds of runs of several sizes.

    Columns: `what` is doubled (of arms, those beside the one without), `times` as large, `seconds`,
    and `ratio` to those of the smallest.

    Args:
        people: In the smallest.
        seconds: How long each size is measured; three times at least.
    """
    every = sizes(Size(people=people))
    runs = {size: _run(size) for found in every.values() for size in found}
    for run in runs.values():
        run()  # compiled, and its pages are there
    times = dict(zip(runs, map(min, take_turns(*runs.values(), seconds=seconds)), strict=True))
    rows = [
        (what, n, times[size], times[size] / times[found[0]])
        for what, found in every.items()
        for n, size in zip(DOUBLINGS, found, strict=True)
    ]
    return pd.DataFrame(rows, columns=["what", "times", "seconds", "ratio"])


def exponents(table: pd.DataFrame) -> pd.DataFrame:
    """Return to which power of each the seconds are proportional: `what`, `exponent`, `error`.

    The slope of a least-squares line through logarithms, and its standard error: that of the
    line's fit, not of the clock's.

    Examples:
        >>> grown = pd.DataFrame({"what": "people", "times": [1, 2, 4], "seconds": [3, 6, 12]})
        >>> exponents(grown)["exponent"].round(6).tolist()
        [1.0]
    """
    rows = []
    for what, own in table.groupby("what", sort=False):
        size, took = np.log(own["times"].to_numpy()), np.log(own["seconds"].to_numpy())
        from_middle = size - size.mean()
        spread = float((from_middle**2).sum())
        slope = float((from_middle * took).sum()) / spread
        rest = took - took.mean() - slope * from_middle
        error = np.sqrt(float((rest**2).sum()) / max(len(own) - 2, 1) / spread)
        rows.append((what, slope, float(error)))
    return pd.DataFrame(rows, columns=["what", "exponent", "error"])


def growing_scenario(size: Size) -> dict[str, Any]:
    """Return the parts of a scenario of a size."""
    tracks = [f"track{n}" for n in range(size.tracks)]
    pathway = {
        "name": "growth",
        "title": "growth",
        "tracks": {
            one: {
                "label": one,
                "start": f"well{n}",
                "states": {f"well{n}": {"label": "Well"}, f"ill{n}": {"label": "Ill"}},
            }
            for n, one in enumerate(tracks)
        },
        "transitions": {
            f"{name}{n}": {"track": one, "from": f"{old}{n}", "to": f"{new}{n}", "rate": rate}
            for n, one in enumerate(tracks)
            for name, old, new, rate in (
                ("falls", "well", "ill", 0.02),
                ("mends", "ill", "well", 1.0),
            )
        },
    }
    treatment: dict[str, Any] = {
        "label": "treatment",
        "start": "2020-01",
        "years": size.years,
        "target": {"state.track0": ["ill0"]},
        "effects": [{"on": "mends0", "ratio": 1.2, "acts_on": "participants"}],
        "cost": {"payer": "fund"},
        "duration": 12 * size.years,
        "capacity": max(round(FEW * size.people), 1),
    }
    if size.everybody:
        treatment["effects"] = [{"on": "falls0", "ratio": 0.8, "acts_on": "area"}]
    names = [f"arm{n}" for n in range(size.arms)]
    return {
        "name": "growth",
        "title": "growth",
        "pathway": pathway,
        "time": {"start": "2020-01", "years": size.years},
        "population": {"cohort": size.people},
        "investments": {"treatment": treatment} if names else {},
        "arms": {
            name: {"label": name, "investments": {"treatment": "continues"}} for name in names
        },
    }


def _run(size: Size) -> Callable[[], float]:
    """Return what measures a run of a size, in seconds."""
    from sisim.engine.compile import compile_scenario
    from sisim.engine.warm_up import run_once
    from sisim.scenario.scenario import Scenario

    compiled = compile_scenario(Scenario.model_validate(growing_scenario(size)))

    def once() -> float:
        begun = time.process_time()
        for seed in range(size.replications):
            run_once(compiled, seed, threads=1)
        return time.process_time() - begun

    return once
