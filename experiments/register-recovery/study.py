"""Thirty municipalities whose rates are known: how many 95 % intervals hold the truth?

    uv run python experiments/register-recovery/study.py

Each municipality has rates of placements of its own: the pathway's times what is drawn for it. Its
20 000 residents are simulated by weeks, its register is written as a municipality would write it,
and it is estimated as `sisim estimate` does it, with nothing of what the pathway says weighing in.
It takes ten processor minutes; what it says is in result.txt.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from sisim.estimation.estimate_file import EstimationPlan, load_estimation
from sisim.estimation.example_municipality import HEAD, example_lives, placements, write_estimation
from sisim.estimation.rates import PathwayRates, estimates, pathway_rates, read_extract

MUNICIPALITIES, FIRST_SEED = 30, 1000
SPREAD = 0.3
"""Standard deviation of the logarithm of a municipality's rates as parts of the pathway's."""
TOGETHER = (
    ("emergency_ends",),
    ("foster_ends", "foster_breaks_down"),
    ("residential_ends", "residential_breaks_down"),
    ("secure_ends",),
    ("supported_ends",),
    ("placed_again", "placed_again_after_institution"),
)
"""What the register tells apart; rates of a group are as many times the pathway's."""


class Found(NamedTuple):
    """What is estimated of a group: whether its interval holds the truth, and how far it is off."""

    group: str
    held: bool
    off: float


@cache
def nation() -> dict[str, PathwayRates]:
    """Return the rates by the pathway as it is, with which every estimation begins."""
    with TemporaryDirectory() as name:
        return pathway_rates(load_estimation(write_estimation(Path(name), prior="none")))


def recovered(seed: int) -> list[Found]:
    """Return what is estimated of a municipality."""
    drawn = np.exp(np.random.default_rng(seed).normal(0, SPREAD, len(TOGETHER)))
    times = {group: float(one) for group, one in zip(TOGETHER, drawn, strict=True)}
    own = {name: one for group, one in times.items() for name in group}
    with TemporaryDirectory() as name:
        plan = load_estimation(write_estimation(Path(name), prior="none"))
        lines = [HEAD, *(one.line() for one in placements(example_lives(own, seed), seed))]
        plan.files["placements"].write_text("\n".join(lines), encoding="latin-1", newline="\n")
        return list(_found(plan, times))


def _found(plan: EstimationPlan, times: dict[tuple[str, ...], float]) -> Iterator[Found]:
    """Yield what is estimated, as `sisim.estimation.rates.estimate` does it."""
    registers = {"placements": read_extract(plan, "placements")}
    first = estimates(plan, registers, nation())
    for rate in estimates(plan, registers, pathway_rates(plan, told=first)).rates:
        if rate.transitions in times and rate.is_told:
            true = times[rate.transitions]
            low, high = rate.ratio.interval((0.025, 0.975))
            yield Found(
                " + ".join(rate.transitions), low <= true <= high, rate.ratio.mean / true - 1
            )


def main() -> None:
    """Say how many of the intervals hold the rate that the municipality was made with."""
    seeds = range(FIRST_SEED, FIRST_SEED + MUNICIPALITIES)
    with ProcessPoolExecutor() as pool:
        found = pd.DataFrame([one for every in pool.map(recovered, seeds) for one in every])
    for group, own in found.groupby("group", sort=False):
        error = own["off"].std() / np.sqrt(len(own))
        print(
            f"{group}: {own['held'].sum()} of {len(own)}; "
            f"on average {own['off'].mean():+.1%} off (standard error {error:.1%})"
        )
    hits, all_ = found["held"].sum(), len(found)
    low, high = stats.binom.ppf([0.025, 0.975], all_, 0.95)
    print(f"All: {hits} of {all_}, {hits / all_:.1%}")
    print(f"Were it 95 %, 95 % of such counts lie between {low:.0f} and {high:.0f}.")


if __name__ == "__main__":
    main()
