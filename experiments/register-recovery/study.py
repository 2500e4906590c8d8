"""Forty municipalities whose rates are known: how many of the 95 % intervals hold the truth?

    uv run python experiments/register-recovery/study.py

Each municipality has rates of placements of its own: the pathway's times what is drawn for it. Its
20 000 residents are simulated by weeks, its register is written as a municipality would write it,
and it is estimated, with nothing of what the pathway says weighing in. What is expected is made
by weeks, too: a pathway whose people move once a month is another, by some per cent. It takes two
processor minutes; what it says is in result.txt.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import stats

from sisim.estimation.estimate_file import load_estimation
from sisim.estimation.example_municipality import HEAD, example_lives, placements, write_estimation
from sisim.estimation.rates import estimates, pathway_rates, read_extract

MUNICIPALITIES = 40
NATION = 200_000
"""So many residents tell what is to be expected."""
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


def main() -> None:
    """Say how many of the intervals hold the rate that the municipality was made with."""
    rng = np.random.default_rng(1)
    held = dict.fromkeys(TOGETHER, 0)
    tried = dict.fromkeys(TOGETHER, 0)
    with TemporaryDirectory() as name:
        folder = Path(name)
        plan = load_estimation(write_estimation(folder, prior="none"))
        weekly = plan.pathway.model_copy(update={"step": "week"})
        large = plan.estimation.model_copy(update={"residents": NATION})
        plan = replace(plan, pathway=weekly, estimation=large)
        nation = pathway_rates(plan)
        for municipality in range(MUNICIPALITIES):
            times = dict(zip(TOGETHER, np.exp(rng.normal(0, SPREAD, len(TOGETHER))), strict=True))
            own = {name: float(one) for group, one in times.items() for name in group}
            register = placements(example_lives(own, municipality), municipality)
            lines = [HEAD, *(one.line() for one in register)]
            plan.files["placements"].write_text("\n".join(lines), encoding="latin-1", newline="\n")
            found = estimates(plan, {"placements": read_extract(plan, "placements")}, nation)
            for rate in found.rates:
                if rate.transitions in TOGETHER and rate.is_told:
                    low, high = rate.ratio.interval((0.025, 0.975))
                    held[rate.transitions] += bool(low <= times[rate.transitions] <= high)
                    tried[rate.transitions] += 1
    for group in TOGETHER:
        print(f"{' + '.join(group)}: {held[group]} of {tried[group]}")
    hits, all_ = sum(held.values()), sum(tried.values())
    low, high = stats.binom.ppf([0.025, 0.975], all_, 0.95)
    print(f"All: {hits} of {all_}, {hits / all_:.1%}")
    print(f"Were it 95 %, 95 % of such counts lie between {low:.0f} and {high:.0f}.")


if __name__ == "__main__":
    main()
